"""``make bench``: what a listener waits for and what a publisher pays for, on this machine.

    python -m benchmarks              all parts
    python -m benchmarks cold hits    some of them; what was found of the others stays

Writes docs/benchmarks.md, docs/benchmarks.json, docs/benchmarks/*.svg, and docs/scaling.md, which plans with
these figures. A part that fails says so on the page and hides no other. Wants a machine that does nothing
else.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks import machine, page, scaling

PARTS = ("cold", "hits", "listeners", "publishers", "waiting", "workers", "queueing", "memory", "voices")
DOCS = Path(__file__).parents[1] / "docs"


def main() -> None:
    """Measure, and write down what was found; exit code 1 if a part failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--out", type=Path, default=DOCS, help="the folder to write into; by default docs/")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    chosen = options.parts or PARTS
    kept, failed = options.out / "benchmarks.json", False
    for name in (each for each in PARTS if each in chosen):
        found = _measured(name)
        failed |= "failure" in found
        # Each result is written immediately: stopping the rest keeps it.
        told = _beside({name: found}, kept)
        kept.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        page.write(told, options.out)
    scaling.write(told, options.out)
    sys.exit(failed)


def _measured(name: str) -> dict[str, Any]:
    """What one part found, or why it found nothing."""
    print(f"{name} …", file=sys.stderr, flush=True)
    part, busy, begun = import_module(f"benchmarks.{name}"), machine.busy(), time.perf_counter()
    about = {"about": part.__doc__, "date": datetime.now(UTC).strftime("%Y-%m-%d"), "busy": busy}
    about["pace"] = machine.pace()
    try:
        told = part.measure().told()
    except Exception as error:  # noqa: BLE001  # whatever it is, the other parts are to be measured
        traceback.print_exc()
        told = {"failure": f"{type(error).__name__}: {error}", "figures": [], "plot": None, "notes": []}
    for figure in told["figures"]:
        print(f"  {figure['name']:<40} {page.number(figure['value']):>9} {figure['unit']}", end="")
        print(f"  {figure['ratio']:.2f} × {figure['peer']}", page.VERDICT[figure["met"]])
    return {**about, "seconds": time.perf_counter() - begun, **told}


def _beside(found: dict[str, Any], file: Path) -> dict[str, Any]:
    """What was found, beside what was found of other parts on the same machine before."""
    described = machine.described()
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    before = known["parts"] if known.get("machine") == described else {}
    parts = {**before, **found}
    ordered = {name: parts[name] for name in PARTS if name in parts}
    return {"machine": described, "versions": machine.versions(), "parts": ordered}


if __name__ == "__main__":
    main()

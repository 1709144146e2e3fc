"""The page of figures, out of what the JSON has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks import plots

_HEAD = """# Benchmarks

Every figure stands beside a peer or a floor that was measured in the same run, on the same machine; `×` is
how many times the peer. Absolute figures are this machine's: the ratios are what to look at. `make bench`
makes this page ([as JSON](benchmarks.json)); `python -m benchmarks cold hits` measures some parts anew. What
the figures mean for a million articles is in [scaling.md](scaling.md).
"""
_TABLE = "| what | figure | beside | that is | × | goal | |\n|---|---:|---|---:|---:|---|---|"
VERDICT = {True: "met", False: "**missed**", None: ""}


def write(told: dict[str, Any], folder: Path) -> None:
    """Write the page, and its pictures into a folder beside it."""
    pictures = folder / "benchmarks"
    pictures.mkdir(exist_ok=True)
    parts = [_part(name, part, pictures) for name, part in told["parts"].items()]
    (folder / "benchmarks.md").write_text("\n".join([_HEAD, _machine(told), *parts]), encoding="utf-8")


def _machine(told: dict[str, Any]) -> str:
    machine = told["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in told["versions"].items())
    cores = f"{machine['cores']} cores of {machine['processor']}, {machine['memory']}"
    return f"Measured on {cores}; {machine['system']}; {versions}.\n"


def _part(name: str, part: dict[str, Any], pictures: Path) -> str:
    title, _, how = part["about"].partition("\n")
    text = [f"## {title.rstrip('.')}", how.strip(), ""]
    if "failure" in part:
        text += [f"Not measured: {part['failure']}", ""]
    if part["figures"]:
        text += [_TABLE, *map(_row, part["figures"]), ""]
    if part["plot"]:
        plots.draw(part["plot"], pictures / f"{name}.svg")
        text += [f"![{part['plot']['title']}](benchmarks/{name}.svg)", ""]
    text += [f"- {note}" for note in part["notes"]] + [""] * bool(part["notes"])
    before = f"before it {part['busy']:.1f} programs were running{_pace(part)}"
    text += [f"{part['date']}, in {part['seconds']:.0f} s; {before}.", ""]
    return "\n".join(text)


def _pace(part: dict[str, Any]) -> str:
    return f", and a million additions in Python took {part['pace']:.0f} ms" if "pace" in part else ""


def _row(figure: dict[str, Any]) -> str:
    unit = figure["unit"]
    goal, verdict = figure["goal"] or "", VERDICT[figure["met"]]
    value, beside = (f"{number(figure[name])} {unit}" for name in ("value", "peer_value"))
    peer, ratio = figure["peer"], f"{figure['ratio']:.2f}"
    return f"| {figure['name']} | {value} | {peer} | {beside} | {ratio} | {goal} | {verdict} |"


def number(value: float) -> str:
    """Three digits that count, and no powers of ten."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004  # three digits

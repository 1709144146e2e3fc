"""A plan on paper for many articles and many listens, out of measured figures and assumptions.

python -m benchmarks.scaling --core-price 0.03   docs/scaling.md, with another price
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[1] / "docs"
_TEMPLATE = Path(__file__).parent / "data" / "scaling.md"
_BYTES_A_SECOND = 64_000 / 8
_HOUR, _DAY = 3600, 86_400
_RANGE_BITS = 64 * 1024 * 8
_REDIS_BYTES, _SMALL_REDIS_BYTES = 32e9, 512 * 2**20
_NIGHT_HOURS = 8
_CDN_HITS = 0.98
_FIRST_LISTENS = 1 / 1000
_LISTENERS = 200

Figures = dict[tuple[str, str], dict[str, Any]]
"""By part and name; each as JSON has it."""


@dataclass(frozen=True, slots=True)
class Assumed:
    """What was not measured."""

    articles: int = 1_000_000
    """In the archive."""
    minutes: float = 3.0
    """Of audio, an article."""
    listens: int = 100_000_000
    """A day."""
    heard: float = 0.6
    """Share of an article that is heard in a listen."""
    peak: float = 3.0
    """Listens at the busiest, to the average."""
    core_price: float = 0.04
    """A core for an hour."""
    cdn_price: float = 5.0
    """A TB from a CDN."""


def write(told: dict[str, Any], folder: Path, assumed: Assumed | None = None) -> None:
    """Write the page from the figures, as JSON has them; where some are missing, the page stays as it is."""
    figures = {
        (name, figure["name"]): figure for name, part in told["parts"].items() for figure in part["figures"]
    }
    try:
        plan = planned(figures, assumed or Assumed(), int(told["machine"]["cores"]))
    except KeyError as missing:
        print(f"scaling.md stays as it is: {missing} was not measured")
        return
    (folder / "scaling.md").write_text(_TEMPLATE.read_text(encoding="utf-8").format(**plan), encoding="utf-8")


def planned(figures: Figures, assumed: Assumed, cores: int) -> dict[str, Any]:
    """All numbers of the page.

    Raises:
        KeyError: a figure is missing.
    """
    return {
        **asdict(assumed),
        **_archive(figures, assumed),
        "neural": _neural(figures, assumed, cores),
        **_listens(figures, assumed),
        "cdn_hits": _CDN_HITS,
        "night": _NIGHT_HOURS,
    }


def _archive(figures: Figures, assumed: Assumed) -> dict[str, Any]:
    hours = assumed.articles * assumed.minutes / 60
    core_seconds = figures["workers", "one worker, one core: an hour of audio takes"]["value"]
    core_hours = hours * core_seconds / _HOUR
    redis = figures["queueing", "Redis' own, a sentence"]
    article_bytes = assumed.minutes * 60 * _BYTES_A_SECOND
    article_seconds = core_seconds * assumed.minutes / 60
    return {
        "megabytes": article_bytes / 1e6,
        "archive_hours": hours,
        "archive_tb": assumed.articles * article_bytes / 1e12,
        "core_seconds": core_seconds,
        "core_hours": core_hours,
        "night_cores": core_hours / _NIGHT_HOURS,
        "hour_price": core_seconds / _HOUR * assumed.core_price,
        "archive_price": core_hours * assumed.core_price,
        "two_workers": figures["workers", "two workers"]["ratio"],
        "redis_ms": redis["value"],
        "work_ms": redis["peer_value"],
        "fed": 1 / redis["ratio"],
        "held_hours": _REDIS_BYTES / _BYTES_A_SECOND / _HOUR,
        "held_articles": _REDIS_BYTES / article_bytes,
        "small_hours": _SMALL_REDIS_BYTES / _BYTES_A_SECOND / _HOUR,
        "article_seconds": article_seconds,
        "two_day": _DAY * figures["workers", "two workers"]["ratio"] / article_seconds,
        "first_ms": figures["cold", "first byte, 20 sentences"]["value"],
    }


def _listens(figures: Figures, assumed: Assumed) -> dict[str, Any]:
    listen_bytes = assumed.heard * assumed.minutes * 60 * _BYTES_A_SECOND
    day_bytes = assumed.listens * listen_bytes
    peak_bits = day_bytes * 8 / _DAY * assumed.peak
    peak_starts = assumed.listens / _DAY * assumed.peak
    ours, behind = (figures["hits", name]["value"] for name in ("our process", "behind our nginx"))
    growing = peak_starts * _FIRST_LISTENS * assumed.heard * assumed.minutes * 60
    return {
        "day_tb": day_bytes / 1e12,
        "peak_gbit": peak_bits / 1e9,
        "peak_starts": peak_starts,
        "ours": ours,
        "ours_gbit": ours * _RANGE_BITS / 1e9,
        "ours_cores": peak_bits / (ours * _RANGE_BITS),
        "behind": behind,
        "behind_gbit": behind * _RANGE_BITS / 1e9,
        "behind_cores": peak_bits / (behind * _RANGE_BITS),
        "origin_gbit": peak_bits * (1 - _CDN_HITS) / 1e9,
        "cdn_day": day_bytes / 1e12 * assumed.cdn_price,
        "listeners_mb": figures["listeners", f"web process, {_LISTENERS} listeners"]["value"],
        "growing": growing,
        "growing_processes": max(1, growing / _LISTENERS),
    }


def _neural(figures: Figures, assumed: Assumed, cores: int) -> str:
    """What a neural voice would cost, where one was measured."""
    voice = figures.get(("voices", "Coqui VITS, seconds a second of speech"))
    if voice is None:
        return ""
    core_hours = assumed.articles * assumed.minutes / 60 * voice["value"] * cores
    return (
        f" A Coqui VITS voice takes **{voice['value']:.2g} s** of {cores} cores for a second of speech:"
        f" {core_hours:,.0f} core-hours, {core_hours * assumed.core_price:,.0f}."
    )


def main() -> None:
    """Write the page for other assumptions."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for each in fields(Assumed):
        parser.add_argument(f"--{each.name.replace('_', '-')}", type=type(each.default), default=each.default)
    parser.add_argument("--out", type=Path, default=DOCS, help="the folder to write into; by default docs/")
    options = vars(parser.parse_args())
    folder = options.pop("out")
    told = json.loads((DOCS / "benchmarks.json").read_text(encoding="utf-8"))
    write(told, folder, replace(Assumed(), **options))


if __name__ == "__main__":
    main()

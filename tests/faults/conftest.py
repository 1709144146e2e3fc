"""What faults are tried on, and the table of what came of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"


@dataclass
class Row:
    """How often a fault was tried, and what came of it."""

    tried: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: int = 0


Ledger = Callable[..., None]


@pytest.fixture(scope="session")
def rows() -> Iterator[dict[str, Row]]:
    """The table, by the name of the fault; put where ``FAULT_TABLE`` says."""
    rows: dict[str, Row] = {}
    yield rows
    if target := os.environ.get("FAULT_TABLE"):
        _write(Path(target), rows)


@pytest.fixture(scope="session")
def ledger(rows: dict[str, Row]) -> Ledger:
    """Notes what came of a fault, and fails where that is not what must."""

    def note(fault: str, tried: int = 1, *, lost: int = 0, doubled: int = 0, wrong: int = 0) -> None:
        row = rows.setdefault(fault, Row())
        row.tried += tried
        row.lost += lost
        row.doubled += doubled
        row.wrong += wrong
        assert (lost, doubled, wrong) == (0, 0, 0), f"{fault}: lost {lost}, doubled {doubled}, wrong {wrong}"

    return note


def _write(target: Path, rows: dict[str, Row]) -> None:
    lines = ["| fault | tried | lost | doubled | wrong |", "|---|--:|--:|--:|--:|"]
    lines += (
        f"| {fault} | {row.tried:,} | {row.lost} | {row.doubled} | {row.wrong} |"
        for fault, row in sorted(rows.items())
    )
    before, _, rest = target.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    table = "\n".join([BEGIN, "", *lines, "", END])
    target.write_text(before + table + after, encoding="utf-8")

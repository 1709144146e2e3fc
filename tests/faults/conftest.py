"""What faults are tried on, and the table of what came of them."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.house import House, RedisServer, furnish, undisturbed

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


@pytest.fixture(scope="module")
def furnished_house(
    tmp_path_factory: pytest.TempPathFactory, start: Callable[..., object], until: Callable[..., None]
) -> Iterator[Callable[[], House]]:
    """Makes houses whose Redis runs; what else they need tests start."""
    houses: list[House] = []

    def furnished_house() -> House:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        folder = tmp_path_factory.mktemp("house")
        redis = RedisServer(folder / "redis", port)
        redis.start()
        environment = {**furnish(folder), "REDIS_URL": redis.url}
        houses.append(House(redis, folder / "data", environment, start, until))
        return houses[-1]

    yield furnished_house
    for house in houses:
        house.end()


@pytest.fixture
def house(furnished_house: Callable[[], House]) -> Iterator[House]:
    """A house for one test."""
    house = furnished_house()
    yield house
    house.end()


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Callable[..., dict[str, bytes]]:
    """What becomes of articles where nothing happens: their MP3s, by text."""
    folder = tmp_path_factory.mktemp("undisturbed")
    furnish(folder)
    sys.path.insert(0, str(folder))
    made: dict[str, bytes] = {}

    def whole(posted: list[dict[str, str]]) -> dict[str, bytes]:
        new = [article for article in posted if article["text"] not in made]
        made.update(undisturbed(folder / "data", redis_url, new))
        return {article["text"]: made[article["text"]] for article in posted}

    return whole


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

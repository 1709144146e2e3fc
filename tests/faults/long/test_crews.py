"""How many speak, for how long, and what is left when somebody interrupts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.faults.house import articles


def test_as_many_speak_as_there_is_work_for(house, whole, ledger) -> None:
    posted = articles("scaled", 6, 20)
    expected = whole(posted)
    house.open("--workers", "0")
    house.work("--autoscale", "1,4", VOICE_SECONDS="0.3")
    house.until(lambda: len(house.speaking()) == 1, 60, "working")
    house.post(posted)
    house.until(lambda: len(house.speaking()) == 4, 30, "four at work")
    lost = house.settle(posted, 90)
    asked = house.asked()
    wrong = house.wrong(posted, expected)
    ledger("autoscaled worker", lost=lost, doubled=asked.total() - len(asked), wrong=wrong)
    house.until(lambda: len(house.speaking()) == 1, 90, "one left")


@pytest.mark.parametrize(
    ("name", "limit"), [("ISTAMI_WORKER_SENTENCES", "5"), ("ISTAMI_WORKER_MEMORY", "128")]
)
def test_a_process_that_has_had_its_day_is_replaced_between_two_sentences(
    house, whole, ledger, name, limit
) -> None:
    """After so many sentences; and beyond so much memory, which loading a voice here already is."""
    posted = articles("replaced", 2, 15)
    expected = whole(posted)
    house.open("--workers", "0")
    house.work("--processes", "2", **{name: limit})
    house.until(lambda: len(house.speaking()) == 2, 60, "working")
    first = {each.pid for each in house.speaking()}
    house.post(posted)
    lost = house.settle(posted, 90)
    asked = house.asked()
    doubled, wrong = asked.total() - len(asked), house.wrong(posted, expected)
    ledger("speaking process replaced", lost=lost, doubled=doubled, wrong=wrong)
    assert not first & {each.pid for each in house.speaking()}


def test_interrupted_a_command_has_lost_nothing(house, whole, ledger, tmp_path) -> None:
    """`istami speak`, Ctrl-C, the same again: no sentence is spoken twice, and the MP3 is the same."""
    posted = articles("interrupted", 1, 30)[0]
    posted["text"] = posted["text"].replace("\n", " ")
    source, target = tmp_path / "article.txt", tmp_path / "article.mp3"
    source.write_text(posted["text"], encoding="utf-8")
    command = [sys.executable, "-m", "service", "speak", str(source), "-o", str(target), "--voice", "telling"]
    environment = {**os.environ, **house.environment, "VOICE_SECONDS": "0.3"}
    first = subprocess.Popen(command, env=environment, start_new_session=True, stderr=subprocess.PIPE)
    house.until(lambda: house.asked().total() > 5, 60, "begun")
    os.killpg(first.pid, signal.SIGINT)
    _, told = first.communicate(timeout=30)
    assert first.returncode == 130, told.decode()
    assert not target.exists()
    spoken = house.asked().total()
    assert spoken < 30
    assert b"Traceback" not in told, told.decode()
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=120)
    asked = house.asked()
    (expected,) = whole([posted]).values()
    wrong = target.read_bytes()[2000:] != expected[2000:]
    ledger("`istami speak` interrupted (Ctrl-C)", doubled=asked.total() - len(asked), wrong=wrong)

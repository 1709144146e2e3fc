"""Told to stop, everybody ends what was begun, or puts it back."""

from __future__ import annotations

import signal
import threading

import pytest

from tests.faults.house import House, articles


@pytest.fixture
def begun(house, whole):
    """A house with a worker by itself that is in the middle of an article."""
    posted = articles("stopped", 1, 30)
    expected = whole(posted)
    house.open("--workers", "0")
    worker = house.work("--processes", "2")
    house.until(lambda: len(house.speaking()) == 2, 60, "working")
    house.post(posted)
    house.until(lambda: house.asked().total() > 4, 60, "begun")
    return house, worker, posted, expected


def test_a_worker_ends_its_sentences_and_leaves_the_rest_to_others(begun, ledger) -> None:
    house, worker, posted, expected = begun
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    spoken = house.asked().total()
    assert spoken < 30
    house.work("--processes", "2")
    lost = house.settle(posted, 60)
    asked = house.asked()
    ledger(
        "worker told to stop (SIGTERM)",
        lost=lost,
        doubled=asked.total() - len(asked),
        wrong=house.wrong(posted, expected),
    )


def test_the_web_process_lets_streams_end_that_are_begun(begun, ledger) -> None:
    house, _, posted, expected = begun
    heard: list[bytes] = []
    first = threading.Event()
    listener = threading.Thread(target=_listen, args=(house, posted[0]["id"], heard, first))
    listener.start()
    assert first.wait(20)
    house.web.process.send_signal(signal.SIGTERM)
    listener.join(30)
    assert house.web.process.wait(30) == 0
    (whole,) = expected.values()
    wrong = len(b"".join(heard)) != len(whole) or b"".join(heard)[2000:] != whole[2000:]
    ledger("web process told to stop (SIGTERM) during a stream", wrong=wrong)


def _listen(house: House, name: str, heard: list[bytes], first: threading.Event) -> None:
    with house.web.client as client, client.stream("GET", f"/v1/articles/{name}/audio.mp3") as answer:
        for chunk in answer.iter_bytes():
            heard.append(chunk)
            first.set()

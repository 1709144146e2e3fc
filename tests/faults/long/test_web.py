"""Web processes that are killed while somebody listens."""

from __future__ import annotations

import httpx
import psutil

from tests.faults.house import articles


def test_killed_during_a_stream_nobody_takes_a_part_for_the_whole(house, whole, ledger) -> None:
    """A listener sees the stream break off, comes back, and hears the rest from another process."""
    posted = articles("stream", 3, 24)
    expected = whole(posted)
    house.open("--workers", "1", "--web-workers", "2", VOICE_SECONDS="0.5")
    house.until(lambda: len(house.speaking()) == 1, 60, "working")
    broken = 0
    for article in posted:
        house.post([article])
        broken += _broken_off(house, article["id"])
        house.until(lambda article=article: house.status(article["id"]) != "", 90, "served again")
    lost = house.settle(posted, 90)
    asked = house.asked()
    doubled, wrong = asked.total() - len(asked), house.wrong(posted, expected)
    ledger("web process killed (SIGKILL) during a stream", broken, lost=lost, doubled=doubled, wrong=wrong)
    assert broken == len(posted)


def _broken_off(house, name: str) -> int:
    """Whether a stream broke off, and did not end, when its process was killed."""
    with house.web.client as client, client.stream("GET", f"/v1/articles/{name}/audio.mp3") as answer:
        assert answer.status_code == 200
        chunks = answer.iter_bytes()
        next(chunks)
        for process in psutil.Process(house.web.process.pid).children():
            if "spawn_main" in " ".join(process.cmdline()):
                process.kill()
        try:
            for _ in chunks:
                pass
        except httpx.TransportError:
            return 1
    return 0

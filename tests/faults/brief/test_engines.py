"""An engine that crashes, hangs, or says what is no speech: another try, and then the failure by name."""

from __future__ import annotations

import pytest

from tests.faults.house import House, articles

WRONG = {
    "silence": "يصمت",
    "a whisper that nobody hears": "يهمس",
    "nothing but full scale": "يصرخ",
    "nine times as long": "يطيل",
    "most of it swallowed": "يبتلع",
    "half a sample": "يقطع",
}


@pytest.fixture(scope="module")
def studio(furnished_house) -> House:
    """One house for all of them."""
    house = furnished_house()
    house.open("--workers", "2")
    house.until(lambda: len(house.speaking()) == 2, 60, "working")
    return house


ALWAYS = "دائما"


def moody(name: str, mood: str) -> dict[str, str]:
    """An article whose second sentence puts the engine into a mood."""
    return {
        "id": name,
        "voice": "telling",
        "text": f"قال الراوي {name}.\nقال الذي {mood} {name}.\nقال الأخير {name}.",
    }


@pytest.mark.parametrize("fault", WRONG)
class TestWrongAudio:
    def test_once_is_not_heard(self, studio, whole, ledger, fault) -> None:
        posted = [moody(f"مرة {list(WRONG).index(fault)}", WRONG[fault])]
        posted[0]["id"] = f"once-{list(WRONG).index(fault)}"
        expected = whole(posted)
        before = studio.asked()
        studio.post(posted)
        lost = studio.settle(posted, 30)
        ledger(f"engine: {fault}", lost=lost, wrong=studio.wrong(posted, expected))
        # An article that failed before may have its last sentence spoken meanwhile.
        asked = {text: times for text, times in (studio.asked() - before).items() if ALWAYS not in text}
        assert sorted(asked.values()) == [1, 1, 2], "three sentences, one of them twice"

    def test_again_and_again_fails_the_article_by_name(self, studio, ledger, fault) -> None:
        posted = moody(f"{ALWAYS} {list(WRONG).index(fault)}", WRONG[fault])
        posted["id"] = f"always-{list(WRONG).index(fault)}"
        failed(studio, posted, WRONG[fault])
        ledger(f"engine: {fault}", wrong=half_made(studio, posted))


def failed(studio: House, posted: dict[str, str], named: str, seconds: float = 30) -> None:
    studio.post([posted])
    studio.until(lambda: studio.status(posted["id"]) == "failed", seconds, "failed")
    with studio.web.client as client:
        message = client.get(f"/v1/articles/{posted['id']}").json()["error"]["message"]
    assert named in message["en"]
    assert named in message["ar"]


def half_made(studio: House, posted: dict[str, str]) -> int:
    """Values that are kept of a recording and that somebody could hear."""
    with studio.web.client as client:
        key = client.get(f"/v1/articles/{posted['id']}").json()["key"]
    kept = {name.decode().rsplit(":", 1)[1] for name in studio.redis.client.keys(f"istami:{{{key}}}:*")}
    return len(kept & {"audio", "live", "timings", "growing-timings", "seal"})


def test_a_crash_and_a_hang_each_cost_a_process_and_no_article(studio, whole, ledger) -> None:
    posted = [
        {**moody("سقوط", "يموت"), "id": "dies"},
        {**moody("جمود", "يتجمد"), "id": "hangs"},
        *articles("beside", 2, 6),
    ]
    expected = whole(posted)
    studio.post(posted)
    lost = studio.settle(posted, 90)
    ledger("engine crashes or hangs, once", 2, lost=lost, wrong=studio.wrong(posted, expected))


def test_a_defect_fails_its_article_alone(studio, whole, ledger) -> None:
    others, posted = articles("unhurt", 1, 4), {**moody("كسر دائما", "ينكسر"), "id": "breaks"}
    expected = whole(others)
    studio.post([posted, *others])
    studio.until(lambda: studio.status("breaks") == "failed", 30, "failed")
    lost = studio.settle(others, 30)
    wrong = half_made(studio, posted) + studio.wrong(others, expected)
    ledger("engine raises what it may not", lost=lost, wrong=wrong)

"""``/v1/articles``: from a text that is posted to audio that is heard."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from cache.redis_store import RedisStore
from service.model.recording import State, Status
from service.storage.codec import unpack_state

PAGES = Path(__file__).parents[1] / "corpus" / "pages"


@contextmanager
def news(url: str) -> Iterator[dict[str, list[State]]]:
    """What makers say of every recording while the block runs, by the recording's channel."""
    heard: dict[str, list[State]] = {}
    pubsub = RedisStore(url)._redis.pubsub(ignore_subscribe_messages=True)
    pubsub.psubscribe("istami:*:news")
    pubsub.get_message(timeout=5)
    done = threading.Event()

    def listen() -> None:
        while not done.is_set():
            if message := pubsub.get_message(timeout=0.05):
                state = unpack_state(message["data"])
                assert state is not None
                heard.setdefault(message["channel"].decode(), []).append(state)

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        yield heard
        time.sleep(0.3)
    finally:
        done.set()
        listener.join()
        pubsub.close()


def made_once(states: list[State]) -> bool:
    """Whether every piece of every sentence was told of as spoken exactly once, in order."""
    spoken = [(state.done, state.pieces) for state in states if state.status is Status.SPEAKING]
    samples = [state.samples for state in states if state.status is Status.SPEAKING]
    whole = {done for done, _ in spoken} >= set(range(1, states[0].total + 1))
    once = spoken == sorted(set(spoken)) and samples == sorted(set(samples))
    return whole and once and states[-1].status is Status.READY


class TestSubmitting:
    def test_a_pasted_page_becomes_audio_as_long_as_its_marks(
        self, client, ready, page, decoded_seconds
    ) -> None:
        posted = client.post("/v1/articles", json={"id": "olive-bank", "text": page})
        assert posted.status_code == 202
        assert posted.headers["location"] == "/v1/articles/olive-bank"
        first = posted.json()
        assert first["status"] in {"queued", "speaking"}
        assert first["progress"]["sentences_total"] == 7
        assert first["duration_seconds"] is None

        last = ready(id="olive-bank", text=page)
        mp3 = client.get(last["audio_url"])
        assert mp3.headers["content-type"] == "audio/mpeg"
        marks = client.get(last["marks_url"]).json()
        assert marks["complete"]
        assert decoded_seconds(mp3.content) == pytest.approx(marks["duration"], abs=0.03)
        assert last["duration_seconds"] == pytest.approx(marks["duration"], abs=0.001)
        assert last["progress"] == {"sentences_done": 7, "sentences_total": 7}

    def test_marks_stand_exactly_in_the_text_as_it_was_sent(self, client, ready, page) -> None:
        marks = client.get(ready(id="olive-bank", text=page)["marks_url"]).json()["sentences"]
        for mark in marks:
            assert page[slice(*mark["span"])] == mark["text"]
        said = "".join("".join(mark["text"].split()) for mark in marks)
        body = page.removeprefix("الخط : إستمع للمقال").split("الوسوم")[0]
        assert said == "".join(body.split())

    def test_marks_follow_one_another_to_the_end(self, client, ready, page) -> None:
        marks = client.get(ready(id="olive-bank", text=page)["marks_url"]).json()
        ends = 0.0
        for mark in marks["sentences"]:
            assert ends <= mark["start"] < mark["end"]
            ends = mark["end"]
        assert marks["sentences"][0]["start"] == 0
        assert ends < marks["duration"] < ends + 1.5

    def test_the_same_again_is_the_same_answer_and_no_work(self, client, ready, service, page) -> None:
        first = ready(id="olive-bank", text=page)
        with news(service.redis_url) as heard:
            again = client.post("/v1/articles", json={"id": "olive-bank", "text": page})
            other_name = client.post("/v1/articles", json={"id": "olive-bank-2", "text": f"\n {page} \n\n"})
        assert again.status_code == 200
        assert again.json() == first
        assert other_name.status_code == 200
        assert other_name.json()["key"] == first["key"]
        assert heard == {}

    def test_an_article_without_an_id_is_known_by_what_it_says(self, ready) -> None:
        first = ready(text="لا اسم لهذا الخبر.")
        assert ready(text="لا اسم لهذا الخبر.")["id"] == first["id"]
        assert ready(text="لا اسم لهذا الخبر ولا لذاك.")["id"] != first["id"]

    def test_new_content_under_the_same_id_is_a_new_version(self, client, ready) -> None:
        old = ready(id="edited", text="وصل القطار صباحا.")
        new = ready(id="edited", text="وصل القطار مساء بعد تأخير طويل.")
        assert new["key"] != old["key"]
        assert client.get("/v1/articles/edited").json()["key"] == new["key"]
        assert client.get(old["audio_url"]).status_code == 200
        texts = [mark["text"] for mark in client.get(new["marks_url"]).json()["sentences"]]
        assert texts == ["وصل القطار مساء بعد تأخير طويل."]

    def test_an_edit_speaks_only_what_changed(self, ready, service, long_text) -> None:
        clips = RedisStore(service.redis_url)._redis
        text = long_text("التعديل", 6)
        ready(id="one-sentence", text=text)
        before = len(clips.keys("istami:clip:*:[0-9]*"))
        ready(id="one-sentence", text=text.replace("هذه الجملة 3", "كانت الجملة 3"))
        assert len(clips.keys("istami:clip:*:[0-9]*")) == before + 1

    def test_eight_at_the_same_instant_cost_one_synthesis(self, service, until, long_text) -> None:
        article = {"id": "eight-at-once", "text": long_text("الثمانية", 12)}
        together = threading.Barrier(8)

        def post(_: int) -> dict[str, Any]:
            with service.client as client:
                together.wait()
                return client.post("/v1/articles", json=article).json()

        with news(service.redis_url) as heard, service.client as client:
            with ThreadPoolExecutor(8) as pool:
                answers = list(pool.map(post, range(8)))
            until(lambda: client.get("/v1/articles/eight-at-once").json()["status"] == "ready", 60, "ready")
        assert {answer["id"] for answer in answers} == {"eight-at-once"}
        assert len({answer["key"] for answer in answers}) == 1
        (states,) = heard.values()
        assert made_once(states)

    def test_different_texts_in_parallel_are_different_audio_each_of_its_own_length(
        self, service, ready, long_text, decoded_seconds
    ) -> None:
        def make(sentences: int) -> tuple[float, float, bytes]:
            last = ready(text=long_text(f"التوازي {sentences}", sentences))
            with service.client as client:
                mp3 = client.get(last["audio_url"]).content
                return client.get(last["marks_url"]).json()["duration"], decoded_seconds(mp3), mp3

        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(make, range(1, 9)))
        assert len({mp3 for _, _, mp3 in made}) == 8
        for marked, decoded, _ in made:
            assert decoded == pytest.approx(marked, abs=0.03)
        lengths = [decoded for _, decoded, _ in made]
        assert lengths == sorted(lengths)
        assert lengths[7] > 6 * lengths[0]

    def test_of_versions_sent_at_once_the_last_one_stays(self, service, ready, long_text) -> None:
        """The earlier is longer and so takes longer to read; it must not come out on top."""

        def post(text: str) -> None:
            with service.client as client:
                client.post("/v1/articles", json={"id": "overtaken", "text": text})

        slow = threading.Thread(target=post, args=(long_text("البطيء", 400),))
        slow.start()
        time.sleep(0.05)
        post("النص الأخير.")
        slow.join()
        last = ready(text="النص الأخير.")
        with service.client as client:
            assert client.get("/v1/articles/overtaken").json()["key"] == last["key"]

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ({"speed": 1.0}, {"speed": 1.5}),
            ({"title": "عنوان أول"}, {"title": "عنوان ثان"}),
            ({"case_endings": "full"}, {"case_endings": "none"}),
            ({"case_endings": "cautious"}, {}),
            ({"locale": "ar-MA"}, {"locale": "ar-DZ"}),
            ({"locale": "ar-LB"}, {}),
        ],
    )
    def test_what_is_heard_is_in_the_key(self, ready, one, other) -> None:
        text = "نص واحد يقرأ مرتين، في 5/8/2024."
        assert ready(text=text, **one)["key"] != ready(text=text, **other)["key"]

    def test_a_variant_that_changes_nothing_changes_no_key(self, ready) -> None:
        text = "نص واحد بلا تاريخ ولا ثمن."
        assert ready(text=text, locale="ar-MA")["key"] == ready(text=text)["key"]

    def test_speed_changes_the_length(self, ready) -> None:
        text = "نص يقرأ ببطء ثم يقرأ بسرعة حتى يبين الفرق بينهما."
        slow, fast = ready(text=text, speed=0.5), ready(text=text, speed=2)
        assert slow["duration_seconds"] > 2 * fast["duration_seconds"]
        assert (slow["speed"], fast["speed"]) == (0.5, 2.0)

    def test_whole_and_decimal_numbers_are_the_same_speed(self, ready) -> None:
        assert ready(text="سرعة واحدة.", speed=1)["key"] == ready(text="سرعة واحدة.", speed=1.0)["key"]

    def test_a_page_of_html_is_read_without_its_chrome(self, client, ready) -> None:
        html = (PAGES / "library.html").read_text(encoding="utf-8")
        last = ready(id="page", html=html, url="https://example.com/خبر-المكتبة")
        said = [mark["text"] for mark in client.get(last["marks_url"]).json()["sentences"]]
        assert said[0] == "خبر المكتبة"
        assert any("ألف كتاب" in text for text in said)
        assert not any(
            chrome in text for text in said for chrome in ("الأرشيف", "اقرأ", "الحقوق", "الرئيسية")
        )

    def test_a_title_is_read_first_and_stands_nowhere_in_the_text(self, client, ready) -> None:
        last = ready(title="عنوان الخبر", text="وهذا متنه.")
        marks = client.get(last["marks_url"]).json()["sentences"]
        assert [(mark["text"], mark["role"], mark["span"]) for mark in marks] == [
            ("عنوان الخبر", "title", None),
            ("وهذا متنه.", "body", [0, 10]),
        ]
        assert last["title"] == "عنوان الخبر"


class TestShowing:
    def test_an_unknown_article_is_not_found(self, client) -> None:
        for path in ("", "/events", "/audio.mp3", "/marks.json", "/captions.vtt"):
            answer = client.get(f"/v1/articles/unknown{path}")
            assert answer.status_code == 404
            assert answer.headers["content-type"] == "application/problem+json"
            assert set(answer.json()["message"]) == {"ar", "en"}

    def test_what_is_deleted_is_forgotten_and_its_audio_is_not(self, client, ready) -> None:
        last = ready(id="to-be-deleted", text="خبر يحذف بعد قليل.")
        assert client.delete("/v1/articles/to-be-deleted").status_code == 204
        assert client.get("/v1/articles/to-be-deleted").status_code == 404
        assert client.delete("/v1/articles/to-be-deleted").status_code == 404
        assert client.get(last["audio_url"]).status_code == 200

    def test_a_deleted_article_can_be_sent_again(self, client, ready) -> None:
        ready(id="deleted-and-back", text="خبر يعود.")
        client.delete("/v1/articles/deleted-and-back")
        assert (
            client.post("/v1/articles", json={"id": "deleted-and-back", "text": "خبر يعود."}).status_code
            == 200
        )

    def test_its_audio_address_leads_to_the_lasting_one(self, client, ready) -> None:
        last = ready(id="redirected", text="خبر له عنوانان.")
        answer = client.get("/v1/articles/redirected/audio.mp3")
        assert answer.status_code == 307
        assert answer.headers["location"] == f"/audio/{last['key']}.mp3"
        assert answer.headers["cache-control"] == "no-store"

    def test_captions_have_a_cue_for_every_sentence(self, client, ready, page) -> None:
        last = ready(id="olive-bank", text=page)
        answer = client.get(last["captions_url"])
        assert answer.headers["content-type"].startswith("text/vtt")
        cues = answer.text.strip().split("\n\n")
        assert cues[0].startswith("WEBVTT")
        assert len(cues) == 1 + 7
        assert "00:00:00.000 --> 00:00:" in cues[1]

    def test_marks_are_of_the_articles_own_text(self, client, ready) -> None:
        """Two articles that sound alike share audio, not places."""
        plain = ready(id="places-1", text="جملة أولى. جملة ثانية.")
        spaced = ready(id="places-2", text="  جملة أولى.   جملة ثانية.")
        assert plain["key"] == spaced["key"]
        spans = [
            [mark["span"] for mark in client.get(each["marks_url"]).json()["sentences"]]
            for each in (plain, spaced)
        ]
        assert spans == [[[0, 10], [11, 22]], [[2, 12], [15, 26]]]


class TestEvents:
    def test_progress_is_told_until_it_is_ready(self, client, long_text) -> None:
        client.post("/v1/articles", json={"id": "told", "text": long_text("الأحداث", 10)})
        told = list(events(client, "told"))
        done = [event["progress"]["sentences_done"] for event in told]
        assert done == sorted(done)
        assert told[-1]["status"] == "ready"
        assert told[-1]["progress"] == {"sentences_done": 10, "sentences_total": 10}
        assert told[-1]["audio_url"].endswith(f"/audio/{told[-1]['key']}.mp3")

    def test_of_what_is_ready_one_event_tells(self, client, ready) -> None:
        last = ready(id="told-once", text="خبر جاهز.")
        assert list(events(client, "told-once")) == [last]


def events(client: httpx.Client, article: str) -> Iterator[dict[str, Any]]:
    with client.stream("GET", f"/v1/articles/{article}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        for line in answer.iter_lines():
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))

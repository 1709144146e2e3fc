"""Audio that is heard while it is being made."""

from __future__ import annotations

import secrets
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from cache.redis_store import RedisStore

LONG = 40
"""Sentences: so many that the first is heard long before the last is spoken."""


def behind_header(mp3: bytes) -> int:
    """Where the first frame after the Info header begins."""
    size = 0
    for byte in mp3[6:10]:
        size = size << 7 | byte
    return 10 + size + 576 * 64 * 125 // 22050


@pytest.fixture
def growing(client, long_text):
    """An article that is being made: its path."""
    name = f"grows-{secrets.token_hex(8)}"
    article = client.post("/v1/articles", json={"id": name, "text": long_text(name, LONG)})
    assert article.status_code == 202
    return f"/v1/articles/{name}"


def test_the_first_sentence_is_heard_before_the_last_is_spoken(client, growing) -> None:
    with client.stream("GET", f"{growing}/audio.mp3") as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "audio/mpeg"
        assert answer.headers["cache-control"] == "no-store"
        assert "content-length" not in answer.headers
        assert next(answer.iter_bytes()).startswith(b"ID3")
        progress = client.get(growing).json()
    assert progress["status"] == "speaking"
    assert progress["progress"]["sentences_done"] < LONG


def test_listeners_who_read_slowly_get_it_whole_and_in_order(service, growing, decoded_seconds) -> None:
    def listen(pause: float) -> bytes:
        heard = bytearray()
        with service.client as client, client.stream("GET", f"{growing}/audio.mp3") as answer:
            for chunk in answer.iter_bytes(32_000):
                heard += chunk
                time.sleep(pause)
        return bytes(heard)

    with ThreadPoolExecutor(4) as pool:
        streams = list(pool.map(listen, (0, 0.001, 0.02, 0.05)))
    with service.client as client:
        final = client.get(f"{growing}/audio.mp3", follow_redirects=True).content
        marks = client.get(f"{growing}/marks.json").json()
    start = behind_header(final)
    assert final[start] == 0xFF
    for heard in streams:
        assert len(heard) == len(final)
        assert heard[start:] == final[start:]
        assert decoded_seconds(heard) == pytest.approx(marks["duration"], abs=0.06)


def test_players_may_begin_with_two_bytes_and_come_back_for_more(client, growing) -> None:
    address = f"{growing}/audio.mp3"
    first = client.get(address, headers={"Range": "bytes=0-1"})
    assert first.status_code == 206
    assert first.content == b"ID"
    assert first.headers["content-range"] == "bytes 0-1/*"
    more = client.get(address, headers={"Range": "bytes=2-"})
    assert more.status_code == 206
    last = 1 + len(more.content)
    assert more.headers["content-range"] == f"bytes 2-{last}/*"
    assert more.content.startswith(b"3")


def test_a_range_that_ends_beyond_what_will_ever_be_made_is_given_what_there_is(client, growing) -> None:
    answer = client.get(f"{growing}/audio.mp3", headers={"Range": "bytes=0-999999999999"})
    assert answer.status_code == 206
    assert answer.content.startswith(b"ID3")
    assert len(answer.content) <= 256 * 1024


def test_a_range_that_begins_beyond_what_will_ever_be_made_is_refused(client, growing) -> None:
    answer = client.get(f"{growing}/audio.mp3", headers={"Range": "bytes=999999999-"})
    assert answer.status_code == 416


@pytest.mark.parametrize("moment", ["0.001", "0.5", "7.25", "23.0"])
def test_it_is_sent_from_a_moment_on_while_it_is_made_and_after(
    client, growing, until, decoded_seconds, moment
) -> None:
    address = f"{growing}/audio.mp3"
    during = client.get(address, params={"from": moment})
    assert during.status_code == 200
    until(lambda: client.get(growing).json()["status"] == "ready", 60, "ready")
    after = client.get(address, params={"from": moment})
    assert after.status_code == 200, "no redirect: the permanent address has no such beginning"
    assert during.content == after.content
    whole = client.get(address, follow_redirects=True).content
    assert whole.endswith(during.content)
    duration = client.get(f"{growing}/marks.json").json()["duration"]
    # Up to a frame more, and the codec's delay, which players skip where an Info header says so.
    assert 0 < decoded_seconds(during.content) - (duration - float(moment)) < 0.1


def test_ranges_of_it_count_from_that_moment(client, growing) -> None:
    address = f"{growing}/audio.mp3"
    whole = client.get(address, params={"from": "2"}).content
    part = client.get(address, params={"from": "2"}, headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.headers["content-range"] == "bytes 100-199/*"
    assert part.content == whole[100:200]


def test_a_moment_after_its_end_is_refused(client, growing) -> None:
    answer = client.get(f"{growing}/audio.mp3", params={"from": "9999"})
    assert answer.status_code == 416


@pytest.mark.parametrize("moment", ["-1", "nan", "inf", "1.5e308", "soon", ""])
def test_a_moment_is_a_number_of_seconds(client, growing, moment) -> None:
    answer = client.get(f"{growing}/audio.mp3", params={"from": moment})
    assert answer.status_code == 422


def test_marks_grow_with_it(client, growing, until) -> None:
    until(lambda: client.get(growing).json()["progress"]["sentences_done"] > 0, 30, "begun")
    marks = client.get(f"{growing}/marks.json")
    assert marks.headers["cache-control"] == "no-cache"
    assert 0 < len(marks.json()["sentences"]) <= LONG
    until(lambda: client.get(growing).json()["status"] == "ready", 60, "ready")
    whole = client.get(f"{growing}/marks.json").json()
    assert whole["complete"]
    grown = marks.json()["sentences"]
    assert whole["sentences"][: len(grown)] == grown


def test_head_says_that_it_is_audio(client, growing) -> None:
    answer = client.head(f"{growing}/audio.mp3", follow_redirects=True)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "audio/mpeg"


def test_listeners_who_leave_leave_nothing_behind(service, client, growing, until) -> None:
    redis = RedisStore(service.redis_url)._redis

    def listening() -> int:
        return sum(int(each["sub"]) for each in redis.client_list())

    before = listening()
    for _ in range(20):
        with client.stream("GET", f"{growing}/audio.mp3", follow_redirects=True) as answer:
            next(answer.iter_bytes())
    until(lambda: listening() <= before, 30, "all gone")


class TestEvicted:
    """What the store had no room for is made again when somebody asks for it."""

    @pytest.fixture
    def evicted(self, service, client, ready):
        """An article whose audio was there: its last answer and its audio."""
        name = f"evicted-{secrets.token_hex(4)}"
        last = ready(id=name, text=f"خبر أزيح صوته من الذاكرة: {name}. ثم جملة ثانية.")
        mp3 = client.get(last["audio_url"]).content
        redis = RedisStore(service.redis_url)._redis
        redis.delete(*redis.keys(f"istami:{{{last['key']}}}:audio"), *redis.keys("istami:clip:*"))
        return last, mp3

    @pytest.mark.parametrize("address", ["/audio/{key}.mp3", "/v1/articles/{id}/audio.mp3"])
    def test_audio_is_made_again_by_either_address(self, client, evicted, until, address) -> None:
        last, mp3 = evicted
        heard = client.get(address.format(**last)).content
        assert heard[behind_header(mp3) :] == mp3[behind_header(mp3) :]
        until(lambda: client.get(last["audio_url"]).content == mp3, 30, "the same bytes again")

    @pytest.mark.parametrize(
        "parts", [["state"], ["timings"], ["plan"], ["state", "audio"], ["state", "plan"]]
    )
    def test_whatever_else_is_evicted_the_article_can_be_had_again(
        self, service, client, ready, until, parts
    ) -> None:
        article = {"id": f"lost-{'-'.join(parts)}", "text": f"خبر ضاع منه شيء: {' '.join(parts)}."}
        last = ready(**article)
        mp3 = client.get(last["audio_url"]).content
        redis = RedisStore(service.redis_url)._redis
        redis.delete(*(f"istami:{{{last['key']}}}:{part}" for part in parts))
        assert client.post("/v1/articles", json=article).status_code in {200, 202}
        until(lambda: client.get(f"/v1/articles/{last['id']}").json()["status"] == "ready", 30, "ready")
        assert client.get(last["audio_url"]).content == mp3
        assert client.get(last["marks_url"]).json()["complete"]

    def test_a_recording_whose_state_was_lost_while_it_waited_is_made(self, service, client, until) -> None:
        """Even then: nobody asks again, but somebody looks after what is pending."""
        posted = client.post("/v1/articles", json={"id": "waits", "text": "خبر ضاعت حالته وهو ينتظر."}).json()
        redis = RedisStore(service.redis_url)._redis
        redis.delete(f"istami:{{{posted['key']}}}:state", f"istami:{{{posted['key']}}}:audio")
        redis.set(f"istami:{{{posted['key']}}}:asked", b"1", ex=600)
        redis.sadd("istami:pending", posted["key"])
        until(lambda: client.get("/v1/articles/waits").json()["status"] == "ready", 60, "ready")
        assert client.get(f"/audio/{posted['key']}.mp3").status_code == 200

    def test_the_first_articles_tags_stay_in_it(self, client, ready, evicted) -> None:
        """The same sound is the same bytes, whoever asks for it and whenever."""
        last, mp3 = evicted
        text = f"خبر أزيح صوته من الذاكرة: {last['id']}. ثم جملة ثانية."
        again = ready(id="another-link", text=text, url="https://example.com/another")
        assert again["key"] == last["key"]
        assert client.get(again["audio_url"]).content == mp3

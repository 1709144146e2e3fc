"""Private articles: heard by who has a key or a signed address, by nobody else, and only for a while."""

from __future__ import annotations

import json
import re
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from cache.redis_store import RedisStore
from service.auth.api_keys import Scope
from service.auth.signed_urls import Signer

TEXT = "هذا خبر للمشتركين وحدهم، لا يسمعه غيرهم."
PARTS = ("", "/audio.mp3", "/marks.json", "/captions.vtt", "/events")


@pytest.fixture(scope="module")
def reader(closed):
    """A client without a key."""
    with closed.client as client:
        yield client


@pytest.fixture(scope="module")
def newsroom(closed, keys):
    """A client with one."""
    key = keys.create("newsroom", Scope.WRITE)[1]
    with httpx.Client(
        base_url=closed.base, headers={"Authorization": f"Bearer {key}"}, timeout=60, trust_env=False
    ) as client:
        yield client


@pytest.fixture(scope="module")
def article(newsroom, until):
    """A private article that is ready: what is told of it to who has a key."""
    newsroom.post("/v1/articles", json={"id": "secret", "title": "خبر خاص", "text": TEXT, "private": True})
    until(lambda: newsroom.get("/v1/articles/secret").json()["status"] == "ready", 60, "ready")
    return newsroom.get("/v1/articles/secret").json()


@pytest.fixture(scope="module")
def signed(newsroom, article):
    """Addresses of it for an hour."""
    answer = newsroom.post(f"/v1/articles/{article['id']}/address", json={"seconds": 3600})
    assert answer.status_code == 200
    return answer.json()


def query(address: str) -> dict[str, str]:
    return {name: value for name, [value] in parse_qs(urlsplit(address).query).items()}


def test_a_reader_is_told_in_the_very_words_of_what_there_is_not(reader, article) -> None:
    for part in PARTS:
        hidden = reader.get(f"/v1/articles/{article['id']}{part}")
        missing = reader.get(f"/v1/articles/nowhere{part}")
        assert hidden.status_code == missing.status_code == 404, part
        told = {**missing.json(), "request_id": hidden.json()["request_id"]}
        assert json.loads(hidden.text.replace(article["id"], "nowhere")) == told
    assert reader.get(f"/player/{article['id']}").status_code == 404
    oembed = reader.get("/oembed", params={"url": f"http://a.example/player/{article['id']}"})
    assert oembed.status_code == 404


def test_its_key_opens_nothing(reader, newsroom, article) -> None:
    for kind in ("mp3", "json", "vtt", "chapters.json"):
        for client in (reader, newsroom):
            assert client.get(f"/audio/{article['key']}.{kind}").status_code == 404
            bare = article["key"].removeprefix("private-")
            assert client.get(f"/audio/{bare}.{kind}").status_code == 404


def test_it_shares_nothing_with_a_public_one_of_the_same_text(newsroom, reader, article, until) -> None:
    public = newsroom.post("/v1/articles", json={"id": "open", "title": "خبر خاص", "text": TEXT}).json()
    assert public["key"] not in article["key"]
    until(lambda: reader.get("/v1/articles/open").json()["status"] == "ready", 60, "ready")
    assert reader.get("/v1/articles/open/audio.mp3").headers["Location"].endswith(f"{public['key']}.mp3")


def test_no_feed_lists_it(reader, newsroom, article) -> None:
    for client in (reader, newsroom):
        feed = client.get("/feed.xml").text
        assert f"/player/{article['id']}<" not in feed
        assert article["key"] not in feed


def test_with_a_key_it_is_there(newsroom, article) -> None:
    assert article["audio_url"].endswith("/v1/articles/secret/audio.mp3")
    for part in PARTS:
        assert newsroom.get(f"/v1/articles/secret{part}").status_code == 200, part
    assert newsroom.get("/v1/articles/secret/audio.mp3").content.startswith(b"ID3")


class TestASignedAddress:
    def test_opens_the_article_and_all_that_is_its(self, reader, signed) -> None:
        for name in ("url", "audio_url", "marks_url", "captions_url", "player_url"):
            assert reader.get(signed[name]).status_code == 200, name
        assert reader.get(signed["audio_url"]).content.startswith(b"ID3")
        assert TEXT in reader.get(signed["player_url"]).text

    def test_leads_to_others_that_are_signed_alike(self, reader, signed) -> None:
        told = reader.get(signed["url"]).json()
        for name in ("audio_url", "marks_url", "captions_url", "player_url"):
            assert told[name] == signed[name]
            assert reader.get(told[name]).status_code == 200

    def test_opens_a_page_whose_player_has_it(self, reader, signed) -> None:
        page = reader.get(signed["player_url"])
        [source] = re.findall(r'<listen-article src="([^"]+)"', page.text)
        assert source.replace("&amp;", "&") == signed["url"]
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["X-Robots-Tag"] == "noindex"

    def test_is_heard_by_ranges(self, reader, signed) -> None:
        whole = reader.get(signed["audio_url"]).content
        part = reader.get(signed["audio_url"], headers={"Range": "bytes=100-299"})
        assert (part.status_code, part.content) == (206, whole[100:300])
        assert part.headers["Content-Range"] == f"bytes 100-299/{len(whole)}"
        tail = reader.get(signed["audio_url"], headers={"Range": "bytes=-50"})
        assert tail.content == whole[-50:]
        beyond = reader.get(signed["audio_url"], headers={"Range": f"bytes={len(whole)}-"})
        assert beyond.status_code == 416
        head = reader.head(signed["audio_url"])
        assert int(head.headers["Content-Length"]) == len(whole)

    def test_is_kept_by_no_cache_on_the_way(self, reader, signed) -> None:
        for name in ("audio_url", "marks_url", "captions_url", "player_url"):
            kept = reader.get(signed[name]).headers["Cache-Control"]
            assert "private" in kept
            assert "public" not in kept
            assert "no-cache" in kept

    def test_expires(self, reader, closed) -> None:
        past = int(time.time()) - 1
        signature = Signer(RedisStore(closed.redis_url)).signature("secret", None, past)
        answer = reader.get("/v1/articles/secret", params={"expires": past, "signature": signature})
        assert (answer.status_code, answer.json()["code"]) == (403, "address_expired")
        assert "انتهت" in answer.json()["message"]["ar"]

    def test_is_good_for_nothing_when_anything_of_it_is_changed(self, reader, newsroom, signed) -> None:
        newsroom.post("/v1/articles", json={"id": "secret-2", "text": TEXT, "private": True})
        told = query(signed["url"])
        later = {**told, "expires": str(int(told["expires"]) + 1)}
        other = {**told, "signature": told["signature"][::-1]}
        for article, asked in (("secret", later), ("secret", other), ("secret-2", told), ("secret", {})):
            assert reader.get(f"/v1/articles/{article}", params=asked).status_code == 404
        assert reader.get("/v1/articles/secret", params={**told, "expires": "x"}).status_code == 422

    def test_lasts_as_long_as_was_asked_for(self, newsroom, article) -> None:
        for seconds in (1, 86_400):
            told = newsroom.post(f"/v1/articles/{article['id']}/address", json={"seconds": seconds}).json()
            left = int(query(told["url"])["expires"]) - time.time()
            assert seconds - 30 <= left <= seconds
        for seconds in (0, 10**9):
            answer = newsroom.post(f"/v1/articles/{article['id']}/address", json={"seconds": seconds})
            assert (answer.status_code, answer.json()["field"]) == (422, "seconds")

    def test_is_had_by_who_has_a_key_alone(self, reader) -> None:
        assert reader.post("/v1/articles/secret/address", json={}).status_code == 401


def test_a_growing_one_is_heard_too(reader, newsroom) -> None:
    text = "\n".join(f"هذه الجملة رقم {number} من خبر خاص طويل." for number in range(30))
    newsroom.post("/v1/articles", json={"id": "growing", "text": text, "private": True})
    signed = newsroom.post("/v1/articles/growing/address", json={}).json()
    assert reader.get("/v1/articles/growing/audio.mp3").status_code == 404
    assert reader.get(signed["audio_url"]).content.startswith(b"ID3")
    assert reader.get(signed["audio_url"]).status_code == 200


def test_where_nobody_needs_a_key_an_address_is_needed_all_the_same(client, until) -> None:
    client.post("/v1/articles", json={"id": "private-open", "text": TEXT, "private": True})
    assert client.get("/v1/articles/private-open").status_code == 404
    signed = client.post("/v1/articles/private-open/address", json={}).json()
    until(lambda: client.get(signed["url"]).json()["status"] == "ready", 60, "ready")
    assert client.get(signed["audio_url"]).content.startswith(b"ID3")

"""A new and long article over HTTP: accepted at its first sentence, heard from it on, and read meanwhile."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.api.test_streams import behind_header

SENTENCES = 120
"""So many that the article is accepted before it is read."""


@pytest.fixture
def posted(client, long_text, request):
    """A new article that has just been accepted: the answer."""
    name = re.sub(r"\W+", "-", request.node.name)
    answer = client.post("/v1/articles", json={"id": name, "text": long_text(name, SENTENCES)})
    assert answer.status_code == 202
    return answer


def test_it_is_accepted_before_its_recording_has_a_key(client, posted) -> None:
    early = posted.json()
    assert (early["key"], early["status"], early["duration_seconds"]) == (None, "queued", None)
    assert early["progress"] == {"sentences_done": 0, "sentences_total": 0}
    own = posted.headers["location"]
    assert early["audio_url"].endswith(f"{own}/audio.mp3")
    read = client.get(own).json()
    assert len(read["key"]) == 64
    assert read["progress"]["sentences_total"] == SENTENCES


def test_it_is_heard_whole_by_who_begins_before_it_is_read(client, posted) -> None:
    own = posted.headers["location"]
    with client.stream("GET", posted.json()["audio_url"]) as answer:
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        heard = b"".join(answer.iter_bytes())
    final = client.get(f"{own}/audio.mp3", follow_redirects=True).content
    start = behind_header(final)
    assert len(heard) == len(final)
    assert heard[start:] == final[start:]


@pytest.mark.parametrize(
    "path", ["", "/audio.mp3", "/marks.json", "/captions.vtt", "/events"], ids=lambda path: path or "itself"
)
def test_whatever_else_is_asked_of_it_waits_until_it_is_read(client, posted, path) -> None:
    headers = {"Range": "bytes=0-1"} if path == "/audio.mp3" else {}
    with client.stream("GET", f"{posted.headers['location']}{path}", headers=headers) as answer:
        assert answer.status_code in {200, 206}
        assert next(answer.iter_bytes())


def test_its_player_page_is_there_at_once(client, posted) -> None:
    page = client.get(posted.json()["player_url"])
    assert page.status_code == 200
    assert posted.json()["id"] in page.text


def test_it_can_be_deleted_and_taken_down(client, posted) -> None:
    own = posted.headers["location"]
    assert client.delete(own, params={"recording": "true"}).status_code == 204
    assert client.get(own).status_code == 404
    assert client.get(f"{own}/audio.mp3").status_code == 404


def test_the_same_text_sent_by_many_at_once_is_one_article(client, long_text, service) -> None:
    text = long_text("many", SENTENCES)

    def post(_: int) -> tuple[int, str]:
        with service.client as own:
            answer = own.post("/v1/articles", json={"text": text})
        return answer.status_code, answer.json()["id"]

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(post, range(4)))
    assert len(answers) == 1
    ((status, article),) = answers
    assert status == 202
    assert client.get(f"/v1/articles/{article}").json()["progress"]["sentences_total"] == SENTENCES

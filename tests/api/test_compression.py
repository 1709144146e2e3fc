"""Texts go out gzipped to clients that accept it, with the tags and the Vary that caches need."""

from __future__ import annotations

import gzip

import pytest

from service.api.middleware.compression import accepts_gzip

WANTED = [
    "gzip",
    "x-gzip",
    "deflate, gzip;q=1.0, *;q=0.5",
    "GZIP",
    "*",
    "br, gzip;q=0.001",
    "gzip;q=1, identity;q=0.5",
]
UNWANTED = [
    "",
    "identity",
    "gzip;q=0",
    "gzip; q=0.0",
    "br",
    "*;q=0",
    "gzip;q=0, *",
    "identity, gzip;q=0.5",
    "gzip;q=x",
]

TEXTS = (
    "/v1/articles/{id}",
    "/v1/articles/{id}/marks.json",
    "/v1/articles/{id}/captions.vtt",
    "/audio/{key}.json",
    "/audio/{key}.vtt",
    "/player/{id}",
    "/",
    "/feed.xml",
    "/openapi.json",
    "/embed.js",
    "/assets/page.css",
    "/assets/icon.svg",
    "/v1/voices",
    "/docs",
)


@pytest.mark.parametrize("accepted", WANTED)
def test_gzip_is_sent_to_whom_it_suits(accepted: str) -> None:
    assert accepts_gzip(accepted)


@pytest.mark.parametrize("accepted", [None, *UNWANTED])
def test_gzip_is_not_sent_to_whom_it_does_not_suit(accepted: str | None) -> None:
    assert not accepts_gzip(accepted)


@pytest.fixture(scope="module")
def article(start, until) -> tuple[object, dict]:
    """A service of its own, whose feed nobody else changes, with one long article that is ready."""
    service = start("--workers", "1")
    text = "\n".join(f"هذه الجملة {n} من خبر عن مكتبة قديمة في بلدة صغيرة." for n in range(30))
    with service.client as client:
        client.post("/v1/articles", json={"id": "long", "text": text}).raise_for_status()
        until(lambda: client.get("/v1/articles/long").json()["status"] == "ready", 90, "ready")
        return service, client.get("/v1/articles/long").json()


@pytest.fixture
def get(article):
    """Asks for a path as one ``Accept-Encoding`` has it; the answer as it came over the wire."""
    service, told = article
    with service.client as client:

        def get(path: str, accepted: str, method: str = "GET", **headers: str):
            request = client.build_request(
                method, path.format(**told), headers={"Accept-Encoding": accepted, **headers}
            )
            answer = client.send(request, stream=True)
            return answer, b"".join(answer.iter_raw())

        yield get


@pytest.mark.parametrize("path", TEXTS)
@pytest.mark.parametrize("accepted", ["gzip", "gzip;q=0", "br;q=1, *;q=0.1", "identity"])
def test_every_text_is_the_same_however_it_comes(get, path: str, accepted: str) -> None:
    plain, whole = get(path, "identity")
    answer, body = get(path, accepted)
    packed = accepts_gzip(accepted) and (len(whole) >= 1000 or "embed" in path or "assets" in path)
    assert answer.status_code == plain.status_code == 200
    assert answer.headers.get("content-encoding") == ("gzip" if packed else None)
    assert int(answer.headers["content-length"]) == len(body)
    assert (gzip.decompress(body) if packed else body) == whole
    assert packed is (len(body) < len(whole))
    assert answer.headers["vary"].count("Accept-Encoding") == 1


@pytest.mark.parametrize(
    "path", [path for path in TEXTS if path in {"/feed.xml", "/embed.js", "/assets/page.css"}]
)
@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_who_has_a_text_is_told_so_whichever_way_it_came(get, path: str, accepted: str) -> None:
    answer, _ = get(path, accepted)
    tag = answer.headers["etag"]
    again, body = get(path, accepted, **{"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, body) == (304, b"")
    assert again.headers["etag"] == tag
    assert again.headers["vary"].count("Accept-Encoding") == 1
    assert "content-encoding" not in again.headers


@pytest.mark.parametrize("path", ["/feed.xml", "/embed.js"])
def test_two_encodings_never_share_a_strong_tag(get, path: str) -> None:
    packed, plain = (get(path, accepted)[0].headers["etag"] for accepted in ("gzip", "identity"))
    assert packed != plain
    assert not plain.startswith("W/")


def test_sound_is_sent_as_it_is_whole_and_in_parts(get) -> None:
    whole = get("/audio/{key}.mp3", "identity")[1]
    for headers, status, expected in [
        ({}, 200, whole),
        ({"Range": "bytes=0-4999"}, 206, whole[:5000]),
        ({"Range": "bytes=5000-"}, 206, whole[5000:]),
    ]:
        answer, body = get("/audio/{key}.mp3", "gzip", **headers)
        assert (answer.status_code, body) == (status, expected)
        assert "content-encoding" not in answer.headers
        assert int(answer.headers["content-length"]) == len(body)


def test_events_are_sent_one_by_one(get) -> None:
    answer, body = get("/v1/articles/{id}/events", "gzip")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in answer.headers
    assert b"ready" in body


def test_a_head_says_what_get_would(get) -> None:
    for accepted in ("gzip", "identity"):
        asked, there = get("/feed.xml", accepted, "HEAD")[0], get("/feed.xml", accepted)[0]
        for name in ("content-encoding", "content-length", "etag", "vary"):
            assert asked.headers.get(name) == there.headers.get(name)


def test_a_long_articles_marks_shrink_to_less_than_a_third(get) -> None:
    plain, packed = (len(get("/audio/{key}.json", accepted)[1]) for accepted in ("identity", "gzip"))
    assert packed * 3 < plain

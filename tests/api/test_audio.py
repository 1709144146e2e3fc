"""``/audio``: lasting addresses, and parts of what lies there (RFC 9110)."""

from __future__ import annotations

import pytest

from cache.redis_store import RedisStore
from service.storage.keys import audio_name


@pytest.fixture
def recording(ready):
    """A recording that is ready: its path."""
    key = ready(id="heard-in-parts", text="خبر قصير يسمع كله أو بعضه. ثم جملة أخرى.")["key"]
    return f"/audio/{key}.mp3"


@pytest.fixture
def whole(client, recording):
    return client.get(recording).content


class TestWhole:
    def test_it_lasts(self, client, recording, whole) -> None:
        answer = client.get(recording)
        assert answer.status_code == 200
        assert answer.headers["content-length"] == str(len(whole))
        assert answer.headers["accept-ranges"] == "bytes"
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["etag"] == f'"{recording.split("/")[2].removesuffix(".mp3")}"'

    def test_head_tells_the_same_without_the_bytes(self, client, recording) -> None:
        got, told = client.get(recording), client.head(recording)
        assert told.status_code == 200
        assert told.content == b""
        for name in ("content-length", "content-type", "etag", "cache-control", "accept-ranges"):
            assert told.headers[name] == got.headers[name]

    def test_who_has_it_is_not_sent_it_again(self, client, recording) -> None:
        tag = client.head(recording).headers["etag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            answer = client.get(recording, headers={"If-None-Match": known})
            assert (answer.status_code, answer.content) == (304, b""), known
            assert answer.headers["etag"] == tag
        assert client.get(recording, headers={"If-None-Match": '"other"'}).status_code == 200

    def test_what_was_never_made_is_not_found(self, client) -> None:
        never = f"/audio/{'0' * 64}"
        for path in (f"{never}.mp3", f"{never}.json", f"{never}.vtt", "/audio/x.mp3"):
            assert client.get(path).status_code == 404, path
            assert client.get(path, headers={"If-None-Match": "*"}).status_code == 404, path

    def test_other_methods_are_refused(self, client, recording) -> None:
        answer = client.post(recording)
        assert answer.status_code == 405
        assert answer.headers["content-type"] == "application/problem+json"


class TestSlices:
    """A slice of a recording that is known to be whole is answered around all else, and by the same words."""

    def test_it_is_answered_as_everything_else_would_answer(self, client, recording, whole) -> None:
        asked = {"Range": "bytes=100-299"}
        alone = client.get(recording, headers=asked)
        # Who has a part already has to be looked at by others.
        tag = client.head(recording).headers["etag"]
        among = client.get(recording, headers={**asked, "If-Range": tag})
        assert alone.status_code == among.status_code == 206
        assert alone.content == among.content == whole[100:300]
        changing = {"date", "x-request-id"}
        assert {k: v for k, v in alone.headers.items() if k not in changing} == {
            k: v for k, v in among.headers.items() if k not in changing
        }
        assert len(alone.headers["x-request-id"]) == len(among.headers["x-request-id"]) == 32

    @pytest.mark.parametrize(("sent", "kept"), [("reader-2026-11-27", True), ("no id", False), ("", False)])
    def test_it_has_the_request_s_own_id_where_that_is_one(self, client, recording, sent, kept) -> None:
        client.get(recording)
        answer = client.get(recording, headers={"Range": "bytes=0-9", "X-Request-ID": sent})
        assert (answer.headers["x-request-id"] == sent) is kept
        assert answer.headers["x-request-id"]

    def test_what_has_gone_since_is_made_again(self, client, ready, service) -> None:
        key = ready(id="heard-and-gone", text="خبر يسمع ثم يزول.")["key"]
        path, asked = f"/audio/{key}.mp3", {"Range": "bytes=0-9"}
        there = client.get(path, headers=asked)
        RedisStore(service.redis_url).delete(audio_name(key))
        again = client.get(path, headers=asked)
        assert (there.status_code, again.status_code) == (206, 206)
        assert "immutable" in there.headers["cache-control"]
        assert again.headers["cache-control"] == "no-store"


class TestParts:
    @pytest.mark.parametrize(
        ("asked", "first", "after"),
        [
            ("bytes=0-1", 0, 2),
            ("bytes=0-0", 0, 1),
            ("bytes=10-", 10, None),
            ("bytes=0-", 0, None),
            ("bytes=-100", -100, None),
            ("BYTES=5-9", 5, 10),
            ("bytes = 5 - 9", 5, 10),
            ("bytes=100-99999999999", 100, None),
            ("bytes=-99999999999", 0, None),
        ],
    )
    def test_one_range(self, client, recording, whole, asked, first, after) -> None:
        answer = client.get(recording, headers={"Range": asked})
        part = whole[first:after]
        first %= len(whole)
        assert answer.status_code == 206
        assert answer.content == part
        assert answer.headers["content-length"] == str(len(part))
        assert answer.headers["content-range"] == f"bytes {first}-{first + len(part) - 1}/{len(whole)}"
        assert "etag" in answer.headers

    @pytest.mark.parametrize(
        "asked",
        [
            "bytes=0-1,5-6",
            "bytes=9-5",
            "bytes=-",
            "bytes=",
            "bytes",
            "bytes=a-b",
            "bytes=1-2x",
            "bytes=--5",
            "seconds=0-1",
            "bytes=1",
            "",
        ],
    )
    def test_what_is_no_single_range_is_ignored(self, client, recording, whole, asked) -> None:
        answer = client.get(recording, headers={"Range": asked})
        assert (answer.status_code, answer.content) == (200, whole)

    def test_a_range_beyond_the_end_cannot_be_satisfied(self, client, recording, whole) -> None:
        for asked in (f"bytes={len(whole)}-", f"bytes={len(whole) + 5}-{len(whole) + 9}", "bytes=-0"):
            answer = client.get(recording, headers={"Range": asked})
            assert answer.status_code == 416, asked
            assert answer.headers["content-range"] == f"bytes */{len(whole)}"

    def test_a_part_is_sent_only_of_the_same_recording(self, client, recording, whole) -> None:
        tag = client.head(recording).headers["etag"]
        part = {"Range": "bytes=0-9"}
        assert client.get(recording, headers={**part, "If-Range": tag}).status_code == 206
        for other in ('"other"', f"W/{tag}", "Wed, 21 Oct 2015 07:28:00 GMT"):
            answer = client.get(recording, headers={**part, "If-Range": other})
            assert (answer.status_code, answer.content) == (200, whole), other

    def test_head_takes_no_ranges(self, client, recording, whole) -> None:
        answer = client.head(recording, headers={"Range": "bytes=0-9"})
        assert answer.status_code == 200
        assert answer.headers["content-length"] == str(len(whole))


class TestBeside:
    def test_marks_and_captions_last_too(self, client, recording) -> None:
        for kind, media in (("json", "application/json"), ("vtt", "text/vtt")):
            answer = client.get(recording.replace("mp3", kind))
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith(media)
            assert "immutable" in answer.headers["cache-control"]

    def test_pages_elsewhere_may_read_them(self, client, recording) -> None:
        origin = {"Origin": "https://news.example"}
        answer = client.get(recording, headers={**origin, "Range": "bytes=0-1"})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "Content-Range" in answer.headers["access-control-expose-headers"]
        asking = {**origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "Range"}
        assert client.options(recording, headers=asking).status_code == 200
        writing = {**asking, "Access-Control-Request-Method": "DELETE"}
        assert client.options("/v1/articles/x", headers=writing).status_code == 400

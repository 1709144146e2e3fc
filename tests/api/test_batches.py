"""``/v1/batches``: every line is accounted for once, bad ones by number, and nothing waits for them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest

TYPE = {"Content-Type": "application/x-ndjson"}


def line(name: str, **fields: Any) -> bytes:
    article = {"id": name, "text": f"جملة قصيرة من {name} عن البذور."} | fields
    return json.dumps(article, ensure_ascii=False).encode()


@pytest.fixture
def done(client, until):
    """Waits until a batch has ended: its last answer."""

    def done(batch: str, seconds: float = 150) -> dict[str, Any]:
        def ended() -> bool:
            return client.get(f"/v1/batches/{batch}").json()["status"] in {"done", "cancelled"}

        until(ended, seconds, "done")
        return client.get(f"/v1/batches/{batch}").json()

    return done


def report(client, batch: str) -> list[dict[str, Any]]:
    answer = client.get(f"/v1/batches/{batch}/report.jsonl")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(each) for each in answer.text.splitlines()]


class TestTaking:
    def test_many_lines_good_and_bad_are_each_accounted_for_once(self, client, done) -> None:
        lines = [line(f"many-{number % 60}", text=f"الخبر رقم {number % 60}.") for number in range(200)]
        lines[7] = b"nope"
        lines[8] = b""
        lines[9] = json.dumps({"text": "x", "colour": 1}).encode()
        lines[10] = b'{"text": "' + b"x" * 3_000_000 + b'"}'
        lines[11] = json.dumps({"text": "!!!"}).encode()
        lines[12] = json.dumps({"text": "نص.", "voice": "nobody"}).encode()
        posted = client.post("/v1/batches?id=many", content=b"\n".join(lines), headers=TYPE)
        assert posted.status_code == 202, posted.text
        assert posted.headers["location"] == "/v1/batches/many"
        assert (posted.json()["accepted"], posted.json()["rejected"]) == (196, 3)
        assert posted.json()["status"] == "running"
        ended = done("many")
        assert ended["totals"] == {"accepted": 196, "rejected": 3, "ready": 194, "failed": 2, "waiting": 0}
        assert ended["progress"] == 1.0
        assert ended["audio_seconds"] > 0
        assert ended["finished"] > ended["created"]
        told = report(client, "many")
        assert sorted(each["line"] for each in told) == [n for n in range(1, 201) if n != 9]
        codes = {each["line"]: each["error"]["code"] for each in ended["failures"]["items"]}
        assert codes == {
            8: "bad_article",
            10: "bad_article",
            11: "bad_article",
            12: "bad_article",
            13: "unknown_voice",
        }
        assert ended["failures"]["next_page"] is None
        [ready] = [each for each in told if each["line"] == 1]
        assert ready["status"] == "ready"
        assert client.get(f"/audio/{ready['key']}.mp3").status_code == 200
        assert client.get("/v1/articles/many-0").json()["duration_seconds"] == pytest.approx(
            ready["duration_seconds"], abs=0.001
        )

    def test_each_line_has_the_case_endings_that_it_asks_for(self, client, done) -> None:
        text = "زار الوزير الجديد المدينة القديمة."
        asked = {"plain": {}, "whole": {"case_endings": "full"}, "bare": {"case_endings": "none"}}
        lines = [line(name, text=text, **fields) for name, fields in asked.items()]
        client.post("/v1/batches?id=endings", content=b"\n".join(lines), headers=TYPE).raise_for_status()
        assert done("endings")["totals"]["ready"] == 3
        keys = [each["key"] for each in sorted(report(client, "endings"), key=lambda each: each["line"])]
        assert keys[0] == keys[1] != keys[2]

    def test_failures_come_in_pages(self, client, done) -> None:
        posted = client.post("/v1/batches?id=all-bad", content=b"nope\n" * 230, headers=TYPE)
        assert posted.json()["rejected"] == 230
        done("all-bad")
        seen, page = [], 0
        while page is not None:
            failures = client.get("/v1/batches/all-bad", params={"page": page}).json()["failures"]
            seen += [each["line"] for each in failures["items"]]
            page = failures["next_page"]
        assert seen == list(range(1, 231))

    def test_sent_again_it_is_not_made_twice(self, client, done) -> None:
        first = client.post("/v1/batches?id=twice", content=line("twice"), headers=TYPE)
        assert first.status_code == 202
        again = client.post("/v1/batches?id=twice", content=line("other"), headers=TYPE)
        assert again.status_code == 200
        assert again.json()["accepted"] == 1
        assert done("twice")["totals"]["ready"] == 1
        assert client.get("/v1/articles/other").status_code == 404

    def test_an_id_is_made_up_and_the_newest_batch_is_listed_first(self, client) -> None:
        one = client.post("/v1/batches", content=line("listed"), headers=TYPE).json()
        two = client.post("/v1/batches", content=line("listed"), headers=TYPE).json()
        listed = [each["id"] for each in client.get("/v1/batches").json()["batches"]]
        assert listed.index(two["id"]) < listed.index(one["id"])
        assert client.get(two["url"]).json()["id"] == two["id"]

    @pytest.mark.parametrize(
        ("path", "content", "headers", "status", "code"),
        [
            ("", b"", TYPE, 422, "bad_article"),
            ("", b"\n\n", TYPE, 422, "bad_article"),
            ("", b"{}", {"Content-Type": "application/json"}, 415, "unsupported_type"),
            ("", b"{}", {}, 415, "unsupported_type"),
            ("?id=../x", b"{}", TYPE, 422, "bad_field"),
        ],
    )
    def test_what_is_no_batch_is_refused(self, client, path, content, headers, status, code) -> None:
        answer = client.post(f"/v1/batches{path}", content=content, headers=headers)
        assert answer.status_code == status
        assert answer.json()["code"] == code
        assert answer.json()["message"]["ar"]

    @pytest.mark.parametrize("path", ["/v1/batches/none", "/v1/batches/none/report.jsonl"])
    def test_what_is_not_there_is_not_found(self, client, path) -> None:
        assert client.get(path).status_code == 404
        assert client.delete("/v1/batches/none").status_code == 404


@pytest.fixture(scope="module")
def small(start) -> Iterator[httpx.Client]:
    """A service that takes small batches alone, and has nobody who speaks them."""
    limits = {"ISTAMI_MAX_BATCH_BYTES": "20000", "ISTAMI_MAX_BATCH_LINES": "5"}
    with start("--workers", "0", ready=False, **limits).client as client:
        yield client


class TestLimits:
    def test_too_many_bytes_are_cut_off_and_nothing_is_kept(self, small) -> None:
        def endless() -> Iterator[bytes]:
            while True:
                yield line("x") + b"\n"

        answer = small.post("/v1/batches?id=long", content=b"x" * 20_001, headers=TYPE)
        assert answer.status_code == 413
        # Hung up on while it sends, a client does not always see why.
        with suppress(httpx.TransportError):
            assert small.post("/v1/batches?id=endless", content=endless(), headers=TYPE).status_code == 413
        for name in ("long", "endless"):
            assert small.get(f"/v1/batches/{name}").status_code == 404
        assert small.get("/v1/batches").json()["batches"] == []

    def test_too_many_lines_are_refused(self, small) -> None:
        content = b"\n".join(line(f"x{number}") for number in range(6))
        answer = small.post("/v1/batches?id=lines", content=content, headers=TYPE)
        assert answer.status_code == 413
        assert "5" in answer.json()["detail"]
        assert small.post("/v1/batches?id=lines", content=line("x"), headers=TYPE).status_code == 202

    def test_a_client_that_breaks_off_leaves_nothing(self, small, until) -> None:
        def broken() -> Iterator[bytes]:
            yield line("x") + b"\n"
            raise ConnectionError

        with pytest.raises(ConnectionError):
            small.post("/v1/batches?id=broken", content=broken(), headers=TYPE)
        until(lambda: small.get("/v1/batches/broken").status_code == 404, 20, "forgotten")
        again = {"content": line("x"), "headers": TYPE}
        until(lambda: small.post("/v1/batches?id=broken", **again).status_code == 202, 20, "free again")


class TestCancelling:
    def test_what_has_not_begun_never_is(self, client, done) -> None:
        content = b"\n".join(
            line(f"c-{number}", text="\n".join(f"الجملة {each} من {number}." for each in range(6)))
            for number in range(60)
        )
        client.post("/v1/batches?id=stopped", content=content, headers=TYPE)
        assert client.delete("/v1/batches/stopped").status_code == 202
        ended = done("stopped")
        totals = ended["totals"]
        assert ended["status"] == "cancelled"
        assert totals["waiting"] > 0
        assert totals["ready"] + totals["failed"] + totals["waiting"] == 60
        assert len(report(client, "stopped")) == 60 - totals["waiting"]
        assert client.get("/v1/articles/c-59").status_code == 404
        assert client.delete("/v1/batches/stopped").json()["status"] == "cancelled"


def test_somebody_who_listens_does_not_wait_for_a_batch(client, done) -> None:
    content = b"\n".join(line(f"w-{number}", text=f"خبر الانتظار {number}. " * 5) for number in range(150))
    client.post("/v1/batches?id=long", content=content, headers=TYPE)
    begun = time.monotonic()
    client.post("/v1/articles", json={"id": "urgent", "text": "خبر عاجل لمن يستمع الآن."})
    while client.get("/v1/articles/urgent").json()["status"] != "ready":
        time.sleep(0.1)
        assert time.monotonic() - begun < 100
    assert client.get("/v1/batches/long").json()["status"] == "running"
    client.delete("/v1/batches/long")
    done("long")

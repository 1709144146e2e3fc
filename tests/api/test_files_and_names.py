"""Ids in any script, wherever they travel; downloads under the article's title."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree as ET
from urllib.parse import quote, unquote

import pytest

from cache.redis_store import RedisStore
from service.storage.keys import plan_name
from tests.unit.test_downloads import named

IDS = ["خبر-2026", "قَالَ", "٢٠٢٦.نوفمبر", "статья_7", "報道~1", "é-accent", "plain.id_~-9"]
TITLE = "أمطار الخير: «العام» الأول"
TEXT = "هطلت أمس أمطار غزيرة على السهل."


def path(id_: str, part: str = "") -> str:
    return f"/v1/articles/{quote(id_, safe='')}{part}"


@pytest.mark.parametrize("id_", IDS)
class TestIds:
    def test_it_is_known_everywhere(self, client, ready, id_) -> None:
        posted = client.post("/v1/articles", json={"id": id_, "title": TITLE, "text": TEXT})
        assert posted.status_code in {200, 202}
        assert posted.json()["id"] == id_
        assert posted.headers["location"].isascii()
        assert unquote(posted.headers["location"]) == f"/v1/articles/{id_}"
        article = ready(id=id_, title=TITLE, text=TEXT)
        for name in ("audio_url", "marks_url", "captions_url", "player_url"):
            assert article[name].isascii()
            assert client.get(article[name], follow_redirects=True).status_code == 200
        assert client.get(path(id_, "/audio.mp3")).status_code == 307
        last = client.get(path(id_, "/events")).text.strip().splitlines()[-1]
        assert json.loads(last.removeprefix("data: "))["id"] == id_

    def test_feed_and_oembed_have_it(self, client, ready, id_) -> None:
        article = ready(id=id_, title=TITLE, text=TEXT)
        feed = ET.fromstring(client.get("/feed.xml").content)  # noqa: S314  # ours
        guids = {item.findtext("guid") for item in feed.iter("item")}
        assert any(guid and id_ in unquote(guid) for guid in guids)
        told = client.get("/oembed", params={"url": article["player_url"]}).json()
        assert quote(id_, safe="") in told["html"]
        assert client.get("/oembed", params={"url": unquote(article["player_url"])}).status_code == 200
        assert article["marks_url"] in client.get(article["player_url"]).text or quote(id_, safe="") in (
            client.get(article["player_url"]).text
        )

    def test_it_is_forgotten(self, client, id_) -> None:
        gone = f"{id_}-gone"
        client.post("/v1/articles", json={"id": gone, "text": "خبر يُنسى بعد قليل."})
        assert client.delete(path(gone)).status_code == 204
        assert client.get(path(gone)).status_code == 404


class TestOneName:
    def test_what_looks_the_same_is_the_same(self, client) -> None:
        """Composed (NFC) and decomposed: a Mac writes file names in the latter."""
        composed = "قرآن-é"
        parts = unicodedata.normalize("NFD", composed)
        assert parts != composed
        assert client.post("/v1/articles", json={"id": parts, "text": TEXT}).json()["id"] == composed
        for each in (composed, parts):
            assert client.get(path(each)).json()["id"] == composed

    @pytest.mark.parametrize(
        "id_",
        [
            *(
                "",
                ".",
                "..",
                "~mine",
                "-x",
                "_x",
                "a/b",
                "a\\b",
                "a b",
                "a\nb",
                "a\0b",
                "خبر\u200f",
                "\u202eخبر",
            ),
            *("خ\u200cبر", "a?b", "a#b", "a%2Fb", "a:b", "<b>", "«خبر»", "خبر!", "🙂", "\u064eخبر"),
            *("x" * 129, "خ" * 101, "خبر\u00a0"),
        ],
    )
    def test_what_is_no_id_is_refused(self, client, id_) -> None:
        answer = client.post("/v1/articles", json={"id": id_, "text": TEXT})
        assert (answer.status_code, answer.json()["field"]) == (422, "id"), id_
        if id_ and not {*id_} & {*"/\\?#%"} and id_ not in {".", ".."}:
            assert client.get(path(id_)).status_code == 404

    def test_the_longest_are_taken(self, client) -> None:
        for id_ in ("x" * 128, "خ" * 100):
            assert client.post("/v1/articles", json={"id": id_, "text": TEXT}).status_code in {200, 202}


class TestElsewhere:
    def test_a_batch_and_its_files(self, client, service, tmp_path, until) -> None:
        id_ = "نشرة-السبت"
        lines = json.dumps({"id": "خبر-النشرة", "text": "خبر من نشرة السبت."})
        sent = {"content": lines, "headers": {"Content-Type": "application/jsonl"}}
        posted = client.post("/v1/batches", params={"id": id_}, **sent)
        assert posted.status_code == 202
        assert posted.headers["location"].isascii()
        address = posted.headers["location"]
        until(lambda: client.get(address).json()["status"] == "done", 90, "done")
        report = client.get(f"{address}/report.jsonl").json()
        assert report["id"] == "خبر-النشرة"
        source = tmp_path / "أخبار.jsonl"
        longest = "خ" * 100
        source.write_text(
            "".join(
                json.dumps({"id": each, "text": "خبر في ملف."}) + "\n" for each in ("خبر-الملف", longest)
            ),
            encoding="utf-8",
        )
        out = tmp_path / "صوت"
        command = [sys.executable, "-m", "service", "batch", str(source), "--out", str(out)]
        done = subprocess.run(
            [*command, "--marks", "--captions", "--server", service.base],
            env={**os.environ, "ISTAMI_DATA_DIR": str(service.data)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr + done.stdout
        names = {each.name for each in out.iterdir()}
        for each in ("خبر-الملف", longest):
            assert {f"{each}.mp3", f"{each}.json", f"{each}.vtt"} <= names

    def test_a_private_one_by_its_signed_address(self, closed, keys, until) -> None:
        from service.auth.api_keys import Scope

        _, key = keys.create("arabic", Scope.WRITE)
        with closed.client as client:
            told = {"Authorization": f"Bearer {key}"}
            client.post(
                "/v1/articles",
                json={"id": "سر-1", "title": TITLE, "text": "خبر خاص جدا.", "private": True},
                headers=told,
            )
            signed = client.post(path("سر-1", "/address"), json={}, headers=told).json()
            until(lambda: client.get(signed["url"]).json()["status"] == "ready", 90, "ready")
            assert client.get(path("سر-1")).status_code == 404
            assert client.get(signed["audio_url"]).status_code == 200
            saved = client.get(f"{signed['audio_url']}&download=1")
            assert named(saved.headers["content-disposition"])[1] == "أمطار الخير «العام» الأول.mp3"
            assert saved.headers["cache-control"] == "private, no-cache"


PARTS = {
    "/v1/articles/{id}/audio.mp3": "mp3",
    "/v1/articles/{id}/marks.json": "json",
    "/v1/articles/{id}/captions.vtt": "vtt",
    "/audio/{key}.mp3": "mp3",
    "/audio/{key}.json": "json",
    "/audio/{key}.vtt": "vtt",
    "/audio/{key}.chapters.json": "chapters.json",
}


class TestDownloads:
    @pytest.fixture(scope="class")
    @classmethod
    def article(cls, service):
        with service.client as client:
            text = f"# العنوان الأول\n\n{TEXT}"
            posted = client.post("/v1/articles", json={"id": "تنزيل", "title": TITLE, "text": text}).json()
            client.get(path("تنزيل", "/audio.mp3"), follow_redirects=True).read()
        return posted

    @pytest.mark.parametrize(("address", "ending"), PARTS.items())
    @pytest.mark.parametrize("told", ["1", "true"])
    def test_has_the_title_when_asked(self, client, article, address, ending, told) -> None:
        place = address.format(id=quote(article["id"]), key=article["key"])
        saved = client.get(place, params={"download": told})
        assert saved.status_code == 200
        fallback = "istami" if "articles" in address else article["key"]
        assert named(saved.headers["content-disposition"]) == (
            f"{fallback}.{ending}",
            f"أمطار الخير «العام» الأول.{ending}",
        )
        plain = client.get(place, follow_redirects=True)
        assert "content-disposition" not in plain.headers
        assert plain.content == saved.content
        told_by_head = client.head(place, params={"download": told})
        assert told_by_head.headers["content-disposition"] == saved.headers["content-disposition"]
        off = client.get(place, params={"download": "0"}, follow_redirects=True)
        assert "content-disposition" not in off.headers

    def test_a_part_and_a_repeated_question_are_answered_as_ever(self, client, article) -> None:
        place = f"/audio/{article['key']}.mp3?download=1"
        part = client.get(place, headers={"Range": "bytes=0-99"})
        assert (part.status_code, len(part.content)) == (206, 100)
        assert "content-disposition" in part.headers
        again = client.get(place, headers={"If-None-Match": part.headers["etag"]})
        assert again.status_code == 304
        assert client.get(place, headers={"Range": "bytes=99999999-"}).status_code == 416

    @pytest.mark.parametrize("query", ["download=0", "utm_source=download"])
    def test_a_query_that_asks_for_none_is_answered_as_ever(self, client, article, query) -> None:
        place = f"/audio/{article['key']}.mp3"
        plain, told = client.get(place), client.get(f"{place}?{query}")
        for name in ("cache-control", "content-length", "etag"):
            assert told.headers[name] == plain.headers[name]
        assert "content-disposition" not in told.headers

    def test_one_whose_title_was_evicted_has_its_key_for_a_name(self, client, service, ready) -> None:
        article = ready(id="untitled-download", title=TITLE, text="خبر نسي عنوانه.")
        store = RedisStore(service.redis_url)
        store.delete(plan_name(article["key"]))
        saved = client.get(f"/audio/{article['key']}.mp3?download=1")
        assert saved.status_code == 200
        assert named(saved.headers["content-disposition"])[0] == f"{article['key']}.mp3"

    def test_one_that_grows(self, client, long_text) -> None:
        text = long_text("تنزيل", 20)
        client.post("/v1/articles", json={"id": "growing-download", "title": TITLE, "text": text})
        with client.stream("GET", "/v1/articles/growing-download/audio.mp3?download=1") as saved:
            assert named(saved.headers["content-disposition"])[0] == "growing-download.mp3"
            assert next(saved.iter_bytes()).startswith(b"ID3")

    def test_a_refusal_is_no_file(self, client) -> None:
        for place in ("/v1/articles/nowhere/audio.mp3", f"/audio/{'0' * 64}.mp3", f"/audio/{'0' * 64}.vtt"):
            answer = client.get(place, params={"download": "1"})
            assert answer.status_code == 404
            assert "content-disposition" not in answer.headers
        odd = client.get("/v1/articles/nowhere/audio.mp3", params={"download": "perhaps"})
        assert odd.status_code in {404, 422}

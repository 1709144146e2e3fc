"""An archive, as it is typed: everything is made once, nothing is lost, and it is said what failed."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mutagen
import pytest

ROOT = Path(__file__).parents[2]


def sentences(name: str, number: int = 1) -> str:
    return " ".join(f"هذه الجملة {each} من حكاية {name} عن رجل يعد البذور." for each in range(1, number + 1))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def begin(data: Path, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts ``istami batch`` in an empty folder."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(*words: str, **settings: str) -> subprocess.Popen[bytes]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ISTAMI_")}
        kept.pop("REDIS_URL", None)
        environment = {**kept, "ISTAMI_DATA_DIR": str(data), "PYTHONPATH": str(ROOT), **settings}
        process = subprocess.Popen(
            [sys.executable, "-m", "service", "batch", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=environment,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def batch(begin: Callable[..., subprocess.Popen[bytes]]) -> Callable[..., tuple[int, str, str]]:
    """Runs it to its end: exit code, what it printed, what it complained of."""

    def batch(*words: str, stdin: str = "", **settings: str) -> tuple[int, str, str]:
        process = begin(*words, **settings)
        out, err = process.communicate(stdin.encode(), timeout=300)
        assert b"Traceback" not in err, err.decode()
        return process.returncode, out.decode(), err.decode()

    return batch


class TestSources:
    def test_a_folder_becomes_mp3s_and_the_same_article_is_made_once(self, batch, tmp_path: Path) -> None:
        for name in ("a.txt", "deep/b.txt", "deep/c.md"):
            path = tmp_path / "in" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(sentences("واحدة" if name != "deep/c.md" else "أخرى"), encoding="utf-8")
        code, out, err = batch("in", "--out", "audio", "--marks", "--captions", "--workers", "1")
        assert code == 0, err
        told = lines(tmp_path / "audio" / "report.jsonl")
        assert sorted(line["status"] for line in told) == ["made", "made", "there"]
        assert {line["source"] for line in told} == {"in/a.txt", "in/deep/b.txt", "in/deep/c.md"}
        assert len({line["key"] for line in told}) == 2
        assert len({line["file"] for line in told}) == 3
        for line in told:
            mp3 = tmp_path / "audio" / line["file"]
            assert mutagen.File(mp3).info.length == pytest.approx(line["duration"], abs=0.15)
            assert json.loads(mp3.with_suffix(".json").read_text())["complete"]
            assert mp3.with_suffix(".vtt").read_text().startswith("WEBVTT")
        assert len(list((tmp_path / "audio").iterdir())) == 10
        assert "already there" in out
        assert out.splitlines()[1].split()[:3] == ["2", "1", "0"]

    def test_standard_input_is_read_line_by_line_and_bad_ones_fail_by_number(self, batch, tmp_path) -> None:
        given = "\n".join(
            [
                json.dumps({"id": "first", "text": sentences("أولى"), "title": "أولى"}),
                "nope",
                json.dumps({"id": "../up", "text": "نص."}),
                json.dumps({"id": "mute", "text": "…"}),
                json.dumps({"id": "first", "text": sentences("غيرها")}),
                json.dumps({"id": "voice", "text": "نص.", "voice": "nobody"}),
            ]
        )
        code, out, _ = batch("-", "--out", "audio", stdin=given)
        assert code == 1
        told = {line["source"]: line for line in lines(tmp_path / "audio" / "report.jsonl")}
        assert told["-:1"]["status"] == "made"
        codes = {source: line["error"]["code"] for source, line in told.items() if line["error"]}
        assert codes == {
            "-:2": "bad_article",
            "-:3": "bad_article",
            "-:4": "bad_article",
            "-:5": "bad_article",
            "-:6": "unknown_voice",
        }
        assert {path.name for path in (tmp_path / "audio").iterdir()} == {"first.mp3", "report.jsonl"}
        assert [path.name for path in tmp_path.iterdir()] == ["audio"]
        for source in codes:
            assert source in out

    def test_what_is_not_there_stops_before_any_work(self, batch, tmp_path) -> None:
        code, _, err = batch("nowhere.txt", "--out", "audio")
        assert code == 1
        assert "nowhere.txt" in err
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize(
        ("words", "named"),
        [
            ((), "SOURCE"),
            (("-", "--marks"), "--out"),
            (("-", "--resume", "--retry-failed"), "--resume"),
            (("-", "--server", "listen.example"), "--server"),
            (("-", "--server", "http://x", "--workers", "2"), "--workers"),
            (("-", "--speed", "9"), "--speed"),
        ],
    )
    def test_what_cannot_be_meant_is_a_usage_error(self, batch, words, named) -> None:
        code, _, err = batch(*words)
        assert code == 2
        assert named in err


@pytest.fixture
def site(serve) -> Any:
    """A news site on loopback: three articles, a sitemap, an index, a feed."""
    site = serve()
    base = f"http://127.0.0.1:{site.port}"
    for number in range(3):
        page = f"<html><body><article><p>{sentences(f'الموقع {number}', 3)}</p></article></body></html>"
        site.page(f"/{number}.html", page.encode())
    entries = "".join(f"<url><loc>{base}/{number}.html</loc></url>" for number in (0, 1, 9))
    site.page("/map.xml", f"<urlset>{entries}</urlset>".encode(), "Content-Type: application/xml")
    packed = gzip.compress(f"<urlset><url><loc>{base}/2.html</loc></url></urlset>".encode())
    site.page("/map.xml.gz", packed, "Content-Type: application/x-gzip")
    index = "".join(f"<sitemap><loc>{base}/{name}</loc></sitemap>" for name in ("map.xml", "map.xml.gz"))
    site.page("/index.xml", f"<sitemapindex>{index}</sitemapindex>".encode(), "Content-Type: text/xml")
    item = f"<item><title>خبر</title><link>{base}/1.html</link></item>"
    feed = f'<rss version="2.0"><channel><title>أخبار</title>{item}</channel></rss>'
    site.page("/feed.rss", feed.encode(), "Content-Type: application/rss+xml")
    return site


class TestWeb:
    def test_the_pages_of_a_sitemap_and_of_a_feed_are_fetched_and_made_once(
        self, batch, service, site, tmp_path: Path
    ) -> None:
        base = f"http://127.0.0.1:{site.port}"
        allowed = {"ISTAMI_FETCH_PRIVATE_HOSTS": f"127.0.0.1:{site.port}"}
        words = (f"{base}/index.xml", f"{base}/feed.rss", "--out", "audio", "--server", service.base)
        code, out, err = batch(*words, **allowed)
        assert code == 1, err
        told = lines(tmp_path / "audio/report.jsonl")
        status = {line["source"].removeprefix(base): line["status"] for line in told}
        assert status["/9.html"] == "failed"
        assert {path for path in status if status[path] != "failed"} == {"/0.html", "/1.html", "/2.html"}
        assert [line["status"] for line in told].count("made") == 3
        assert len(list((tmp_path / "audio").glob("*.mp3"))) == 3
        assert "/9.html" in out
        site.page("/9.html", f"<p>{sentences('التاسعة', 3)}</p>".encode())
        asked = len(site.asked)
        assert batch(*words, "--retry-failed", **allowed)[0] == 0
        assert not {"/0.html", "/1.html", "/2.html"} & set(site.paths[asked:])

    def test_a_page_on_a_private_network_is_not_fetched(self, batch, service, site, tmp_path: Path) -> None:
        base = f"http://127.0.0.1:{site.port}"
        code, _, err = batch(f"{base}/map.xml", "--out", "audio", "--server", service.base)
        assert code == 1
        assert "port" in err
        (tmp_path / "map.xml").write_text(f"<urlset><url><loc>{base}/0.html</loc></url></urlset>")
        code, out, _ = batch("map.xml", "--out", "audio", "--server", service.base)
        assert code == 1
        assert f"{base}/0.html" in out
        assert site.asked == []


class TestServer:
    def test_a_service_that_runs_already_does_the_work(self, batch, service, tmp_path) -> None:
        given = json.dumps({"id": "elsewhere", "text": sentences("البعيدة")})
        code, _, err = batch("-", "--server", service.base, "--out", "audio", stdin=given)
        assert code == 0, err
        with service.client as client:
            answer = client.get("/v1/articles/elsewhere").json()
            assert client.get(answer["audio_url"]).content == (tmp_path / "audio/elsewhere.mp3").read_bytes()

    def test_without_a_folder_recordings_stay_with_the_service(self, batch, service, tmp_path) -> None:
        given = json.dumps({"id": "stays", "text": sentences("الباقية")})
        code, _, err = batch("-", "--server", service.base, stdin=given)
        assert code == 0, err
        [line] = lines(tmp_path / "istami-batch.jsonl")
        assert (line["status"], line["file"]) == ("made", None)
        with service.client as client:
            assert client.get("/v1/articles/stays").json()["status"] == "ready"
            assert "stays" not in client.get("/feed.xml").text

    def test_one_that_is_not_there_is_said_at_once(self, batch, unused_port) -> None:
        code, _, err = batch("-", "--server", f"http://127.0.0.1:{unused_port}")
        assert code == 1
        assert str(unused_port) in err


class TestGoingOn:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
    def test_interrupted_it_loses_nothing_and_goes_on(
        self, begin, batch, until, service, tmp_path: Path, number: signal.Signals
    ) -> None:
        name = number.name
        given = "\n".join(
            json.dumps({"id": f"{name}-{each}", "text": sentences(f"{name} {each}", 4)}) for each in range(30)
        )
        (tmp_path / "all.jsonl").write_text(given, encoding="utf-8")
        words = ("all.jsonl", "--out", "audio", "--server", service.base)
        report = tmp_path / "audio" / "report.jsonl"
        process = begin(*words)
        until(lambda: report.is_file() and len(report.read_bytes().splitlines()) >= 3, 90, "begun")
        process.send_signal(number)
        _, err = process.communicate(timeout=300)
        before = lines(report)
        assert 3 <= len(before) < 30
        if number is not signal.SIGKILL:
            assert process.returncode == 130
            assert f"istami batch {' '.join(words)} --resume" in err.decode()
            assert not list((tmp_path / "audio").glob("*.part"))
        code, _, err = batch(*words)
        assert code == 1
        assert "--resume" in err
        code, out, err = batch(*words, "--resume")
        assert code == 0, err
        after = lines(report)
        assert after[: len(before)] == before
        assert sorted(line["id"] for line in after) == sorted(f"{name}-{each}" for each in range(30))
        assert {path.stem for path in (tmp_path / "audio").glob("*.mp3")} == {line["id"] for line in after}
        assert int(out.splitlines()[1].split()[1]) >= len(before)

    def test_a_file_that_is_gone_is_fetched_again(self, batch, service, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text(sentences("الضائعة"), encoding="utf-8")
        words = ("a.txt", "--out", "audio", "--server", service.base)
        assert batch(*words)[0] == 0
        [mp3] = (tmp_path / "audio").glob("*.mp3")
        mp3.unlink()
        assert batch(*words, "--resume")[0] == 0
        assert mp3.is_file()
        assert [line["status"] for line in lines(tmp_path / "audio/report.jsonl")] == ["made", "there"]

    def test_what_failed_is_tried_again_and_nothing_else(self, batch, service, tmp_path: Path) -> None:
        for name, text in {"good": sentences("جيدة"), "bad": "…", "mute": "!!!"}.items():
            (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
        words = ("good.txt", "bad.txt", "mute.txt", "--out", "audio", "--server", service.base)
        assert batch(*words)[0] == 1
        (tmp_path / "bad.txt").write_text(sentences("صارت جيدة"), encoding="utf-8")
        (tmp_path / "good.txt").write_text(sentences("تغيرت"), encoding="utf-8")
        code, out, _ = batch(*words, "--retry-failed")
        assert code == 1
        assert out.splitlines()[1].split()[:3] == ["1", "0", "1"]
        told = lines(tmp_path / "audio/report.jsonl")
        assert [line["source"] for line in told[3:]].count("good.txt") == 0
        (tmp_path / "mute.txt").write_text("نص.", encoding="utf-8")
        assert batch(*words, "--retry-failed")[0] == 0
        code, out, _ = batch(*words, "--retry-failed")
        assert code == 0
        assert out.splitlines()[1].split()[:3] == ["0", "0", "0"]


def test_a_service_for_the_run_ends_with_it(begin, until, data: Path, tmp_path: Path) -> None:
    from cache import server

    (tmp_path / "a.txt").write_text(sentences("طويلة", 60), encoding="utf-8")
    assert not server.answers(data / "redis")
    process = begin("a.txt", "--out", "audio", "--workers", "1")
    until(lambda: server.answers(data / "redis"), 60, "started")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 130, err
    assert b"--resume" in err
    assert not server.answers(data / "redis")

"""What dies is done without, or comes back; what fails says so by name."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from cache import server
from cache.redis_store import RedisStore


def article(name: str, sentences: int = 40) -> dict[str, str]:
    """An article of so many sentences, none of which another has."""
    text = "\n".join(
        f"هذه الجملة {number} من حكاية {name} عن رجل يعد البذور في ليالي الشتاء الطويلة."
        for number in range(1, sentences + 1)
    )
    return {"id": name, "text": text}


def workers(service) -> list[psutil.Process]:
    """The worker's main process and those that speak."""
    (main,) = [
        child for child in psutil.Process(service.process.pid).children() if "worker" in child.cmdline()
    ]
    return [main, *main.children(recursive=True)]


def spoken(client, name: str) -> int:
    return client.get(f"/v1/articles/{name}").json()["progress"]["sentences_done"]


def whole(client, name: str, sentences: int) -> bool:
    answer = client.get(f"/v1/articles/{name}").json()
    marks = client.get(answer["marks_url"]).json()
    return answer["status"] == "ready" and marks["complete"] and len(marks["sentences"]) == sentences


class TestWorkers:
    def test_killed_in_the_middle_of_an_article_they_are_started_again_and_it_becomes_whole(
        self, start, until
    ) -> None:
        service = start("--workers", "1")
        with service.client as client:
            client.post("/v1/articles", json=article("all-killed"))
            until(lambda: spoken(client, "all-killed") > 2, 60, "begun")
            os.killpg(workers(service)[0].pid, signal.SIGKILL)
            until(lambda: whole(client, "all-killed", 40), 90, "whole")
            until(lambda: client.get("/readyz").status_code == 200, 60, "ready again")

    def test_one_that_wakes_after_another_took_over_spoils_nothing(self, start, until) -> None:
        """A maker sleeps while its claim runs out. When it goes on, listeners hear the other one."""
        # Its worker replaces a process only after that time.
        service = start("--workers", "2", ISTAMI_PHRASE_SECONDS="600")
        with service.client as client:
            client.post("/v1/articles", json=article("asleep", 24))
            until(lambda: spoken(client, "asleep") > 2, 60, "begun")
            speaking = max(workers(service)[1:], key=lambda each: sum(each.cpu_times()[:2]))
            speaking.suspend()
            try:
                until(lambda: whole(client, "asleep", 24), 100, "whole")
            finally:
                speaking.resume()
            audio = client.get("/v1/articles/asleep").json()["audio_url"]
            before = client.get(audio).content
            time.sleep(3)
            assert client.get(audio).content == before
            assert whole(client, "asleep", 24)
            key = client.get("/v1/articles/asleep").json()["key"]
            assert RedisStore(service.redis_url).size(f"istami:{{{key}}}:live") == 0


class TestRedis:
    def test_away_is_said_with_when_to_come_again_and_back_needs_no_restart(
        self, start, until, redis
    ) -> None:
        url, begin, end = redis
        service = start("--workers", "1", REDIS_URL=url)
        with service.client as client:
            client.post("/v1/articles", json=article("before", 1))
            until(lambda: whole(client, "before", 1), 60, "whole")
            key = client.get("/v1/articles/before").json()["key"]
            end()
            for answer in (
                client.post("/v1/articles", json=article("away", 1)),
                client.get("/v1/articles/before"),
                client.get(f"/audio/{key}.mp3"),
                client.get("/v1/articles/before/audio.mp3"),
                client.get(f"/audio/{key}.json"),
                client.get("/"),
                client.get("/readyz"),
            ):
                assert answer.status_code == 503
                assert int(answer.headers["retry-after"]) > 0
            known = client.get(f"/audio/{key}.mp3", headers={"If-None-Match": f'"{key}"'})
            assert known.status_code == 304
            assert client.get("/healthz").status_code == 200
            begin()
            until(lambda: client.get("/readyz").status_code == 200, 90, "ready again")
            assert client.get("/v1/articles/before").json()["status"] == "ready"
            client.post("/v1/articles", json=article("after", 3))
            until(lambda: whole(client, "after", 3), 90, "whole")
            # Somebody still looks after what loses its maker.
            client.post("/v1/articles", json=article("killed-after", 30))
            until(lambda: spoken(client, "killed-after") > 2, 60, "begun")
            for process in workers(service)[1:]:
                process.kill()
            until(lambda: whole(client, "killed-after", 30), 90, "whole")

    def test_one_that_hangs_is_away_too(self, start) -> None:
        service = start("--workers", "0", ready=False)
        hung = next(
            each
            for each in psutil.process_iter(["cmdline"])
            if str(service.data) in " ".join(each.info["cmdline"] or [])
        )
        hung.suspend()
        try:
            with service.client as client:
                answer = client.post("/v1/articles", json=article("hung", 1))
                assert answer.status_code == 503
                assert "retry-after" in answer.headers
        finally:
            hung.resume()
        with service.client as client:
            assert client.post("/v1/articles", json=article("hung", 1)).status_code == 202


class TestEngines:
    """An engine of somebody else's, in a distribution of its own (the entry points ``istami.engines``)."""

    CODE = """
        from pathlib import Path
        from service.model.errors import EngineError
        from service.model.recording import Clip

        class Moody:
            sample_rate = 22050
            def __init__(self, card, surroundings):
                self.mood = surroundings.folder / "mood"
            def speak(self, utterance, speed):
                mood = self.mood.read_text()
                if mood == "broken" and "الثانية" in utterance.spoken:
                    raise ZeroDivisionError("a defect of the engine's")
                if mood == "sulking" and "الثانية" in utterance.spoken:
                    raise EngineError("I will not", "لن أنطق")
                seconds = 0.09 * len(utterance.spoken)
                return Clip(bytes(range(1, 100, 2)) * int(seconds * 22050 * 2 / 50), 22050)
            def close(self):
                pass
        """
    CARD = """
        id = "moody"
        engine = "moody"
        language = "ar"
        dialect = "standard"
        gender = "male"
        sample_rate = 22050
        licence = "Apache-2.0"
        commercial_use = true
        attribution = "us"
        homepage = "https://example.com"
        gain_db = 0.0
        {files}
        [name]
        ar = "متقلّب"
        en = "Moody"
        [limits]
        characters = 2000
        """

    @pytest.fixture
    def moody(self, start, tmp_path):
        """A service that knows the engine; sets its mood."""
        installed = tmp_path / "moody-1.0.dist-info"
        installed.mkdir()
        (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: moody\nVersion: 1.0\n")
        (installed / "entry_points.txt").write_text("[istami.engines]\nmoody = moody:Moody\n")
        (tmp_path / "moody.py").write_text(textwrap.dedent(self.CODE))
        data = tmp_path / "data"
        self._card(data / "voices" / "moody", "")
        self._card(
            data / "voices" / "hollow", '[[files]]\npath = "model.onnx"\nurl = "https://example.com/m"\n'
        )
        service = start("--workers", "1", ISTAMI_DATA_DIR=str(data), PYTHONPATH=str(tmp_path))
        return service, (data / "voices" / "moody" / "mood").write_text

    def _card(self, folder: Path, files: str) -> None:
        folder.mkdir(parents=True)
        (folder / "card.toml").write_text(textwrap.dedent(self.CARD).replace("{files}", files))

    @pytest.mark.parametrize(("mood", "named"), [("sulking", "الثانية"), ("broken", "")])
    def test_one_that_fails_fails_the_article_by_name_and_keeps_nothing_half_made(
        self, moody, until, mood, named
    ) -> None:
        service, set_mood = moody
        two = {"id": "two", "voice": "moody", "text": "الجملة الأولى هنا. الجملة الثانية هنا."}
        with service.client as client:
            set_mood(mood)
            client.post("/v1/articles", json=two)
            until(lambda: client.get("/v1/articles/two").json()["status"] == "failed", 60, "failed")
            answer = client.get("/v1/articles/two").json()
            assert named in answer["error"]["message"]["en"]
            assert answer["error"]["message"]["ar"]
            redis = RedisStore(service.redis_url)._redis
            kept = {name.decode().rsplit(":", 1)[1] for name in redis.keys(f"istami:{{{answer['key']}}}:*")}
            assert kept <= {"plan", "state", "claim", "wanting"}
            set_mood("fine")
            assert client.post("/v1/articles", json=two).json()["status"] != "failed"
            until(lambda: whole(client, "two", 2), 60, "whole")

    def test_a_voice_whose_files_are_missing_is_no_other_voice(self, moody, until) -> None:
        service, _ = moody
        with service.client as client:
            assert "hollow" not in {voice["id"] for voice in client.get("/v1/voices").json()["voices"]}
            answer = client.post("/v1/articles", json={"id": "h", "voice": "hollow", "text": "نص."})
            if answer.status_code == 202:
                until(lambda: client.get("/v1/articles/h").json()["status"] != "queued", 60, "tried")
            else:
                assert answer.status_code in {422, 503}
                assert "hollow" in answer.json()["message"]["en"]


class TestWebProcesses:
    """Several share a port."""

    @staticmethod
    def serving(service) -> list[psutil.Process]:
        children = psutil.Process(service.process.pid).children()
        return [each for each in children if "spawn_main" in command_line(each)]

    def test_each_serves_and_one_that_dies_is_started_again(self, start, until) -> None:
        service = start("--workers", "1", "--web-workers", "2")

        def heard() -> set[int]:
            """Which processes hold the connections of 20 clients."""
            clients = [service.client for _ in range(20)]
            for client in clients:
                assert client.get("/healthz").status_code == 200
            port = int(service.base.rsplit(":", 1)[1])
            holding = {
                process.pid
                for process in self.serving(service)
                if any(
                    each.status == "ESTABLISHED" and each.laddr.port == port
                    for each in process.net_connections()
                )
            }
            for client in clients:
                client.close()
            return holding

        first = heard()
        assert len(first) == 2
        psutil.Process(first.pop()).kill()
        until(lambda: len(self.serving(service)) == 2 and len(heard()) == 2, 60, "two again")
        with service.client as client:
            client.post("/v1/articles", json=article("shared", 2))
            until(lambda: whole(client, "shared", 2), 60, "whole")

    def test_they_end_with_whoever_started_them(self, start, until) -> None:
        service = start("--workers", "0", "--web-workers", "2", ready=False)
        ours = [each.pid for each in self.serving(service)]
        service.process.kill()
        service.process.wait()
        until(lambda: not any(map(alive, ours)), 40, "ended")
        RedisStore(service.redis_url).shut_down()

    def test_a_port_that_is_taken_is_not_shared_with_its_owner(self, start) -> None:
        service = start("--workers", "0", ready=False)
        port = service.base.rsplit(":", 1)[1]
        command = [
            sys.executable,
            "-m",
            "service",
            "serve",
            "--workers",
            "0",
            "--web-workers",
            "2",
            "--port",
            port,
        ]
        done = subprocess.run(
            command,
            env={**os.environ, "REDIS_URL": service.redis_url},
            capture_output=True,
            timeout=300,
            check=False,
        )
        assert done.returncode != 0
        assert b"in use" in done.stderr


class TestStopping:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
    def test_everything_that_was_started_is_ended(self, start, until, number) -> None:
        service = start("--workers", "2")
        with service.client as client:
            client.post("/v1/articles", json=article("unfinished", 200))
            until(lambda: spoken(client, "unfinished") > 1, 60, "begun")
        ours = [service.process.pid, *(each.pid for each in workers(service))]
        store = RedisStore(service.redis_url)
        store.ping()
        service.process.send_signal(number)
        service.process.wait(300)
        until(lambda: not any(map(alive, ours)), 20, "ended")
        assert not server.answers(service.data / "redis")

    def test_one_that_is_killed_takes_its_workers_along(self, start, until) -> None:
        service = start("--workers", "1")
        ours = [each.pid for each in workers(service)]
        service.process.kill()
        service.process.wait()
        until(lambda: not any(map(alive, ours)), 40, "ended")
        RedisStore(service.redis_url).shut_down()


def command_line(process: psutil.Process) -> str:
    """What a process was started with; empty where it has ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False

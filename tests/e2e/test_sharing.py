"""Many articles and many workers: who speaks what, and when. The engine is a true one that takes its time."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from cache.redis_store import RedisStore

CODE = """
    import os
    import signal
    import time
    from service.model.recording import Clip

    class Patient:
        sample_rate = 22050
        def __init__(self, card, surroundings):
            self.log = surroundings.folder / "log"
        def speak(self, utterance, speed):
            if "يقتل" in utterance.spoken:
                os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(0.25)
            with self.log.open("a") as log:
                log.write(f"{os.getpid()} {utterance.spoken}\\n")
            seconds = 0.09 * len(utterance.spoken)
            return Clip(bytes(range(1, 100, 2)) * int(seconds * 22050 * 2 / 50), 22050)
        def close(self):
            pass
    """
CARD = """
    id = "patient"
    engine = "patient"
    language = "ar"
    dialect = "standard"
    gender = "male"
    sample_rate = 22050
    licence = "Apache-2.0"
    commercial_use = true
    attribution = "us"
    homepage = "https://example.com"
    [name]
    ar = "صبور"
    en = "Patient"
    [limits]
    characters = 2000
    """
NUMBERS = [
    "الأولى",
    "الثانية",
    "الثالثة",
    "الرابعة",
    "الخامسة",
    "السادسة",
    "السابعة",
    "الثامنة",
    "التاسعة",
    "العاشرة",
    "الأخرى",
    "البعيدة",
    "القريبة",
    "الطويلة",
    "القصيرة",
    "الجميلة",
    "الهادئة",
    "الصغيرة",
    "الكبيرة",
    "الأخيرة",
]


def article(name: str, sentences: int, **more: str) -> dict[str, str]:
    """An article of the patient voice whose sentences tell whose they are."""
    text = " ".join(f"هنا جملة {name} {number}." for number in NUMBERS[:sentences])
    return {"voice": "patient", "text": text, **more}


class Studio:
    """A service with the patient voice, and what that voice has said."""

    def __init__(self, service, log: Path) -> None:
        self.service = service
        self._log = log

    def said(self) -> list[tuple[int, str]]:
        """Process and text of each utterance, but the greeting that a process warms up with."""
        lines = self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else []
        pairs = (line.split(" ", 1) for line in lines)
        return [(int(pid), text) for pid, text in pairs if "جملة" in text]

    def texts(self) -> list[str]:
        return [text for _, text in self.said()]

    def last(self, name: str) -> int:
        """When the last sentence of an article was said, counted in utterances."""
        return max(at for at, text in enumerate(self.texts()) if f" {name} " in text)


@pytest.fixture
def studio(start, tmp_path):
    """Starts services that know the engine."""
    installed = tmp_path / "patient-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: patient\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("[istami.engines]\npatient = patient:Patient\n")
    (tmp_path / "patient.py").write_text(textwrap.dedent(CODE))
    folder = tmp_path / "data" / "voices" / "patient"
    folder.mkdir(parents=True)
    (folder / "card.toml").write_text(textwrap.dedent(CARD))

    def studio(*options: str) -> Studio:
        path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))
        ready = options[-1] != "0"
        service = start(*options, ready=ready, ISTAMI_DATA_DIR=str(tmp_path / "data"), PYTHONPATH=path)
        return Studio(service, folder / "log")

    return studio


def status(client, name: str) -> str:
    return str(client.get(f"/v1/articles/{name}").json()["status"])


class TestWorkers:
    def test_two_share_one_article_and_no_sentence_is_said_twice(self, studio, until) -> None:
        studio = studio("--workers", "2")
        with studio.service.client as client:
            client.post("/v1/articles", json=article("سعاد", 16, id="shared"))
            until(lambda: status(client, "shared") == "ready", 60, "ready")
        said = studio.texts()
        assert len(said) == len(set(said)) == 16
        counts = [[pid for pid, _ in studio.said()].count(pid) for pid in {pid for pid, _ in studio.said()}]
        assert len(counts) == 2
        assert min(counts) >= 4

    def test_a_sentence_that_stands_in_two_articles_is_said_once(self, studio, until) -> None:
        studio = studio("--workers", "2")
        with studio.service.client as client:
            for name in ("one", "other"):
                client.post("/v1/articles", json=article("هند", 6, id=name, title=f"عنوان {name}"))
            until(lambda: {status(client, name) for name in ("one", "other")} == {"ready"}, 60, "ready")
        assert len(studio.texts()) == 6

    def test_an_edited_sentence_is_said_alone(self, studio, until) -> None:
        studio = studio("--workers", "1")
        with studio.service.client as client:
            posted = article("ليلى", 20, id="edited")
            client.post("/v1/articles", json=posted)
            until(lambda: status(client, "edited") == "ready", 60, "ready")
            posted["text"] = posted["text"].replace("العاشرة", "المعدّلة")
            client.post("/v1/articles", json=posted)
            until(lambda: status(client, "edited") == "ready", 60, "ready again")
        assert len(studio.texts()) == 21
        assert "المعدلة" in studio.texts()[-1].replace("\u0651", "")

    def test_one_of_other_voices_leaves_it_to_those_who_have_it(self, studio, until, tmp_path) -> None:
        studio = studio("--workers", "0")
        own = {**os.environ, "ISTAMI_DATA_DIR": str(tmp_path / "data"), "REDIS_URL": studio.service.redis_url}
        own["PYTHONPATH"] = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))
        command = [sys.executable, "-m", "service", "worker", "--processes", "1", "--voices"]
        started = [subprocess.Popen([*command, "espeak-ar"], env=own)]
        try:
            with studio.service.client as client:
                client.post("/v1/articles", json=article("مريم", 2, id="theirs"))
                client.post("/v1/articles", json={"id": "mine", "text": "جملة لصوت آخر."})
                until(lambda: status(client, "mine") == "ready", 60, "ready")
                assert status(client, "theirs") == "queued"
                started.append(subprocess.Popen([*command, "patient"], env=own))
                until(lambda: status(client, "theirs") == "ready", 60, "ready")
        finally:
            for each in started:
                each.terminate()
            for each in started:
                each.wait(300)


class TestOrder:
    def test_a_short_article_is_not_kept_waiting_by_a_long_one(self, studio, until) -> None:
        studio = studio("--workers", "1")
        with studio.service.client as client:
            client.post("/v1/articles", json=article("كريم", 20, id="long"))
            until(lambda: len(studio.texts()) >= 2, 30, "begun")
            client.post("/v1/articles", json=article("نور", 4, id="short"))
            until(lambda: {status(client, name) for name in ("long", "short")} == {"ready"}, 60, "ready")
        assert studio.last("نور") < 16 < studio.last("كريم")

    def test_what_somebody_waits_for_goes_before_what_is_made_in_stock(self, studio, until) -> None:
        studio = studio("--workers", "1")
        with studio.service.client as client:
            client.post("/v1/articles", json=article("كريم", 12, id="stock", priority="batch"))
            until(lambda: len(studio.texts()) >= 2, 30, "begun")
            client.post("/v1/articles", json=article("نور", 6, id="now"))
            until(lambda: {status(client, name) for name in ("stock", "now")} == {"ready"}, 60, "ready")
        mine = [at for at, text in enumerate(studio.texts()) if " نور " in text]
        assert mine == list(range(mine[0], mine[0] + 6))
        assert mine[0] < 6

    def test_a_listener_makes_it_urgent(self, studio, until) -> None:
        studio = studio("--workers", "1")
        with studio.service.client as client:
            for name in ("كريم", "نور"):
                posted = article(name, 12, id={"كريم": "first", "نور": "heard"}[name], priority="batch")
                client.post("/v1/articles", json=posted)
            until(lambda: len(studio.texts()) >= 2, 30, "begun")
            assert client.get("/v1/articles/heard/audio.mp3", follow_redirects=True).status_code == 200
            until(lambda: status(client, "first") == "ready", 60, "ready")
        assert studio.last("نور") < 16
        assert studio.last("كريم") == 23


class TestWithdrawing:
    def test_what_no_article_wants_is_not_made(self, studio, until) -> None:
        studio = studio("--workers", "1")
        store = RedisStore(studio.service.redis_url)
        with studio.service.client as client:
            key = client.post("/v1/articles", json=article("كريم", 20, id="gone")).json()["key"]
            until(lambda: len(studio.texts()) >= 2, 30, "begun")
            assert client.delete("/v1/articles/gone").status_code == 204
            client.post("/v1/articles", json=article("نور", 4, id="after"))
            until(lambda: status(client, "after") == "ready", 60, "ready")
            until(lambda: key not in store.members("istami:pending"), 30, "forgotten")
        assert len([text for text in studio.texts() if " كريم " in text]) < 6
        kept = {name.decode().rsplit(":", 1)[1] for name in store._redis.keys(f"istami:{{{key}}}:*")}
        assert kept <= {"plan", "state"}

    def test_what_another_article_wants_is(self, studio, until) -> None:
        studio = studio("--workers", "1")
        with studio.service.client as client:
            for name in ("one", "other"):
                client.post("/v1/articles", json=article("كريم", 8, id=name))
            until(lambda: len(studio.texts()) >= 2, 30, "begun")
            client.delete("/v1/articles/one")
            until(lambda: status(client, "other") == "ready", 60, "ready")
        assert len(studio.texts()) == 8

    def test_a_new_version_takes_the_old_ones_place(self, studio, until) -> None:
        studio = studio("--workers", "1")
        with studio.service.client as client:
            old = client.post("/v1/articles", json=article("كريم", 20, id="versions")).json()["key"]
            until(lambda: len(studio.texts()) >= 2, 30, "begun")
            client.post("/v1/articles", json=article("نور", 4, id="versions"))
            until(lambda: status(client, "versions") == "ready", 60, "ready")
        assert len([text for text in studio.texts() if " كريم " in text]) < 6
        assert RedisStore(studio.service.redis_url).get(f"istami:{{{old}}}:asked") is None


def test_a_sentence_that_kills_its_workers_is_parked_and_the_others_go_on(studio, until, tmp_path) -> None:
    studio = studio("--workers", "2")
    with studio.service.client as client:
        client.post("/v1/articles", json=article("الذي يقتل", 1, id="deadly"))
        client.post("/v1/articles", json=article("نور", 8, id="alive"))
        until(lambda: status(client, "alive") == "ready", 60, "ready")
        until(lambda: status(client, "deadly") == "failed", 120, "parked")
        assert "workers" in client.get("/v1/articles/deadly").json()["error"]["message"]["en"]
    environment = {**os.environ, "ISTAMI_DATA_DIR": str(tmp_path / "data")}
    command = [sys.executable, "-m", "service", "doctor"]
    told = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=300)
    assert "يقتل" in told.stdout.decode()

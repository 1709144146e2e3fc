"""A newsroom to break things in: Redis over TCP, the service, a voice that tells what it was asked for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import redis

from cache import server
from cache.redis_store import RedisStore
from service.config.settings import Settings
from service.model.article import Submission
from service.server import worker_container
from service.server.container import Container
from service.text.diacritisation.diacritiser import Diacritiser

ENGINE = """
    import os
    import signal
    import time
    import zlib
    from pathlib import Path
    import numpy as np
    from service.model.recording import Clip

    class Telling:
        '''Noise that is its text's own. It writes down what it is asked for; some words have it misbehave.'''
        sample_rate = 16000

        def __init__(self, card, surroundings):
            self.folder = surroundings.folder

        def speak(self, utterance, speed):
            words = utterance.spoken.split()
            with (self.folder / "asked").open("a") as log:
                log.write(f"{os.getpid()} {utterance.spoken}\\n")
            time.sleep(float(os.environ.get("VOICE_SECONDS", 0)))
            sound = self.sound(utterance.spoken)
            for word, misbehave in MOODS.items():
                if any(each.startswith(word) for each in words) and self.begins(utterance.spoken):
                    return misbehave(sound)
            return Clip(sound.tobytes(), 16000)

        def sound(self, spoken):
            seed = zlib.crc32(spoken.encode())
            length = int(16000 * 0.09 * len(spoken))
            return np.random.default_rng(seed).normal(0, 3000, length).astype("<i2")

        def begins(self, spoken):
            '''Whether it is the first time, for those that misbehave once.'''
            if "VOICE_SECONDS" not in os.environ:
                return False  # nothing happens where nothing is to be disturbed
            if "دائما" in spoken:
                return True
            mark = self.folder / f"met-{zlib.crc32(spoken.encode())}"
            if mark.exists():
                return False
            mark.touch()
            return True

        def close(self):
            pass

    def hang(_sound):
        time.sleep(3600)

    def die(_sound):
        os.kill(os.getpid(), signal.SIGKILL)

    def raising(_sound):
        raise ZeroDivisionError("a defect of the engine's")

    MOODS = {
        "يصمت": lambda sound: Clip(bytes(2 * len(sound)), 16000),
        "يهمس": lambda sound: Clip((sound // 100).astype("<i2").tobytes(), 16000),
        "يصرخ": lambda sound: Clip((np.sign(sound) * 32767).astype("<i2").tobytes(), 16000),
        "يطيل": lambda sound: Clip(np.tile(sound, 9).tobytes(), 16000),
        "يبتلع": lambda sound: Clip(sound[:300].tobytes(), 16000),
        "يقطع": lambda sound: Clip(sound.tobytes()[:-1], 16000),
        "يموت": die,
        "يتجمد": hang,
        "ينكسر": raising,
    }
    """
CARD = """
    id = "telling"
    engine = "telling"
    language = "ar"
    dialect = "standard"
    gender = "male"
    sample_rate = 16000
    licence = "Apache-2.0"
    commercial_use = true
    attribution = "us"
    homepage = "https://example.com"
    gain_db = 0.0
    [name]
    ar = "ناطق"
    en = "Telling"
    [limits]
    characters = 2000
    """
WORDS = (
    *("قمر", "بحر", "جبل", "نهر", "شجر", "حجر", "مطر", "سحاب", "طريق", "جسر"),
    *("بيت", "باب", "ورد", "نخل", "سوق", "سفر", "كتاب", "قلم", "ليل", "فجر"),
)


def articles(name: str, count: int, sentences: int) -> list[dict[str, str]]:
    """So many articles, no two sentences of which are the same."""
    return [
        {
            "id": f"{name}-{number}",
            "voice": "telling",
            "text": "\n".join(
                f"قال الراوي {_words(number)} {name} عن {_words(at)}." for at in range(sentences)
            ),
        }
        for number in range(count)
    ]


def _words(number: int) -> str:
    return f"{WORDS[number % 20]} {WORDS[number // 20]}"


class RedisServer:
    """A server that can be killed, started again with or without its data, and told to misbehave."""

    def __init__(
        self, folder: Path, port: int, *, host: str = "127.0.0.1", under: Iterable[str] = ()
    ) -> None:
        self.folder, self.port, self.host, self._under = folder, port, host, tuple(under)
        self.url = f"redis://{host}:{port}/0"
        self._process: subprocess.Popen[bytes] | None = None
        self.environment: dict[str, str] = {}
        self.program = server.find_program()

    def start(self) -> None:
        self.folder.mkdir(exist_ok=True)
        options = {
            "port": self.port,
            "bind": self.host,
            "appendonly": "yes",
            "save": "",
            "protected-mode": "no",
        }
        told = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        with (self.folder.parent / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self._under, str(self.program), *told],
                cwd=self.folder,
                stdout=log,
                env={**os.environ, **self.environment},
            )
        while True:
            with suppress(redis.RedisError):
                self.client.ping()
                return
            time.sleep(0.05)

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def lose(self) -> None:
        """Lose all data; not running."""
        for path in sorted(self.folder.rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()

    @property
    def client(self) -> redis.Redis:
        return redis.Redis(host=self.host, port=self.port, socket_timeout=5)

    def used(self) -> int:
        return int(self.client.info("memory")["used_memory"])


@dataclass
class House:
    """The service over that server, with workers of its own, and what its voice was asked for."""

    redis: RedisServer
    data: Path
    environment: Mapping[str, str]
    start: Callable[..., Any]
    until: Callable[[Callable[[], bool], float, str], None]
    web: Any = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def open(self, *options: str, **settings: str) -> House:
        """Begin to serve."""
        self.web = self.start(*options, ready=False, **{**self.environment, **settings})
        return self

    def work(self, *options: str, under: Iterable[str] = (), **settings: str) -> subprocess.Popen[bytes]:
        """Start a worker by itself, as on another machine."""
        command = [*under, sys.executable, "-m", "service", "worker", *options]
        with (self.data / "workers.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                env={**os.environ, **self.environment, **settings},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.workers.append(process)
        return process

    def end(self) -> None:
        if self.web:
            self.web.process.terminate()
        for worker in self.workers:
            with suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        self.workers.clear()
        if self.web:
            self.web.process.wait(60)
            self.web = None
        self.redis.kill()

    def asked(self, begun: int = 0) -> Counter[str]:
        """How often the voice was asked for what, but for greetings; from a place in its log on."""
        log = self.data / "voices" / "telling" / "asked"
        lines = log.read_text(encoding="utf-8").splitlines()[begun:] if log.exists() else []
        return Counter(line.split(" ", 1)[1] for line in lines if "قال" in line)

    def post(self, posted: Iterable[dict[str, str]]) -> None:
        """Have articles taken in, as a publisher does: sent again while the service says to come again."""
        with self.web.client as client:
            for article in posted:
                self.until(lambda article=article: _taken(client, article), 60, f"{article['id']} taken")

    def status(self, name: str) -> str:
        """What the service says of an article; empty when it does not."""
        with self.web.client as client, suppress(httpx.TransportError):
            answer = client.get(f"/v1/articles/{name}")
            if answer.status_code == 200:
                return str(answer.json()["status"])
            if answer.status_code == 404:
                return "unknown"
        return ""

    def count(self, posted: Iterable[dict[str, str]], status: str = "ready") -> int:
        return sum(self.status(article["id"]) == status for article in posted)

    def settle(self, posted: list[dict[str, str]], seconds: float, *, again: bool = False) -> int:
        """Wait until all are ready; how many are not in time.

        Args:
            posted: the articles.
            seconds: how long.
            again: whether the publisher sends those again that the service knows no more, or that failed.
        """
        deadline, open_ = time.monotonic() + seconds, list(posted)
        while open_ and time.monotonic() < deadline:
            states = [(article, self.status(article["id"])) for article in open_]
            open_ = [article for article, status in states if status != "ready"]
            if again:
                self.post(article for article, status in states if status in {"unknown", "failed"})
            time.sleep(0.2)
        return len(open_)

    def audio(self, name: str) -> bytes:
        with self.web.client as client:
            answer = client.get(f"/v1/articles/{name}/audio.mp3", follow_redirects=True)
            return answer.content if answer.status_code == 200 else b""

    def wrong(self, posted: Iterable[dict[str, str]], whole: Mapping[str, bytes]) -> int:
        """How many are not what an undisturbed run makes of them, in sound or in marks."""
        return sum(not self._right(article, whole[article["text"]]) for article in posted)

    def _right(self, article: dict[str, str], whole: bytes) -> bool:
        with self.web.client as client:
            marks = client.get(f"/v1/articles/{article['id']}/marks.json").json()
        sentences = article["text"].count("\n") + 1
        complete = marks["complete"] and len(marks["sentences"]) == sentences
        return complete and self.audio(article["id"]) == whole

    def speaking(self) -> list[psutil.Process]:
        """The processes that speak, of all workers: the web process's and those by themselves."""
        mains = [each.pid for each in self.workers if each.poll() is None]
        if self.web:
            served = psutil.Process(self.web.process.pid).children()
            mains += [each.pid for each in served if _is_worker(each)]
        found: list[psutil.Process] = []
        for main in mains:
            with suppress(psutil.Error):  # it has died just now
                found += psutil.Process(main).children()
        return [each for each in found if each.is_running()]


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "worker" in process.cmdline()
    except psutil.Error:
        return False


def _taken(client: httpx.Client, article: dict[str, str]) -> bool:
    try:
        answer = client.post("/v1/articles", json=article)
    except httpx.TransportError:
        return False
    assert answer.status_code in {200, 202, 503}, answer.text
    assert answer.status_code != 503 or "retry-after" in answer.headers
    return answer.status_code != 503


def furnish(folder: Path) -> dict[str, str]:
    """Put the voice where a service finds it: the environment that service needs."""
    installed = folder / "telling-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: telling\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("[istami.engines]\ntelling = telling:Telling\n")
    (folder / "telling.py").write_text(textwrap.dedent(ENGINE), encoding="utf-8")
    voice = folder / "data" / "voices" / "telling"
    voice.mkdir(parents=True)
    (voice / "card.toml").write_text(textwrap.dedent(CARD), encoding="utf-8")
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
    return {
        "ISTAMI_DATA_DIR": str(folder / "data"),
        "PYTHONPATH": path,
        "ISTAMI_VOICE": "telling",
        "VOICE_SECONDS": "0.08",
        "ISTAMI_PHRASE_SECONDS": "3",
        "ISTAMI_RATE_MAKING": "0",
        "ISTAMI_RATE_READING": "0",
    }


def undisturbed(data: Path, url: str, posted: Iterable[dict[str, str]]) -> dict[str, bytes]:
    """What becomes of articles, by their text, where nothing happens: planned and spoken here, in order."""
    settings = Settings(data_dir=data, voice="telling")
    parts = Container(settings, url, lambda *_: None)
    article_service = parts.article_service
    maker = worker_container.synthesiser(parts, Diacritiser(), lambda: None)
    store, made = RedisStore(url), {}
    for article in posted:
        record = article_service.submit(Submission(text=article["text"], id=article["id"], voice="telling"))
        for sentence in range(len(record.sentences)):
            maker.speak(record.key, sentence)
        made[article["text"]] = store.get(f"istami:{{{record.key}}}:audio") or b""
        assert made[article["text"]]
    return made

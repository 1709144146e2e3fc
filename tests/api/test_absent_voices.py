"""A voice that is not there is refused in the same words, wherever it is asked for."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable

import httpx
import pytest

from cache.redis_ledger import RedisLedger
from cache.redis_store import RedisStore
from service.jobs.worker_registry import WorkerRegistry
from service.model.operations import WorkerReport

CARD = """
    id = "{id}"
    engine = "{engine}"
    language = "ar"
    dialect = "standard"
    gender = "male"
    sample_rate = 22050
    licence = "Apache-2.0"
    commercial_use = true
    attribution = "us"
    homepage = "https://example.com"
    name = {{ ar = "غائب", en = "Absent" }}
    limits = {{ characters = 600 }}
    """
NOT_INSTALLED = "voice_not_installed"
VOICES = {
    "nobody": ("unknown_voice", "istami voices list"),
    "../etc/passwd": ("unknown_voice", "istami voices list"),
    "mms-ar": (NOT_INSTALLED, "istami voices install mms-ar"),
    "piper-ar-miro": (NOT_INSTALLED, "istami voices install piper-ar-miro"),
    "without-piper": (NOT_INSTALLED, "pip install 'istami[piper]'"),
    "without-coqui": (NOT_INSTALLED, "pip install 'istami[coqui]'"),
    "without-engine": (NOT_INSTALLED, "nowhere"),
}
PATH = re.compile(r"(?<![\w.])/(?!v1/)\w")
"""The beginning of a path of the server."""
TEXT = "عاد الصيادون إلى المرفأ قبل العاصفة."


@pytest.fixture(scope="module")
def service(start, tmp_path_factory, publisher):
    """A service with cards of voices whose engine is not installed, and a site for each voice."""
    data = tmp_path_factory.mktemp("data")
    for engine in ("piper", "coqui", "nowhere"):
        id_ = f"without-{'engine' if engine == 'nowhere' else engine}"
        (data / "voices" / id_).mkdir(parents=True)
        card = textwrap.dedent(CARD.format(id=id_, engine=engine))
        (data / "voices" / id_ / "card.toml").write_text(card, encoding="utf-8")
    (data / "sites.toml").write_text("".join(map(site, VOICES)), encoding="utf-8")
    return start(
        *("--workers", "1"),
        ISTAMI_DATA_DIR=str(data),
        ISTAMI_FETCH_PRIVATE_HOSTS=f"localhost:{publisher.port}",
        ISTAMI_RATE_MAKING="0",
    )


@pytest.fixture(scope="module")
def publisher(serve):
    return serve()


def host(voice: str) -> str:
    return f"{re.sub('[^a-z]', '', voice)}.example"


def site(voice: str) -> str:
    name = host(voice)
    lines = (f'["{name}"]', f'pages = ["{name}"]', f'origins = ["http://{name}"]', f'voice = "{voice}"')
    return "\n".join([*lines, "page_mode = true", "", ""])


@pytest.fixture
def client(service):
    with service.client as client:
        yield client


Asking = Callable[[httpx.Client, str], httpx.Response]
DOORS: dict[str, Asking] = {
    "articles": lambda client, voice: client.post("/v1/articles", json={"text": TEXT, "voice": voice}),
    "a private article": lambda client, voice: client.post(
        "/v1/articles", json={"text": TEXT, "voice": voice, "private": True}
    ),
    "ssml": lambda client, voice: client.post(
        "/v1/articles", json={"ssml": f"<speak>{TEXT}</speak>", "voice": voice}
    ),
    "an article of a site": lambda client, voice: client.post(
        "/v1/articles", json={"text": TEXT, "site": host(voice)}
    ),
    "explain": lambda client, voice: client.post("/v1/explain", json={"text": TEXT, "voice": voice}),
    "explain for a site": lambda client, voice: client.post(
        "/v1/explain", json={"text": TEXT, "site": host(voice)}
    ),
    "speech": lambda client, voice: client.post(
        "/v1/audio/speech", json={"model": "tts-1", "input": TEXT, "voice": voice}
    ),
    "speech in another format": lambda client, voice: client.post(
        "/v1/audio/speech",
        json={"model": "tts-1", "input": TEXT, "voice": voice, "response_format": "flac"},
    ),
}


def check(message: str, voice: str) -> None:
    """What an answer says, in either language."""
    assert VOICES[voice][1] in message
    assert "espeak-ar" in message
    assert not PATH.search(message.replace(voice, "")), message


@pytest.mark.parametrize("voice", VOICES)
class TestEverywhere:
    @pytest.mark.parametrize("door", DOORS)
    def test_it_is_one_problem(self, client, voice, door) -> None:
        answer = DOORS[door](client, voice)
        if door.startswith("speech"):
            assert answer.status_code == 400
            error = answer.json()["error"]
            told, said = (error["code"], error["param"]), (error["message"], error["message_ar"])
        else:
            assert answer.status_code == 422
            problem = answer.json()
            assert problem["type"] == f"urn:istami:problem:{problem['code']}"
            told, said = (problem["code"], problem["field"]), tuple(problem["message"].values())
        assert told == (VOICES[voice][0], "voice")
        for each in said:
            check(each, voice)

    def test_a_page_of_its_site_is_refused_so(self, client, service, voice, publisher) -> None:
        address = f"/{host(voice)}"
        publisher.page(address, f"<h1>العاصفة</h1><p>{TEXT}</p>".encode())
        lines = site(voice).replace(host(voice), "localhost")
        (service.data / "sites.toml").write_text("".join(map(site, VOICES)) + lines, encoding="utf-8")
        page = {"url": f"http://localhost:{publisher.port}{address}"}
        answer = client.post("/v1/pages", json=page, headers={"Origin": "http://localhost"})
        assert (answer.status_code, answer.json()["code"]) == (422, VOICES[voice][0]), answer.text
        check(answer.json()["detail"], voice)

    def test_a_line_of_a_batch_fails_so(self, client, voice, until) -> None:
        lines = json.dumps({"text": TEXT, "voice": voice}) + "\n" + json.dumps({"text": TEXT})
        sent = {"content": lines, "headers": {"Content-Type": "application/jsonl"}}
        batch = client.post("/v1/batches", **sent).json()["id"]
        until(lambda: client.get(f"/v1/batches/{batch}").json()["status"] == "done", 60, "done")
        (failure,) = client.get(f"/v1/batches/{batch}").json()["failures"]["items"]
        assert failure["error"]["code"] == VOICES[voice][0]
        check(failure["error"]["message"]["en"], voice)


class TestCommands:
    @pytest.fixture
    def istami(self, service, tmp_path):
        text = tmp_path / "خبر.txt"
        text.write_text(TEXT, encoding="utf-8")

        def istami(line: str, voice: str) -> subprocess.CompletedProcess[str]:
            words = line.format(text=text, voice=voice, site=host(voice), base=service.base).split()
            environment = {**os.environ, "ISTAMI_DATA_DIR": str(service.data), "REDIS_URL": service.redis_url}
            command = [sys.executable, "-m", "service", *words]
            return subprocess.run(
                command,
                env=environment,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
                cwd=tmp_path,
            )

        return istami

    @pytest.mark.parametrize("voice", ["nobody", "mms-ar", "without-piper"])
    @pytest.mark.parametrize(
        "command",
        [
            "speak {text} --voice {voice}",
            "explain {text} --site {site}",
            "sites add another.example --voice {voice}",
            "batch {text} --voice {voice} --server {base}",
        ],
    )
    def test_say_the_same(self, istami, command, voice) -> None:
        done = istami(command, voice)
        said = " ".join((done.stderr + done.stdout).split())
        assert done.returncode == 1, said
        assert "Traceback" not in said
        assert VOICES[voice][1] in said, said
        assert "espeak-ar" in said


class TestWhatIsThere:
    def test_voices_that_cannot_speak_are_not_offered(self, client) -> None:
        offered = {voice["id"] for voice in client.get("/v1/voices").json()["voices"]}
        assert "espeak-ar" in offered
        assert not offered & set(VOICES)

    def test_a_voice_that_workers_on_another_machine_have_can_be_asked_for(
        self, client, service, until
    ) -> None:
        """A machine that only serves need not hold the voices."""
        elsewhere = WorkerReport("elsewhere-1", "mms-ar", None, voices=("mms-ar", "without-piper"))
        store = RedisStore(service.redis_url)
        WorkerRegistry(RedisLedger(service.redis_url)).sign(lambda: elsewhere, store)

        def offered() -> set[str]:
            return {voice["id"] for voice in client.get("/v1/voices").json()["voices"]}

        until(lambda: {"mms-ar", "without-piper"} <= offered(), 60, "known")
        time.sleep(4)  # until the worker here leaves their work to the other
        sent = client.post("/v1/articles", json={"text": TEXT, "voice": "mms-ar"})
        assert sent.status_code == 202
        time.sleep(4)
        assert client.get(f"/v1/articles/{sent.json()['id']}").json()["status"] == "queued"
        assert client.post("/v1/articles", json={"text": TEXT, "voice": "piper-ar-miro"}).status_code == 422

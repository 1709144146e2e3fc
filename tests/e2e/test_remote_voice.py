"""A voice that a server speaks, from `istami voices connect` to the listener: the server is a second istami,
or one of ours that can be told to fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.engines.engine import Surroundings
from service.testing.engines import EngineContract, Voice
from service.testing.speech_server import Fault, SpeechServer
from voices.catalogue import Catalogue

KEY = "sk-tones-and-no-secret"
TEXT = "فتحت المكتبة القديمة أبوابها صباح اليوم. وجاء الأطفال قبل الكبار."
Istami = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def istami() -> Istami:
    """Runs a command with a data folder."""

    def istami(data: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ISTAMI_")}
        environment |= {"ISTAMI_DATA_DIR": str(data), **settings}
        command = [sys.executable, "-m", "service", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    return istami


def connect(
    istami: Istami, data: Path, url: str, *more: str, **settings: str
) -> subprocess.CompletedProcess[str]:
    told = ("--url", url, "--private", "--model", "tts-1", "--licence", "CC0-1.0", "--commercial-use")
    return istami(data, "voices", "connect", "far", *told, *more, **settings)


class TestASecondIstami(EngineContract):
    """The contract of all engines, with the voice of another service over HTTP."""

    @pytest.fixture(scope="class")
    @classmethod
    def voice(cls, start_shared: Any, istami: Istami, tmp_path_factory: pytest.TempPathFactory) -> Voice:
        other = start_shared("--workers", "2")
        data = tmp_path_factory.mktemp("near")
        done = connect(istami, data, f"{other.base}/v1", "--voice", "espeak-ar")
        assert done.returncode == 0, done.stderr
        catalogue = Catalogue(data / "voices")
        card = catalogue.get("far")
        return Voice(card, Surroundings(catalogue.folder(card)), deterministic=True, times_words=False)

    def test_it_is_as_loud_as_any_voice(self, voice: Voice) -> None:
        assert abs(voice.card.gain_db) < 4  # the other service's articles have -16 LUFS already


@pytest.fixture(scope="module")
def server() -> Iterator[SpeechServer]:
    with SpeechServer(key=KEY) as server:
        yield server


@pytest.fixture(scope="module")
def data(server: SpeechServer, istami: Istami, tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    terms = ("--voice", "any", "--key-env", "FAR_KEY", "--price", "1000", "--budget", "50")
    done = connect(istami, data, f"{server.url}/v1", *terms, FAR_KEY=KEY)
    assert done.returncode == 0, done.stderr
    assert "sent about" in done.stderr
    assert KEY not in (data / "voices" / "far" / "card.toml").read_text()
    return data


@pytest.fixture(scope="module")
def service(data: Path, start: Any) -> Any:
    settings = {"ISTAMI_DATA_DIR": str(data), "ISTAMI_VOICE": "far", "FAR_KEY": KEY}
    return start("--workers", "2", ISTAMI_METRICS_ADDRESS="127.0.0.1:0", **settings)


def ended(client: httpx.Client, until: Any, id_: str, text: str) -> dict[str, Any]:
    """An article's last answer."""
    client.post("/v1/articles", json={"id": id_, "text": text}).raise_for_status()
    path = f"/v1/articles/{id_}"
    until(lambda: client.get(path).json()["status"] in {"ready", "failed"}, 90, "ended")
    answer: dict[str, Any] = client.get(path).json()
    return answer


@pytest.mark.usefixtures("service")
def test_nothing_is_sent_before_an_article_is(server: SpeechServer, data: Path) -> None:
    sent = [seen.json["input"] for seen in server.seen]
    assert len(sent) == 4  # the audition's sentences, once
    assert (data / "voices" / "far" / "calibration.json").is_file()


def test_an_article_is_spoken_and_counted(
    service: Any, server: SpeechServer, data: Path, istami: Istami, until: Any
) -> None:
    before = len(server.seen)
    with service.client as client:
        assert ended(client, until, "one", TEXT)["status"] == "ready"
    sent = sum(len(seen.json["input"]) for seen in server.seen[before:])
    shown = istami(data, "voices", "show", "far").stdout
    assert f"{sent} characters, {sent / 1000:.2f} of 50 USD" in shown
    doctor = json.loads(istami(data, "doctor", "--json", FAR_KEY=KEY).stdout)
    assert any(f"{sent} characters" in each["found"] for each in doctor["findings"])
    assert any("2 worker processes for 4 calls" in each["found"] for each in doctor["findings"])


def test_a_refused_key_fails_by_name_and_is_told_everywhere(
    service: Any, server: SpeechServer, data: Path, istami: Istami, until: Any
) -> None:
    server.always(Fault.UNPAID)
    before = len(server.seen)
    with service.client as client:
        failed = ended(client, until, "two", "نص آخر لم يقرأ من قبل. وفيه جملة ثانية.")
        assert failed["error"] == {
            "code": "VoiceStopped",
            "message": {"ar": "الصوت غير متاح الآن.", "en": "The voice is not available now."},
        }
        asked = client.get("/readyz")
        assert asked.status_code == 503
        assert asked.json()["reasons"]["voice"] == "far is closed: see `istami doctor`."
        ended(client, until, "three", "نص ثالث لم يقرأ من قبل أيضا.")
    assert len(server.seen) - before <= 2  # of two workers at the same moment, at most
    log = (data / "log").read_text()
    assert log.count("refuses its key or account") == 1
    assert KEY not in log
    assert "(402)" in istami(data, "doctor", FAR_KEY=KEY).stdout
    server.always(None)


def test_a_voice_whose_card_is_changed_is_tried_again(service: Any, data: Path, until: Any) -> None:
    file = data / "voices" / "far" / "card.toml"
    file.write_text(file.read_text().replace("budget = 50.0", "budget = 51.0"))
    with service.client as client:
        assert ended(client, until, "four", "نص رابع لم يقرأ من قبل كذلك.")["status"] == "ready"
        assert client.get("/readyz").status_code == 200


def test_an_audition_that_fails_registers_nothing(
    server: SpeechServer, istami: Istami, tmp_path: Path
) -> None:
    server.then(Fault.HTML)
    done = connect(
        istami, tmp_path, f"{server.url}/v1", "--voice", "any", "--key-env", "FAR_KEY", FAR_KEY=KEY
    )
    assert done.returncode != 0
    assert "text/html" in done.stderr
    assert not list((tmp_path / "voices").glob("*"))


def test_a_connected_voice_can_be_removed(server: SpeechServer, istami: Istami, tmp_path: Path) -> None:
    connect(istami, tmp_path, f"{server.url}/v1", "--voice", "any", "--key-env", "FAR_KEY", FAR_KEY=KEY)
    assert (tmp_path / "voices" / "far").is_dir()
    assert istami(tmp_path, "voices", "remove", "far").returncode == 0
    assert not (tmp_path / "voices" / "far").exists()


def test_a_batch_estimates_its_cost_before_and_tells_it_after(
    server: SpeechServer, istami: Istami, tmp_path: Path
) -> None:
    terms = ("--voice", "any", "--key-env", "FAR_KEY", "--price", "1000", "--budget", "50")
    connect(istami, tmp_path, f"{server.url}/v1", *terms, FAR_KEY=KEY)
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "one.txt").write_text(TEXT, encoding="utf-8")
    (articles / "two.txt").write_text("وقال المدير إن العمل بدأ مبكرا.", encoding="utf-8")
    (articles / "three.txt").write_text("…", encoding="utf-8")
    before = len(server.seen)
    command = ("batch", str(articles), "--voice", "far")
    estimated = istami(tmp_path, *command, "--estimate", FAR_KEY=KEY)
    assert estimated.returncode == 0, estimated.stderr
    assert len(server.seen) == before, "an estimate sends nothing"
    assert "2 articles, 1 more cannot be read" in estimated.stdout
    done = istami(tmp_path, *command, "--workers", "2", "--report", str(tmp_path / "r.jsonl"), FAR_KEY=KEY)
    sent = sum(len(seen.json["input"]) for seen in server.seen[before:])
    assert f"{sent} characters, {sent / 1000:.2f} USD" in done.stdout
    assert f"{sent}" in estimated.stdout


@pytest.mark.parametrize(
    ("adapter", "voice", "more"),
    [
        ("azure", "ar-SA-ZariyahNeural", ()),
        ("google", "ar-XA-Chirp3-HD-Aoede", ("--text", "spoken")),
        ("polly", "Hala", ("--model", "neural")),
        ("elevenlabs", "v1", ("--model", "eleven_multilingual_v2", "--extra", "seed=7")),
    ],
)
def test_each_adapter_is_connected_and_heard(
    istami: Istami, tmp_path: Path, adapter: str, voice: str, more: tuple[str, ...]
) -> None:
    with SpeechServer(key="ID:SECRET") as server:
        told = ("--adapter", adapter, "--url", server.url, "--private", "--voice", voice, *more)
        about = ("--licence", "the vendor's", "--commercial-use", "--key-env", "FAR_KEY")
        done = istami(tmp_path, "voices", "connect", "far", *told, *about, FAR_KEY="ID:SECRET")
        assert done.returncode == 0, done.stderr
        heard = tmp_path / "far.mp3"
        done = istami(tmp_path, "voices", "sample", "far", "-o", str(heard), FAR_KEY="ID:SECRET")
        assert done.returncode == 0, done.stderr
        assert heard.stat().st_size > 10_000
        shown = json.loads(istami(tmp_path, "voices", "show", "far", "--json").stdout)
        assert shown["remote"]["base_url"] == server.url
        assert shown["months"] == []  # nothing is running that could count


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--url", "http://speech.example/v1"), "private = true permits http"),
        (("--url", "https://user:secret@speech.example/v1"), "a key belongs in key_env"),
        (("--adapter", "azure"), "needed with azure"),
        (("--adapter", "other", "--url", "https://x"), "one of openai, azure"),
        (("--url", "https://speech.example/v1", "--key-env", "NOT_THERE"), "set NOT_THERE"),
        (("--url", "https://speech.example/v1", "--budget", "5"), "needs remote.price"),
        (("--url", "https://speech.example/v1", "--extra", "seed"), "FIELD=VALUE"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_sent(
    istami: Istami, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    about = ("--voice", "v", "--model", "m", "--licence", "x", "--commercial-use")
    done = istami(tmp_path, "voices", "connect", "far", *about, *arguments, COLUMNS="200")
    assert done.returncode in {1, 2}
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("voices/*"))


def test_a_spent_budget_fails_by_name_and_the_voice_named_in_advance_takes_over(
    server: SpeechServer, istami: Istami, start: Any, until: Any, tmp_path: Path
) -> None:
    terms = ("--voice", "any", "--key-env", "FAR_KEY", "--price", "1000", "--budget", "50")
    assert connect(istami, tmp_path, f"{server.url}/v1", *terms, FAR_KEY=KEY).returncode == 0
    card = tmp_path / "voices" / "far" / "card.toml"
    card.write_text(card.read_text().replace("budget = 50.0", "budget = 0.13"))  # 130 characters
    before = len(server.seen)
    settings = {"ISTAMI_DATA_DIR": str(tmp_path), "ISTAMI_VOICE": "far", "FAR_KEY": KEY}
    with start("--workers", "1", **settings).client as client:
        assert ended(client, until, "one", TEXT)["status"] == "ready"
        assert "far has used most of its budget" in " ".join(client.get("/readyz").json()["warnings"])
        failed = ended(client, until, "two", f"عنوان جديد. {TEXT.replace('المكتبة', 'المدرسة')}")
        assert failed["error"]["code"] == "BudgetSpent"
        assert "USD" not in failed["error"]["message"]["en"]
        assert client.get("/readyz").status_code == 503
        sent = sum(len(seen.json["input"]) for seen in server.seen[before:])
        assert 104 <= sent <= 130
        card.write_text(card.read_text() + 'fallback = "espeak-ar"\n')
        spoken = ended(client, until, "three", "خبر ثالث عن المطر في المدينة.")
        assert (spoken["status"], spoken["voice"]) == ("ready", "espeak-ar")
        asked = client.get("/readyz")
        assert asked.status_code == 200
        assert "espeak-ar speaks instead" in " ".join(asked.json()["warnings"])
    assert sum(len(seen.json["input"]) for seen in server.seen[before:]) == sent

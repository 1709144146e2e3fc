"""A voice that takes its time: what it may take, what is told meanwhile, and what when it takes too long."""

from __future__ import annotations

import json
import os
import shutil
import textwrap
import threading

import httpx
import pytest

from tests.e2e.commands import istami

LIMIT = 6
ENGINE = """
    import time
    from service.model.recording import Clip

    SECONDS = {"ثقيلة": 3600, "متأنية": 3.5}

    class Slow:
        sample_rate = 16000
        def __init__(self, card, surroundings):
            self.folder = surroundings.folder
        def speak(self, utterance, speed):
            with (self.folder / "asked").open("a") as log:
                log.write(utterance.spoken + chr(10))
            time.sleep(next((seconds for word, seconds in SECONDS.items() if word in utterance.spoken), 1.0))
            return Clip(bytes(range(1, 101)) * 320 * len(utterance.spoken.split()), 16000)
        def close(self):
            pass
    """
CARD = """
    id = "slow"
    engine = "slow"
    language = "ar"
    dialect = "standard"
    gender = "male"
    sample_rate = 16000
    licence = "CC0-1.0"
    commercial_use = true
    attribution = "nobody"
    name = { ar = "بطيء", en = "Slow" }
    limits = { characters = 2000 }
    """


@pytest.fixture(scope="module")
def voice(tmp_path_factory):
    """A distribution of somebody else's with a slow engine, and a data folder with a voice of it."""
    folder = tmp_path_factory.mktemp("slow")
    installed = folder / "slow-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: slow\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("[istami.engines]\nslow = slow_engine:Slow\n")
    (folder / "slow_engine.py").write_text(textwrap.dedent(ENGINE))
    voice = folder / "data" / "voices" / "slow"
    voice.mkdir(parents=True)
    (voice / "card.toml").write_text(textwrap.dedent(CARD), encoding="utf-8")
    return voice


@pytest.fixture(scope="module")
def slow(voice, start):
    """A service that speaks with it, in one process."""
    data = voice.parents[1]
    return start(
        *("--workers", "1"),
        ISTAMI_DATA_DIR=str(data),
        ISTAMI_VOICE="slow",
        ISTAMI_PHRASE_SECONDS=str(LIMIT),
        ISTAMI_RATE_READING="0",
        PYTHONPATH=os.pathsep.join(filter(None, [str(data.parent), os.environ.get("PYTHONPATH")])),
    )


@pytest.fixture
def client(slow):
    with slow.client as client:
        yield client


def show(client: httpx.Client, name: str) -> dict[str, object]:
    return client.get(f"/v1/articles/{name}").json()


@pytest.mark.timeout(400)
def test_a_phrase_over_the_limit_is_tried_twice_and_the_true_reason_is_given(client, voice, until) -> None:
    client.post("/v1/articles", json={"id": "heavy", "text": "هذه جملة ثقيلة على الصوت."})
    until(
        lambda: show(client, "heavy")["status"] == "speaking", 60, "speaking while nothing can be heard yet"
    )
    heard: list[int] = []
    listener = threading.Thread(
        target=lambda: heard.append(client.get("/v1/articles/heavy/audio.mp3", timeout=300).status_code)
    )
    listener.start()
    until(lambda: show(client, "heavy")["status"] == "failed", 300, "failed")
    listener.join()
    message = show(client, "heavy")["error"]["message"]
    assert f"took longer than {LIMIT} seconds" in message["en"]
    assert "ISTAMI_PHRASE_SECONDS" in message["ar"]
    assert "workers" not in message["en"]
    assert heard == [500]
    asked = (voice / "asked").read_text().splitlines()
    assert sum("ثقيلة" in text for text in asked) == 2


@pytest.mark.timeout(400)
def test_the_place_in_the_queue_is_told_and_comes_nearer(client, until) -> None:
    until(lambda: client.get("/readyz").status_code == 200, 120, "ready")
    for number in range(8):
        text = "\n".join(f"هذا خبر رقم {number} وسطره {line}." for line in range(3))
        client.post("/v1/articles", json={"id": f"before-{number}", "text": text})
    posted = client.post(
        "/v1/articles", json={"id": "last", "text": "هذا هو الخبر الأخير في الطابور."}
    ).json()
    assert posted["status"] == "queued"
    assert posted["waiting"] >= 6
    told = [posted["waiting"]]
    statuses = set()
    with client.stream("GET", "/v1/articles/last/events", timeout=300) as events:
        for line in events.iter_lines():
            if line.startswith("data: "):
                article = json.loads(line.removeprefix("data: "))
                statuses.add(article["status"])
                if article["status"] == "queued":
                    told.append(article["waiting"])
                else:
                    assert article["waiting"] is None
    assert told == sorted(told, reverse=True)
    assert len(set(told)) >= 4
    assert told[-1] <= 4
    assert statuses == {"queued", "speaking", "ready"}


def test_what_a_voice_is_given_to_say_has_no_vowels(client, voice, until) -> None:
    client.post("/v1/articles", json={"id": "bare", "text": "زار الوفد الدار البيضاء، وفيه رُسُل من بغداد."})
    until(lambda: show(client, "bare")["status"] == "ready", 120, "ready")
    said = (voice / "asked").read_text()
    assert "الدار البيضاء" in said
    assert "رسل" in said
    assert not set(said) & {chr(code) for code in (*range(0x64B, 0x653), 0x670)}


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("limit", "spoken"), [(2, False), (60, True)])
def test_the_setting_says_how_long_a_phrase_may_take(voice, tmp_path, limit, spoken) -> None:
    """The same phrase of the same voice, which takes three and a half seconds."""
    (tmp_path / "article.txt").write_text(f"جملة متأنّية رقم {limit}.", encoding="utf-8")
    shutil.copytree(voice.parent, tmp_path / "data" / "voices")
    told = istami(
        *("speak", "article.txt", "--voice", "slow"),
        cwd=tmp_path,
        ISTAMI_DATA_DIR=str(tmp_path / "data"),
        ISTAMI_PHRASE_SECONDS=str(limit),
        PYTHONPATH=os.pathsep.join(filter(None, [str(voice.parents[2]), os.environ.get("PYTHONPATH")])),
    )
    said = told.stderr.decode()
    assert (tmp_path / "article.mp3").exists() is spoken, said
    assert (told.returncode == 0) is spoken, said
    assert ("ISTAMI_PHRASE_SECONDS" in said) is not spoken, said

"""Voices of a running service: one that hangs, one that is added, one that is changed."""

from __future__ import annotations

import shutil
import textwrap

import psutil
import pytest

ENGINE = """
    import os, time
    from service.model.recording import Clip

    class Stubborn:
        sample_rate = 16000
        def __init__(self, card, surroundings):
            self.stuck = surroundings.folder / "stuck"
        def speak(self, utterance, speed):
            if "العالقة" in utterance.spoken and not self.stuck.exists():
                self.stuck.write_text(str(os.getpid()))
                time.sleep(3600)
            return Clip(bytes(range(1, 101)) * 320 * len(utterance.spoken.split()), 16000)
        def close(self):
            pass
    """
CARD = """
    id = "{id}"
    engine = "{engine}"
    language = "ar"
    dialect = "standard"
    gender = "male"
    sample_rate = {rate}
    licence = "CC0-1.0"
    commercial_use = true
    attribution = "nobody"
    name = {{ ar = "صوت", en = "Voice" }}
    limits = {{ characters = 2000 }}
    options = {{ words_per_minute = {pace} }}
    """
THREE = "هذه جملة أولى عن المطر. ثم تأتي الجملة العالقة هنا. وبعدها جملة ثالثة عن الريح."


def write_card(data, id_, engine, rate, pace=200):
    folder = data / "voices" / id_
    folder.mkdir(parents=True, exist_ok=True)
    card = CARD.format(id=id_, engine=engine, rate=rate, pace=pace)
    (folder / "card.toml").write_text(textwrap.dedent(card), encoding="utf-8")
    return folder


def ready(client, name):
    answer = client.get(f"/v1/articles/{name}").json()
    assert answer["status"] != "failed", answer
    return answer["status"] == "ready"


@pytest.fixture
def stubborn(tmp_path):
    """A distribution of somebody else's with an engine, and a data folder with a voice that it speaks."""
    installed = tmp_path / "stubborn-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: stubborn\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("[istami.engines]\nstubborn = stubborn:Stubborn\n")
    (tmp_path / "stubborn.py").write_text(textwrap.dedent(ENGINE))
    return write_card(tmp_path / "data", "stubborn", "stubborn", 16000)


def test_an_engine_that_hangs_on_a_word_loses_its_process_and_the_article_becomes_whole(
    stubborn, start, until
):
    data = stubborn.parents[1]
    service = start(
        *("--workers", "1"),
        ISTAMI_DATA_DIR=str(data),
        ISTAMI_PHRASE_SECONDS="2",  # a test cannot wait two minutes
        PYTHONPATH=str(data.parent),
    )
    with service.client as client:
        client.post("/v1/articles", json={"id": "stuck", "voice": "stubborn", "text": THREE})
        told = stubborn / "stuck"
        until(lambda: told.exists() and bool(told.read_text()), 60, "hanging")
        hung = int(told.read_text())
        assert psutil.pid_exists(hung)

        until(lambda: ready(client, "stuck"), 90, "whole")

        assert not psutil.pid_exists(hung) or psutil.Process(hung).status() == psutil.STATUS_ZOMBIE
        marks = client.get(client.get("/v1/articles/stuck").json()["marks_url"]).json()
        assert marks["complete"]
        assert len(marks["sentences"]) == 3
        until(lambda: client.get("/readyz").status_code == 200, 60, "ready")


def test_a_voice_that_is_added_or_changed_while_the_service_runs_is_heard_without_a_restart(start, until):
    service = start("--workers", "1")

    def heard(name):
        with service.client as client:
            client.post("/v1/articles", json={"id": name, "voice": "late", "text": THREE})
            until(lambda: ready(client, name), 60, "whole")
            return client.get(f"/v1/articles/{name}").json()["duration_seconds"]

    with service.client as client:
        refused = client.post("/v1/articles", json={"id": "early", "voice": "late", "text": THREE})
        assert refused.status_code == 422
        write_card(service.data, "late", "espeak", 22050, pace=300)
        assert "late" in {voice["id"] for voice in client.get("/v1/voices").json()["voices"]}

    quick = heard("quick")
    write_card(service.data, "late", "espeak", 22050, pace=150)

    assert heard("slow") > 1.3 * quick


SLOW = """
    import time
    import numpy as np
    from service.model.recording import Clip

    class Slow:
        sample_rate = 16000
        def __init__(self, card, surroundings):
            pass
        def speak(self, utterance, speed):
            time.sleep(0.4)
            tone = np.sin(np.arange(16000) / 10) * 9000
            return Clip(tone.astype("<i2").tobytes(), 16000)
        def close(self):
            pass
    """


@pytest.fixture
def slow(tmp_path):
    """A data folder with a voice that takes its time, and a site that has it too."""
    installed = tmp_path / "slow-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: slow\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("[istami.engines]\nslow = slow_engine:Slow\n")
    (tmp_path / "slow_engine.py").write_text(textwrap.dedent(SLOW))
    data = tmp_path / "data"
    write_card(data, "slow", "slow", 16000)
    (data / "sites.toml").write_text('["news.example"]\nvoice = "slow"\n')
    return data


LONG = " ".join(f"هذه جملة رقم {number} عن المطر في المدينة." for number in range(1, 40))


def test_a_voice_that_is_removed_is_named_everywhere_and_what_was_finished_is_still_heard(slow, start, until):
    service = start(
        *("--workers", "1"), ISTAMI_DATA_DIR=str(slow), ISTAMI_VOICE="slow", PYTHONPATH=str(slow.parent)
    )
    with service.client as client:
        client.post("/v1/articles", json={"id": "done", "text": THREE})
        until(lambda: ready(client, "done"), 60, "whole")
        whole = client.get("/v1/articles/done/audio.mp3", follow_redirects=True).content
        assert len(whole) > 10_000
        client.post("/v1/articles", json={"id": "under-way", "text": LONG})
        under_way = "/v1/articles/under-way"
        until(lambda: client.get(under_way).json()["status"] == "speaking", 60, "under way")

        shutil.move(slow / "voices" / "slow", slow / "kept")

        until(lambda: client.get(under_way).json()["status"] == "failed", 60, "failed")
        doors = {
            "an article": client.post("/v1/articles", json={"text": THREE}),
            "an article of a site": client.post("/v1/articles", json={"text": THREE, "site": "news.example"}),
            "explain": client.post("/v1/explain", json={"text": THREE}),
            "a listener": client.get(f"{under_way}/audio.mp3"),
            "a listener in the middle": client.get(f"{under_way}/audio.mp3?from=1"),
        }
        codes = {door: (answer.status_code, answer.json()["code"]) for door, answer in doors.items()}
        refused, listener = (422, "unknown_voice"), (503, "voice_not_installed")
        assert codes == {
            "an article": refused,
            "an article of a site": refused,
            "explain": refused,
            "a listener": listener,
            "a listener in the middle": listener,
        }
        for answer in doors.values():
            assert "slow" in answer.json()["detail"]
            assert "xtts-v2" not in answer.json()["detail"]
        assert doors["a listener"].headers["Retry-After"]
        speech = client.post("/v1/audio/speech", json={"model": "tts-1", "input": THREE, "voice": "alloy"})
        assert (speech.status_code, speech.json()["error"]["code"]) == (400, "unknown_voice")

        readiness = client.get("/readyz")
        assert readiness.status_code == 503
        assert "slow" in readiness.json()["reasons"]["voice"]
        assert [line for line in readiness.json()["warnings"] if line.startswith("news.example: ")]
        assert client.get("/v1/articles/done/audio.mp3", follow_redirects=True).content == whole
        rest = client.get("/v1/articles/done/audio.mp3?from=1", follow_redirects=True)
        assert rest.status_code == 200
        assert 0 < len(rest.content) < len(whole)
        assert whole.endswith(rest.content)

        shutil.move(slow / "kept", slow / "voices" / "slow")

        until(lambda: client.get("/readyz").status_code == 200, 60, "ready")
        assert client.get("/readyz").json()["warnings"] == []


def test_a_voice_for_latin_script_that_is_removed_makes_the_service_unready(slow, start, until):
    folder = write_card(slow, "english", "slow", 16000)
    card = (folder / "card.toml").read_text(encoding="utf-8")
    (folder / "card.toml").write_text(card.replace('language = "ar"', 'language = "en"'), encoding="utf-8")
    service = start(
        *("--workers", "1"),
        ISTAMI_DATA_DIR=str(slow),
        ISTAMI_LATIN_VOICE="english",
        PYTHONPATH=str(slow.parent),
    )
    with service.client as client:
        shutil.move(folder, slow / "kept")

        readiness = client.get("/readyz")
        refused = client.post("/v1/articles", json={"text": THREE})

        assert readiness.status_code == 503
        assert "ISTAMI_LATIN_VOICE" in readiness.json()["reasons"]["voice"]
        assert (refused.status_code, refused.json()["code"]) == (503, "part_missing")
        shutil.move(slow / "kept", folder)
        until(lambda: client.get("/readyz").status_code == 200, 60, "ready")
        assert client.post("/v1/articles", json={"text": THREE}).status_code == 202


def test_a_site_without_its_voice_is_a_warning_and_the_others_are_served(start):
    service = start("--workers", "1")
    (service.data / "sites.toml").write_text('["news.example"]\nvoice = "piper-ar-miro"\n')

    with service.client as client:
        readiness = client.get("/readyz")

    assert readiness.status_code == 200
    [warning] = readiness.json()["warnings"]
    assert warning.startswith("news.example: The voice piper-ar-miro is not installed.")

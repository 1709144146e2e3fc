"""Voices of a running service: one that hangs, one that is added, one that is changed."""

from __future__ import annotations

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

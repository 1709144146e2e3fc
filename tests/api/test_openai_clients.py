"""Requests of the shapes that clients of OpenAI's speech API send, out of the box.

``clients/requests.json`` holds them: fields and headers are the clients', the texts are ours.
"""

from __future__ import annotations

import io
import json
import subprocess
import wave
from pathlib import Path
from typing import Any

import pytest

from service.api.openai.voices import NAMES
from service.audio.ffmpeg import find_ffmpeg

REQUESTS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "clients" / "requests.json").read_text(encoding="utf-8")
)
TEXT = "فُتح باب التسجيل في المدرسة الليلية."
APP = "https://app.example"


@pytest.fixture(scope="module")
def ours(start):
    """A service whose names say otherwise of two of OpenAI's voices, and whose pages are an application's."""
    told = {"ISTAMI_VOICE_ALIASES": "fable=,narrator=espeak-ar", "ISTAMI_CORS_ORIGINS": APP}
    return start("--workers", "2", **told)


@pytest.fixture
def client(ours):
    with ours.client as client:
        yield client


def speech(client, **fields: Any):
    return client.post("/v1/audio/speech", json={"model": "tts-1", "input": TEXT, **fields})


def sounds(audio: bytes) -> float:
    """Seconds, by decoding it."""
    options = ["-v", "error", "-i", "pipe:0", "-f", "s16le", "-ac", "1", "-ar", "24000", "-"]
    done = subprocess.run([find_ffmpeg(), *options], input=audio, capture_output=True, check=True)
    assert not done.stderr, done.stderr
    return len(done.stdout) / 2 / 24_000


class TestShapes:
    @pytest.mark.parametrize("sent", REQUESTS, ids=lambda sent: f"{sent['client']}: {sent['does']}")
    def test_it_is_spoken_and_what_has_no_effect_is_named(self, client, sent) -> None:
        body = {**sent["body"], **({"voice": "alloy"} if sent["body"].get("voice") == "fable" else {})}
        answer = client.post("/v1/audio/speech", json=body, headers=sent.get("headers", {}))
        assert answer.status_code == 200, answer.text
        passed_over = answer.headers.get("istami-passed-over")
        assert (passed_over or "") == ", ".join(sent.get("passed_over", ()))
        if sent.get("events"):
            assert answer.headers["content-type"].startswith("text/event-stream")
            last = json.loads(answer.text.strip().splitlines()[-1].removeprefix("data: "))
            assert last["type"] == "speech.audio.done"
            return
        assert 0.4 < sounds(answer.content) < 20
        assert answer.headers["istami-voice"] == "espeak-ar"

    @pytest.mark.parametrize("form", ["mp3", "opus", "aac", "flac", "wav", "pcm"])
    @pytest.mark.parametrize("text", [".", "…", "🙂", "---", "«»"])
    def test_what_has_no_letter_is_silence(self, client, form, text) -> None:
        answer = speech(client, input=text, response_format=form)
        assert answer.status_code == 200
        heard = len(answer.content) / 48_000 if form == "pcm" else sounds(answer.content)
        assert heard == pytest.approx(0.5, abs=0.15)

    def test_silence_has_a_voice_too(self, client) -> None:
        assert speech(client, input=".").headers["istami-voice"] == "espeak-ar"
        refused = speech(client, input=".", voice="nobody")
        assert (refused.status_code, refused.json()["error"]["param"]) == (400, "voice")

    def test_nothing_at_all_stays_an_error(self, client) -> None:
        for text in ("", "  ", "\n"):
            answer = speech(client, input=text)
            assert (answer.status_code, answer.json()["error"]["param"]) == (400, "input")


class TestVoices:
    def test_openais_names_are_the_default_voice_and_the_answer_says_who_speaks(self, client) -> None:
        speech(client)  # while it grows, its header is another
        plain = speech(client)
        assert plain.headers["istami-voice"] == "espeak-ar"
        closed = {
            *("alloy", "echo", "fable", "onyx", "nova", "shimmer", "ash", "ballad", "coral", "sage"),
            *("verse", "marin", "cedar"),
        }
        assert closed == {*NAMES}
        for name in closed - {"fable"}:
            answer = speech(client, voice=name)
            assert answer.status_code == 200, name
            assert answer.headers["istami-voice"] == "espeak-ar"
            assert answer.content == plain.content

    def test_a_setting_says_otherwise(self, client) -> None:
        assert speech(client, voice="narrator").headers["istami-voice"] == "espeak-ar"
        assert speech(client, voice="fable").status_code == 400

    @pytest.mark.parametrize("name", ["Alloy", "alloy ", "aloy", "nova2", "af_bella", "", "null"])
    def test_every_other_name_stays_an_error(self, client, name) -> None:
        answer = speech(client, voice=name)
        if not name:  # as good as none
            assert answer.status_code == 200
            return
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, "voice")
        assert "espeak-ar" in answer.json()["error"]["message"]

    def test_they_are_names_on_these_addresses_alone(self, client) -> None:
        for path in ("/v1/articles", "/v1/explain"):
            answer = client.post(path, json={"text": TEXT, "voice": "alloy"})
            assert (answer.status_code, answer.json()["code"]) == (422, "unknown_voice")

    @pytest.mark.parametrize(
        "voice", [{"id": "espeak-ar"}, {"id": "alloy"}, {"id": "espeak-ar", "name": "x"}]
    )
    def test_a_voice_may_be_an_object(self, client, voice) -> None:
        assert speech(client, voice=voice).headers["istami-voice"] == "espeak-ar"

    @pytest.mark.parametrize("voice", [{}, {"name": "alloy"}, {"id": 7}, ["alloy"], 7, True])
    def test_other_things_are_no_voice(self, client, voice) -> None:
        answer = speech(client, voice=voice)
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, "voice")

    def test_they_are_listed_with_ids_and_names(self, client) -> None:
        """As Open WebUI reads the list: it takes both of each."""
        listed = client.get("/v1/audio/voices").json()["voices"]
        assert listed[0]["id"] == "espeak-ar"
        assert all(voice["id"] and voice["name"] for voice in listed)
        for voice in listed:
            assert speech(client, voice=voice["id"]).status_code == 200

    def test_models_are_listed_likewise(self, client) -> None:
        listed = {model["id"] for model in client.get("/v1/audio/models").json()["models"]}
        assert {"tts-1", "tts-1-hd", "gpt-4o-mini-tts"} <= listed
        for name in listed:
            assert speech(client, model=name).status_code == 200

    def test_lists_need_no_key(self, closed) -> None:
        with closed.client as client:
            for path in ("/v1/audio/voices", "/v1/audio/models"):
                assert client.get(path).status_code == 200


class TestFields:
    @pytest.mark.parametrize("field", ["model", "voice", "response_format", "speed", "stream_format"])
    def test_a_null_is_as_good_as_none(self, client, field) -> None:
        _, plain, null = speech(client), speech(client), speech(client, **{field: None})
        assert null.status_code == 200
        assert null.content == plain.content
        assert "istami-passed-over" not in null.headers

    @pytest.mark.parametrize("stream", [True, False, None])
    def test_a_stream_is_what_it_is_anyway(self, client, stream) -> None:
        answer = speech(client, stream=stream)
        assert answer.status_code == 200
        assert "istami-passed-over" not in answer.headers

    def test_names_of_unknown_fields_cannot_break_the_answer(self, client) -> None:
        odd = {
            "سرعة": 1,
            "a\r\nSet-Cookie: x": 1,
            "b, c": 1,
            "é" * 500: 1,
            **{f"x{i}": 1 for i in range(500)},
        }
        answer = speech(client, **odd)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
        told = answer.headers["istami-passed-over"]
        assert told.isascii()
        assert len(told) <= 1000
        assert told.startswith("%D8%B3%D8%B1%D8%B9%D8%A9, a%0D%0ASet-Cookie%3A%20x, b%2C%20c, ")

    @pytest.mark.parametrize("field", ["speed", "response_format", "stream_format", "instructions", "stream"])
    def test_what_is_known_and_wrong_stays_an_error(self, client, field) -> None:
        answer = speech(client, **{field: [1]})
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, field)


class TestWav:
    def test_a_whole_recording_tells_its_true_length(self, client) -> None:
        mp3 = speech(client).content
        told = {"response_format": "wav"}
        for _ in range(2):
            answer = speech(client, **told).content
            with wave.open(io.BytesIO(answer)) as file:
                frames = file.getnframes()
                assert len(file.readframes(frames)) == 2 * frames
            assert int.from_bytes(answer[4:8], "little") == len(answer) - 8
            assert frames / 24_000 == pytest.approx(sounds(mp3), abs=0.01)

    def test_a_growing_one_tells_none(self, client, long_text) -> None:
        text = long_text("موجة", 30)
        with client.stream(
            "POST",
            "/v1/audio/speech",
            json={"model": "tts-1", "input": text, "response_format": "wav"},
        ) as answer:
            first = next(answer.iter_bytes())
        assert first.startswith(b"RIFF\xff\xff\xff\xff")


class TestPagesOfApplications:
    """CORS: scripts of an origin that is set may call; the rest may not."""

    def test_a_preflight_is_answered(self, client) -> None:
        asked = {
            "Origin": APP,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,x-stainless-lang,x-stainless-os",
        }
        answer = client.options("/v1/audio/speech", headers=asked)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == APP
        assert "POST" in answer.headers["access-control-allow-methods"]
        assert "x-stainless-os" in answer.headers["access-control-allow-headers"]

    def test_the_answer_can_be_read(self, client) -> None:
        # As a client sends it, whose key no open service asks for: a page without one is held for a forgery.
        sent = {"Origin": APP, "Sec-Fetch-Site": "cross-site", "Authorization": "Bearer sk-any"}
        told = {"model": "tts-1", "input": TEXT}
        answer = client.post("/v1/audio/speech", json=told, headers=sent)
        assert answer.status_code == 200, answer.text
        assert answer.headers["access-control-allow-origin"] == APP
        assert "Istami-Voice" in answer.headers["access-control-expose-headers"]
        for lacking in ({"Origin": APP}, {**sent, "Origin": "https://evil.example"}):
            refused = client.post("/v1/audio/speech", json=told, headers=lacking)
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, "foreign_origin")

    def test_others_are_not_let_in(self, client, service) -> None:
        asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        assert client.options("/v1/audio/speech", headers=asked).status_code == 400
        with service.client as anybody:  # where nothing is set, `*` is for reading alone
            assert anybody.options("/v1/audio/speech", headers=asked).status_code == 400


class TestHead:
    def test_models_say_what_they_would(self, client) -> None:
        got, told = client.get("/v1/models"), client.head("/v1/models")
        assert told.status_code == 200
        assert told.headers["content-length"] == got.headers["content-length"]
        assert client.head("/v1/models/tts-1").status_code == 200
        assert client.head("/v1/models/gpt-5").status_code == 404

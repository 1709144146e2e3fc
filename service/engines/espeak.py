"""eSpeak NG, the voice that is always available."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from service.engines import pcm
from service.engines.alphabet import SOUNDS, Alphabet, Coverage
from service.engines.engine import Surroundings
from service.engines.espeak_library import SAMPLE_RATE, Parameter, Recorder, WordEvent, say
from service.engines.espeak_phonemes import DARK, MNEMONICS, to_espeak
from service.engines.options import number
from service.model.errors import EngineError
from service.model.reading import Utterance
from service.model.recording import Clip, WordTiming
from voices.card import VoiceCard

_SLOWEST, _FASTEST = 80, 750
"""Range of eSpeak NG's rate."""
_SLUGGISH, _SPUR = 340, 1.06
"""Above the first rate, its speech is slower by about the second factor (measured on Arabic news)."""
_MIDDLE, _HIGHEST = 50, 100
"""On eSpeak's scale of pitch; its bottom is half of the middle, its top twice that."""
_FIXED = 0.55
"""The part of the pitch that the scale does not change, relative to the middle pitch (measured)."""
_LONGEST_WORD = 60
"""Characters between ``[[`` and ``]]``. Measured: 800 in one pair garble the rest, 300 in one word kill."""
_CLAUSE = re.compile(r"\[\[(.+?)\]\]([^\s\[]*)")
_MNEMONIC = re.compile(
    "|".join(
        sorted({re.escape(m) for m in (*MNEMONICS.values(), *DARK.values()) if m}, key=len, reverse=True)
    )
    + r"|\S"
)


@dataclass(frozen=True, slots=True)
class _Script:
    """Input for eSpeak, with the word of each piece."""

    text: str
    starts: tuple[int, ...]
    """Position of each piece of a word in ``text``, ascending."""
    words: tuple[int, ...]
    """The word of ``Utterance.diacritised`` that each piece belongs to."""


class EspeakEngine:
    """Speaks with eSpeak NG.

    Options of the card: ``voice`` (eSpeak's name for it), ``words_per_minute`` (eSpeak's nominal rate at
    speed 1), ``pitch`` and ``range`` (0 to 100).
    """

    def __init__(self, card: VoiceCard) -> None:
        options = card.options
        self._alphabet = _alphabet(card)
        self._voice = str(options.get("voice", "ar"))
        self._rate = number(options, "words_per_minute", 175) * card.speed
        self._pitch = int(number(options, "pitch", 50))
        self._range = int(number(options, "range", 50))
        self._recorder = Recorder()

    @property
    def sample_rate(self) -> int:
        """Hertz."""
        return SAMPLE_RATE

    def speak(self, utterance: Utterance, speed: float) -> Clip:
        """Say one utterance: the same samples for the same utterance, always.

        Raises:
            EngineError: the utterance is empty, or the library rejected it.
            MissingPart: the library, or this voice of it, is not installed.
        """
        if not any(map(str.isalnum, utterance.diacritised)):
            raise EngineError("there is nothing to say", "لا شيء يقال")
        script = _script(replace(utterance, phonemes=self._alphabet.phonemes(utterance)))
        parameters = {
            Parameter.RATE: _nominal(self._rate * speed),
            Parameter.PITCH: _raised(self._pitch, utterance.semitones),
            Parameter.RANGE: self._range,
        }
        sound, events = say(script.text, self._voice, parameters, self._recorder)
        samples, lead = pcm.trim(pcm.from_int16(sound), SAMPLE_RATE)
        words = tuple(_timings(script, events, samples, lead))
        return Clip(pcm.to_int16(samples), SAMPLE_RATE, words)

    def close(self) -> None:
        """Nothing to release: no state is held between utterances."""


def load(card: VoiceCard, surroundings: Surroundings) -> EspeakEngine:  # noqa: ARG001  # all engines load so
    """Make the engine of an eSpeak card."""
    return EspeakEngine(card)


def coverage(card: VoiceCard, surroundings: Surroundings) -> Coverage:  # noqa: ARG001  # all engines tell so
    """Which phones the voice can say."""
    return _alphabet(card).coverage(SOUNDS)


def _alphabet(card: VoiceCard) -> Alphabet:
    return Alphabet(MNEMONICS, card.lacks, card.id)


def _nominal(rate: float) -> int:
    spurred = rate * _SPUR if rate > _SLUGGISH else rate
    return round(min(_FASTEST, max(_SLOWEST, spurred)))


def _raised(pitch: int, semitones: float) -> int:
    """The value on eSpeak's scale that is so many semitones higher."""
    moved = 2 ** (pitch / _MIDDLE - 1)
    wanted = (moved + _FIXED) * 2 ** (semitones / 12) - _FIXED
    return round(min(_HIGHEST, max(0, _MIDDLE * (1 + math.log2(max(wanted, 0.5))))))


def _script(utterance: Utterance) -> _Script:
    """Phonemes if there are any; else the text, by eSpeak's own rules."""
    words = [at for at, word in enumerate(utterance.diacritised.split()) if any(map(str.isalpha, word))]
    text, starts, owners = "", [], []
    at = -1
    for said, pause in _CLAUSE.findall(to_espeak(utterance.phonemes)):
        for spelt in said.split():
            at += 1
            for piece in _pieces(spelt):
                text += " [["
                starts.append(len(text))
                owners.append(at)
                text += f"{piece}]]"
        text += pause
    if not text:
        return _text_script(utterance.diacritised)
    if at + 1 != len(words):
        return _Script(text, (), ())
    return _Script(text, tuple(starts), tuple(words[owner] for owner in owners))


def _text_script(text: str) -> _Script:
    starts = tuple(match.start() for match in re.finditer(r"\S+", text))
    return _Script(text, starts, tuple(range(len(starts))))


def _pieces(spelt: str) -> Iterator[str]:
    """A word in pieces that eSpeak accepts: a longer one overruns its buffers and crashes the process."""
    piece = ""
    for mnemonic in _MNEMONIC.findall(spelt):
        if len(piece) + len(mnemonic) > _LONGEST_WORD:
            yield piece
            piece = ""
        piece += mnemonic
    yield piece


def _timings(
    script: _Script, events: Sequence[WordEvent], samples: pcm.Samples, lead: int
) -> Iterator[WordTiming]:
    begins: dict[int, int] = {}
    for event in events:
        piece = bisect_right(script.starts, event.position) - 1
        if piece >= 0:
            begins.setdefault(script.words[piece], min(max(0, event.sample - lead), samples.size))
    order = sorted(begins.items(), key=lambda item: item[1])
    if not order:
        return  # the events cannot be matched to words
    ends = [begin for _, begin in order[1:]] + [samples.size]
    for (word, begin), end in zip(order, ends, strict=True):
        # A word ends where its sound does, not where the pause after it does.
        loud = np.flatnonzero(np.abs(samples[begin:end]) > pcm.SILENCE)
        yield WordTiming(
            word, begin / SAMPLE_RATE, (begin + int(loud[-1]) + 1 if loud.size else end) / SAMPLE_RATE
        )

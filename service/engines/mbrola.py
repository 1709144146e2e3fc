"""MBROLA: concatenates recorded diphones; Debian has the program and two Arabic databases."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from service.engines import pcm
from service.engines.alphabet import SOUNDS, Alphabet, Coverage
from service.engines.engine import Surroundings
from service.engines.mbrola_script import INSTEAD, SYMBOLS, Database, Melody, Sound, write
from service.engines.options import number
from service.engines.parts import ENGINES, lacking
from service.model.errors import EngineError
from service.model.reading import Utterance
from service.model.recording import Clip, WordTiming
from voices.card import VoiceCard

PROGRAM = "mbrola"
_SECONDS = 30.0
"""Timeout of the program; a minute of speech takes it a tenth of a second."""


class MbrolaEngine:
    """Speaks with one diphone database: one run of the program per utterance, through pipes.

    Options of the card: ``pitch`` (hertz), ``lacks`` (missing symbols of the database, separated by spaces),
    ``hamza_after_consonants``.
    """

    def __init__(self, program: str, database: Path, card: VoiceCard) -> None:
        self._command = [program, str(database), "-"]
        self._database = Database(
            lacks=_lacks(card),
            hamza_after_consonants=bool(card.options.get("hamza_after_consonants", False)),
        )
        self._alphabet = _alphabet(card)
        self._pitch = number(card.options, "pitch", 110)
        self._speed = card.speed
        # Bytes 24 to 27 of a WAV header hold the sample rate.
        self._sample_rate = int.from_bytes(self._run("_ 50\n", "wav")[24:28], "little")

    @property
    def sample_rate(self) -> int:
        """Hertz, as the database was recorded."""
        return self._sample_rate

    def speak(self, utterance: Utterance, speed: float) -> Clip:
        """Say one utterance: the same samples for the same utterance, always.

        Raises:
            EngineError: the utterance is empty, or the program rejected it, failed or hung.
        """
        melody = Melody(self._pitch * 2 ** (utterance.semitones / 12), self._speed * speed)
        script = write(self._alphabet.phonemes(utterance), self._database, melody)
        if not script:
            raise EngineError("there is nothing to say", "لا شيء يقال")
        sound = self._run("".join(f"{sound}\n" for sound in script), "raw")
        samples, lead = pcm.trim(pcm.from_int16(sound), self._sample_rate)
        spans = _spans(script, self._sample_rate, lead, samples.size)
        return Clip(pcm.to_int16(samples), self._sample_rate, _timings(spans, utterance, self._sample_rate))

    def close(self) -> None:
        """Nothing to release: no state is held between utterances."""

    def _run(self, script: str, form: str) -> bytes:
        command = [*self._command, f"-.{form}"]
        try:
            done = subprocess.run(
                command, input=script.encode("ascii"), capture_output=True, timeout=_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EngineError(f"MBROLA failed: {error}", f"أخفق MBROLA: {error}") from error
        if done.returncode or not done.stdout:
            trouble = done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}"
            raise EngineError(f"MBROLA failed: {trouble}", f"أخفق MBROLA: {trouble}")
        return done.stdout


def load(card: VoiceCard, surroundings: Surroundings) -> MbrolaEngine:
    """Make the engine of an MBROLA card.

    Raises:
        MissingPart: the program is not installed.
        EngineError: the voice's database is missing.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise lacking(card.id, ENGINES["mbrola"])
    database = surroundings.folder / (card.files[0].path if card.files else card.id)
    if not database.is_file():
        raise EngineError(
            f"The voice {card.id} is not installed. Fix: istami voices install {card.id}.",
            f"لم يُثبَّت الصوت {card.id}. الحل: istami voices install {card.id}.",
        )
    return MbrolaEngine(program, database, card)


def coverage(card: VoiceCard, surroundings: Surroundings) -> Coverage:  # noqa: ARG001  # all engines tell so
    """Which phones the voice can say."""
    return _alphabet(card).coverage(SOUNDS)


def _alphabet(card: VoiceCard) -> Alphabet:
    """The phones whose symbols the database has, or has a substitute for."""
    lacks = _lacks(card) - INSTEAD.keys()
    known = (phone for phone, symbols in SYMBOLS.items() if not lacks.intersection(symbols))
    return Alphabet(known, card.lacks, card.id)


def _lacks(card: VoiceCard) -> frozenset[str]:
    return frozenset(str(card.options.get("lacks", "")).split())


def _spans(script: Sequence[Sound], rate: int, lead: int, size: int) -> dict[int, tuple[int, int]]:
    """The samples of each word, by the requested lengths."""
    spans: dict[int, tuple[int, int]] = {}
    milliseconds = 0
    for sound in script:
        begin = round(milliseconds * rate / 1000) - lead
        milliseconds += sound.milliseconds
        end = round(milliseconds * rate / 1000) - lead
        if sound.word is not None:
            first, _ = spans.get(sound.word, (max(0, begin), 0))
            spans[sound.word] = first, min(size, end)
    return spans


def _timings(spans: dict[int, tuple[int, int]], utterance: Utterance, rate: int) -> tuple[WordTiming, ...]:
    """The timing of each word; empty if the phonemes have more or fewer words than the text."""
    words = [at for at, word in enumerate(utterance.diacritised.split()) if any(map(str.isalpha, word))]
    if len(words) != len(utterance.phonemes.split()):
        return ()
    return tuple(WordTiming(words[word], begin / rate, end / rate) for word, (begin, end) in spans.items())

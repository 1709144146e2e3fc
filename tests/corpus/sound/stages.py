"""The stages from a sentence to its sound, one by one, as ``record.py`` asks for them."""

from __future__ import annotations

import hashlib
import math
import platform
import zlib
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from service.audio.frames import Format, encode, paused
from service.audio.join import stretched
from service.audio.resample import resampled
from service.engines import mbrola_script
from service.engines.engine import Surroundings
from service.engines.espeak_phonemes import to_espeak
from service.engines.registry import load
from service.model.document import Boundary, Sentence, Span
from service.model.reading import SpokenText, Utterance
from service.text.diacritisation.diacritiser import _NEAREST, Diacritiser, _parted
from service.text.diacritisation.phrases import known
from service.text.diacritisation.vowels import LIBTASHKEEL_SHA256, RAWI_SHA256
from service.text.diacritisation.written_marks import Written
from service.text.lexicon.lexicon import Lexicon
from service.text.normalisation.transliteration import Language
from service.text.phonetics.utterance import continued, utter_all
from service.text.pipeline import spoken
from service.text.pipeline.rule_chain import ReadingOptions
from voices.catalogue import Catalogue

_DATABASES = {
    "mbrola": mbrola_script.Database(frozenset(), hamza_after_consonants=True),
    "mbrola, fewer pairs": mbrola_script.Database(frozenset(("aa", "ii", "uu", "g", "v")), False),
}
_SAID = (
    Utterance("", "وَصَلَ الْقِطَارُ صَبَاحَا.", "ˈwasˤala lqiˈtˤaːru sˤaˈbaːħaː."),
    Utterance("", "هَلْ عَادَ الْمُسَافِرُونْ؟", "hal ˈʕaːda lmusaːfiˈruːn?", 3.0),
)
_VERBS_NOUNS_AND_NAMES = (
    "text/core/function_words.txt",
    "text/grammar/governors.tsv",
    "text/grammar/nouns.tsv",
    "text/grammar/stems.tsv",
    "text/grammar/verb_frames.tsv",
    "text/grammar/verbs.tsv",
    "text/lexicon/loanwords.tsv",
    "text/lexicon/nisba.tsv",
    "text/lexicon/people.tsv",
    "text/names/cues.tsv",
    "text/names/given_names.tsv",
    "text/names/surnames.tsv",
)
_WINDOW = 1024
"""Samples of which one loudness is measured."""
_MARGIN = 0.2
"""By how much the likeliest vowel must lead, in natural logarithms: models in 8 bits differ by processor."""

Parts = dict[str, dict[str, Any]]


def options(of: str) -> ReadingOptions:
    """``ar-MA``, or ``ar-MA+en`` where a voice says what is in Latin script."""
    locale, _, latin = of.partition("+")
    languages = {"en": Language.ENGLISH, "fr": Language.FRENCH}
    return ReadingOptions(locale=locale, lexicon=Lexicon.shipped(), latin=languages.get(latin))


def reading(text: str, of: str) -> Any:
    """How a sentence is read."""
    return spoken.read(Sentence(text, Span(0, len(text)), Boundary.SENTENCE), options(of))


def read(text: str, of: str) -> list[SpokenText]:
    """The pieces of a sentence as they are spoken."""
    pieces = reading(text, of).pieces
    return [SpokenText(piece.spoken, piece.latin, piece.boundary is Boundary.BREATH) for piece in pieces]


def uttered(pieces: Sequence[SpokenText]) -> list[tuple[str, str]]:
    """The pieces as an engine is given them: vowelled, and their phonemes."""
    given = [
        continued(each) if piece.continues else each
        for piece, each in zip(pieces, utter_all(pieces, _diacritiser()), strict=True)
    ]
    return [(each.diacritised, each.phonemes) for each in given]


def told(phonemes: str) -> dict[str, Any]:
    """What eSpeak and MBROLA are told; MBROLA's scripts, which are long, by their CRC-32."""
    melody = mbrola_script.Melody(110, 1.0)
    scripts = {
        name: "\n".join(map(str, mbrola_script.write(phonemes, each, melody)))
        for name, each in _DATABASES.items()
    }
    return {
        "espeak": to_espeak(phonemes),
        **{name: zlib.crc32(script.encode()) for name, script in scripts.items()},
    }


def decided(text: str) -> bool:
    """Whether every vowel leads by so much that any processor chooses it."""
    chars, marks = _parted(text)
    whole = f"{chars}."
    marks = known(whole, [*marks, ""])
    likely = _diacritiser()._likely(whole.translate(_NEAREST), Written.of(whole, marks))
    best = np.sort(likely, axis=1)[:, -2:]
    return bool((best[:, 1] - best[:, 0]).min(initial=math.inf) > _MARGIN)


def parts() -> Parts:
    """What shapes sound beside the sentences: tables, models, and how eSpeak sounds in the track."""
    phones = _rows(Path("model/phones.tsv"))
    return {
        "UTTERANCE": {
            "the letters of phones.tsv": _digest(["\t".join(row.split("\t")[:3]) for row in phones]),
            "text/phrases.tsv": _digest(_rows(Path("text/diacritisation/phrases.tsv"))),
            "text/spellings.tsv": _digest(_rows(Path("text/core/spellings.tsv"))),
            **{table: _digest(_rows(Path(table))) for table in _VERBS_NOUNS_AND_NAMES},
            "the models": _digest([LIBTASHKEEL_SHA256, *RAWI_SHA256.values()]),
        },
        "PIPELINE": {
            "what engines are told in phones.tsv": _digest(
                ["\t".join(row.split("\t")[3:]) for row in phones]
            ),
            "the encoder": _encoder(),
            **{f"the sound of «{each.diacritised}»": _sound(each) for each in _SAID},
        },
    }


def alike(was: Any, now: Any) -> bool:
    """Whether they are the same, as far as that can be asked of another machine."""
    if isinstance(now, dict) and isinstance(was, dict):
        if "on" in now:
            return was["on"] != now["on"] or was["crc"] == now["crc"]
        return was.keys() == now.keys() and all(alike(was[name], now[name]) for name in now)
    if isinstance(now, list) and isinstance(was, list):
        return len(was) == len(now) and all(map(alike, was, now))
    if isinstance(now, float) and isinstance(was, float):
        return abs(was - now) <= 0.2  # decibels
    return bool(was == now)


def _sound(said: Utterance) -> dict[str, Any]:
    """A piece as it stands in the track: samples, loudness, and when its words sound."""
    card = Catalogue(Path("none")).get("espeak-ar")
    engine = load(card, Surroundings(Path("none")))
    layout = Format(24000, 64)
    clip = resampled(engine.speak(said, 1.1), layout.sample_rate)
    stretch = stretched(clip, card.gain_db, layout)
    mp3, samples = paused(stretch, 0.55, layout)
    sound = np.frombuffer(clip.pcm, dtype="<i2").astype(float)
    windows = sound[: sound.size // _WINDOW * _WINDOW].reshape(-1, _WINDOW)
    loudness = 20 * np.log10(np.sqrt((windows**2).mean(axis=1)) + 1)
    return {
        "loudness": [round(float(each), 1) for each in loudness],
        "samples": [stretch.samples, stretch.sound, samples, len(mp3)],
        "words": [[word.word, round(word.start * 1000), round(word.end * 1000)] for word in clip.words],
    }


def _encoder() -> dict[str, Any]:
    """What the encoder makes of whole numbers, to the bit where machine and encoder are the same."""
    wave = np.tile(np.arange(-8000, 8000, 37, dtype="<i2"), 40)
    on = f"{platform.machine()}, lameenc {version('lameenc')}"
    return {"on": on, "crc": zlib.crc32(encode(wave.tobytes(), Format(22050, 64)))}


def _rows(table: Path) -> list[str]:
    """The rows of a table without its comments."""
    text = files("service").joinpath(*table.parts).read_text("utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _digest(rows: Sequence[str]) -> str:
    """The same in whatever order the rows stand."""
    return hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()[:16]


@cache
def _diacritiser() -> Diacritiser:
    return Diacritiser()

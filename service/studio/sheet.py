"""The listening sheet: pairs of words that differ in one sound, and a listener who tells which was said."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import NamedTuple

from service.engines.engine import Engine
from service.model.recording import Clip
from service.studio.judging import utterance
from service.studio.pages import data_uri, self_contained
from voices.card import VoiceCard

_CARRIER = "اكْتُبْ: {}، مَرَّةً أُخْرَى."
"""A sentence around the word: engines say a word alone less well."""


class Pair(NamedTuple):
    """Two words that differ in one sound."""

    contrast: str
    first: str
    second: str


def pairs() -> Iterator[Pair]:
    """The pairs of ``pairs.tsv``."""
    text = files("service.studio").joinpath("pairs.tsv").read_text(encoding="utf-8")
    for line in text.splitlines()[1:]:
        yield Pair(*line.split("\t"))


def page(card: VoiceCard, fingerprint: str, engine: Engine) -> str:
    """The sheet of one voice, complete in one file.

    Args:
        card: of the voice.
        fingerprint: of the voice, which the listener's answers name.
        engine: the loaded voice.

    Raises:
        EngineError: the voice could not say a word.
    """
    data = {
        "voice": card.id,
        "name": card.name.ar,
        "fingerprint": fingerprint,
        "pairs": [
            {
                "contrast": pair.contrast,
                "words": [pair.first, pair.second],
                "audio": [data_uri(_said(engine, word), card.gain) for word in pair[1:]],
            }
            for pair in pairs()
        ],
    }
    return self_contained("sheet", f"ورقة استماع: {card.name.ar}", data)


def _said(engine: Engine, word: str) -> Clip:
    return engine.speak(utterance(_CARRIER.format(word)), 1.0)

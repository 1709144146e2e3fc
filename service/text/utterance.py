"""A piece → what an engine is given: vowelled, in pausal form, with its phonemes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from service.text.annotation import plain
from service.text.diacritise import Diacritiser
from service.text.pausal import pausal
from service.text.phonemes import phonemise
from service.types import Utterance


def utter_all(pieces: Sequence[str], diacritiser: Diacritiser) -> list[Utterance]:
    """Make the pieces of one sentence, as they are spoken, ready to be said.

    They are vowelled together, so that a word is read in its sentence even where a breath cuts it off.
    """
    whole = diacritiser.diacritise(" ".join(pieces))
    vowelled = map(pausal, _cut(whole, [len(piece.split()) for piece in pieces]))
    return [
        # Letters for engines that read letters; the phones that a lexicon gave are in the phonemes alone.
        Utterance(plain(piece), plain(text), phonemise(text))
        for piece, text in zip(pieces, vowelled, strict=True)
    ]


def _cut(text: str, lengths: Sequence[int]) -> Iterator[str]:
    """The text in stretches of so many words."""
    words = iter(text.split())
    for length in lengths:
        yield " ".join(word for _, word in zip(range(length), words, strict=False))

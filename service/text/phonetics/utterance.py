"""A piece → what an engine is given: vowelled, in pausal form, with its phonemes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from service.model.reading import SpokenText, Utterance
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.diacritisation.orthography import DAMMA, DAMMATAN, KASRA, KASRATAN, MARKS
from service.text.lexicon.annotation import plain
from service.text.phonetics.pausal import pausal
from service.text.phonetics.phonemes import phonemise

_BARE = dict.fromkeys(map(ord, MARKS))
"""Vowels that the author, the lexicon or a rule wrote: voices trained on bare text have seen none."""
_WITHOUT_TANWIN = {DAMMATAN: DAMMA, KASRATAN: KASRA}


def utter_all(pieces: Sequence[SpokenText], diacritiser: Diacritiser) -> list[Utterance]:
    """Make the pieces of one sentence, as they are spoken, ready to be said.

    They are vowelled together, so that a word is read in its sentence even where a breath cuts it off. Latin
    pieces stand in it as they are written; the models take them for words that they do not know.
    """
    whole = diacritiser.diacritise(" ".join(piece.words for piece in pieces))
    vowelled = _cut(whole, [len(piece.words.split()) for piece in pieces])
    return [
        _latin(piece) if piece.latin else _arabic(piece, text, before_latin=after is not None and after.latin)
        for piece, text, after in zip_longest(pieces, vowelled, pieces[1:])
    ]


def _latin(piece: SpokenText) -> Utterance:
    return Utterance(piece.words, piece.words, "")


def _arabic(piece: SpokenText, vowelled: str, *, before_latin: bool) -> Utterance:
    text = _leaning(vowelled) if before_latin else pausal(vowelled)
    # Letters for engines that read letters; the phones that a lexicon gave are in the phonemes alone.
    return Utterance(plain(piece.words).translate(_BARE), plain(text), phonemise(text))


def _leaning(vowelled: str) -> str:
    """«صحيفةُ The Observer»: the sentence goes on, so no pausal form cuts it off.

    The noun before a name governs it, and so has no tanwīn, though the models know nothing of the name.
    """
    return pausal(vowelled[:-1] + _WITHOUT_TANWIN.get(vowelled[-1:], vowelled[-1:]), ends=False)


def _cut(text: str, lengths: Sequence[int]) -> Iterator[str]:
    """The text in stretches of so many words."""
    words = iter(text.split())
    for length in lengths:
        yield " ".join(word for _, word in zip(range(length), words, strict=False))

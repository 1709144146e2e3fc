"""A piece → the engine's input: vowelled, in pausal form, with its phonemes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from service.model.reading import CaseEndings, SpokenText, Utterance
from service.text.core.orthography import DAMMA, DAMMATAN, KASRA, KASRATAN, MARKS, SUKUN
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.diacritisation.omitted_endings import LEAST_MARGIN
from service.text.lexicon.annotation import plain
from service.text.phonetics.audible_alternatives import audible
from service.text.phonetics.pausal import pausal
from service.text.phonetics.phonemes import phonemise

_BARE = dict.fromkeys(map(ord, MARKS))
"""Removes vowels of the author, the lexicon or a rule: voices trained on unvowelled text know none."""
_WITHOUT_TANWIN = {DAMMATAN: DAMMA, KASRATAN: KASRA}


def utter_all(
    pieces: Sequence[SpokenText], diacritiser: Diacritiser, endings: CaseEndings = CaseEndings.FULL
) -> list[Utterance]:
    """Prepare the spoken pieces of one sentence for the engine.

    They are vowelled together, so that a word has its sentence as context even across pieces. Latin pieces
    are included as written; the models treat them as unknown words.
    """
    return _uttered(pieces, diacritiser.diacritise(_joined(pieces), LEAST_MARGIN[endings]), endings)


def explain_all(
    pieces: Sequence[SpokenText], diacritiser: Diacritiser, endings: CaseEndings = CaseEndings.FULL
) -> list[Utterance]:
    """As ``utter_all``, with the decisions of all words."""
    whole, decided = diacritiser.explain(_joined(pieces), LEAST_MARGIN[endings])
    decisions = audible(pieces, whole.split(), decided)
    return [
        replace(utterance, decisions=each)
        for utterance, each in zip(_uttered(pieces, whole, endings), decisions, strict=True)
    ]


def _joined(pieces: Sequence[SpokenText]) -> str:
    return " ".join(piece.words for piece in pieces)


def _uttered(pieces: Sequence[SpokenText], whole: str, endings: CaseEndings) -> list[Utterance]:
    vowelled = _cut(whole, [len(piece.words.split()) for piece in pieces])
    return [
        _latin(piece) if piece.latin else _arabic(piece, text, after, endings)
        for piece, text, after in zip_longest(pieces, vowelled, pieces[1:])
    ]


def _latin(piece: SpokenText) -> Utterance:
    return Utterance(piece.words, piece.words, "")


def continued(utterance: Utterance) -> Utterance:
    """Return the input for an engine if the sentence goes on after this utterance.

    Engines end an utterance without a mark as a statement, with a falling tone; before a comma the tone stays
    level. The comma's silence is trimmed from the clip, so that it makes no pause.
    """
    return replace(
        utterance,
        spoken=f"{utterance.spoken}،",
        diacritised=f"{utterance.diacritised}،",
        phonemes=f"{utterance.phonemes},",
    )


def _arabic(piece: SpokenText, vowelled: str, after: SpokenText | None, endings: CaseEndings) -> Utterance:
    is_full = endings is CaseEndings.FULL
    if piece.continues:
        text = pausal(vowelled, ends=False)
    elif after is not None and after.latin:
        text = _leaning(vowelled)
    else:
        text = pausal(vowelled if is_full or not vowelled.endswith("ة") else vowelled + SUKUN)
    # Letters for engines that read letters; only the phonemes include a lexicon's phones.
    phonemes = phonemise(text, endings_omitted=not is_full)
    return Utterance(plain(piece.words).translate(_BARE), plain(text), phonemes)


def _leaning(vowelled: str) -> str:
    """«صحيفةُ The Observer»: the sentence continues, so the word has no pausal form.

    The noun before a name is in the construct state, and so has no tanwīn, although the models cannot see
    the name.
    """
    return pausal(vowelled[:-1] + _WITHOUT_TANWIN.get(vowelled[-1:], vowelled[-1:]), ends=False)


def _cut(text: str, lengths: Sequence[int]) -> Iterator[str]:
    """Split the text into pieces of so many words."""
    words = iter(text.split())
    for length in lengths:
        yield " ".join(word for _, word in zip(range(length), words, strict=False))

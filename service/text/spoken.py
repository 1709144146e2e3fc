"""From a sentence as written to what a newsreader would say."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby, pairwise

from service.text import breath
from service.text.chain import ReadingOptions, chain
from service.text.orthography import PAUSES
from service.text.pauses import Word, heard
from service.text.tokens import apply, tokenise
from service.types import Boundary, Piece, Reading, Sentence, Span, Step

__all__ = ["ReadingOptions", "chain", "read"]

_LATIN_PAUSES = str.maketrans({"،": ",", "؛": ";", "؟": "?"})


def read(sentence: Sentence, options: ReadingOptions) -> Reading:
    """Say how a sentence is to be read. Never raises, whatever the text."""
    offset = sentence.span.start if sentence.span else 0
    tokens = list(tokenise(sentence.text, offset))
    steps: list[Step] = []
    kinds = {token.kind for token in tokens}
    for name, rule, needs in chain(options):
        if not needs.isdisjoint(kinds):
            tokens, made = apply(name, rule, tokens)
            steps += made
    pieces = tuple(_pieces(sentence, heard(tokens), options))
    return Reading(sentence, pieces, tuple(steps))


def _pieces(sentence: Sentence, words: Sequence[Word], options: ReadingOptions) -> Iterator[Piece]:
    """Cut where another voice goes on, and for breath."""
    stretches = [list(stretch) for _, stretch in groupby(words, lambda word: word.foreign)]
    for number, stretch in enumerate(stretches, 1):
        limit = options.latin_limit if stretch[0].foreign else options.breath_limit
        *breaths, last = _breaths(stretch, limit)
        for run in breaths:
            yield _piece(sentence, run, Boundary.CLAUSE)
        yield _piece(sentence, last, sentence.boundary if number == len(stretches) else _seam(last))


def _breaths(words: Sequence[Word], limit: int) -> Iterator[Sequence[Word]]:
    """Cut for breath; a word belongs to the piece in which it starts."""
    spoken = " ".join(word.text for word in words)
    starts = list(accumulate((len(word.text) + 1 for word in words), initial=0))
    ends = [bisect_left(starts, end) for _, end in breath.pieces(spoken, limit)]
    for first, end in pairwise(sorted({0, *ends})):
        yield words[first:end]


def _seam(run: Sequence[Word]) -> Boundary:
    """What parts two voices: a pause that is written, or the change itself."""
    return Boundary.CLAUSE if run[-1].text.endswith(tuple(PAUSES)) else Boundary.VOICE


def _piece(sentence: Sentence, run: Sequence[Word], boundary: Boundary) -> Piece:
    start = min(word.span.start for word in run)
    end = max(word.span.end for word in run)
    offset = sentence.span.start if sentence.span else 0
    spoken = " ".join(word.text for word in run)
    return Piece(
        text=sentence.text[start - offset : end - offset],
        span=Span(start, end) if sentence.span else None,
        spoken=spoken.translate(_LATIN_PAUSES) if run[0].foreign else spoken,
        boundary=boundary,
        words=tuple(word.span if sentence.span else None for word in run),
        latin=run[0].foreign,
    )

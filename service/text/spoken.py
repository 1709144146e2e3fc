"""From a sentence as written to what a newsreader would say."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from service.text import breath
from service.text.chain import ReadingOptions, chain
from service.text.pauses import Word, heard
from service.text.tokens import apply, tokenise
from service.types import Boundary, Piece, Reading, Sentence, Span, Step

__all__ = ["ReadingOptions", "chain", "read"]


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
    pieces = tuple(_pieces(sentence, heard(tokens), options.breath_limit))
    return Reading(sentence, pieces, tuple(steps))


def _pieces(sentence: Sentence, words: Sequence[Word], limit: int) -> Iterator[Piece]:
    """Cut for breath; a word belongs to the piece in which it starts."""
    spoken = " ".join(word.text for word in words)
    starts = list(accumulate((len(word.text) + 1 for word in words), initial=0))
    ends = [bisect_left(starts, end) for _, end in breath.pieces(spoken, limit)]
    for first, end in pairwise(sorted({0, *ends})):
        yield _piece(sentence, words[first:end], Boundary.CLAUSE if end < len(words) else sentence.boundary)


def _piece(sentence: Sentence, run: Sequence[Word], boundary: Boundary) -> Piece:
    start = min(word.span.start for word in run)
    end = max(word.span.end for word in run)
    offset = sentence.span.start if sentence.span else 0
    return Piece(
        text=sentence.text[start - offset : end - offset],
        span=Span(start, end) if sentence.span else None,
        spoken=" ".join(word.text for word in run),
        boundary=boundary,
        words=tuple(word.span if sentence.span else None for word in run),
    )

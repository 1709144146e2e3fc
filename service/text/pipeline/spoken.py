"""Converts a written sentence to the words that a newsreader would say."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple

from service.model.document import Boundary, Prosody, Script, Sentence, Span
from service.model.reading import Phrase, Reading
from service.text.core.orthography import PAUSES
from service.text.core.rule_walker import Walk
from service.text.names import names, remembered
from service.text.names.remembered import NOBODY, People
from service.text.pipeline import ssml_tokens
from service.text.pipeline.pauses import Word, heard
from service.text.pipeline.rule_chain import ReadingOptions, chain
from service.text.segmentation import phrasing
from service.text.segmentation.ssml_spans import placed_at

__all__ = ["ReadingOptions", "chain", "read"]

_LATIN_PAUSES = str.maketrans({"،": ",", "؛": ";", "؟": "?"})


def read(sentence: Sentence, options: ReadingOptions, known: People = NOBODY) -> Reading:
    """Compute the reading of a sentence. Never raises, whatever the text.

    Args:
        sentence: the sentence, with its part of the article's script.
        options: how its site wants it read.
        known: people whom the rest of the article names in full.
    """
    script = sentence.script
    tokens, cut = ssml_tokens.cut(sentence)
    tokens, ordered = Walk(ssml_tokens.before(script, options)).over(tokens)
    tokens, made = _usual(options).over(tokens)
    tokens, named = _of_people(known, has_lexicon=bool(options.lexicon.entries)).over(tokens)
    tokens, vowelled = Walk(ssml_tokens.after(script)).over(tokens)
    pieces = tuple(_pieces(sentence, heard(tokens), options))
    return Reading(sentence, pieces, (*cut, *ordered, *made, *named, *vowelled))


@lru_cache(maxsize=8)
def _usual(options: ReadingOptions) -> Walk:
    links = chain(options)
    return Walk(((link.name, link.rule) for link in links), [link.needs for link in links])


@lru_cache(maxsize=8)
def _of_people(known: People, *, has_lexicon: bool) -> Walk:
    """Names come last: they see the full names that the lexicon has read, and leave them as they are.

    Without a lexicon no word is vowelled, and names are none.
    """
    return Walk((*remembered.rules(known), *names.rules()) if has_lexicon else ())


def _pieces(sentence: Sentence, words: Sequence[Word], options: ReadingOptions) -> Iterator[Phrase]:
    """Split at changes of voice or style, at breaks, and for breath."""
    manners = groupby(words, partial(_manner, sentence.script))
    stretches = [(manner, list(stretch)) for manner, stretch in manners]
    for number, (manner, stretch) in enumerate(stretches, 1):
        limit = options.latin_limit if manner.foreign else options.breath_limit
        *breaths, last = _breaths(stretch, limit)
        for run in breaths:
            yield replace(_piece(sentence, run, Boundary.CLAUSE), style=manner.style)
        ends = number == len(stretches)
        following = len(sentence.script.breaks) if ends else stretches[number][0].breaks
        yield replace(
            _piece(sentence, last, sentence.boundary if ends else _seam(last)),
            style=manner.style,
            breaks=sentence.script.breaks[manner.breaks : following],
        )


class _Manner(NamedTuple):
    """Properties that words in one piece must share."""

    foreign: bool
    style: Prosody
    breaks: int
    """Number of breaks before the word."""


def _manner(script: Script, word: Word) -> _Manner:
    at = word.span.start
    styled = placed_at(script.styles, at)
    style = styled.style if styled else Prosody()
    return _Manner(word.foreign, style, bisect_right(script.breaks, at, key=lambda each: each.at))


def _breaths(words: Sequence[Word], limit: int) -> Iterator[Sequence[Word]]:
    """Split for breath; a word belongs to the piece in which it starts."""
    spoken = " ".join(word.text for word in words)
    starts = list(accumulate((len(word.text) + 1 for word in words), initial=0))
    ends = [bisect_left(starts, end) for _, end in phrasing.pieces(spoken, limit)]
    for first, end in pairwise(sorted({0, *ends})):
        yield words[first:end]


def _seam(run: Sequence[Word]) -> Boundary:
    """The boundary between two voices: a written pause, or the change itself."""
    return Boundary.CLAUSE if run[-1].text.endswith(tuple(PAUSES)) else Boundary.VOICE


def _piece(sentence: Sentence, run: Sequence[Word], boundary: Boundary) -> Phrase:
    start = min(word.span.start for word in run)
    end = max(word.span.end for word in run)
    offset = sentence.span.start if sentence.span else 0
    spoken = " ".join(word.text for word in run)
    return Phrase(
        text=sentence.text[start - offset : end - offset],
        span=Span(start, end) if sentence.span else None,
        spoken=spoken.translate(_LATIN_PAUSES) if run[0].foreign else spoken,
        boundary=boundary,
        words=tuple(word.span if sentence.span else None for word in run),
        latin=run[0].foreign,
    )

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
from service.text.lexicon.annotation import plain
from service.text.names import names, remembered
from service.text.names.remembered import NOBODY, FullNames, People
from service.text.pipeline import ssml_tokens
from service.text.pipeline.pauses import Word, heard
from service.text.pipeline.rule_chain import ReadingOptions, chain
from service.text.segmentation import phrasing
from service.text.segmentation.ssml_spans import placed_at

__all__ = ["ReadingOptions", "chain", "read"]

_PAUSES = tuple(PAUSES)
_LATIN_PAUSES = str.maketrans({"،": ",", "؛": ";", "؟": "?"})


def read(
    sentence: Sentence, options: ReadingOptions, known: FullNames | None = None, *, opens: bool = False
) -> Reading:
    """Compute the reading of a sentence. Never raises, whatever the text.

    Args:
        sentence: the sentence, with its part of the article's script.
        options: how its site wants it read.
        known: people whom the article names in full.
        opens: whether it is the first that is spoken: its first phrase is short.
    """
    script = sentence.script
    tokens, cut = ssml_tokens.cut(sentence)
    tokens, ordered = Walk(ssml_tokens.before(script, options)).over(tokens)
    tokens, made = _usual(options).over(tokens)
    people = known.among(tokens) if known else NOBODY
    tokens, named = _of_people(people, has_lexicon=bool(options.lexicon.entries)).over(tokens)
    tokens, vowelled = Walk(ssml_tokens.after(script)).over(tokens)
    pieces = tuple(_pieces(sentence, heard(tokens), options, opens=opens))
    return Reading(sentence, pieces, (*cut, *ordered, *made, *named, *vowelled))


@lru_cache(maxsize=8)
def _usual(options: ReadingOptions) -> Walk:
    links = chain(options)
    return Walk(((link.name, link.rule) for link in links), [link.needs for link in links])


@lru_cache(maxsize=64)
def _of_people(people: People, *, has_lexicon: bool) -> Walk:
    """Names come last: they see the full names that the lexicon has read, and leave them as they are.

    Without a lexicon no word is vowelled, and names are none.
    """
    return Walk((*remembered.rules(people), *names.rules()) if has_lexicon else ())


def _pieces(
    sentence: Sentence, words: Sequence[Word], options: ReadingOptions, *, opens: bool
) -> Iterator[Phrase]:
    """Split at changes of voice or style, at breaks, and for breath."""
    manners = groupby(words, partial(_manner, sentence.script))
    stretches = [(manner, list(stretch)) for manner, stretch in manners]
    for number, (manner, stretch) in enumerate(stretches, 1):
        if manner.foreign:
            *breaths, last = _parts(stretch, options.latin_limit)
        else:
            *breaths, last = _breaths(sentence, stretch, options.breath_limit, opens=opens and number == 1)
        for run in breaths:
            written = manner.foreign or run[-1].text.endswith(_PAUSES)
            boundary = Boundary.CLAUSE if written else Boundary.BREATH
            yield replace(_piece(sentence, run, boundary), style=manner.style)
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


def _breaths(
    sentence: Sentence, words: Sequence[Word], limit: int, *, opens: bool
) -> Iterator[Sequence[Word]]:
    """Split for breath; light commas become breaths, or are not heard."""
    spoken, starts = _joined(words)
    quoted = [(starts[first], starts[end] - 1) for first, end in _quotations(sentence, words)]
    light = phrasing.light(spoken.split(" "))
    said = [
        replace(word, text=word.text.rstrip("،")) if is_light else word
        for word, is_light in zip(words, light, strict=True)
    ]
    yield from _split(said, starts, phrasing.pieces(spoken, limit, opens=opens, quotations=quoted))


def _parts(words: Sequence[Word], limit: int) -> Iterator[Sequence[Word]]:
    """Split words in Latin script for their voice's longest input."""
    spoken, starts = _joined(words)
    yield from _split(words, starts, phrasing.even_pieces(spoken, limit))


def _joined(words: Sequence[Word]) -> tuple[str, list[int]]:
    """The words as one text, and where in it each begins, and the next would."""
    texts = [plain(word.text) for word in words]
    return " ".join(texts), list(accumulate((len(text) + 1 for text in texts), initial=0))


def _split(
    words: Sequence[Word], starts: Sequence[int], pieces: Sequence[tuple[int, int]]
) -> Iterator[Sequence[Word]]:
    """The words of each piece; a word belongs to the piece in which it starts."""
    ends = [bisect_left(starts, end) for _, end in pieces]
    for first, end in pairwise(sorted({0, *ends})):
        yield words[first:end]


def _quotations(sentence: Sentence, words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """The first word of each written quotation, whose marks are not heard, and the word after its last."""
    offset = sentence.span.start if sentence.span else 0
    begins = [word.span.start - offset for word in words]
    for start, end in phrasing.quotations_in(sentence.text):
        first, after = bisect_left(begins, start), bisect_left(begins, end)
        if first < after:
            yield first, after


def _seam(run: Sequence[Word]) -> Boundary:
    """The boundary between two voices: a written pause, or the change itself."""
    return Boundary.CLAUSE if run[-1].text.endswith(_PAUSES) else Boundary.VOICE


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

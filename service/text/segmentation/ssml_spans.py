"""Assigns a publisher's instructions to sentences, and prevents sentence ends within them.

Only an article that was sent as SSML has instructions (``Article.script``).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from service.model.document import Instruction, Paragraph, Script, Sentence, Span, Styled, Way

NONE = Script()
"""No instructions at all."""
REPLACING = frozenset({Way.SAY_AS, Way.SUB, Way.PHONEME})
"""Ways that read a span as a unit, whatever signs it contains."""
_LETTER = "س"

_Placed = TypeVar("_Placed", Instruction, Styled)


def masked(paragraph: Paragraph, script: Script) -> Paragraph:
    """The paragraph with letters in place of spans read as a unit, so that no sentence ends within them."""
    if paragraph.span is None:
        return paragraph
    start, end = paragraph.span.start, paragraph.span.end
    parts, at = [], start
    for each in _within(script.instructions, start, end):
        if each.way in REPLACING:
            parts += [paragraph.text[at - start : each.span.start - start], _LETTER * _length(each.span)]
            at = each.span.end
    return replace(paragraph, text="".join([*parts, paragraph.text[at - start :]]))


def handed_out(sentences: Sequence[Sentence], text: str, script: Script) -> Iterator[Sentence]:
    """The sentences as written, each with its instructions.

    A break belongs to the sentence before it; a break before the first sentence belongs to none.
    """
    starts = [sentence.span.start for sentence in sentences if sentence.span] + [len(text)]
    number = 0
    for sentence in sentences:
        if sentence.span is None:
            yield sentence
            continue
        start, end = sentence.span.start, sentence.span.end
        number += 1
        breaks = script.breaks
        first = bisect_right(breaks, start, key=lambda each: each.at)
        last = bisect_right(breaks, starts[number], key=lambda each: each.at)
        own = Script(
            instructions=_within(script.instructions, start, end),
            styles=_within(script.styles, start, end),
            breaks=breaks[first:last],
            words=script.words,
        )
        yield replace(sentence, text=text[start:end], script=own)


def placed_at(placed: Sequence[_Placed], at: int) -> _Placed | None:
    """The element of ``placed`` that contains a position; they are in text order and do not overlap."""
    number = bisect_right(placed, at, key=lambda each: each.span.end)
    return placed[number] if number < len(placed) and placed[number].span.start <= at else None


def _length(span: Span) -> int:
    return span.end - span.start


def _within(placed: tuple[_Placed, ...], start: int, end: int) -> tuple[_Placed, ...]:
    """Those that lie in a range, wholly or partly."""
    first = bisect_right(placed, start, key=lambda each: each.span.end)
    last = bisect_left(placed, end, key=lambda each: each.span.start)
    return placed[first:last]

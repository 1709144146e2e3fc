"""Splits sentences into phrases that a newsreader says in one breath, and for an engine's longest input.

Every position between two words has a price (``junctures.py``), and every phrase one for its number of words.
The cuts are those of the lowest total. Works on written and on spoken text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from service.text.core.tokens import MARKS
from service.text.segmentation import junctures
from service.text.segmentation.word_shapes import Word, word

BREATH = 220
"""Characters of a phrase at most, however few its words."""
SHORTEST, LONGEST = 3, 14
"""Words of a phrase: newsreaders pause every 7 to 12."""
_OPENING = 6
"""Words of an article's first phrase at most, where the syntax permits."""

_LETTER = 60.0
"""Price of a cut within a word."""
_BY_WORDS = (99.0, 7.0, 5.0, 1.0, 0.5, 0.2, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.2, 0.7, 1.3)
"""Price of a phrase by its words, from 0 to ``LONGEST``."""
_FIRST_TOO_MANY, _TOO_MANY = 2.0, 1.5
"""Price of the first word beyond ``LONGEST``, and of each after it."""
_LATE, _LATEST = 0.9, 4.0
"""Price of each word beyond ``_OPENING`` in an article's first phrase, and the most that all cost."""
_MOST_WORDS = 40
"""A longer phrase costs more than any cut, so none is considered."""
_UNEVEN = 1.5
"""Price of a phrase in Latin script that deviates from the mean length by 100 %; grows with the square."""

_MARKS_A_LETTER = 4
_QUOTED_WORDS = 6
"""A quotation of so many words is not cut."""

_GAP = re.compile(rf"(?<!\sو)(?<!\sو[{MARKS}])\s+")
"""Where words part; «و» that stands alone, as some write it, belongs to the next word."""
_SPACE = re.compile(r"\s+")
_QUOTATION = re.compile(r"«[^«»\n]{1,60}»|“[^“”\n]{1,60}”|\"[^\"\n]{1,60}\"|\([^()\n]{1,40}\)")


@dataclass(frozen=True, slots=True)
class _Cut:
    """A phrase may end at ``end`` and the next begin at ``start``, before the word of this number."""

    end: int
    start: int
    price: float
    word: int


def pieces(
    text: str,
    limit: int = BREATH,
    *,
    opens: bool = False,
    quotations: Sequence[tuple[int, int]] | None = None,
) -> list[tuple[int, int]]:
    """Split a sentence, written or spoken, into phrases.

    Cuts after «؛», «،» and «:», and between them as a newsreader pauses: before clauses, adverbials, long
    conjuncts and predicates, so that a phrase has 3 to 14 words. Names, nouns with what belongs to them,
    numbers with their noun and short quotations stay whole unless they alone exceed a breath, a word unless
    it exceeds ``limit``. A sentence of up to 14 words stays whole, unless it opens an article or a comma in
    it is light (``junctures.is_light``).

    Args:
        text: a sentence.
        limit: in code points, at least 1; no phrase is longer.
        opens: whether an article begins with it: its first phrase is short, so that speech begins soon.
        quotations: start and end of each in the text, in order; by default those that its marks show.

    Returns:
        Start and end of every phrase in ``text``, in order; only white space stands between them.
    """
    start, end = _trimmed(text)
    gaps = [match.span() for match in _GAP.finditer(text, start, end)]
    if end - start <= limit and len(gaps) <= SHORTEST:
        return [(start, end)] if start < end else []
    words = _words(text, start, end, gaps, quotations_in(text) if quotations is None else quotations)
    whole = not opens and len(words) <= LONGEST and not any(map(_lightness(words), range(len(words))))
    if end - start <= limit and whole:
        return [(start, end)]
    prices = [junctures.price(words, number) for number in range(len(gaps))]
    cuts = list(_cuts(text, (start, end), zip(gaps, prices, strict=True), limit))
    return _cheapest(cuts, limit, _breath_price(opens=opens))


def even_pieces(text: str, limit: int) -> list[tuple[int, int]]:
    """Split a text of any language between words, into parts of about equal length.

    Args:
        text: a sentence.
        limit: in code points, at least 1; no part is longer.

    Returns:
        Start and end of every part, as ``pieces`` does.
    """
    start, end = _trimmed(text)
    if end - start <= limit:
        return [(start, end)] if start < end else []
    gaps = [match.span() for match in _GAP.finditer(text, start, end)]
    prices = (0.1 if text[left - 1] in ",;:.!?" else 1.6 for left, _ in gaps)
    mean = (end - start) / -(-(end - start) // limit)

    def price(left: _Cut, right: _Cut) -> float:
        return _UNEVEN * ((right.end - left.start - mean) / mean) ** 2

    return _cheapest(list(_cuts(text, (start, end), zip(gaps, prices, strict=True), limit)), limit, price)


def quotations_in(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each quotation and bracket of a line, with its marks."""
    return (match.span() for match in _QUOTATION.finditer(text))


def light(words: Sequence[str]) -> list[bool]:
    """For every word, whether the comma after it is light: it encloses a single word."""
    known = [word(written) for written in words]
    single = [junctures.is_light(known, number) for number in range(len(words))]
    return [here or after for here, after in zip(single, [*single[1:], False], strict=True)]


def _trimmed(text: str) -> tuple[int, int]:
    return len(text) - len(text.lstrip()), len(text.rstrip())


def _lightness(words: Sequence[Word]) -> Callable[[int], bool]:
    return lambda number: junctures.is_light(words, number)


def _words(
    text: str, start: int, end: int, gaps: Sequence[tuple[int, int]], quotations: Iterable[tuple[int, int]]
) -> list[Word]:
    """The words of a text, and which of them a short quotation joins to the next."""
    edges = [start, *(edge for gap in gaps for edge in gap), end]
    found = [word(_SPACE.sub("", text[left:right])) for left, right in list(pairwise(edges))[::2]]
    at = 0
    for opening, closing in quotations:
        while at < len(gaps) and gaps[at][0] < opening:
            at += 1
        first = at
        while at < len(gaps) and gaps[at][1] <= closing:
            at += 1
        if at - first < _QUOTED_WORDS:
            found[first:at] = [replace(each, quoted=True) for each in found[first:at]]
    return found


def _breath_price(*, opens: bool) -> Callable[[_Cut, _Cut], float]:
    """The price of a phrase by its number of words."""

    def price(left: _Cut, right: _Cut) -> float:
        count = right.word - left.word
        found = _BY_WORDS[min(count, LONGEST)]
        if count > LONGEST:
            found += _FIRST_TOO_MANY + _TOO_MANY * (count - LONGEST - 1)
        if opens and left.word == 0 and count > _OPENING:
            found += min(_LATEST, _LATE * (count - _OPENING))
        return found

    return price


def _cheapest(
    cuts: Sequence[_Cut], limit: int, price_of: Callable[[_Cut, _Cut], float]
) -> list[tuple[int, int]]:
    """The phrases between the cuts of the lowest total price, first and last included."""
    price = [0.0] * len(cuts)
    origin = [0] * len(cuts)
    for here in range(1, len(cuts)):
        best = float("inf")
        for there in range(here - 1, -1, -1):
            if cuts[here].end - cuts[there].start > limit or (
                there < here - 1 and cuts[here].word - cuts[there].word > _MOST_WORDS
            ):
                break
            cost = price[there] + price_of(cuts[there], cuts[here])
            if cost < best:
                best, origin[here] = cost, there
        price[here] = best + cuts[here].price
    chosen = [len(cuts) - 1]
    while chosen[-1]:
        chosen.append(origin[chosen[-1]])
    return [(cuts[left].start, cuts[right].end) for left, right in pairwise(chosen[::-1])]


def _cuts(
    text: str, within: tuple[int, int], gaps: Iterator[tuple[tuple[int, int], float]], limit: int
) -> Iterator[_Cut]:
    """Every possible cut of the text, in order, and its two ends."""
    at, end = within
    number = 0
    yield _Cut(at, at, 0.0, 0)
    for number, ((left, right), price) in enumerate(gaps, 1):
        yield from _within(text, at, left, limit, number - 1)
        yield _Cut(left, right, price, number)
        at = right
    yield from _within(text, at, end, limit, number)
    yield _Cut(end, end, 0.0, number + 1)


def _within(text: str, start: int, end: int, limit: int, number: int) -> Iterator[_Cut]:
    """Cuts within a word that alone exceeds the limit; marks stay on their letter."""
    while end - start > limit:
        cut = start + limit
        lowest = max(start + 1, cut - _MARKS_A_LETTER)
        while cut > lowest and unicodedata.combining(text[cut]):
            cut -= 1
        yield _Cut(cut, cut, _LETTER, number)
        start = cut

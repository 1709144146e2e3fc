"""From a sentence as written to what a newsreader would say: the chain of rules, in its order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from service.text import (
    abbreviations,
    addresses,
    articles,
    breath,
    clean,
    codes,
    counted,
    dates,
    fractions,
    initials,
    lists,
    markup,
    match_minutes,
    money,
    negatives,
    numeric_dates,
    ordinals,
    percent,
    plain,
    prefixes,
    punctuation,
    ranges,
    rates,
    references,
    scores,
    symbols,
    temperatures,
    times,
    units,
    years,
)
from service.text.pauses import Word, heard
from service.text.tokens import Kind, Replacement, Rule, Token, apply, tokenise
from service.types import Boundary, Piece, Reading, Sentence, Span, Step

Factory = Callable[[str], tuple[tuple[str, Rule], ...]]
"""Every module of rules has one: from a locale to its named rules, in order."""

_ALWAYS = frozenset(Kind)
_DIGITS = frozenset({Kind.NUMBER})

_SIGNS = frozenset({Kind.SYMBOL, Kind.ADDRESS})
_MARKS = frozenset({Kind.SYMBOL, Kind.PUNCTUATION})
_AMOUNTS = frozenset({Kind.NUMBER, Kind.SYMBOL})

CHAIN: tuple[tuple[Factory, frozenset[Kind]], ...] = (
    # Each line: the rules, and the kinds of token of which one must be in the sentence for them to run.
    # Plain letters first: all others rely on them.
    (clean.rules, _ALWAYS),
    # What the reader of the page never sees.
    (markup.rules, _SIGNS),
    # A prefix is pulled over an opening quote before quotes are anything else.
    (prefixes.rules, _ALWAYS),
    (addresses.rules, _SIGNS | {Kind.PUNCTUATION}),
    # Verses and articles in brackets.
    (references.rules, _DIGITS),
    (lists.rules, _ALWAYS),
    # Signs whose words govern the number after them: «≈ 50» is «نحو خمسين».
    (symbols.rules, _AMOUNTS | {Kind.LATIN}),
    # Telephones and laws, which look like amounts and dates.
    (codes.rules, _DIGITS),
    # Nothing else looks like a date; a month with two names («فبراير/شباط») has no digits.
    (numeric_dates.rules, _DIGITS),
    (dates.rules, _DIGITS | {Kind.SYMBOL}),
    # Minutes of a match and times before ranks and scores: «الساعة 8», «10:00-12:00».
    (match_minutes.rules, _DIGITS),
    (times.rules, _DIGITS),
    # Amounts with a sign say their own ranges and negatives, and are no years: «2000 $».
    (money.rules, _AMOUNTS),
    (percent.rules, _AMOUNTS),
    (temperatures.rules, _AMOUNTS),
    (rates.rules, _AMOUNTS),
    (units.rules, _AMOUNTS),
    (rates.leftovers, _AMOUNTS),
    # After د.م. and 8 م; before ranks: «ص 12».
    (abbreviations.rules, _ALWAYS),
    (initials.rules, _ALWAYS),
    # Ranks before years («القرن 3 ق.م») and counted nouns («المادة 12 قانون»).
    (ordinals.rules, _DIGITS | {Kind.LATIN}),
    # Years before ranges and counted nouns: «سنة 2016 نحو» counts nothing.
    (years.rules, _DIGITS),
    # After decades: «سنوات الـ90».
    (articles.rules, _DIGITS),
    # The slash that is left is no date and no season.
    (fractions.rules, _DIGITS | {Kind.SYMBOL}),
    # A result is told from a range by the words around.
    (scores.rules, _DIGITS),
    # Ranges leave their second number to the nouns.
    (ranges.rules, _DIGITS),
    # The dash that is left before a number is a minus.
    (negatives.rules, _DIGITS),
    (counted.rules, _DIGITS),
    # The last resort: whatever digits are left.
    (plain.rules, _DIGITS),
    # Units after a fraction, or after no digits at all.
    (units.leftovers, _ALWAYS),
    # After all that say numbers: they look at the prefix to find the case.
    (prefixes.joins, _ALWAYS),
    (symbols.leftovers, _SIGNS),
    # Last: which dash, slash or bracket is heard.
    (punctuation.rules, _MARKS),
)


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How a site wants its articles read."""

    locale: str = "ar-MA"
    """``ar-MA``, ``ar-EG``, ``ar-SA`` or ``ar-LB``: names of months, currencies."""
    breath_limit: int = breath.BREATH
    """Characters at most in a piece."""
    lexicon: tuple[tuple[str, Rule], ...] = ()
    """The site's own words, as rules; they go before all others."""


class _Link(NamedTuple):
    name: str
    rule: Rule
    needs: frozenset[Kind]


def read(sentence: Sentence, options: ReadingOptions) -> Reading:
    """Say how a sentence is to be read. Never raises, whatever the text."""
    offset = sentence.span.start if sentence.span else 0
    tokens = list(tokenise(sentence.text, offset))
    steps: list[Step] = []
    kinds = {token.kind for token in tokens}
    for name, rule, needs in _links(options):
        if not needs.isdisjoint(kinds):
            tokens, made = apply(name, rule, tokens)
            steps += made
    pieces = tuple(_pieces(sentence, heard(tokens), options.breath_limit))
    return Reading(sentence, pieces, tuple(steps))


def _links(options: ReadingOptions) -> Iterator[_Link]:
    for name, rule in options.lexicon:
        yield _Link(name, rule, _ALWAYS)
    yield from _chain(options.locale)
    yield _Link("unsaid", _unsaid, frozenset({Kind.SYMBOL}))


@lru_cache(maxsize=8)
def _chain(locale: str) -> tuple[_Link, ...]:
    return tuple(_Link(name, rule, needs) for factory, needs in CHAIN for name, rule in factory(locale))


def _unsaid(tokens: Sequence[Token], at: int) -> Replacement | None:
    """Drop the signs that no rule can say."""
    return Replacement(1, "") if tokens[at].kind is Kind.SYMBOL else None


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

"""From a sentence as written to what a newsreader would say: the chain of rules, in its order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from service.text import clitics, counted, dates, ordinals, plain, years
from service.text.pauses import Word, heard
from service.text.tokens import Kind, Replacement, Rule, Token, apply, tokenise
from service.types import Boundary, Piece, Reading, Sentence, Span, Step

Factory = Callable[[str], tuple[tuple[str, Rule], ...]]
"""Every module of rules has one: from a locale to its named rules, in order."""

_ALWAYS = frozenset(Kind)
_DIGITS = frozenset({Kind.NUMBER})

CHAIN: tuple[tuple[Factory, frozenset[Kind]], ...] = (
    # Each line: the rules, and the kinds of token of which one must be in the sentence for them to run.
    # Nothing else looks like a date; months are matched by name too («فبراير/شباط»).
    (dates.rules, _ALWAYS),
    # Years before ranges and counted nouns: «سنة 2016 نحو» counts nothing.
    (years.rules, _DIGITS),
    # Ranks before counted nouns: «المادة 12 قانون».
    (ordinals.rules, _DIGITS | {Kind.LATIN}),
    (counted.rules, _DIGITS),
    # The last resort: whatever digits are left.
    (plain.rules, _DIGITS),
    # After all that say numbers: they look at the clitic to find the case.
    (clitics.rules, _DIGITS),
)


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How a site wants its articles read."""

    locale: str = "ar-MA"
    """``ar-MA``, ``ar-EG``, ``ar-SA`` or ``ar-LB``: names of months, currencies."""
    breath_limit: int = 200
    """Letters at most in a piece."""
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
    tokens, made = apply("unsaid", _unsaid, tokens)
    pieces = tuple(_pieces(sentence, heard(tokens), options.breath_limit))
    return Reading(sentence, pieces, tuple(steps + made))


def _links(options: ReadingOptions) -> Iterator[_Link]:
    for name, rule in options.lexicon:
        yield _Link(name, rule, _ALWAYS)
    yield from _chain(options.locale)


@lru_cache(maxsize=8)
def _chain(locale: str) -> tuple[_Link, ...]:
    return tuple(_Link(name, rule, needs) for factory, needs in CHAIN for name, rule in factory(locale))


def _unsaid(tokens: Sequence[Token], at: int) -> Replacement | None:
    """Drop the signs that no rule can say."""
    return Replacement(1, "") if tokens[at].kind is Kind.SYMBOL else None


def _pieces(sentence: Sentence, words: Sequence[Word], limit: int) -> Iterator[Piece]:
    for first, end in _cuts(words, limit):
        run = words[first:end]
        yield _piece(sentence, run, Boundary.CLAUSE if end < len(words) else sentence.boundary)


def _cuts(words: Sequence[Word], limit: int) -> Iterator[tuple[int, int]]:
    """Where a sentence is cut for breath, in words."""
    if words:
        yield 0, len(words)


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

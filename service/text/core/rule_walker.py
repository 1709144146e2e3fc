"""How rules walk over tokens: each over what the one before has made, from left to right.

A sentence has thirty words and the chain a hundred rules, and hardly any word is the start of something that
a rule replaces. So a rule may say what its replacements start with; which rules are to be asked at a word is
then looked up once for all sentences in which the word stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import Any, NamedTuple, TypeVar

from service.model.reading import Step
from service.text.core.tokens import Kind, Replacement, Rule, Token, begins_word, cover, written

_R = TypeVar("_R", bound=Callable[..., Replacement | None])
_REMEMBERED = 1 << 16
"""Maximum number of words whose applicable rules are cached."""


class _Start(NamedTuple):
    """What a rule's replacements start with: a token of these kinds, with a text that passes the test."""

    kinds: frozenset[Kind]
    test: Callable[[str], Any]


_ANY = frozenset(Kind) - {Kind.FOREIGN}
_ANYWHERE = (_Start(_ANY, bool),)


def starts_at(*kinds: Kind, text: Callable[[str], Any] = bool) -> Callable[[_R], _R]:
    """Say of a rule what its replacements start with; said twice, either will do.

    Args:
        kinds: of the first token; none said, any.
        text: what the first token's text must pass, whatever stands around it.
    """

    def say(rule: _R) -> _R:
        said = rule.__dict__.get("starts", ())
        rule.__dict__["starts"] = (_Start(frozenset(kinds) or _ANY, text), *said)
        return rule

    return say


def _starts(rule: Rule) -> tuple[_Start, ...]:
    """A rule that was made for a locale starts where its maker's do."""
    starts: tuple[_Start, ...] = getattr(getattr(rule, "func", rule), "starts", _ANYWHERE)
    return starts


class Walk:
    """Rules in their order.

    Args:
        rules: by name.
        needs: for each rule the kinds of token of which one must stand in a sentence for it to be asked
            there; none said, all are asked.
    """

    def __init__(self, rules: Iterable[tuple[str, Rule]], needs: Sequence[frozenset[Kind]] = ()) -> None:
        self._rules = tuple(rules)
        self._starts = [_starts(rule) for _, rule in self._rules]
        self._needs = needs
        self._known: dict[tuple[Kind, str], int] = {}
        self._needed: dict[frozenset[Kind], int] = {}

    def over(self, tokens: list[Token]) -> tuple[list[Token], list[Step]]:
        """What the rules make of the tokens of a sentence, and what each changes."""
        steps: list[Step] = []
        if not self._rules:
            return tokens, steps
        wanted = self._wanted(frozenset(token.kind for token in tokens))
        asked = [self._asked(token) for token in tokens]
        left = reduce(or_, asked, 0) & wanted
        while left:
            bit = left & -left
            name, rule = self._rules[bit.bit_length() - 1]
            # Most rules have no answer in most sentences: then nothing is copied.
            first = next((at for at, rules in enumerate(asked) if rules & bit and rule(tokens, at)), None)
            if first is not None:
                tokens, made = _replaced(name, rule, tokens, [bool(rules & bit) for rules in asked], first)
                steps += made
                asked[first:] = [self._asked(token) for token in tokens[first:]]
                left = reduce(or_, asked, 0) & wanted
            left &= -bit << 1  # those that come later
        return tokens, steps

    def _wanted(self, kinds: frozenset[Kind]) -> int:
        """The rules for a sentence with tokens of these kinds: of each the bit of its number in the order."""
        if not self._needs:
            return -1
        if kinds not in self._needed:
            self._needed[kinds] = sum(
                1 << number for number, needs in enumerate(self._needs) if not needs.isdisjoint(kinds)
            )
        return self._needed[kinds]

    def _asked(self, token: Token) -> int:
        """The rules that are asked at a token, as bits."""
        key = token.kind, token.text
        known = self._known.get(key)
        if known is None:
            known = sum(
                1 << number
                for number, starts in enumerate(self._starts)
                if any(token.kind in start.kinds and start.test(token.text) for start in starts)
            )
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = known
        return known


def apply(name: str, rule: Rule, tokens: list[Token]) -> tuple[list[Token], list[Step]]:
    """Walk one rule over the tokens; what it made and what it changed."""
    return Walk([(name, rule)]).over(tokens)


def _replaced(
    name: str, rule: Rule, tokens: list[Token], asked: Sequence[bool], at: int
) -> tuple[list[Token], list[Step]]:
    """What a rule makes of the tokens from a place on."""
    made, steps = list(tokens[:at]), []
    while at < len(tokens):
        answer = rule(tokens, at) if asked[at] else None
        if answer is None:
            made.append(tokens[at])
            at += 1
            continue
        old = tokens[at : at + answer.length]
        made.extend(_foreign(name, old) if answer.foreign else _spoken(name, answer.words, old))
        steps.append(Step(name, written(old), answer.words, cover(old)))
        at += answer.length
    return made, steps


def _spoken(name: str, words: str, old: Sequence[Token]) -> Iterator[Token]:
    span, spaced = cover(old), old[0].spaced
    for word in words.split():
        yield Token(word, span, Kind.WORD, spaced, rule=name)
        spaced = True


def _foreign(name: str, old: Sequence[Token]) -> Iterator[Token]:
    """The words as they are written; punctuation goes with the word before it."""
    starts = [0, *(at for at in range(1, len(old)) if begins_word(*old[at - 1 : at + 1])), len(old)]
    for start, end in pairwise(starts):
        word = old[start:end]
        text = "".join(token.text for token in word)
        yield Token(text, cover(word), Kind.FOREIGN, old[start].spaced, rule=name)

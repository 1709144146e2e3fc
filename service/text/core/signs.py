"""Finds signs of one or several tokens (km², د.م., °C, و.م.ع) by their first token, the longest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from service.text.core.tokens import Token, tokenise

_DOTTED = 2
Meaning = TypeVar("Meaning")


class Signs(Generic[Meaning]):
    """Written signs and their meanings."""

    def __init__(self, pairs: Iterable[tuple[str, Meaning]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[Token, ...], Meaning]]] = {}
        for written, meaning in pairs:
            tokens = tuple(tokenise(written))
            self._by_first.setdefault(tokens[0].text, []).append((tokens, meaning))
        for some in self._by_first.values():
            some.sort(key=lambda pair: -len(pair[0]))

    def __contains__(self, first: str) -> bool:
        return first in self._by_first

    def at(self, tokens: Sequence[Token], at: int, first: str | None = None) -> Iterator[tuple[Meaning, int]]:
        """Every sign that starts at a token, with its number of tokens, the longest first.

        Args:
            tokens: the sentence.
            at: index of the first token.
            first: text of the first token without a removed prefix.
        """
        for sign, meaning in self._by_first.get(tokens[at].text if first is None else first, ()):
            run = tokens[at + 1 : at + len(sign)]
            if len(run) < len(sign) - 1 or not all(map(_same, run, sign[1:])):
                continue
            if len(sign) > _DOTTED and run[-1].text == "." and at + len(sign) == len(tokens):
                continue  # the last dot is the full stop of the sentence
            yield meaning, len(sign)


def _same(token: Token, wanted: Token) -> bool:
    return token.text == wanted.text and token.spaced == wanted.spaced

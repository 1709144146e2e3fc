"""Parses written numbers: separators of either convention, and thousands separated by spaces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.text.core.tokens import Kind, Token

_GROUP = 3
_LONGEST = 16
"""Maximum digits of an integer that is read as one number."""
_MOST_JOINED = 6
"""Maximum number of parts examined in a run, so that a long one costs no more than a short one."""
_SPLIT = re.compile(r"([.,٬٫])")


@dataclass(frozen=True, slots=True)
class Number:
    """A parsed number."""

    whole: str
    """The digits before the decimal mark, without separators, leading zeros as written."""
    fraction: str = ""
    """The digits after it."""
    ambiguous: bool = False
    """One mark with three digits after it: read as thousands («12.500»), though it may be a decimal."""

    @property
    def value(self) -> int:
        """The integer part as a number."""
        return int(self.whole)

    def as_decimal(self) -> Number:
        """The other reading of an ambiguous number: 12.500 as twelve and a half."""
        if not self.ambiguous:
            return self
        return Number(self.whole[:-_GROUP], self.whole[-_GROUP:].rstrip("0"))


def parse(token_text: str) -> Number | None:
    """Parse the text of a NUMBER token.

    Returns:
        ``None`` if it is not a number: IP addresses, versions, dates with dots.

    >>> parse("1.250.000,5")
    Number(whole='1250000', fraction='5', ambiguous=False)
    >>> parse("12.500")
    Number(whole='12500', fraction='', ambiguous=True)
    >>> parse("43.20.1") is None
    True
    """
    first, *rest = _SPLIT.split(token_text)
    if len(token_text) > 2 * _LONGEST:
        return None
    if not rest:
        return Number(first) if len(first) <= _LONGEST else None
    marks, groups = rest[::2], rest[1::2]
    last = marks[-1]
    if len(set(marks)) > 1 or last == "٫":
        before = set(marks[:-1])
        whole = _joined(first, groups[:-1]) if len(before) <= 1 and last not in before else None
        return Number(whole, groups[-1]) if whole else None
    whole = _joined(first, groups)
    if len(groups) > 1 or last == "٬":
        return Number(whole) if whole else None
    if whole:
        return Number(whole, ambiguous=True)
    return Number(first, groups[0])


def number_at(tokens: Sequence[Token], at: int) -> tuple[Number, int] | None:
    """The number that starts at a token, and its number of tokens («15 000» has two)."""
    token = tokens[at]
    if token.kind is not Kind.NUMBER or (number := parse(token.text)) is None:
        return None
    end = at + 1
    if token.text == number.whole and len(token.text) <= _GROUP and token.text[0] != "0":
        whole = token.text
        while end < len(tokens) and len(whole) < _LONGEST and _is_group(tokens[end]):
            whole += tokens[end].text[:_GROUP]
            end += 1
            if len(tokens[end - 1].text) > _GROUP:  # «1 250,5»: the decimals are part of the last group
                return Number(whole, tokens[end - 1].text[_GROUP + 1 :]), end - at
        number = Number(whole)
    return number, end - at


def _joined(first: str, groups: Sequence[str]) -> str | None:
    """The digits of well-formed thousands, or ``None``."""
    if not groups:
        return first
    if not 0 < len(first) <= _GROUP or first[0] == "0" or any(len(group) != _GROUP for group in groups):
        return None
    return first + "".join(groups)


def _is_group(token: Token) -> bool:
    if token.kind is not Kind.NUMBER or not token.spaced:
        return False
    text = token.text
    return len(text) == _GROUP if text.isdecimal() else re.fullmatch(r"\d{3}[.,٫]\d{1,2}", text) is not None


def run_at(tokens: Sequence[Token], at: int, signs: str, *, spaced: bool = False) -> tuple[list[str], int]:
    """Integers joined by the same sign: ``12/3/2024``, ``4-3-3``, ``2019 - 2023``.

    Args:
        tokens: tokens of the sentence.
        at: index of the first number.
        signs: permitted joining signs.
        spaced: whether spaces may surround the sign.

    Returns:
        The digits of each number, and their total number of tokens; one number and 1 if nothing is joined,
        none and 0 if there is no number or the run is longer than any rule supports.
    """
    if not _is_whole(tokens, at):
        return [], 0
    found, end = [tokens[at].text], at + 1
    while end + 1 < len(tokens) and tokens[end].text in signs and _is_whole(tokens, end + 1):
        if len(found) == _MOST_JOINED:
            return [], 0
        if len(found) > 1 and tokens[end].text != tokens[at + 1].text:
            break
        if not spaced and (tokens[end].spaced or tokens[end + 1].spaced):
            break
        found.append(tokens[end + 1].text)
        end += 2
    return found, end - at


def whole_at(tokens: Sequence[Token], at: int) -> int | None:
    """The value of a short plain number token: no separators, sixteen digits at most."""
    return int(tokens[at].text) if _is_whole(tokens, at) and len(tokens[at].text) <= _LONGEST else None


def _is_whole(tokens: Sequence[Token], at: int) -> bool:
    return 0 <= at < len(tokens) and tokens[at].kind is Kind.NUMBER and tokens[at].text.isdecimal()

"""Numbers as they are written: separators of either convention, and thousands parted by spaces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.text.tokens import Kind, Token

_GROUP = 3
_SPLIT = re.compile(r"([.,٬٫])")


@dataclass(frozen=True, slots=True)
class Number:
    """A number taken apart."""

    whole: str
    """The digits before the decimal mark, without separators, leading zeros as written."""
    fraction: str = ""
    """The digits after it."""
    ambiguous: bool = False
    """One mark with three digits after it: read as thousands («12.500»), though it may be a decimal."""

    @property
    def value(self) -> int:
        """The whole part as a number."""
        return int(self.whole)

    def as_decimal(self) -> Number:
        """The other reading of an ambiguous number: 12.500 as twelve and a half."""
        if not self.ambiguous:
            return self
        return Number(self.whole[:-_GROUP], self.whole[-_GROUP:].rstrip("0"))


def parse(token_text: str) -> Number | None:
    """Take the text of a NUMBER token apart.

    Returns:
        ``None`` for what is no number: IP addresses, versions, dates with dots.

    >>> parse("1.250.000,5")
    Number(whole='1250000', fraction='5', ambiguous=False)
    >>> parse("12.500")
    Number(whole='12500', fraction='', ambiguous=True)
    >>> parse("43.20.1") is None
    True
    """
    first, *rest = _SPLIT.split(token_text)
    if not rest:
        return Number(first)
    marks, groups = rest[::2], rest[1::2]
    last = marks[-1]
    if len(set(marks)) > 1:
        whole = _joined(first, groups[:-1]) if len(set(marks[:-1])) == 1 and last not in marks[:-1] else None
        return Number(whole, groups[-1]) if whole else None
    if last == "٫":
        return Number(first, groups[0]) if len(groups) == 1 else None
    whole = _joined(first, groups)
    if len(groups) > 1 or last == "٬":
        return Number(whole) if whole else None
    if whole:
        return Number(whole, ambiguous=True)
    return Number(first, groups[0])


def number_at(tokens: Sequence[Token], at: int) -> tuple[Number, int] | None:
    """The number that starts at a token, and how many tokens it takes («15 000» takes two)."""
    token = tokens[at]
    if token.kind is not Kind.NUMBER or (number := parse(token.text)) is None:
        return None
    end = at + 1
    if token.text == number.whole and len(token.text) <= _GROUP and token.text[0] != "0":
        whole = token.text
        while end < len(tokens) and _is_group(tokens[end]):
            whole += tokens[end].text[:_GROUP]
            end += 1
            if len(tokens[end - 1].text) > _GROUP:  # «1 250,5»: the decimals came with the last group
                return Number(whole, tokens[end - 1].text[_GROUP + 1 :]), end - at
        number = Number(whole)
    return number, end - at


def _joined(first: str, groups: Sequence[str]) -> str | None:
    """The digits of well-formed thousands, or ``None``."""
    if not 0 < len(first) <= _GROUP or first[0] == "0" or any(len(group) != _GROUP for group in groups):
        return None
    return first + "".join(groups)


def _is_group(token: Token) -> bool:
    if token.kind is not Kind.NUMBER or not token.spaced:
        return False
    text = token.text
    return len(text) == _GROUP if text.isdecimal() else re.fullmatch(r"\d{3}[.,٫]\d{1,2}", text) is not None

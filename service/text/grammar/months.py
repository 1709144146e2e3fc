"""Month names by locale, and their recognition in text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from service.text.core.tokens import Kind, Token

_COLUMNS = {"ar-MA": 0, "ar-EG": 1, "ar-SA": 1, "ar-LB": 2, "ar-DZ": 3, "ar-TN": 3}
_HIJRI = "H"


def month_name(number: int, locale: str, *, hijri: bool = False) -> str:
    """The name of a month, after «من»; an unknown locale uses the Egyptian names.

    >>> month_name(11, "ar-MA"), month_name(11, "ar-LB"), month_name(8, "ar-TN")
    ('نونبر', 'تشرين الثاني', 'أوت')
    """
    if hijri:
        return re.sub("^ذو", "ذي", _table()[f"{_HIJRI}{number}"][0][0].replace("_", " "))
    return _table()[str(number)][_COLUMNS.get(locale, 1)][0].replace("_", " ")


def month_at(tokens: Sequence[Token], at: int, locale: str = "ar-MA") -> tuple[str, int, bool] | None:
    """The month written at a token.

    A pair of names for one month («فبراير/شباط») is one month: the locale's name if present.

    Returns:
        The name to say, its number of tokens, and whether it is a Hijri month.
    """
    found = _name_at(tokens, at)
    if found is None:
        return None
    key, length = found
    name = " ".join(token.text for token in tokens[at : at + length])
    after = at + length
    if after + 1 < len(tokens) and tokens[after].text in "/-–(":
        other = _name_at(tokens, after + 1)
        if other and other[0] == key and not key.startswith(_HIJRI):
            end = after + 1 + other[1]
            second = " ".join(token.text for token in tokens[after + 1 : end])
            if tokens[after].text == "(" and end < len(tokens) and tokens[end].text == ")":
                end += 1
            home = _table()[key][_COLUMNS.get(locale, 1)]
            chosen = (
                second if second.replace(" ", "_") in home and name.replace(" ", "_") not in home else name
            )
            return chosen, end - at, False
    return name, length, key.startswith(_HIJRI)


def begins_month(text: str) -> bool:
    """Whether a word may begin the name of a month."""
    return text in _first_words()


def _name_at(tokens: Sequence[Token], at: int) -> tuple[str, int] | None:
    if at >= len(tokens) or tokens[at].kind is not Kind.WORD:
        return None
    names = _names()
    if at + 1 < len(tokens) and (key := names.get(f"{tokens[at].text}_{tokens[at + 1].text}")):
        return key, 2
    key = names.get(tokens[at].text)
    return (key, 1) if key else None


@cache
def _first_words() -> frozenset[str]:
    return frozenset(name.partition("_")[0] for name in _names())


@cache
def _names() -> dict[str, str]:
    return {name: key for key, columns in _table().items() for column in columns for name in column}


@cache
def _table() -> dict[str, tuple[tuple[str, ...], ...]]:
    table: dict[str, tuple[tuple[str, ...], ...]] = {}
    for line in files("service.text.grammar").joinpath("months.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            key, *columns = line.split("\t")
            table[key] = tuple(tuple(column.split()) for column in columns)
    return table

"""Spoken signs: ± ≈ < > + × ÷ = & and those of ``symbols.tsv``.

Two places in the chain. :func:`rules` comes before the number rules: ±, ≈, × and comparisons, whose words
govern the number after them. :func:`leftovers` comes after the number rules, which handle 90+3 and fractions,
and after the Latin rules, which handle H&M: + ÷ = & and the signs that are only dropped.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from service.text.core.figures import parse
from service.text.core.rule_walker import starts_at
from service.text.core.tables import mapping, rows
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.grammar.numerals import cardinal, decimal

_COMPARISONS = {
    # sign: between two operands, before a single one
    ">": ("أكبر من", "أكثر من"),
    "<": ("أصغر من", "أقل من"),
    "≥": ("أكبر من أو يساوي", "لا يقل عن"),
    "≤": ("أصغر من أو يساوي", "لا يزيد على"),
}
_APPROXIMATE = frozenset("~≈∼≃≅～")
_GOVERNING = frozenset(sign for sign, _, where in rows("normalisation/symbols.tsv") if where == "before")
_TIMES = frozenset({"×", "✕", "✖", "*", "x", "X"})
_SUPERSCRIPTS = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_NAMED_POWERS = {2: "تربيع", 3: "تكعيب"}
_POWERS = {"²": "تربيع", "³": "تكعيب"}


def _text(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) else ""


def _is_number(tokens: Sequence[Token], at: int) -> bool:
    return 0 <= at < len(tokens) and tokens[at].kind is Kind.NUMBER


@starts_at(text=_COMPARISONS.__contains__)
def _comparison(tokens: Sequence[Token], at: int) -> Replacement | None:
    """< > ≤ ≥ before a number, also as <= and >=."""
    sign, length = tokens[at].text, 1
    if sign in "<>" and _text(tokens, at + 1) == "=" and not tokens[at + 1].spaced:
        sign, length = {"<": "≤", ">": "≥"}[sign], 2
    if not _is_number(tokens, at + length) and _text(tokens, at + length) not in {"$", "€", "-", "%"}:
        return None
    alone = not at or tokens[at - 1].kind not in {Kind.NUMBER, Kind.LATIN}
    return Replacement(length, _COMPARISONS[sign][alone])


@starts_at(text=_APPROXIMATE.__contains__)
def _approximate(tokens: Sequence[Token], at: int) -> Replacement | None:
    """~50, ≈ 50: نحو."""
    number = _is_number(tokens, at + 1) or _text(tokens, at + 1) in {"$", "€", "£"}
    return Replacement(1, "نحو" if number else "")


@starts_at(text="±".__eq__)
def _plus_minus(_tokens: Sequence[Token], _at: int) -> Replacement | None:
    return Replacement(1, "زائد أو ناقص")


@starts_at(text=_TIMES.__contains__)
def _times(tokens: Sequence[Token], at: int) -> Replacement | None:
    """5 × 3 is «ضرب»; 10×20 and 4x4, measures, are «في»."""
    if not 0 < at < len(tokens) - 1:
        return None
    if not _is_number(tokens, at - 1) or not _is_number(tokens, at + 1):
        return None
    return Replacement(1, "ضرب" if tokens[at].spaced and tokens[at].kind is Kind.SYMBOL else "في")


@starts_at(Kind.NUMBER)
def _mantissa(tokens: Sequence[Token], at: int) -> Replacement | None:
    """The 1.496 of 1.496×10⁸ is a decimal, although it might be thousands elsewhere."""
    after = [token.text for token in tokens[at + 1 : at + 3]]
    if after[:1] not in (["×"], ["x"]) or after[1:] != ["10"]:
        return None
    if _text(tokens, at + 3) != "أس" and _text(tokens, at + 3)[:1] not in _SUPERSCRIPTS:
        return None
    number = parse(tokens[at].text)
    if number is None or not (number.as_decimal().fraction):
        return None
    number = number.as_decimal()
    return Replacement(2, f"{decimal(number.whole, number.fraction)} في")


@starts_at(text=".".__eq__)
def _point(tokens: Sequence[Token], at: int) -> Replacement | None:
    """The point of BA.5, a name."""
    inside = 0 < at < len(tokens) - 1 and not tokens[at].spaced and not tokens[at + 1].spaced
    if not inside or tokens[at + 1].kind is not Kind.NUMBER:
        return None
    return Replacement(1, "نقطة") if tokens[at - 1].kind is Kind.LATIN else None


@starts_at(text="^".__eq__)
def _caret(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«10^6», «x^2», «10^-3»: a power."""
    if not at or tokens[at].spaced or tokens[at - 1].kind not in {Kind.NUMBER, Kind.LATIN}:
        return None
    minus = _text(tokens, at + 1) in {"-", "−"}
    exponent = parse(_text(tokens, at + 1 + minus)) if _is_number(tokens, at + 1 + minus) else None
    if exponent is None or exponent.fraction or tokens[at + 1].spaced:
        return None
    named = "" if minus or tokens[at - 1].text == "10" else _NAMED_POWERS.get(exponent.value, "")
    power = f"أس {'ناقص ' * minus}{cardinal(exponent.value)}"
    return Replacement(2 + minus, named or power)


@starts_at(text="&".__eq__)
def _ampersand(tokens: Sequence[Token], at: int) -> Replacement | None:
    """& as the conjunction, joined to the word after it."""
    if at + 1 < len(tokens) and tokens[at + 1].kind is Kind.WORD:
        return Replacement(2, "و" + tokens[at + 1].text)
    return Replacement(1, "و" if at + 1 < len(tokens) else "")


@starts_at(Kind.SYMBOL, text=mapping("normalisation/symbols.tsv").__contains__)
def _said_sign(tokens: Sequence[Token], at: int) -> Replacement | None:
    """A sign with a name in ``symbols.tsv``; + = ÷ not at the end."""
    if at + 1 == len(tokens) and tokens[at].text in "+=÷":
        return None
    return Replacement(1, mapping("normalisation/symbols.tsv")[tokens[at].text])


@starts_at(Kind.SYMBOL, text=_GOVERNING.__contains__)
def _governing_sign(tokens: Sequence[Token], at: int) -> Replacement | None:
    """A sign whose word governs the number after it: √2, 10 ÷ 2, № 5, § 5; not said twice: «المادة § 5»."""
    answer = _said_sign(tokens, at)
    before = tokens[at - 1].text if at else ""
    return Replacement(1, "") if answer and answer.words in (before, before[1:]) else answer


@starts_at(text=_POWERS.__contains__)
def _power(tokens: Sequence[Token], at: int) -> Replacement | None:
    """5²: تربيع."""
    return Replacement(1, _POWERS[tokens[at].text])


@starts_at(Kind.SYMBOL)
def _emoji(tokens: Sequence[Token], at: int) -> Replacement | None:
    """Emoji, dingbats and other pictographs: dropped."""
    end = at
    while end < len(tokens) and tokens[end].kind is Kind.SYMBOL and _is_picture(tokens[end].text):
        end += 1
    return Replacement(end - at, "") if end > at else None


def _is_picture(sign: str) -> bool:
    return sign not in mapping("normalisation/symbols.tsv") and unicodedata.category(sign) in {
        "So",
        "Sk",
        "Mn",
        "Me",
        "Cn",
        "Co",
    }


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After ``lists``, before ``codes`` and all number rules."""
    return (
        ("comparison", _comparison),
        ("approximation", _approximate),
        ("plus or minus", _plus_minus),
        ("mantissa", _mantissa),
        ("times", _times),
        ("point in a name", _point),
        ("power in digits", _caret),
        ("governing sign", _governing_sign),
    )


def leftovers(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After all number and Latin rules, before punctuation."""
    return (
        ("ampersand", _ampersand),
        ("power", _power),
        ("sign", _said_sign),
        ("emoji", _emoji),
    )

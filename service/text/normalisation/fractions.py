"""Fractions: «2/3», «½», «3½ ساعات», «ثمن النهائي» written 1/8.

>>> from service.text.core.tokens import tokenise, written
>>> from service.text.core.rule_walker import apply
>>> def say(text):
...     return written(apply("", fraction, list(tokenise(text)))[0])
>>> say("2/3 السكان"), say("نحو 3/4"), say("بعد 3½ ساعات"), say("7/12")
('ثلثا السكان', 'نحو ثلاثة أرباع', 'بعد ثلاث ساعات ونصف', 'سبعة على اثني عشر')
"""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import decomposition

from service.text.core.figures import run_at, whole_at
from service.text.core.rule_walker import starts_at
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.grammar.governors import case_at
from service.text.grammar.grammar import Case
from service.text.grammar.measures import counted as measured
from service.text.grammar.nouns import known
from service.text.grammar.numerals import cardinal
from service.text.normalisation.counted import counted
from service.text.normalisation.units import unit_at

_ONE = ("", "", "نصف", "ثلث", "ربع", "خمس", "سدس", "سبع", "ثمن", "تسع", "عشر")
_MANY = ("", "", "أنصاف", "أثلاث", "أرباع", "أخماس", "أسداس", "أسباع", "أثمان", "أتساع", "أعشار")
_IDIOMS = {
    (24, 7): "على مدار الساعة طوال أيام الأسبوع",
    (7, 7): "طوال أيام الأسبوع",
    (24, 24): "على مدار الساعة",
}
_LONGEST = 2
_TWO = 2


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After dates and years, which also use the slash."""
    return (("fraction", fraction),)


@starts_at(Kind.NUMBER, Kind.SYMBOL)
def fraction(tokens: Sequence[Token], at: int) -> Replacement | None:
    """A fraction, alone or after a whole number."""
    whole = whole_at(tokens, at)
    if whole is not None and at + 1 < len(tokens):
        parts, length = _parts(tokens, at + 1)
        if parts and (tokens[at + 1].kind is Kind.SYMBOL or _is_proper(*parts)) and whole:
            return _mixed(tokens, at, whole, parts, 1 + length)
    parts, length = _parts(tokens, at)
    if parts is None:
        return None
    if parts in _IDIOMS and tokens[at].kind is Kind.NUMBER:
        return Replacement(length, _IDIOMS[parts])
    case = case_at(tokens, at)
    if not _is_proper(*parts):
        over = cardinal(parts[1], case=Case.GENITIVE)
        return Replacement(length, f"{cardinal(parts[0], case=case)} على {over}")
    return Replacement(length, say(*parts, case=case, construct=_second_term(tokens, at + length)))


def say(over: int, under: int, *, case: Case, construct: bool = False) -> str:
    """A proper fraction up to tenths.

    >>> say(2, 3, case=Case.GENITIVE), say(1, 2, case=Case.ACCUSATIVE)
    ('ثلثين', 'نصفا')
    """
    one = _ONE[under]
    if over == 1:
        return one + ("ا" if case is Case.ACCUSATIVE and not construct else "")
    if over == _TWO:
        ending = "ا" if case is Case.NOMINATIVE else "ي"
        return one + ending + ("" if construct else "ن")
    return f"{cardinal(over, case=case, construct=True)} {_MANY[under]}"


def _mixed(tokens: Sequence[Token], at: int, whole: int, parts: tuple[int, int], length: int) -> Replacement:
    """«3½ ساعات»: the noun goes with the whole number, the fraction after it."""
    case = case_at(tokens, at)
    after = at + length
    rest = say(*parts, case=case) if _is_proper(*parts) else ""
    if rest and after < len(tokens) and tokens[after].kind in (Kind.WORD, Kind.LATIN):
        found = unit_at(tokens, after)
        if found and not known(tokens[after].text):
            measure, more = found
            number = measure.one(case) if whole == 1 else measured(whole, measure, case)
            return Replacement(length + more, f"{number} و{rest}")
    if after < len(tokens) and tokens[after].kind is Kind.WORD and (options := known(tokens[after].text)):
        noun = options[0][0]
        number = noun.one(case) if whole == 1 else counted(whole, noun, case=case)
        return Replacement(length + 1, f"{number} و{rest}")
    return Replacement(length, f"{cardinal(whole, case=case)} و{rest}")


def _parts(tokens: Sequence[Token], at: int) -> tuple[tuple[int, int] | None, int]:
    """Numerator and denominator at a token, and their number of tokens."""
    token = tokens[at]
    if token.kind is Kind.SYMBOL:
        told = decomposition(token.text) if len(token.text) == 1 else ""
        if not told.startswith("<fraction>"):
            return None, 0
        over, _, under = "".join(chr(int(code, 16)) for code in told.split()[1:]).partition("⁄")
        return ((int(over), int(under)), 1) if over and under else (None, 0)
    found, length = run_at(tokens, at, "/⁄")
    if len(found) != _TWO or any(len(part) > _LONGEST for part in found) or not int(found[1]):
        return None, 0
    return (int(found[0]), int(found[1])), length


def _is_proper(over: int, under: int) -> bool:
    return 0 < over < under < len(_ONE)


def _second_term(tokens: Sequence[Token], at: int) -> bool:
    """Whether a noun follows in iḍāfa: «ثلثا السكان», «نصف نهائي»."""
    if at >= len(tokens) or tokens[at].kind is not Kind.WORD:
        return False
    word = tokens[at].text
    return word.startswith("ال") or bool(known(word)) or word == "نهائي"

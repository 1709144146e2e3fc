"""A quantity before or after its unit sign: a plus or minus sign, a number or a range, a scale word.

``money``, ``units`` and ``percent`` parse and verbalise their numbers here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.text.core.figures import Number, number_at
from service.text.core.tables import mapping
from service.text.core.tokens import Kind, Token
from service.text.grammar.governors import case_at
from service.text.grammar.grammar import Case, Gender
from service.text.grammar.measures import Measure, counted
from service.text.grammar.numerals import LIMIT, cardinal, deciding, decimal
from service.text.grammar.prefixes import prefix

DASHES = frozenset("-–—−‐‑")
_JOINTS = DASHES | {"/", ":"}
_SIGNS = {"-": "ناقص", "−": "ناقص", "–": "ناقص", "+": "زائد"}
_RANGES = {**dict.fromkeys(DASHES, "إلى"), "إلى": "إلى", "الى": "إلى", "أو": "أو", "و": "و"}
_SCALES = {10**3: "ألف", 10**6: "مليون", 10**9: "مليار", 10**12: "تريليون"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number to be read before a noun."""

    number: Number
    length: int
    """In tokens."""
    sign: str = ""
    """ناقص or زائد."""
    low: Number | None = None
    """The lower end of a range."""
    between: str = ""
    """The word between the ends of a range: إلى, أو; و after بين."""
    dashed: bool = False
    """Whether a dash separates them, so that «من» may be missing."""
    scale: int = 1
    scale_word: str = ""
    """As written in Arabic (3.5 مليون, 3.5 ملايين); empty for a Latin one."""

    def said(self, measure: Measure, case: Case) -> str:
        """The quantity with its noun."""
        gender = measure.gender if self.scale == 1 else Gender.MASCULINE
        case, before = self._before(gender, case)
        return f"{before}{self._with(measure, case)}"

    def alone(self, case: Case) -> str:
        """The quantity as a bare number."""
        case, before = self._before(Gender.MASCULINE, case)
        return f"{before}{_plain(self.number, Gender.MASCULINE, case)}"

    def numeral(self, gender: Gender, case: Case) -> str:
        """The number alone, in the form that its noun requires."""
        return _plain(self.number, gender, case)

    def _before(self, gender: Gender, case: Case) -> tuple[Case, str]:
        """The sign and the lower end, and the case that they assign to the number."""
        sign = f"{self.sign} " if self.sign else ""
        if self.low is None:
            return case, sign
        if self.between in {"أو", "و"}:
            return case, f"{sign}{_plain(self.low, gender, case)} {self.between}" + " " * (
                self.between == "أو"
            )
        opening = "من " if self.dashed and case is not Case.GENITIVE else ""
        return Case.GENITIVE, f"{sign}{opening}{_plain(self.low, gender, Case.GENITIVE)} إلى "

    def _with(self, measure: Measure, case: Case) -> str:
        number = self.number
        if number.fraction:
            if self.scale == 1:
                words = decimal(
                    number.whole, number.fraction, gender=measure.gender, case=case, counting=True
                )
                return f"{words} {measure.after(deciding(number.fraction))}"
            words = decimal(number.whole, number.fraction, case=case)
            return f"{words} {self.scale_word or _SCALES[self.scale]} {measure.one(Case.GENITIVE)}"
        value = number.value * self.scale
        if value > LIMIT:
            return f"{_plain(number, Gender.MASCULINE, case)} {measure.one(Case.GENITIVE)}"
        return counted(value, measure, case)


def quantity_at(tokens: Sequence[Token], at: int, *, latin: bool = False) -> Quantity | None:
    """The quantity that starts at a token: a sign that touches its number, or a number.

    Args:
        tokens: the sentence.
        at: index of the first token.
        latin: whether a scale word may be Latin, as in $5m; beside a unit it would be metres.
    """
    found = signed(tokens, at)
    if found is None:
        return None
    sign, number, length = found
    return _scaled(_ranged(Quantity(number, length, sign), tokens, at), tokens, at, latin=latin)


def signed(tokens: Sequence[Token], at: int) -> tuple[str, Number, int] | None:
    """A number with the sign that touches it: the sign in words, the number, their number of tokens."""
    sign = ""
    start = at
    if tokens[at].kind is not Kind.NUMBER:
        sign = _SIGNS.get(tokens[at].text, "")
        start += 1
        if not sign or start == len(tokens) or tokens[start].spaced or not _free(tokens, at):
            return None
    found = None if not sign and _continued(tokens, start) else number_at(tokens, start)
    if found is None:
        return None
    number, length = found
    if number.fraction == "00":
        number = Number(number.whole)  # 3,00 is a way to write 3
    return sign, number, start + length - at


def case_of(tokens: Sequence[Token], at: int) -> Case:
    """The case of a quantity; a separate article (الـ20%) passes on the case of its governor."""
    if at and tokens[at - 1].text.rstrip("ـ") == "ال":
        return case_at(tokens, at - 1)
    return case_at(tokens, at)


def _free(tokens: Sequence[Token], at: int) -> bool:
    """Whether only a prefix touches the sign from before, so that it is not a dash between two numbers."""
    if at == 0 or tokens[at].spaced:
        return True
    return tokens[at - 1].kind is Kind.PUNCTUATION or prefix(tokens[at - 1]) is not None


def _continued(tokens: Sequence[Token], at: int) -> bool:
    """Whether it is the second part of 1/2, 10:30 or 12-5, which is not a separate number."""
    joined = at > 1 and not tokens[at].spaced and not tokens[at - 1].spaced
    return joined and tokens[at - 1].text in _JOINTS and tokens[at - 2].kind is Kind.NUMBER


def _ranged(quantity: Quantity, tokens: Sequence[Token], at: int) -> Quantity:
    middle = at + quantity.length
    if middle + 1 >= len(tokens) or tokens[middle].text not in _RANGES:
        return quantity
    found = number_at(tokens, middle + 1)
    if found is None or (
        tokens[middle].text in DASHES and tokens[middle].spaced != tokens[middle + 1].spaced
    ):
        return quantity
    high, length = found
    between = _RANGES[tokens[middle].text]
    if tokens[middle].text in DASHES and at and tokens[at - 1].text.endswith("بين"):
        between = "و"
    elif between == "و" and (tokens[middle + 1].spaced or not at or not tokens[at - 1].text.endswith("بين")):
        return quantity
    if between != "أو" and high.value < quantity.number.value:
        return quantity  # a score, a code, a date
    return replace(
        quantity,
        number=high,
        low=quantity.number,
        between=between,
        dashed=tokens[middle].text in DASHES,
        length=quantity.length + 1 + length,
    )


def _scaled(quantity: Quantity, tokens: Sequence[Token], at: int, *, latin: bool) -> Quantity:
    end = at + quantity.length
    if end == len(tokens):
        return quantity
    scale = mapping("normalisation/scales.tsv").get(tokens[end].text)
    if scale is None or (tokens[end].kind is Kind.LATIN and not latin):
        return quantity
    word = tokens[end].text if tokens[end].kind is Kind.WORD else ""
    return replace(quantity, scale=int(scale), scale_word=word, length=quantity.length + 1)


def _plain(number: Number, gender: Gender, case: Case) -> str:
    if number.fraction:
        return decimal(number.whole, number.fraction, gender=gender, case=case)
    return cardinal(number.value, gender=gender, case=case)

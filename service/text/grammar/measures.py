"""Units and currencies: a noun with its adjective and its complement, in the form that a number requires.

Wright, II §§ 96-103: after 3 to 10 the plural in the genitive, after 11 to 99 the singular in the
accusative, after hundreds and thousands the singular in the genitive; a plural of things takes its
adjective in the feminine singular.
"""

from __future__ import annotations

from dataclasses import dataclass

from service.text.core.spelling import joined
from service.text.grammar.grammar import Case, Gender
from service.text.grammar.numerals import cardinal

_FEW = range(3, 11)
_TWO = 2
_SHADDA = "\u0651"
_TANWIN_ON_SHADDA = "\u064bا"
"""On a vowelled adjective: لِيبِيًّا."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit or a currency."""

    singular: str
    plural: str
    """The same as the singular for a loanword that is never inflected (يورو, ميغاواط)."""
    gender: Gender
    adjective: str = ""
    """Masculine singular: مربع, مئوي, مغربي."""
    tail: str = ""
    """An invariable complement: في الساعة."""

    def one(self, case: Case) -> str:
        """The singular without a numeral.

        >>> Measure("متر", "أمتار", Gender.MASCULINE, "مربع").one(Case.ACCUSATIVE)
        'مترا مربعا'
        """
        feminine = self.gender is Gender.FEMININE
        tanwin = "ا" if case is Case.ACCUSATIVE else ""
        noun_tanwin = "" if self._bare else tanwin
        written = _TANWIN_ON_SHADDA if self.adjective.endswith(_SHADDA) else "ا"
        ending = "ة" if feminine else written if tanwin else ""
        adjective = self.adjective + ending if self.adjective else ""
        return self._said(self.singular + noun_tanwin, adjective)

    def two(self, case: Case) -> str:
        """The dual.

        >>> Measure("درجة", "درجات", Gender.FEMININE, "مئوي").two(Case.NOMINATIVE)
        'درجتان مئويتان'
        """
        if self.singular == self.plural:
            return f"{cardinal(_TWO, gender=self.gender, case=case)} {self.one(Case.NOMINATIVE)}"
        ending = "ان" if case is Case.NOMINATIVE else "ين"
        noun = self.singular[:-1] + "ت" if self.singular.endswith("ة") else self.singular
        fem = "ت" if self.gender is Gender.FEMININE else ""
        return self._said(noun + ending, self.adjective + fem + ending if self.adjective else "")

    def many(self) -> str:
        """The plural after 3 to 10."""
        if self.singular == self.plural:
            return self.one(Case.NOMINATIVE)
        return self._said(self.plural, self.adjective + "ة" if self.adjective else "")

    def each(self) -> str:
        """As the unit of a price: للمتر المكعب.

        >>> Measure("متر", "أمتار", Gender.MASCULINE, "مكعب").each()
        'للمتر المكعب'
        """
        ending = "ة" if self.gender is Gender.FEMININE else ""
        return self._said(
            joined("ل", f"ال{self.singular}"), f"ال{self.adjective}{ending}" if self.adjective else ""
        )

    def after(self, number: int) -> str:
        """The form after a spoken numeral; after decimals that of their fraction."""
        last = number % 100
        if last in _FEW:
            return self.many()
        return self.one(Case.ACCUSATIVE if last > max(_FEW) else Case.GENITIVE)

    @property
    def _bare(self) -> bool:
        """Whether no tanwīn is written on it."""
        return self.singular == self.plural or self.singular.endswith(("ة", "ا", "ى", "و"))

    def _said(self, *words: str) -> str:
        return " ".join(filter(None, (*words, self.tail)))


def counted(number: int, measure: Measure, case: Case) -> str:
    """An integer with its measure.

    >>> pounds = Measure("جنيه", "جنيهات", Gender.MASCULINE)
    >>> counted(3, pounds, Case.NOMINATIVE), counted(12, pounds, Case.GENITIVE)
    ('ثلاثة جنيهات', 'اثني عشر جنيها')
    >>> counted(102, pounds, Case.GENITIVE)
    'مئة جنيه وجنيهين'
    """
    above, last = number - number % 100, number % 100
    if last in {1, _TWO}:
        small = measure.one(case) if last == 1 else measure.two(case)
        if above:
            plain = Measure(measure.singular, measure.plural, measure.gender)
            return f"{counted(above, plain, case)} و{small}"
        return f"{small} {cardinal(1, gender=measure.gender, case=case)}" if last == 1 else small
    numeral = cardinal(number, gender=measure.gender, case=case, construct=last == 0 or last in _FEW)
    return f"{numeral} {measure.after(number)}"

"""Pages, parts and editions by their number: الصفحة الثانية عشرة, الصفحات من الثالثة إلى الخامسة."""

from __future__ import annotations

from collections.abc import Sequence

from service.text.core.figures import whole_at
from service.text.core.tokens import Replacement, Token
from service.text.grammar.grammar import Case, Gender
from service.text.grammar.numerals import cardinal, ordinal
from service.text.normalisation.quantities import DASHES

_CARDINAL_FROM = 100
_PLURALS = {"الصفحة": "الصفحات", "الجزء": "الأجزاء"}


def cite(tokens: Sequence[Token], place: tuple[int, int], noun: str, gender: Gender) -> Replacement:
    """A cited page or part.

    Args:
        tokens: the sentence.
        place: start and end of the abbreviation; its number follows.
        noun: its expansion, with the article.
        gender: of the noun.
    """
    start, end = place
    first = whole_at(tokens, end)
    if first is None:
        return Replacement(end - start, noun)
    last = whole_at(tokens, end + 2) if end + 1 < len(tokens) and tokens[end + 1].text in DASHES else None
    if last is None or last <= first:
        return Replacement(end + 1 - start, f"{_singular(noun)} {_rank(first, gender, Case.NOMINATIVE)}")
    ends = " إلى ".join(_rank(number, gender, Case.GENITIVE) for number in (first, last))
    return Replacement(end + 3 - start, f"{_PLURALS.get(noun, noun)} من {ends}")


def _singular(noun: str) -> str:
    return next((one for one, many in _PLURALS.items() if many == noun), noun)


def _rank(number: int, gender: Gender, case: Case) -> str:
    """An ordinal; from a hundred on a cardinal, as in spoken «الصفحة مئتان»."""
    if number < _CARDINAL_FROM:
        return ordinal(number, gender=gender, case=case)
    return cardinal(number, gender=gender, case=case)

"""Numbers with an article: «الدورة الـ79» ranks, «الدول الـ27» and «الـ48 ساعة» count.

After a definite singular noun it is an ordinal, after a plural a cardinal; gender and case are the noun's.

>>> from service.text.tokens import apply, tokenise, written
>>> def say(text):
...     return written(apply("", definite, list(tokenise(text)))[0])
>>> say("الذكرى الـ50"), say("الدول الـ27"), say("للمرة الـ3"), say("مجموعة الـ20")
('الذكرى الخمسون', 'الدول السبع والعشرون', 'للمرة الثالثة', 'مجموعة العشرين')
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.text.figures import whole_at
from service.text.governors import case_at
from service.text.grammar import Case, Gender
from service.text.nouns import Form, Noun, known, noun
from service.text.numerals import cardinal, ordinal
from service.text.ordinals import DEFINITE, bare, is_ranked, noun_case, noun_next
from service.text.tokens import Kind, Replacement, Rule, Token

_ARTICLE = re.compile(r"(?P<clitic>[وف]?[بك]?)(?:ال|(?P<to>لل))ـ*")


_FEW = 10
"""«مجموعة السبع» counts states; «مجموعة العشرين» shows no gender."""


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After dates and decades («سنوات الـ90»), before counted nouns."""
    return (("article", definite),)


def definite(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«الـ79»: an ordinal after a singular noun, else a cardinal with its article."""
    article = _ARTICLE.fullmatch(tokens[at].text)
    n = whole_at(tokens, at + 1) if article else None
    if article is None or n is None or not n:
        return None
    case = Case.GENITIVE if article["to"] or article["clitic"][-1:] in ("ب", "ك") else None
    prefix = article["clitic"]
    if [token.text for token in tokens[at + 2 : at + 3]] == ["من"] and _is_age(tokens, at + 3):
        rank = ordinal(n, gender=Gender.FEMININE, case=case or noun_case(tokens, at))
        return Replacement(2, prefix + rank)
    counted_noun = noun_next(tokens, at + 2)
    before = tokens[at - 1].text if at and tokens[at - 1].kind is Kind.WORD else ""
    if counted_noun:
        words = _the(n, counted_noun.gender, case or noun_case(tokens, at))
    elif before and DEFINITE.fullmatch(before) and not prefix and not article["to"]:
        words = _after_definite(tokens, at, n)
    else:
        gender = Gender.FEMININE if before == "مجموعة" and n <= _FEW else Gender.MASCULINE
        words = _the(n, gender, case or noun_case(tokens, at))
    if article["to"]:
        words = "لل" + words.removeprefix("ال")
    return Replacement(2, prefix + words)


def _the(n: int, gender: Gender, case: Case) -> str:
    """A cardinal with its article: on both parts of «الخمسة والعشرون», on the first of «الخمسة عشر»."""
    if case is Case.ACCUSATIVE:
        case = Case.GENITIVE  # the same letters, without the alif of tanwīn
    first, *others = cardinal(n, gender=gender, case=case).split(" و")
    return " و".join("ال" + ("ثماني" if part == "ثمان" else part) for part in (first, *others))


def _after_definite(tokens: Sequence[Token], at: int, n: int) -> str:
    place = at - 1
    while place > 0 and DEFINITE.fullmatch(tokens[place].text) and DEFINITE.fullmatch(tokens[place - 1].text):
        place -= 1
    word = bare(tokens[place].text)
    case = noun_case(tokens, place)
    readings = known(word)
    head = readings[0][0] if readings else noun(word)
    gender = head.gender if head else Gender.MASCULINE
    plural = any(form is Form.PLURAL for _, form in readings) or (
        not readings and word.endswith(("ات", "ين", "ون"))
    )
    if not plural and (owner := _owner(tokens, place)):
        return _the(n, owner.gender, case_at(tokens, place - 1))
    return _the(n, gender, case) if plural else ordinal(n, gender=gender, case=case)


def _owner(tokens: Sequence[Token], at: int) -> Noun | None:
    """The plural before a definite noun that is not ranked itself: «دول الاتحاد الـ27»."""
    if not at or is_ranked(bare(tokens[at].text)):
        return None
    return next((what for what, form in known(tokens[at - 1].text) if form is Form.PLURAL), None)


def _is_age(tokens: Sequence[Token], at: int) -> bool:
    """«في الـ18 من عمرها»: the year of a life, feminine."""
    return at < len(tokens) and tokens[at].text in ("عمره", "عمرها", "العمر", "عمرهم", "عمري")

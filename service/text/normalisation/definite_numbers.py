"""Numbers with an article: ordinal in «الدورة الـ79», cardinal in «الدول الـ27» and «الـ48 ساعة».

After a definite singular noun it is an ordinal, after a plural a cardinal; gender and case are the noun's.

>>> from service.text.core.tokens import tokenise, written
>>> from service.text.core.rule_walker import apply
>>> def say(text):
...     return written(apply("", definite, list(tokenise(text)))[0])
>>> say("الذكرى الـ50"), say("الدول الـ27"), say("للمرة الـ3"), say("مجموعة الـ20")
('الذكرى الخمسون', 'الدول السبع والعشرون', 'للمرة الثالثة', 'مجموعة العشرين')
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.text.core.figures import whole_at
from service.text.core.rule_walker import starts_at
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.core.wordlists import words
from service.text.grammar.eras import ERAS, era
from service.text.grammar.governors import case_at, conjoined
from service.text.grammar.grammar import Case, Gender
from service.text.grammar.nouns import Form, Noun, known, noun
from service.text.grammar.numerals import cardinal, ordinal
from service.text.normalisation.ordinals import DEFINITE, bare, is_ranked, noun_case, noun_next

_ARTICLE = re.compile(r"(?P<clitic>[وف]?[بك]?)(?:ال|(?P<to>لل))ـ*")


_AGES = frozenset({"عمره", "عمرها", "العمر", "عمرهم", "عمري", "سن", "بسن"})
_OWNER = re.compile(r"(?:ه|ها|هم)$")
_LIST = 12
_FEW = 10
"""«مجموعة السبع» counts states; «مجموعة العشرين» shows no gender."""


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After dates and decades («سنوات الـ90»), before counted nouns."""
    return (("article", definite), ("number amid", amid))


@starts_at(text=_ARTICLE.fullmatch)
def definite(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«الـ79»: an ordinal after a singular noun, else a cardinal with its article."""
    article = _ARTICLE.fullmatch(tokens[at].text)
    n = whole_at(tokens, at + 1) if article else None
    if article is None or not n:
        return None
    prefix = article["clitic"]
    if article["to"] or prefix.endswith(("ب", "ك")):
        said = _alone(tokens, at, n, Case.GENITIVE)
    elif (place := _head(tokens, at, n)) is not None:
        said = _after_definite(tokens, place, n)
        if bare(tokens[place].text) == "قرن" and (age := era(tokens, at + 2))[1]:
            return Replacement(2 + age[1], f"{prefix}{said} {ERAS.get(age[0], age[0])}")
    elif (place := _possessed(tokens, at)) is not None:
        said = _after_definite(tokens, place, n)
    else:
        said = _alone(tokens, at, n, conjoined(tokens, at) if prefix else noun_case(tokens, at))
    if article["to"]:
        said = "لل" + said.removeprefix("ال")
    return Replacement(2, prefix + said)


@starts_at(Kind.NUMBER)
def amid(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«الأيام 3 الأولى», «في 7 من عمره»: a number that takes the article of what stands around it."""
    n = whole_at(tokens, at)
    if not n or not at or at + 1 >= len(tokens):
        return None
    if tokens[at - 1].text == "في" and tokens[at + 1].text == "من" and _is_age(tokens, at - 1):
        return Replacement(1, ordinal(n, gender=Gender.FEMININE, case=Case.GENITIVE))
    if not DEFINITE.fullmatch(tokens[at + 1].text):
        return None
    if not DEFINITE.fullmatch(tokens[at - 1].text):
        return None
    what = next((what for what, form in known(bare(tokens[at - 1].text)) if form is Form.PLURAL), None)
    return Replacement(1, _the(n, what.gender, noun_case(tokens, at - 1))) if what else None


def _alone(tokens: Sequence[Token], at: int, n: int, case: Case) -> str:
    """A number with an article and without a definite head noun."""
    before = tokens[at - 1].text if at else ""
    if _is_age(tokens, at):
        return ordinal(n, gender=Gender.FEMININE, case=case)
    if before in words("normalisation/kings"):
        return ordinal(n, gender=Gender.MASCULINE, case=case)
    counted_noun = noun_next(tokens, at + 2, n)
    if counted_noun:
        return _the(n, counted_noun.gender, case)
    return _the(n, Gender.FEMININE if before == "مجموعة" and n <= _FEW else Gender.MASCULINE, case)


def _head(tokens: Sequence[Token], at: int, n: int) -> int | None:
    """The definite noun that the number follows, also over «الـ3 و» in a pair."""
    back = at - 1
    for _ in range(_LIST):
        if back < 1 or (tokens[back].kind is not Kind.NUMBER and tokens[back].text != "و"):
            break
        back -= 2 if tokens[back].kind is Kind.NUMBER else 1
    if back < 0 or tokens[back].kind is not Kind.WORD or noun_next(tokens, at + 2, n):
        return None
    return back if DEFINITE.fullmatch(tokens[back].text) else None


def _the(n: int, gender: Gender, case: Case) -> str:
    """A cardinal with its article: on both parts of «الخمسة والعشرون», on the first of «الخمسة عشر»."""
    if case is Case.ACCUSATIVE:
        case = Case.GENITIVE  # the same letters, without the alif of tanwīn
    first, *others = cardinal(n, gender=gender, case=case).split(" و")
    return " و".join("ال" + ("ثماني" if part == "ثمان" else part) for part in (first, *others))


def _possessed(tokens: Sequence[Token], at: int) -> int | None:
    """The noun made definite by a possessive: «عامه الـ20», «عيد ميلاده الـ70»."""
    if not at or not tokens[at - 1].text.endswith(("ه", "ها", "هم")) or noun_next(tokens, at + 2, 1):
        return None
    for place in (at - 2, at - 1):
        word = tokens[place].text if place >= 0 else ""
        stem = _OWNER.sub("", word) if place == at - 1 else word
        if any(form is Form.SINGULAR for _, form in _owned(stem) or _owned(stem[1:])):
            return place
    return None


def _stands_alone(word: str) -> bool:
    """Whether a word is no adjective of a noun before it: it is a ranked noun, or a plural."""
    return is_ranked(word) or any(form is Form.PLURAL for _, form in known(word))


def _owned(word: str) -> tuple[tuple[Noun, Form], ...]:
    """The readings of a noun, also without its possessive suffix: «نسخت» of «نسختها»."""
    return known(word) or known(re.sub("ت$", "ة", word))


def _after_definite(tokens: Sequence[Token], place: int, n: int) -> str:
    while (
        place > 0
        and not _stands_alone(bare(tokens[place].text))
        and DEFINITE.fullmatch(tokens[place].text)
        and DEFINITE.fullmatch(tokens[place - 1].text)
    ):
        place -= 1
    word = tokens[place].text
    readings = next(
        filter(None, map(_owned, (bare(word), _OWNER.sub("", word), _OWNER.sub("", word[1:])))), ()
    )
    case = noun_case(tokens, place)
    if not DEFINITE.fullmatch(word) and word[0] in "بلك" and not _owned(_OWNER.sub("", word)):
        case = Case.GENITIVE
    word = bare(word)
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
    """«في الـ18 من عمرها», «سن الـ18»: an age, which is feminine."""
    texts = [token.text for token in tokens[at + 2 : at + 4]]
    return (texts[:1] == ["من"] and texts[-1] in _AGES) or (bool(at) and tokens[at - 1].text in _AGES)

"""Numbers that rank: «المادة 12», «الدورة الـ79», «القرن XXI», «محمد VI»; and numbers with an article.

A number after a definite singular noun ranks («الذكرى الـ50»), after a plural it counts («الدول الـ27»).
The case is that of the noun, the gender too.

>>> from service.text.tokens import apply, tokenise, written
>>> def say(text):
...     tokens = list(tokenise(text))
...     for name, rule in rules("ar-MA"):
...         tokens, _ = apply(name, rule, tokens)
...     return written(tokens)
>>> say("في المادة 12"), say("الدول الـ27"), say("محمد VI"), say("منذ القرن XX")
('في المادة الثانية عشرة', 'الدول السبع والعشرون', 'محمد السادس', 'منذ القرن العشرين')
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from service.text.figures import whole_at
from service.text.governors import case_at
from service.text.grammar import Case, Gender
from service.text.nouns import Form, Noun, known, noun
from service.text.numerals import cardinal, ordinal
from service.text.tokens import Kind, Replacement, Rule, Token

_ARTICLE = re.compile(r"(?P<clitic>[وف]?[بك]?)(?:ال|(?P<to>لل))ـ*")
_DEFINITE = re.compile(r"[وف]?(?:[بك]?ال|(?:لل)).{2,}")
_GENITIVE = re.compile(r"[وف]?(?:[بك]ال|لل).{2,}")
_ROMAN = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}
_CHAIN = frozenset({"و", "،", ",", "إلى", "أو", "-"})
_QUEENS = frozenset(
    {
        "إليزابيث",
        "اليزابيث",
        "إليزابيت",
        "كاترين",
        "كاثرين",
        "مارغريت",
        "مارغريتا",
        "إيزابيلا",
        "ماري",
        "فيكتوريا",
    }
)
_LARGEST_RANK = 999
_COUNTED_BY_TWENTY = 20


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After dates and times, before counted nouns."""
    return (("ordinal", ranked), ("article", definite), ("roman", roman))


def ranked(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«المادة 12», «الفصلين 19 و20»: a number after a noun that is known to be ranked."""
    n = whole_at(tokens, at)
    if n is None or not 1 <= n <= _LARGEST_RANK or tokens[at].text[0] == "0":
        return None
    head = _head(tokens, at)
    if head is None:
        return None
    place, what = head
    if what.singular in _ALSO_ADVERBS and _counts_next(tokens, at + 1):
        return None
    return Replacement(1, ordinal(n, gender=what.gender, case=noun_case(tokens, place)))


_ALSO_ADVERBS = frozenset({"يوم", "عام", "سنة"})
"""«اليوم 20 شخصا»: today, twenty people."""


def definite(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«الـ79»: an ordinal after a singular noun, else a cardinal with its article."""
    article = _ARTICLE.fullmatch(tokens[at].text)
    n = whole_at(tokens, at + 1) if article else None
    if article is None or n is None or not n:
        return None
    case = Case.GENITIVE if article["to"] or article["clitic"][-1:] in ("ب", "ك") else None
    prefix = article["clitic"]
    counted_noun = _counts_next(tokens, at + 2)
    before = tokens[at - 1].text if at and tokens[at - 1].kind is Kind.WORD else ""
    if counted_noun:
        words = the(cardinal(n, gender=counted_noun.gender, case=case or case_at(tokens, at), construct=True))
    elif before and _DEFINITE.fullmatch(before) and not prefix and not article["to"]:
        words = _after_definite(tokens, at, n)
    else:
        gender = Gender.FEMININE if before == "مجموعة" and n < 10 else Gender.MASCULINE
        words = the(cardinal(n, gender=gender, case=case or case_at(tokens, at)))
    if article["to"]:
        words = "لل" + words.removeprefix("ال")
    return Replacement(2, prefix + words)


def roman(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«محمد VI», «القرن XX»: a Roman numeral after an Arabic word."""
    token = tokens[at]
    if token.kind is not Kind.LATIN or not at or tokens[at - 1].kind is not Kind.WORD:
        return None
    n = roman_value(token.text)
    if n is None:
        return None
    head = _head(tokens, at)
    if head:
        return Replacement(1, ordinal(n, gender=head[1].gender, case=noun_case(tokens, head[0])))
    name = tokens[at - 1].text
    if len(token.text) == 1 and name not in _kings() and name not in _QUEENS:
        return None
    gender = Gender.FEMININE if name in _QUEENS else Gender.MASCULINE
    return Replacement(1, ordinal(n, gender=gender, case=case_at(tokens, at - 1)))


def roman_value(text: str) -> int | None:
    """1 to 39 from a Roman numeral in capitals.

    >>> roman_value("XIV"), roman_value("IIII")
    (14, None)
    """
    if not text or not _ROMAN.fullmatch(text):
        return None
    values = [_ROMAN_VALUES[sign] for sign in text]
    return sum(-value if value < max(values[place:]) else value for place, value in enumerate(values))


def the(words: str) -> str:
    """A cardinal with its article: on both parts of «الخمسة والعشرون», on the first of «الخمسة عشر»."""
    first, *others = words.split(" و")
    return " وال".join(("ال" + first, *others))


def noun_case(tokens: Sequence[Token], at: int) -> Case:
    """The case of a definite noun: asked by its own prefix, by a governor, or by the iḍāfa it closes."""
    if _GENITIVE.fullmatch(tokens[at].text):
        return Case.GENITIVE
    case = case_at(tokens, at)
    if case is Case.NOMINATIVE and at and tokens[at - 1].kind is Kind.WORD:
        before = tokens[at - 1].text
        if not _DEFINITE.fullmatch(before) and known(before.removeprefix("و")):
            return Case.GENITIVE
    return case


def _head(tokens: Sequence[Token], at: int) -> tuple[int, Noun] | None:
    """The ranked noun before a number: over other numbers in a list, and over its adjectives."""
    back = at - 1
    while back > 0 and tokens[back].text in _CHAIN and tokens[back - 1].kind is Kind.NUMBER:
        back -= 2
    for place in range(back, max(-1, back - 3), -1):
        text = tokens[place].text
        if tokens[place].kind is not Kind.WORD or not _DEFINITE.fullmatch(text):
            return None
        for what, _ in known(_bare(text)):
            if what.singular in _ranked():
                return place, what
    return None


def _after_definite(tokens: Sequence[Token], at: int, n: int) -> str:
    place = at - 1
    while (
        place > 0 and _DEFINITE.fullmatch(tokens[place].text) and _DEFINITE.fullmatch(tokens[place - 1].text)
    ):
        place -= 1
    bare = _bare(tokens[place].text)
    case = noun_case(tokens, place)
    what = known(bare)
    form = what[0][1] if what else Form.PLURAL if bare.endswith(("ات", "ين", "ون")) else Form.SINGULAR
    head = what[0][0] if what else noun(bare)
    gender = head.gender if head else Gender.MASCULINE
    if form is Form.PLURAL:
        return the(cardinal(n, gender=gender, case=case))
    return ordinal(n, gender=gender, case=case)


def _counts_next(tokens: Sequence[Token], at: int) -> Noun | None:
    """A known indefinite noun at a token."""
    if at >= len(tokens) or tokens[at].kind is not Kind.WORD:
        return None
    found = known(tokens[at].text)
    return found[0][0] if found else None


def _bare(word: str) -> str:
    return re.sub(r"^[وف]?(?:[بك]?ال|لل)", "", word)


@cache
def _ranked() -> frozenset[str]:
    return _table("ranked")


@cache
def _kings() -> frozenset[str]:
    return _table("kings")


def _table(name: str) -> frozenset[str]:
    return frozenset(files("service.text").joinpath(f"{name}.txt").read_text("utf-8").split())

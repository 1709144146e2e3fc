"""Years, alone and in ranges, decades, and the eras after them.

>>> from service.text.core.tokens import tokenise, written
>>> from service.text.core.rule_walker import apply
>>> def say(text):
...     tokens = list(tokenise(text))
...     for name, rule in rules("ar-MA"):
...         tokens, _ = apply(name, rule, tokens)
...     return written(tokens)
>>> say("سنة 2016"), say("عام 2012"), say("سنوات 90")
('سنة ألفين وست عشرة', 'عام ألفين واثني عشر', 'سنوات التسعينيات')
>>> say("الفترة 2019-2023")
'الفترة من ألفين وتسعة عشر إلى ألفين وثلاثة وعشرين'
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.text.core.figures import run_at, whole_at
from service.text.core.rule_walker import starts_at
from service.text.core.tables import cues
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.core.wordlists import function_words
from service.text.grammar.clitics import is_article
from service.text.grammar.eras import era
from service.text.grammar.grammar import Case, Gender
from service.text.grammar.nouns import known
from service.text.grammar.numerals import cardinal

_HEAD = re.compile(r"[وف]?[بلك]?(?:ال|ل)?(?P<noun>سنة|سنوات|سنتي|عام|عامي|أعوام|السنة|العام)")
_FEMININE_HEADS = frozenset({"سنة", "سنتي", "السنة", "سنوات"})
_SINGLE = frozenset({"سنة", "عام", "السنة", "العام"})
_SEASONS = ("موسم", "الموسم", "الدراسية", "الدراسي", "الجامعية", "الجامعي", "الفلاحي", "الكروي", "الرياضي")
_DECADES = (
    "",
    "",
    "العشرينيات",
    "الثلاثينيات",
    "الأربعينيات",
    "الخمسينيات",
    "الستينيات",
    "السبعينيات",
    "الثمانينيات",
    "التسعينيات",
)
_FIRST, _LAST = 1000, 2199
_NOT_COUNTED_FIRST, _NOT_COUNTED_LAST = 1800, 2099
"""In this range a bare number after a noun is a year: «دستور 2011»."""
_CENTURY = 100
_LISTED = frozenset({"و", "،", "إلى", "أو"})
_LIST = 24
"""Maximum tokens followed back in a list of years."""


_DASHES = frozenset("-–—−")
_OPENING = frozenset("([{")
_ERA_REACH = 6
"""Maximum number of tokens before a range in which a word of an era is searched."""


def with_eras(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """Before units and abbreviations, which have the letters of the eras."""
    return (("years with eras", era_range),)


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After dates, before ranges."""
    return (("year range", year_range), ("decade", decade), ("year", year))


@starts_at(Kind.NUMBER)
def year(tokens: Sequence[Token], at: int) -> Replacement | None:
    """One year, with its era if written."""
    n = whole_at(tokens, at)
    if n is None or n > _LAST or tokens[at].text[0] == "0":
        return None
    head = head_before(tokens, at)
    ending, length = era(tokens, at + 1)
    if not head and not ending and not _looks_like_year(tokens, at, n):
        return None
    if head is None and ending and n < _FIRST and ending != "قبل الميلاد":
        return None
    gender = Gender.FEMININE if head in _FEMININE_HEADS else Gender.MASCULINE
    if head and n < _FIRST and not ending and (n < _CENTURY or _noun_at(tokens, at + 1)):
        return None
    governed = at and tokens[_joined_to(tokens, at)].kind is Kind.WORD
    words = say_year(n, gender) if governed else cardinal(n)
    return Replacement(1 + length, f"{words} {ending}".strip())


@starts_at(Kind.NUMBER)
def year_range(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«2019-2023», «موسم 2023/2024», «2023-24»."""
    found, length = run_at(tokens, at, "-–/−", spaced=True)
    if len(found) != 2 or len(found[0]) != 4 or not _FIRST <= int(found[0]) <= _LAST:
        return None
    first, last = int(found[0]), int(found[1])
    if len(found[1]) == 2:
        last += first - first % _CENTURY
    if (
        not (first < last <= _LAST)
        or (len(found[1]) == 2 and last != first + 1)
        or len(found[1]) not in (2, 4)
    ):
        return None
    if first < _NOT_COUNTED_FIRST and _noun_at(tokens, at + length):
        return None
    ending, more = era(tokens, at + length)
    head = head_before(tokens, at)
    gender = Gender.FEMININE if head in _FEMININE_HEADS else Gender.MASCULINE
    start, end = say_year(first, gender), f"{say_year(last, gender)} {ending}".strip()
    before = tokens[at - 1].text if at else ""
    if last == first + 1 and (before in _SEASONS or head in _SINGLE or tokens[at + 1].text == "/"):
        words = f"{start} {end}"
    elif before in ("بين", "عامي", "سنتي", "وبين"):
        words = f"{start} و{end}"
    elif before in ("من", "ومن", "منذ"):
        words = f"{start} إلى {end}"
    else:
        words = f"من {start} إلى {end}"
    return Replacement(length + more, words)


@starts_at(Kind.NUMBER)
def era_range(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«1056م – 1147م», «732-808هـ», «384-322 ق.م»: from one year to another, each in its era."""
    first = whole_at(tokens, at)
    if first is None or not 0 < first <= _LAST:
        return None
    opening, length = era(tokens, at + 1)
    dash = at + 1 + length
    if dash + 1 >= len(tokens) or tokens[dash].text not in _DASHES:
        return None
    last = whole_at(tokens, dash + 1)
    ending, more = era(tokens, dash + 2) if last else ("", 0)
    if not last or not ending or last > _LAST:
        return None
    if ending == "للميلاد" and max(first, last) < _FIRST and opening != "قبل الميلاد":
        return None  # metres
    if opening == "للميلاد" and not _is_of_era(tokens, at):
        return None  # «المرتفعات 1600م - 2000م»
    if ending == "للميلاد" and at and tokens[at - 1].text in cues("length"):
        return None  # «ارتفاع 1000-1500م»
    falls = (opening or ending) == "قبل الميلاد"
    if opening in ("", ending) and (first < last) is falls:
        return None
    head = head_before(tokens, at)
    gender = Gender.FEMININE if head in _FEMININE_HEADS else Gender.MASCULINE
    start = say_year(first, gender) + (f" {opening}" if opening not in ("", ending) else "")
    before = tokens[at - 1].text if at else ""
    link, opened = (" و", "") if before in ("بين", "عامي", "سنتي") else (" إلى ", "من ")
    opened = "" if before in ("من", "منذ") else opened
    return Replacement(dash + 2 + more - at, f"{opened}{start}{link}{say_year(last, gender)} {ending}")


def _is_of_era(tokens: Sequence[Token], at: int) -> bool:
    """Whether «م» after a number is an era: in brackets, after «عام», or near «عاش», «دولة», «عهد»."""
    if head_before(tokens, at) or (at and tokens[at - 1].text in _OPENING):
        return True
    return any(token.text in cues("era") for token in tokens[max(at - _ERA_REACH, 0) : at])


@starts_at(Kind.NUMBER)
@starts_at(text=is_article)
def decade(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«سنوات 90», «سنوات الـ90»."""
    if not at:
        return None
    place = at + is_article(tokens[at].text)
    n = whole_at(tokens, place)
    if n is None or not 20 <= n % _CENTURY <= 90 or n % 10 or not (n < _CENTURY or _FIRST <= n < 2000):
        return None
    if tokens[_decade_head(tokens, at)].text not in (
        "سنوات",
        "بسنوات",
        "أعوام",
        "عقد",
        "حقبة",
        "فترة",
    ) or _noun_at(tokens, place + 1):
        return None
    return Replacement(place + 1 - at, _DECADES[n % _CENTURY // 10])


def _decade_head(tokens: Sequence[Token], at: int) -> int:
    """The word before a decade, across conjoined decades: «سنوات 60 و70»."""
    back = at - 1
    while back > max(1, at - _LIST) and tokens[back].text in _LISTED and whole_at(tokens, back - 1):
        back -= 2
    return back


def say_year(n: int, gender: Gender = Gender.MASCULINE) -> str:
    """A year, in the genitive of «سنة», «عام» or the month before it."""
    return cardinal(n, gender=gender, case=Case.GENITIVE)


def head_before(tokens: Sequence[Token], at: int) -> str | None:
    """«سنة» or «عام» before a number, also across «2019 و» in a pair."""
    back = at - 1
    while (
        max(at - _LIST, 0) < back
        and tokens[back].text in ("و", "،", "إلى", "أو")
        and tokens[back - 1].kind is Kind.NUMBER
    ):
        back -= 2
    if back < 0 or not (match := _HEAD.fullmatch(tokens[back].text)):
        return None
    return match["noun"]


def _looks_like_year(tokens: Sequence[Token], at: int, n: int) -> bool:
    """Whether it is a four-digit number without a counted noun, after a noun or a preposition of time."""
    if len(tokens[at].text) != 4 or not _NOT_COUNTED_FIRST <= n <= _NOT_COUNTED_LAST or not at:
        return False
    if _noun_at(tokens, at + 1) or tokens[_joined_to(tokens, at)].kind is not Kind.WORD:
        return False
    return tokens[at - 1].text not in ("و", "أو") or _year_before(tokens, at)


def _joined_to(tokens: Sequence[Token], at: int) -> int:
    """The token before a year, across the hyphen of «مونديال-2030»."""
    hyphened = at > 1 and tokens[at - 1].text == "-" and not tokens[at].spaced and not tokens[at - 1].spaced
    return at - 1 - hyphened


def _year_before(tokens: Sequence[Token], at: int) -> bool:
    n = whole_at(tokens, at - 2)
    return n is not None and _NOT_COUNTED_FIRST <= n <= _NOT_COUNTED_LAST


def _noun_at(tokens: Sequence[Token], at: int) -> bool:
    """Whether the token is a noun that the number may count."""
    if at >= len(tokens) or tokens[at].kind is not Kind.WORD:
        return False
    word = tokens[at].text
    return word not in function_words() and bool(known(word))

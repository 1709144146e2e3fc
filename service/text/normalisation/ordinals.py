"""Numbers read as ordinals of the noun before them: «المادة 12», «الفصلين 19 و20», «القرن XXI», «محمد VI».

Gender and case are those of the noun.

>>> from service.text.core.tokens import tokenise, written
>>> from service.text.core.rule_walker import apply
>>> def say(text):
...     tokens = list(tokenise(text))
...     for name, rule in rules("ar-MA"):
...         tokens, _ = apply(name, rule, tokens)
...     return written(tokens)
>>> say("في المادة 12"), say("محمد VI"), say("منذ القرن XX")
('في المادة الثانية عشرة', 'محمد السادس', 'منذ القرن العشرين')
>>> say("القرن 3 ق.م")
'القرن الثالث قبل الميلاد'
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.text.core.figures import run_at, whole_at
from service.text.core.orthography import ARTICLE
from service.text.core.rule_walker import starts_at
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.core.wordlists import words
from service.text.grammar.eras import ERAS, era
from service.text.grammar.governors import case_at
from service.text.grammar.grammar import Case, Gender
from service.text.grammar.nouns import SCALES, Form, Noun, known
from service.text.grammar.numerals import ordinal

DEFINITE = re.compile(f"{ARTICLE}.{{2,}}")
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
_CHAIN_OF_ROMANS = 3
_LARGEST_RANK, _HUNDRED = 999, 100
_FEW = (3, 10)
_LIST = 24
"""Maximum tokens followed back in a list of ordinals («المواد 1 و2 و3»)."""
_ADVERBS = frozenset({"يوم", "عام", "سنة"})
"""«اليوم 20 شخصا»: today, twenty people."""
_CENTURY, _HOUR = "قرن", "ساعة"


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After dates and times, before counted nouns."""
    return (("ordinal", ranked), ("roman", roman))


@starts_at(Kind.NUMBER)
def ranked(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«المادة 12», «الفصلين 19 و20»: a number after a noun that takes ordinals."""
    n = whole_at(tokens, at)
    if n is None or not 1 <= n <= _LARGEST_RANK or tokens[at].text[0] == "0":
        return None
    head = _head(tokens, at)
    if head is None or (n >= _HUNDRED and tokens[head[0]].text.startswith(("الفصول", "المواد"))):
        return None  # «الفصول 540 و547» are numbers in a code
    if head[1].singular in _ADVERBS and at + 1 < len(tokens) and known(tokens[at + 1].text):
        return None
    if noun_next(tokens, at + 1, n) or len(run_at(tokens, at, "-–/")[0]) > 1:
        return None
    return _ranked_as(tokens, at, n, head)


@starts_at(Kind.LATIN)
def roman(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«محمد VI», «القرن XX»: a Roman numeral after an Arabic word."""
    token = tokens[at]
    n = roman_value(token.text)
    if n is None:
        return None
    start = at
    for _ in range(_CHAIN_OF_ROMANS):  # «الحربان العالميتان I وII»
        if start > 1 and tokens[start - 1].text in _CHAIN and roman_value(tokens[start - 2].text):
            start -= 2
    if not start or tokens[start - 1].kind is not Kind.WORD:
        return None
    head = _head(tokens, start)
    if head:
        return _ranked_as(tokens, at, n, head)
    name = tokens[start - 1].text
    thing = DEFINITE.fullmatch(name) and name not in words("normalisation/kings")
    plural = any(form is Form.PLURAL for _, form in known(bare(name)))
    feminine = name in _QUEENS or (thing and (plural or name.endswith(("ة", "تين", "تان"))))
    if len(token.text) == 1 and not feminine and name not in words("normalisation/kings"):
        return None
    gender = Gender.FEMININE if feminine else Gender.MASCULINE
    case = _described_case(tokens, start - 1) if thing else case_at(tokens, start - 1)
    return Replacement(1, ordinal(n, gender=gender, case=case))


def _described_case(tokens: Sequence[Token], at: int) -> Case:
    """The case of a definite noun with its adjectives, which all share it: «في الحرب العالمية»."""
    while at and DEFINITE.fullmatch(tokens[at - 1].text) and not _GENITIVE.fullmatch(tokens[at].text[:2]):
        at -= 1
    return noun_case(tokens, at)


def roman_value(text: str) -> int | None:
    """1 to 39 from a Roman numeral in capitals.

    >>> roman_value("XIV"), roman_value("IIII")
    (14, None)
    """
    if not text or not _ROMAN.fullmatch(text):
        return None
    values = [_ROMAN_VALUES[sign] for sign in text]
    return sum(-value if value < max(values[place:]) else value for place, value in enumerate(values))


def is_ranked(word: str) -> bool:
    """Whether a word, without its article, is a noun that takes ordinals."""
    return any(what.singular in words("normalisation/ranked") for what, _ in known(word))


def noun_case(tokens: Sequence[Token], at: int) -> Case:
    """The case of a definite noun: from its own prefix, a governor, or the iḍāfa that it ends."""
    word = tokens[at].text
    if _GENITIVE.fullmatch(word) or (word.endswith("ين") and known(bare(word))):
        return Case.GENITIVE
    case = case_at(tokens, at)
    if case is Case.NOMINATIVE and at and tokens[at - 1].kind is Kind.WORD:
        before = tokens[at - 1].text
        decades = before.endswith(("ينات", "ينيات"))
        if not DEFINITE.fullmatch(before) and (decades or known(before.removeprefix("و"))):
            return Case.GENITIVE
    return case


def _ranked_as(tokens: Sequence[Token], at: int, n: int, head: tuple[int, Noun]) -> Replacement:
    place, what = head
    if what.singular == _HOUR and n == 1:
        return Replacement(1, "الواحدة")
    ending, length = era(tokens, at + 1) if what.singular == _CENTURY else ("", 0)
    rank = ordinal(n, gender=what.gender, case=noun_case(tokens, place))
    return Replacement(1 + length, f"{rank} {ERAS.get(ending, ending)}".strip())


def _head(tokens: Sequence[Token], at: int) -> tuple[int, Noun] | None:
    """The ranked noun before a number: across other numbers in a list, and across its adjectives."""
    back = at - 1
    while max(at - _LIST, 0) < back and tokens[back].text in _CHAIN and tokens[back - 1].kind is Kind.NUMBER:
        back -= 2
    for place in range(back, max(-1, back - 3), -1):
        text = tokens[place].text
        if tokens[place].kind is not Kind.WORD or not DEFINITE.fullmatch(text):
            return None
        for what, form in known(bare(text)):
            counts = form is Form.PLURAL and place == at - 1 and not _listed(tokens, at)
            if what.singular in words("normalisation/ranked") and not counts:
                return place, what
    return None


def _listed(tokens: Sequence[Token], at: int) -> bool:
    """Whether another number follows: «المواد 1، 2 و3», not «الأيام 3 الأولى»."""
    return at + 2 < len(tokens) and tokens[at + 1].text in _CHAIN and tokens[at + 2].kind is Kind.NUMBER


def bare(word: str) -> str:
    """A definite word without its article and the clitics joined to it."""
    return re.sub(f"^{ARTICLE}", "", word)


def noun_next(tokens: Sequence[Token], at: int, n: int) -> Noun | None:
    """The noun at a token, if it has the form that the number requires: «دامت الجلسة 22 ساعة»."""
    if at >= len(tokens) or tokens[at].kind is not Kind.WORD:
        return None
    word, rest = tokens[at].text, n % 100
    if _FEW[0] <= rest <= _FEW[1]:
        wanted = {Form.PLURAL}
    else:
        wanted = {Form.ACCUSATIVE, Form.SINGULAR} if word.endswith("ة") or not rest else {Form.ACCUSATIVE}
    return next((what for what, form in known(word) if form in wanted or what.singular in SCALES), None)

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
from service.text.core.wordlists import function_words, words
from service.text.grammar.eras import ERAS, era
from service.text.grammar.governors import case_at, conjoined
from service.text.grammar.grammar import Case, Gender
from service.text.grammar.neighbours import is_adjective
from service.text.grammar.nouns import Form, Noun, known, noun
from service.text.grammar.numerals import cardinal, ordinal
from service.text.grammar.possessed import POSSESSIVE, possessed_case
from service.text.normalisation.ordinals import DEFINITE, bare, is_ranked, noun_case, noun_next

_ARTICLE = re.compile(r"(?P<clitic>[وف]?[بك]?)(?:ال|(?P<to>لل))ـ*")


_AGES = frozenset({"عمره", "عمرها", "العمر", "عمرهم", "عمري", "سن", "بسن"})
_CLITIC = re.compile(r"^[وف]?[بلك]?(?=..)")
_OWNED = re.compile(r".{3,}(?:هما|هم|هن|ها|ه)")
"""The form of a noun with a possessive, known or not."""
_FEASTS = frozenset({"عيد", "حفل"})
"""They are numbered only by what they celebrate."""
_LARGEST_RANK = 999
_LIST = 12
_FEW = 10
"""«مجموعة السبع» counts states; «مجموعة العشرين» shows no gender."""


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After dates and decades («سنوات الـ90»), before counted nouns."""
    return (("article", definite), ("number amid", amid), ("possessed rank", possessed_rank))


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
    elif (place := _described(tokens, at, n)) is not None:
        said = _after_possessed(tokens, place, n)
    elif (place := _head(tokens, at, n)) is not None:
        said = _after_definite(tokens, place, n)
        if bare(tokens[place].text) == "قرن" and (age := era(tokens, at + 2))[1]:
            return Replacement(2 + age[1], f"{prefix}{said} {ERAS.get(age[0], age[0])}")
    elif (place := _possessed(tokens, at)) is not None:
        said = _after_possessed(tokens, place, n)
    else:
        said = _alone(tokens, at, n, conjoined(tokens, at) if prefix else _own_case(tokens, at))
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


@starts_at(Kind.NUMBER)
def possessed_rank(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«في دورته 22»: a number without an article after a possessed noun that takes ordinals."""
    n = whole_at(tokens, at)
    if not n or n > _LARGEST_RANK or not at or not POSSESSIVE.search(tokens[at - 1].text):
        return None
    if at + 1 < len(tokens) and _may_be_counted(tokens[at + 1]):
        return None
    readings = _readings(tokens[at - 1].text)
    if not any(is_ranked(what.singular) and form is Form.SINGULAR for what, form in readings):
        return None
    return Replacement(1, _after_possessed(tokens, at - 1, n))


def rank_of_possessed(tokens: Sequence[Token], place: int, n: int) -> str:
    """The ordinal of a singular noun with a possessive; empty if a token is none.

    >>> from service.text.core.tokens import tokenise
    >>> rank_of_possessed(list(tokenise("أكمل عامه")), 1, 45)
    'الخامس والأربعين'
    """
    if not POSSESSIVE.search(tokens[place].text):
        return ""
    singular = any(form is Form.SINGULAR for _, form in _readings(tokens[place].text))
    return _after_possessed(tokens, place, n) if singular else ""


def _may_be_counted(token: Token) -> bool:
    """Whether a token may be the noun of the number before it, as in «بلغ هدفه 20 لاعبا»."""
    if token.kind is Kind.PUNCTUATION or DEFINITE.fullmatch(token.text):
        return False
    return token.text not in function_words()


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
    if not at or not POSSESSIVE.search(tokens[at - 1].text) or noun_next(tokens, at + 2, 1):
        return None
    readings = _readings(tokens[at - 1].text)
    if at > 1 and _is_first_term(tokens[at - 2].text, readings):
        return at - 2
    return at - 1 if readings and not _is_construct(tokens, at) else None


def _described(tokens: Sequence[Token], at: int, n: int) -> int | None:
    """The possessed noun before its adjectives: «مباراته الدولية الـ100»."""
    place = head = _head(tokens, at, n)
    while place and DEFINITE.fullmatch(tokens[place].text):
        if not is_adjective(bare(tokens[place].text).removesuffix("ة")):
            return None
        place -= 1
    if place is None or place == head or not POSSESSIVE.search(tokens[place].text):
        return None
    unknown = not _readings(tokens[place].text)
    return None if unknown and tokens[at - 1].text.endswith("ة") else place  # of a plural, maybe


def _is_first_term(word: str, owned: Sequence[tuple[Noun, Form]]) -> bool:
    """«عيد ميلاده», «ذكرى استقلالها»: the first term is what is numbered; «فصل عماله» has none."""
    stem = _CLITIC.sub("", word)
    if stem in _FEASTS:
        return True
    return is_ranked(stem) and all(form is not Form.PLURAL for _, form in owned)


def _own_case(tokens: Sequence[Token], at: int) -> Case:
    """The case of a number with an article that describes no noun."""
    if at and _is_construct(tokens, at):
        return Case.GENITIVE
    if at and _OWNED.fullmatch(tokens[at - 1].text) and tokens[at - 1].text not in function_words():
        return _possessed_case(tokens, at - 1, Gender.MASCULINE)
    return noun_case(tokens, at)


def _is_construct(tokens: Sequence[Token], at: int) -> bool:
    """«لاعبي الـ20», «يومي الـ20 والـ21»: a plural or a dual before its second term, and no «my»."""
    word = tokens[at - 1].text
    if not word.endswith("ي"):
        return False
    joined = at + 2 < len(tokens) and tokens[at + 2].text[0] == "و"
    return joined or word + "ن" in {what.plural for what, _ in known(word + "ن")}


def _readings(word: str) -> tuple[tuple[Noun, Form], ...]:
    """The readings of a noun with its possessive, also after a preposition: «بلقبه»."""
    stem = POSSESSIVE.sub("", word)
    return _owned(stem) or _owned(stem[1:])


def _stands_alone(word: str) -> bool:
    """Whether a word is no adjective of a noun before it: it is a ranked noun, or a plural."""
    return is_ranked(word) or any(form is Form.PLURAL for _, form in known(word))


def _owned(word: str) -> tuple[tuple[Noun, Form], ...]:
    """The readings of a noun without its possessive: «نسخت» of «نسختها», «ذكرا» of «ذكراها»."""
    spelt = (word, re.sub("ت$", "ة", word), re.sub("ا$", "ى", word), re.sub("[ؤئ]$", "ء", word))
    return next(filter(None, map(known, spelt)), ()) or _sound_plural(word)


def _sound_plural(word: str) -> tuple[tuple[Noun, Form], ...]:
    """«لاعبي» of «لاعبيه», «لاعبو» of «لاعبوه»."""
    readings = known(word + "ن") if word.endswith(("ي", "و")) else ()
    return tuple((what, form) for what, form in readings if form is Form.PLURAL)


def _after_definite(tokens: Sequence[Token], place: int, n: int) -> str:
    """A number after a noun with an article: «الدورة الـ79», «الدول الـ27»."""
    while (
        place > 0
        and not _stands_alone(bare(tokens[place].text))
        and DEFINITE.fullmatch(tokens[place].text)
        and DEFINITE.fullmatch(tokens[place - 1].text)
    ):
        place -= 1
    word = bare(tokens[place].text)
    readings = known(word)
    head = readings[0][0] if readings else noun(word)
    gender = head.gender if head else Gender.MASCULINE
    case = noun_case(tokens, place)
    plural = any(form is Form.PLURAL for _, form in readings) or (
        not readings and word.endswith(("ات", "ين", "ون"))
    )
    if not plural and (owner := _owner(tokens, place)):
        return _the(n, owner.gender, case_at(tokens, place - 1))
    return _the(n, gender, case) if plural else ordinal(n, gender=gender, case=case)


def _after_possessed(tokens: Sequence[Token], place: int, n: int) -> str:
    """A number after a noun with a possessive: «عامه الـ20», «عيد ميلاده الـ70», «بناتها الـ3»."""
    word = tokens[place].text
    stem = _CLITIC.sub("", word)
    readings = known(word) or _readings(word) or known(stem)
    if not readings:
        return ordinal(n, case=_possessed_case(tokens, place, Gender.MASCULINE))
    what, form = readings[0]
    case = _possessed_case(tokens, place, what.gender)
    if form is Form.PLURAL and POSSESSIVE.sub("", word).endswith("ي"):
        case = Case.GENITIVE  # «لاعبيه», and no «لاعبوه»
    return _the(n, what.gender, case) if form is Form.PLURAL else ordinal(n, gender=what.gender, case=case)


def _possessed_case(tokens: Sequence[Token], place: int, gender: Gender) -> Case:
    """The case of a noun with a possessive: from a governor, its own prefix, or the verb."""
    case = noun_case(tokens, place)
    if case is not Case.NOMINATIVE:
        return case
    word = tokens[place].text
    stem = POSSESSIVE.sub("", word)
    prefixed = word[0] in "بلك" and not known(word) and not _owned(stem)
    if prefixed and (word[0] == "ب" or _owned(stem[1:])):
        return Case.GENITIVE
    return possessed_case(tokens, place, gender)


def _owner(tokens: Sequence[Token], at: int) -> Noun | None:
    """The plural before a definite noun that is not ranked itself: «دول الاتحاد الـ27»."""
    if not at or is_ranked(bare(tokens[at].text)):
        return None
    return next((what for what, form in known(tokens[at - 1].text) if form is Form.PLURAL), None)


def _is_age(tokens: Sequence[Token], at: int) -> bool:
    """«في الـ18 من عمرها», «سن الـ18»: an age, which is feminine."""
    texts = [token.text for token in tokens[at + 2 : at + 4]]
    return (texts[:1] == ["من"] and texts[-1] in _AGES) or (bool(at) and tokens[at - 1].text in _AGES)

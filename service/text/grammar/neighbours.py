"""Analyses the words around a counted noun: iḍāfa, adjectives, and the choice between homographs.

«فرق موسيقية» are troupes, «فرق كرة القدم» are teams.

>>> from service.text.core.tokens import tokenise
>>> by_neighbours(list(tokenise("10 فرق موسيقية")), 1).singular
'فرقة'
>>> by_neighbours(list(tokenise("فندق 5 نجوم")), 2).gender.value
'مؤنث'
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from service.text.core.tables import cues
from service.text.core.tokens import Kind, Token
from service.text.core.wordlists import adjectives, function_words, second_terms
from service.text.grammar.grammar import Case, Gender
from service.text.grammar.nouns import Form, Noun, known

_NISBA = re.compile(r".+[^ا]ي")
_DIRECTIONS = frozenset({"شمالي", "جنوبي", "شرقي", "غربي"})
"""«20 كيلومترا شمالي الرباط»: adverbs, no adjectives of what is counted."""
VERB_LIKE = re.compile(r"(?:[يتنس]|ا[نست]ت?).*|.*(?:وا|تم)")


def by_neighbours(tokens: Sequence[Token], at: int) -> Noun | None:
    """The noun of a plural right after its number, if its neighbours decide it."""
    word = tokens[at].text
    if word == "فرق" and at + 1 < len(tokens) and tokens[at + 1].text in cues("troupe"):
        return known("فرقة")[0][0]
    if word == "نجوم" and at > 1 and tokens[at - 2].text in cues("hotel"):
        # Speakers always say «خمس نجوم» for the class of a hotel.
        return replace(known("نجم")[0][0], gender=Gender.FEMININE)
    return None


def following(tokens: Sequence[Token], noun: int) -> str | None:
    """The word right after the noun, if no pause separates them."""
    if noun + 1 < len(tokens) and tokens[noun + 1].kind is Kind.WORD:
        return tokens[noun + 1].text
    return None


def is_noun(word: str) -> bool:
    """After thousands and millions: whether this is the noun they count."""
    if word in function_words() or word.startswith(("ال", "لل", "بال")):
        return False
    if known(word):
        return True
    return word[0] not in "وفبلك" and not VERB_LIKE.fullmatch(word)


def second_term(word: str) -> bool:
    """Whether the word after a counted noun forms an iḍāfa with it: «15 رجل أمن», «20 كيس دقيق»."""
    return word in second_terms() or (bool(known(word)) and not is_adjective(word))


def is_adjective(word: str) -> bool:
    """Whether a word is an adjective that takes the tanwīn of its noun: «15 فيلما طويلا»."""
    if word in adjectives():
        return True
    return _NISBA.fullmatch(word) is not None and word not in function_words() | _DIRECTIONS


def agreeing(word: str, noun: Noun, form: Form, case: Case) -> str:
    """An adjective of a counted thing, in the noun's form; empty if the word is none.

    >>> riyal = known("ريال")[0][0]
    >>> agreeing("سعودي", riyal, Form.PLURAL, Case.GENITIVE)
    'سعودية'
    >>> agreeing("سعودية", riyal, Form.ACCUSATIVE, Case.ACCUSATIVE)
    'سعودِيًّا'
    """
    stem = word.removesuffix("ة").removesuffix("ا")
    if not is_adjective(stem):
        return ""
    if form is Form.PLURAL or noun.gender is Gender.FEMININE:
        return stem + "ة"
    if case is not Case.ACCUSATIVE:
        return stem
    return stem[:-1] + "ِيًّا" if stem.endswith("ي") else stem + "ا"


def dual_adjective(word: str, noun: Noun, case: Case) -> str:
    """«2 درجة مئوية», «2 كتب جديدة»: the adjective of a dual is dual, too."""
    stem = word.removesuffix("ة")
    if stem == word or not (stem in adjectives() or stem.endswith("ي")):
        return ""
    feminine = "ت" if noun.gender is Gender.FEMININE else ""
    return stem + feminine + ("ان" if case is Case.NOMINATIVE else "ين")

"""Decides whether a verb has its subject already, so that a number after it is its object."""

from __future__ import annotations

from collections.abc import Sequence

from service.text.core.tables import cues
from service.text.core.tokens import Kind, Token
from service.text.grammar.case_effects import PREPOSITION, effect_of
from service.text.grammar.grammar import Gender
from service.text.grammar.nouns import SCALES, Form, known
from service.text.grammar.written_numbers import is_number_word

_REACH = 4
_SAID = frozenset({"أنه", "أنها", "أنهم"})
_WAS = frozenset({"كان", "كانت"})
"""«بعدما كان 200»: the number is the predicate; the subject is known from before."""
_PARTICLES = frozenset({"قد", "وقد"})
_COUNTED = (Form.ACCUSATIVE, Form.SINGULAR)


def has_subject_before(tokens: Sequence[Token], verb: int) -> bool:
    """Whether a noun that no preposition governs, or a relative pronoun, precedes the verb as its subject.

    A definite noun; before a feminine verb also a feminine one: «باخرة نقلت», «غارة إسرائيلية قتلت».
    """
    while True:
        if not verb or tokens[verb - 1].text in cues("days") or tokens[verb].text.startswith("و"):
            return False
        before = tokens[verb - 1].text
        if before in _SAID or (before == "بعدما" and tokens[verb].text in _WAS):
            return True
        if before not in _PARTICLES:
            break
        verb -= 1
    if before.startswith(("ال", "وال")):
        return verb == 1 or effect_of(tokens[verb - 2].text) != PREPOSITION
    if not (before.endswith("ة") and tokens[verb].text.endswith("ت")) or effect_of(before):
        return False
    return all(effect_of(token.text) != PREPOSITION for token in tokens[max(0, verb - _REACH) : verb])


def disagrees(verb: str, tokens: Sequence[Token], at: int) -> bool:
    """«أوقفت 12 شخصا»: a feminine verb has no masculine subject, so the number is its object."""
    noun = at + 1
    while noun + 1 < len(tokens) and (tokens[noun].kind is Kind.NUMBER or _is_of_number(tokens[noun].text)):
        noun += 1
    if not verb.endswith("ت") or noun >= len(tokens) or tokens[noun].kind is not Kind.WORD:
        return False
    counted = [what for what, form in known(tokens[noun].text) if form in _COUNTED]
    return bool(counted) and all(what.gender is Gender.MASCULINE for what in counted)


def _is_of_number(word: str) -> bool:
    """Whether the counted noun comes after a word: «5 مليارات و200 مليون درهم»."""
    return word == "و" or is_number_word(word) or any(what.singular in SCALES for what, _ in known(word))


def speaks(verb: str) -> bool:
    """«لعبنا», «قضينا»: the subject is “we”. A noun with a possessive, «مدرستنا», does not count.

    >>> speaks("لعبنا"), speaks("كتابنا"), speaks("مدرستنا")
    (True, False, False)
    """
    stem = verb.removesuffix("نا")
    owned = known(stem) or (stem.endswith("ت") and known(stem[:-1] + "ة"))
    return len(verb) - len(stem) == len("نا") and len(stem) > len("نا") and not owned and not effect_of(verb)

"""The case of a noun with a possessive: «أكمل عامه», «دخلت الحرب يومها», «أقيمت دورته».

Its owner has been named before, mostly as the subject. So it is the object of a verb that takes one, and the
subject of any other (Wright, vol. II §§ 22-24).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from service.text.core.tokens import Kind, Token
from service.text.core.wordlists import function_words
from service.text.grammar.case_effects import PARTICLE, PREPOSITION, TOPIC, effect_of
from service.text.grammar.conjugation import Voice, forms
from service.text.grammar.grammar import Case, Gender
from service.text.grammar.nouns import is_verbal_noun, known

POSSESSIVE = re.compile(r"(?:هما|هم|هن|ها|ه|نا|كم|ي)$")
_FEMININE = ("ها", "هن")
_REACH = 8
"""Maximum words back in which the verb is searched."""
_PERSON = 3
_GOVERNED = 2
_HAMZAS = {"ؤ": Case.NOMINATIVE, "ء": Case.ACCUSATIVE, "ئ": Case.GENITIVE}
"""«لقاؤه», «لقاءه», «لقائه» show their case."""
_SHOWN = re.compile(r".{2,}ا(?P<hamza>[ؤءئ])(?:هما|هم|هن|ها|ه)")
_CLITIC = re.compile(r"[وف]?[بلك]?")
_VERBAL_NOUNS = frozenset({"دخول", "بلوغ", "خوض", "ولوج", "حصد", "نيل", "عقد", "بدء"})
"""Those of form I, which show it by no shape."""
_PARTICIPLE = re.compile(r"[وف]?م.{2,}ا")
_BECOMES = re.compile(r"[وف]?ل[يت](?:كون|صبح|صير)")
"""«ليكون هدفه»: the noun is the predicate of what has been said."""
_COME_OUT = frozenset({"صدر", "صدرت"})
"""«صدر كتابه»: hardly ever صَدَّرَ, which takes an object."""


class _Verb(NamedTuple):
    """What the letters of a verb say of what follows it."""

    takes_object: bool
    gender: Gender | None
    """Of its subject, in the singular; ``None`` if both are possible."""


def possessed_case(tokens: Sequence[Token], at: int, gender: Gender) -> Case:
    """The case of a noun with a possessive that no preposition governs; nominative if in doubt.

    Args:
        tokens: tokens of the sentence.
        at: index of the noun, or of the first term before it: «عيد ميلاده».
        gender: the noun's gender.
    """
    if shown := _SHOWN.fullmatch(tokens[at].text):
        return _HAMZAS[shown["hamza"]]
    if not at:
        return Case.NOMINATIVE
    before = tokens[at - 1].text
    if _ends_governed_idafa(tokens, at):
        return Case.GENITIVE
    if _BECOMES.fullmatch(before) or _PARTICIPLE.fullmatch(before) or _is_named(before):
        return Case.ACCUSATIVE
    if _follows_verbal_noun(tokens, at):
        return Case.ACCUSATIVE
    return _after_verb(tokens, at, gender)


def _ends_governed_idafa(tokens: Sequence[Token], at: int) -> bool:
    """«على أعتاب عامه»: the second term after a noun that a preposition governs."""
    first = tokens[at - 1].text
    if at < _GOVERNED or first.startswith("ال") or _is_named(first) or first in function_words():
        return False
    return effect_of(tokens[at - 2].text) == PREPOSITION and _verb(first) is None


def _is_named(word: str) -> bool:
    """«إتمامه عامه», «منحه جائزته»: the owner is named by a suffix, so the noun is the object."""
    return len(word) > _PERSON and word.endswith(("ه", "ها", "هم", "هما")) and word not in function_words()


def _follows_verbal_noun(tokens: Sequence[Token], at: int) -> bool:
    """«دخول الحرب يومها»: a verbal noun with its subject."""
    back = at - 1
    while back > 0 and tokens[back].text.startswith("ال"):
        back -= 1
    word = tokens[back].text
    stems = (word, _CLITIC.sub("", word, count=1))
    return 0 <= back < at - 1 and any(stem in _VERBAL_NOUNS or is_verbal_noun(stem) for stem in stems)


def _after_verb(tokens: Sequence[Token], at: int, gender: Gender) -> Case:
    subject = False
    for back in range(at - 1, max(-1, at - 1 - _REACH), -1):
        token = tokens[back]
        if token.kind is not Kind.WORD:
            break
        verb = None if _is_noun(tokens, back) else _verb(token.text)
        if effect_of(token.text) in (PARTICLE, TOPIC) and not (verb and verb.takes_object):
            break
        if verb is None:
            subject = subject or _may_be_subject(tokens, back)
        elif verb.takes_object and (subject or not _is_subject(tokens[at].text, gender, verb)):
            return Case.ACCUSATIVE
        elif not subject:
            break
    return Case.NOMINATIVE


def _is_noun(tokens: Sequence[Token], at: int) -> bool:
    """Whether a word that may be a verb is a noun here, as «نجم» in «أكمل نجم الفريق عامه»."""
    word = tokens[at].text
    if word in function_words():
        return True
    return at > 0 and bool(known(word)) and _verb(tokens[at - 1].text) is not None


def _may_be_subject(tokens: Sequence[Token], at: int) -> bool:
    word = tokens[at].text
    governed = at > 0 and effect_of(tokens[at - 1].text) == PREPOSITION
    return word not in function_words() and effect_of(word) is None and not governed


def _is_subject(word: str, gender: Gender, verb: _Verb) -> bool:
    """«نُشِرَت روايته»: the noun agrees with the verb, and its owner does not."""
    owner = POSSESSIVE.search(word)
    if owner is None or owner.group() not in ("ه", "ها") or verb.gender is None:
        return False
    owned_by = Gender.FEMININE if owner.group() in _FEMININE else Gender.MASCULINE
    return verb.gender is gender and verb.gender is not owned_by


@lru_cache(maxsize=2048)
def _verb(word: str) -> _Verb | None:
    """A verb in the third person, in its commonest meaning; ``None`` if the letters are no verb's."""
    found = [
        form
        for form in forms(word)
        if form.subject.person == _PERSON and not form.suffix and form.prefix != "أ"
    ]
    if not found:
        return None
    commonest = [form for form in found if form.verb.rank == found[0].verb.rank]
    genders = {form.subject.gender for form in commonest}
    takes = any(form.verb.transitive and form.voice is Voice.ACTIVE for form in commonest)
    return _Verb(takes and word.lstrip("وف") not in _COME_OUT, genders.pop() if len(genders) == 1 else None)

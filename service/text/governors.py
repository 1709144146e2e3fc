"""The case that the words before a number, or before any noun, ask of it.

The words are in ``governors.tsv``. What stands before is looked at, nothing is parsed: the answer is the
one that is right most often where the clause alone could tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files

from service.text.grammar import Case
from service.text.nouns import Form, is_verbal_noun, known
from service.text.tokens import Kind, Token

_PREPOSITION, _PARTICLE, _VERB, _EITHER, _TOPIC = "جر", "نصب", "مفعول", "فاعل", "مبتدأ"
_CASES = {_PREPOSITION: Case.GENITIVE, _PARTICLE: Case.ACCUSATIVE, _VERB: Case.ACCUSATIVE}
_CONJUNCTIONS = frozenset({"و", "أو", "أم", "ثم", "بل", "ف"})
_DAYS = frozenset(
    {"اليوم", "الاثنين", "الإثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد", "البارحة"}
)
_PLURAL_VERB = re.compile(r".{3,}وا|[يت].{3,}ون")
"""«ربحوا», «يملكون»: the subject is in the verb, so the object follows."""
_REACH = 6
"""How many words back a verb is looked for."""
_LIGHT = frozenset("«»\"“”„‟'‘’‹›") | {"ال", "الـ"}
"""What may stand between a governor and its number."""
_QUOTES = frozenset("«»\"“”„‟'‘’‹›")
_STOPS = frozenset(".؛؟!?…;:")


def case_at(tokens: Sequence[Token], at: int) -> Case:
    """The case of the number or noun at a token; nominative in doubt.

    >>> from service.text.tokens import tokenise
    >>> def case(text): return case_at(list(tokenise(text)), len(list(tokenise(text))) - 1).value
    >>> case("أكثر من 20"), case("سجلت الوزارة 20"), case("شارك في اللقاء 20"), case("إن 20")
    ('جر', 'نصب', 'رفع', 'نصب')
    """
    before = at - 1
    while before >= 0 and tokens[before].text in _LIGHT:
        before -= 1
    if before < 0 or tokens[before].kind is Kind.PUNCTUATION:
        return Case.NOMINATIVE
    word = tokens[before].text
    if word in _CONJUNCTIONS:
        return conjoined(tokens, before)
    effect = _effect(word)
    if effect == _EITHER and _has_subject_before(tokens, before):
        return Case.ACCUSATIVE
    if effect:
        return _CASES.get(effect, Case.NOMINATIVE)
    if _PLURAL_VERB.fullmatch(word):
        return Case.ACCUSATIVE
    return Case.GENITIVE if _opens_idafa(word) else _after_subject(tokens, before)


def conjoined(tokens: Sequence[Token], conjunction: int) -> Case:
    """After «و»: the case of what it is joined to, which is the last number, or else the last governor's."""
    for back in range(conjunction - 1, max(-1, conjunction - 1 - _REACH), -1):
        token = tokens[back]
        if token.kind is Kind.NUMBER and not (back and tokens[back - 1].text in _CONJUNCTIONS):
            return case_at(tokens, back)
        effect = _effect(token.text)
        if effect == _PREPOSITION:
            return Case.GENITIVE
        if effect == _VERB:
            return Case.ACCUSATIVE
        if effect or token.text in _STOPS:
            break
    return Case.NOMINATIVE


def _after_subject(tokens: Sequence[Token], before: int) -> Case:
    """The object, where a verb that takes one stands a few words back with its subject after it."""
    for back in range(before, max(-1, before - _REACH), -1):
        token = tokens[back]
        if token.kind is Kind.PUNCTUATION and token.text not in _QUOTES:
            break
        effect = _effect(token.text)
        if effect == _VERB:
            return Case.ACCUSATIVE
        if effect == _EITHER:
            subject = tokens[back + 1]
            if _effect(subject.text) == _PREPOSITION and not subject.text.startswith("عدد"):
                break
            return Case.ACCUSATIVE
        if effect == _TOPIC:
            break
    return Case.NOMINATIVE


def _has_subject_before(tokens: Sequence[Token], verb: int) -> bool:
    """A definite noun right before the verb, free of prepositions, or a relative pronoun: it acts itself."""
    if not verb or tokens[verb - 1].text in _DAYS or tokens[verb].text.startswith("و"):
        return False
    before = tokens[verb - 1].text
    if before in ("أنه", "أنها", "أنهم", "قد", "وقد"):
        return before not in ("قد", "وقد") or _has_subject_before(tokens, verb - 1)
    return before.startswith(("ال", "وال")) and (verb == 1 or _effect(tokens[verb - 2].text) != _PREPOSITION)


def _opens_idafa(word: str) -> bool:
    """A word that is the first term of an iḍāfa when a bare noun or number follows: «بفارق 3»."""
    word = word.removeprefix("و")
    if is_verbal_noun(word):
        return True
    if len(word) < 4 or "ال" in word[:3] or word.endswith(("ا", "ها", "هم", "ه")):
        return False
    if word[0] == "ب":
        return any(form is Form.SINGULAR for _, form in known(word[1:])) or word.endswith("ة")
    return word[0] == "ل" and bool(known(word[1:])) and not known(word)


@lru_cache(maxsize=4096)
def _effect(word: str) -> str | None:
    words = _words()
    bare = word[1:] if word not in words and word[0] in "وف" else word
    if bare in words:
        return words[bare]
    if bare[:1] in ("ب", "ل", "ك") and words.get(bare[1:]) == _PREPOSITION and len(bare) > 3:
        return _PREPOSITION
    return None


@cache
def _words() -> dict[str, str]:
    words: dict[str, str] = {}
    for line in files("service.text").joinpath("governors.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            effect, governors = line.split("\t")
            words |= dict.fromkeys(governors.split(), effect)
    return words

"""The case that the words before a number, or before any noun, ask of it.

The words are in ``governors.tsv``. What stands before is looked at, nothing is parsed: the answer is the
one that is right most often where the clause alone could tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files

from service.text.grammar import Case, Gender
from service.text.nouns import Form, is_verbal_noun, known
from service.text.tables import cues
from service.text.tokens import MARKS, Kind, Token

_PREPOSITION, _PARTICLE, _VERB, _EITHER, _TOPIC, _INFINITIVE = "جر", "نصب", "مفعول", "فاعل", "مبتدأ", "مصدر"
_CASES = {
    _PREPOSITION: Case.GENITIVE,
    _INFINITIVE: Case.GENITIVE,
    _PARTICLE: Case.ACCUSATIVE,
    _VERB: Case.ACCUSATIVE,
}
_CONJUNCTIONS = frozenset({"و", "أو", "أم", "ثم", "بل", "ف"})
_DAYS = frozenset(
    {"اليوم", "الاثنين", "الإثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد", "البارحة"}
)
_PLURAL_VERB = re.compile(r".{3,}وا|[يت].{3,}ون")
"""«ربحوا», «يملكون»: the subject is in the verb, so the object follows."""
_VOWELS = re.compile(f"[{MARKS}]+")
_REACH = 6
"""How many words back a verb is looked for."""
_MEASURED = frozenset({"طول", "عرض", "وزن", "عمق", "علو", "ارتفاع", "ثمن", "سعر"})
_LIST = 12
"""How many members of a list are followed back."""
_SHORTEST = 3
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
    return _governed(tokens, _first_listed(tokens, at))


def _governed(tokens: Sequence[Token], at: int) -> Case:
    before = at - 1
    while before >= 0 and tokens[before].text in _LIGHT:
        before -= 1
    if before < 0 or tokens[before].kind is Kind.PUNCTUATION:
        return Case.NOMINATIVE
    word = tokens[before].text
    if word in _CONJUNCTIONS:
        return conjoined(tokens, before)
    effect = _effect(word)
    if effect == _EITHER and (_has_subject_before(tokens, before) or _disagrees(word, tokens, at)):
        return Case.ACCUSATIVE
    if effect:
        return _CASES.get(effect, Case.NOMINATIVE)
    if _PLURAL_VERB.fullmatch(word):
        return Case.ACCUSATIVE
    return Case.GENITIVE if _opens_idafa(word) else _after_subject(tokens, before)


def _first_listed(tokens: Sequence[Token], at: int) -> int:
    """The number that leads a list over commas, whose case all have: «من 3 أجزاء، 12 فصلا و40 ملحقا»."""
    for _ in range(_LIST):
        if at < _SHORTEST or tokens[at - 1].text != "،" or tokens[at].kind is not Kind.NUMBER:
            break
        if at + 1 >= len(tokens) or tokens[at + 1].kind is not Kind.WORD or _effect(tokens[at + 1].text):
            break  # «8 منهم»
        back = at - 2
        while (
            back > max(0, at - _REACH) and tokens[back].kind is Kind.WORD and not _effect(tokens[back].text)
        ):
            back -= 1
        if tokens[back].kind is not Kind.NUMBER or back == at - 2:
            break
        at = back
        while at > 1 and tokens[at - 1].text in _CONJUNCTIONS:
            lead = next(
                (i for i in range(at - 2, max(-1, at - _REACH), -1) if tokens[i].kind is Kind.NUMBER), at
            )
            if lead == at:
                break
            at = lead
    return at


def conjoined(tokens: Sequence[Token], conjunction: int) -> Case:
    """After «و»: the case of what it is joined to, which is the last number, or else the last governor's."""
    for back in range(conjunction - 1, max(-1, conjunction - 1 - _REACH), -1):
        token = tokens[back]
        if token.kind is Kind.NUMBER and not (back and tokens[back - 1].text in _CONJUNCTIONS):
            return _governed(tokens, _first_listed(tokens, back))
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
        if effect in (_EITHER, _INFINITIVE) and back < before:
            subject = tokens[back + 1]
            if subject.text in cues("pronominal"):
                break
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


def _disagrees(verb: str, tokens: Sequence[Token], at: int) -> bool:
    """«أوقفت 12 شخصا»: a feminine verb has no masculine subject, so the number is its object."""
    if not verb.endswith("ت") or at + 1 >= len(tokens) or tokens[at + 1].kind is not Kind.WORD:
        return False
    counted = [noun for noun, form in known(tokens[at + 1].text) if form is Form.ACCUSATIVE]
    return bool(counted) and all(noun.gender is Gender.MASCULINE for noun in counted)


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


def _is_possessed(word: str) -> bool:
    """«طوله», «مساحتها»: a noun with its owner, which opens a clause of its own after «و»."""
    stem = re.sub(r"(?:ها|ه)$", "", word)
    return (
        any(form is Form.SINGULAR for _, form in known(re.sub("ت$", "ة", stem)) or known(stem))
        or stem in _MEASURED
    )


@lru_cache(maxsize=4096)
def _effect(word: str) -> str | None:
    words = _words()
    word = _VOWELS.sub("", word)
    if not word:
        return None
    bare = word[1:] if word not in words and word[0] in "وف" else word
    if bare in words:
        return words[bare]
    if word[0] == "و" and word.endswith(("ه", "ها")) and _is_possessed(bare):
        return _TOPIC
    if bare[:2] in ("سي", "ست") and bare[1:] in words:
        return _EITHER if words[bare[1:]] == _VERB else words[bare[1:]]
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

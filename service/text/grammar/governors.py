"""The case that the words before a number, or before any noun, require of it.

The words are in ``governors.tsv``. Only the preceding words are examined, without parsing: where only the
whole clause would decide, the result is the most frequent case.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.text.core.tables import cues
from service.text.core.tokens import Kind, Token
from service.text.grammar.case_effects import (
    ADVERB,
    EITHER,
    INFINITIVE,
    PARTICLE,
    PREPOSITION,
    TOPIC,
    VERB,
    effect_of,
)
from service.text.grammar.grammar import Case
from service.text.grammar.neighbours import VERB_LIKE
from service.text.grammar.nouns import Form, is_verbal_noun, known
from service.text.grammar.verb_subjects import disagrees, has_subject_before, speaks
from service.text.grammar.written_numbers import shown_case, start_of_number

_CASES = {
    PREPOSITION: Case.GENITIVE,
    INFINITIVE: Case.GENITIVE,
    PARTICLE: Case.ACCUSATIVE,
    VERB: Case.ACCUSATIVE,
}
_CONJUNCTIONS = frozenset({"و", "أو", "أم", "ثم", "بل", "ف"})
_PLURAL_VERB = re.compile(r".{3,}وا|[يت].{3,}ون")
"""«ربحوا», «يملكون»: the subject is in the verb, so the object follows."""
_REACH = 6
"""Maximum number of words back in which a verb is searched."""
_LIST = 12
"""Maximum number of list members that are followed back."""
_SHORTEST = 3
_EXTENTS = frozenset(
    {"ثانية", "دقيقة", "ساعة", "يوم", "ليلة", "أسبوع", "شهر", "سنة", "عام", "متر", "كيلومتر", "ميل"}
)
"""Nouns of a duration or a distance, which stand in the accusative after a verb without object."""
_EXTENT_SIGNS = frozenset({"كم", "كلم", "م", "km", "m", "س"})
_CLITICS = frozenset({"", "و", "ف", "ب", "ل", "ك", "وب", "ول", "فب", "فل"})
_NUMBERED = frozenset({"رقم", "مادة", "فصل", "باب", "قناة", "غرفة", "بوابة", "قاعة", "طريق"})
"""«قاعة 20»: a name."""
_LIGHT = frozenset("«»\"“”„‟'‘’‹›") | {"ال", "الـ"}
"""Tokens that may stand between a governor and its number."""
_QUOTES = frozenset("«»\"“”„‟'‘’‹›")
_STOPS = frozenset(".؛؟!?…;:")


def case_at(tokens: Sequence[Token], at: int) -> Case:
    """The case of the number or noun at a token; nominative if in doubt.

    >>> from service.text.core.tokens import tokenise
    >>> def case(text): return case_at(list(tokenise(text)), len(list(tokenise(text))) - 1).value
    >>> case("أكثر من 20"), case("سجلت الوزارة 20"), case("شارك في اللقاء 20"), case("إن 20")
    ('جر', 'نصب', 'رفع', 'نصب')
    """
    return _governed(tokens, _first_listed(tokens, at), _LIST)


def _governed(tokens: Sequence[Token], at: int, conjunctions: int) -> Case:
    """The case after a governor, across at most so many conjunctions."""
    before = at - 1
    while before >= 0 and tokens[before].text in _LIGHT:
        before -= 1
    if before < 0 or tokens[before].kind is Kind.PUNCTUATION:
        return Case.NOMINATIVE
    word = tokens[before].text
    if word in _CONJUNCTIONS:
        return conjoined(tokens, before, conjunctions - 1) if conjunctions else Case.NOMINATIVE
    effect = effect_of(word)
    if effect == EITHER and (has_subject_before(tokens, before) or disagrees(word, tokens, at)):
        return Case.ACCUSATIVE
    if effect == ADVERB:
        return Case.ACCUSATIVE if _is_extent(tokens, at) else Case.NOMINATIVE
    if effect:
        return _CASES.get(effect, Case.NOMINATIVE)
    if _PLURAL_VERB.fullmatch(word) or speaks(word) or _is_age(tokens, before):
        return Case.ACCUSATIVE
    if _opens_idafa(word) or _is_first_term(tokens, before, at):
        return Case.GENITIVE
    return _after_subject(tokens, before, at)


def _is_age(tokens: Sequence[Token], at: int) -> bool:
    """«البالغ من العمر 25 عاما»: the age is the object of the participle."""
    return (
        at > 1
        and tokens[at].text == "العمر"
        and tokens[at - 1].text == "من"
        and tokens[at - 2].text in cues("aged")
    )


def _first_listed(tokens: Sequence[Token], at: int) -> int:
    """The first number of a comma-separated list, whose case all share: «من 3 أجزاء، 12 فصلا و40 ملحقا»."""
    for _ in range(_LIST):
        if at < _SHORTEST or tokens[at - 1].text != "،" or tokens[at].kind is not Kind.NUMBER:
            break
        if at + 1 >= len(tokens) or tokens[at + 1].kind is not Kind.WORD or effect_of(tokens[at + 1].text):
            break  # «8 منهم»
        back = at - 2
        while (
            back > max(0, at - _REACH) and tokens[back].kind is Kind.WORD and not effect_of(tokens[back].text)
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


def conjoined(tokens: Sequence[Token], conjunction: int, conjunctions: int = _LIST) -> Case:
    """After «و»: the case of the conjoined element: the last number's, or else the last governor's.

    Args:
        tokens: tokens of the sentence.
        conjunction: its index.
        conjunctions: how many more are followed back.
    """
    start = start_of_number(tokens, conjunction - 1) if tokens[conjunction].text == "و" else None
    if start is not None:
        return _of_number(tokens, start, conjunction - 1, conjunctions)
    for back in range(conjunction - 1, max(-1, conjunction - 1 - _REACH), -1):
        token = tokens[back]
        if token.kind is Kind.NUMBER and not (back and tokens[back - 1].text in _CONJUNCTIONS):
            return _governed(tokens, _first_listed(tokens, back), conjunctions)
        if token.kind is Kind.NUMBER and conjunctions:
            return conjoined(tokens, back - 1, conjunctions - 1)
        if back and tokens[back - 1].kind is Kind.NUMBER:
            continue  # «3 إصابات و12 وفاة»: a noun that is counted governs nothing
        effect = effect_of(token.text)
        if effect == PREPOSITION:
            return Case.GENITIVE
        if effect == VERB:
            return Case.ACCUSATIVE
        if effect or token.text in _STOPS:
            break
    return Case.NOMINATIVE


def _is_extent(tokens: Sequence[Token], at: int) -> bool:
    """«2000 ساعة», «3 آلاف كيلومتر», «20 كم»."""
    if at + 1 < len(tokens) and tokens[at + 1].text in _EXTENT_SIGNS:
        return True
    nouns = [what.singular for token in tokens[at + 1 : at + 3] for what, _ in known(token.text)]
    return any(noun in _EXTENTS for noun in nouns)


def _is_first_term(tokens: Sequence[Token], before: int, at: int) -> bool:
    """«قرض 2 مليار دولار», «لمسافة 200 متر»: an indefinite noun before a number that counts another noun.

    A feminine word after another one is its adjective: «دورة تدريبية 20 متدربا».
    """
    word = tokens[before].text
    if before + 1 != at or at + 1 >= len(tokens) or not known(tokens[at + 1].text):
        return False
    bare = next(
        (
            rest
            for rest in (word, word[1:], word[2:])
            if _is_singular(rest) and word[: -len(rest)] in _CLITICS
        ),
        "",
    )
    starts = not before or tokens[before - 1].kind is Kind.PUNCTUATION
    if not bare or bare in _NUMBERED or (starts and VERB_LIKE.fullmatch(word)):
        return False  # «تبرع 23 شخصا» is a verb where it opens the clause
    # «قتل في غارة 25 شخصا»: the number is the subject.
    governed = before and effect_of(tokens[before - 1].text) == PREPOSITION
    return not (governed or (before and tokens[before - 1].text.endswith("ة") and bare.endswith("ة")))


def _is_singular(word: str) -> bool:
    if len(word) < _SHORTEST or word.startswith("ال"):
        return False
    forms = {form for _, form in known(word)}
    return Form.SINGULAR in forms or (not forms and word.endswith("ة") and effect_of(word) is None)


def _of_number(tokens: Sequence[Token], start: int, last: int, conjunctions: int) -> Case:
    """The case of a number in words: what it shows, «مليونا و750 ألفا», or what its governor requires."""
    governed = _governed(tokens, start, conjunctions)
    shown = shown_case(tokens, start, last)
    if shown is Case.ACCUSATIVE and governed is Case.GENITIVE:
        return governed  # «من مئتين و20»: one form for both
    return shown or governed


def _after_subject(tokens: Sequence[Token], before: int, at: int) -> Case:
    """Accusative if a transitive verb stands a few words back with its subject after it."""
    for back in range(before, max(-1, before - _REACH), -1):
        token = tokens[back]
        if token.kind is Kind.PUNCTUATION and token.text not in _QUOTES:
            break
        effect = effect_of(token.text)
        written = back < before and not token.rule and tokens[back + 1].text.startswith("ال")
        if effect == VERB or (token.text == "ألف" and written):  # «ألف المؤرخ», no thousand
            return Case.ACCUSATIVE
        if effect == ADVERB and _is_extent(tokens, at):
            return Case.ACCUSATIVE
        if effect in (EITHER, INFINITIVE) and back < before:
            subject = tokens[back + 1]
            if subject.text in cues("pronominal"):
                break
            if effect_of(subject.text) == PREPOSITION and not subject.text.startswith("عدد"):
                break
            return Case.ACCUSATIVE
        if effect == TOPIC or (back == before - 1 and _is_of_clause(tokens, back)):
            break
    return Case.NOMINATIVE


def _is_of_clause(tokens: Sequence[Token], at: int) -> bool:
    """«حطت الطائرة وعلى متنها 158 راكبا»: a preposition and its noun that are a predicate of their own."""
    preposition, noun = tokens[at].text, tokens[at + 1].text
    joined_to = preposition.startswith("و") or (at > 0 and tokens[at - 1].text == "و")
    return joined_to and effect_of(preposition) == PREPOSITION and noun.endswith(("ه", "ها", "هم", "هما"))


def _opens_idafa(word: str) -> bool:
    """Whether a word is the first term of an iḍāfa if a bare noun or number follows: «بفارق 3»."""
    word = word.removeprefix("و")
    if is_verbal_noun(word):
        return True
    if len(word) < 4 or "ال" in word[:3] or word.endswith(("ا", "ها", "هم", "ه")):
        return False
    if word[0] == "ب":
        return any(form is Form.SINGULAR for _, form in known(word[1:])) or word.endswith("ة")
    return word[0] == "ل" and bool(known(word[1:])) and not known(word)

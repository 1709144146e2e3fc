"""Units without preceding digits: آلاف كلم, ½ كم, سعر م², الكم2.

Two places in the chain: :func:`rules` right after ``units``, :func:`leftovers` after all number rules.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from service.text.core.rule_walker import starts_at
from service.text.core.tables import cues
from service.text.core.tokens import Replacement, Rule, Token
from service.text.grammar.grammar import Case
from service.text.grammar.measures import Measure
from service.text.normalisation.units import POWERS, WORDS, units

_PREFIXED = re.compile(r"(?P<prefix>[وبك]?)(?P<the>ال)?(?P<unit>كلم|كم|سم|م)")
_IN_WORDS = ("few in words", "tens in words", "hundreds in words")
_UNMISTAKABLE = frozenset({"كلم", "كغ", "كلغ", "كجم", "كغم", "ملغ", "ملغم", "℃", "℉"})


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """Right after units: the 2 of م2 must not be counted."""
    return (("squared unit", _squared),)


def leftovers(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After all number rules: ½ كم, آلاف كلم."""
    return (("unit sign", _alone),)


@starts_at(text=lambda text: text in units())
def _alone(tokens: Sequence[Token], at: int) -> Replacement | None:
    """A unit without preceding digits that is not a word: آلاف كلم, سعر م²."""
    for (sign, measure), length in units().at(tokens, at):
        if length == 1 and sign not in _UNMISTAKABLE and not _after_words(sign, tokens, at):
            continue
        if at and tokens[at - 1].text in {measure.singular, measure.plural} and measure.adjective:
            return Replacement(length, measure.adjective + "ة")
        touched = at + length < len(tokens) and not tokens[at + length].spaced
        if touched and tokens[at + length].kind in WORDS:
            continue
        return Replacement(length, _after_word(measure, tokens[at - 1].text if at else ""))
    return None


def _after_word(measure: Measure, word: str) -> str:
    """The form after a number in words: عشرة كيلومترات, خمسين كيلومترا, مئة كيلومتر."""
    if word in cues("few in words"):
        return measure.many()
    return measure.one(Case.ACCUSATIVE if word in cues("tens in words") else Case.GENITIVE)


def _after_words(sign: str, tokens: Sequence[Token], at: int) -> bool:
    """After a fraction, or a round number in words: نصف كم, مئة كم."""
    if not at:
        return False
    return tokens[at - 1].rule == "fraction" or (
        sign == "كم" and any(tokens[at - 1].text in cues(name) for name in _IN_WORDS)
    )


@starts_at(text=lambda text: text in units() or _PREFIXED.fullmatch(text))
def _squared(tokens: Sequence[Token], at: int) -> Replacement | None:
    """م2 and كم2 without a number before: the 2 must not be counted."""
    answer = _alone(tokens, at)
    if answer and answer.length > 1:
        return answer
    return _defined(tokens, at)


def _defined(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«سعر الم2», «وكم2»: a square unit with an article or a conjunction."""
    found = _PREFIXED.fullmatch(tokens[at].text)
    if found is None or at + 1 >= len(tokens) or tokens[at + 1].spaced:
        return None
    adjective = POWERS.get(tokens[at + 1].text)
    unit = next((m for (sign, m), _ in units().at([replace(tokens[at], text=found["unit"])], 0)), None)
    if adjective is None or unit is None:
        return None
    measure = replace(unit, adjective=adjective)
    if found["the"]:
        return Replacement(2, f"{found['prefix']}ال{measure.singular} ال{adjective}")
    return Replacement(2, found["prefix"] + measure.one(Case.GENITIVE))

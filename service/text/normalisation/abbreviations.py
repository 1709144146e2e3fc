"""Abbreviations and honorifics, if their context confirms them: د. أحمد, (ص), ص 12, ق.م, أ ف ب.

After ``money``, ``units`` and ``codes`` and the dates and times of the number rules, which handle د.م. and
8:00 م better; before the plain number rules, so that «ص 12» can become an ordinal. The table is
``abbreviations.tsv``; its third column names one of the conditions below.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service.model.borrowed import plain
from service.text.core.rule_walker import starts_at
from service.text.core.signs import Signs
from service.text.core.spelling import joined
from service.text.core.tables import cues, mapping, rows
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.core.wordlists import function_words
from service.text.grammar.feminine import is_womans_name
from service.text.grammar.grammar import Gender
from service.text.normalisation.citations import cite

_PREFIXES = frozenset("وفبل")
_CITED = {"page": Gender.FEMININE, "part": Gender.MASCULINE, "part f": Gender.FEMININE}
_LEAD = 8
"""A news agency is named within this many tokens of the start."""
_PROPHET = cues("prophet")
_HOLY = cues("holy")
_ENUMERATED = cues("enumerated")
_INITIALS = frozenset(mapping("core/letters.tsv")) - frozenset("أادمذوفبلك")
"""Letters that are no title and no prefix."""


@dataclass(frozen=True, slots=True)
class _Entry:
    written: str
    spoken: str
    womans: str
    where: str


Condition = Callable[[Sequence[Token], int, int], bool]
"""Whether the abbreviation at ``tokens[start:end]`` may be expanded in its context."""


def _word(tokens: Sequence[Token], at: int) -> Token | None:
    return tokens[at] if 0 <= at < len(tokens) and tokens[at].kind is Kind.WORD else None


def _text(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) else ""


def _before_name(tokens: Sequence[Token], start: int, end: int) -> bool:
    name = _word(tokens, end)
    if name is None or len(name.text) < 2:
        return False
    before = tokens[start - 1] if start else None
    if before is not None and before.text == "." and _text(tokens, start - 2) in _INITIALS:
        return False  # «ع. م.»: initials of a person whose name is withheld
    return before is None or (before.kind is not Kind.NUMBER and plain(before.text) not in _ENUMERATED)


def _before_bare_name(tokens: Sequence[Token], start: int, end: int) -> bool:
    name = _word(tokens, end)
    if name is None or not name.spaced or len(name.text) < 3 or name.text in function_words():
        return False
    return _before_name(tokens, start, end)


def _before_number(tokens: Sequence[Token], _start: int, end: int) -> bool:
    return end < len(tokens) and tokens[end].kind is Kind.NUMBER


def _after_number(tokens: Sequence[Token], start: int, _end: int) -> bool:
    return start > 0 and tokens[start - 1].kind is Kind.NUMBER


def _after_hour(tokens: Sequence[Token], start: int, _end: int) -> bool:
    before = start - 3 if _text(tokens, start - 2).rstrip("ـ") == "ال" else start - 2
    return _after_number(tokens, start, start) and _text(tokens, before).endswith("الساعة")


def _cited(tokens: Sequence[Token], start: int, end: int) -> bool:
    """A part or an edition, as in a reference: after a bracket, a comma or the page before it."""
    return _before_number(tokens, start, end) and (start == 0 or tokens[start - 1].kind is not Kind.WORD)


def _paged(tokens: Sequence[Token], start: int, end: int) -> bool:
    return _before_number(tokens, start, end) and plain(_text(tokens, start - 1)) not in _ENUMERATED


def _in_lead(tokens: Sequence[Token], start: int, end: int) -> bool:
    after = _text(tokens, end)
    if after == ")":
        return _text(tokens, start - 1) == "("
    return end <= _LEAD and after in {"-", "–", "—", "/", ":"}


_CONDITIONS: dict[str, Condition] = {
    "anywhere": lambda *_: True,
    "name": _before_name,
    "bare name": _before_bare_name,
    "page": _paged,
    "part": _cited,
    "part f": _cited,
    "before a number": _before_number,
    "after a number": _after_number,
    "after an hour": _after_hour,
    "after a time": lambda tokens, start, _: start > 0 and tokens[start - 1].rule == "time",
    "last": lambda tokens, _, end: end == len(tokens) or tokens[end].kind is Kind.PUNCTUATION,
    "first": lambda tokens, start, end: start == 0 and end < len(tokens),
    "agency": _in_lead,
    "after the Prophet": lambda tokens, start, _: _text(tokens, start - 1) in _PROPHET,
    "after a holy name": lambda tokens, start, _: _text(tokens, start - 1) in _HOLY,
    "after a word": lambda tokens, start, _: _word(tokens, start - 1) is not None,
    "in brackets": lambda tokens, start, end: (
        _text(tokens, start - 1) == "(" and _before_number(tokens, start, end)
    ),
}


def _table(locale: str) -> Signs[_Entry]:
    return Signs(
        (written, _Entry(written, *_by_gender(spoken), where))
        for written, spoken, where, *locales in rows("normalisation/abbreviations.tsv")
        if not locales or locale in locales
    )


def _by_gender(spoken: str) -> tuple[str, str]:
    mans, _, womans = spoken.partition("|")
    return mans, womans or mans


def _abbreviations(locale: str) -> Rule:
    table = _table(locale)

    @starts_at(text=lambda text: text in table or text[1:] in table)
    def rule(tokens: Sequence[Token], at: int) -> Replacement | None:
        text = tokens[at].text
        if text in table:
            for entry, length in table.at(tokens, at):
                if _CONDITIONS[entry.where](tokens, at, at + length) and not _goes_on(tokens, at + length):
                    return _said(entry, tokens, at, at + length)
        if len(text) == 2 and text[0] in _PREFIXES and text[1] in table:
            for entry, length in table.at(tokens, at, text[1]):
                if _takes_prefix(entry, text[0]) and _CONDITIONS[entry.where](tokens, at, at + length):
                    answer = _said(entry, tokens, at, at + length)
                    return Replacement(answer.length, joined(text[0], answer.words))
        return None

    return rule


def _goes_on(tokens: Sequence[Token], end: int) -> bool:
    """Whether more initials follow, so that these letters begin an unknown abbreviation: ق.م.ت."""
    run = tokens[end : end + 2]
    more = len(run) > 1 and run[0].text == "." and not run[0].spaced and not run[1].spaced
    return more and run[1].kind is Kind.WORD and len(run[1].text) == 1


def _takes_prefix(entry: _Entry, prefix: str) -> bool:
    """و before any form with a dot; other prefixes if no word is likely: لد., بو.م.ع, not كم. or لم."""
    dots = entry.written.count(".")
    return dots > 1 or (dots == 1 and (prefix == "و" or (prefix, entry.written) == ("ل", "د.")))


def _said(entry: _Entry, tokens: Sequence[Token], at: int, end: int) -> Replacement:
    if entry.where in {"name", "bare name"}:
        womans = is_womans_name(tokens[end].text)
        return Replacement(end - at, entry.womans if womans else entry.spoken)
    if entry.where in _CITED:
        return cite(tokens, (at, end), entry.spoken, _CITED[entry.where])
    if "." in entry.written and end + 1 < len(tokens) and tokens[end].text == "." and not tokens[end].spaced:
        end += 1
    spoken = entry.spoken
    if _text(tokens, at - 1).endswith("وكالة"):
        spoken = spoken.removeprefix("وكالة ")
    return Replacement(end - at, spoken)


def rules(locale: str) -> tuple[tuple[str, Rule], ...]:
    """After money, units, codes, dates and times; before the plain number rules."""
    return (("abbreviation", _abbreviations(locale)),)

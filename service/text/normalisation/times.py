"""Times of day and durations: «20h45», «15:30», «8 صباحا», «2:03:15».

Times are read as written, in the 24-hour clock if written so.

>>> from service.text.core.tokens import tokenise, written
>>> from service.text.core.rule_walker import apply
>>> def say(text):
...     tokens = list(tokenise(text))
...     for name, rule in rules("ar-MA"):
...         tokens, _ = apply(name, rule, tokens)
...     return written(tokens)
>>> say("الساعة 15:30"), say("على 20h45"), say("8:00 ص")
('الساعة الخامسة عشرة والنصف', 'على الساعة العشرين وخمس وأربعين دقيقة', 'الثامنة صباحا')
>>> say("في زمن 2:03:15")
'في زمن ساعتين وثلاث دقائق وخمس عشرة ثانية'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.text.core.figures import whole_at
from service.text.core.rule_walker import starts_at
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.grammar.governors import case_at
from service.text.grammar.grammar import Case, Gender
from service.text.grammar.nouns import known
from service.text.grammar.numerals import ordinal
from service.text.normalisation.counted import counted
from service.text.normalisation.ordinals import noun_case

_HOURS, _MINUTES, _NOON = 24, 60, 12
_MILITARY = 4
"""Digits of an hour and its minutes without a sign between them."""
_UNITS = ("ساعة", "دقيقة", "ثانية")
_HEAD = "ساعة"
_LASTING = frozenset(
    [
        "مدة",
        "لمدة",
        "ظرف",
        "زمن",
        "بزمن",
        "دام",
        "دامت",
        "استغرق",
        "استغرقت",
        "يستغرق",
        "تستغرق",
        "مدته",
        "مدتها",
        "غضون",
        "زمنه",
        "زمنها",
        "توقيت",
        "بتوقيت",
    ]
)
_HALVES = {
    **dict.fromkeys(("ص", "am"), "صباحا"),
    **dict.fromkeys(("م", "pm"), "مساء"),
    "gmt": "بتوقيت غرينتش",
    "utc": "بتوقيت غرينتش",
}
_PARTS_OF_DAY = frozenset(["صباحا", "مساء", "ليلا", "ظهرا", "زوالا", "فجرا", "عصرا", "ص", "م", "am", "pm"])
_HOUR_SIGNS = frozenset({"h", "H", "سا", "س"})


@dataclass(frozen=True, slots=True)
class _Clock:
    numbers: tuple[int, ...]
    """Hours, minutes, seconds."""
    length: int


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """Before ordinals («الساعة 8» is one) and ranges."""
    return (("time", time),)


@starts_at(Kind.NUMBER)
def time(tokens: Sequence[Token], at: int) -> Replacement | None:
    """A clock time, a range of two, or a duration."""
    clock = _clock(tokens, at)
    if clock is None:
        return _hour_of_day(tokens, at)
    before = tokens[at - 1].text if at else ""
    headed = before.endswith(_HEAD)
    case = noun_case(tokens, at - 1) if headed else case_at(tokens, at)
    if before in _LASTING or (len(clock.numbers) == len(_UNITS) and not headed):
        return Replacement(clock.length, duration(clock.numbers, case))
    end = at + clock.length
    until = _clock(tokens, end + 1) if end < len(tokens) and tokens[end].text in "-–" else None
    if until:
        first, last = _say(clock.numbers, Case.GENITIVE), _say(until.numbers, Case.GENITIVE)
        link = "و" if before.endswith("بين") else "إلى "
        opening = "" if before.endswith(("من", "بين")) else "من "
        words, end = f"{opening}{_headed(tokens, at, end, first)} {link}{last}", end + 1 + until.length
    else:
        words = _headed(tokens, at, end, _say(clock.numbers, case))
    half = _half(tokens, end)
    return Replacement(end - at + bool(half), f"{words} {half}".strip())


def _headed(tokens: Sequence[Token], at: int, end: int, words: str) -> str:
    """«الساعة» before a time that nothing else marks as one."""
    before = _text(tokens, at - 1) if at else ""
    joined = before in ("و", "إلى", "حتى", "أو") and at > 1 and tokens[at - 2].kind is Kind.NUMBER
    if before.endswith(_HEAD) or joined or _text(tokens, end).lower() in _PARTS_OF_DAY or "منتصف" in words:
        return words
    return "الساعة " + words


def _clock(tokens: Sequence[Token], at: int) -> _Clock | None:
    if dotted := _dotted(tokens, at):
        return dotted
    hours = whole_at(tokens, at)
    if hours is None or hours > _HOURS or len(tokens[at].text) > 2:
        return None
    sign = _text(tokens, at + 1)
    if sign == ":":
        numbers, end = [hours], at + 1
        while (
            len(numbers) < len(_UNITS)
            and _text(tokens, end) == ":"
            and (part := _sixtieths(tokens, end + 1)) is not None
        ):
            numbers.append(part)
            end += 2
        return _Clock(tuple(numbers), end - at) if len(numbers) > 1 else None
    if sign not in _HOUR_SIGNS or (tokens[at + 1].kind is Kind.WORD and tokens[at + 1].spaced):
        return None
    minutes = _sixtieths(tokens, at + 2)
    if minutes is None:
        return _Clock((hours, 0), 2)
    length = 4 if _text(tokens, at + 3) in ("min", "mn", "د") else 3
    return _Clock((hours, minutes), length)


def _dotted(tokens: Sequence[Token], at: int) -> _Clock | None:
    """«الساعة 20.30», «الساعة 0815»."""
    if not at or not tokens[at - 1].text.endswith(_HEAD) or tokens[at].kind is not Kind.NUMBER:
        return None
    if len(tokens[at].text) == _MILITARY and tokens[at].text.isdecimal():
        clock = int(tokens[at].text[:2]), int(tokens[at].text[2:])
        return _Clock(clock, 1) if clock[0] <= _HOURS and clock[1] < _MINUTES else None
    hours, _, minutes = tokens[at].text.replace(",", ".").partition(".")
    if not (hours.isdecimal() and minutes.isdecimal()) or len(hours) > 2 or len(minutes) != 2:
        return None
    if int(hours) > _HOURS or int(minutes) >= _MINUTES:
        return None
    return _Clock((int(hours), int(minutes)), 1)


def _sixtieths(tokens: Sequence[Token], at: int) -> int | None:
    """Minutes or seconds, in two digits right after their sign."""
    value = whole_at(tokens, at)
    if value is None or len(tokens[at].text) != 2 or value >= _MINUTES or tokens[at].spaced:
        return None
    return value


def _hour_of_day(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«8 صباحا», without minutes."""
    hour = whole_at(tokens, at)
    if hour is None or not 1 <= hour <= _NOON or at + 1 >= len(tokens):
        return None
    after = tokens[at + 1].text
    if after == "م" or after.lower() not in _PARTS_OF_DAY:  # metres
        return None
    before = tokens[at - 1].text if at else ""
    case = noun_case(tokens, at - 1) if before.endswith(_HEAD) else case_at(tokens, at)
    half = _half(tokens, at + 1)
    return Replacement(1 + bool(half), f"{_say((hour, 0), case)} {half}".strip())


def _say(numbers: Sequence[int], case: Case) -> str:
    """A time of day: «الثالثة والنصف»."""
    hours, minutes = numbers[:2]
    if not hours and not minutes:
        return "منتصف الليل"
    hour = "الواحدة" if hours == 1 else ordinal(hours or _NOON, gender=Gender.FEMININE, case=case)
    night = "" if hours else " ليلا"
    if not minutes:
        return hour
    part = {15: "الربع", 30: "النصف"}.get(minutes) or _unit(minutes, "دقيقة", case)
    return f"{hour} و{part}{night}"


def duration(numbers: Sequence[int], case: Case) -> str:
    """A duration in hours, minutes and seconds."""
    parts = [_unit(value, unit, case) for value, unit in zip(numbers, _UNITS, strict=False) if value]
    return " و".join(parts) or _unit(0, _UNITS[0], case)


def _unit(value: int, unit: str, case: Case) -> str:
    return counted(value, known(unit)[0][0], case=case) if value != 1 else unit


def _half(tokens: Sequence[Token], at: int) -> str:
    """«ص», «pm», «GMT» after a time, in words."""
    return _HALVES.get(_text(tokens, at).lower(), "")


def _text(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if at < len(tokens) else ""

"""Stems of a verb from its principal forms: قَالَ يَقُولُ → qāl-, qul-, qīl-, -qūl-, -qul-, -qāl-.

Patterns of the forms I to X and of the quadriliterals: Wright, A Grammar of the Arabic Language, vol. I §§ 35
to 71; doubled, hamzated and weak verbs §§ 120 to 176.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum, auto

from service.text.grammar.verb_sounds import CONSONANT, sounds


class Kind(StrEnum):
    """How the last two root letters of a verb behave."""

    SOUND = "sound"
    DOUBLED = "doubled"
    """They are equal and merge before a vowel: رَدَّ, رَدَدْتُ."""
    HOLLOW = "hollow"
    """The middle one is a long vowel: قَالَ, يَقُولُ."""
    DEFECTIVE = "defective"
    """The last one is a long vowel: دَعَا, يَدْعُو."""


class Ending(IntEnum):
    """The sounds that follow a stem, as far as they change it."""

    A = auto()
    """Past, 3rd person masculine singular."""
    AT = auto()
    """Past, 3rd person feminine."""
    AA = auto()
    """Past, 3rd person masculine dual."""
    UU = auto()
    """Past, 3rd person masculine plural."""
    CLOSED = auto()
    """Past, before a consonant."""
    INDICATIVE = auto()
    SUBJUNCTIVE = auto()
    JUSSIVE = auto()
    PLURAL = auto()
    """Present, before ū."""
    FEMININE = auto()
    """Present, before ī."""
    DUAL = auto()
    """Present, before ā."""
    WOMEN = auto()
    """Present, before -na."""
    ORDER = auto()
    """Imperative, masculine singular."""
    ORDER_PLURAL = auto()
    ORDER_FEMININE = auto()
    ORDER_DUAL = auto()
    ORDER_WOMEN = auto()


_ORDERS = {
    Ending.JUSSIVE: Ending.ORDER,
    Ending.PLURAL: Ending.ORDER_PLURAL,
    Ending.FEMININE: Ending.ORDER_FEMININE,
    Ending.DUAL: Ending.ORDER_DUAL,
    Ending.WOMEN: Ending.ORDER_WOMEN,
}
_PAST_ENDINGS = (Ending.A, Ending.AT, Ending.AA, Ending.UU, Ending.CLOSED)
_PRESENT_ENDINGS = (
    Ending.INDICATIVE, Ending.SUBJUNCTIVE, Ending.JUSSIVE,
    Ending.PLURAL, Ending.FEMININE, Ending.DUAL, Ending.WOMEN,
)  # fmt: skip
_HIGH = str.maketrans("aiA", "uuU")
_WEAK = "وي"
_SHORT = {"A": "a", "I": "i", "U": "u"}
_NO_HAMZA = frozenset({"ءaخaذa", "ءaكaلa", "ءaمaرa"})
"""أخذ, أكل and أمر lose their hamza in the imperative: خُذْ. Wright, vol. I § 137."""


@dataclass(frozen=True, slots=True)
class Stem:
    """A stem whose last root letters have not merged with anything."""

    onset: str
    middle: str
    vowel: str
    last: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """What all forms of a verb are composed of."""

    form: str
    """I to X, or Q1, Q2, Q4 of four root letters."""
    kind: Kind
    past: Stem
    present: Stem
    passive_past: Stem
    passive_present: Stem
    prefix_vowel: str
    """Of the present: u in the forms II, III, IV and Q1, else a."""
    short: str
    """The vowel of a hollow stem before a consonant: قُلْتُ, بِعْتُ, أَقَمْتُ."""


def _form(onset: str, present: str, vowel: str) -> tuple[str, str, str]:
    infixes = str.maketrans("stn", "ستن")
    return (
        onset.translate(infixes).replace("C?", f"({CONSONANT}?)").replace("C", f"({CONSONANT})"),
        present.translate(infixes),
        vowel,
    )


_FORMS = {
    "X": _form("istaC", "sta{0}", "i"),
    "VIII": _form("iC([تدط])a", "{0}{1}a", "i"),
    "VII": _form("inCa", "n{0}a", "i"),
    "IX": _form("iCCa", "{0}{1}a", "i"),
    "Q4": _form("iCCaC", "{0}{1}a{2}", "i"),
    "V": _form("taCaC", "ta{0}a{1}", "a"),
    "Q2": _form("taCaC", "ta{0}a{1}", "a"),
    "VI": _form("taCA", "ta{0}A", "a"),
    "IV": _form("ءaC?", "{0}", "i"),
    "III": _form("CA", "{0}A", "i"),
    "II": _form("CaC", "{0}a{1}", "i"),
    "Q1": _form("CaC", "{0}a{1}", "i"),
    "I": _form("Ca", "{0}", ""),
}
"""Form → what stands before the last two root letters in the past and present; last vowel of the present."""
_GEMINATE = frozenset({"II", "V"})
_CONTRACTED = frozenset({"I", "IV", "VII", "VIII", "X"})
_MERGED = _CONTRACTED | {"III", "VI", "IX", "Q4"}
_U = frozenset({"II", "III", "IV", "Q1"})


def _past_patterns() -> Iterator[tuple[str, Kind, re.Pattern[str]]]:
    letter = f"(?P<%s>{CONSONANT})"
    for form, (onset, _, _) in _FORMS.items():
        yield from (
            (form, kind, re.compile(f"(?P<onset>{onset}){tail}"))
            for kind, tail in (
                (Kind.SOUND, f"{letter % 'middle'}(?P<vowel>[aiu]){letter % 'last'}a"),
                (Kind.DEFECTIVE, f"{letter % 'middle'}(?P<final>[AY])"),
            )
            if form not in {"IX", "Q4"}
        )
        if form in _CONTRACTED:
            hollow = onset.removesuffix("a")
            yield form, Kind.HOLLOW, re.compile(f"(?P<onset>{hollow})A{letter % 'last'}a")
        if form in _MERGED:
            vowel = "" if onset[-1] in "aA" else "a"
            yield form, Kind.DOUBLED, re.compile(f"(?P<onset>{onset}){vowel}{letter % 'last'}(?P=last)a")


_PAST = tuple(_past_patterns())


def pattern(past: str, present: str) -> Pattern:
    """The pattern of a verb.

    Args:
        past: 3rd person masculine singular, active, fully vowelled: «اِسْتَعَادَ».
        present: the same: «يَسْتَعِيدُ».

    Raises:
        ValueError: the two are not the principal forms of one verb.

    >>> found = pattern("اِسْتَعَادَ", "يَسْتَعِيدُ")
    >>> found.form, found.kind.value
    ('X', 'hollow')
    """
    was, will = sounds(past), sounds(present)
    for candidate in _candidates(was):
        if (
            past_forms(candidate, passive=False)[0][1] == was
            and "ي" + present_forms(candidate, passive=False)[0][1] == will
        ):
            return candidate
    raise ValueError(f"no verb: {past} {present}")


def _candidates(was: str) -> Iterator[Pattern]:
    # آمَنَ is composed as ʔaʔmana.
    spellings = (was, "ءaء" + was[2:]) if was.startswith("ءA") else (was,)
    for spelling in spellings:
        for form, kind, expression in _PAST:
            match = expression.fullmatch(spelling)
            if match and _has_form(form, match):
                vowels = "uia" if form == "I" else _FORMS[form][2]
                for vowel in vowels:
                    yield from _with_vowel(form, kind, match, vowel)


def _has_form(form: str, match: re.Match[str]) -> bool:
    """Whether a second root letter is doubled in the forms II and V, and in no other."""
    middle = match.groupdict().get("middle")
    if form in _GEMINATE:
        return middle == match["onset"][-1]
    return form not in {"Q1", "Q2", "IV"} or middle is None or middle != match["onset"][-1]


def _with_vowel(form: str, kind: Kind, match: re.Match[str], vowel: str) -> Iterator[Pattern]:
    found = match.groupdict()
    roots = [group for group in match.groups()[1:] if group is not None]
    onset = found["onset"]
    if kind is Kind.HOLLOW:
        middle, last, past_vowel = "و", found["last"], "a"
        if form in {"I", "VII", "VIII"}:
            onset += "a"
    elif kind is Kind.DOUBLED:
        middle = last = found["last"]
        past_vowel = "i" if form == "I" and vowel == "a" else "a"
    elif kind is Kind.DEFECTIVE:
        middle, past_vowel = found["middle"], "a"
        last = "و" if form == "I" and found["final"] == "A" and middle != "ي" else "ي"
    else:
        middle, past_vowel, last = found["middle"], found["vowel"], found["last"]
        if past_vowel == "i" and last in _WEAK:
            kind = Kind.DEFECTIVE
    past = Stem(onset, middle, past_vowel, last)
    if form == "I" and kind is Kind.DEFECTIVE and (vowel, last) in {("u", "ي"), ("i", "و")}:
        return
    full = _FORMS[form][1].format(*roots)
    shorts = {"u": "u", "i": "i", "a": "i"}[vowel] if form == "I" else "a"
    for begins, second in _beginnings(form, full, middle):
        yield Pattern(
            form=form,
            kind=kind,
            past=past,
            present=Stem(begins, second, _long_a(form, kind, vowel), last),
            passive_past=Stem(
                _passive_onset(form, onset, middle), middle, "i", "ي" if last in _WEAK else last
            ),
            passive_present=Stem(full if middle == second else begins, second, "a", last),
            prefix_vowel="u" if form in _U else "a",
            short=shorts,
        )


def _beginnings(form: str, full: str, middle: str) -> Iterator[tuple[str, str]]:
    """The onset and middle letter of the present: those of the past, and of verbs that lose one.

    وَصَلَ يَصِلُ loses its first root letter, رَأَى يَرَى its second.
    """
    yield full, middle
    if form == "I" and full == "و":
        yield "", middle
    if form == "I" and middle == "ء":
        yield "", full


def _long_a(form: str, kind: Kind, vowel: str) -> str:
    """اِخْتَارَ يَخْتَارُ: hollow verbs of the forms VII and VIII have ā in the present."""
    return "a" if kind is Kind.HOLLOW and form in {"VII", "VIII"} else vowel


def _passive_onset(form: str, onset: str, middle: str) -> str:
    """The onset of the passive past: all vowels become u, long before w and y (أُوصِلَ, اُسْتُورِدَ)."""
    high = onset.translate(_HIGH)
    if form in {"IV", "X"} and high[-1] in _WEAK and high[-2] == "u" and middle != high[-1]:
        return high[:-2] + "U"
    return "ءU" if high == "ءuء" and form == "IV" else high


Forms = list[tuple[Ending, str]]
"""Stems before each ending, in sounds, with the vowels of the ending that they merge with."""


def past_forms(pattern: Pattern, *, passive: bool) -> Forms:
    """The past before each of its endings."""
    stem = pattern.passive_past if passive else pattern.past
    onset, middle, vowel, last = stem.onset, stem.middle, stem.vowel, stem.last
    closed = onset + middle + vowel + last
    if pattern.kind is Kind.DEFECTIVE:
        base = onset + middle
        if vowel == "a":
            final = "A" if last == "و" or middle == "ي" else "Y"
            return _settled(base, (final, "aت", f"a{last}A", "aو", "a" + last))
        return _settled(base, (f"{vowel}{last}a", f"{vowel}{last}aت", f"{vowel}{last}A", "U", "I"))
    whole = closed
    if pattern.kind is Kind.HOLLOW:
        begins = onset.rstrip("aiu")
        whole = begins + ("I" if passive else "A") + last
        closed = begins + ("i" if passive else pattern.short) + last
    elif pattern.kind is Kind.DOUBLED:
        whole = onset + ("" if onset[-1:] in {"a", "A", "u", "U"} else vowel) + last + last
    return _settled("", (whole + "a", whole + "aت", whole + "A", whole + "U", closed))


def _settled(base: str, tails: tuple[str, ...]) -> Forms:
    return [(ending, settled(base + tail)) for ending, tail in zip(_PAST_ENDINGS, tails, strict=True)]


_TWO_HAMZAS = re.compile(f"ءaء(?={CONSONANT})")
_GLIDE = re.compile(f"^u[{_WEAK}](?={CONSONANT})")


def settled(form: str) -> str:
    """Two hamzas become ʔā (آخُذُ); initial uw and uy before a consonant become ū (يُوصِلُ, يُوقِنُ)."""
    if "ءaء" in form:
        form = _TWO_HAMZAS.sub("ءA", form)
    if form[0] == "u" and form[1:2] in _WEAK:
        form = _GLIDE.sub("U", form)
    return form


def present_forms(pattern: Pattern, *, passive: bool) -> Forms:
    """The present before each of its endings, from the prefix's vowel on."""
    vowel = "u" if passive else pattern.prefix_vowel
    return [(ending, settled(vowel + form)) for ending, form in _bare_present(pattern, passive=passive)]


def imperative_forms(pattern: Pattern) -> Forms:
    """The imperative before each of its endings."""
    return [
        (_ORDERS[ending], _ordered(pattern, form))
        for ending, form in _bare_present(pattern, passive=False)
        if ending in _ORDERS
    ]


def _ordered(pattern: Pattern, form: str) -> str:
    past = pattern.past
    if pattern.form == "IV":
        return settled("ءa" + form)
    if past.onset + past.middle + past.vowel + past.last + "a" in _NO_HAMZA:
        return form[1:]
    if len(form) > 1 and form[1] not in "aiuAIUY":
        return settled(("u" if pattern.form == "I" and pattern.present.vowel == "u" else "i") + form)
    return form


def _bare_present(pattern: Pattern, *, passive: bool) -> Forms:
    stem = pattern.passive_present if passive else pattern.present
    onset, middle, vowel, last = stem.onset, stem.middle, stem.vowel, stem.last
    if pattern.kind is Kind.DEFECTIVE:
        base = onset + middle
        long = vowel.upper()
        final = "Y" if long == "A" and middle != "ي" else long
        if vowel == "a":
            tails = (final, final, "a", "aو", "aي", "aيA", "aي")
        else:
            glide = "و" if vowel == "u" else "ي"
            tails = (final, f"{vowel}{glide}a", vowel, "U", "I", f"{vowel}{glide}A", final)
        return [(ending, base + tail) for ending, tail in zip(_PRESENT_ENDINGS, tails, strict=True)]
    closed = whole = onset + middle + vowel + last
    if pattern.kind is Kind.HOLLOW:
        begins = onset.rstrip("aiu")
        whole, closed = begins + vowel.upper() + last, begins + vowel + last
    elif pattern.kind is Kind.DOUBLED:
        whole = onset + ("" if onset[-1:] in {"a", "A"} else vowel) + last + last
    doubled = pattern.kind is Kind.DOUBLED
    forms = (whole + "u", whole + "a", closed, whole + "U", whole + "I", whole + "A", closed)
    found = list(zip(_PRESENT_ENDINGS, forms, strict=True))
    # Without an ending both لَمْ يَرُدَّ and لَمْ يَرْدُدْ are said.
    return [*found, (Ending.JUSSIVE, whole + "a")] if doubled else found

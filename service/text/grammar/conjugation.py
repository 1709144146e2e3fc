"""Finds every form of a known verb that an unvowelled word can be.

The verbs are those of ``verbs.tsv``. A form that no verb of the table has is not returned: خصص is a form of
خَصَّصَ only.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from threading import Lock
from typing import NamedTuple

from service.text.core.orthography import skeleton
from service.text.core.tables import rows
from service.text.grammar.grammar import Gender
from service.text.grammar.verb_sounds import bones, folded, spell, spelt_as
from service.text.grammar.verb_stems import (
    Ending,
    imperative_forms,
    past_forms,
    pattern,
    present_forms,
    settled,
)

_LONGEST = 20
"""Letters of a verb form with all its clitics."""


class Voice(StrEnum):
    """Active or passive."""

    ACTIVE = "active"
    PASSIVE = "passive"


class Mood(StrEnum):
    """The past, the three moods of the present, and the imperative."""

    PAST = "past"
    INDICATIVE = "indicative"
    SUBJUNCTIVE = "subjunctive"
    JUSSIVE = "jussive"
    IMPERATIVE = "imperative"


class Number(StrEnum):
    """The grammatical number of a verb's subject."""

    SINGULAR = "singular"
    DUAL = "dual"
    PLURAL = "plural"


class Subject(NamedTuple):
    """The subject that a form expresses."""

    person: int
    gender: Gender | None
    """``None`` in the first person, which has one form for both."""
    number: Number


@dataclass(frozen=True, slots=True)
class Verb:
    """A line of ``verbs.tsv``."""

    lemma: str
    """Past, 3rd person masculine singular, vowelled: «اِسْتَعَادَ»."""
    present: str
    """Present of the same person: «يَسْتَعِيدُ»."""
    flags: frozenset[str]
    """Letters that the head of the table explains."""
    rank: int
    """1 (the commonest verbs of news) to 3."""

    @property
    def transitive(self) -> bool:
        """Whether it takes a direct object."""
        return "t" in self.flags

    @property
    def has_passive(self) -> bool:
        """Whether it has a passive: that of its object, or the impersonal one (عُثِرَ عَلَى)."""
        return bool(self.flags & {"t", "p"})


@dataclass(frozen=True, slots=True)
class VerbForm:
    """A reading of a written word as a form of a verb."""

    vowelled: str
    """The letters of the word, each with its marks. Long vowels, silent alif and hamzat al-waṣl have none."""
    verb: Verb
    voice: Voice
    mood: Mood
    subject: Subject
    prefix: str = ""
    """Letters of the clitics before it: «وس»."""
    suffix: str = ""
    """Letters of the object pronoun after it: «ها»."""

    @property
    def lemma(self) -> str:
        """The verb's past, 3rd person masculine singular, vowelled."""
        return self.verb.lemma

    @property
    def flags(self) -> frozenset[str]:
        """The verb's flags."""
        return self.verb.flags


class _Stem(NamedTuple):
    """A verb before one ending, in sounds."""

    verb: Verb
    voice: Voice
    ending: Ending
    sounds: str
    letters: str


class _Slot(NamedTuple):
    """What is attached to a stem, and what that means."""

    tail: str
    mood: Mood
    subject: Subject
    attached: bool | None = None
    """Whether an object pronoun must follow (``True``) or cannot (``False``)."""


_M, _F = Gender.MASCULINE, Gender.FEMININE
_HE, _SHE = Subject(3, _M, Number.SINGULAR), Subject(3, _F, Number.SINGULAR)
_YOU, _YOU_F = Subject(2, _M, Number.SINGULAR), Subject(2, _F, Number.SINGULAR)
_I, _WE = Subject(1, None, Number.SINGULAR), Subject(1, None, Number.PLURAL)
_BOTH, _BOTH_F = Subject(3, _M, Number.DUAL), Subject(3, _F, Number.DUAL)
_YOU_BOTH, _YOU_BOTH_F = Subject(2, _M, Number.DUAL), Subject(2, _F, Number.DUAL)
_THEY, _THEY_F = Subject(3, _M, Number.PLURAL), Subject(3, _F, Number.PLURAL)
_YOU_ALL, _YOU_ALL_F = Subject(2, _M, Number.PLURAL), Subject(2, _F, Number.PLURAL)

_SINGULAR_PREFIXES = {"ي": (_HE,), "ت": (_SHE, _YOU), "ء": (_I,), "ن": (_WE,)}
_DUAL_PREFIXES = {"ي": (_BOTH,), "ت": (_BOTH_F, _YOU_BOTH, _YOU_BOTH_F)}
_PLURAL_PREFIXES = {"ي": (_THEY,), "ت": (_YOU_ALL,)}
_WOMEN_PREFIXES = {"ي": (_THEY_F,), "ت": (_YOU_ALL_F,)}
_FEMININE_PREFIXES = {"ت": (_YOU_F,)}
_DEPENDENT = (Mood.SUBJUNCTIVE, Mood.JUSSIVE)
_PRESENT = (Mood.INDICATIVE, *_DEPENDENT)


def _past_slots() -> Iterator[tuple[Ending, _Slot]]:
    past = Mood.PAST
    yield Ending.A, _Slot("", past, _HE)
    yield Ending.AT, _Slot("", past, _SHE)
    yield Ending.AA, _Slot("", past, _BOTH)
    yield Ending.AT, _Slot("A", past, _BOTH_F)
    yield Ending.UU, _Slot("x", past, _THEY, attached=False)
    yield Ending.UU, _Slot("", past, _THEY, attached=True)
    for tail, subject in (("na", _THEY_F), ("ta", _YOU), ("ti", _YOU_F), ("tunna", _YOU_ALL_F), ("tu", _I)):
        yield Ending.CLOSED, _Slot(_arabic(tail), past, subject)
    for subject in (_YOU_BOTH, _YOU_BOTH_F):
        yield Ending.CLOSED, _Slot(_arabic("tumA"), past, subject)
    yield Ending.CLOSED, _Slot(_arabic("tum"), past, _YOU_ALL, attached=False)
    yield Ending.CLOSED, _Slot(_arabic("tumU"), past, _YOU_ALL, attached=True)
    yield Ending.CLOSED, _Slot(_arabic("nA"), past, _WE)


def _imperative_slots() -> Iterator[tuple[Ending, _Slot]]:
    order = Mood.IMPERATIVE
    yield Ending.ORDER, _Slot("", order, _YOU)
    yield Ending.ORDER_FEMININE, _Slot("", order, _YOU_F)
    yield Ending.ORDER_DUAL, _Slot("", order, _YOU_BOTH)
    yield Ending.ORDER_DUAL, _Slot("", order, _YOU_BOTH_F)
    yield Ending.ORDER_PLURAL, _Slot("x", order, _YOU_ALL, attached=False)
    yield Ending.ORDER_PLURAL, _Slot("", order, _YOU_ALL, attached=True)
    yield Ending.ORDER_WOMEN, _Slot(_arabic("na"), order, _YOU_ALL_F)


def _present_slots(prefix: str) -> Iterator[tuple[Ending, _Slot]]:
    for subject in _SINGULAR_PREFIXES[prefix]:
        yield Ending.INDICATIVE, _Slot("", Mood.INDICATIVE, subject)
        yield Ending.SUBJUNCTIVE, _Slot("", Mood.SUBJUNCTIVE, subject)
        yield Ending.JUSSIVE, _Slot("", Mood.JUSSIVE, subject)
    for ending, subjects, tail in (
        (Ending.DUAL, _DUAL_PREFIXES.get(prefix, ()), "ni"),
        (Ending.FEMININE, _FEMININE_PREFIXES.get(prefix, ()), "na"),
        (Ending.PLURAL, _PLURAL_PREFIXES.get(prefix, ()), "na"),
    ):
        plural = ending is Ending.PLURAL
        for subject in subjects:
            yield ending, _Slot(_arabic(tail), Mood.INDICATIVE, subject)
            for mood in _DEPENDENT:
                yield ending, _Slot("x" if plural else "", mood, subject, attached=False if plural else None)
                if plural:
                    yield ending, _Slot("", mood, subject, attached=True)
    for subject in _WOMEN_PREFIXES.get(prefix, ()):
        for mood in _PRESENT:
            yield Ending.WOMEN, _Slot(_arabic("na"), mood, subject)


def _arabic(sounds: str) -> str:
    return sounds.translate(str.maketrans("tnmhk", "تنمهك"))


_Slots = dict[str, dict[Ending, tuple[_Slot, ...]]]


def _by_letters(slots: Iterator[tuple[Ending, _Slot]]) -> _Slots:
    """Letters of what follows the stem → ending → slots."""
    found: defaultdict[str, defaultdict[Ending, list[_Slot]]] = defaultdict(lambda: defaultdict(list))
    for ending, slot in slots:
        found[bones(slot.tail)][ending].append(slot)
    return {
        tail: {ending: tuple(each) for ending, each in by_ending.items()} for tail, by_ending in found.items()
    }


_SLOTS: dict[str, _Slots] = {
    "": _by_letters(slot for some in (_past_slots(), _imperative_slots()) for slot in some),
    **{prefix: _by_letters(_present_slots(prefix)) for prefix in _SINGULAR_PREFIXES},
}
"""Prefix of the present (empty: past and imperative) → letters after the stem → ending → slots."""

_SUFFIXES: dict[str, tuple[tuple[str, int], ...]] = {"": (("", 0),)} | {
    written: tuple((_arabic(each), person) for each in said)
    for written, said, person in (
        ("ه", ("hu",), 3), ("ها", ("hA",), 3), ("هما", ("humA",), 3), ("هم", ("hum",), 3),
        ("هن", ("hunna",), 3),
        ("ك", ("ka", "ki"), 2), ("كما", ("kumA",), 2), ("كم", ("kum",), 2), ("كن", ("kunna",), 2),
        ("ني", ("nI",), 1), ("نا", ("nA",), 1),
    )
}  # fmt: skip
"""Object pronouns, and none: letters → sounds and person."""
_MERGING = frozenset("نت")
"""Letters of endings that are written once with the same letter before them: سَكَتُّ, أَعْلَنَّا."""

_ALL = frozenset(Mood)
_PARTICLES: dict[str, tuple[tuple[str, frozenset[Mood]], ...]] = {
    "": (("", _ALL),),
    "س": (("سَ", frozenset({Mood.INDICATIVE})),),
    "ل": (("لِ", frozenset(_DEPENDENT)), ("لَ", frozenset({Mood.PAST, Mood.INDICATIVE}))),
}
_COMMAND = ("لْ", frozenset({Mood.JUSSIVE}))
"""The lām of command after و or ف: وَلْيَكُنْ; in the same place لِ is that of purpose."""
_CONJUNCTIONS = {"": "", "و": "وَ", "ف": "فَ"}


def _proclitics() -> dict[str, tuple[tuple[str, frozenset[Mood]], ...]]:
    """Letters before a form → how they are vowelled, and the moods that may follow."""
    found = {}
    for conjunction, vowelled in _CONJUNCTIONS.items():
        for particle, said in _PARTICLES.items():
            also = (_COMMAND,) if conjunction and particle == "ل" else ()
            found[conjunction + particle] = tuple((vowelled + each, moods) for each, moods in (*said, *also))
    asked = frozenset({Mood.PAST, Mood.INDICATIVE})
    return found | {"أ": (("أَ", asked),)}


_PROCLITICS = _proclitics()


@cache
def verbs() -> tuple[Verb, ...]:
    """The verbs of the table."""
    return tuple(
        Verb(past, present, frozenset(flags[:-1]), int(flags[-1]))
        for past, present, flags in rows("grammar/verbs.tsv")
    )


@lru_cache(8192)
def forms(skeleton: str) -> tuple[VerbForm, ...]:
    """Every form of a known verb that is written with these letters, those of the commonest verbs first.

    A final sukūn is returned as such: before hamzat al-waṣl it becomes i (قَالَتِ الْحُكُومَةُ). A bare alif may
    stand for an initial hamza; it then has the vowel of the hamza. A single letter is no form (قِ, عِ).

    Args:
        skeleton: a word without vowel marks.

    >>> [form.vowelled for form in forms("وسيقولونها")]
    ['وَسَيَقُولُونَهَا']
    >>> sorted({form.vowelled for form in forms("خصص")})
    ['خَصَّصَ', 'خَصِّصْ', 'خُصِّصَ']
    """
    if len(skeleton) > _LONGEST:
        return ()
    stems = _index().for_word(skeleton)
    found = [
        VerbForm(before + vowelled, stem.verb, stem.voice, slot.mood, slot.subject, prefix, suffix)
        for prefix, said in _PROCLITICS.items()
        if skeleton.startswith(prefix)
        for vowelled, stem, slot, suffix in _readings(skeleton[len(prefix) :], stems)
        for before, moods in said
        if slot.mood in moods
    ]
    return tuple(sorted(found, key=_commonness))


def _commonness(form: VerbForm) -> tuple[int, str, str]:
    return form.verb.rank, form.verb.lemma, form.verb.present


_Stems = Mapping[str, Sequence[_Stem]]


def _readings(word: str, stems: _Stems) -> Iterator[tuple[str, _Stem, _Slot, str]]:
    """What a word without proclitics can be: vowelled, with stem, ending and letters of the object."""
    spellings: dict[str, str | None] = {}
    for letters in _initials(word):
        for suffix in filter(letters.endswith, _SUFFIXES):
            core = letters[: len(letters) - len(suffix)]
            for begins in filter(core.startswith, _SLOTS):
                for stem, slot in _matches(core[len(begins) :], suffix, begins, stems):
                    for sounds in _sounds(begins, stem, slot, suffix):
                        if sounds not in spellings:
                            spellings[sounds] = spelt_as(word, spell(sounds))
                        vowelled = spellings[sounds]
                        if vowelled:
                            yield vowelled, stem, slot, suffix


def _initials(word: str) -> tuple[str, ...]:
    """A word with every hamza alike; one that begins with alif, also as if it began with the other kind."""
    if len(word) < 2:
        return ()
    letters = folded(word)
    if word[0] == "ا":
        return letters, "ء" + letters[1:]
    return (letters, "ا" + letters[1:]) if word[0] in "أإ" else (letters,)


def _matches(core: str, suffix: str, begins: str, stems: _Stems) -> Iterator[tuple[_Stem, _Slot]]:
    """The stems that the letters of a word can be, with what follows them."""
    for tail, by_ending in _SLOTS[begins].items():
        if not core.endswith(tail):
            continue
        base = core[: len(core) - len(tail)]
        bases = [base]
        following = (tail or suffix)[:1]
        if following in _MERGING:
            bases.append(base + following)
        if begins == "ء" and base.startswith("ا"):
            bases.append("ء" + base[1:])
        for each in bases:
            for stem in stems.get(each, ()):
                for slot in by_ending.get(stem.ending, ()):
                    if slot.attached is not (not suffix):
                        yield stem, slot


def _sounds(begins: str, stem: _Stem, slot: _Slot, suffix: str) -> Iterator[str]:
    """A form with its object pronoun. Only transitive verbs have one, and only in the active voice.

    It is never of the subject's own person, if that is the first or second: «I saw me» is said otherwise.
    """
    if suffix and not (stem.verb.transitive and stem.voice is Voice.ACTIVE):
        return
    form = settled(begins + stem.sounds + slot.tail)
    for pronoun, person in _SUFFIXES[suffix]:
        if not person == slot.subject.person != 3:
            yield _with_pronoun(form, pronoun)


_FRONT = re.compile("(?:[iI]|aي)$")


def _with_pronoun(form: str, pronoun: str) -> str:
    """A form with an object pronoun: its -hu is -hi after i, ī and ay (يُعْطِيهِ)."""
    if not pronoun:
        return form
    if form.endswith("Y"):
        form = form[:-1] + "A"
    if pronoun.startswith("هu") and _FRONT.search(form):
        pronoun = "هi" + pronoun[2:]
    return form + ("|" if form[-1] == pronoun[0] != "ن" else "") + pronoun


_STABLE = frozenset("بثجحخدذرزشصضطظعغق")
"""Letters that no prefix, no ending and no weak root letter is written with."""
_WEAK = frozenset("اأإآؤئءوىي")


def _key(letters: str) -> str:
    """The stable letters of a word, each run of equal ones once: the same in all forms of a verb."""
    kept = "".join(letter for letter in letters if letter in _STABLE)
    return "".join(letter for at, letter in enumerate(kept) if letter != kept[at - 1 : at])


class _StemIndex:
    """Stems by their letters.

    Those of a verb are composed when a word is looked up that has all its letters but the weak ones: every
    form of the verb has these.
    """

    def __init__(self) -> None:
        self._waiting: defaultdict[str, defaultdict[frozenset[str], list[Verb]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self._stems: defaultdict[str, list[_Stem]] = defaultdict(list)
        self._lock = Lock()
        for verb in verbs():
            letters = skeleton(verb.lemma)
            self._waiting[_key(letters)][frozenset(letters) - _WEAK].append(verb)

    def for_word(self, word: str) -> Mapping[str, Sequence[_Stem]]:
        """All stems that the word can have, and others."""
        with self._lock:
            waiting: dict[frozenset[str], list[Verb]] = self._waiting.get(_key(word), {})
            for letters in [letters for letters in waiting if letters.issubset(word)]:
                for verb in waiting.pop(letters):
                    for stem in _stems_of(verb):
                        self._stems[stem.letters].append(stem)
        return self._stems


@cache
def _index() -> _StemIndex:
    return _StemIndex()


def _stems_of(verb: Verb) -> Iterator[_Stem]:
    composed = pattern(verb.lemma, verb.present)
    for voice in Voice if verb.has_passive else (Voice.ACTIVE,):
        passive = voice is Voice.PASSIVE
        for ending, sounds in past_forms(composed, passive=passive):
            yield _Stem(verb, voice, ending, sounds, bones(sounds))
        for ending, sounds in present_forms(composed, passive=passive):
            yield _Stem(verb, voice, ending, sounds, bones("ي" + sounds)[1:])
    for ending, sounds in imperative_forms(composed):
        yield _Stem(verb, Voice.ACTIVE, ending, sounds, bones(sounds))

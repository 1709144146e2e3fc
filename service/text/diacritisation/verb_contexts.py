"""What the words around a verb say about its form: active or passive, verb or noun.

A transitive verb that opens a clause has a subject and an object after it, or it is passive: «رُفِعَتِ الجلسة بعد
ساعة», «افتتح الوزير المعرض» (Wright, vol. II §§ 24 and 133).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import dropwhile, takewhile

from service.text.core.tables import cues
from service.text.core.wordlists import function_words
from service.text.grammar.conjugation import Mood, Number, VerbForm, Voice

_CLAUSE_ENDS = '.:؛!؟،«"\n'
_NOBODY, _SAID, _LACKING, _HAVING, _OPENING, _STRANGE = 18.0, 6.0, 3.5, 4.0, 6.0, 4.0
"""Natural logarithms, for: people counted without an agent (قُتِلَ ثلاثة), a clause with «أن» (يُنْتَظَرُ أن),
a subject without an object after a verb that needs none, one with an object, a verb that opens a text before
a definite noun, and a person in which news rarely speaks. They are large because models are added, each sure
of every letter by itself.
"""
_MARKED = 3.0
"""The same for a ḍamma that the author has written on a word without an object after it."""
_THIRD = 3
_REACH = 6
"""Words within which an object is looked for."""
_ATTACHED = re.compile("(?:بال|لل|ب|ل|ك)..")
_DESCRIBING = ("ي", "ية", "ين", "ون")
"""Endings of definite words that rather describe the people before them than are an object."""
_TWO = 2
_GOVERNED = 12.0
"""What a present loses, in natural logarithms, in another mood than the particle before it governs."""
_PRESENT = {Mood.INDICATIVE, Mood.SUBJUNCTIVE, Mood.JUSSIVE}
_GOVERNORS = {
    **dict.fromkeys(("أن", "بأن", "لن", "كي", "لكي", "ألا", "لئلا"), Mood.SUBJUNCTIVE),
    **dict.fromkeys(("لم", "ألم"), Mood.JUSSIVE),
}
"""Particles that stand right before their verb (Wright, vol. II §§ 11-12, 15)."""
_OBJECT = re.compile("..+[^وى]ا")
"""An indefinite accusative; «قالوا» and «هدى» are none."""


@dataclass(frozen=True)
class Context:
    """A word and the text around it."""

    chars: str
    spans: Sequence[tuple[int, int]]
    words: Sequence[str]
    at: int
    has_damma: bool = False
    """Whether the author has given the word a ḍamma, which is to say that it is passive, if it can be."""
    before: str = ""
    """The last characters before the text, if it is part of a longer one."""

    @cached_property
    def matters(self) -> bool:
        """Whether anything is known of a verb in this place."""
        return bool(self.opens or self.has_damma or self.mood or self.words[self.at][0] in "وف")

    @cached_property
    def mood(self) -> Mood | None:
        """The mood that the particle before the word governs, if there is one."""
        if not self.at or self.opens:
            return None
        word = self.words[self.at - 1]
        return _GOVERNORS.get(word) or (_GOVERNORS.get(word[1:]) if word[0] in "وف" else None)

    @cached_property
    def opens(self) -> bool:
        """Whether a clause begins with the word."""
        before = (self.before + self.chars[: self.spans[self.at][0]]).rstrip()
        return not before or before[-1] in _CLAUSE_ENDS

    @cached_property
    def begins(self) -> bool:
        """Whether the text begins with the word."""
        return self.at == 0 and not self.before

    @cached_property
    def following(self) -> Sequence[str]:
        """The next words, up to the end of the clause."""
        found: list[str] = []
        end = self.spans[self.at][1]
        for number in range(self.at + 1, min(self.at + 1 + _REACH, len(self.words))):
            start, after = self.spans[number]
            if any(mark in self.chars[end:start] for mark in ".؛!؟،:"):
                break
            found.append(self.words[number])
            end = after
        return found

    @cached_property
    def counts_people(self) -> bool:
        """Whether counted people follow, and nothing that they do it to: «ثلاثة أشخاص», «عشرات المدنيين»."""
        first = self.following[0] if self.following else ""
        if not any(first in cues(name) for name in ("people", "few in words", "tens in words")):
            return False
        rest = list(takewhile(_is_noun, self.following[1:]))
        definite = [word for word in rest if word.startswith("ال") and not word.endswith(_DESCRIBING)]
        return len(definite) < _TWO and not any(map(_OBJECT.fullmatch, rest[1:]))

    @cached_property
    def has_object(self) -> bool | None:
        """Whether an object follows a definite subject; ``None`` if no definite noun follows at all."""
        if not self.following or not self.following[0].startswith("ال"):
            return None
        rest = dropwhile(is_adjective, self.following[1:])
        word = next(rest, "")
        if not word or word in function_words():
            return False
        return word.startswith("ال") or _OBJECT.fullmatch(word) is not None or not _ATTACHED.match(word)


def usualness(form: VerbForm) -> float:
    """What a form's likelihood loses if news rarely has it, in natural logarithms."""
    return -_STRANGE if form.subject.person != _THIRD or form.mood is Mood.IMPERATIVE else 0.0


def preference(form: VerbForm, context: Context) -> float:
    """What the context adds to a form's likelihood, in natural logarithms."""
    marked = _MARKED * (context.has_damma and form.voice is Voice.PASSIVE and not context.has_object)
    return marked + _by_mood(form, context) + _by_clause(form, context)


def _by_mood(form: VerbForm, context: Context) -> float:
    if context.mood is None or form.mood is context.mood or form.mood not in _PRESENT:
        return 0.0
    return -_GOVERNED


def _by_clause(form: VerbForm, context: Context) -> float:
    if form.subject.person != _THIRD or form.suffix or form.mood in {Mood.JUSSIVE, Mood.IMPERATIVE}:
        return 0.0
    if not (context.opens or form.prefix in {"و", "ف"}):
        return 0.0
    passive = form.voice is Voice.PASSIVE
    if form.mood is Mood.PAST and "h" in form.flags and context.counts_people:
        return _NOBODY * passive
    if form.mood is Mood.INDICATIVE and form.verb.transitive and context.following[:1] == ["أن"]:
        return _SAID * passive
    if form.subject.number is Number.SINGULAR and context.has_object is not None:
        return _OPENING * (context.begins and form.mood is Mood.PAST) + _by_object(form, context.has_object)
    return 0.0


def _by_object(form: VerbForm, has_object: bool) -> float:  # noqa: FBT001
    """What the object after a subject, or its absence, says of a verb."""
    passive, needs_none = form.voice is Voice.PASSIVE, "i" in form.flags
    if not has_object:
        return _LACKING * (passive or needs_none)
    if not form.verb.transitive:
        return -_HAVING
    return _HAVING * (not passive and not needs_none)


def _is_noun(word: str) -> bool:
    """Whether a word is most likely a noun or adjective without a preposition."""
    return word not in function_words() and not _ATTACHED.match(word)


def is_adjective(word: str) -> bool:
    """Whether a definite word is most likely an adjective: a nisba."""
    return word.startswith("ال") and word.endswith(("ي", "ية"))

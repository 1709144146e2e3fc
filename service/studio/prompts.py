"""The sentences that a reader records: made from phrases of our own, and ordered by the sounds that they add.

A voice learns how one sound passes into the next. So each sentence is the one, of many candidates, that has
the most pairs of sounds which the sentences before it have seldom or never had (greedy selection, after
van Santen & Buchsbaum, "Methods for optimal text selection", Eurospeech 1997). The beginning of the list is
thus the best short list: it checks the room and the reader.
"""

from __future__ import annotations

import random
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

from service.text.core.orthography import DAMMA, FATHA, KASRA, SUKUN, skeleton
from service.text.phonetics.pausal import pausal
from service.text.phonetics.phonemes import phonemise, to_reference

CHECK = 120
"""Sentences that check the room and the reader: ten minutes."""
TRAINING = 1000
"""Sentences that train a voice: about 75 minutes."""
_CANDIDATES = 24
"""Of so many the best one is taken; more would change little."""
_EDGE = "#"
"""The pause before and after a sentence, as a sound."""
_SEED = 20261129


@dataclass(frozen=True, slots=True)
class Prompt:
    """One sentence to read."""

    id: str
    written: str
    """Without marks, as a newspaper writes it."""
    vowelled: str
    """Fully vowelled, in pausal form at its pauses."""
    phonemes: str
    """IPA."""


class _Verb(NamedTuple):
    past: str
    present: str
    rest: str
    placed: str = ""
    """``-``: no place is added."""


def prompts(count: int = TRAINING) -> list[Prompt]:
    """The first sentences of the list; every call returns the same ones, and none occurs twice.

    Args:
        count: how many, at most ``TRAINING``.
    """
    grammar = _Grammar(random.Random(_SEED))  # noqa: S311  # nosec B311  # the same list everywhere
    heard: Counter[tuple[str, str]] = Counter()
    taken: set[str] = set()
    made: list[Prompt] = []
    while len(made) < count:
        fresh = [one for one in grammar.candidates(_CANDIDATES) if one not in taken]
        best = max(fresh, key=lambda sentence: _worth(sentence, heard))
        taken.add(best)
        grammar.used(best)
        heard.update(_transitions(best))
        made.append(Prompt(f"{len(made) + 1:04}", skeleton(best), pausal(best), phonemise(pausal(best))))
    return made


def transitions(sentences: Sequence[Prompt]) -> Counter[tuple[str, str]]:
    """How often each pair of neighbouring sounds occurs; the pause at both ends is one of the sounds."""
    return Counter(pair for prompt in sentences for pair in _pairs(prompt.phonemes))


def _worth(sentence: str, heard: Counter[tuple[str, str]]) -> float:
    """What a sentence adds: pairs that are rare so far, per sound, so that long ones have no advantage."""
    pairs = _transitions(sentence)
    return sum(1 / (1 + heard[pair]) ** 2 for pair in pairs) / (len(pairs) + 10)


def _transitions(sentence: str) -> list[tuple[str, str]]:
    return _pairs(phonemise(pausal(sentence)))


def _pairs(phonemes: str) -> list[tuple[str, str]]:
    return list(pairwise((_EDGE, *to_reference(phonemes), _EDGE)))


class _Grammar:
    """Makes sentences, each phrase as often as the others of its kind."""

    def __init__(self, chance: random.Random) -> None:
        table = tomllib.loads(files("service.studio").joinpath("prompts.toml").read_text(encoding="utf-8"))
        self._words: dict[str, list[str]] = table
        self._chance = chance
        self._uses: Counter[str] = Counter()
        self._recent: dict[str, list[str]] = {}

    def candidates(self, count: int) -> list[str]:
        """So many sentences, of all kinds."""
        self._recent.clear()
        kinds: tuple[Callable[[], str], ...] = (
            self._deed,
            self._deed,
            self._account,
            self._plan,
            self._report,
            self._question,
            self._denial,
            self._market,
            self._weather,
            self._afterwards,
        )
        return [self._chance.choice(kinds)() for _ in range(count)]

    def used(self, sentence: str) -> None:
        """Count the phrases of a sentence that was taken."""
        self._uses.update(self._recent[sentence])

    def _pick(self, kind: str, into: list[str]) -> str:
        """A phrase that was seldom used."""
        some = self._chance.sample(self._words[kind], 5)
        phrase = min(some, key=lambda each: self._uses[each])
        into.append(phrase)
        return phrase

    def _made(self, text: str, phrases: list[str]) -> str:
        self._recent[text] = phrases
        return text

    def _verb(self, into: list[str]) -> _Verb:
        return _Verb(*self._pick("deeds", into).split("|"))

    def _deed(self) -> str:
        """فَعَلَ الوزيرُ شيئًا في مكان أمس."""
        used: list[str] = []
        verb, who = self._verb(used), self._pick("persons", used)
        when = self._pick("past_times", used)
        where = "" if verb.placed else self._pick("places", used)
        both = f"{where} {when}"
        ending = self._chance.choice(("", f" {where or when}", f" {when}", f" {both.strip()}"))
        return self._made(f"{_past(verb.past, who)} {_cased(who, DAMMA)} {verb.rest}{ending}.", used)

    def _account(self) -> str:
        """فعل الوزيرُ شيئًا أمس، وقال إن الأمر كذا."""
        used: list[str] = []
        verb, who = self._verb(used), self._pick("persons", used)
        when, fact = self._pick("past_times", used), self._pick("facts", used)
        past, that = self._pick("sayings", used).split("|")
        did, told = _past(verb.past, who), _past(past, who, before_wasl=False)
        return self._made(f"{did} {_cased(who, DAMMA)} {verb.rest} {when}، وَ{told} {that} {fact}.", used)

    def _plan(self) -> str:
        """سيفعل الوزيرُ شيئًا غدًا."""
        used: list[str] = []
        verb, who = self._verb(used), self._pick("persons", used)
        when = self._pick("future_times", used)
        return self._made(f"سَ{_present(verb.present, who)} {_cased(who, DAMMA)} {verb.rest} {when}.", used)

    def _report(self) -> str:
        """قال الوزيرُ إن الأمر كذا."""
        used: list[str] = []
        past, that = self._pick("sayings", used).split("|")
        who, fact = self._pick("persons", used), self._pick("facts", used)
        when = self._pick("moments", used)
        inside = self._chance.choice(("", f" {when}"))
        return self._made(f"{_past(past, who)} {_cased(who, DAMMA)}{inside} {that} {fact}.", used)

    def _question(self) -> str:
        """هل يفعل الوزيرُ شيئًا غدًا؟ Or when, how, why."""
        used: list[str] = []
        verb, who = self._verb(used), self._pick("persons", used)
        ask = self._chance.choice(("هَلْ", "لِمَاذَا", "كَيْفَ", "مَتَى"))
        when = "" if ask == "مَتَى" else f" {self._pick('future_times', used)}"
        return self._made(
            f"{ask} {_present(verb.present, who)} {_cased(who, DAMMA)} {verb.rest}{when}؟", used
        )

    def _denial(self) -> str:
        """لن يفعل الوزيرُ شيئًا، لسبب."""
        used: list[str] = []
        verb, who = self._verb(used), self._pick("persons", used)
        why = self._pick("obstacles", used)
        will = _subjunctive(_present(verb.present, who))
        return self._made(f"لَنْ {will} {_cased(who, DAMMA)} {verb.rest}{why}.", used)

    def _market(self) -> str:
        """ارتفع سعرُ النفطِ لسبب."""
        used: list[str] = []
        move, good = self._pick("moves", used), self._pick("goods", used)
        why = self._pick("reasons", used)
        what = self._chance.choice(("سِعْرُ", "إِنْتَاجُ", "اسْتِهْلَاكُ", "الطَّلَبُ عَلَى"))
        return self._made(f"{move} {what} {good} {why}.", used)

    def _weather(self) -> str:
        """هبّت رياحٌ في مكان أمس، فحدث شيء."""
        used: list[str] = []
        event, outcome = self._chance.choice((("storms", "troubles"), ("clearings", "pleasures")))
        what, when = self._pick(event, used), self._pick("moments", used)
        effect = self._pick(outcome, used)
        return self._made(f"{what} {when}، {effect}.", used)

    def _afterwards(self) -> str:
        """عاد الوزيرُ إلى البيت بعد أن فعل شيئًا في مكان."""
        used: list[str] = []
        verb, who = self._verb(used), self._pick("persons", used)
        where = "" if verb.placed else f" {self._pick('places', used)}"
        back = self._chance.choice(("عَادَ", "غَادَرَ", "ضَحِكَ", "ابْتَسَمَ", "صَمَتَ", "اسْتَرَاحَ"))
        did = _past(verb.past, who, before_wasl=verb.rest.startswith("ا"))
        that = f"أَن{KASRA if did.startswith('ا') else SUKUN}"
        return self._made(
            f"{_past(back, who)} {_cased(who, DAMMA)} بَعْدَ {that} {did} {verb.rest}{where}.", used
        )


def _is_feminine(who: str) -> bool:
    return who.split(maxsplit=1)[0].endswith("ة")


def _cased(noun: str, ending: str) -> str:
    """A noun, and what belongs to it, with its case ending."""
    head, space, rest = noun.partition(" ")
    return f"{head}{ending}{space}{rest}"


def _past(verb: str, who: str, *, before_wasl: bool = True) -> str:
    """He or she did; the t of the feminine takes a helping vowel before hamzat al-waṣl."""
    if not _is_feminine(who):
        return verb
    return f"{verb.removesuffix('ى')}ت{KASRA if before_wasl else SUKUN}"


def _present(verb: str, who: str) -> str:
    """He or she does."""
    return f"ت{verb[1:]}" if _is_feminine(who) else verb


def _subjunctive(verb: str) -> str:
    """After لن the last vowel is a; after a final yāʾ too (لن يشتريَ)."""
    if verb.endswith("ي"):
        return verb + FATHA
    head, _, tail = verb.rpartition(DAMMA)
    return f"{head}{FATHA}{tail}"

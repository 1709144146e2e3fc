"""What the spelling of a word tells of its part in a sentence, with the word lists of ``phrasing.toml``.

Marks play no part, so a vowelled word is known like the same word without vowels.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from service.text.core.tokens import INVISIBLE, MARKS

_HIDDEN = re.compile(rf"[{MARKS}{INVISIBLE}ـ]+")
_ALIF = str.maketrans("أإآٱ", "اااا")
_DOTLESS = re.compile("^([وف]?(?:ف|الذ|الت|ا|ه|ذ))ى$")
"""Particles as Egypt writes them: «فى», «الذى»."""
_BEFORE = re.compile(r"[^\w#@+]+")
_MOST = 40
"""Letters of a word; what is longer is no word of the lists."""
_DEFINITE = re.compile(r"[وفبك]*ال\w\w|[وف]?لل\w\w")
"""With the article; compared before hamzas are dropped, so that «إلغاء» has none."""
_NUMBER_PARTICLES = ("وال", "بال", "فال", "كال", "لل", "ال", "و", "ف", "ب", "ل", "ك")
_NOUN_PARTICLES = ("بال", "لل", "ال", "ب", "ل")
_PAST_FEMININE = re.compile(
    r"(?!ال)(?:\w\w[^او]ت|[ات]\w\w[^اوي]ت|ا\w\w[وي]ت|\w[او]\w[^اوي]ت|ت\w(?:ا\w|\w\w)[^اوي]ت"
    r"|(?:ان\w|ا\w[تطدز]|است\w)\w[^ا]ت)"
)
"""The shapes of a verb of three root letters: «شاركت», «انطلقت»; no name has them: «بنزرت», «إرنست»."""
_FIFTH = re.compile(r"تت(?!ويج|ابع|بع|مة|مات)\w{3,}")
"""«تتمثل»: no noun but «تتويج» and a few begin so."""
_NO_PRESENT = re.compile(r"\w+و")
"""A name in «ي»: «ياركو»; the verbs in «ـو» are listed."""
_PAST_PLURAL = re.compile(r"(?!ال)\w{3,}وا")
_OBJECT = "(?:هما|هم|هن|ها|ه|نا)?"
_ENDING = re.compile(rf"(?:ون|ين|ان|وا|و|ا|ن)?{_OBJECT}")
_PAST_ENDING = re.compile(rf"(?:وا|و|تا|ت|ا|ن)?{_OBJECT}")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence."""

    plain: str
    """Without marks and surrounding punctuation; alifs without hamza."""
    spelt: str
    """The same with its hamzas."""
    stem: str
    """``plain`` without a joined «و», or «ف» before a verb."""
    sign: str
    """The last character as written."""
    is_number: bool
    has_digit: bool
    is_verb: bool
    """Surely; a verb that is spelt like a noun does not count."""
    may_be_verb: bool
    is_definite: bool
    """Whether it has the article."""
    opens: bool
    """Whether it may open a phrase or a clause: «و» or a particle."""
    quoted: bool = False
    """Whether a short quotation goes on after it."""

    @property
    def joined(self) -> bool:
        """Whether it begins with «and»."""
        return len(self.stem) < len(self.plain)

    @property
    def pauses(self) -> bool:
        """Whether a written pause follows it."""
        return self.sign in ",،:;؛…!?؟"

    @property
    def is_complete(self) -> bool:
        """Whether it needs no second term: it has the article or a possessive."""
        return self.is_definite or (len(self.stem) > 3 and self.stem.endswith(("ها", "هم", "نا", "ه")))

    @property
    def head(self) -> str:
        """A noun without its article and a joined preposition."""
        for particle in _NOUN_PARTICLES:
            if self.stem.startswith(particle) and len(self.stem) - len(particle) > 2:
                return self.stem[len(particle) :]
        return self.stem

    def among(self, *names: str) -> bool:
        """Whether one of these lists has it, with or without its «و»."""
        return any(self.plain in listed(name) or self.stem in listed(name) for name in names)


@lru_cache(maxsize=20_000)
def word(written: str) -> Word:
    """The features of a word as written or spoken."""
    shown = _HIDDEN.sub("", written)
    trimmed = _trimmed(shown)
    plain = _DOTLESS.sub(r"\1ي", trimmed.translate(_ALIF))
    if len(plain) > _MOST:
        has_digit = any(map(str.isdigit, plain))
        return Word(plain, trimmed, plain, shown[-1:], False, has_digit, False, False, False, False)
    stem = _stem(plain)
    is_verb = _is_verb(stem)
    return Word(
        plain=plain,
        spelt=trimmed,
        stem=stem,
        sign=shown[-1:],
        is_number=_is_number(plain),
        has_digit=any(map(str.isdigit, plain)),
        is_verb=is_verb,
        may_be_verb=is_verb or _is_past(stem),
        is_definite=_DEFINITE.match(trimmed) is not None and not is_verb,
        opens=len(stem) < len(plain) or plain in _openers(),
    )


def _trimmed(shown: str) -> str:
    """A word without the signs around it; % stays after it, and #, @ and + before it."""
    before = _BEFORE.match(shown)
    start, end = before.end() if before else 0, len(shown)
    while end > start and not (shown[end - 1].isalnum() or shown[end - 1] in "_%٪"):
        end -= 1
    return shown[start:end]


@cache
def listed(name: str) -> frozenset[str]:
    """The words of a list of ``phrasing.toml``, alifs without hamza."""
    table = tomllib.loads(resources.files(__package__).joinpath("phrasing.toml").read_text("utf-8"))
    return frozenset(entry.translate(_ALIF) for entry in table[name])


@cache
def _openers() -> frozenset[str]:
    names = (
        "clause",
        "participle",
        "adverbial",
        "preposition",
        "relative",
        "that",
        "negation",
        "copula",
        "or",
    )
    return frozenset().union(*map(listed, names))


def _stem(plain: str) -> str:
    if len(plain) < 3 or plain in listed("waw"):
        return plain
    rest = plain[1:]
    if plain[0] == "ف":
        present = rest[0] in "يت" and any(cut in listed("present") for cut in _cut(rest[1:]))
        return rest if present or _is_past(rest) else plain
    return rest if plain[0] == "و" else plain


def _is_verb(stem: str) -> bool:
    if len(stem) < 3 or stem.startswith("ال"):
        return stem in listed("past") and stem not in listed("ambiguous")
    if _PAST_PLURAL.fullmatch(stem) or (_PAST_FEMININE.fullmatch(stem) and stem not in listed("not_past")):
        return True
    ambiguous, past = listed("ambiguous"), listed("past")
    if stem not in listed("not_past") and any(
        cut in past and (cut not in ambiguous or stem[len(cut) :][:1] in {"ت", "و"})
        for cut in _cut(stem, _PAST_ENDING)
    ):
        return True
    present = stem[1:] if stem[0] in "سل" and stem[1] in "يت" else stem
    known = [cut for cut in _cut(present) if cut[1:] in listed("present")]
    if present[0] == "ي":
        return bool(known) or (present is stem and not _is_noun_in_ya(present))
    if present[0] == "ن":  # «نطالب»
        known = [cut for cut in known if len(cut) > 3]
    if _FIFTH.fullmatch(present):
        return True
    return present[0] in "تن" and any(cut not in ambiguous for cut in known)


def _is_past(stem: str) -> bool:
    return stem not in listed("not_past") and any(cut in listed("past") for cut in _cut(stem, _PAST_ENDING))


def _cut(stem: str, ending: re.Pattern[str] = _ENDING) -> list[str]:
    """A word as it is, and without each ending of a verb, of the present or the past, that it may have."""
    return [stem[:end] for end in range(len(stem), 1, -1) if ending.fullmatch(stem, end)]


def _is_noun_in_ya(stem: str) -> bool:
    if _NO_PRESENT.fullmatch(stem):
        return True
    known = listed("not_present")
    longest = min(len(stem), _longest_beginning())
    return stem in known or any(f"{stem[:end]}*" in known for end in range(2, longest + 1))


@cache
def _longest_beginning() -> int:
    return max(len(entry) - 1 for entry in listed("not_present") if entry.endswith("*"))


def _is_number(plain: str) -> bool:
    """Whether it is a number word, perhaps with particles joined to it."""
    numbers = listed("number")
    return plain in numbers or any(
        plain.startswith(particle) and plain[len(particle) :] in numbers for particle in _NUMBER_PARTICLES
    )

"""Splits long sentences for breath, and for the maximum length of an engine's input.

Every position between two words has a price: low after «؛» and «،», higher before a clause, high between
ordinary words, prohibitive within numbers and quoted names. The cuts are those of the lowest total price,
which includes the cost of unequal pieces. Works on written and on spoken text.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise

from service.text.core.tokens import INVISIBLE, MARKS

BREATH = 220
"""Characters that a newsreader says in one breath: about 30 written words, 12 to 15 seconds."""

_SEMICOLON, _COMMA, _CLAUSE, _AND_THE, _PHRASE, _AND, _WORD = 0.0, 0.1, 0.5, 0.8, 1.2, 1.4, 1.6
"""Prices of a cut: after a semicolon, after a comma, before a clause, before «و» and a noun with the article,
before a preposition, before any other «و», between other words."""
_LEANING, _BOUND, _LETTER = 2.6, 12.0, 60.0
"""Prices of a cut: after a proclitic word, within a number or name, within a word."""
_UNEVEN = 1.5
"""Price of a piece that deviates from the mean length by 100 %; grows with the square."""

_MARKS_A_LETTER = 4

_GAP = re.compile(r"\s+")
_HIDDEN = re.compile(rf"[{MARKS}{INVISIBLE}ـ]+")
_ALIF = str.maketrans("أإآٱ", "اااا")
_EDGE = re.compile(r"^[^\w#@+]+|[^\w%٪]+$")
_NAME = re.compile(r"«[^«»\n]{1,60}»|“[^“”\n]{1,60}”|\"[^\"\n]{1,60}\"|\([^()\n]{1,40}\)")
# «و» before a verb or a particle, but not before a noun of the pattern تفعيل.
_VERBAL = re.compile(r"و(?!ت\w\wي\w(?:ات|ه|ها|هم)?$)(?:[يتن]\w{2,}|(?:كان|ليس|لكن|ان)(?:ت|ه|ها|هم|وا)?)")
_PURPOSE = re.compile(r"ل[^لا]\w{3}|لا\w{4}|لل\w{3}")
_PARTICLES = ("وال", "بال", "فال", "كال", "لل", "ال", "و", "ف", "ب", "ل", "ك")


@dataclass(frozen=True, slots=True)
class _Cut:
    """A piece may end at ``end`` and the next begin at ``start``."""

    end: int
    start: int
    price: float


def pieces(text: str, limit: int = BREATH) -> list[tuple[int, int]]:
    """Split a sentence, written or spoken, into pieces of at most ``limit`` characters.

    Cuts after «؛», then «،» and «:», then before و، ثم، حيث، الذي and other openers of clauses, then between
    words; within a number with its noun or a short quotation only if it alone exceeds the limit, and within a
    word only if the word does. Pieces of equal length are preferred to a short tail.

    Args:
        text: a sentence.
        limit: in code points, at least 1.

    Returns:
        Start and end of every piece in ``text``, in order; only white space stands between them.
    """
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    if start >= end:
        return []
    if end - start <= limit:
        return [(start, end)]
    cuts = [_Cut(start, start, 0.0), *_cuts(text, start, end, limit), _Cut(end, end, 0.0)]
    chosen = _cheapest(cuts, limit)
    return [(cuts[left].start, cuts[right].end) for left, right in pairwise(chosen)]


def _cheapest(cuts: Sequence[_Cut], limit: int) -> list[int]:
    """Indices of the cuts of the lowest total price, first and last included."""
    total = cuts[-1].end - cuts[0].start
    mean = total / -(-total // limit)
    price = [0.0] * len(cuts)
    origin = [0] * len(cuts)
    for here in range(1, len(cuts)):
        best, end = float("inf"), cuts[here].end
        for there in range(here - 1, -1, -1):
            length = end - cuts[there].start
            if length > limit:
                break
            cost = price[there] + _UNEVEN * ((length - mean) / mean) ** 2
            if cost < best:
                best, origin[here] = cost, there
        price[here] = best + cuts[here].price
    chosen = [len(cuts) - 1]
    while chosen[-1]:
        chosen.append(origin[chosen[-1]])
    return chosen[::-1]


def _cuts(text: str, start: int, end: int, limit: int) -> Iterator[_Cut]:
    """Every possible cut of the text, in order."""
    names = [match.span() for match in _NAME.finditer(text, start, end)]
    gaps = [match.span() for match in _GAP.finditer(text, start, end)]
    words = [_Word.of(text[a:b]) for a, b in pairwise([start, *(x for gap in gaps for x in gap), end])][::2]
    at = start
    for number, (left, right) in enumerate(gaps):
        yield from _within(text, at, left, limit)
        while names and names[0][1] <= left:
            names.pop(0)
        named = bool(names) and names[0][0] < left
        price = _BOUND if named else _price(words, number)
        yield _Cut(left, right, price)
        at = right
    yield from _within(text, at, end, limit)


def _within(text: str, start: int, end: int, limit: int) -> Iterator[_Cut]:
    """Cuts within a word that alone exceeds the limit; marks stay on their letter."""
    while end - start > limit:
        cut = start + limit
        lowest = max(start + 1, cut - _MARKS_A_LETTER)
        while cut > lowest and unicodedata.combining(text[cut]):
            cut -= 1
        yield _Cut(cut, cut, _LETTER)
        start = cut


@dataclass(frozen=True, slots=True)
class _Word:
    """The features of a word that determine the prices before and after it."""

    plain: str
    """The word without marks and surrounding punctuation; alifs without hamza."""
    sign: str
    """The last character as written."""
    is_number: bool
    has_digit: bool

    @classmethod
    def of(cls, written: str) -> _Word:
        shown = _HIDDEN.sub("", written)
        plain = _EDGE.sub("", shown).translate(_ALIF)
        return cls(plain, shown[-1:], _stem(plain) in _words("number"), any(map(str.isdigit, plain)))


def _price(words: Sequence[_Word], number: int) -> float:
    """Price of the cut between two words."""
    before, after = words[number], words[number + 1]
    if before.sign in ";؛…!?؟":
        return _SEMICOLON
    if before.sign in "،,:" or after.plain == "" or before.plain == "":
        return _COMMA
    if before.has_digit or after.has_digit or before.is_number:
        return _BOUND
    return _LEANING if before.plain in _words("leaning") else _opening(after.plain)


def _opening(word: str) -> float:
    """Price of a cut before a word."""
    if word in _words("clause"):
        return _CLAUSE
    if word in _words("phrase") or _PURPOSE.match(word):
        return _PHRASE
    if word[0] == "و" and word not in _words("waw"):
        return _CLAUSE if _VERBAL.fullmatch(word) else _AND_THE if word.startswith("وال") else _AND
    return _WORD


def _stem(word: str) -> str:
    """A number word without the particles joined to it."""
    if word in _words("number"):
        return word
    for particle in _PARTICLES:
        rest = word.removeprefix(particle)
        if rest != word and rest in _words("number"):
            return rest
    return word


@cache
def _words(name: str) -> frozenset[str]:
    table = tomllib.loads(resources.files(__package__).joinpath("phrasing.toml").read_text("utf-8"))
    return frozenset(word.translate(_ALIF) for word in table[name])

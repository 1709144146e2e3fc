"""Clitics, which Arabic joins to the next word: و ف ب ك ل س and the article.

Splits them off a written word, and attaches them to a vowelled one with the resulting vowels and spelling:
لِ + الْمَغْرِب is لِلْمَغْرِب, and the article doubles a sun letter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from service.text.core.spelling import letters
from service.text.core.tokens import MARKS, Kind, Token

QUOTES = frozenset("\"“”„«»'‘’")

_CODES = frozenset({Kind.LATIN, Kind.NUMBER})
_LONGEST = 16
"""Code points in a token of clitics, with vowels and tatweel."""
_SUN = frozenset("تثدذرزسشصضطظلن")
_VOWELLED = {"و": "وَ", "ف": "فَ", "ب": "بِ", "ك": "كَ", "ل": "لِ", "س": "سَ", "": ""}
_SUN_PHONES = ("tˤ", "dˤ", "sˤ", "ðˤ", "zˤ", "t", "d", "θ", "ð", "r", "z", "s", "ʃ", "n", "l")
_PHONES = {"و": "wa", "ف": "fa", "ب": "bi", "ك": "ka", "ل": "li", "س": "sa", "": ""}
_SHADDA, _SUKUN, _KASRA = "\u0651", "\u0652", "\u0650"
_IS_DEFINITE = re.compile(rf"ا[{MARKS}]?ل(?:[{_SUKUN}{_KASRA}]|[^{MARKS}]|$)")
_LAM_BEFORE_LAM = re.compile(f"ل(?=ل[{MARKS}]*{_SHADDA})")


@dataclass(frozen=True, slots=True)
class Clitics:
    """The clitics before a word, joined to it in writing."""

    conjunction: str = ""
    """و or ف."""
    particle: str = ""
    """The prepositions ب ك ل, or س of the future."""
    article: bool = False

    def __len__(self) -> int:
        return len(self.conjunction) + len(self.particle) + 2 * self.article


def cuts(letters: str) -> list[tuple[Clitics, str]]:
    """Every way to split a word without marks into clitics and a rest, the likeliest first.

    The rest may be empty: the clitics then belong to the next token («الـ» before «G20»).

    >>> [(len(clitics), rest) for clitics, rest in cuts("للمغرب")]
    [(0, 'للمغرب'), (1, 'المغرب'), (1, 'اللمغرب'), (3, 'مغرب'), (3, 'لمغرب'), (1, 'لمغرب')]
    """
    found = []
    for conjunction in ("", "و", "ف"):
        if not letters.startswith(conjunction):
            continue
        after = letters[len(conjunction) :]
        for particle in ("", "ب", "ك", "ل", "س"):
            if not after.startswith(particle):
                continue
            found.extend(_definite(conjunction, particle, after[len(particle) :]))
    return sorted(found, key=_cost)


def _cost(cut: tuple[Clitics, str]) -> int:
    clitics, rest = cut
    # «للوبي» may also lack the article, but only names are read so.
    return len(clitics) + (9 if clitics.particle == "ل" and not clitics.article and rest[:1] == "ل" else 0)


def _definite(conjunction: str, particle: str, rest: str) -> list[tuple[Clitics, str]]:
    cuts = [(Clitics(conjunction, particle), rest)]
    if particle == "س":
        return cuts
    if rest.startswith("ال"):
        cuts.append((Clitics(conjunction, particle, article=True), rest[2:]))
    if particle == "ل" and rest.startswith("ل"):
        # The article loses its alif after ل; before a stem in ل it loses its lām too (للغة).
        cuts.append((Clitics(conjunction, particle), "ا" + rest))
        cuts.append((Clitics(conjunction, particle), "ال" + rest))
        cuts.append((Clitics(conjunction, particle, article=True), rest[1:]))
        cuts.append((Clitics(conjunction, particle, article=True), rest))
    return cuts


@lru_cache(4096)
def alone(text: str) -> Clitics | None:
    """The clitics of a token that consists of clitics only.

    >>> alone("بالـ")
    Clitics(conjunction='', particle='ب', article=True)
    """
    if len(text) > _LONGEST:
        return None
    return next((clitics for clitics, rest in cuts(letters(text)) if clitics and not rest), None)


def is_article(text: str) -> bool:
    """Whether a token is the article alone: «ال», «الـ»."""
    return text.rstrip("ـ") == "ال"


def host(tokens: Sequence[Token], at: int) -> int:
    """The index of the word that a prefix token («الـ», «ل"») belongs to; 0 if there is none."""
    joined = tokens[at].text.endswith("ـ")
    at += 1
    if at < len(tokens) and tokens[at].text in QUOTES and (joined or not tokens[at].spaced):
        at += 1
    elif (
        at >= len(tokens)
        or tokens[at].kind not in {Kind.LATIN, Kind.NUMBER}
        or not (joined or not tokens[at].spaced)
    ):
        return 0
    return at if at < len(tokens) else 0


def closed(tokens: Sequence[Token], at: int, start: int, end: int) -> int:
    """The end of a word, with its closing quotation mark if one opened between prefix and word."""
    opened = start > at + 1 and tokens[start - 1].text in QUOTES
    return end + 1 if opened and end < len(tokens) and tokens[end].text in QUOTES else end


def prefix(tokens: Sequence[Token], at: int) -> tuple[Clitics, int]:
    """Clitics in a separate token («الـ», «ل"»), and the index at which the word begins."""
    clitics = alone(tokens[at].text) if tokens[at].kind is Kind.WORD else None
    start = host(tokens, at) if clitics else 0
    return (clitics, start) if clitics and start else (Clitics(), at)


def attach(clitics: Clitics, word: str) -> str:
    """Attach clitics to a word, vowelled if the word is.

    >>> attach(Clitics("و", "ب", article=True), "دُولَار")
    'وَبِالدُّولَار'
    >>> attach(Clitics("", "ل"), "الْمَغْرِب")
    'لِلْمَغْرِب'
    >>> attach(Clitics("", "ل", article=True), "لُغَة")
    'لِلُّغَة'
    >>> attach(Clitics("", "ب"), "ناتو")
    'بِناتو'
    """
    if not word:
        return ""
    if clitics.article and not is_definite(word):
        word = _with_article(word)
    particle = _VOWELLED[clitics.particle]
    if clitics.particle == "ل" and is_definite(word):
        word = _without_alif(word)
    return _VOWELLED[clitics.conjunction] + particle + word


def standing(clitics: Clitics) -> str:
    """Clitics of a word that another voice speaks: vowelled, and spelt as they sound.

    >>> standing(Clitics("و", "ل")), standing(Clitics("", "ب", article=True)), standing(Clitics("", "", True))
    ('وَلِ', 'بِلْ', 'أَلْ')
    """
    before = _VOWELLED[clitics.conjunction] + _VOWELLED[clitics.particle]
    return (before or "أَ") + f"ل{_SUKUN}" if clitics.article else before


def attach_phones(clitics: Clitics, phones: str) -> str:
    """Attach clitics to a word in IPA.

    >>> attach_phones(Clitics("و", "", article=True), "naːtoː")
    'wannaːtoː'
    """
    before = _PHONES[clitics.conjunction] + _PHONES[clitics.particle]
    definite = phones.startswith("ʔal")
    if clitics.article and not definite:
        assimilated = next((phone for phone in _SUN_PHONES if phones.startswith(phone)), "l")
        phones, definite = "ʔa" + assimilated + phones, True
    if before and definite:
        phones = phones.removeprefix("ʔa")
    return before + phones


def is_definite(word: str) -> bool:
    """Whether the word begins with the article."""
    return _IS_DEFINITE.match(word) is not None


def _with_article(word: str) -> str:
    if not re.search(f"[{MARKS}]", word):
        return "ال" + word
    first, rest = word[0], word[1:]
    if first in _SUN:
        return "ال" + first + _SHADDA + rest.removeprefix(_SHADDA)
    if first == "ا":
        # Two vowelless letters do not meet: the lām takes kasra before hamzat al-waṣl (الِاتحاد).
        return "ال" + _KASRA + word
    return "ال" + _SUKUN + word


def _without_alif(word: str) -> str:
    return _LAM_BEFORE_LAM.sub("", word[word.index("ل") :], count=1)

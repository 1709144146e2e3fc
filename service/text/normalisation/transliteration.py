"""Transliterates Latin spelling to Arabic letters for an Arabic voice, by French or English conventions.

The spelling rules are lines of ``latin/english.tsv`` and ``latin/french.tsv``; exceptions are in
``latin/words.tsv``. Vowels are written long, as Arabic newsrooms write foreign names. The language is
detected by the letters (accents, «eau», «w», «sh»), by the surrounding words, and else by the locale: French
in the Maghreb, English in Egypt, the Gulf and Lebanon. Hard g is غ, in Egypt ج.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache, lru_cache
from importlib import resources

from service.model.borrowed import SPELT

_FRENCH_ACCENTS = "àâçèéêëîïôùûœ"
_SOUNDS = str.maketrans(
    {"ø": "o", "ł": "l", "ı": "i", "ß": "ss", "æ": "e", "ñ": "gn", "š": "sh", "ş": "sh", "č": "tch"}
    | {"ć": "tch", "ž": "j", "đ": "dj", "ð": "th", "þ": "th", "ğ": "gh", "ü": "u", "ö": "o", "ä": "e"}
)
_FRENCH = re.compile(
    r"eau|aux$|oux$|ille|gn|ou|quet?|oi(?=[rsx])|ette|elle$|eur|euse|ais$|ault$|ieux|ique$|isme$|euil|ieu"
    rf"|ch(?=[aeiou])|dj|[{_FRENCH_ACCENTS}]"
)
_ENGLISH = re.compile(
    r"w|sh|th|ee|oo|gh(?!a)|ck|ing$|ey$|ay$|ow|igh|(?<=[a-z]{2})y$|ss$|(?<![ié])er$|[dgkpz]le$|ke$|field$"
    r"|ea(?!u)|dge"
)
_APOSTROPHE = re.compile("['’]")
_ELISION = re.compile("^[dlDL]['’].")
_PARTS = re.compile(r"[A-ZÀ-Þ]{2,}(?![a-zß-ÿ])|[A-ZÀ-Þ]?[a-zß-ɏ]+|[^\W\d_]")
_ALIF_START = re.compile("^(?:ا(?=[وي])|[اوي])")
_SEATED = {"ا": "أ", "و": "أو", "ي": "إي"}
_VOWELS = frozenset("aeiou" + _FRENCH_ACCENTS)
_LONGEST_ACRONYM = 5
_ARABIC = "arabic"
_MOROCCO = "ar-MA"
_MAGHREB = frozenset({_MOROCCO, "ar-DZ", "ar-TN"})
_EGYPT = "ar-EG"
_REMEMBERED = 1 << 14


class Language(StrEnum):
    """The language of a Latin word's spelling."""

    ENGLISH = "english"
    FRENCH = "french"


def home_language(locale: str) -> Language:
    """The foreign language that a locale's newsrooms use."""
    return Language.FRENCH if locale in _MAGHREB else Language.ENGLISH


def language_of(words: Iterable[str], locale: str) -> Language:
    """The language of a run of words, by its spelling.

    >>> language_of(["Crédit", "Agricole"], "ar-EG").value, language_of(["The", "Guardian"], "ar-MA").value
    ('french', 'english')
    """
    score = 0
    for word in words:
        if is_acronym(word):
            continue
        lower = word.lower()
        told = _words().get(_key(word), {})
        score += 3 * ((Language.FRENCH in told) - (Language.ENGLISH in told))
        score += len(_FRENCH.findall(lower)) - len(_ENGLISH.findall(lower))
        score += 2 * any(letter in _FRENCH_ACCENTS for letter in lower)
    if score:
        return Language.FRENCH if score > 0 else Language.ENGLISH
    return home_language(locale)


def is_acronym(word: str) -> bool:
    """Whether a word is read letter by letter: up to five capitals, or letters without a vowel.

    >>> [is_acronym(word) for word in ("CNSS", "gps", "Fes", "PRESSE")]
    [True, True, False, False]
    """
    if len(word) > _LONGEST_ACRONYM:
        return False
    return word.isupper() or not _VOWELS & set(word.lower().replace("y", "i"))


def is_arabic_name(word: str) -> bool:
    """Whether a name has its own Arabic spelling.

    >>> is_arabic_name("Mohamed"), is_arabic_name("Michael")
    (True, False)
    """
    return _ARABIC in _words().get(_key(word), {})


@lru_cache(_REMEMBERED)
def transliterate(word: str, *, locale: str = _MOROCCO, language: Language | None = None) -> str:
    """A Latin word in Arabic letters; an acronym as the vowelled names of its letters.

    Args:
        word: Latin letters, with apostrophes and accents as written. Other signs are not spoken.
        locale: decides between غ and ج, and the language if nothing else does.
        language: the language of its spelling, if the surrounding words show it.

    >>> transliterate("Bordeaux"), transliterate("Washington"), transliterate("CNSS")
    ('بوردو', 'واشينغتون', 'سِيْ إِنْ إِسْ إِسْ')
    """
    word = _ELISION.sub(lambda found: found.group().lower(), unicodedata.normalize("NFC", word))
    word = _APOSTROPHE.sub("", word)
    language = language or language_of([word], locale)
    said = " ".join(_camel(word, language))
    return said.replace("گ", "ج" if locale == _EGYPT else SPELT["گ"])


def spell(letters: str, language: Language) -> str:
    """The names of Latin letters, one alphabet for all; vowelled, and without case.

    >>> spell("BBC", Language.ENGLISH)
    'بِيْ بِيْ سِيْ'
    """
    names = _alphabet(language)
    return " ".join(names[letter] for letter in _unaccented(letters.lower()) if letter in names)


def latin_names() -> frozenset[str]:
    """The names of the Latin letters in both languages."""
    return frozenset(
        name for language in Language for said in _alphabet(language).values() for name in said.split()
    )


def _camel(word: str, language: Language) -> Iterator[str]:
    """YouTube is two words, iPhone a letter and a word, McDonald one."""
    if _key(word) in _words() or is_acronym(word) or word.isupper():
        yield _part(word, language)
        return
    parts = _PARTS.findall(word)
    before = ""
    for part in parts:
        if part in {"i", "e"} and len(parts) > 1:
            before = "آي" if part == "i" else "إي "
        elif part == "Mc":
            before = "ماك"
        else:
            yield before + _part(part, language)
            before = ""
    if before:
        yield before


def _part(word: str, language: Language) -> str:
    known = _words().get(_key(word))
    if known:
        return known.get(language) or next(iter(known.values()))
    if is_acronym(word):
        return spell(word, language)
    lower = word.lower()
    if language is Language.ENGLISH:
        lower = _unaccented(lower)
    else:
        lower = "".join(c if c in _FRENCH_ACCENTS else _unaccented(c) for c in lower)
    pattern, outputs = _spelling(language)
    said: list[str] = []
    for match in pattern.finditer(lower):
        rule, output = outputs[(match.lastindex or 1) - 1]
        if not said and match.start() == 0 and lower[0] in _VOWELS and not rule.startswith("^"):
            output = _ALIF_START.sub(lambda found: _SEATED[found.group()], output)
        said.append(output)
    return "".join(said) or spell(word, language)


def _unaccented(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.translate(_SOUNDS))
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


@cache
def _spelling(language: Language) -> tuple[re.Pattern[str], tuple[tuple[str, str], ...]]:
    rows = [(pattern, arabic) for pattern, arabic, _ in table(language.value)]
    return re.compile("|".join(f"({pattern})" for pattern, _ in rows)), tuple(rows)


@cache
def _alphabet(language: Language) -> dict[str, str]:
    column = 1 if language is Language.ENGLISH else 2
    return {row[0]: row[column] for row in table("alphabet")}


@cache
def _words() -> dict[str, dict[str, str]]:
    """By word, then by language; the empty one, or ``_ARABIC``, if both languages share it."""
    words: dict[str, dict[str, str]] = {}
    for word, arabic, language in table("words"):
        words.setdefault(word, {})[language] = arabic
    return words


def _key(word: str) -> str:
    return _APOSTROPHE.sub("", word.lower())


def table(name: str) -> Iterator[list[str]]:
    """The rows of ``latin/<name>.tsv`` below its header."""
    lines = (
        resources.files("service.text.normalisation")
        .joinpath("latin", f"{name}.tsv")
        .read_text(encoding="utf-8")
    )
    rows = [line.split("\t") for line in lines.split("\n") if line and not line.startswith("#")]
    width = len(rows[0])
    return (row + [""] * (width - len(row)) for row in rows[1:])

"""Classifies one line of a page: a button, a list of tags, a link to another article, a date.

The phrases are in ``chrome.toml``; matching ignores hamzas, marks and the like. A predicate takes a folded
line and checks its shape as well as the phrase, since every phrase may also open a sentence.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

STOP = re.compile(r"[.!?؟…]")
"""Sentence-final punctuation, which is rare in labels."""
LINK_WORDS = 25
"""Maximum number of words in the title of another article."""

_HIDDEN = re.compile("[\u064b-\u0652\u0670\u0640\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_FOLD = str.maketrans("أإآٱىیکةؤئ٠١٢٣٤٥٦٧٨٩", "ااااييكهوي0123456789")
_EDGE = re.compile(r"^[^\w©+]+|[^\w©+\-]+$")
_INNER_STOP = re.compile(r"[.!?؟…]\s+\S+\s+\S")
_CLOCK = re.compile(r"\b\d{1,2}[:hH]\d{2}\b")
_YEAR = re.compile(r"\b\d{4}\b")
_DATE_PART = re.compile(r"[\d:/.\-–|,،()hH+]+")
_COUNT = re.compile(r"\(?\d[\d.,]*\)?")
_CRUMB = re.compile(r"\W*الرييسيه\s*[»›>/\\|←‹«]")
_READING = (["قراءه"], ["للقراءه"])
_PHRASE_WORDS, _TAG_WORDS, _CREDIT_WORDS, _COPYRIGHT_WORDS = 5, 5, 6, 12
"""Maximum number of words in a phrase of ``chrome.toml``, a tag, a credit, a copyright notice."""


def fold(text: str) -> str:
    """Normalise text for comparison: no marks, one shape per letter, single spaces, Western digits."""
    return " ".join(_HIDDEN.sub("", text).translate(_FOLD).casefold().split())


def core(line: str) -> str:
    """A folded line without surrounding punctuation."""
    return _EDGE.sub("", line)


def is_short(line: str) -> bool:
    """Whether a line could be one tag."""
    return len(line.split()) <= _TAG_WORDS and not STOP.search(line)


def is_button(line: str) -> bool:
    """Whether a line is nothing but buttons: «شارك فيسبوك تويتر (12) طباعة»."""
    words = [said for word in line.split() if not _COUNT.fullmatch(word) and (said := core(word))]
    if not words or len(words) > LINK_WORDS or STOP.search(line):
        return False
    buttons = networks = at = 0
    while at < len(words):
        for length in range(_PHRASE_WORDS, 0, -1):
            phrase = " ".join(words[at : at + length])
            if phrase in phrases("alone") or phrase in phrases("listen"):
                buttons += 1
                break
            if phrase in phrases("networks"):
                networks += 1
                break
        else:
            return False
        at += length
    return buttons > 0 or networks > 1


def is_link(line: str) -> bool:
    """Whether a line points to another article: «اقرأ أيضا: …»."""
    words = len(line.split())
    if words > LINK_WORDS + _PHRASE_WORDS or _INNER_STOP.search(line):
        return False
    if opening(line, "read_also", ":|»>›-–") is not None:
        return True
    bare = opening(line, "read_also_bare", "")
    return bool(bare) and not STOP.search(line) and str(bare).split()[0] not in phrases("prose")


def is_notice(line: str) -> bool:
    """Whether a line credits a picture or asks readers to follow the site."""
    words = core(line).split()
    if not words or len(words) > LINK_WORDS or STOP.search(line):
        return False
    if opening(line, "follow", "") is not None:
        return True
    if words[0] in phrases("invite") and not phrases("ours").isdisjoint(words):
        return True
    return len(words) <= _CREDIT_WORDS and opening(line, "credit", ":/©") is not None


def is_count(line: str) -> bool:
    """Whether a line counts comments, readers or minutes of reading time."""
    words = core(line).split()
    labelled = _counted(line, "reading_time") or _counted(line, "count_label")
    return labelled or _two(words, "counted") or (_two(words[:2], "minutes") and words[2:] in _READING)


def _counted(line: str, name: str) -> bool:
    rest = opening(line, name, ":(") or opening(line, name, "") or ""
    words = rest.strip("(): ").split()
    return bool(words) and all(_COUNT.fullmatch(word) or word in phrases("minutes") for word in words)


def _two(words: list[str], name: str) -> bool:
    """Whether the words are a number and a noun from a list."""
    match words:
        case [count, noun]:
            return _COUNT.fullmatch(count) is not None and noun in phrases(name)
        case _:
            return False


def is_tags(line: str) -> bool:
    """Whether a line is a list of tags: «الوسوم الأمن المغرب»."""
    if STOP.search(line):
        return False
    if opening(line, "tags", ":|#") is not None:
        return True
    rest = opening(line, "tags", "")
    return rest is not None and not re.search("[،؛:,]", rest) and phrases("prose").isdisjoint(rest.split())


def is_copyright(line: str) -> bool:
    """Whether a line is a copyright notice: «© 2024 جميع الحقوق محفوظة»."""
    if len(line.split()) > _COPYRIGHT_WORDS or _INNER_STOP.search(line):
        return False
    return "©" in line or opening(line, "copyright", "") is not None


def is_crumbs(line: str) -> bool:
    """Whether a line is a breadcrumb trail: «الرئيسية » سياسة»."""
    return _CRUMB.match(line) is not None


def is_date(line: str) -> bool:
    """Whether a line is a date of publication: with a label or a time of day, and nothing else."""
    rest = opening(line, "dated", ":") or opening(line, "dated", "")
    if rest is None and not (_CLOCK.search(line) and _YEAR.search(line)):
        return False
    words = (rest or line).split()
    said = [word for word in words if not _DATE_PART.fullmatch(word)]
    return any(map(str.isdigit, line)) and all(core(word) in phrases("date_words") for word in said)


def opening(line: str, name: str, signs: str) -> str | None:
    """The text after a phrase of a list at the start of a line; ``signs``, if given, must separate them."""
    match = _openings(name).match(line)
    if match is None:
        return None
    rest = line[match.end() :].lstrip()
    if not signs:
        return rest
    return rest[1:].lstrip() if rest[:1] and rest[0] in signs else None


@cache
def phrases(name: str) -> frozenset[str]:
    """A list of ``chrome.toml``, folded."""
    table = tomllib.loads(resources.files(__package__).joinpath("chrome.toml").read_text("utf-8"))
    return frozenset(map(fold, table[name]))


@cache
def _openings(name: str) -> re.Pattern[str]:
    longest_first = sorted(phrases(name), key=len, reverse=True)
    return re.compile(rf"\W*(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def opens_like(name: str) -> str:
    """A verbose pattern for the phrases of a list as written, with every spelling that folding unifies."""
    spellings = {"ا": "[اأإآٱ]", "ي": "[يىیئ]", "ه": "[هة]", "ك": "[كک]", "و": "[وؤ]", " ": r"\s+"}
    hidden = _HIDDEN.pattern.replace("+", "*")
    return "|".join(
        "".join(spellings.get(letter, re.escape(letter)) + hidden for letter in phrase)
        for phrase in sorted(phrases(name), key=len, reverse=True)
    )


ANYWHERE = (is_button, is_link, is_notice)
"""Tests for chrome that is recognised in any position."""
ABOVE = (is_date, is_count, is_crumbs)
"""Tests for chrome that is recognised above the first line of prose."""
BELOW = (is_tags, is_date, is_count, is_copyright)
"""Tests for chrome that is recognised below the last line of prose."""

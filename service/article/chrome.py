"""Which lines of a page are its chrome and not the article.

Reading a share button aloud is a blemish, losing a sentence is a fault: so a line is chrome only by a phrase
of ``chrome.toml`` together with its shape (few words, no full stop) and, where the phrase could open a
sentence, its place (before the first or after the last line of prose).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources

from service.types import Span

_HIDDEN = re.compile("[\u064b-\u0652\u0670\u0640\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_FOLD = str.maketrans("أإآٱىیکةؤئ٠١٢٣٤٥٦٧٨٩", "ااااييكهوي0123456789")
_EDGE = re.compile(r"^[^\w©+]+|[^\w©+\-]+$")
_STOP = re.compile(r"[.!?؟…]")
_INNER_STOP = re.compile(r"[.!?؟…]\s+\S+\s+\S")
_CLOCK = re.compile(r"\b\d{1,2}[:hH]\d{2}\b")
_DATE_PART = re.compile(r"[\d:/.\-–|,،()hH+]+")
_COUNT = re.compile(r"\(?\d[\d.,]*\)?")
_CRUMB = re.compile(r"^\W*الرييسيه\s*[»›>/\\|←‹«]")
_AFTER_STOP = re.compile(r"[.!?؟…][»”\")\]]*(\s+)(?=\S)")
_YEAR = re.compile(r"\b\d{4}\b")
_READING = (["قراءه"], ["للقراءه"])
_CREDIT_WORDS = 6
_PROSE_WORDS = 12
"""A line of so many words is prose even without a full stop."""
_TOP_LINES = 4
"""A player's labels may stand on one of so many lines: the first, or below title, by-line and date."""
_TAG_WORDS, _LINK_WORDS, _LINKS = 5, 25, 12
"""The most words of a tag and of the title of another article; the most lines of a list of either."""


def strip(text: str, lines: Sequence[Span]) -> list[Span]:
    """The lines of the article, in order, without the page's chrome.

    Args:
        text: what the spans count in.
        lines: trimmed, none empty.

    Returns:
        The same lines, some left out, the first and last perhaps shortened; all of them where nothing else
        would be left.
    """
    shown = [text[line.start : line.end] for line in lines]
    folded = [fold(line) for line in shown]
    gone = _anywhere(shown, folded)
    _head(shown, folded, gone)
    _tail(shown, folded, gone)
    kept = [line for number, line in enumerate(lines) if number not in gone]
    if not kept:
        return list(lines)
    kept[:_TOP_LINES] = [_without_player(text, line) for line in kept[:_TOP_LINES]]
    kept[-1] = _without_tags(text, kept[-1])
    return kept


def fold(text: str) -> str:
    """The text as it is compared: no marks, one shape a letter, single spaces, Western digits."""
    return " ".join(_HIDDEN.sub("", text).translate(_FOLD).casefold().split())


def _anywhere(shown: list[str], folded: list[str]) -> set[int]:
    """Numbers of the lines that are chrome wherever they stand."""
    gone = {
        n for n, line in enumerate(folded) if _is_button(line) or _is_link(line, shown[n]) or _is_notice(line)
    }
    for number in sorted(gone):
        if _core(folded[number]) in _phrases("read_also"):
            gone.update(_links(shown, number + 1))
    lonely = {n for n, line in enumerate(folded) if _core(line) in _phrases("networks")}
    return gone | {n for n in lonely if {n - 1, n + 1} & (gone | lonely)}


def _links(shown: list[str], start: int) -> range:
    """Numbers of the lines from ``start`` on that are titles of other articles: one, or all to the end."""
    end = start
    while end < len(shown) and not _STOP.search(shown[end]) and len(shown[end].split()) <= _LINK_WORDS:
        end += 1
    return range(start, end if end == len(shown) and end - start <= _LINKS else min(end, start + 1))


def _head(shown: list[str], folded: list[str], gone: set[int]) -> None:
    """Add the chrome above the first line of prose."""
    for number, line in enumerate(folded):
        if number in gone:
            continue
        if _is_date(line) or _is_count(line) or _CRUMB.match(line):
            gone.add(number)
        elif len(line.split()) >= _PROSE_WORDS or _STOP.search(shown[number][-2:]):
            return


def _tail(shown: list[str], folded: list[str], gone: set[int]) -> None:
    """Add the chrome below the last line of prose."""
    for number in range(len(shown) - 1, 0, -1):
        if number in gone:
            continue
        line = folded[number]
        if _core(line) in _phrases("tags"):
            gone.update(range(number, len(shown)))
        elif _is_tags(line) or _is_date(line) or _is_count(line) or _is_copyright(line):
            gone.add(number)
        elif not _is_short(shown[number]):
            return


def _core(line: str) -> str:
    return _EDGE.sub("", line)


def _is_short(line: str) -> bool:
    return len(line.split()) <= _TAG_WORDS and not _STOP.search(line)


def _is_button(line: str) -> bool:
    """Whether a line is nothing but buttons: «شارك فيسبوك تويتر (12) طباعة»."""
    if _STOP.search(line) and line.rstrip(".…") != _core(line):
        return False
    words = [core for word in line.split() if not _COUNT.fullmatch(word) and (core := _core(word))]
    if not words or len(words) > _LINK_WORDS or line.endswith("."):
        return False
    labels = others = at = 0
    while at < len(words):
        for length in range(min(5, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + length])
            if phrase in _phrases("alone") or phrase in _phrases("listen"):
                labels += 1
                break
            if phrase in _phrases("networks"):
                others += 1
                break
        else:
            return False
        at += length
    return labels > 0 or others > 1


def _is_link(line: str, shown: str) -> bool:
    """Whether a line points to another article: «اقرأ أيضا: …»."""
    words = _core(line).split()
    if len(words) > _LINK_WORDS + 5 or _INNER_STOP.search(shown):
        return False
    if _opening(line, "read_also", ":|»>›-–"):
        return True
    bare = _opening(line, "read_also_bare", "")
    if bare is None or _STOP.search(shown) or len(words) > _LINK_WORDS:
        return False
    return bare.split()[0] not in _phrases("prose") if bare else True


def _is_notice(line: str) -> bool:
    """Whether a line credits a picture or invites to follow."""
    words = _core(line).split()
    if not words or len(words) > _LINK_WORDS or _STOP.search(line):
        return False
    if _opening(line, "follow", "") is not None:
        return True
    if words[0] in _phrases("invite") and not _phrases("ours").isdisjoint(words):
        return True
    return len(words) <= _CREDIT_WORDS and _opening(line, "credit", ":/©") is not None


def _is_count(line: str) -> bool:
    """Whether a line counts comments, readers or the minutes it takes to read."""
    words = _core(line).split()
    labelled = _counted(line, "reading_time") or _counted(line, "count_label")
    return labelled or _two(words, "counted") or (_two(words[:2], "minutes") and words[2:] in _READING)


def _counted(line: str, name: str) -> bool:
    rest = _opening(line, name, ":(") or _opening(line, name, "") or ""
    words = rest.strip("(): ").split()
    return bool(words) and all(_COUNT.fullmatch(word) or word in _phrases("minutes") for word in words)


def _two(words: list[str], name: str) -> bool:
    """Whether the words are a number and a noun of a list."""
    match words:
        case [count, noun]:
            return _COUNT.fullmatch(count) is not None and noun in _phrases(name)
        case _:
            return False


def _is_tags(line: str) -> bool:
    """Whether a line is a list of tags: «الوسوم الأمن المغرب»."""
    if _STOP.search(line):
        return False
    if _opening(line, "tags", ":|#") is not None:
        return True
    rest = _opening(line, "tags", "")
    return rest is not None and not re.search("[،؛:,]", rest) and _phrases("prose").isdisjoint(rest.split())


def _is_copyright(line: str) -> bool:
    words = _core(line).split()
    return (
        len(words) <= _PROSE_WORDS
        and ("©" in line or _opening(line.rstrip("."), "copyright", "") is not None)
        and not (_INNER_STOP.search(line))
    )


def _is_date(line: str) -> bool:
    """Whether a line is a date of publication: with a label or a time of day, and nothing else."""
    rest = _opening(line, "dated", ":") or _opening(line, "dated", "")
    if rest is None and not (_CLOCK.search(line) and _YEAR.search(line)):
        return False
    words = (rest or line).split()
    said = [word for word in words if not _DATE_PART.fullmatch(word)]
    return any(map(str.isdigit, line)) and all(_core(word) in _phrases("date_words") for word in said)


def _opening(line: str, name: str, signs: str) -> str | None:
    """What follows a phrase of a list at the start of a line; with ``signs``, one of them stands between."""
    match = _openings(name).match(line)
    if match is None:
        return None
    rest = line[match.end() :].lstrip()
    if not signs:
        return rest
    return rest[1:].lstrip() if rest[:1] and rest[0] in signs else None


def _without_player(text: str, line: Span) -> Span:
    """The first line without the player's labels that stand on it before the article."""
    match = _player().match(text, line.start, line.end)
    if match is None or match.end() == line.end:
        return line
    if not (match["font"] or match["sign"] or match["time"]):
        following = fold(text[match.end() : match.end() + 40]).split()
        if not following or _core(following[0]) in _phrases("listen_goes_on") or following[0][0] in "وف،,":
            return line
    return Span(match.end(), line.end)


def _without_tags(text: str, line: Span) -> Span:
    """The last line without the list of tags that stands on it after the article's last stop."""
    for match in reversed(list(_AFTER_STOP.finditer(text, line.start, line.end))[-1:]):
        if _is_tags(fold(text[match.end() : line.end])):
            return Span(line.start, match.start(1))
    return line


@cache
def _phrases(name: str) -> frozenset[str]:
    table = tomllib.loads(resources.files(__package__).joinpath("chrome.toml").read_text("utf-8"))
    return frozenset(map(fold, table[name]))


@cache
def _openings(name: str) -> re.Pattern[str]:
    longest_first = sorted(_phrases(name), key=len, reverse=True)
    return re.compile(rf"\W*(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


@cache
def _player() -> re.Pattern[str]:
    font, listen = (_written(name) for name in ("font", "listen"))
    return re.compile(
        rf"\W*(?P<font>(?:{font})\s*(?::|A|\+|-)[\s:A+\-]*)?(?:{listen})(?!\w)[^\S\n]*(?P<sign>[:|.\-–▶►]+)?\s*(?P<time>\d{{1,2}}:\d{{2}})?\W*?\s*(?=\S)"
    )


def _written(name: str) -> str:
    """A pattern for the phrases of a list as they are written, with every spelling that folding levels."""
    spellings = {"ا": "[اأإآٱ]", "ي": "[يىیئ]", "ه": "[هة]", "ك": "[كک]", "و": "[وؤ]", " ": r"\s+"}
    hidden = _HIDDEN.pattern.replace("+", "*")
    return "|".join(
        "".join(spellings.get(letter, re.escape(letter)) + hidden for letter in phrase)
        for phrase in sorted(_phrases(name), key=len, reverse=True)
    )

"""Separates the lines of a page's chrome from the article.

Reading a share button aloud is a blemish, losing a sentence is a fault: so a line is chrome only by a phrase
of ``chrome.toml`` together with its shape (few words, no full stop) and, where the phrase could open a
sentence, its place (before the first or after the last line of prose).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from service.article import labels
from service.article.labels import LINK_WORDS, STOP, core, fold, opens_like, phrases
from service.model.document import Span

_LONGEST = 400
"""Code points. A longer line is always prose."""
_PROSE = "."
"""Placeholder for a longer line."""
_PROSE_WORDS = 12
"""A line with this many words is prose even without a full stop."""
_TOP_LINES = 4
"""A player's labels may be on one of the top lines: the first, or below title, by-line and date."""
_LINKS = 12
"""Maximum number of titles of other articles below one «اقرأ أيضا»."""
_TAGS = 40
"""Maximum number of lines in a list of tags."""
_LAST_STOP = re.compile(r"[.!?؟…][»”\")\]]*(\s+)(?=\S)")


def strip(text: str, lines: Sequence[Span]) -> list[Span]:
    """The lines of the article, in order, without the page's chrome.

    Args:
        text: the text of the spans.
        lines: trimmed, none empty.

    Returns:
        The same lines, some removed, the first and last perhaps shortened; all of them if none would be
        left.
    """
    folded = [
        fold(text[line.start : line.end]) if line.end - line.start <= _LONGEST else _PROSE for line in lines
    ]
    gone = _anywhere(folded)
    _head(folded, gone)
    _tail(folded, gone)
    kept = [line for number, line in enumerate(lines) if number not in gone]
    if not kept:
        return list(lines)
    kept[:_TOP_LINES] = [_without_player(text, line) for line in kept[:_TOP_LINES]]
    kept[-1] = _without_tags(text, kept[-1])
    return kept


def _anywhere(lines: list[str]) -> set[int]:
    """Numbers of the lines that are chrome in any position."""
    sure = {n for n, line in enumerate(lines) if any(test(line) for test in labels.ANYWHERE)}
    links = {
        link for n in sure if core(lines[n]) in phrases("read_also") for link in _links(lines, n + 1, sure)
    }
    networks = {n for n, line in enumerate(lines) if core(line) in phrases("networks")}
    bars = sure | links | networks
    return bars - {n for n in networks if bars.isdisjoint({n - 1, n + 1})}


def _links(lines: list[str], start: int, sure: set[int]) -> range:
    """Numbers of the lines from ``start`` that are titles of other articles: one, or all to the end."""
    end, last = start, min(len(lines), start + _LINKS)
    while end < last and (end in sure or _is_title(lines[end])):
        end += 1
    return range(start, end if end == len(lines) else min(end, start + 1))


def _is_title(line: str) -> bool:
    return not STOP.search(line) and len(line.split()) <= LINK_WORDS


def _head(lines: list[str], gone: set[int]) -> None:
    """Add the chrome above the first line of prose."""
    for number, line in enumerate(lines):
        if number in gone:
            continue
        if any(test(line) for test in labels.ABOVE):
            gone.add(number)
        elif len(line.split()) >= _PROSE_WORDS or STOP.search(line[-2:]):
            return


def _tail(lines: list[str], gone: set[int]) -> None:
    """Add the chrome below the last line of prose."""
    end = len(lines)
    for number in range(end - 1, 0, -1):
        if number in gone:
            continue
        if core(lines[number]) in phrases("tags") and end - number <= _TAGS:
            gone.update(range(number, end))
            end = number
        elif any(test(lines[number]) for test in labels.BELOW):
            gone.add(number)
        elif not labels.is_short(lines[number]):
            return


def _without_player(text: str, line: Span) -> Span:
    """A line without the player's labels at its start."""
    match = _player().match(text, line.start, line.end)
    if match is None or match.end() == line.end:
        return line
    if not (match["font"] or match["sign"] or match["time"]):
        following = fold(text[match.end() : match.end() + LINK_WORDS]).split()
        if core(following[0]) in phrases("listen_goes_on") or following[0][0] in "وف،":
            return line
    return Span(match.end(), line.end)


@cache
def _player() -> re.Pattern[str]:
    font, listen = opens_like("font"), opens_like("listen")
    return re.compile(
        rf"""
        \W* (?P<font> (?:{font}) [ ]* [:A+-] [\s:A+-]* )?
        (?:{listen}) (?!\w) [^\S\n]*
        (?P<sign> [:|.–▶►-]+ )? \s* (?P<time> \d{{1,2}}:\d{{2}} )? [\s:|.–▶►-]* (?=\S)
        """,
        re.VERBOSE,
    )


def _without_tags(text: str, line: Span) -> Span:
    """The last line without the list of tags after the article's last full stop."""
    stop = None
    for stop in _LAST_STOP.finditer(text, line.start, line.end):  # noqa: B007 - the last one is wanted
        pass
    if stop is not None and labels.is_tags(fold(text[stop.end() : line.end])):
        return Span(line.start, stop.start(1))
    return line

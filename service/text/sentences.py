"""Where sentences end.

One pattern walks over the text and stops only at signs that may end a sentence; each of them is then judged
by its neighbours, within a window of fixed length, so that the time is linear whatever the text. The words
that the judgement needs (abbreviations, verbs of saying) stand in ``stops.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from service.text.tokens import INVISIBLE, LETTERS, MARKS
from service.types import Article, Boundary, Paragraph, Role, Sentence, Span

_WINDOW = 40
"""Code points looked back over from a stop: longer than any abbreviation."""
_BRACKET_WINDOW = 400
"""Code points looked back over for the bracket that a closing one answers."""

_ADDRESS = r"""[^\s<>«»"،؛؟]*[^\s<>«»"،؛؟.!?…)\]]"""
_CANDIDATE = re.compile(
    rf"""
    (?:
      (?P<address> h(?:ttps?://{_ADDRESS}) | w(?:ww\.{_ADDRESS}) )
    | (?P<line> [\n\r\v\f\x85\u2028\u2029] )
    | (?P<run> [.!?؟…] [.!?؟…{INVISIBLE}]* (?:[ \u00a0]{{1,2}}[.!?؟…]+(?![^\W_]))* )
      (?P<close> (?: [”’»)\]}}›﴾﴿“{INVISIBLE}] | ["'](?![^\W_]) | [ \u00a0]» )* )
    )
    """,
    re.VERBOSE,
)
_SPEAKABLE = re.compile(r"[^\W_ـ]")
_ARABIC = f"[{LETTERS}{MARKS}]"
_LAST_WORD = re.compile(rf"(?:[{LETTERS}{MARKS}{INVISIBLE}]|[A-Za-z]|\.(?!\.))+$")
_WORD_BEFORE = re.compile(rf"([^\s.]+)[\s{INVISIBLE}]+$")
_NEXT_WORD = re.compile(rf"""[\s{INVISIBLE}«"“'(\[]*([^\W_][\w{MARKS}]*)""")
_JOINED = re.compile(rf"[وف]{_ARABIC}{{3}}")
_NOT_A_LETTER = re.compile(rf"[{MARKS}{INVISIBLE}ـ]+")
_MARKER = re.compile(r"\W*(?:\d{1,3}|[IVXivx]{1,4}|[A-Za-zأ-ي]ـ?)[.)\]\-–ـ]*\s*$")
_GOES_ON = re.compile(rf"[\s{INVISIBLE}]*[،؛:,;]")


def sentences(article: Article) -> Iterator[Sentence]:
    """The sentences of an article in the order in which they are read.

    Every speakable character of every paragraph is in exactly one of them. A sentence whose paragraph has a
    span has one too, and ``article.text[span.start:span.end]`` is its text.
    """
    for paragraph in article.paragraphs:
        yield from split(paragraph)


def split(paragraph: Paragraph) -> Iterator[Sentence]:
    """The sentences of a paragraph, without the white space around them.

    A sentence ends at ``. ! ? ؟ …`` (a run counts once) together with the quotes and brackets that close
    there, and at line ends; not within numbers, addresses, initials and abbreviations, nor where a verb of
    saying or a comma carries on from a closed quotation. Stretches without a letter or digit join the
    sentence before or after them; a paragraph of nothing else yields nothing.
    The last sentence's boundary is the paragraph's own.
    """
    text = paragraph.text
    base = paragraph.span.start if paragraph.span else None
    last = Boundary.TITLE if paragraph.role is Role.TITLE else Boundary.PARAGRAPH
    stretches = list(_stretches(text))
    for number, (start, end) in enumerate(stretches, 1):
        span = None if base is None else Span(base + start, base + end)
        boundary = last if number == len(stretches) else Boundary.SENTENCE
        yield Sentence(text[start:end], span, boundary, paragraph.role)


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every sentence, trimmed."""
    start, first = 0, _first_speakable(text, 0)
    for match in _CANDIDATE.finditer(text):
        if match["address"] or first >= match.start():
            continue
        if not _ends(_Stop(text, start, match)):
            continue
        following = _first_speakable(text, match.end())
        if following == len(text):
            break
        yield _trimmed(text, start, match.end())
        start, first = match.end(), following
    if first < len(text):
        yield _trimmed(text, start, len(text))


def _first_speakable(text: str, start: int) -> int:
    match = _SPEAKABLE.search(text, start)
    return match.start() if match else len(text)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    stretch = text[start:end]
    return start + len(stretch) - len(stretch.lstrip()), start + len(stretch.rstrip())


@dataclass(frozen=True, slots=True)
class _Stop:
    """A sign that may end the sentence that began at ``start``."""

    text: str
    start: int
    match: re.Match[str]

    @property
    def before(self) -> str:
        """The text of the sentence up to the sign, no more than a window of it."""
        return self.text[max(self.start, self.match.start() - _WINDOW) : self.match.start()]

    @property
    def after(self) -> str:
        """The first characters that follow the sign and what it closes."""
        return self.text[self.match.end() : self.match.end() + _WINDOW]

    @property
    def next_word(self) -> str:
        match = _NEXT_WORD.match(self.after)
        return _plain(match[1]) if match else ""


def _ends(stop: _Stop) -> bool:
    sign, after = stop.match["run"], stop.after
    if stop.match.end() - stop.start <= _WINDOW and _MARKER.fullmatch(stop.before):
        return False
    if sign is None:
        return True
    if _GOES_ON.match(after) or _is_aside(stop) or _is_quoted_and_said(stop):
        return False
    sign = _NOT_A_LETTER.sub("", sign)
    if sign == "..":
        return not after.strip(" ") or after[0] in "\n\r"
    if after[:1].isspace() or not after:
        return sign != "." or not _abbreviates(stop)
    return _ends_unspaced(stop, sign)


def _ends_unspaced(stop: _Stop, sign: str) -> bool:
    """Judge a sign that the next word follows without a space."""
    before, after = stop.before, stop.after
    if not re.match(_ARABIC, after):
        return not re.match(r"[\w/=&#%+@~-]", after)
    if sign != ".":
        return True
    word = _LAST_WORD.search(before.rstrip())
    if word is None:
        return True
    return len(_plain(word[0])) > 1 and "." not in word[0] and len(stop.next_word) > 1


def _is_aside(stop: _Stop) -> bool:
    """Whether the sign belongs to a bracket in the middle of a sentence: «الوزير (كعادته!) لم يرد»."""
    closing = stop.match["close"]
    if not closing or closing.strip()[:1] not in ")]" or stop.match["run"].startswith(".."):
        return bool(closing) and stop.before.rstrip()[-1:] in ("(", "[")
    if stop.match["run"] == ".":
        return False
    opening = "(" if ")" in closing else "["
    at = stop.text.rfind(opening, max(stop.start, stop.match.start() - _BRACKET_WINDOW), stop.match.start())
    return at > stop.start and _SPEAKABLE.search(stop.text, stop.start, at) is not None


def _is_quoted_and_said(stop: _Stop) -> bool:
    """Whether a verb of saying carries on after a quotation that ends here: «لن نرحل!» قال الشيخ."""
    closing = stop.match["close"]
    return bool(closing and not set(closing).isdisjoint("»”\"“’'")) and stop.next_word in _words("saying")


def _abbreviates(stop: _Stop) -> bool:
    """Whether a single full stop before a space belongs to an abbreviation and ends nothing."""
    before = stop.before
    match = _LAST_WORD.search(before)
    if match is None:
        return False
    word = _plain(match[0]).strip(".")
    rest = before[: match.start()]
    if word in _words("never"):
        return True
    letters = word.split(".")
    if word in _words("after_number") and re.search(r"\d\s*$", rest):
        return not _opens(stop.next_word)
    if word in _words("perhaps"):
        return not _opens(stop.next_word)
    if any(len(part) > 1 for part in letters):
        return False
    return _is_initial(stop, rest, letters)


def _is_initial(stop: _Stop, rest: str, letters: list[str]) -> bool:
    following = stop.next_word
    if len(letters) > 1:
        return following.isascii() if letters[0].isascii() else not _opens(following)
    if letters[0].isascii():
        return letters[0].isupper() and following[:1].isascii() and following[:1].isupper()
    before = _WORD_BEFORE.search(rest)
    return bool(following) and not (before and _plain(before[1]) in _words("lettered"))


def _opens(word: str) -> bool:
    """Whether a word may open a new sentence after a stop of which one can't be sure."""
    if not word or not re.match(_ARABIC, word):
        return not word
    return bool(_JOINED.match(word)) or word in _words("openers")


def _plain(word: str) -> str:
    return _NOT_A_LETTER.sub("", word)


@cache
def _words(name: str) -> frozenset[str]:
    table = tomllib.loads(resources.files(__package__).joinpath("stops.toml").read_text("utf-8"))
    return frozenset(map(_plain, table[name]))

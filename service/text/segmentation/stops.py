"""Decides from context whether a full stop, question mark or line end ends a sentence.

The word lists for the decision (abbreviations, verbs of saying) are in ``stops.toml``.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from service.text.core.tokens import INVISIBLE, LETTERS, MARKS

_WINDOW = 40
"""Code points examined before and after a stop: longer than any abbreviation."""
_BRACKET_WINDOW = 400
"""Code points searched backwards for the opening bracket of a closing one."""

_SPEAKABLE = re.compile(r"[^\W_ـ]")
_ARABIC = f"[{LETTERS}{MARKS}]"
_LAST_WORD = re.compile(rf"(?:[{LETTERS}{MARKS}{INVISIBLE}]|[A-Za-z]|\.(?!\.))+$")
_WORD_BEFORE = re.compile(rf"([^\s.]+)[\s{INVISIBLE}]+$")
_NEXT_WORD = re.compile(rf"""[\s{INVISIBLE}«"“'(\[]*([^\W_][\w{MARKS}]*)""")
_AND_INITIAL = re.compile(r"و[بتثجحخرزسشصضطظعغفقكلمنهيأإ]")
_JOINED = re.compile(rf"[وف]{_ARABIC}{{2}}")
_NOT_A_LETTER = re.compile(rf"[{MARKS}{INVISIBLE}ـ]+")
_MARKER = re.compile(r"\W*(?:\d{1,3}|[IVXivx]{1,4}|[A-Za-zأ-ي]ـ?)[.)\]\-–ـ]*\s*$")
_SIGNS = frozenset(".!?؟…")
_AND_QUOTED = re.compile(r"\s*(?:و|أو\s)\s?[«“\"]")
_GOES_ON = re.compile(rf"[\s{INVISIBLE}]*[،؛:,;]")


@dataclass(frozen=True, slots=True)
class Stop:
    """A sign that may end the sentence that began at ``start``."""

    text: str
    start: int
    match: re.Match[str]

    @property
    def before(self) -> str:
        """The text of the sentence up to the sign, at most one window."""
        return self.text[max(self.start, self.match.start() - _WINDOW) : self.match.start()]

    @property
    def after(self) -> str:
        """The first characters after the sign and its closing quotes or brackets."""
        return self.text[self.match.end() : self.match.end() + _WINDOW]

    @property
    def next_word(self) -> str:
        """The word after the sign, without marks."""
        match = _NEXT_WORD.match(self.after)
        return _plain(match[1]) if match else ""


def ends(stop: Stop) -> bool:
    """Whether the sign ends the sentence: the most reliable decisions come first."""
    if stop.match.end() - stop.start <= _WINDOW and _MARKER.fullmatch(stop.before):
        return False
    if stop.match["run"] is None:
        return True
    if _GOES_ON.match(stop.after):
        return False
    if not set(stop.match["close"]).isdisjoint(_SIGNS):
        return _ends_with(stop, "!")
    return not (_is_aside(stop) or _is_quoted_and_goes_on(stop)) and _ends_with(
        stop, _NOT_A_LETTER.sub("", stop.match["run"])
    )


def _ends_with(stop: Stop, sign: str) -> bool:
    """Decide by the space after the sign and the word before it."""
    after = stop.after
    if sign == "..":
        return not after.strip(" ") or after[0] in "\n\r"
    if after[:1].isspace() or not after:
        return sign != "." or not _abbreviates(stop)
    return _ends_unspaced(stop, sign)


def _ends_unspaced(stop: Stop, sign: str) -> bool:
    """Decide for a sign that the next word follows without a space."""
    before, after = stop.before, stop.after
    if not re.match(_ARABIC, after):
        return not re.match(r"[\w/=&#%+@~-]", after)
    if sign != ".":
        return True
    word = _LAST_WORD.search(before.rstrip())
    is_word = word is None or (len(_plain(word[0])) > 1 and "." not in word[0])
    return is_word and len(stop.next_word) > 1


def _is_aside(stop: Stop) -> bool:
    """Whether the sign belongs to a bracket in the middle of a sentence: «الوزير (كعادته!) لم يرد»."""
    closing = stop.match["close"]
    if not closing or closing.strip()[:1] not in ")]" or stop.match["run"].startswith(".."):
        return bool(closing) and stop.before.rstrip()[-1:] in ("(", "[")
    if stop.match["run"] == ".":
        return False
    opening = "(" if ")" in closing else "["
    at = stop.text.rfind(opening, max(stop.start, stop.match.start() - _BRACKET_WINDOW), stop.match.start())
    return at > stop.start and _SPEAKABLE.search(stop.text, stop.start, at) is not None


def _is_quoted_and_goes_on(stop: Stop) -> bool:
    """Whether a verb of saying, or the next of several titles, continues after a quotation that ends here.

    «لن نرحل!» قال الشيخ. «متى نعود؟» و«سفر».
    """
    if set(stop.match["close"]).isdisjoint("»”\"“’'"):
        return False
    return stop.next_word in _words("saying") or _AND_QUOTED.match(stop.after) is not None


def _abbreviates(stop: Stop) -> bool:
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
    if _AND_INITIAL.fullmatch(word):
        return True
    return all(len(part) == 1 for part in letters) and _is_initial(stop, rest, letters)


def _is_initial(stop: Stop, rest: str, letters: list[str]) -> bool:
    following = stop.next_word
    if len(letters) > 1:
        return not _opens(following)
    if letters[0].isascii():
        return letters[0].isupper() and following[:1].isascii() and following[:1].isupper()
    before = _WORD_BEFORE.search(rest)
    return bool(following) and not (before and _plain(before[1]) in _words("lettered"))


def _opens(word: str) -> bool:
    """Whether a word may open a new sentence after an ambiguous stop."""
    if not word or not re.match(_ARABIC, word):
        return not word
    return bool(_JOINED.match(word)) or word in _words("openers")


def _plain(word: str) -> str:
    return _NOT_A_LETTER.sub("", word)


@cache
def _words(name: str) -> frozenset[str]:
    table = tomllib.loads(resources.files(__package__).joinpath("stops.toml").read_text("utf-8"))
    return frozenset(map(_plain, table[name]))

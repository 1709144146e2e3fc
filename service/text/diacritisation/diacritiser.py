"""Short vowels for text that is written without them.

Two models that err in different places are mixed: the logarithms of their probabilities are added, each with
the weight that ``benchmarks/text.py`` found best. Before the likeliest mark is taken for each letter,
``possible.py`` strikes out what Arabic spelling rules out there. What the author or the lexicon wrote
decides, and so do the phrases whose vowels are known (``phrases.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from service.text.diacritisation.orthography import LETTER, MARKS, PAUSES, SHADDA
from service.text.diacritisation.phrases import known

if TYPE_CHECKING:
    from service.text.diacritisation.libtashkeel import Libtashkeel
    from service.text.diacritisation.onnx import Floats
    from service.text.diacritisation.rawi import Rawi

_LIBTASHKEEL, _RAWI = 1.0, 1.5
"""The weights of the mixture."""
_WINDOW = 400
"""Characters that the models are given at once: they slow down on longer texts."""
_NEAREST = str.maketrans("ٱیکپچژڤگ,;?…_", "ايكبجزفك،؛؟.-")
"""Characters that the models don't know, as the ones nearest to them."""
_WORD = re.compile(f"[{LETTER}]+")
_STOPS = tuple(PAUSES)
_CUTS = ("؛", "،", ":", " ")
"""Where a text longer than a window is best cut."""


class Diacritiser:
    """Restores vowels. Its models are loaded on first use; not to be shared by threads."""

    def diacritise(self, text: str) -> str:
        """Vowel one sentence. Its letters stay as they are; marks that it bears already are kept.

        Raises:
            MissingPart: a model isn't installed.
        """
        chars, written = _parted(text)
        if _WORD.search(chars) is None:
            return text
        # The models expect a sentence to end in a stop, and guess worse where none is.
        whole = chars if chars.rstrip().endswith(_STOPS) else f"{chars}."
        marks = known(whole, [*written, ""])
        said: list[str] = []
        for start, end in _windows(whole):
            said += self._vowelled(whole[start:end], marks[start:end])
        return "".join(map("".join, zip(chars, said, strict=False)))

    def _vowelled(self, chars: str, marks: Sequence[str]) -> Iterator[str]:
        """The marks of a stretch that is short enough for the models."""
        from service.text.diacritisation.spelling_constraints import impossible
        from service.text.diacritisation.vowels import CLASSES

        near = chars.translate(_NEAREST)
        likely = self._mixed(near, marks)
        likely[impossible(near, marks)] -= 1000
        for mark, best in zip(marks, likely.argmax(axis=1), strict=True):
            yield mark if mark not in {"", SHADDA} else CLASSES[best]

    def _mixed(self, chars: str, marks: Sequence[str]) -> Floats:
        """What both models together believe."""
        unread = self._rawi.log_probabilities(chars)
        for start, end in _contradicted(chars, marks, unread):
            unread[start:end] = 0
        return _LIBTASHKEEL * self._libtashkeel.log_probabilities(chars, marks) + _RAWI * unread

    @cached_property
    def _libtashkeel(self) -> Libtashkeel:
        from service.text.diacritisation.libtashkeel import Libtashkeel

        return Libtashkeel()

    @cached_property
    def _rawi(self) -> Rawi:
        from service.text.diacritisation.rawi import Rawi

        return Rawi()


def _parted(text: str) -> tuple[str, list[str]]:
    """A text's characters and the marks on each; marks before the first are on none, and left out."""
    chars: list[str] = []
    marks: list[str] = []
    for char in text:
        if char not in MARKS:
            chars.append(char)
            marks.append("")
        elif marks:
            marks[-1] += char
    return "".join(chars), marks


def _contradicted(chars: str, marks: Sequence[str], likely: Floats) -> Iterator[tuple[int, int]]:
    """The words of which a model that reads no marks believes otherwise than is written."""
    from service.text.diacritisation.vowels import CLASSES

    for match in _WORD.finditer(chars):
        start, end = match.span()
        written = {at: set(marks[at]) for at in range(start, end) if marks[at]}
        if any(not mark <= set(CLASSES[likely[at].argmax()]) for at, mark in written.items()):
            yield start, end


def _windows(chars: str) -> Iterator[tuple[int, int]]:
    """Stretches of at most a window, cut at a pause or between words where there is one in the last half."""
    start = 0
    while start < len(chars):
        end = min(start + _WINDOW, len(chars))
        if end < len(chars):
            cuts = (chars.rfind(mark, start + _WINDOW // 2, end) for mark in _CUTS)
            end = next((cut + 1 for cut in cuts if cut > 0), end)
        yield start, end
        start = end

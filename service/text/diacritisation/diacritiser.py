"""Restores the short vowels of unvowelled text.

Models with different errors, libtashkeel and the family of rawi, are combined: the logarithms of their
probabilities are added, each with the weight that ``benchmarks/text.py`` found best. Before the likeliest
mark is chosen for each letter, ``spelling_constraints.py`` excludes the marks that Arabic spelling rules out
there. Marks of the author or the lexicon take precedence, and so do the phrases whose vowels are known
(``phrases.py``). A name of a person gets an ending that it can have (``name_endings.py``).

Several vowels on one letter are alternatives, as in Arabic manuscripts: the models choose between them. The
lexicon writes fatḥa and ḍamma on the last letter of a diptote, which has no other endings.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING

from service.model.borrowed import NEAREST
from service.text.core.orthography import LETTER, MARKS, PAUSES, alternatives
from service.text.diacritisation.name_endings import settled
from service.text.diacritisation.phrases import known

if TYPE_CHECKING:
    from service.text.diacritisation.decisions import Decision, Evidence
    from service.text.diacritisation.libtashkeel import Libtashkeel
    from service.text.diacritisation.onnx import Floats
    from service.text.diacritisation.rawi import Rawi
    from service.text.diacritisation.sequences import Indices
    from service.text.diacritisation.written_marks import Written

_LIBTASHKEEL, _RAWI = 1.0, 1.5
"""The weights of the mixture."""
_WINDOW = 400
"""Maximum characters per model call: the models slow down on longer texts."""
_NEAREST = str.maketrans({**dict(zip("ٱیک,;?…_", "ايك،؛؟.-", strict=True)), **NEAREST})
"""Characters that the models do not know, mapped to the nearest known ones."""
_WORD = re.compile(f"[{LETTER}]+")
_STOPS = tuple(PAUSES)
_CUTS = ("؛", "،", ":", " ")
"""Preferred places to split a text longer than a window."""


class Diacritiser:
    """Restores vowels. Its models are loaded on first use; not thread-safe."""

    def diacritise(
        self, text: str, least_margin: float = -math.inf, evidence: list[Evidence] | None = None
    ) -> str:
        """Vowel one sentence. Its letters and marks are unchanged, but for hamzas that it leaves out.

        Args:
            text: the sentence.
            least_margin: how much likelier than every other a case ending must be to be said, as a natural
                logarithm; by default all are said.
            evidence: receives what the models say of each part of it.

        Raises:
            MissingPart: a model isn't installed.
        """
        from service.text.diacritisation import omitted_endings
        from service.text.diacritisation.vowels import completed

        chars, written = _parted(text)
        if _WORD.search(chars) is None:
            return text
        # The models expect a sentence to end in a full stop, and are less accurate without one.
        whole = self._spelt(chars if chars.rstrip().endswith(_STOPS) else f"{chars}.", [*written, ""])
        marks = known(whole, [*written, ""])
        said: list[str] = []
        sure: list[float] = []
        for start, end in _windows(whole):
            part, best = self._decided(whole, marks, start, end)
            said += map(completed, marks[start:end], best)
            if least_margin > -math.inf:
                sure += omitted_endings.margins(part.likely, best).tolist()
            if evidence is not None:
                evidence.append(part)
        said = settled(whole, marks, said)
        if least_margin > -math.inf:
            said = omitted_endings.without(whole, marks, said, sure, least_margin)
        return "".join(map("".join, zip(whole[: len(chars)], said, strict=False)))

    def explain(self, text: str, least_margin: float = -math.inf) -> tuple[str, list[Decision]]:
        """Vowel one sentence, and say how each of its words was decided, as ``str.split`` finds words.

        Raises:
            MissingPart: a model isn't installed.
        """
        from service.text.diacritisation.decisions import Vowelled, decided

        evidence: list[Evidence] = []
        vowelled = self.diacritise(text, least_margin, evidence)
        chars, said = _parted(vowelled)
        author = _parted(text)[1]
        return vowelled, decided(Vowelled(chars, author, known(chars, author), said), evidence)

    def _spelt(self, whole: str, marks: Sequence[str]) -> str:
        """The text with its hamzas."""
        from service.text.diacritisation.hamzas import restored

        if "ا" not in whole:
            return whole
        found = ""
        for start, end in _windows(whole):
            part = whole[start:end]
            found += restored(part, marks[start:end], self._rawi.hamzas(part.translate(_NEAREST)))
        return found

    def _decided(self, whole: str, marks: Sequence[str], start: int, end: int) -> tuple[Evidence, Indices]:
        """What the models say of a part short enough for them, and the class chosen for each character."""
        from service.text.diacritisation.decisions import Evidence
        from service.text.diacritisation.duals import correct_duals
        from service.text.diacritisation.homophones import heard
        from service.text.diacritisation.noun_readings import correct
        from service.text.diacritisation.sequences import likeliest
        from service.text.diacritisation.verb_readings import settle
        from service.text.diacritisation.written_marks import Written

        chars, before = whole[start:end].translate(_NEAREST), whole[max(start - 2, 0) : start]
        written = Written.of(chars, marks[start:end])
        likely = self._likely(chars, written)
        best = likeliest(chars, likely)
        audible = heard(chars, likely)
        settle(chars, written, audible, best, before)
        correct(chars, written, audible, best)
        correct_duals(chars, written, best)
        return Evidence(start, chars, written, likely, before, _LIBTASHKEEL + _RAWI), best

    def _likely(self, chars: str, written: Written) -> Floats:
        """How likely each class of marks is on each character, next to nothing where it is ruled out."""
        from service.text.diacritisation.alternatives import by_case
        from service.text.diacritisation.spelling_constraints import impossible

        likely = self._mixed(chars, written)
        for at, mark in enumerate(written.marks):
            if vowels := alternatives(mark):
                likely[at] = by_case(likely[at], vowels)
        likely[impossible(chars, written)] -= 1000
        return likely

    def _mixed(self, chars: str, written: Written) -> Floats:
        """The combined probabilities of the models."""
        unread = self._rawi.log_probabilities(chars)
        contradicted = list(_contradicted(chars, written.placed, unread))  # before any of it is cleared
        for start, end in contradicted:
            unread[start:end] = 0
        return _LIBTASHKEEL * self._libtashkeel.log_probabilities(chars, written.hints) + _RAWI * unread

    @cached_property
    def _libtashkeel(self) -> Libtashkeel:
        from service.text.diacritisation.libtashkeel import Libtashkeel

        return Libtashkeel()

    @cached_property
    def _rawi(self) -> Rawi:
        from service.text.diacritisation.rawi import Rawi

        return Rawi()


def _parted(text: str) -> tuple[str, list[str]]:
    """A text's characters and the marks on each; marks before the first character are dropped."""
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
    """Where a model that reads no marks cannot be right: in the words whose marks it contradicts.

    Nor in the case of a definite noun after them, which depends on them: عُقِدَ الِاجْتِمَاعُ, but عَقْدُ الِاجْتِمَاعِ.
    """
    from service.text.diacritisation.vowels import CLASSES

    spans = [match.span() for match in _WORD.finditer(chars)]
    for (start, end), following in zip_longest(spans, spans[1:]):
        marked = (at for at in range(start, end) if marks[at] and not alternatives(marks[at]))
        written = {at: set(marks[at]) for at in marked}
        if any(not mark <= set(CLASSES[likely[at].argmax()]) for at, mark in written.items()):
            yield start, end
            if following and chars.startswith("ال", following[0]):
                yield following[1] - 1, following[1]


def _windows(chars: str) -> Iterator[tuple[int, int]]:
    """Parts of at most one window, split at a pause or between words if one is in the last half."""
    start = 0
    while start < len(chars):
        end = min(start + _WINDOW, len(chars))
        if end < len(chars):
            cuts = (chars.rfind(mark, start + _WINDOW // 2, end) for mark in _CUTS)
            end = next((cut + 1 for cut in cuts if cut > 0), end)
        yield start, end
        start = end

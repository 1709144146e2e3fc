"""rawi, from ``text2tashkeel`` (Apache-2.0): three small LSTMs with other errors than libtashkeel.

They were trained on the same text, one after the other: the first marks too many letters and chooses well
among marks, the second marks as many as it should, the third decides apart whether and how to mark. The
weighted mean of the logarithms of their probabilities errs less than each.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from service.model.errors import MissingPart
from service.text.core.orthography import MARKS
from service.text.diacritisation.onnx import FLOOR, Floats, session, shipped
from service.text.diacritisation.vowels import CLASSES, RAWI_SHA256

_WEIGHTS = {"rawi": 4 / 15, "rawi_v2": 5 / 15, "rawi_v3": 6 / 15}
"""By the name of the model's file."""
_VOCABULARY = {"rawi": "rawi", "rawi_v2": "rawi_v2", "rawi_v3": "rawi_v2"}
_REMEMBERED = 16
"""Windows whose outputs are kept: a sentence is read for hamzas, then vowelled."""
_MADDA, _ABOVE, _BELOW = "\u0653", "\u0654", "\u0655"
SEATS = ("", _MADDA, _ABOVE, _BELOW)
"""No hamza, and where there is one."""
_SEATS = {"أ": _ABOVE, "ؤ": _ABOVE, "ئ": _ABOVE, "إ": _BELOW, "آ": _MADDA}
"""The models read letters without their hamza and predict it together with the vowel."""


class Rawi:
    """Loads on construction; about 7.5 MB."""

    def __init__(self) -> None:
        self._networks = [(weight, _Network(name)) for name, weight in _WEIGHTS.items()]

    def log_probabilities(self, letters: Sequence[str]) -> Floats:
        """How likely each class of mark is on each letter, given the position of its hamza."""
        bases, seats = _bases(letters), np.array([_SEATS.get(letter, "") for letter in letters])
        mean = np.zeros((len(letters), len(CLASSES)), dtype=np.float32)
        for weight, network in self._networks:
            mean += np.float32(weight) * network.log_probabilities(bases, seats)
        return mean

    def hamzas(self, letters: Sequence[str]) -> Floats:
        """How probable each of ``SEATS`` (columns) is on each letter, whatever hamza it has."""
        bases = _bases(letters)
        mean = np.zeros((len(bases), len(SEATS)), dtype=np.float32)
        for weight, network in self._networks:
            mean += np.float32(weight) * network.hamzas(bases)
        return mean


def _bases(letters: Sequence[str]) -> str:
    """The letters without hamza."""
    return "".join(unicodedata.normalize("NFD", letter)[0] for letter in letters)


class _Network:
    """One of the three."""

    def __init__(self, name: str) -> None:
        vocabulary = _vocabulary(_VOCABULARY[name])
        self._letters: dict[str, int] = vocabulary["char_to_idx"]
        marks: dict[str, int] = vocabulary["diac_to_idx"]
        self._folds = {seat: _fold(marks, seat) for seat in SEATS}
        self._seats = _seats(marks)
        self._session = session(_checked(name))
        self._outputs = [output.name for output in self._session.get_outputs()]
        # A text's hamzas and its marks are asked for one after the other.
        self._read = lru_cache(maxsize=_REMEMBERED)(self._run)

    def log_probabilities(self, bases: str, seats: npt.NDArray[np.str_]) -> Floats:
        likely, marked = self._read(bases)
        found = np.zeros((len(bases), len(CLASSES)), dtype=np.float32)
        for seat, fold in self._folds.items():
            here = seats == seat
            found[here] = likely[here] @ fold
        if marked is not None:  # decided apart: the value is that of a letter with a mark
            found[:, 0] = 0
        found /= found.sum(axis=1, keepdims=True) + FLOOR
        if marked is not None:
            found *= marked[:, np.newaxis]
            found[:, 0] = 1 - marked
        logarithms: Floats = np.log(found + FLOOR)
        return logarithms

    def hamzas(self, bases: str) -> Floats:
        likely, marked = self._read(bases)
        found: Floats = likely @ self._seats
        if marked is not None:
            found *= marked[:, np.newaxis]
            found[:, 0] += 1 - marked
        return found

    def _run(self, bases: str) -> tuple[Floats, Floats | None]:
        """The probability of each class of the network on each letter; whether a letter has a mark at all."""
        unknown = self._letters["<UNK>"]
        numbers = [self._letters.get(base, unknown) for base in bases]
        *presence, value = self._session.run(self._outputs, {"input": np.array([numbers], dtype=np.int64)})
        likely = np.exp(value[0] - value[0].max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        return likely, 1 / (1 + np.exp(-presence[0][0])) if presence else None


@cache
def _vocabulary(name: str) -> dict[str, dict[str, int]]:
    vocabulary: dict[str, dict[str, int]] = json.loads(shipped(f"{name}.vocab.json"))
    return vocabulary


def _fold(marks: dict[str, int], seat: str) -> Floats:
    """Map the model's classes, for a hamza position, to ours."""
    ours = {frozenset(mark): at for at, mark in enumerate(CLASSES)}
    fold = np.zeros((max(marks.values()) + 1, len(CLASSES)), dtype=np.float32)
    for mark, number in marks.items():
        hamza = "".join(char for char in mark if char in {_MADDA, _ABOVE, _BELOW})
        rest = frozenset("\u064e" if char == "\u0670" else char for char in mark if char in MARKS)
        if hamza == seat and rest in ours:
            fold[number, ours[rest]] = 1
    return fold


def _seats(marks: dict[str, int]) -> Floats:
    """Map the model's classes to ``SEATS``."""
    seats = np.zeros((max(marks.values()) + 1, len(SEATS)), dtype=np.float32)
    for mark, number in marks.items():
        seats[number, next((at for at, seat in enumerate(SEATS) if seat and seat in mark), 0)] = 1
    return seats


def _checked(name: str) -> bytes:
    model = shipped(f"{name}.int8.onnx")
    if hashlib.sha256(model).hexdigest() != RAWI_SHA256[name]:
        raise MissingPart(
            f"The vowel model {name} is another than the one measured: pip install 'text2tashkeel==0.1.0'",
            f"نموذج التشكيل {name} غير المعهود: pip install 'text2tashkeel==0.1.0'",
        )
    return model

"""rawi v3, from ``text2tashkeel`` (Apache-2.0): a small LSTM with other errors than libtashkeel."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Sequence

import numpy as np

from service.model.errors import MissingPart
from service.text.core.orthography import MARKS
from service.text.diacritisation.onnx import FLOOR, Floats, session, shipped
from service.text.diacritisation.vowels import CLASSES, RAWI_SHA256

_MADDA, _ABOVE, _BELOW = "\u0653", "\u0654", "\u0655"
_SEATS = {"أ": _ABOVE, "ؤ": _ABOVE, "ئ": _ABOVE, "إ": _BELOW, "آ": _MADDA}
"""The model reads letters without their hamza and predicts it together with the vowel."""


class Rawi:
    """Loads on construction; about 2.5 MB."""

    def __init__(self) -> None:
        vocabulary = json.loads(shipped("rawi_v2.vocab.json"))
        self._letters: dict[str, int] = dict(vocabulary["char_to_idx"])
        marks: dict[str, int] = dict(vocabulary["diac_to_idx"])
        self._folds = {seat: _fold(marks, seat) for seat in ("", _MADDA, _ABOVE, _BELOW)}
        self._session = session(_checked(shipped("rawi_v3.int8.onnx")))

    def log_probabilities(self, letters: Sequence[str]) -> Floats:
        """How likely each class of mark is on each letter, given the position of its hamza."""
        seats = [_SEATS.get(letter, "") for letter in letters]
        unknown = self._letters["<UNK>"]
        numbers = [self._letters.get(unicodedata.normalize("NFD", letter)[0], unknown) for letter in letters]
        feed = {"input": np.array([numbers], dtype=np.int64)}
        presence, value = self._session.run(["presence", "value"], feed)
        likely = np.exp(value[0] - value[0].max(axis=1, keepdims=True))
        found = np.zeros((len(letters), len(CLASSES)), dtype=np.float32)
        for seat, fold in self._folds.items():
            here = [at for at, other in enumerate(seats) if other == seat]
            found[here] = likely[here] @ fold
        found[:, 0] = 0
        marked = 1 / (1 + np.exp(-presence[0].reshape(-1, 1)))
        found *= marked / (found.sum(axis=1, keepdims=True) + FLOOR)
        found[:, 0] = 1 - marked[:, 0]
        logarithms: Floats = np.log(found + FLOOR)
        return logarithms


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


def _checked(model: bytes) -> bytes:
    if hashlib.sha256(model).hexdigest() != RAWI_SHA256:
        raise MissingPart(
            "The vowel model rawi-v3 is another than the one measured: pip install 'text2tashkeel==0.1.0'",
            "نموذج التشكيل rawi-v3 غير المعهود: pip install 'text2tashkeel==0.1.0'",
        )
    return model

"""libtashkeel's model, which reads marks already written as hints.

The package ``dengjen-tashkeel-py`` (MIT or Apache-2.0) embeds the ONNX file in its extension module and
returns only the chosen marks. Combining models requires probabilities, so the file is extracted from there
and verified by its SHA-256.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from service.model.errors import MissingPart
from service.text.diacritisation.onnx import FLOOR, Floats, session, shipped
from service.text.diacritisation.vowels import CLASSES, LIBTASHKEEL_SHA256

PACKAGE = "dengjen_tashkeel_py"
_PRODUCER = b"\x08\x08\x12\x07pytorch"
"""The first bytes of the model: ``ir_version`` 8, ``producer_name`` pytorch."""
_MODEL_FIELDS = frozenset((1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25))
"""Field numbers of an ONNX ``ModelProto``."""


class Libtashkeel:
    """Loads on construction; about 5 MB."""

    def __init__(self) -> None:
        maps = json.loads(shipped("libtashkeel.maps.json"))
        self._input: dict[str, int] = maps["input"]
        self._hint = {frozenset(mark): number for mark, number in maps["hint"].items() if mark != "_"}
        targets = {frozenset(mark): number for mark, number in maps["target"].items() if mark != "_"}
        self._order = np.array([targets[frozenset(mark)] for mark in CLASSES])
        self._session = session(model_bytes())

    def log_probabilities(self, letters: Sequence[str], hints: Sequence[str]) -> Floats:
        """How likely each class of mark is on each letter.

        Args:
            letters: characters without marks; unknown characters get no mark.
            hints: the existing marks on each, empty if none; no shorter than ``letters``.
        """
        known = [at for at, letter in enumerate(letters) if letter in self._input]
        found = np.full((len(letters), len(CLASSES)), -30.0, dtype=np.float32)
        found[:, 0] = 0
        if known:
            feed = {
                "char_inputs": _row(self._input[letters[at]] for at in known),
                "diac_inputs": _row(
                    self._hint.get(frozenset(hints[at]), self._hint[frozenset()]) for at in known
                ),
                "input_lengths": np.array([len(known)], dtype=np.int64),
            }
            probabilities = self._session.run(["logits"], feed)[0][0]  # the model calls them logits
            found[known] = np.log(probabilities[:, self._order] + FLOOR)
        return found


def model_bytes() -> bytes:
    """The ONNX file inside the installed package.

    Raises:
        MissingPart: the package is not installed, or embeds another model than the one that was measured.
    """
    spec = find_spec(PACKAGE)
    places = spec.submodule_search_locations if spec else None
    libraries = [
        path for place in places or () for path in Path(place).iterdir() if path.suffix in {".so", ".pyd"}
    ]
    for library in libraries:
        content = library.read_bytes()
        start = content.find(_PRODUCER)
        if start >= 0:
            model = content[start : _end(content, start)]
            if hashlib.sha256(model).hexdigest() == LIBTASHKEEL_SHA256:
                return model
    raise MissingPart(
        "The vowel model of libtashkeel is missing: pip install 'dengjen-tashkeel-py==3.0.2'",
        "نموذج التشكيل libtashkeel غير موجود: pip install 'dengjen-tashkeel-py==3.0.2'",
    )


def _end(content: bytes, start: int) -> int:
    """The end of the protocol-buffer message: the first bytes that are not a field of a model."""
    at = start
    while at < len(content):
        tag, after = _varint(content, at)
        value, after = _varint(content, after)
        kind = tag & 7
        if tag >> 3 not in _MODEL_FIELDS or kind not in {0, 2}:
            break
        at = after + (value if kind else 0)
    return at


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(content):
        byte = content[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            break
    return value, at


def _row(numbers: Iterable[int]) -> npt.NDArray[np.int64]:
    return np.fromiter(numbers, dtype=np.int64)[np.newaxis]

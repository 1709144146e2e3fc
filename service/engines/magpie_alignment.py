"""Follows which token of the text Magpie is speaking, and keeps it moving forward.

The model learnt no monotonic alignment. At each step its attention shows where it is; a prior on the
attention of the next step damps all but that place and a few tokens after it.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float32]

_WINDOW = 6
"""Tokens looked ahead."""
_STUCK = 4
"""Steps at one token after which the next one is looked at."""
_TAIL = 3
"""Last tokens of a text, which are not searched: attention would come to rest there."""
_DAMPED = 0.1
"""The prior of a token that is not next."""
_FEW = 5
"""Tokens of a text that is too short to be guided."""


class Alignment:
    """The place in a text of so many tokens."""

    def __init__(self, tokens: int) -> None:
        self._tokens = tokens
        self._steps: Counter[int] = Counter()
        self.at = 1
        """The token that is spoken; 0 is the space before the text."""

    @property
    def ending(self) -> bool:
        """Whether the end of the text is near enough for the speech to end."""
        return self.at >= self._tokens - _TAIL

    def follow(self, attention: npt.NDArray[Any]) -> None:
        """Take one step.

        Args:
            attention: how much each token was attended to, shape [tokens].
        """
        start = self.at + (self._steps[self.at] >= _STUCK)
        window = attention[start : min(start + _WINDOW, self._tokens - _TAIL)]
        self.at = start + int(np.argmax(window)) if window.size else self._tokens - 1
        self._steps[self.at] += 1

    def prior(self) -> Numbers:
        """The prior of each token at the next step, shape [tokens]."""
        if self._tokens <= _FEW:
            return np.ones(self._tokens, np.float32)
        prior = np.full(self._tokens, _DAMPED, np.float32)
        prior[max(1, self.at - 1) : self.at + _WINDOW + 1] = 1.0
        stuck = [token for token, steps in self._steps.items() if steps >= _STUCK]
        prior[: max(stuck, default=-1) + 1] = _DAMPED
        return prior

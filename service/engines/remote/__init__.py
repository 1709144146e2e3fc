"""Voices that a server speaks: one engine, and a small adapter for each format of request.

``engine.py`` turns an utterance into a clip; ``calls.py`` makes the requests, within limits of time, size and
money; the adapters (``openai.py``, ``azure.py`` …) know what a request and its answer look like.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.engines.engine import Surroundings
    from service.engines.remote.engine import RemoteEngine
    from voices.card import VoiceCard


def load(card: VoiceCard, surroundings: Surroundings) -> RemoteEngine:
    """Make the engine of a remote card. Nothing is sent before the first utterance.

    Raises:
        MissingPart: the server's key is not there.
        EngineError: the card's table ``remote`` is missing, or an option is unknown or wrong.
    """
    # Imported late: this package is also imported to see whether a voice can speak.
    from service.engines.remote.engine import RemoteEngine

    return RemoteEngine(card, surroundings)


def coverage(card: VoiceCard, surroundings: Surroundings) -> None:  # all engines tell so
    """A server does not tell which letters its voice can say."""

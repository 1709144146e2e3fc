"""The interface of every engine: prepared text in, PCM out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from service.engines.remote.meter import Meter
from service.model.reading import Utterance
from service.model.recording import Clip
from voices.card import VoiceCard

Tell = Callable[[str], None]


def untold(_: str) -> None:
    """Nobody waits for progress."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """An engine's environment: settings that depend on the machine, not on the voice."""

    folder: Path
    """The folder of the voice's files; the paths in its card are relative to it."""
    threads: int = 1
    """Number of cores that the engine may use."""
    device: Literal["cpu", "cuda"] = "cpu"
    tell: Tell = untold
    """Receives, in a sentence, what the engine does once and takes long for."""
    phrase_seconds: float = 120.0
    """How long one call of ``Engine.speak`` may take."""
    meter: Callable[[VoiceCard], Meter] | None = None
    """Returns what the processes of a remote voice share; ``None``: this process is alone."""


class Engine(Protocol):
    """Speaks with one voice. Created and used inside one worker process, never shared between threads."""

    @property
    def sample_rate(self) -> int:
        """Sample rate of every clip, in Hz."""

    def speak(self, utterance: Utterance, speed: float) -> Clip:
        """Say one utterance.

        Args:
            utterance: prepared text, at most the voice card's ``limits.characters`` long. Its ``semitones``
                are 0 unless the engine has the ability ``voices.card.PITCH``.
            speed: 1.0 is the voice's own pace, 2.0 twice as fast.

        Raises:
            EngineError: the utterance could not be spoken completely and correctly.
        """

    def close(self) -> None:
        """Release memory and processes. Idempotent."""

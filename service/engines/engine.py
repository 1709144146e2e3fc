"""What every engine is: text that is ready to be said in, PCM out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from service.model.reading import Utterance
from service.model.recording import Clip


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where an engine finds itself; what a machine decides and a voice does not."""

    folder: Path
    """The folder that holds the voice's files; the paths in its card count from here."""
    threads: int = 1
    """Cores it may use."""
    device: Literal["cpu", "cuda"] = "cpu"


class Engine(Protocol):
    """Speaks with one voice. Made and used inside one worker process, never shared by threads."""

    @property
    def sample_rate(self) -> int:
        """Samples a second of every clip it makes."""

    def speak(self, utterance: Utterance, speed: float) -> Clip:
        """Say one utterance.

        Args:
            utterance: what to say; at most the voice card's ``limits.characters`` long. Its ``semitones`` are
                0 unless the engine has the ability ``voices.card.PITCH``.
            speed: 1.0 is the voice's own pace, 2.0 twice as fast.

        Raises:
            EngineError: it could not be said, wholly or rightly.
        """

    def close(self) -> None:
        """Give back memory and processes. Idempotent."""

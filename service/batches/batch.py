"""The nouns of batches, frozen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from service.model.recording import Failure


class BatchStatus(StrEnum):
    """Where a batch stands."""

    RECEIVING = "receiving"
    """Its lines are still coming in."""
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


ENDED = frozenset({BatchStatus.DONE, BatchStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class Flying:
    """An article of a batch that has been asked for and has not ended."""

    line: int
    article: str
    key: str
    """Of its recording."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch and how far it is. Whoever changes it holds its claim."""

    id: str
    created: float
    """Seconds since 1970, UTC."""
    status: BatchStatus = BatchStatus.RECEIVING
    accepted: int = 0
    """Lines that are articles."""
    rejected: int = 0
    """Lines that are none."""
    ready: int = 0
    failed: int = 0
    seconds: float = 0.0
    """Of the recordings that are ready."""
    flying: tuple[Flying, ...] = ()
    parcels: int = 0
    """In how many its articles were put down."""
    parcel: int = 0
    """The one that the next article is in."""
    place: int = 0
    """Where in that it is."""
    finished: float | None = None
    site: str | None = None
    """The one site that whoever sent it may see and change; ``None``: all."""
    webhook: str | None = None
    """Where, besides, its end is to be told."""

    @property
    def reported(self) -> int:
        """Lines of its report."""
        return self.rejected + self.ready + self.failed

    @property
    def faults(self) -> int:
        """Lines that have come to nothing."""
        return self.rejected + self.failed

    @property
    def waiting(self) -> int:
        """Articles that have not ended."""
        return self.accepted - self.ready - self.failed


@dataclass(frozen=True, slots=True)
class Ended:
    """A line that has come to its end: one line of the report."""

    line: int
    """From 1, as it was sent."""
    status: Literal["ready", "failed", "rejected"]
    id: str | None = None
    key: str | None = None
    duration: float | None = None
    """Seconds."""
    error: Failure | None = None

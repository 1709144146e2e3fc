"""Immutable data types of batches."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from service.model.recording import Failure


class BatchStatus(StrEnum):
    """The status of a batch."""

    RECEIVING = "receiving"
    """Its lines are still coming in."""
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


ENDED = frozenset({BatchStatus.DONE, BatchStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class Flying:
    """An article of a batch that has been submitted and has not ended."""

    line: int
    article: str
    key: str
    """Of its recording."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch and its progress. Only the holder of its claim changes it."""

    id: str
    created: float
    """Seconds since 1970, UTC."""
    status: BatchStatus = BatchStatus.RECEIVING
    accepted: int = 0
    """Lines that are articles."""
    rejected: int = 0
    """Lines that are not articles."""
    ready: int = 0
    failed: int = 0
    seconds: float = 0.0
    """Of the recordings that are ready."""
    flying: tuple[Flying, ...] = ()
    parcels: int = 0
    """Number of parcels that its articles were stored in."""
    parcel: int = 0
    """The parcel with the next article."""
    place: int = 0
    """The next article's index in that parcel."""
    finished: float | None = None
    site: str | None = None
    """The one site that its sender may see and change; ``None``: all."""
    webhook: str | None = None
    """An additional URL for the event of its end."""

    @property
    def reported(self) -> int:
        """Lines of its report."""
        return self.rejected + self.ready + self.failed

    @property
    def faults(self) -> int:
        """Lines that have failed or were rejected."""
        return self.rejected + self.failed

    @property
    def waiting(self) -> int:
        """Articles that have not ended."""
        return self.accepted - self.ready - self.failed


@dataclass(frozen=True, slots=True)
class Ended:
    """A line that has ended: one line of the report."""

    line: int
    """Its number in the upload, from 1."""
    status: Literal["ready", "failed", "rejected"]
    id: str | None = None
    key: str | None = None
    duration: float | None = None
    """Seconds."""
    error: Failure | None = None

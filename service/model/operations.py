"""Data for operators: workers, backlogs, parked sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.model.article import Priority


@dataclass(frozen=True, slots=True)
class WorkerReport:
    """A live worker process's report."""

    name: str
    voice: str
    """The voice that it had to load first."""
    fault: str | None
    """Why that voice does not load; ``None`` if it does."""
    version: str = ""
    """Version of istami."""
    clock: float = 0.0
    """Its clock at the time of the report: seconds since 1970, UTC."""
    background: Mapping[str, str] = field(default_factory=dict)
    """Current errors of its background work: kind of error by work."""
    voices: tuple[str, ...] = ()
    """Ids of the voices installed on its machine."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """The waiting tasks of a queue and priority."""

    queue: str
    priority: Priority
    waiting: int
    """Number of tasks."""
    age: float
    """Seconds that the next task has waited."""


@dataclass(frozen=True, slots=True)
class Parked:
    """A sentence that is not attempted any more, because it repeatedly killed its worker."""

    text: str
    voice: str
    reason: str
    when: float
    """Seconds since 1970, UTC."""

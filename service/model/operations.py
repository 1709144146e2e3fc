"""What operators see: workers, what waits, what was given up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.model.article import Priority


@dataclass(frozen=True, slots=True)
class WorkerReport:
    """What a worker process says of itself while it lives."""

    name: str
    voice: str
    """The voice that it was to load first."""
    fault: str | None
    """Why that voice does not load; ``None`` when it does."""
    version: str = ""
    """Of istami."""
    clock: float = 0.0
    """Its clock when it said so: seconds since 1970, UTC."""
    background: Mapping[str, str] = field(default_factory=dict)
    """What goes wrong in its background work: kind of error by work."""
    voices: tuple[str, ...] = ()
    """Ids of the voices that its machine has."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in a queue for a worker."""

    queue: str
    priority: Priority
    waiting: int
    """Tasks."""
    age: float
    """Seconds that the one which is next has waited."""


@dataclass(frozen=True, slots=True)
class Parked:
    """A sentence that is spoken no more, since it has ended its worker time and again."""

    text: str
    voice: str
    reason: str
    when: float
    """Seconds since 1970, UTC."""

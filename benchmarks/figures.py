"""What is measured, and how it is kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure should be."""

    bound: float
    least: bool = False
    """The figure is to be no less; otherwise no more."""
    of_value: bool = False
    """The value itself is held against the bound; otherwise its ratio to the peer."""

    def __str__(self) -> str:
        return f"{'≥' if self.least else '≤'} {self.bound:g}{'' if self.of_value else ' ×'}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement, beside what it is held against."""

    name: str
    value: float
    unit: str
    peer: str
    """What ``peer_value`` is of."""
    peer_value: float
    goal: Goal | None = None

    @property
    def ratio(self) -> float:
        """How many times the peer."""
        return self.value / self.peer_value

    @property
    def met(self) -> bool | None:
        """Whether it is as it should be; ``None`` where nothing is asked."""
        if self.goal is None:
            return None
        held = self.value if self.goal.of_value else self.ratio
        return held >= self.goal.bound if self.goal.least else held <= self.goal.bound

    def told(self) -> dict[str, Any]:
        """As JSON has it."""
        goal = str(self.goal) if self.goal else None
        return {**asdict(self), "goal": goal, "ratio": self.ratio, "met": self.met}


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture of some figures: bars, or a line where ``points`` are given."""

    title: str
    unit: str
    """Of the bars' length, or of the line's height."""
    bars: Mapping[str, float] = field(default_factory=dict)
    points: Sequence[tuple[float, float]] = ()
    along: str = ""
    """What the line runs along."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one part of the suite found."""

    figures: Sequence[Figure]
    plot: Plot | None = None
    notes: Sequence[str] = ()
    """What could not be measured, and why; what a reader must know."""

    def told(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "figures": [figure.told() for figure in self.figures],
            "plot": asdict(self.plot) if self.plot else None,
            "notes": list(self.notes),
        }

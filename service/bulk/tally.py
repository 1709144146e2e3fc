"""Counts of the outcomes of an archive's articles."""

from __future__ import annotations

from dataclasses import dataclass, field

from service.bulk.item import Ending, Outcome

MOST_FAILURES = 20
"""Number of failures that are stored; the report has all."""


@dataclass(slots=True)
class Tally:
    """Counts of articles that have ended."""

    made: int = 0
    there: int = 0
    failed: int = 0
    seconds: float = 0.0
    """Seconds of synthesised audio."""
    failures: list[Outcome] = field(default_factory=list)
    """The first of them."""

    @property
    def ended(self) -> int:
        """All together."""
        return self.made + self.there + self.failed

    def add(self, outcome: Outcome) -> None:
        """Count one."""
        if outcome.status is Ending.MADE:
            self.made += 1
            self.seconds += outcome.duration or 0.0
        elif outcome.status is Ending.THERE:
            self.there += 1
        else:
            self.failed += 1
            if len(self.failures) < MOST_FAILURES:
                self.failures.append(outcome)

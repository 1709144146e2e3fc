"""What all processes that speak with one remote voice share: its calls, its money and its stops."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from typing import Protocol

from service.model.errors import BudgetSpent, VoiceStopped
from voices.card import VoiceCard


class Result(StrEnum):
    """How a call ended; a label of a metric."""

    ANSWERED = "answered"
    BUSY = "busy"
    """429, 5xx, or no connection: the call was repeated, or its sentence will be."""
    REJECTED = "rejected"
    """The server refused the request itself."""
    REFUSED = "refused"
    """It refused the key or the account."""
    BROKEN = "broken"
    """The answer came too late, was cut off, or is no audio."""


class Meter(Protocol):
    """Of one voice. Every method may raise ``StoreUnavailable``: without it nothing is sent."""

    def check(self, configuration: str) -> None:
        """Check that the voice is not stopped.

        Args:
            configuration: a digest of the card and its key; a stop of another one does not count.

        Raises:
            VoiceStopped: it is stopped; with the message of its stop.
        """

    def stop(self, configuration: str, why: VoiceStopped, seconds: float) -> None:
        """Stop the voice for all processes, and log that once."""

    def slot(self, deadline: float) -> AbstractContextManager[None]:
        """Wait for one of the voice's ``at_once`` calls, and hold it during the ``with`` block.

        Args:
            deadline: as ``time.monotonic`` tells it.

        Raises:
            Unavailable: none became free until the deadline.
        """

    def hold(self, seconds: float) -> None:
        """Let no process begin a call for so long: the server has asked for that."""

    def spend(self, characters: int) -> None:
        """Count characters that are about to be sent.

        Raises:
            BudgetSpent: this month's budget does not pay for them; they are not counted.
        """

    def give_back(self, characters: int) -> None:
        """Take back characters that the server did not speak, and does not bill."""

    def ended(self, result: Result, characters: int) -> None:
        """Count a call and the characters that it is billed for."""


class Alone:
    """The meter of a process that shares nothing: for one command, or for tests of an engine."""

    def __init__(self, card: VoiceCard) -> None:
        self._card = card
        self._stopped: tuple[str, VoiceStopped] | None = None
        self.characters = 0
        """Sent and billed so far."""

    def check(self, configuration: str) -> None:
        """See ``Meter.check``."""
        if self._stopped and self._stopped[0] == configuration:
            raise self._stopped[1]

    def stop(self, configuration: str, why: VoiceStopped, seconds: float) -> None:  # noqa: ARG002
        """Stop the voice as long as this process lives."""
        self._stopped = configuration, why

    def slot(self, deadline: float) -> AbstractContextManager[None]:  # noqa: ARG002
        """One process makes one call at a time."""
        return nullcontext()

    def hold(self, seconds: float) -> None:
        """Nobody else is there to be held."""

    def spend(self, characters: int) -> None:
        """See ``Meter.spend``; what other processes have spent is not known."""
        terms = self._card.remote
        most = terms.characters if terms else None
        if most is not None and self.characters + characters > most:
            raise spent(self._card)
        self.characters += characters

    def give_back(self, characters: int) -> None:
        """See ``Meter.give_back``."""
        self.characters -= characters

    def ended(self, result: Result, characters: int) -> None:
        """Nothing is published."""


def spent(card: VoiceCard) -> BudgetSpent:
    """The error of a voice whose monthly budget is spent."""
    terms = card.remote
    budget = f"{terms.budget:g} {terms.currency}" if terms and terms.budget is not None else ""
    return BudgetSpent(
        f"The voice {card.id} has spent its budget of {budget} this month (UTC). Raise remote.budget in its "
        "card, or name a remote.fallback.",
        f"استنفد الصوت {card.id} ميزانيّته لهذا الشهر ({budget}). "
        "ارفع remote.budget في بطاقته، أو سمِّ صوتًا بديلًا في remote.fallback.",
    )

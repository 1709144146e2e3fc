"""What remote voices have cost, and which are stopped: in the ledger, where nothing is evicted.

A month is a calendar month in UTC. Characters are counted before a call, and given back if the vendor does
not bill them: all processes together never spend more than a budget.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from cache.ledger import LONGEST, Ledger
from service.engines.remote.meter import spent
from service.model.errors import IstamiError, VoiceStopped
from service.storage.codec import noun, unpacked
from service.storage.keys import PAID_CHARACTERS, PAID_NOTES
from voices.card import VoiceCard

_DAY = 86_400.0
_KEPT_SECONDS = LONGEST - _DAY
_MONTH_SECONDS = 32 * _DAY
WARNED_SHARE = 0.8
"""Of a budget; more is a warning."""


@dataclass(frozen=True, slots=True)
class Used:
    """A voice's use in one month."""

    voice: str
    month: str
    """``2026-11``."""
    characters: int


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a voice is stopped."""

    configuration: str
    """As ``Meter.check`` has it."""
    card: str
    """A digest of the card; the web process, which may not know the key, compares this."""
    en: str
    ar: str

    @property
    def error(self) -> VoiceStopped:
        """As an error."""
        return VoiceStopped(self.en, self.ar)


_STOP = noun("stop of a voice", Stop)


class PaidUsage:
    """The use of all remote voices.

    Every method raises ``StoreUnavailable`` when the ledger does not answer.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def spend(self, card: VoiceCard, characters: int) -> None:
        """Count characters that are about to be sent.

        Raises:
            BudgetSpent: this month's budget does not pay for them; they are not counted.
        """
        most = card.remote.characters if card.remote else None
        # The ledger refuses a total that has reached its limit; this one is reached if they do not fit.
        if self._add(card.id, characters, None if most is None else most - characters + 0.5):
            self._ledger.note(PAID_NOTES, _budget(card.id), str(most).encode(), _MONTH_SECONDS)
            raise spent(card)

    def give_back(self, card: VoiceCard, characters: int) -> None:
        """Take back characters that the vendor does not bill."""
        self._add(card.id, -characters, None)

    def characters(self, voice: str) -> int:
        """A voice's characters of this month."""
        return _number(self._ledger.noted(PAID_CHARACTERS, _total(voice)))

    def all(self) -> list[Used]:
        """The use of all voices, in this and the last eleven months, the latest first."""
        found = []
        for entry, value in self._ledger.every(PAID_CHARACTERS).items():
            voice, _, month = entry.partition(" ")
            if month and value:
                found.append(Used(voice, month, _number(value)))
        return sorted(found, key=lambda each: (each.month, each.voice), reverse=True)

    def stop(self, card: VoiceCard, configuration: str, why: VoiceStopped, seconds: float) -> None:
        """Stop a voice; a stop of another configuration is replaced."""
        stop = Stop(configuration, _digest(card), why.en, why.ar)
        self._ledger.note(PAID_NOTES, f"stop:{card.id}", _STOP.encode(stop), seconds)

    def stopped(self, card: VoiceCard) -> Stop | None:
        """The stop of a voice, if there is one; it may be that of another card or key."""
        return unpacked(_STOP, self._ledger.noted(PAID_NOTES, f"stop:{card.id}"))

    def resume(self, card: VoiceCard) -> None:
        """End a voice's stop."""
        self._ledger.forget(PAID_NOTES, f"stop:{card.id}")

    def closed(self, card: VoiceCard) -> VoiceStopped | None:
        """Why a voice says nothing new at the moment: it is stopped, or its budget is spent."""
        most = card.remote.characters if card.remote else None
        if most is not None and self._ledger.noted(PAID_NOTES, _budget(card.id)) == str(most).encode():
            return spent(card)
        stop = self.stopped(card) if card.remote else None
        return stop.error if stop and stop.card == _digest(card) else None

    def hold(self, voice: str, seconds: float) -> None:
        """Let no process call a voice's server for so long."""
        self._ledger.note(PAID_NOTES, f"hold:{voice}", b"", seconds)

    def held(self, voice: str) -> bool:
        """Whether that is so now."""
        return self._ledger.noted(PAID_NOTES, f"hold:{voice}") is not None

    def first(self, what: str, seconds: float) -> bool:
        """Whether a message is the first of its kind, of all processes, within some time."""
        return self._ledger.count(PAID_NOTES, f"said:{what}", seconds) == 1

    def warning(self, card: VoiceCard) -> IstamiError | None:
        """The warning of a voice that has used most of its budget; ``None`` for any other."""
        terms = card.remote
        if terms is None or terms.characters is None:
            return None
        used = self.characters(card.id)
        if used < WARNED_SHARE * terms.characters:
            return None
        cost, budget = f"{terms.cost(used):.2f}", f"{terms.budget:g} {terms.currency}"
        return IstamiError(
            f"The voice {card.id} has used {cost} of its budget of {budget} this month (UTC).",
            f"استعمل الصوت {card.id} هذا الشهر {cost} من ميزانيّته البالغة {budget}.",
        )

    def _add(self, voice: str, characters: int, limit: float | None) -> bool:
        """Add to this month's total; whether it has reached its limit instead."""
        total, call = _total(voice), secrets.token_hex(16)
        limits = {} if limit is None else {total: limit}
        reached = self._ledger.spend(PAID_CHARACTERS, call, {total: characters}, limits, _KEPT_SECONDS)
        if reached is None:
            self._ledger.forget(PAID_CHARACTERS, call)  # each call is new: it need not be known again
        return reached is not None


def month() -> str:
    """The present month, as ``Used.month`` has it."""
    return f"{datetime.now(UTC):%Y-%m}"


def _digest(card: VoiceCard) -> str:
    terms = asdict(card.remote) if card.remote else None
    told = json.dumps([terms, dict(card.options)], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _total(voice: str) -> str:
    return f"{voice} {month()}"


def _budget(voice: str) -> str:
    return f"budget:{voice} {month()}"


def _number(value: bytes | None) -> int:
    try:
        return max(0, round(float(value or b"0")))
    except (ValueError, OverflowError):
        return 0

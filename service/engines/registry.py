"""Engines by their names in voice cards."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from service.engines import parts
from service.engines.alphabet import Coverage
from service.engines.engine import Engine, Surroundings
from service.model.errors import EngineError
from voices.card import PITCH, VoiceCard

Load = Callable[[VoiceCard, Surroundings], Engine]
"""An entry point's target: makes the engine of a card, or raises ``MissingPart``."""

_OURS = {name: f"service.engines.{name}" for name in parts.ENGINES}


def load(card: VoiceCard, surroundings: Surroundings) -> Engine:
    """Make a card's engine; its clips are validated.

    Raises:
        MissingPart: no such engine, or something it needs is not installed; the message names the remedy.
        EngineError: the voice's files cannot be loaded, or are not those of the card.
    """
    from service.engines.clip_validation import Checked  # imports numpy: only for processes that speak

    parts.check(card, surroundings)
    engine = _loader(card)(card, surroundings)
    if engine.sample_rate != card.sample_rate:
        raise EngineError(
            f"The voice {card.id} speaks at {engine.sample_rate} Hz; its card says {card.sample_rate}.",
            f"الصوت {card.id} معدّله {engine.sample_rate} هرتز، وفي بطاقته {card.sample_rate}.",
        )
    pitched = PITCH in parts.abilities(card)
    if card.remote is None:
        return Checked(engine, pitched=pitched)
    return Checked(engine, pitched=pitched, attempts=card.remote.attempts, paid=card.remote.price > 0)


def coverage(card: VoiceCard, surroundings: Surroundings) -> Coverage | None:
    """Which letters and sounds a voice can say; ``None`` if its engine doesn't tell. Loads no model.

    Raises:
        MissingPart: something that the engine needs is not installed.
        EngineError: the voice's files cannot be read.
    """
    if card.engine not in _OURS:
        return None
    parts.check(card, surroundings)
    told: Coverage | None = import_module(_OURS[card.engine]).coverage(card, surroundings)
    return told


def _loader(card: VoiceCard) -> Load:
    if card.engine in _OURS:
        ours: Load = import_module(_OURS[card.engine]).load
        return ours
    theirs: Load = parts.offered(card.engine).load()
    return theirs

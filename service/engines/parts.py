"""Software that each engine requires, and how to install it. Checking loads nothing."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec

from service.engines.engine import Surroundings
from service.engines.remote.key import read_key
from service.model.errors import MissingPart
from voices.card import PITCH, Option, VoiceCard

GROUP = "istami.engines"
"""Entry-point group of third-party engines; see docs/engines.md."""
COQUI_EXPORT = "istami.json"
"""Present in the folder of a Coqui VITS voice that was exported as ONNX: it needs no Coqui to speak."""


@dataclass(frozen=True, slots=True)
class Part:
    """The software of an engine."""

    name: str
    cure: str
    """The command that installs it."""
    module: str = ""
    program: str = ""
    abilities: frozenset[str] = frozenset()
    """As ``VoiceCard.abilities``."""
    options: frozenset[str] | None = None
    """The options that cards may have; ``None``: not known."""
    still: Mapping[str, Option] = field(default_factory=dict)
    """Options with which a voice says the same thing the same way each time."""

    @property
    def there(self) -> bool:
        """Whether it is installed on this machine."""
        return find_spec(self.module) is not None if self.module else shutil.which(self.program) is not None


_PITCHED = frozenset({PITCH})
_NOISES: dict[str, Option] = {"noise_scale": 0.0, "noise_w": 0.0}
"""Of VITS."""
ENGINES = {
    "coqui": Part(
        "Coqui TTS",
        "pip install 'istami[coqui]'",
        module="TTS",
        options=frozenset(_NOISES) | {"language", "reference", "seed", "speaker", "temperature"},
        still=_NOISES | {"seed": 0},
    ),
    "espeak": Part(
        "eSpeak NG",
        "pip install espeakng-loader",
        module="espeakng_loader",
        abilities=_PITCHED,
        options=frozenset({"pitch", "range", "voice", "words_per_minute"}),
    ),
    "kokoro": Part(
        "ONNX",
        "pip install onnx",
        module="onnx",
        options=frozenset({"language", "phonemes", "symbols", "voice"}),
    ),
    "magpie": Part(
        "ONNX Runtime",
        "pip install onnxruntime",
        module="onnxruntime",
        options=frozenset({"guidance", "locale", "seed", "speaker", "temperature", "top"}),
    ),
    "mbrola": Part(
        "MBROLA",
        "apt-get install mbrola (contrib)",
        program="mbrola",
        abilities=_PITCHED,
        options=frozenset({"hamza_after_consonants", "lacks", "pitch"}),
    ),
    "piper": Part(
        "Piper",
        "pip install 'istami[piper]'",
        module="piper",
        options=frozenset(_NOISES) | {"speaker"},
        still=_NOISES,
    ),
    "remote": Part("HTTPX", "pip install httpx", module="httpx"),
}


def abilities(card: VoiceCard) -> frozenset[str]:
    """A voice's optional abilities: its engine's, or its card's if the engine is third-party."""
    part = ENGINES.get(card.engine)
    return part.abilities if part else frozenset(card.abilities)


def still(card: VoiceCard) -> Mapping[str, Option]:
    """Options with which a voice says the same thing the same way each time; empty if its engine has none."""
    part = ENGINES.get(card.engine)
    return part.still if part else {}


def check(card: VoiceCard, surroundings: Surroundings) -> None:
    """Check that a voice's engine is installed, and the key of a remote voice's server is there.

    Raises:
        MissingPart: it is not there on this machine; the message names the remedy.
    """
    part = ENGINES.get(card.engine)
    if part is None:
        try:
            offered(card.engine)
        except LookupError as error:
            raise MissingPart(
                f"The voice {card.id} needs the engine {card.engine!r}, which no installed package offers.",
                f"الصوت {card.id} يحتاج إلى المحرّك «{card.engine}»، ولا توفّره أي حزمة مثبّتة.",
            ) from error
    elif not part.there and not _exported(card, surroundings):
        raise lacking(card.id, part)
    if card.remote is not None:
        read_key(card, card.remote)


@lru_cache
def offered(engine: str) -> EntryPoint:
    """The entry point of a third-party engine; found ones are cached.

    Raises:
        LookupError: no installed package offers it.
    """
    for point in entry_points(group=GROUP, name=engine):
        return point
    raise LookupError(engine)


def lacking(voice: str, part: Part) -> MissingPart:
    """The error for a voice whose engine is not installed."""
    return MissingPart(
        f"The voice {voice} needs {part.name}, which is not installed. Fix: {part.cure}.",
        f"الصوت {voice} يحتاج إلى {part.name}، وهو غير مثبّت. الحل: {part.cure}.",
    )


def _exported(card: VoiceCard, surroundings: Surroundings) -> bool:
    there = card.engine == "coqui" and (surroundings.folder / COQUI_EXPORT).is_file()
    return there and surroundings.device == "cpu"

"""The voice card: all metadata of a voice before it is loaded."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from voices.errors import BadCard
from voices.licence import CommercialUse, Consent, Evidence, commercial_use, consent, evidence
from voices.terms import Terms, read_terms

_ID = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
_SHA256 = re.compile(r"[0-9a-f]{64}")

Option = str | int | float | bool

PITCH = "pitch"
"""The ability to change ``Utterance.semitones``."""
ABILITIES = frozenset({PITCH})
"""Optional abilities of an engine; see ``VoiceCard.abilities``."""


def toml(value: Option) -> str:
    """A value as TOML; JSON's escapes are among TOML's."""
    return json.dumps(value, ensure_ascii=False)


def primary(language: str) -> str:
    """The primary subtag of a language (BCP 47): ``en`` of ``en-GB``."""
    return language.partition("-")[0].lower()


@dataclass(frozen=True, slots=True)
class VoiceFile:
    """One file of a voice."""

    path: str
    """Path within the voice's folder, with ``/``; never outside it."""
    url: str = ""
    """Empty for a file that the publisher supplies, or that a system package contains."""
    size: int | None = None
    """Bytes; ``None`` if unknown."""
    sha256: str | None = None
    """``None`` is unverified: the first install records the hash, and later installs must match it."""
    system: str = ""
    """Path at which a system package installs it, to copy it from; empty for most."""
    package: str = ""
    """Debian packages of the file and of the program that uses it, separated by spaces."""


@dataclass(frozen=True, slots=True)
class Names:
    """The voice's name in each language."""

    ar: str
    en: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one call to the engine."""

    characters: int
    """Longest ``Utterance.diacritised``, in code points."""


@dataclass(frozen=True, slots=True)
class VoiceCard:
    """A voice: its speaker, engine, files and licence."""

    id: str
    name: Names
    engine: str
    language: str
    """BCP 47."""
    dialect: str
    """``standard`` or a region: ``jordan``."""
    gender: str
    """``male``, ``female``, ``neutral``, or ``various`` if the speaker can be chosen."""
    sample_rate: int
    """Hertz, of every clip."""
    licence: str
    """SPDX expression, or the name that its authors gave it."""
    commercial_use: CommercialUse
    """Whether a site that earns money may use this voice."""
    attribution: str
    """The credit line that the licence or courtesy requires."""
    limits: Limits
    files: tuple[VoiceFile, ...] = ()
    packages: tuple[str, ...] = ()
    """Python distributions that the sound depends on; their versions are part of the fingerprint."""
    homepage: str = ""
    speed: float = 1.0
    """The engine's speed for the voice's own pace, set so that news is read at 120 to 150 words a minute."""
    gain_db: float | None = None
    """Gain that brings an article in this voice to -16 LUFS; ``None``: not measured."""
    measured_rtf: float | None = None
    """Seconds of work per second of speech on one core of a typical server; ``None``: not measured."""
    evidence: Evidence | None = None
    """What ``commercial_use`` rests on; ``None``: the card does not tell."""
    data_licence: str = ""
    """Licence of the recordings that it was trained on; empty: not stated."""
    consent: Consent | None = None
    """Of the person whose voice it is, for a cloned voice."""
    lacks: tuple[str, ...] = ()
    """Letters, vowel marks and phones (IPA) that the voice does not have, beyond what its files tell. A
    letter or phone is never given to the voice, even if it has a token; a mark without one is left out."""
    abilities: tuple[str, ...] = ()
    """Abilities of its engine, from ``ABILITIES``. The engines that come with istami declare their own."""
    options: Mapping[str, Option] = field(default_factory=dict)
    """Engine-specific options."""
    remote: Terms | None = None
    """How the server of a remote voice is reached and paid for; ``None`` for a voice of this machine."""

    def is_lawful(self, today: date) -> bool:
        """Whether a site that earns money may use it on a day."""
        agreed = self.consent is None or self.consent.holds(today)
        return agreed and self.commercial_use is CommercialUse.YES

    @property
    def gain(self) -> float:
        """Gain in dB with which it goes on air; 0 for a voice whose loudness was never measured."""
        return 0.0 if self.gain_db is None else self.gain_db

    @property
    def calibrated(self) -> bool:
        """Whether its loudness is known, so that it may go on air; one without files is not measured."""
        return self.gain_db is not None or not self.files

    @property
    def install_command(self) -> str:
        """The command line that installs the voice, or repairs and measures an installed one."""
        accepting = "" if self.commercial_use is CommercialUse.YES else " --accept-licence"
        return f"istami voices install {self.id}{accepting}"

    @property
    def unverified(self) -> bool:
        """Whether some file's hash is not known before its first install."""
        return any(file.sha256 is None for file in self.files)


def read_card(text: str, source: str) -> VoiceCard:
    """Read a card from TOML.

    Args:
        text: the TOML.
        source: the file name for error messages.

    Raises:
        BadCard: the text is not TOML, or a field is missing, unknown or of the wrong type.
    """
    try:
        table = tomllib.loads(text)
        return _card(table)
    except (tomllib.TOMLDecodeError, TypeError, ValueError, KeyError) as error:
        raise BadCard(
            f"The voice card {source} cannot be read: {error}.",
            f"تعذّرت قراءة بطاقة الصوت {source}: {error}.",
        ) from error


def _card(table: dict[str, Any]) -> VoiceCard:
    table = dict(table)
    if not all(sign and isinstance(sign, str) for sign in table.get("lacks", ())):
        raise TypeError("lacks is a list of letters, marks and phones")
    card = VoiceCard(
        commercial_use=commercial_use(table.pop("commercial_use")),
        evidence=evidence(table.pop("evidence")) if "evidence" in table else None,
        consent=consent(table.pop("consent")) if "consent" in table else None,
        name=Names(**table.pop("name")),
        limits=Limits(**table.pop("limits")),
        files=tuple(VoiceFile(**file) for file in table.pop("files", ())),
        packages=tuple(table.pop("packages", ())),
        abilities=tuple(table.pop("abilities", ())),
        lacks=tuple(table.pop("lacks", ())),
        remote=read_terms(table.pop("remote", None)),
        **table,
    )
    _check_types(card)
    if not _ID.fullmatch(card.id):
        raise ValueError(f"id {card.id!r} may contain a-z, 0-9 and single - _ . between them")
    if card.sample_rate <= 0 or card.limits.characters <= 0 or card.speed <= 0:
        raise ValueError("sample_rate, limits.characters and speed are above 0")
    if unknown := set(card.abilities) - ABILITIES:
        raise ValueError(
            f"abilities may be {', '.join(sorted(ABILITIES))}, not {', '.join(map(repr, unknown))}"
        )
    for file in card.files:
        _check_file(file)
    return card


def _check_types(card: VoiceCard) -> None:
    kinds: dict[str, type | tuple[type, ...]] = {
        **dict.fromkeys(
            (
                *("id", "engine", "language", "dialect", "gender", "licence", "data_licence"),
                *("attribution", "homepage"),
            ),
            str,
        ),
        "sample_rate": int,
        "speed": (int, float),
        "gain_db": (int, float, type(None)),
        "measured_rtf": (int, float, type(None)),
        "options": dict,
    }
    for name, kind in kinds.items():
        if not isinstance(getattr(card, name), kind):
            raise TypeError(f"{name} is of the wrong type")


def _check_file(file: VoiceFile) -> None:
    path = PurePosixPath(file.path)
    if not file.path or path.is_absolute() or ".." in path.parts or "\\" in file.path:
        raise ValueError(f"file {file.path!r} lies outside of the voice's folder")
    if file.sha256 is not None and not _SHA256.fullmatch(file.sha256):
        raise ValueError(f"sha256 of {file.path} is 64 hexadecimal digits")

"""The keys of what ``keys.json`` holds: ``python tests/corpus/sound/keys.py`` prints them as JSON.

The file was written by version 0.1. A plan of the same words, voice and versions must have the same key in
every version that follows, because its recording may be in an archive.
"""

# ruff: noqa: T201 - it reports

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from service.model.document import Article, Boundary, Prosody, Sentence
from service.model.reading import Phrase, Reading
from service.model.recording import Plan, Speaker
from service.recordings import plan as planning
from voices.card import read_card
from voices.catalogue import Catalogue

KEYS = Path(__file__).with_name("keys.json")


def planned(case: dict[str, Any]) -> Plan:
    """The plan of a case: its sound, its seal, and its sentences as lists of pieces."""
    pauses = {Boundary(name): seconds for name, seconds in case["pauses"].items()}
    sound = planning.VoiceProfile(
        **case["sound"] | {"latin": Speaker(*case["sound"]["latin"]), "pauses": pauses}
    )
    readings = [_reading(sentence) for sentence in case["sentences"]]
    return planning.plan(Article("نص.", ()), readings, sound, case["seal"])


def keys(case: dict[str, Any]) -> list[str]:
    """The key of the recording, and those of its sentences."""
    plan = planned(case)
    return [plan.key, *(planning.sentence_key(sentence, plan) for sentence in plan.sentences)]


def fingerprint(card: str) -> str:
    """Of a voice that is not installed and depends on no package, by its card."""
    return Catalogue(Path("none")).fingerprint(read_card(card, "keys.json"))


def all_keys() -> dict[str, Any]:
    """All that the file's cases lead to."""
    known = json.loads(KEYS.read_text("utf-8"))
    return {
        "plans": [keys(case) for case in known["plans"]],
        "cards": [fingerprint(card["toml"]) for card in known["cards"]],
    }


def _reading(sentence: list[dict[str, Any]]) -> Reading:
    pieces = [
        Phrase(
            text=piece["spoken"],
            span=None,
            spoken=piece["spoken"],
            boundary=Boundary(piece["boundary"]),
            words=(),
            latin=piece["latin"],
            style=Prosody(**piece["style"]),
        )
        for piece in sentence
    ]
    return Reading(Sentence("نص.", None, Boundary.SENTENCE), tuple(pieces), ())


if __name__ == "__main__":
    print(json.dumps(all_keys()))

"""What comes out of each stage, on record: ``python tests/corpus/sound/record.py [--check]``.

``written.tsv`` holds sentences, ``recorded.jsonl`` what becomes of them: the spoken text, what an engine is
given, what eSpeak and MBROLA are told, and how the recording sounds. ``--check`` compares and names what
differs. Without it the record is brought up to date, unless a stage's output differs and its version in
``service/model/versions.py`` is the recorded one: then raise that version first.
"""

# ruff: noqa: T201 - it reports

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
WRITTEN, RECORDED = HERE / "written.tsv", HERE / "recorded.jsonl"
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(HERE)]

import stages  # noqa: E402 - after the path

from service.model import versions  # noqa: E402 - after the path
from service.model.reading import SpokenText  # noqa: E402 - after the path

_RECORD = "python tests/corpus/sound/record.py"
_RAISE = (
    "{what} came out otherwise than is on record, and versions.{name} is still {version!r}: recordings that "
    "exist would not be made anew. If you want this change of sound, raise {name} in "
    f"service/model/versions.py and run {_RECORD}. If not, your change has a fault."
)
_STALE = f"versions.{{name}} was raised from {{version!r}}. Run {_RECORD}."
_READING = (
    "{what} is read otherwise than is on record. The spoken text is in the key: recordings of such sentences "
    "are made anew, and no version is to be raised. If you want this change, "
    f"run {_RECORD}. If not, your change has a fault."
)


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was recorded."""

    stage: str
    """``reading``, ``UTTERANCE`` or ``PIPELINE``."""
    advice: str
    forbidden: bool
    """Whether it may not be recorded before a version is raised."""


def written() -> Iterator[tuple[str, str, str]]:
    """Stage, options and text of each sentence."""
    for line in WRITTEN.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            stage, options, text = line.split("\t")
            yield stage, options, text


def recorded() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The versions and what goes with them, and the sentences."""
    if not RECORDED.exists():
        return {}, []
    first, *lines = RECORDED.read_text("utf-8").splitlines()
    return json.loads(first), [json.loads(line) for line in lines]


def differences() -> list[Difference]:
    """All that is not as it was recorded, stage by stage: each stage is given what was recorded before it."""
    head, sentences = recorded()
    found = [each for sentence in sentences for each in _of_sentence(sentence, head)]
    for name, parts in stages.parts().items():
        was = head[name]["parts"]
        found += [
            _changed(name, f"{part} (was {was.get(part)}, is {now})", head)
            for part, now in parts.items()
            if not stages.alike(was.get(part), now)
        ]
    return [each for each in found if not _is_raised(each.stage, head)] + [
        Difference(name, _STALE.format(name=name, version=head[name]["version"]), forbidden=False)
        for name in head
        if _is_raised(name, head)
    ]


def _of_sentence(sentence: dict[str, Any], head: dict[str, Any]) -> Iterator[Difference]:
    """Each stage is given what was recorded before it."""
    text, pieces = sentence["written"], sentence["pieces"]
    spoken = [SpokenText(piece["spoken"], piece["latin"], piece.get("continues", False)) for piece in pieces]
    if stages.read(text, sentence["options"]) != spoken:
        yield Difference("reading", _READING.format(what=f"«{text}»"), forbidden=False)
    uttered = stages.uttered(spoken)
    for piece, (diacritised, phonemes) in zip(pieces, uttered, strict=True):
        was = piece["diacritised"], piece["phonemes"]
        if was != (diacritised, phonemes):
            yield _changed("UTTERANCE", f"«{text}» (was {' '.join(was)}, is {diacritised} {phonemes})", head)
        told = stages.told(piece["phonemes"])
        if told != {name: piece[name] for name in told}:
            yield _changed("PIPELINE", f"What engines are told of {piece['phonemes']}", head)


def _changed(name: str, what: str, head: dict[str, Any]) -> Difference:
    advice = _RAISE.format(what=what, name=name, version=head[name]["version"])
    return Difference(name, advice, forbidden=True)


def _is_raised(name: str, head: dict[str, Any]) -> bool:
    return name in head and getattr(versions, name) != head[name]["version"]


def record() -> None:
    """Write what comes out now.

    Raises:
        SystemExit: a stage's output differs while its version is the recorded one.
    """
    if RECORDED.exists():
        forbidden = [each.advice for each in differences() if each.forbidden]
        if forbidden:
            raise SystemExit("\n\n".join(forbidden[:5]))
    parts = stages.parts()
    head = {name: {"version": getattr(versions, name), "parts": parts[name]} for name in parts}
    lines = [head, *filter(None, (_line(*each) for each in written()))]
    RECORDED.write_text(
        "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), encoding="utf-8"
    )
    print(f"{len(lines) - 1} sentences on record")


def _line(stage: str, options: str, text: str) -> dict[str, Any] | None:
    """One sentence with all that becomes of it; ``None`` where its vowels are too close a guess."""
    spoken = stages.read(text, options)
    if not spoken or not stages.decided(" ".join(piece.words for piece in spoken)):
        print(f"left out, for another processor may vowel it otherwise: {text}")
        return None
    uttered = stages.uttered(spoken)
    pieces = [
        {
            "spoken": piece.words,
            "latin": piece.latin,
            **({"continues": True} if piece.continues else {}),
            "diacritised": vowelled,
            "phonemes": phonemes,
            **stages.told(phonemes),
        }
        for piece, (vowelled, phonemes) in zip(spoken, uttered, strict=True)
    ]
    return {"stage": stage, "options": options, "written": text, "pieces": pieces}


def main() -> int:
    """Check or record."""
    if "--check" not in sys.argv[1:]:
        record()
        return 0
    found = differences()
    for each in found:
        print(f"{each.advice}\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())

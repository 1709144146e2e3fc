"""Which transcription is nearer to what Arabic Kokoro voices were trained on: eSpeak NG's, or ours.

    python -m benchmarks.transcriptions

They were trained on eSpeak's transcription of vowelled text. Half of the sentences stand for that training.
In the other half, each way of writing is looked at: how many sequences of symbols the first half does not
have, and how many symbols differ from eSpeak's.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from service.engines.kokoro_symbols import Symbols
from service.model.reading import Utterance
from service.text.phonetics.phonemes import phonemise

ROOT = Path(__file__).parents[1]
NEWS = ROOT / "benchmarks" / "data" / "news_diacritised.txt"
RECORDED = ROOT / "tests" / "corpus" / "sound" / "recorded.jsonl"
LONGEST = 4
"""Symbols of the longest sequence."""
_FEWEST_MARKS = 12
_STRESS = re.compile("[ˈˌ]")
_EVERY = {chr(code): code for code in range(0x20, 0x2030)}
"""A symbol for each sign of the International Phonetic Alphabet."""
_UNTRAINED = str.maketrans("", "", "ˤ\u032a^,;:.?!…")


def main() -> None:
    """Print a line for each way of writing."""
    said = sentences()
    random.Random(1).shuffle(said)  # noqa: S311  # to part them, not to keep a secret
    half = len(said) // 2
    ways: dict[str, Callable[[str], str]] = {
        "eSpeak NG, from vowelled text": lambda text: _spelt(text, own=False),
        "ours in eSpeak's notation": lambda text: _spelt(text, own=True),
        "ours as they are": lambda text: phonemise(text).translate(_UNTRAINED),
    }
    written = {way: list(map(spell, said)) for way, spell in ways.items()}
    trained = written["eSpeak NG, from vowelled text"]
    print(f"{len(said)} sentences; unseen sequences of 1 to {LONGEST} symbols, distance, without stress")
    for way, each in written.items():
        unseen = [f"{_unseen(trained[:half], each[half:], length):.1%}" for length in range(1, LONGEST + 1)]
        apart = _apart(each[half:], trained[half:])
        plain = _apart(*([_STRESS.sub("", text) for text in texts[half:]] for texts in (each, trained)))
        print(f"{way:32}", *unseen, f"{apart:.3f}", f"{plain:.3f}")


def sentences() -> list[str]:
    """Vowelled sentences: news, and those whose sound is recorded for the tests."""
    found = NEWS.read_text(encoding="utf-8").splitlines()
    for line in RECORDED.read_text(encoding="utf-8").splitlines()[1:]:
        found += (piece["diacritised"] for piece in json.loads(line)["pieces"] if not piece["latin"])
    return [text for text in dict.fromkeys(found) if len(re.findall("[\u064b-\u0652]", text)) > _FEWEST_MARKS]


def _spelt(text: str, *, own: bool) -> str:
    symbols = Symbols(_EVERY, "ar", own=own).spell(Utterance(text, text, phonemise(text)))
    return "".join(symbol.text for symbol in symbols).translate(_UNTRAINED)


def _unseen(trained: Sequence[str], given: Sequence[str], length: int) -> float:
    seen = {sequence for text in trained for sequence in _sequences(text, length)}
    all_ = [sequence for text in given for sequence in _sequences(text, length)]
    return sum(sequence not in seen for sequence in all_) / len(all_)


def _sequences(text: str, length: int) -> list[str]:
    return [text[at : at + length] for at in range(len(text) - length + 1)]


def _apart(given: Sequence[str], trained: Sequence[str]) -> float:
    """Symbols to change, for each symbol of the training (Levenshtein)."""
    return sum(map(_distance, given, trained)) / sum(map(len, trained))


def _distance(left: str, right: str) -> int:
    row = list(range(len(right) + 1))
    for at, one in enumerate(left, 1):
        before, row = row, [at]
        for place, other in enumerate(right, 1):
            row.append(min(before[place] + 1, row[-1] + 1, before[place - 1] + (one != other)))
    return row[-1]


if __name__ == "__main__":
    main()

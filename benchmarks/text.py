"""Vowels and phones: error rates and speeds of the candidates and of the chosen chain; case endings.

    python -m benchmarks.text [--set NAME=FILE ...] [--pronunciation FILE.tsv]

``NAME=FILE`` adds a set of vowelled lines to the committed one (``data/news_diacritised.txt``: news sentences
written for this project); of a ``.tsv`` file, the lines of its column ``vowelled``. The last table shows the
endings that are left out and those that are wrong, for thresholds of ``ISTAMI_CASE_ENDINGS=cautious``.
``FILE.tsv`` has a heading and lines of vowelled text, tab, the phones that a speaker said, in the symbols of
``service.text.phonetics.phonemes.to_reference``.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import endings
from benchmarks.scoring import Score, add, distance
from service.text.core.orthography import skeleton
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.phonetics.pausal import pausal
from service.text.phonetics.phonemes import phonemise, to_reference

OWN = Path(__file__).parent / "data" / "news_diacritised.txt"
Candidate = Callable[[str], str]


def candidates() -> dict[str, Candidate]:
    """Every way of vowelling that was considered, each fed as its authors feed it.

    Left out are ``rawi-int8``, which writes other letters than it was given, more than hamzas, and
    ``bilstm-int8``, which marks every fifth letter wrong and needs gigabytes for a long line.
    """
    from dengjen_tashkeel_py import tashkeel
    from text2tashkeel import Diacritizer

    found: dict[str, Candidate] = {"libtashkeel (dengjen)": lambda text: tashkeel(text, None, True)}
    for model in ("rawi-v2-int8", "rawi-v3-int8", "rawi-ensemble"):
        found[f"text2tashkeel {model}"] = Diacritizer(model).diacritize
    found["chosen: libtashkeel × three of rawi"] = Diacritiser().diacritise
    found["chosen, pausal, phonemes"] = _whole(Diacritiser())
    return found


def _whole(diacritiser: Diacritiser) -> Candidate:
    def chain(text: str) -> str:
        said = diacritiser.diacritise(text)
        phonemise(pausal(said))
        return said

    return chain


def measure(candidate: Candidate, lines: list[str]) -> tuple[Score, float]:
    """Errors over vowelled lines, and characters a second of processor time."""
    bare = [skeleton(line) for line in lines]
    candidate(bare[0])
    score = Score()
    started = time.process_time()
    said = [candidate(line) for line in bare]
    spent = time.process_time() - started
    for reference, guess in zip(lines, said, strict=True):
        add(score, reference, guess)
    return score, sum(map(len, bare)) / spent


def phone_error_rate(rows: list[list[str]]) -> float:
    """Of the phonemiser alone, from vowelled text, in per cent."""
    wrong = total = 0
    for text, phones in rows:
        wrong += distance(to_reference(phonemise(text)), phones.split())
        total += len(phones.split())
    return 100 * wrong / total


def lines_of(file: Path) -> list[str]:
    """The vowelled lines of a set."""
    rows = [row for row in file.read_text("utf-8").splitlines() if row]
    if file.suffix != ".tsv":
        return rows
    column = rows[0].split("\t").index("vowelled")
    return [row.split("\t")[column] for row in rows[1:]]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=FILE")
    parser.add_argument("--pronunciation", type=Path)
    options = parser.parse_args()
    added = (each.partition("=") for each in options.set)
    sets = {"own": lines_of(OWN)} | {name: lines_of(Path(file)) for name, _, file in added}
    print("| candidate | set | DER | DER without case | WER | characters/s |\n|---|---|---|---|---|---|")
    for name, candidate in candidates().items():
        for label, lines in sets.items():
            score, speed = measure(candidate, lines)
            figures = f"{score.der:.2f} | {score.der_without_case:.2f} | {score.wer:.1f} | {speed:,.0f}"
            print(f"| {name} | {label} | {figures} |")
    print(f"\n{endings.HEAD}")
    for label, lines in sets.items():
        print(endings.table(label, endings.curve(Diacritiser(), lines)))
    if options.pronunciation:
        rows = [row.split("\t") for row in options.pronunciation.read_text("utf-8").splitlines()[1:]]
        print(f"\nphone error rate: {phone_error_rate(rows):.2f} % over {len(rows)} utterances")


if __name__ == "__main__":
    main()

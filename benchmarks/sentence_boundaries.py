"""Sentence boundaries: F1 on our reference set, and characters a second, of ours and of others.

Run from the repository's root: ``PYTHONPATH=. python benchmarks/sentence_boundaries.py [FILE …]``. The
files, where given, are read for the speed test in place of the reference set. pySBD takes part where it is
installed.
"""

from __future__ import annotations

import importlib.util
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from service.model.document import Paragraph
from service.text.segmentation.sentences import split

REFERENCE = Path("tests/corpus/sentences")


def naive(text: str) -> list[str]:
    """A regular expression that knows closers, and nothing else."""
    ends = [match.end() for match in re.finditer(r"""[.!?؟…]+["'”’»)\]}]*(?=\s|$)|\n""", text)]
    return [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]


def ours(text: str) -> list[str]:
    """What the service does."""
    return [sentence.text for sentence in split(Paragraph(text, None))]


def contestants() -> Iterator[tuple[str, Callable[[str], list[str]]]]:
    """Names and splitters."""
    yield "istami", ours
    yield "regex with closers", naive
    if importlib.util.find_spec("pysbd"):
        import pysbd  # type: ignore[import-not-found]

        yield "pySBD (ar)", pysbd.Segmenter(language="ar", clean=False).segment


def boundaries(parts: list[str]) -> set[int]:
    """Inner boundaries, counted in characters that are not white space."""
    found, at = set(), 0
    for part in parts:
        at += len(re.sub(r"\s", "", part))
        found.add(at)
    return found - {0, at}


def main() -> None:
    """Print a line for every contestant."""
    cases = [
        line
        for path in sorted(REFERENCE.glob("*.txt"))
        for line in path.read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    texts = [Path(name).read_text("utf-8") for name in sys.argv[1:]] or [
        line.replace("|", "") for line in cases
    ]
    for name, splitter in contestants():
        hits = wrong = missed = right = 0
        for case in cases:
            wanted = boundaries(case.split("|"))
            found = boundaries(splitter(case.replace("|", "")))
            hits, wrong, missed = (
                hits + len(wanted & found),
                wrong + len(found - wanted),
                missed + len(wanted - found),
            )
            right += wanted == found
        start = time.perf_counter()
        for text in texts:
            splitter(text)
        pace = sum(map(len, texts)) / (time.perf_counter() - start)
        score = 2 * hits / (2 * hits + wrong + missed)
        print(f"{name:20} F1 {score:.3f}  cases {right}/{len(cases)}  {pace:12,.0f} characters/s")


if __name__ == "__main__":
    main()

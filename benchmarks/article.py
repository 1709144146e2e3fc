"""Articles that nobody has heard before, out of the sentences of the demo article."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator
from pathlib import Path

from service import player

_SENTENCE = re.compile(r"[^\n.]+(?:\.(?!\s|$)[^\n.]+)*\.(?=\s|$)")
"""Of those that end in a full stop: the demo's headings are none, and a decimal point is no end."""
_TELLERS = Path(__file__).parent / "data" / "tellers.txt"
"""First names, family names and towns, a line each."""
_PARAGRAPH = 3
_numbers = itertools.count(random.randrange(100_000))  # noqa: S311  # no secret


def _told() -> Iterator[tuple[str, ...]]:
    """Names of speakers, in random order: thousands before the first repeats."""
    lines = _TELLERS.read_text(encoding="utf-8").splitlines()
    tellers = list(itertools.product(*map(str.split, lines)))
    random.shuffle(tellers)
    return itertools.cycle(tellers)


_tellers = _told()


def fresh(sentences: int) -> list[str]:
    """So many sentences of news, each of them new."""
    known = itertools.islice(itertools.cycle(_SENTENCE.findall(player.demo())), sentences)
    return [
        f"{sentence.strip()[:-1]}، كما قال {first} {family} من {town}."
        for sentence, (first, family, town) in zip(known, _tellers, strict=False)
    ]


def short(sentences: int) -> list[str]:
    """So many short sentences, each of them new."""
    return [f"هذا هو الخبر رقم {number}." for _, number in zip(range(sentences), _numbers, strict=False)]


def text(sentences: list[str]) -> str:
    """Sentences as an article, in paragraphs."""
    starts = range(0, len(sentences), _PARAGRAPH)
    return "\n\n".join(" ".join(sentences[start : start + _PARAGRAPH]) for start in starts)

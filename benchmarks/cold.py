"""A new article.

An article of 20 sentences that nobody has heard is posted and listened to, to its last byte. The naive
script speaks the same article with the same voice, vowels and phonemes, sentence by sentence in one
thread, joins with pydub and has ffmpeg encode at the end; its models are loaded and warm. The sum of the
parts is the processor time of our own steps, one after another on one core, without queue, store or HTTP.
The first byte is the first of the MP3, counted from the beginning of the POST. Then one sentence of the
twenty is changed and the article posted again. Each figure is a median of several articles; service and
script take turns.
"""

from __future__ import annotations

from statistics import median
from uuid import uuid4

from benchmarks import article
from benchmarks.figures import Figure, Goal, Measured, Plot
from benchmarks.naive import Steps
from benchmarks.processes import CORES
from benchmarks.serving import Service, serving

_ROUNDS = 7
_SHORT = 20
_LONGER = (100, 300, 1000)
_LONGEST_CHARACTERS = 200_000


def measure() -> Measured:
    """Time new articles, short and long, and edited ones."""
    beside = Steps()
    with serving(ISTAMI_MAX_CHARACTERS=str(_LONGEST_CHARACTERS)) as service:
        service.hear(article.text(article.fresh(_SHORT)))
        rounds = [_round(service, beside) for _ in range(_ROUNDS)]
        firsts = {count: median(_begun(service, count) for _ in range(_ROUNDS)) for count in _LONGER}
    middle = {name: median(each[name] for each in rounds) for name in rounds[0]}
    soon = Goal(150, of_value=True)
    steps = ["read", "vowels and phonemes", "speak", "encode"]
    parts = sum(middle[step] for step in steps)
    cores = f"{len(CORES)} core{'s' if len(CORES) > 1 else ''}"
    script = "naive script"
    figures = [
        Figure("whole article", middle["cold"] * 1e3, "ms", script, middle["naive"] * 1e3, Goal(0.6)),
        Figure("whole article", middle["cold"] * 1e3, "ms", "sum of the parts, one core", parts * 1e3),
        Figure(
            f"first byte, {_SHORT} sentences",
            middle["first"] * 1e3,
            "ms",
            script,
            middle["naive"] * 1e3,
            soon,
        ),
        *(
            Figure(
                f"first byte, {count} sentences",
                first * 1e3,
                "ms",
                f"first byte, {_SHORT} sentences",
                middle["first"] * 1e3,
                soon,
            )
            for count, first in firsts.items()
        ),
        Figure(
            "one sentence edited",
            middle["edit"] * 1e3,
            "ms",
            "whole article",
            middle["cold"] * 1e3,
            Goal(0.35),
        ),
    ]
    bars = {
        "naive script": middle["naive"],
        f"istami, {cores}": middle["cold"],
        "sum of parts": parts,
        **{f"· {step}": middle[step] for step in steps},
        "one edited": middle["edit"],
        "first byte": middle["first"],
    }
    return Measured(figures, Plot(f"An article of {_SHORT} sentences", "s", bars))


def _begun(service: Service, sentences: int) -> float:
    """Seconds to the first byte of a new article of so many sentences."""
    return service.begin(article.text(article.fresh(sentences)))


def _round(service: Service, beside: Steps) -> dict[str, float]:
    sentences = article.fresh(_SHORT)
    text = article.text(sentences)
    name = f"edited-{uuid4().hex}"
    first, cold = service.hear(text, id=name)
    sentences[_SHORT // 2] = article.fresh(1)[0]
    _, edit = service.hear(article.text(sentences), id=name)
    return {"first": first, "cold": cold, "edit": edit, "naive": beside.script(text), **beside.steps(text)}

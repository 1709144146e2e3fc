"""Word positions and times of the publisher's named marks (``mark`` of SSML 1.1, § 3.3.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from service.model.document import NamedMark
from service.model.reading import Reading
from service.model.recording import PlacedLabel, SourceText, TimedLabel, Timing


class _Word(NamedTuple):
    """A spoken word and its position in the article and in its sentence."""

    start: int
    sentence: int
    word: int
    piece: int
    opens: bool


def placed_labels(labels: Sequence[NamedMark], readings: Sequence[Reading]) -> list[tuple[PlacedLabel, ...]]:
    """Return the labels of each reading.

    A label is placed before the first word after it. A label that ends the preceding text, or has no word
    after it, is placed at the end of the last word before it, which is the end of a piece.
    """
    placed: list[list[PlacedLabel]] = [[] for _ in readings]
    words = list(_words(readings)) if labels else []
    behind = 0
    for label in labels:
        while behind < len(words) and words[behind].start < label.at:
            behind += 1
        ended = behind > 0 and (label.ended or behind == len(words))
        if words:
            word = words[behind - 1 if ended else behind]
            placed[word.sentence].append(PlacedLabel(label.name, word.word, word.piece, word.opens, ended))
    return [tuple(each) for each in placed]


def timed_labels(written: Sequence[SourceText], timings: Sequence[Timing]) -> Iterator[TimedLabel]:
    """Yield the times of the labels spoken so far."""
    for sentence, timing in zip(written, timings, strict=False):
        for label in sentence.labels:
            yield TimedLabel(label.name, _time(label, timing))


def _time(label: PlacedLabel, timing: Timing) -> float:
    """Return a label's time; without word timings, the start of the word's piece."""
    if timing.words and not label.ended and not label.opens:
        return timing.words[label.word][0]
    if label.piece < len(timing.pieces):
        return timing.pieces[label.piece][label.ended]
    return timing.end if label.ended else timing.start


def _words(readings: Sequence[Reading]) -> Iterator[_Word]:
    for sentence, reading in enumerate(readings):
        number = 0
        for piece, breath in enumerate(reading.pieces):
            for first, span in enumerate(breath.words):
                if span is not None:
                    yield _Word(span.start, sentence, number, piece, opens=first == 0)
                number += 1

"""Named places: at which word they stand, and when that is."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.articles.intake import Intake
from service.config.lexicons import Lexicons
from service.config.sites import Sites
from service.model.article import Submission
from service.model.document import Role, Span
from service.model.recording import PlacedLabel, SourceText, Timing
from service.recordings.ssml_marks import placed_labels, timed_labels
from service.text.pipeline.spoken import ReadingOptions

INTAKE = Intake(None, 1_000, ReadingOptions(), Lexicons(Path("none")), Sites(Path("none")))


def placed(inner: str) -> list[tuple[PlacedLabel, ...]]:
    made = INTAKE.extract(Submission(ssml=f"<speak>{inner}</speak>"))
    return placed_labels(made.script.labels, INTAKE.read(made))


def test_at_the_beginning_between_sentences_within_one_and_at_the_end() -> None:
    first, second = placed(
        '<mark name="a"/><s>وصل القطار.</s>'
        '<mark name="b"/><s>ونام <mark name="c"/>الركاب.</s><mark name="d"/>'
    )
    assert first == (PlacedLabel("a", 0, 0, opens=True, ended=False),)
    assert second == (
        PlacedLabel("b", 0, 0, opens=True, ended=False),
        PlacedLabel("c", 1, 0, opens=False, ended=False),
        PlacedLabel("d", 1, 0, opens=False, ended=True),
    )


def test_on_both_sides_of_a_break() -> None:
    [labels] = placed('وصل القطار<mark name="a"/><break time="1s"/><mark name="b"/> مساء.')
    assert labels == (
        PlacedLabel("a", 1, 0, opens=False, ended=True),
        PlacedLabel("b", 2, 1, opens=True, ended=False),
    )


def test_before_a_break_that_opens_the_text_it_stands_at_the_beginning() -> None:
    [labels] = placed('<mark name="a"/><break time="1s"/>وصل القطار.')
    assert labels == (PlacedLabel("a", 0, 0, opens=True, ended=False),)


def test_a_number_that_is_said_in_several_words_is_reached_at_its_first() -> None:
    [labels] = placed('وصل <mark name="a"/>125 مسافرا.')
    assert [label.word for label in labels] == [1]


LABELS = (
    PlacedLabel("first", 0, 0, opens=True, ended=False),
    PlacedLabel("within", 1, 0, opens=False, ended=False),
    PlacedLabel("end of breath", 1, 0, opens=False, ended=True),
    PlacedLabel("breath", 2, 1, opens=True, ended=False),
    PlacedLabel("end", 2, 1, opens=True, ended=True),
)
WRITTEN = SourceText("نص", Span(0, 2), Role.BODY, (), LABELS)
WORDS = ((1.1, 1.4), (1.5, 1.9), (3.1, 3.9))
PIECES = ((1.0, 2.0), (3.0, 4.0))


@pytest.mark.parametrize(
    ("timing", "times"),
    [
        (Timing(1.0, 4.0, WORDS, PIECES), [1.0, 1.5, 2.0, 3.0, 4.0]),
        (Timing(1.0, 4.0, (), PIECES), [1.0, 1.0, 2.0, 3.0, 4.0]),
        (Timing(1.0, 4.0), [1.0, 1.0, 4.0, 1.0, 4.0]),
    ],
    ids=["words are told", "breaths alone are", "neither was when it was made"],
)
def test_when_they_are_reached(timing: Timing, times: list[float]) -> None:
    assert [label.time for label in timed_labels([WRITTEN], [timing])] == times


def test_while_the_recording_grows_those_that_are_spoken_are_told() -> None:
    assert [label.name for label in timed_labels([WRITTEN, WRITTEN], [Timing(0.0, 1.0)])] == [
        label.name for label in LABELS
    ]

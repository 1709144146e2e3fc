"""Where the parts of a recording begin."""

from __future__ import annotations

from service.model.document import Role
from service.model.recording import (
    Chapter,
    Plan,
    PlannedPiece,
    PlannedSentence,
    SourceText,
    Speaker,
    Tags,
    Timing,
    Timings,
)
from service.recordings.plan import chapters, timed

T, H, B = Role.TITLE, Role.HEADING, Role.BODY


def plan(*roles: Role, title: str | None = None) -> Plan:
    sentences = tuple(
        PlannedSentence((PlannedPiece("كلام", 0.5),), SourceText(f"س{number}", None, role, ()))
        for number, role in enumerate(roles)
    )
    return Plan(
        "key", "voice", "print", Speaker("voice", "print"), 1.0, -16.0, 64, "d-1", sentences, Tags(title)
    )


def found(plan: Plan) -> list[tuple[str, int]]:
    return [(chapter.title, chapter.sentence) for chapter in chapters(plan)]


def test_the_title_opens_the_first_and_every_heading_another() -> None:
    assert found(plan(T, B, H, B, B, H, B, title="عنوان")) == [("عنوان", 0), ("س2", 2), ("س5", 5)]


def test_what_stands_before_the_first_heading_has_a_name_even_without_a_title() -> None:
    assert found(plan(B, H, B)) == [("المقدّمة", 0), ("س1", 1)]


def test_an_article_that_begins_with_a_heading_has_no_opening() -> None:
    assert found(plan(H, B, H, B, title="عنوان")) == [("س0", 0), ("س2", 2)]


def test_headings_that_follow_one_another_open_one_part() -> None:
    assert found(plan(T, H, H, B, title="عنوان")) == [("عنوان", 0), ("س1 س2", 1)]


def test_one_part_is_no_chapter() -> None:
    assert found(plan(T, B, B, title="عنوان")) == []
    assert found(plan(H, B)) == []


def test_there_are_no_more_than_a_tag_can_hold() -> None:
    assert len(found(plan(*[B, H] * 300))) == 255


def test_each_lasts_until_the_next_and_the_last_to_the_end() -> None:
    timings = Timings(9.0, tuple(Timing(start, start + 1) for start in (0.0, 2.0, 4.0, 6.0)))
    spoken = plan(T, B, H, B, title="عنوان")
    assert timed(chapters(spoken), timings) == (Chapter("عنوان", 0.0, 4.0), Chapter("س2", 4.0, 9.0))


def test_while_it_grows_there_are_those_that_have_begun() -> None:
    timings = Timings(3.0, (Timing(0.0, 1.0), Timing(2.0, 3.0)), complete=False)
    assert timed(chapters(plan(T, B, H, B, title="عنوان")), timings) == (Chapter("عنوان", 0.0, 3.0),)

"""Lines of Arabic that begin with a Latin name are set from the right."""

from __future__ import annotations

import pytest

from service.api.schemas import marks
from service.audio.captions import right_to_left, webvtt
from service.model.document import Role, Span
from service.model.recording import Chapter, Mark

MARKED = [
    "Google تفتح مكتبا في الرباط.",
    "«Apple» تؤجل هاتفها.",
    "3 WhatsApp: ميزة جديدة",
    "iPhone 17 في الأسواق غدا.",
    "(CNN) العاجل من القدس",
]
PLAIN = ["افتتحت Google مكتبا.", "Good morning.", "2026", "«…»", "", "خبر", "١٢ Google"]


@pytest.mark.parametrize("text", MARKED)
def test_marked(text) -> None:
    assert right_to_left(text) == f"\u200f{text}"
    assert right_to_left(right_to_left(text)) == right_to_left(text)


@pytest.mark.parametrize("text", PLAIN)
def test_left_as_it_is(text) -> None:
    assert right_to_left(text) == text


def test_captions_and_chapters_are() -> None:
    mark = Mark(MARKED[0], 0.0, 1.5, Span(0, 5), Role.BODY, ())
    assert webvtt([mark]).splitlines()[-1] == f"\u200f{MARKED[0]}"
    told = marks.chapters([Chapter(MARKED[0], 0.0, 1.5), Chapter(PLAIN[0], 1.5, 3.0)])
    assert [chapter["title"] for chapter in told["chapters"]] == [f"\u200f{MARKED[0]}", PLAIN[0]]

"""The tag of an MP3, while it grows and when it is whole."""

from __future__ import annotations

import io

import pytest
from mutagen.id3 import ID3

from service.audio.frames import Format, silence
from service.audio.mp3 import Wrapping
from service.audio.tag import Tag
from service.model.recording import Chapter, Tags

TAGS = Tags("أمطار الخير", "موقع الأخبار", "https://example.com/خبر")
LONG = "ماذا قال الفلاحون عن موسم الزيتون بعد شهور طويلة من الجفاف وقلة الماء؟ " * 5
CHAPTERS = (Chapter("أمطار الخير", 0, 4.5), Chapter(LONG, 4.5, 20), Chapter("ما بعد", 20, 31.25))


def read(tag: bytes) -> ID3:
    return ID3(io.BytesIO(tag))


@pytest.fixture
def tag() -> Tag:
    return Tag(TAGS, chapters=[chapter.title for chapter in CHAPTERS])


def test_the_growing_and_the_finished_tag_are_of_one_size_and_begin_alike(tag: Tag) -> None:
    finished = tag.finished(CHAPTERS)
    assert len(finished) == len(tag.growing)
    padding = len(tag.growing) - len(tag.growing.rstrip(b"\0"))
    assert finished[: len(finished) - padding] == tag.growing[: len(tag.growing) - padding]


def test_a_growing_tag_tells_everything_but_chapters(tag: Tag) -> None:
    told = read(tag.growing)
    assert told["TIT2"].text == [TAGS.title]
    assert not told.getall("CHAP")
    assert not told.getall("CTOC")


def test_a_finished_tag_tells_chapters_in_order(tag: Tag) -> None:
    told = read(tag.finished(CHAPTERS))
    assert told["TIT2"].text == [TAGS.title]
    (contents,) = told.getall("CTOC")
    found = {each.element_id: each for each in told.getall("CHAP")}
    listed = [found[name] for name in contents.child_element_ids]
    assert [each.sub_frames["TIT2"].text[0] for each in listed] == [each.title for each in CHAPTERS]
    times = [(each.start_time, each.end_time) for each in listed]
    assert times == [(0, 4500), (4500, 20_000), (20_000, 31_250)]


def test_a_chapter_that_begins_with_a_latin_name_is_set_from_the_right() -> None:
    chapters = [Chapter("OpenAI تفتح مكتبا", 0, 4)]
    tag = Tag(TAGS, chapters=[chapter.title for chapter in chapters])
    finished = tag.finished(chapters)
    (chapter,) = read(finished).getall("CHAP")
    assert chapter.sub_frames["TIT2"].text == ["\u200fOpenAI تفتح مكتبا"]
    assert len(finished) == len(tag.growing)


def test_without_chapters_both_are_the_same() -> None:
    tag = Tag(TAGS)
    assert tag.finished(()) == tag.growing


def test_other_chapters_than_it_was_made_for_are_refused(tag: Tag) -> None:
    with pytest.raises(ValueError, match="its own chapters"):
        tag.finished(CHAPTERS[:2])


def test_it_has_room_for_as_many_chapters_as_a_table_of_contents() -> None:
    many = [Chapter(f"فصل {number}", number, number + 1) for number in range(255)]
    told = read(Tag(TAGS, chapters=[each.title for each in many]).finished(many))
    assert len(told.getall("CHAP")) == 255


def test_what_stands_before_the_sound_keeps_its_size(tag: Tag) -> None:
    layout = Format(22050, 64)
    wrapping, mp3 = Wrapping(layout, tag), silence(100, layout)
    size = len(wrapping.opening) + len(mp3) + len(wrapping.closing)
    assert len(wrapping.finished(size, 100 * 576, CHAPTERS)) == len(wrapping.opening)

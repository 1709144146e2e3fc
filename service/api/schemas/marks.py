"""Models of times in the audio: marks and chapters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import Field

from service.api.schemas.explain import Place
from service.api.schemas.wire import Wire
from service.audio.captions import right_to_left
from service.model.recording import Chapter, Marks


class WordMarkOut(Wire):
    """A word in the audio and in the text."""

    start: float = Field(description="Seconds.", examples=[0.0])
    end: float = Field(description="Seconds.", examples=[0.42])
    span: Place = Field(description="Its position in the text.")


class MarkOut(Wire):
    """A sentence in the audio and in the text."""

    text: str = Field(description="As written.", examples=["هطلت أمس أمطار غزيرة."])
    start: float = Field(description="Seconds.", examples=[0.0])
    end: float = Field(description="Seconds.", examples=[1.9])
    span: Place | None = Field(description="Its position in the text; null for a title sent beside it.")
    role: Literal["title", "heading", "body"] = Field(description="Its role.", examples=["body"])
    words: list[WordMarkOut] = Field(description="Its words; empty if the voice reports no word times.")


class LabelOut(Wire):
    """A position that SSML names."""

    name: str = Field(description="The name in `mark`.", examples=["second-part"])
    time: float = Field(description="Seconds.", examples=[2.45])


class MarksOut(Wire):
    """All marks of a recording."""

    duration: float = Field(description="Seconds that can be heard.", examples=[2.45])
    complete: bool = Field(description="False while the recording grows.", examples=[True])
    sentences: list[MarkOut] = Field(description="In the order in which they are heard.")
    marks: list[LabelOut] = Field(description="Positions that SSML names; none in other articles.")


class ChapterOut(Wire):
    """A part of a recording."""

    startTime: float = Field(description="Seconds.", examples=[0.0])  # noqa: N815  # the format's own name
    endTime: float = Field(description="Seconds.", examples=[61.5])  # noqa: N815
    title: str = Field(description="Its heading.", examples=["أمطار الخير"])


class ChaptersOut(Wire):
    """A chapters file, as the podcast namespace has it (JSON Chapters 1.2)."""

    version: Literal["1.2.0"] = Field(description="Version of the format.", examples=["1.2.0"])
    chapters: list[ChapterOut] = Field(description="The parts; none where there are no headings.")


def chapters(chapters: Iterable[Chapter]) -> dict[str, Any]:
    """The content of ``ChaptersOut``; times are seconds in the audio."""
    return {
        "version": "1.2.0",
        "chapters": [
            {
                "startTime": round(chapter.start, 3),
                "endTime": round(chapter.end, 3),
                "title": right_to_left(chapter.title),
            }
            for chapter in chapters
        ],
    }


def marks(marks: Marks) -> dict[str, Any]:
    """The content of ``MarksOut``, built without it, since a long article has thousands of words."""
    return {
        "duration": round(marks.duration, 4),
        "complete": marks.complete,
        "sentences": [
            {
                "text": mark.text,
                "start": round(mark.start, 4),
                "end": round(mark.end, 4),
                "span": [mark.span.start, mark.span.end] if mark.span else None,
                "role": mark.role.value,
                "words": [
                    {
                        "start": round(word.start, 4),
                        "end": round(word.end, 4),
                        "span": [word.span.start, word.span.end],
                    }
                    for word in mark.words
                ],
            }
            for mark in marks.sentences
        ],
        "marks": [{"name": label.name, "time": round(label.time, 4)} for label in marks.labels],
    }

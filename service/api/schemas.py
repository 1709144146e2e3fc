"""The wire's own nouns: what goes over HTTP, as OpenAPI shows it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.narration import SPEEDS
from service.types import Chapter, Explained, Marks, Priority, Request

ArticleId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$")]
Site = Annotated[str, Field(max_length=253, pattern=r"^[a-z0-9][a-z0-9.-]*$")]
Section = Annotated[str, Field(max_length=100, pattern=r"^\S(.*\S)?$")]
AudioKey = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ArticleIn(_Wire):
    """An article to be read aloud: ``text`` or ``html``, or ``url`` alone for a page to be fetched."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [{"id": "2026-11-23-rain", "title": "أمطار الخير", "text": "هطلت أمس أمطار غزيرة."}]
        },
    )

    id: ArticleId | None = Field(None, description="The publisher's own name for it; made up if absent.")
    text: str | None = Field(None, description="Plain text, or a page's text with its chrome.")
    html: str | None = Field(None, description="A page or a part of one; the article in it is found.")
    title: str | None = Field(None, max_length=500, description="Read first, unless the text begins with it.")
    url: str | None = Field(
        None,
        max_length=2048,
        pattern=r"^https?://\S+$",
        description="The article's address; without text and html, the page there is fetched, if its host is "
        "one of a site's.",
    )
    author: str | None = Field(None, max_length=300)
    voice: str | None = Field(None, max_length=100, description="A voice's id; the site's own if absent.")
    speed: float | None = Field(
        None,
        ge=SPEEDS[0],
        le=SPEEDS[1],
        allow_inf_nan=False,
        description="1.0 is the voice's pace.",
    )
    site: Site | None = Field(
        None, description="Host name of its site, whose lexicon holds and whose feed lists it."
    )
    section: Section | None = Field(None, description="The part of the site that it belongs to.")
    listed: bool = Field(True, description="Whether the podcast feed lists it.")
    priority: Literal["interactive", "batch"] = Field(
        "interactive",
        description="`batch` waits while anything else is to be spoken, until somebody listens.",
    )

    def request(self) -> Request:
        """What the narration understands."""
        return Request(**{**self.model_dump(), "priority": Priority(self.priority)})


class PageIn(_Wire):
    """A page that a reader is on."""

    url: str = Field(max_length=2048, pattern=r"^https?://\S+$", description="Its address.")


class ExplainIn(_Wire):
    """Text whose reading is to be shown."""

    text: str | None = None
    html: str | None = None
    title: str | None = Field(None, max_length=500)
    site: Site | None = Field(None, description="Host name of the site whose lexicon holds.")

    voice: str | None = Field(
        None, max_length=100, description="Whose breath is meant; the site's own if absent."
    )

    def request(self) -> Request:
        """What the narration understands."""
        return Request(**self.model_dump())


class Message(_Wire):
    """The same thing said twice."""

    ar: str
    en: str


class Progress(_Wire):
    """Sentences spoken, of how many."""

    sentences_done: int
    sentences_total: int


class Fault(_Wire):
    """Why an article could not be read aloud."""

    code: str
    message: Message


class ArticleOut(_Wire):
    """An article and its recording."""

    id: str
    status: Literal["queued", "speaking", "ready", "failed"]
    progress: Progress
    key: str = Field(description="SHA-256 of everything that shapes the sound.")
    voice: str
    speed: float
    title: str | None
    duration_seconds: float | None = Field(description="Known when it is ready.")
    audio_url: str
    marks_url: str
    captions_url: str
    player_url: str
    error: Fault | None


class VoiceOut(_Wire):
    """A voice that can be asked for."""

    id: str
    name: Message
    engine: str
    language: str
    dialect: str
    gender: str
    sample_rate: int
    licence: str
    commercial_use: bool
    attribution: str


class VoicesOut(_Wire):
    """All voices that are installed."""

    voices: list[VoiceOut]
    default: str


class ExplainOut(_Wire):
    """How each sentence will be read."""

    sentences: list[dict[str, Any]]


def explained(sentence: Explained) -> dict[str, Any]:
    """One sentence of ``ExplainOut``; places are ``[start, end]`` in code points."""

    def place(span: Any) -> list[int] | None:
        return [span.start, span.end] if span else None

    return {
        "text": sentence.text,
        "span": place(sentence.span),
        "spoken": sentence.spoken,
        "diacritised": sentence.diacritised,
        "phonemes": sentence.phonemes,
        "pieces": [
            {
                "text": piece.text,
                "span": place(piece.span),
                "voice": piece.voice,
                "spoken": piece.spoken,
                "diacritised": piece.diacritised,
                "phonemes": piece.phonemes,
            }
            for piece in sentence.pieces
        ],
        "steps": [
            {"rule": step.rule, "written": step.written, "spoken": step.spoken, "span": place(step.span)}
            for step in sentence.steps
        ],
    }


def chapters(chapters: Iterable[Chapter]) -> dict[str, Any]:
    """The chapters file, as the podcast namespace has it (JSON Chapters 1.2); seconds in the audio."""
    return {
        "version": "1.2.0",
        "chapters": [
            {
                "startTime": round(chapter.start, 3),
                "endTime": round(chapter.end, 3),
                "title": chapter.title,
            }
            for chapter in chapters
        ],
    }


def marks(marks: Marks) -> dict[str, Any]:
    """The marks file: seconds in the audio, code points in the article's text."""
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
    }

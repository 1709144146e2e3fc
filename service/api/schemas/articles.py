"""Models of requests and responses, as OpenAPI shows them."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from service.api.schemas.wire import Fault, SaidEndings, SaidLocale, Site, Wire
from service.model.article import Priority, Submission
from service.model.document import RESERVED
from service.recordings.validation import SPEEDS

_ID_LENGTH = 128
_ID_BYTES = 200
"""Of an id in UTF-8: with an extension it is a file name."""
_SIGNS = "._~-"


def _id(value: str) -> str:
    """An id as it is stored: composed (NFC), so that ids that look the same are the same."""
    composed = unicodedata.normalize("NFC", value)
    inside = all(char in _SIGNS or unicodedata.category(char)[0] in "LMN" for char in composed)
    begun = composed[:1].isalnum()
    if not (begun and inside and len(composed) <= _ID_LENGTH and len(composed.encode()) <= _ID_BYTES):
        raise PydanticCustomError("article_id", "no id")
    return composed


def _known(value: str) -> str:
    """The same, or one that istami made for readers."""
    mark = RESERVED if value.startswith(RESERVED) else ""
    return mark + _id(value.removeprefix(mark))


# No dialect of patterns that all programs know can name the letters of every script.
_PATTERN = r"[^\x00-/:-@\[-`{-\u00a0][^\x00-,/:-@\[-^`{-}\x7f-\u00a0]*$"

ArticleId = Annotated[
    str,
    AfterValidator(_id),
    Field(json_schema_extra={"minLength": 1, "maxLength": _ID_LENGTH, "pattern": f"^{_PATTERN}"}),
]
"""Begins with a letter or digit of any script; in it may be `.`, `_`, `~` and `-`."""
KnownId = Annotated[
    str,
    AfterValidator(_known),
    Field(
        json_schema_extra={
            "minLength": 1,
            "maxLength": _ID_LENGTH + len(RESERVED),
            "pattern": f"^{RESERVED}?{_PATTERN}",
        }
    ),
]
"""An id in a URL: a publisher's, or one that istami made for readers."""
Section = Annotated[str, Field(max_length=100, pattern=r"^\S(.*\S)?$")]
AudioKey = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ArticleIn(Wire):
    """An article to be read aloud: ``text``, ``html`` or ``ssml``, or ``url`` alone for a page."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [{"id": "2026-11-23-rain", "title": "أمطار الخير", "text": "هطلت أمس أمطار غزيرة."}]
        },
    )

    id: ArticleId | None = Field(
        None,
        description="The publisher's own id; generated if absent. It begins with a letter or digit of any "
        "script, may contain `.`, `_`, `~` and `-`, and has at most 128 characters and 200 bytes.",
        examples=["2026-11-23-rain"],
    )
    text: str | None = Field(
        None,
        description="Plain text, or a page's text with its chrome.",
        examples=["هطلت أمس أمطار غزيرة."],
    )
    html: str | None = Field(
        None,
        description="A page or a part of one; the article is extracted from it.",
        examples=["<h1>أمطار الخير</h1><p>هطلت أمس أمطار غزيرة.</p>"],
    )
    ssml: str | None = Field(
        None,
        description="SSML 1.1, as docs/ssml.md describes it.",
        examples=['<speak>هطلت أمس أمطار غزيرة. <break time="1s"/> وتوقفت اليوم.</speak>'],
    )
    ssml_unknown: Literal["refuse", "ignore"] = Field(
        "refuse",
        description="How to handle unsupported SSML; `ignore` reads its text.",
        examples=["refuse"],
    )
    title: str | None = Field(
        None,
        max_length=500,
        description="Read first, unless the text begins with it.",
        examples=["أمطار الخير"],
    )
    url: str | None = Field(
        None,
        max_length=2048,
        pattern=r"^https?://\S+$",
        description="The article's URL. Without `text`, `html` and `ssml`, the page is fetched, if its host "
        "belongs to a site.",
        examples=["https://news.example/rain"],
    )
    author: str | None = Field(None, max_length=300, description="Who wrote it.", examples=["ليلى المراكشي"])
    voice: str | None = Field(
        None,
        max_length=100,
        description="A voice's id; the site's default if absent.",
        examples=["espeak-ar"],
    )
    speed: float | None = Field(
        None,
        ge=SPEEDS[0],
        le=SPEEDS[1],
        allow_inf_nan=False,
        description="1.0 is the voice's pace.",
        examples=[1.0],
    )
    case_endings: SaidEndings = None
    locale: SaidLocale = None
    site: Site | None = Field(
        None,
        description="Host name of its site, whose lexicon applies and whose feed lists it.",
        examples=["news.example"],
    )
    section: Section | None = Field(
        None, description="The part of the site that it belongs to.", examples=["طقس"]
    )
    listed: bool = Field(True, description="Whether the podcast feed lists it.", examples=[True])
    private: bool = Field(
        False,
        description="Whether listeners need a key or a signed URL. No feed lists it.",
        examples=[False],
    )
    priority: Literal["interactive", "batch"] = Field(
        "interactive",
        description="`batch` waits for all other work, until a listener plays it.",
        examples=["interactive"],
    )

    webhook: str | None = Field(
        None,
        max_length=2048,
        pattern=r"^https?://\S+$",
        description="An additional URL for the event of its outcome, on the server of a webhook.",
        examples=[None],
    )

    def request(self) -> Submission:
        """The request as a submission."""
        return Submission(**{**self.model_dump(), "priority": Priority(self.priority)})


class PageIn(Wire):
    """A page that a reader is on."""

    url: str = Field(
        max_length=2048,
        pattern=r"^https?://\S+$",
        description="Its address.",
        examples=["https://news.example/rain"],
    )


class Progress(Wire):
    """Sentences spoken so far, and in total."""

    sentences_done: int = Field(description="Sentences that can be heard.", examples=[3])
    sentences_total: int = Field(description="Sentences of the recording.", examples=[7])


class ArticleOut(Wire):
    """An article and its recording."""

    id: str = Field(description="The article's id.", examples=["2026-11-23-rain"])
    status: Literal["queued", "speaking", "ready", "failed"] = Field(
        description="Status of its recording.", examples=["ready"]
    )
    progress: Progress = Field(description="Progress of its recording.")
    waiting: int | None = Field(
        None,
        description="About how many sentences of others are spoken before its first; null unless queued.",
        examples=[12],
    )
    key: str | None = Field(
        description="SHA-256 of everything that affects the audio; null while a long article is being read.",
        examples=["3f" * 32],
    )
    voice: str = Field(description="The voice that speaks.", examples=["espeak-ar"])
    speed: float = Field(description="1.0 is the voice's pace.", examples=[1.0])
    title: str | None = Field(description="As sent, or as found in the page.", examples=["أمطار الخير"])
    duration_seconds: float | None = Field(description="Null until it is ready.", examples=[42.317])
    audio_url: str = Field(
        description="The MP3: its permanent URL when it is ready, until then the stream.",
        examples=[f"https://audio.example/audio/{'3f' * 32}.mp3"],
    )
    marks_url: str = Field(
        description="When each sentence is heard.",
        examples=["https://audio.example/v1/articles/2026-11-23-rain/marks.json"],
    )
    captions_url: str = Field(
        description="The sentences as WebVTT.",
        examples=["https://audio.example/v1/articles/2026-11-23-rain/captions.vtt"],
    )
    player_url: str = Field(
        description="A page that plays it.", examples=["https://audio.example/player/2026-11-23-rain"]
    )
    error: Fault | None = Field(description="Null unless it has failed.")


class AddressIn(Wire):
    """How long signed URLs are to be valid."""

    seconds: int = Field(3600, ge=1, le=30 * 86_400, description="Seconds from now.", examples=[3600])


_SIGNED = "?expires=1795478400&signature=uJ3c"


class AddressOut(Wire):
    """URLs of an article that need no key until they expire."""

    expires: datetime = Field(description="When the URLs expire.", examples=["2026-11-24T00:00:00Z"])
    url: str = Field(
        description="The article: `src` of the player's element.",
        examples=[f"https://audio.example/v1/articles/2026-11-23-rain{_SIGNED}"],
    )
    audio_url: str = Field(
        description="The MP3.",
        examples=[f"https://audio.example/v1/articles/2026-11-23-rain/audio.mp3{_SIGNED}"],
    )
    marks_url: str = Field(
        description="When each sentence is heard.",
        examples=[f"https://audio.example/v1/articles/2026-11-23-rain/marks.json{_SIGNED}"],
    )
    captions_url: str = Field(
        description="The sentences as WebVTT.",
        examples=[f"https://audio.example/v1/articles/2026-11-23-rain/captions.vtt{_SIGNED}"],
    )
    player_url: str = Field(
        description="A page that plays it.",
        examples=[f"https://audio.example/player/2026-11-23-rain{_SIGNED}"],
    )

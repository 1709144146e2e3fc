"""The wire's own nouns: what goes over HTTP, as OpenAPI shows it."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from service.model.article import Priority, Submission
from service.model.document import RESERVED
from service.recordings.validation import SPEEDS

_ID_LENGTH = 128
_ID_BYTES = 200
"""Of an id in UTF-8: with an ending it is the name of a file."""
_SIGNS = "._~-"


def _id(value: str) -> str:
    """An id as it is kept: composed (NFC), so that one that looks the same is the same."""
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
"""An id that is asked for: a publisher's, or one that istami made for readers."""
Site = Annotated[str, Field(max_length=253, pattern=r"^[a-z0-9][a-z0-9.-]*$")]
Section = Annotated[str, Field(max_length=100, pattern=r"^\S(.*\S)?$")]
AudioKey = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Wire(BaseModel):
    """Base of what goes over HTTP: nothing unforeseen, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True)


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
        description="The publisher's own name for it; made up if absent. It begins with a letter or digit "
        "of any script; in it may be `.`, `_`, `~` and `-`. It has 128 characters and 200 bytes at most.",
        examples=["2026-11-23-rain"],
    )
    text: str | None = Field(
        None,
        description="Plain text, or a page's text with its chrome.",
        examples=["هطلت أمس أمطار غزيرة."],
    )
    html: str | None = Field(
        None,
        description="A page or a part of one; the article in it is found.",
        examples=["<h1>أمطار الخير</h1><p>هطلت أمس أمطار غزيرة.</p>"],
    )
    ssml: str | None = Field(
        None,
        description="SSML 1.1, as docs/ssml.md has it.",
        examples=['<speak>هطلت أمس أمطار غزيرة. <break time="1s"/> وتوقفت اليوم.</speak>'],
    )
    ssml_unknown: Literal["refuse", "ignore"] = Field(
        "refuse",
        description="What becomes of SSML that is not supported; ignored, its text is read.",
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
        description="The article's address; without any of these, the page there is fetched, if its host is "
        "one of a site's.",
        examples=["https://news.example/rain"],
    )
    author: str | None = Field(None, max_length=300, description="Who wrote it.", examples=["ليلى المراكشي"])
    voice: str | None = Field(
        None, max_length=100, description="A voice's id; the site's own if absent.", examples=["espeak-ar"]
    )
    speed: float | None = Field(
        None,
        ge=SPEEDS[0],
        le=SPEEDS[1],
        allow_inf_nan=False,
        description="1.0 is the voice's pace.",
        examples=[1.0],
    )
    site: Site | None = Field(
        None,
        description="Host name of its site, whose lexicon holds and whose feed lists it.",
        examples=["news.example"],
    )
    section: Section | None = Field(
        None, description="The part of the site that it belongs to.", examples=["طقس"]
    )
    listed: bool = Field(True, description="Whether the podcast feed lists it.", examples=[True])
    private: bool = Field(
        False,
        description="Whether only those may hear it who have a key or a signed address. No feed lists it.",
        examples=[False],
    )
    priority: Literal["interactive", "batch"] = Field(
        "interactive",
        description="`batch` waits while anything else is to be spoken, until somebody listens.",
        examples=["interactive"],
    )

    webhook: str | None = Field(
        None,
        max_length=2048,
        pattern=r"^https?://\S+$",
        description="Where, besides, its outcome is to be told: an address on the server of a webhook.",
        examples=[None],
    )

    def request(self) -> Submission:
        """What the narration understands."""
        return Submission(**{**self.model_dump(), "priority": Priority(self.priority)})


class PageIn(Wire):
    """A page that a reader is on."""

    url: str = Field(
        max_length=2048,
        pattern=r"^https?://\S+$",
        description="Its address.",
        examples=["https://news.example/rain"],
    )


class Message(Wire):
    """The same thing said twice."""

    ar: str = Field(description="In Arabic.", examples=["يجب ألّا يزيد الحقل «speed» على 2.0."])
    en: str = Field(description="In English.", examples=["“speed” must be at most 2.0."])


class Progress(Wire):
    """Sentences spoken, of how many."""

    sentences_done: int = Field(description="That can be heard.", examples=[3])
    sentences_total: int = Field(description="That it will have.", examples=[7])


class Fault(Wire):
    """Why an article could not be read aloud."""

    code: str = Field(description="For programs.", examples=["EngineError"])
    message: Message = Field(description="For people.")


class ArticleOut(Wire):
    """An article and its recording."""

    id: str = Field(description="What it is asked for by.", examples=["2026-11-23-rain"])
    status: Literal["queued", "speaking", "ready", "failed"] = Field(
        description="Where its recording stands.", examples=["ready"]
    )
    progress: Progress = Field(description="How far it is.")
    waiting: int | None = Field(
        None,
        description="Sentences of others that are spoken before its first, about; null unless queued.",
        examples=[12],
    )
    key: str | None = Field(
        description="SHA-256 of everything that shapes the sound; null while a long article is being read.",
        examples=["3f" * 32],
    )
    voice: str = Field(description="Who speaks.", examples=["espeak-ar"])
    speed: float = Field(description="1.0 is the voice's pace.", examples=[1.0])
    title: str | None = Field(description="As sent, or as found in the page.", examples=["أمطار الخير"])
    duration_seconds: float | None = Field(description="Known when it is ready.", examples=[42.317])
    audio_url: str = Field(
        description="The MP3: its lasting address when it is ready, till then the stream.",
        examples=[f"https://audio.example/audio/{'3f' * 32}.mp3"],
    )
    marks_url: str = Field(
        description="When each sentence sounds.",
        examples=["https://audio.example/v1/articles/2026-11-23-rain/marks.json"],
    )
    captions_url: str = Field(
        description="The sentences as WebVTT.",
        examples=["https://audio.example/v1/articles/2026-11-23-rain/captions.vtt"],
    )
    player_url: str = Field(
        description="A page that plays it.", examples=["https://audio.example/player/2026-11-23-rain"]
    )
    error: Fault | None = Field(description="There when it has failed.")


class AddressIn(Wire):
    """For how long addresses are to be good."""

    seconds: int = Field(3600, ge=1, le=30 * 86_400, description="From now on.", examples=[3600])


_SIGNED = "?expires=1795478400&signature=uJ3c"


class AddressOut(Wire):
    """Where an article is for those who have no key, until they expire."""

    expires: datetime = Field(description="When they do.", examples=["2026-11-24T00:00:00Z"])
    url: str = Field(
        description="Of the article: `src` of the player's element.",
        examples=[f"https://audio.example/v1/articles/2026-11-23-rain{_SIGNED}"],
    )
    audio_url: str = Field(
        description="The MP3.",
        examples=[f"https://audio.example/v1/articles/2026-11-23-rain/audio.mp3{_SIGNED}"],
    )
    marks_url: str = Field(
        description="When each sentence sounds.",
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


class VoiceOut(Wire):
    """A voice that can be asked for."""

    id: str = Field(description="What to ask for.", examples=["espeak-ar"])
    name: Message = Field(description="What to show.", examples=[{"ar": "إي سبيك", "en": "eSpeak"}])
    engine: str = Field(description="What makes it speak.", examples=["espeak"])
    language: str = Field(description="BCP 47.", examples=["ar"])
    dialect: str = Field(description="Which Arabic.", examples=["standard"])
    gender: str = Field(description="How it sounds.", examples=["male"])
    sample_rate: int = Field(description="Hertz.", examples=[22050])
    licence: str = Field(description="SPDX identifier.", examples=["GPL-3.0-or-later"])
    commercial_use: bool = Field(description="Whether it may earn money.", examples=[True])
    attribution: str = Field(description="Whom to name.", examples=["eSpeak NG"])


class VoicesOut(Wire):
    """All voices that are installed."""

    voices: list[VoiceOut] = Field(description="The voices.")
    default: str = Field(description="Speaks when none is asked for.", examples=["espeak-ar"])


class ProblemOut(BaseModel):
    """What is wrong: problem details (RFC 9457)."""

    type: str = Field(
        description="A name for this kind of problem.", examples=["urn:istami:problem:bad_field"]
    )
    title: str = Field(description="The status in words.", examples=["Unprocessable Content"])
    status: int = Field(description="The HTTP status.", examples=[422])
    detail: str = Field(description="In English.", examples=["“speed” must be at most 2.0."])
    code: str = Field(description="For programs.", examples=["bad_field"])
    message: Message = Field(description="For people.")
    field: str | None = Field(None, description="The field at fault, where one is.", examples=["speed"])
    request_id: str | None = Field(
        None,
        description="The request's name in our logs; also in the header `X-Request-ID`, which may be sent.",
        examples=["5b1d0e0f6c5c4f0c8d6c1c1d2b8f7a10"],
    )


class UpOut(Wire):
    """The process is up."""

    status: Literal["up"] = Field(description="Always `up`.", examples=["up"])


class ReasonsOut(Wire):
    """What is missing; null: nothing."""

    redis: str | None = Field(description="Why the store does not answer.", examples=[None])
    worker: str | None = Field(description="Why nobody speaks.", examples=["no worker is alive"])
    voice: str | None = Field(description="Why the default voice does not load.", examples=["unknown"])


class ReadyOut(Wire):
    """Whether articles can be taken in and spoken."""

    status: Literal["ready", "degraded", "not ready"] = Field(
        description="In a word; degraded: articles are taken in and spoken, and something beside that fails.",
        examples=["ready"],
    )
    reasons: ReasonsOut = Field(description="Why not.")
    warnings: list[str] = Field(description="What is wrong besides, and hinders nothing yet.", examples=[[]])
    background: dict[str, str] = Field(
        description="Background work that fails, and is tried again: the kind of error by the work.",
        examples=[{}],
    )

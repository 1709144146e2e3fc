"""Events of webhooks, as OpenAPI shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.api import addresses
from service.api.schemas.wire import Fault, Message
from service.batches.batch import Batch
from service.model.article import ArticleRecord
from service.model.recording import State

_WHEN = "2026-11-23T06:30:00.000Z"


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _AboutArticle(_Wire):
    id: str = Field(description="The article's id.", examples=["2026-11-23-rain"])
    title: str | None = Field(description="As sent, or as found in the page.", examples=["أمطار الخير"])
    site: str | None = Field(description="Host name of its site.", examples=["news.example"])
    section: str | None = Field(description="The part of the site that it belongs to.", examples=["طقس"])
    page_url: str | None = Field(description="Its URL on the web.", examples=["https://news.example/rain"])
    private: bool = Field(description="Whether its URLs need a key or a signature.", examples=[False])
    voice: str = Field(description="The voice that speaks.", examples=["espeak-ar"])
    article_url: str = Field(
        description="URL of its status.", examples=["https://listen.example/v1/articles/2026-11-23-rain"]
    )


class ArticleReadyData(_AboutArticle):
    """An article that can be heard."""

    key: str = Field(description="SHA-256 of everything that affects the audio.", examples=["3f" * 32])
    duration_seconds: float = Field(description="Length of the recording.", examples=[42.317])
    audio_url: str = Field(
        description="The MP3: its permanent URL; for a private article, one that needs a key or a signature.",
        examples=[f"https://listen.example/audio/{'3f' * 32}.mp3"],
    )
    marks_url: str = Field(
        description="When each sentence is heard.",
        examples=["https://listen.example/v1/articles/2026-11-23-rain/marks.json"],
    )
    captions_url: str = Field(
        description="The sentences as WebVTT.",
        examples=["https://listen.example/v1/articles/2026-11-23-rain/captions.vtt"],
    )
    player_url: str = Field(
        description="A page that plays it.", examples=["https://listen.example/player/2026-11-23-rain"]
    )


class ArticleFailedData(_AboutArticle):
    """An article that could not be read aloud."""

    key: str | None = Field(
        description="SHA-256 of everything that affects the audio; null if it could not be read.",
        examples=["3f" * 32],
    )
    error: Fault = Field(description="Why it failed.")


class BatchDoneData(_Wire):
    """A batch that has ended."""

    id: str = Field(description="The batch's id.", examples=["archive-2025"])
    status: Literal["done", "cancelled"] = Field(description="How it ended.", examples=["done"])
    accepted: int = Field(description="Lines of the upload that were articles.", examples=[996])
    rejected: int = Field(description="Lines of the upload that were not.", examples=[4])
    ready: int = Field(description="Articles that can be heard.", examples=[994])
    failed: int = Field(description="Articles that could not be read aloud.", examples=[2])
    waiting: int = Field(description="Articles that never began, in a cancelled batch.", examples=[0])
    audio_seconds: float = Field(description="Length of all its recordings.", examples=[118211.4])
    batch_url: str = Field(
        description="URL of its status.", examples=["https://listen.example/v1/batches/archive-2025"]
    )
    report_url: str = Field(
        description="A line of JSON for every line that has ended.",
        examples=["https://listen.example/v1/batches/archive-2025/report.jsonl"],
    )


class _EventOut(_Wire):
    id: str = Field(
        description="The same on every attempt: do not process an id twice.",
        examples=["msg_" + "3f" * 16],
    )
    timestamp: datetime = Field(description="When it happened.", examples=[_WHEN])


class ArticleReadyEvent(_EventOut):
    """Sent when an article can be heard."""

    type: Literal["article.ready"] = Field(description="Type of the event.", examples=["article.ready"])
    data: ArticleReadyData = Field(description="The article.")


class ArticleFailedEvent(_EventOut):
    """Sent when an article could not be read aloud."""

    type: Literal["article.failed"] = Field(description="Type of the event.", examples=["article.failed"])
    data: ArticleFailedData = Field(description="The article.")


class BatchDoneEvent(_EventOut):
    """Sent when every line of a batch has ended."""

    type: Literal["batch.done"] = Field(description="Type of the event.", examples=["batch.done"])
    data: BatchDoneData = Field(description="The batch.")


def of_article(base: str, record: ArticleRecord, state: State) -> dict[str, Any]:
    """The event data of an article that is ready or has failed.

    Args:
        base: of every URL; empty: URLs are paths.
        record: the article.
        state: of its recording.
    """
    own = base + addresses.article_path(record.id)
    about = {
        "id": record.id,
        "key": None if record.is_unreadable else record.key,
        "title": record.article.title,
        "site": record.site,
        "section": record.section,
        "page_url": record.article.url,
        "private": record.private,
        "voice": record.voice,
        "article_url": own,
    }
    if failure := state.failure:
        fault = Fault(code=failure.code, message=Message(ar=failure.ar, en=failure.en))
        return ArticleFailedData(**about, error=fault).model_dump()
    return ArticleReadyData(
        **about,
        duration_seconds=round(state.duration or 0.0, 3),
        audio_url=f"{own}/audio.mp3" if record.private else base + addresses.audio_path(record.key),
        marks_url=f"{own}/marks.json",
        captions_url=f"{own}/captions.vtt",
        player_url=base + addresses.player_path(record.id),
    ).model_dump()


def of_batch(base: str, batch: Batch) -> dict[str, Any]:
    """The event data of a batch that has ended; ``base`` as in ``of_article``."""
    own = base + addresses.batch_path(batch.id)
    return BatchDoneData(
        id=batch.id,
        status="done" if batch.status == "done" else "cancelled",
        accepted=batch.accepted,
        rejected=batch.rejected,
        ready=batch.ready,
        failed=batch.failed,
        waiting=batch.waiting,
        audio_seconds=round(batch.seconds, 3),
        batch_url=own,
        report_url=f"{own}/report.jsonl",
    ).model_dump()

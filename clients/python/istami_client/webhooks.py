"""Events of the service's webhooks: the sender is verified, then the event is parsed.

from istami_client import webhooks

event = webhooks.verify(secret, request.headers, request.body)
if isinstance(event, webhooks.ArticleReady):
    print(event.data.audio_url)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError
from standardwebhooks import Webhook, WebhookVerificationError

from istami_client.answers import Fault
from istami_client.errors import BadAnswer, BadSignature


@dataclass(frozen=True, slots=True)
class ReadyArticle:
    """An article that is ready."""

    id: str
    key: str
    """SHA-256 of everything that affects the audio."""
    title: str | None
    site: str | None
    section: str | None
    page_url: str | None
    """Its URL on the web."""
    private: bool
    """Whether its addresses need a key or a signature."""
    voice: str
    article_url: str
    duration_seconds: float
    audio_url: str
    """The permanent URL of the MP3."""
    marks_url: str
    captions_url: str
    player_url: str


@dataclass(frozen=True, slots=True)
class FailedArticle:
    """An article that could not be synthesised."""

    id: str
    key: str | None
    """``None`` if its text could not be processed."""
    title: str | None
    site: str | None
    section: str | None
    page_url: str | None
    private: bool
    voice: str
    article_url: str
    error: Fault


@dataclass(frozen=True, slots=True)
class DoneBatch:
    """A batch that has ended."""

    id: str
    status: Literal["done", "cancelled"]
    accepted: int
    rejected: int
    ready: int
    failed: int
    waiting: int
    audio_seconds: float
    batch_url: str
    report_url: str


@dataclass(frozen=True, slots=True)
class ArticleReady:
    """``article.ready``."""

    id: str
    """The same in every attempt to deliver the event."""
    timestamp: datetime
    data: ReadyArticle


@dataclass(frozen=True, slots=True)
class ArticleFailed:
    """``article.failed``."""

    id: str
    timestamp: datetime
    data: FailedArticle


@dataclass(frozen=True, slots=True)
class BatchDone:
    """``batch.done``."""

    id: str
    timestamp: datetime
    data: DoneBatch


@dataclass(frozen=True, slots=True)
class OtherEvent:
    """An event of another type: ``webhook.test``, or one of a newer service."""

    id: str
    type: str
    timestamp: datetime
    data: dict[str, Any]


Event = ArticleReady | ArticleFailed | BatchDone | OtherEvent

_KINDS: Mapping[str, TypeAdapter[Any]] = {
    "article.ready": TypeAdapter(ArticleReady),
    "article.failed": TypeAdapter(ArticleFailed),
    "batch.done": TypeAdapter(BatchDone),
}
_OTHER = TypeAdapter(OtherEvent)


def verify(
    secrets: str | Iterable[str], headers: Mapping[str, str] | Iterable[tuple[str, str]], body: bytes
) -> Event:
    """Verify an event's sender and time, at most five minutes ago, and parse it.

    Args:
        secrets: the webhook's secret (``whsec_…``); several while one takes another's place.
        headers: of the request.
        body: of the request, to the letter.

    Raises:
        BadSignature: no secret matches its signature, or it was sent at another time.
        BadAnswer: it is no event of istami's.
    """
    known = [secrets] if isinstance(secrets, str) else list(secrets)
    told = any(_signed(secret, dict(headers), body) for secret in known)
    if not told:
        raise BadSignature("The event's signature is not good.", "توقيع الحدث غير صحيح.")
    try:
        other = _OTHER.validate_json(body)
        event: Event = _KINDS.get(other.type, _OTHER).validate_json(body)
    except ValidationError as error:
        raise BadAnswer(f"That is no event of istami's: {error}", "هذا ليس حدثًا من istami.") from error
    return event


def _signed(secret: str, headers: dict[str, str], body: bytes) -> bool:
    try:
        Webhook(secret).verify(body, headers, json_parse=False)
    except (WebhookVerificationError, ValueError):  # what cannot be decoded was not signed so
        return False
    return True

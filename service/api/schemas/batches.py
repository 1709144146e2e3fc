"""Models of batches, as OpenAPI shows them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.api.schemas.wire import Fault, Message
from service.batches.batch import Batch, Ended

_WHEN = "2026-11-23T06:30:00Z"


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TotalsOut(_Wire):
    """Counts of lines: each is accepted or rejected; accepted ones are ready, failed or waiting."""

    accepted: int = Field(description="Lines that are articles.", examples=[996])
    rejected: int = Field(description="Lines that are not articles.", examples=[4])
    ready: int = Field(description="Articles that can be heard.", examples=[310])
    failed: int = Field(description="Articles that could not be read aloud.", examples=[2])
    waiting: int = Field(
        description="Articles that have not ended; in a cancelled batch, those that never began.",
        examples=[684],
    )


class EndedOut(_Wire):
    """The outcome of a line; also a line of the report."""

    line: int = Field(description="Its number in the upload, from 1; blank lines count.", examples=[17])
    status: Literal["ready", "failed", "rejected"] = Field(
        description="Its outcome; `rejected`: the line is not an article.", examples=["ready"]
    )
    id: str | None = Field(
        description="Id of the article; null if the line has none.", examples=["2026-11-23-rain"]
    )
    key: str | None = Field(description="Key of the recording.", examples=["99ebf8" + "0" * 58])
    duration_seconds: float | None = Field(description="Length of the recording.", examples=[3.985])
    error: Fault | None = Field(description="Why it failed or was rejected.")


class FailuresOut(_Wire):
    """A page of the failed and rejected lines."""

    items: list[EndedOut] = Field(description="In the order in which they ended.")
    next_page: int | None = Field(description="Value for `?page=`; null on the last.", examples=[1])


class BatchOut(_Wire):
    """A batch and its progress."""

    id: str = Field(description="The batch's id.", examples=["archive-2025"])
    status: Literal["receiving", "running", "done", "cancelled"] = Field(
        description="Its status.", examples=["running"]
    )
    accepted: int = Field(description="Lines of the upload that are articles.", examples=[996])
    rejected: int = Field(description="Lines of the upload that are not.", examples=[4])
    totals: TotalsOut = Field(description="Outcomes of the lines.")
    progress: float = Field(
        description="Share of the accepted articles that have ended, 0 to 1.", examples=[0.3132]
    )
    audio_seconds: float = Field(description="Length of the recordings that are ready.", examples=[48211.4])
    created: datetime = Field(description="When it was received.", examples=[_WHEN])
    finished: datetime | None = Field(description="When it ended.", examples=[_WHEN])
    url: str = Field(description="Its own URL.", examples=["https://listen.example/v1/batches/archive-2025"])
    report_url: str = Field(
        description="A line of JSON for every line that has ended.",
        examples=["https://listen.example/v1/batches/archive-2025/report.jsonl"],
    )


class BatchDetailOut(BatchOut):
    """A batch with its failures."""

    failures: FailuresOut = Field(description="Lines that have failed or been rejected so far.")


class BatchesOut(_Wire):
    """The newest batches."""

    batches: list[BatchOut] = Field(description="Newest first.")


def batch(batch: Batch, url: str) -> dict[str, Any]:
    """The fields of ``BatchOut``."""
    totals = TotalsOut(
        accepted=batch.accepted,
        rejected=batch.rejected,
        ready=batch.ready,
        failed=batch.failed,
        waiting=batch.waiting,
    )
    return {
        "id": batch.id,
        "status": batch.status.value,
        "accepted": batch.accepted,
        "rejected": batch.rejected,
        "totals": totals,
        "progress": round(1 - batch.waiting / batch.accepted, 4) if batch.accepted else 1.0,
        "audio_seconds": round(batch.seconds, 3),
        "created": datetime.fromtimestamp(batch.created, UTC),
        "finished": datetime.fromtimestamp(batch.finished, UTC) if batch.finished else None,
        "url": url,
        "report_url": f"{url}/report.jsonl",
    }


def ended(line: Ended) -> EndedOut:
    """A line that has ended."""
    error = line.error
    return EndedOut(
        line=line.line,
        status=line.status,
        id=line.id,
        key=line.key,
        duration_seconds=line.duration,
        error=Fault(code=error.code, message=Message(ar=error.ar, en=error.en)) if error else None,
    )

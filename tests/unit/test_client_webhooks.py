"""``istami_client.webhooks`` with what the service sends."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from istami_client import BadAnswer, BadSignature, webhooks

from service.api.schemas import events as event_schemas
from service.batches.batch import Batch, BatchStatus
from service.model.article import ArticleRecord
from service.model.document import Article
from service.model.recording import Failure, State, Status
from service.webhooks.models import DONE, FAILED, READY, TEST, Event
from service.webhooks.signing import headers, new_secret

SECRET = new_secret()
BASE = "https://listen.example"
RECORD = ArticleRecord(
    id="wp-1-7",
    key="3f" * 32,
    created=1.0,
    since=1.0,
    site="news.example",
    section=None,
    listed=True,
    article=Article("نص.", (), title="أمطار الخير", url="https://news.example/rain"),
    voice="espeak-ar",
    speed=1.0,
    sentences=(),
)
READY_DATA = event_schemas.of_article(BASE, RECORD, State(Status.READY, 1, 1, duration=42.3174))
FAILED_DATA = event_schemas.of_article(
    BASE,
    RECORD,
    State(Status.FAILED, 0, 1, failure=Failure("EngineError", "It cannot be said.", "تعذّر نطقها.")),
)
DONE_DATA = event_schemas.of_batch(
    BASE, Batch("archive", 1.0, BatchStatus.DONE, accepted=3, ready=3, seconds=9.5)
)


def sent(kind: str, data: Any, secrets: tuple[str, ...] = (SECRET,), when: float | None = None) -> Any:
    """Headers and body as a server gets them."""
    event = Event.of(kind, (1,), 1_764_000_000.5, data)
    return headers(secrets, event.id, when or time.time(), event.body()), event.body().encode()


class TestVerify:
    def test_an_article_that_is_ready(self) -> None:
        event = webhooks.verify(SECRET, *sent(READY, READY_DATA))
        assert isinstance(event, webhooks.ArticleReady)
        assert event.id.startswith("msg_")
        assert event.timestamp.isoformat() == "2025-11-24T16:00:00.500000+00:00"
        assert (event.data.title, event.data.duration_seconds) == ("أمطار الخير", 42.317)
        assert event.data.audio_url == f"{BASE}/audio/{RECORD.key}.mp3"

    def test_one_that_has_failed_and_a_batch_and_others(self) -> None:
        failed = webhooks.verify(SECRET, *sent(FAILED, FAILED_DATA))
        assert isinstance(failed, webhooks.ArticleFailed)
        assert failed.data.error.message.ar == "تعذّر نطقها."
        done = webhooks.verify(SECRET, *sent(DONE, DONE_DATA))
        assert isinstance(done, webhooks.BatchDone)
        assert (done.data.ready, done.data.report_url) == (3, f"{BASE}/v1/batches/archive/report.jsonl")
        other = webhooks.verify(SECRET, *sent(TEST, {"webhook": "cms"}))
        assert isinstance(other, webhooks.OtherEvent)
        assert (other.type, other.data) == ("webhook.test", {"webhook": "cms"})

    def test_fields_that_a_newer_service_adds_are_passed_over(self) -> None:
        assert webhooks.verify(SECRET, *sent(READY, {**READY_DATA, "new": 1}))

    def test_either_of_two_secrets_will_do_on_either_side(self) -> None:
        other = new_secret()
        assert webhooks.verify(other, *sent(READY, READY_DATA, (SECRET, other)))
        assert webhooks.verify([other, SECRET], *sent(READY, READY_DATA))

    def test_headers_may_come_as_any_server_has_them(self) -> None:
        told, body = sent(READY, READY_DATA)
        assert webhooks.verify(SECRET, [(name.title(), value) for name, value in told.items()], body)

    @pytest.mark.parametrize("minutes", [-6, 6])
    def test_what_was_sent_another_time_is_refused(self, minutes: int) -> None:
        with pytest.raises(BadSignature):
            webhooks.verify(SECRET, *sent(READY, READY_DATA, when=time.time() + 60 * minutes))

    def test_what_others_signed_or_nobody_is_refused(self) -> None:
        told, body = sent(READY, READY_DATA)
        for wrong in (
            (new_secret(), told, body),
            (SECRET, told, body.replace(b"ready", b"steady")),
            (SECRET, {}, body),
            (SECRET, {**told, "webhook-signature": "v1,%%%"}, body),
            (SECRET, {**told, "webhook-signature": "nonsense"}, body),
            (SECRET, {**told, "webhook-timestamp": "soon"}, body),
            ([], told, body),
        ):
            with pytest.raises(BadSignature):
                webhooks.verify(*wrong)

    def test_what_is_signed_and_no_event_is_said_so(self) -> None:
        told = headers([SECRET], "msg_1", time.time(), '{"a": 1}')
        with pytest.raises(BadAnswer):
            webhooks.verify(SECRET, told, b'{"a": 1}')


DOCUMENT = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")


class TestTheDocument:
    def test_its_programs_take_what_is_sent_and_nothing_else(self) -> None:
        programs = re.findall(r"^```python\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
        assert len(programs) == 2
        for code in programs:
            room: dict[str, Any] = {}
            exec(code.replace("whsec_…", SECRET), room)  # noqa: S102  # our own document
            told, body = sent(READY, READY_DATA)
            assert room["received"](told, body) == 204
            assert room["received"]({**told, "webhook-id": "msg_other"}, body) == 401

    def test_its_examples_are_what_is_sent(self) -> None:
        shown = [
            json.loads(each)
            for each in re.findall(r"^```json\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
        ]
        events = {each["type"]: each for each in shown if "timestamp" in each}
        for kind, data in ((READY, READY_DATA), (FAILED, FAILED_DATA), (DONE, DONE_DATA)):
            assert set(events[kind]) == {"id", "type", "timestamp", "data"}
            assert set(events[kind]["data"]) == set(data)

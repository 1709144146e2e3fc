"""The narration, the herald and the courier over a real store; the test says how far recordings are."""

from __future__ import annotations

import asyncio
import time
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from service.config.settings import Settings
from service.model.article import ArticleRecord, Submission
from service.model.recording import Checksum, Failure, State, Status
from service.server.container import Container
from service.storage.assembly_store import AssemblyTransaction
from service.storage.keys import claim_name
from service.storage.repository import Repository
from service.webhooks.models import Attempt, Delivery

NO = Failure("EngineError", "It cannot be said.", "تعذّر نطقها.")


@dataclass
class House:
    """All of it but workers."""

    settings: Settings
    url: str
    receiver: Any
    store: Any

    def __post_init__(self) -> None:
        parts = Container(self.settings, self.url, lambda *_: None)
        self.endpoints, self.outbox = parts.endpoints, parts.outbox
        self.event_publisher = parts.event_publisher
        self.repository: Repository = parts.repository
        self.article_service = parts.article_service

    def add(self, name: str = "cms", **changes: Any) -> str:
        """Adds a webhook; its secret."""
        url = changes.pop("url", self.receiver.address)
        secret = "whsec_" + "c2VjcmV0" * 5
        return self.endpoints.keep(name, {"url": url, "secret": secret, **changes}).secret

    def submit(self, article: str = "a", **told: Any) -> ArticleRecord:
        return self.article_service.submit(
            Submission(**{"id": article, "text": f"مقال قصير اسمه {article}.", **told})
        )

    def end(self, record: ArticleRecord, *, failed: bool = False) -> None:
        """Has a recording end as a worker does: the state and what goes with it, at once."""
        claim = self.store.claim(claim_name(record.key), 10)
        assert claim
        state = self.repository.state(record.key)
        assert state
        growth = AssemblyTransaction(self.repository, claim, record.key)
        ended = replace(state, duration=None if failed else 4.25, updated=time.time())
        if failed:
            growth.fail(replace(ended, status=Status.FAILED, failure=NO))
        else:
            growth.begin(State(Status.SPEAKING, 0, 1), b"half", None)
            sealed = (
                Checksum(len(b"halfwhole"), zlib.crc32(b"halfwhole")),
                self.repository.timings(record.key),
            )
            growth.finish(replace(ended, status=Status.READY), b"", b"whole", sealed)
        self.store.release(claim)

    def carry(self, **settings: Any) -> None:
        """Sends what is due now, once round; settings may differ for this time."""
        delivery_sender = Container(self.settings.model_copy(update=settings), self.url).delivery_sender

        async def round_() -> None:
            await delivery_sender.round()
            await asyncio.gather(*delivery_sender._lanes.values())

        asyncio.run(round_())

    def tell(self) -> list[dict[str, Any]]:
        """Tells what is to be told; what has come to the receiver since, every signature verified."""
        before = len(self.receiver.got)
        self.event_publisher.round()
        self.carry()
        told = self.receiver.got[before:]
        return [Webhook("whsec_" + "c2VjcmV0" * 5).verify(each.body, each.headers) for each in told]

    def due(self) -> None:
        """Lets the time of every next attempt come."""
        for each in self.outbox.newest(100):
            if each.status == "waiting":
                self.change(each, due=time.time())

    def change(self, delivery: Delivery, **changes: Any) -> None:
        claim = self.outbox.claim(delivery.id)
        assert claim
        self.outbox.keep(claim, replace(delivery, **changes))
        self.outbox.release(claim)

    @property
    def last(self) -> tuple[Delivery, Attempt]:
        """The newest delivery, and its last attempt."""
        (delivery,) = self.outbox.newest(1)
        return delivery, delivery.attempts[-1]


@pytest.fixture
def house(store: Any, redis_url: str, tmp_path: Path, receiver: Any) -> House:
    settings = Settings(
        data_dir=tmp_path,
        public_url="https://listen.example",
        webhook_private_hosts=frozenset({f"127.0.0.1:{receiver.port}"}),
        webhook_seconds=2,
    )
    return House(settings, redis_url, receiver, store)

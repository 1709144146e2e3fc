"""Celery: the one way in which work reaches a worker, on one machine or on fifty."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence

from celery import Celery
from kombu.exceptions import OperationalError
from pydantic import TypeAdapter

from cache.errors import StoreUnavailable
from cache.store import Put, Store
from service.errors import Unavailable
from service.types import Utterance

MAKE = "istami.make"
"""Task: make the recording of a key."""
UTTER = "istami.utter"
"""Task: vowel and phonemise the pieces of some sentences, and leave the answer in the store."""

UTTERANCES = TypeAdapter(list[list[Utterance]])
"""The answer to ``UTTER``, as JSON."""

_QUEUE = "istami"
_ANSWER_SECONDS = 60
_LONGEST_TASK_SECONDS = 4 * 3600
_POLL_SECONDS = 0.02


def celery(url: str) -> Celery:
    """The Celery application over a Redis address.

    Tasks are acknowledged when they are done and come back when their process dies. Nothing is kept of
    their results: what they make lies in the store.
    """
    app = Celery("istami", broker=url.replace("unix://", "redis+socket://", 1), set_as_current=False)
    app.conf.update(
        task_default_queue=_QUEUE,
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_proc_alive_timeout=120,  # seconds to load the models in
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "visibility_timeout": _LONGEST_TASK_SECONDS,
            "socket_timeout": 10,
            "socket_connect_timeout": 5,
            "socket_keepalive": True,
            "health_check_interval": 15,
        },
        task_publish_retry=False,
    )
    return app


class Queue:
    """Hands work to workers."""

    def __init__(self, app: Celery, store: Store, patience: float) -> None:
        """Prepare to hand over.

        Args:
            app: from ``celery``.
            store: where answers are left.
            patience: seconds to wait for an answer.
        """
        self._app = app
        self._store = store
        self._patience = patience

    def make(self, key: str) -> None:
        """Have a planned recording made.

        Raises:
            StoreUnavailable: the broker does not answer.
        """
        self._send(MAKE, [key])

    def utter(self, sentences: Sequence[Sequence[str]]) -> list[list[Utterance]]:
        """Have the spoken pieces of sentences vowelled and phonemised; waits for a worker.

        Raises:
            Unavailable: no worker answered in time.
            StoreUnavailable: the broker or the store does not answer.
        """
        answer = answer_name(secrets.token_hex(16))
        self._send(UTTER, [answer, [list(pieces) for pieces in sentences]])
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline:
            if value := self._store.get(answer):
                self._store.delete(answer)
                return UTTERANCES.validate_json(value)
            time.sleep(_POLL_SECONDS)
        raise Unavailable("No worker answered in time.", "لم يُجِب أيّ عامل في الوقت المحدد.")

    def waiting(self) -> int:
        """How many tasks wait for a worker.

        Raises:
            StoreUnavailable: the broker does not answer.
        """
        try:
            with self._app.connection_for_read() as connection:
                declared = connection.default_channel.queue_declare(_QUEUE, passive=True)
                return int(declared.message_count)
        except OperationalError as error:
            raise StoreUnavailable(str(error)) from error
        except connection.channel_errors:
            return 0  # no queue yet: nothing was ever put into it

    def _send(self, task: str, arguments: list[object]) -> None:
        try:
            self._app.send_task(task, arguments)
        except OperationalError as error:
            raise StoreUnavailable(str(error)) from error


def answer_name(token: str) -> str:
    """Where the answer to a question lies."""
    return f"istami:answer:{token}"


def leave_answer(store: Store, name: str, utterances: list[list[Utterance]]) -> None:
    """Put an answer where it is waited for."""
    store.put(name, Put(UTTERANCES.dump_json(utterances), _ANSWER_SECONDS))

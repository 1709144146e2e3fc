"""Sends all work to workers through Celery, on one machine or on fifty."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

from asgi_correlation_id import correlation_id
from celery import Celery
from kombu.exceptions import OperationalError

from cache.errors import StoreUnavailable
from cache.faults import is_wrong_kind, translated
from cache.ledger import Ledger
from cache.store import Put, Store
from service.jobs.broker import broker
from service.metrics import tracing
from service.model.article import Priority
from service.model.operations import Backlog
from service.model.reading import CaseEndings, SpokenText, Utterance
from service.model.recording import Plan
from service.storage.codec import PREPARED, UTTERANCES, noun, unpacked
from service.storage.keys import ANSWERS, QUEUES, answer_channel
from service.storage.queue_positions import Places

SPEAK = "istami.speak"
"""Task: speak a sentence of the recording of a key."""
PREPARE = "istami.prepare"
"""Task: speak the one sentence of a plan, which is sent as JSON."""
UTTER = "istami.utter"
"""Task: vowel and phonemise the pieces of some sentences, and store the answer in the ledger."""

SENT = "istami_sent"
"""Header of a task: when it was sent, in seconds since 1970, UTC."""
REQUEST = "istami_request"
"""Header of a task: the id of the request that caused it, or empty."""

_MESSAGE = noun("message of Celery", dict[str, Any])

QUEUE = "istami"
"""Queue of the work that any worker can do, whatever its voices."""
_PRIORITIES = {Priority.INTERACTIVE: 0, Priority.BATCH: 9}
"""Priorities of Celery's Redis transport: the lower the sooner."""
_ANSWER_SECONDS = 60
_FORMER_ANSWER = "istami:answer:"
"""Prefix of the answer names that web processes of version 0.1 wait for, in the store."""
_PHRASE_SECONDS = 120.0
_MARGIN_SECONDS = 60.0
"""Unacknowledged work is redelivered so much later than the time limit of a phrase."""


def queue_of(voice: str) -> str:
    """Return the name of a voice's queue."""
    return f"{QUEUE}.{voice}"


def celery(url: str, phrase_seconds: float = _PHRASE_SECONDS) -> Celery:
    """Return the Celery application for a Redis address.

    Args:
        url: the address.
        phrase_seconds: time limit of a phrase.

    Tasks are acknowledged when they are done and redelivered when their process dies. Celery stores no
    results: tasks write to the store.
    """
    address, options = broker(url)
    app = Celery("istami", broker=address, set_as_current=False)
    app.conf.update(
        task_default_queue=QUEUE,
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
            "visibility_timeout": phrase_seconds + _MARGIN_SECONDS,
            "priority_steps": sorted(_PRIORITIES.values()),
            "socket_timeout": 10,
            "socket_connect_timeout": 5,
            "socket_keepalive": True,
            "health_check_interval": 15,
            **options,
        },
        task_publish_retry=False,
    )
    return app


class Queue:
    """Sends work to workers."""

    def __init__(self, app: Celery, store: Store) -> None:
        """Create the queue client.

        Args:
            app: from ``celery``.
            store: stores the set of queues.
        """
        self._app = app
        self._store = store
        self._places = Places(store)

    def speak(self, voice: str, key: str, sentence: int, priority: Priority) -> None:
        """Queue a sentence of a planned recording.

        Raises:
            StoreUnavailable: the broker does not answer.
        """
        queue = self._queue(voice)
        if sentence == 0:
            self._places.note(key, voice, self._ahead(queue, priority))
        self._send(SPEAK, [key, sentence], queue, _PRIORITIES[priority])

    def prepare(self, plan: Plan) -> None:
        """Queue the one sentence of a plan that is not stored.

        Raises:
            StoreUnavailable: the broker does not answer.
        """
        soonest = _PRIORITIES[Priority.INTERACTIVE]
        self._send(PREPARE, [PREPARED.encode(plan).decode()], self._queue(plan.voice), soonest)

    def ask(self, sentences: Sequence[Sequence[SpokenText]], case_endings: CaseEndings) -> str:
        """Queue the vowelling and phonemising of sentences' pieces, with these case endings.

        Returns:
            The ledger entry in which a worker will store the answer; ``answer_channel`` announces it.

        Raises:
            StoreUnavailable: the broker does not answer.
        """
        answer = secrets.token_hex(16)
        self._send(UTTER, [answer, [list(pieces) for pieces in sentences], case_endings.value], QUEUE, 0)
        return answer

    def waiting(self) -> int:
        """Return the number of tasks that wait for a worker, in all queues.

        Raises:
            StoreUnavailable: the broker does not answer.
        """
        return sum(each.waiting for each in self.backlog())

    def backlog(self) -> list[Backlog]:
        """Return the backlog of each queue and priority.

        Raises:
            StoreUnavailable: the broker does not answer.
        """
        queues = sorted({QUEUE, *self._store.members(QUEUES)})
        lists = [(queue, priority) for queue in queues for priority in Priority]
        with self._channel() as channel:
            return _backlogs(channel, lists)

    def waiting_since(self, voice: str, priority: Priority) -> float:
        """Return when a voice's longest-waiting task was sent, in seconds since 1970; now if none waits.

        Raises:
            StoreUnavailable: the broker does not answer.
        """
        now = time.time()
        with self._channel() as channel:
            (backlog,) = _backlogs(channel, [(queue_of(voice), priority)])
        return now - backlog.age

    def _ahead(self, queue: str, priority: Priority) -> int:
        """Return the number of sentences in a queue that are at least as urgent.

        Raises:
            StoreUnavailable: the broker does not answer.
        """
        lists = [(queue, each) for each, step in _PRIORITIES.items() if step <= _PRIORITIES[priority]]
        with self._channel() as channel:
            return sum(each.waiting for each in _backlogs(channel, lists))

    @contextmanager
    def _channel(self) -> Generator[Any]:
        """Yield a broker channel over one of the connections that send tasks.

        Raises:
            StoreUnavailable: the broker does not answer.
        """
        try:
            with translated(), self._app.connection_or_acquire() as connection:
                yield connection.default_channel
        except OperationalError as error:
            raise StoreUnavailable(str(error)) from error

    def _queue(self, voice: str) -> str:
        """Return a voice's queue, after registering it for the workers."""
        queue = queue_of(voice)
        self._store.add(QUEUES, queue)  # each time: a Redis that restarted empty has lost them
        return queue

    def _send(self, task: str, arguments: list[object], queue: str, priority: int) -> None:
        headers = {SENT: str(time.time()), REQUEST: correlation_id.get() or ""}
        tracing.carry(headers)
        try:
            self._app.send_task(task, arguments, queue=queue, priority=priority, headers=headers)
        except OperationalError as error:
            raise StoreUnavailable(str(error)) from error


def _backlogs(channel: Any, lists: Sequence[tuple[str, Priority]]) -> list[Backlog]:
    """Return the backlogs of lists of Celery's Redis transport, of which each queue has one per priority."""
    # One transaction: its replies belong together, whatever an earlier command left on the connection.
    pipeline = channel.client.pipeline(transaction=True)
    for queue, priority in lists:
        name = _list(channel, queue, _PRIORITIES[priority])
        pipeline.llen(name).lindex(name, -1)
    replies = pipeline.execute(raise_on_error=False)
    return [
        _backlog(*each, waiting, following)
        for each, waiting, following in zip(lists, replies[::2], replies[1::2], strict=True)
    ]


def _backlog(queue: str, priority: Priority, waiting: int | Exception, following: Any) -> Backlog:
    """Return the backlog of one list, from its length and its next task, or the error of both commands."""
    if isinstance(waiting, Exception):
        if not is_wrong_kind(waiting):
            raise waiting
        return Backlog(queue, priority, 0, 0.0)  # damaged: counts as empty, and does not block other queues
    return Backlog(queue, priority, waiting, max(0.0, time.time() - _sent(following)))


def _sent(message: bytes | None) -> float:
    """Return when a task was sent; infinity if it has no such header."""
    headers = (unpacked(_MESSAGE, message) or {}).get("headers")
    try:
        return float(headers[SENT]) if isinstance(headers, dict) else math.inf
    except (KeyError, TypeError, ValueError):
        return math.inf


def _list(channel: Any, queue: str, step: int) -> str:
    """Return the Redis list of a queue and a priority."""
    return f"{queue}{channel.sep}{step}" if step else queue


def leave_answer(store: Store, ledger: Ledger, answer: str, utterances: list[list[Utterance]]) -> None:
    """Store an answer and announce it."""
    value = UTTERANCES.encode(utterances)
    if answer.startswith(_FORMER_ANSWER):
        store.put(answer, Put(value, _ANSWER_SECONDS))
    else:
        ledger.note(ANSWERS, answer, value, _ANSWER_SECONDS)
        store.publish(answer_channel(answer), b"")

"""Celery: the one way in which work reaches a worker, on one machine or on fifty."""

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

from cache.errors import StoreUnavailable, WrongKind
from cache.faults import translated
from cache.ledger import Ledger
from cache.store import Put, Store
from service.jobs.broker import broker
from service.metrics import tracing
from service.model.article import Priority
from service.model.operations import Backlog
from service.model.reading import SpokenText, Utterance
from service.model.recording import Plan
from service.storage.codec import PREPARED, UTTERANCES, noun, unpacked
from service.storage.keys import ANSWERS, QUEUES, answer_channel
from service.storage.queue_positions import Places

SPEAK = "istami.speak"
"""Task: speak a sentence of the recording of a key."""
PREPARE = "istami.prepare"
"""Task: speak the one sentence of a plan, which is sent along as JSON."""
UTTER = "istami.utter"
"""Task: vowel and phonemise the pieces of some sentences, and leave the answer in the ledger."""

SENT = "istami_sent"
"""Header of a task: when it was sent, in seconds since 1970, UTC."""
REQUEST = "istami_request"
"""Header of a task: the id of the request that it goes back to, or nothing."""

_MESSAGE = noun("message of Celery", dict[str, Any])

QUEUE = "istami"
"""What any worker can do, whatever its voices."""
_PRIORITIES = {Priority.INTERACTIVE: 0, Priority.BATCH: 9}
"""As Celery's Redis transport counts them: the lower the sooner."""
_ANSWER_SECONDS = 60
_FORMER_ANSWER = "istami:answer:"
"""How names of answers begin that web processes of version 0.1 wait for, in the store."""
_PHRASE_SECONDS = 120.0
_MARGIN_SECONDS = 60.0
"""Work that was taken and not acknowledged comes back, so much later than a phrase may take."""


def queue_of(voice: str) -> str:
    """The queue of all that is to be spoken by a voice."""
    return f"{QUEUE}.{voice}"


def celery(url: str, phrase_seconds: float = _PHRASE_SECONDS) -> Celery:
    """The Celery application over a Redis address.

    Args:
        url: of the Redis.
        phrase_seconds: longest that a phrase may take.

    Tasks are acknowledged when they are done and come back when their process dies. Nothing is kept of
    their results: what they make lies in the store.
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
    """Hands work to workers."""

    def __init__(self, app: Celery, store: Store) -> None:
        """Prepare to hand over.

        Args:
            app: from ``celery``.
            store: where it is noted which queues there are.
        """
        self._app = app
        self._store = store
        self._places = Places(store)

    def speak(self, voice: str, key: str, sentence: int, priority: Priority) -> None:
        """Have a sentence of a planned recording spoken.

        Raises:
            StoreUnavailable: the broker does not answer.
        """
        queue = self._queue(voice)
        if sentence == 0:
            self._places.note(key, voice, self._ahead(queue, priority))
        self._send(SPEAK, [key, sentence], queue, _PRIORITIES[priority])

    def prepare(self, plan: Plan) -> None:
        """Have the one sentence of a plan spoken that is kept nowhere.

        Raises:
            StoreUnavailable: the broker does not answer.
        """
        soonest = _PRIORITIES[Priority.INTERACTIVE]
        self._send(PREPARE, [PREPARED.encode(plan).decode()], self._queue(plan.voice), soonest)

    def ask(self, sentences: Sequence[Sequence[SpokenText]]) -> str:
        """Have the spoken pieces of sentences vowelled and phonemised.

        Returns:
            The entry of the ledger in which a worker will leave the answer; ``answer_channel`` says when.

        Raises:
            StoreUnavailable: the broker does not answer.
        """
        answer = secrets.token_hex(16)
        self._send(UTTER, [answer, [list(pieces) for pieces in sentences]], QUEUE, 0)
        return answer

    def waiting(self) -> int:
        """How many tasks wait for a worker, in all queues.

        Raises:
            StoreUnavailable: the broker does not answer.
        """
        return sum(each.waiting for each in self.backlog())

    def backlog(self) -> list[Backlog]:
        """What waits in each queue.

        Raises:
            StoreUnavailable: the broker does not answer.
        """
        queues = sorted({QUEUE, *self._store.members(QUEUES)})
        with self._channel() as channel:
            return [_backlog(channel, queue, priority) for queue in queues for priority in Priority]

    def waiting_since(self, voice: str, priority: Priority) -> float:
        """When the task was sent that has waited longest for a voice, in seconds since 1970; now without one.

        Raises:
            StoreUnavailable: the broker does not answer.
        """
        now = time.time()
        with self._channel() as channel:
            return now - _backlog(channel, queue_of(voice), priority).age

    def _ahead(self, queue: str, priority: Priority) -> int:
        """How many sentences wait in a queue that are as urgent or more.

        Raises:
            StoreUnavailable: the broker does not answer.
        """
        steps = [step for step in _PRIORITIES.values() if step <= _PRIORITIES[priority]]
        with self._channel() as channel:
            return sum(channel.client.llen(_list(channel, queue, step)) for step in steps)

    @contextmanager
    def _channel(self) -> Generator[Any]:
        """A channel of the broker, over one of the connections that tasks are sent by.

        Raises:
            StoreUnavailable: the broker does not answer.
        """
        try:
            with translated(), self._app.connection_or_acquire() as connection:
                yield connection.default_channel
        except OperationalError as error:
            raise StoreUnavailable(str(error)) from error

    def _queue(self, voice: str) -> str:
        """The queue of a voice, of which workers know from now on."""
        queue = queue_of(voice)
        self._store.add(QUEUES, queue)  # each time: a Redis that came back empty knows of none
        return queue

    def _send(self, task: str, arguments: list[object], queue: str, priority: int) -> None:
        headers = {SENT: str(time.time()), REQUEST: correlation_id.get() or ""}
        tracing.carry(headers)
        try:
            self._app.send_task(task, arguments, queue=queue, priority=priority, headers=headers)
        except OperationalError as error:
            raise StoreUnavailable(str(error)) from error


def _backlog(channel: Any, queue: str, priority: Priority) -> Backlog:
    """What waits in a list of Celery's Redis transport, which has one for each queue and priority."""
    name = _list(channel, queue, _PRIORITIES[priority])
    try:
        with translated():
            waiting, following = channel.client.llen(name), channel.client.lindex(name, -1)
    except WrongKind:  # damaged: nothing waits in it, and other queues are looked at all the same
        return Backlog(queue, priority, 0, 0.0)
    return Backlog(queue, priority, waiting, max(0.0, time.time() - _sent(following)))


def _sent(message: bytes | None) -> float:
    """When a task was sent; never, where it does not tell."""
    headers = (unpacked(_MESSAGE, message) or {}).get("headers")
    try:
        return float(headers[SENT]) if isinstance(headers, dict) else math.inf
    except (KeyError, TypeError, ValueError):
        return math.inf


def _list(channel: Any, queue: str, step: int) -> str:
    """The list of a queue and a priority."""
    return f"{queue}{channel.sep}{step}" if step else queue


def leave_answer(store: Store, ledger: Ledger, answer: str, utterances: list[list[Utterance]]) -> None:
    """Store an answer, and wake whoever waits for it."""
    value = UTTERANCES.encode(utterances)
    if answer.startswith(_FORMER_ANSWER):
        store.put(answer, Put(value, _ANSWER_SECONDS))
    else:
        ledger.note(ANSWERS, answer, value, _ANSWER_SECONDS)
        store.publish(answer_channel(answer), b"")

"""Workers know of every queue that work is in."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from cache.errors import StoreUnavailable
from cache.redis_store import RedisStore
from service.config.settings import Settings
from service.jobs.celery_queue import Queue, queue_of
from service.model.article import Priority
from service.server.container import Container
from service.storage.keys import QUEUES


def test_a_redis_that_comes_back_empty_is_told_of_the_queue_again(store: RedisStore, redis_url: str) -> None:
    queue = Container(Settings(), redis_url).queue
    queue.speak("mine", "a" * 64, 1, Priority.BATCH)
    store._redis.flushall()
    queue.speak("mine", "a" * 64, 2, Priority.BATCH)
    assert store.members(QUEUES) == {queue_of("mine")}
    assert sum(each.waiting for each in queue.backlog()) == 1


@pytest.mark.usefixtures("store")
def test_a_reply_that_was_left_unread_is_not_taken_for_a_backlog(redis_url: str) -> None:
    queue = Container(Settings(), redis_url).queue
    queue.speak("mine", "a" * 64, 1, Priority.BATCH)
    leave_a_reply_unread(queue)
    with suppress(StoreUnavailable):
        assert sum(each.waiting for each in queue.backlog()) == 1
    assert sum(each.waiting for each in queue.backlog()) == 1


@pytest.mark.usefixtures("store")
def test_nor_for_the_place_of_a_first_sentence(redis_url: str) -> None:
    queue = Container(Settings(), redis_url).queue
    queue.speak("mine", "a" * 64, 1, Priority.BATCH)
    leave_a_reply_unread(queue)
    with suppress(StoreUnavailable):
        assert queue._ahead(queue_of("mine"), Priority.BATCH) == 1
    queue.speak("mine", "a" * 64, 0, Priority.BATCH)
    assert queue._ahead(queue_of("mine"), Priority.INTERACTIVE) == 0
    assert queue._ahead(queue_of("mine"), Priority.BATCH) == 2


def leave_a_reply_unread(queue: Queue) -> None:
    """Leave a command on a connection to the broker whose reply arrives when others have been sent."""
    with queue._channel() as channel:
        connection = channel.client.connection_pool.get_connection()
        connection.send_command("BLPOP", "nothing", 0.5)
        channel.client.connection_pool.release(connection)


def test_a_damaged_list_counts_as_empty_and_hides_no_other(store: RedisStore, redis_url: str) -> None:
    queue = Container(Settings(), redis_url).queue
    queue.speak("mine", "a" * 64, 1, Priority.INTERACTIVE)
    store.add(QUEUES, queue_of("damaged"))
    store._redis.set(queue_of("damaged"), "no list")
    assert {(each.queue, each.waiting) for each in queue.backlog()} == {
        (queue_of("mine"), 1),
        (queue_of("mine"), 0),
        (queue_of("damaged"), 0),
        ("istami", 0),
    }
    assert queue.waiting_since("damaged", Priority.INTERACTIVE) <= time.time()

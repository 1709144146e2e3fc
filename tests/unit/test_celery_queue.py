"""Workers know of every queue that work is in."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from cache.errors import StoreUnavailable
from cache.redis_store import RedisStore
from service.config.settings import Settings
from service.jobs.celery_queue import queue_of
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
    with queue._channel() as channel:
        connection = channel.client.connection_pool.get_connection()
        connection.send_command("BLPOP", "nothing", 0.5)  # its reply arrives when others have been sent
        channel.client.connection_pool.release(connection)
    with suppress(StoreUnavailable):
        assert sum(each.waiting for each in queue.backlog()) == 1
    assert sum(each.waiting for each in queue.backlog()) == 1


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

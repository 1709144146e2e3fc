"""Workers know of every queue that work is in."""

from __future__ import annotations

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

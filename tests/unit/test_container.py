"""A process has one of each part, and its parts share their connections to Redis."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import pytest

from cache.redis_ledger import RedisAllowances, RedisLedger
from cache.redis_reader import RedisReader
from cache.redis_store import RedisStore
from service.config.settings import Settings
from service.server import app, worker
from service.server.container import Container
from service.server.web_container import WebContainer
from service.storage.integrity import Finished
from service.storage.repository import Repository

NOWHERE = "redis://127.0.0.1:1/0"
COUNTED = (RedisStore, RedisLedger, RedisReader, RedisAllowances, Repository, Finished)


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """How many of each kind of part are built."""
    counts: Counter[str] = Counter()
    for kind in COUNTED:
        begin = kind.__init__

        def counting(self, *args, _begin=begin, _name=kind.__name__, **kwargs) -> None:
            counts[_name] += 1
            _begin(self, *args, **kwargs)

        monkeypatch.setattr(kind, "__init__", counting)
    return counts


def test_a_web_process_has_one_of_each(built: Counter[str], tmp_path: Path) -> None:
    app.build(Settings(data_dir=tmp_path), NOWHERE)
    assert built == dict.fromkeys((kind.__name__ for kind in COUNTED), 1)


def test_a_worker_has_one_of_each(built: Counter[str], tmp_path: Path) -> None:
    worker.build(Container(Settings(data_dir=tmp_path), NOWHERE))
    ones = (RedisStore, RedisLedger, Repository, Finished)
    assert built == dict.fromkeys((kind.__name__ for kind in ones), 1)


def test_whatever_stores_nothing_needs_no_address(tmp_path: Path) -> None:
    parts = Container(Settings(data_dir=tmp_path))
    assert parts.sites.all() == {}
    assert parts.endpoints.all() == {}
    assert parts.catalogue.list()
    assert parts.intake


def test_nothing_connects_before_it_is_used(tmp_path: Path) -> None:
    """Every part is built over an address where nobody answers, as it is before a worker forks."""
    parts = WebContainer(Settings(data_dir=tmp_path), NOWHERE)
    names = [
        name
        for name, _ in inspect.getmembers(WebContainer, lambda member: isinstance(member, cached_property))
    ]
    assert len(names) > 30
    for name in names:
        if name != "clerk":  # reads an article when it is built
            assert getattr(parts, name) is getattr(parts, name)

"""The note that keys were made: durable, and taken back only by whoever wrote it in vain."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest
from typer.testing import CliRunner

from service.auth.api_keys import Keys, Scope
from service.auth.latch import Latch
from service.cli.keys import app
from service.model.errors import Unwritable


@pytest.fixture
def latch(tmp_path) -> Latch:
    return Latch(tmp_path / "data" / "keys-made")


def test_it_closes_once_and_stays(latch) -> None:
    assert not latch.closed
    assert latch.close()
    assert latch.closed
    assert not latch.close()
    assert [each.name for each in latch.path.parent.iterdir()] == ["keys-made"]


def test_a_first_key_that_comes_to_nothing_leaves_it_open(latch) -> None:
    seen = []

    def make() -> None:
        with latch.closing():
            seen.append(latch.closed)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        make()
    assert seen == [True]
    assert not latch.closed


def test_a_later_key_that_comes_to_nothing_leaves_it_closed(latch) -> None:
    latch.close()
    with pytest.raises(ZeroDivisionError), latch.closing():
        raise ZeroDivisionError
    assert latch.closed


def test_a_folder_that_takes_no_file_is_said(tmp_path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(Unwritable, match="keys-made"):
        Latch(tmp_path / "data" / "keys-made").close()
    assert not Latch(tmp_path / "data" / "keys-made").closed


def test_no_key_is_made_where_it_cannot_be_noted(store, redis_url, tmp_path, monkeypatch) -> None:
    (tmp_path / "data").write_text("a file")
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("REDIS_URL", redis_url)
    result = CliRunner().invoke(app, ["create", "a"])
    assert isinstance(result.exception, Unwritable)
    assert not Keys(store).exist()


def test_what_the_store_or_the_machine_remembers_is_told_to_the_other(store, latch, tmp_path) -> None:
    Keys(store).create("a", Scope.READ)
    assert not Keys(store, latch).latched
    assert Keys(store, latch).exist()
    assert latch.closed
    store._redis.flushall()
    assert Keys(store, latch).lost()
    elsewhere = Latch(tmp_path / "elsewhere" / "keys-made")
    assert Keys(store, elsewhere).exist()
    assert elsewhere.closed


def test_a_revoked_key_s_time_stays_whoever_else_revokes_it(store) -> None:
    made, _ = Keys(store).create("a", Scope.READ)
    first = Keys(store).revoke(made.id)
    assert Keys(store).revoke(made.id).revoked == first.revoked


def test_who_fails_does_not_open_what_another_has_closed_meanwhile(tmp_path) -> None:
    """Of two first keys that are made at once, one is shown; the other comes to nothing."""
    path, order = tmp_path / "keys-made", []
    held, go = threading.Event(), threading.Event()

    def fail() -> None:
        with suppress(OSError), Latch(path).closing():
            held.set()
            go.wait(30)
            order.append("failed")
            raise OSError

    def succeed() -> None:
        with Latch(path).closing():
            order.append("shown")

    first, second = threading.Thread(target=fail), threading.Thread(target=succeed)
    first.start()
    assert held.wait(30)
    second.start()
    go.set()
    first.join(30)
    second.join(30)
    assert order == ["failed", "shown"]
    assert Latch(path).closed


def test_a_note_that_may_be_taken_back_is_not_told_to_the_store(store, latch) -> None:
    keys = Keys(store, latch)
    with suppress(ZeroDivisionError), keys.creating("a", Scope.WRITE), latch.closing():
        assert keys.exist(), "closed for as long as the note is there"
        raise ZeroDivisionError
    assert not keys.exist()
    latch.close()
    assert keys.exist()
    assert Keys(store).exist()

"""``istami webhooks`` as whoever runs the service uses it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from standardwebhooks import Webhook
from typer.testing import CliRunner

from service.cli.main import app
from service.config.settings import Settings
from service.model.errors import BadUrl, BadWebhooks, NotAllowed, NotFound, Unreachable
from service.server.container import Container
from service.webhooks import Outbox
from service.webhooks.models import READY, DeliveryStatus, Event, Health

SECRET = re.compile(r"^whsec_[A-Za-z0-9+/=]{40,}$", re.MULTILINE)
Run = Callable[..., str]


@pytest.fixture
def run(store: Any, redis_url: str, tmp_path: Any, receiver: Any, monkeypatch: pytest.MonkeyPatch) -> Run:
    assert store.size("istami") == 0
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("ISTAMI_WEBHOOK_PRIVATE_HOSTS", f"127.0.0.1:{receiver.port}")

    def run(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, words, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result.output

    return run


@pytest.fixture
def outbox(run: Run, redis_url: str) -> Outbox:
    assert run("webhooks", "--help")
    return Container(Settings(), redis_url).outbox


def test_one_that_is_added_shows_its_secret_this_once(run: Run, receiver: Any) -> None:
    shown = run("webhooks", "add", "cms", receiver.address, "--event", "article.ready", "--site", "a.example")
    assert len(SECRET.findall(shown)) == 1
    assert "ISTAMI_PUBLIC_URL" in shown
    listed = run("webhooks", "list")
    assert "whsec_" not in listed
    for told in ("cms", receiver.address, "article.ready", "a.example", "fine"):
        assert told in listed
    run("webhooks", "add", "other", receiver.address, "--on-request")
    assert "on request" in run("webhooks", "list")
    run("webhooks", "remove", "cms")
    assert "cms" not in run("webhooks", "list").split()


def test_one_that_nothing_may_be_sent_to_is_not_added(run: Run, receiver: Any) -> None:
    with pytest.raises(NotAllowed, match="https"):
        run("webhooks", "add", "cms", "http://cms.example/")
    with pytest.raises(BadUrl):
        run("webhooks", "add", "cms", "cms.example")
    with pytest.raises(BadWebhooks, match="name"):
        run("webhooks", "add", "a b", "https://cms.example/")
    run("webhooks", "add", "cms", receiver.address)
    with pytest.raises(BadWebhooks, match="remove"):
        run("webhooks", "add", "cms", receiver.address)


def test_a_test_is_sent_at_once_and_verifies_with_either_secret_after_a_rotation(
    run: Run, receiver: Any
) -> None:
    (old,) = SECRET.findall(run("webhooks", "add", "cms", receiver.address))
    (new,) = SECRET.findall(run("webhooks", "rotate", "cms"))
    assert "204" in run("webhooks", "test", "cms")
    (got,) = receiver.got
    for secret in (old, new):
        assert Webhook(secret).verify(got.body, got.headers)["type"] == "webhook.test"
    receiver.next.append(500)
    with pytest.raises(Unreachable):
        run("webhooks", "test", "cms")


def test_a_rotation_without_hours_ends_the_old_secret(run: Run) -> None:
    run("webhooks", "add", "cms", "https://cms.example/")
    run("webhooks", "rotate", "cms", "--hours", "0")
    assert len(Container(Settings()).endpoints.existing("cms").secrets(time.time())) == 1


@pytest.mark.parametrize("word", ["remove", "rotate", "enable", "test"])
def test_one_that_is_not_there_is_said_to_be_missing(run: Run, word: str) -> None:
    with pytest.raises(BadWebhooks, match="nowhere"):
        run("webhooks", word, "nowhere")


def test_what_was_given_up_is_listed_and_replayed(run: Run, outbox: Outbox, receiver: Any) -> None:
    run("webhooks", "add", "cms", receiver.address)
    for number in range(3):
        outbox.put(Event.of(READY, (number,), 1.0, {}), "cms", receiver.address)
    first, second, third = outbox.newest(3)
    for each in (first, second):
        claim = outbox.claim(each.id)
        assert claim
        outbox.keep(claim, replace(each, status=DeliveryStatus.FAILED))
        outbox.release(claim)
    assert run("webhooks", "deliveries").count("msg_") == 3
    failed = run("webhooks", "deliveries", "--failed", "--webhook", "cms")
    assert {word for word in failed.split() if word.startswith("msg_")} == {first.id, second.id}
    assert run("webhooks", "deliveries", "--webhook", "other").count("msg_") == 0
    assert run("webhooks", "deliveries", "-n", "1").count("msg_") == 1
    assert run("webhooks", "replay", "--failed", "--webhook", "cms").split() == [first.id, second.id]
    assert {each.status for each in outbox.newest(3)} == {DeliveryStatus.WAITING}
    assert run("webhooks", "replay", third.id).split() == [third.id]
    run("webhooks", "replay", code=2)
    with pytest.raises(NotFound):
        run("webhooks", "replay", "msg_none")


def test_the_doctor_says_which_is_disabled_and_what_to_do(run: Run, outbox: Outbox, receiver: Any) -> None:
    run("webhooks", "add", "cms", receiver.address)
    outbox.keep_health("cms", Health(1.0, 2.0, 3.0, "it answers 410 Gone"))
    told = run("doctor")
    assert "cms disabled: it answers 410 Gone" in told
    assert "then enable cms" in told
    assert f"private network: 127.0.0.1:{receiver.port}" in told
    assert "disabled: it answers 410 Gone" in run("webhooks", "list")
    run("webhooks", "enable", "cms")
    assert "disabled" not in run("doctor")

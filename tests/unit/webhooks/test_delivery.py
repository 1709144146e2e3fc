"""What was not taken is sent again, later and later, and in the end is let be; then it can be replayed."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from standardwebhooks import Webhook

from cache.store import Put
from service.metrics.instruments import WEBHOOKS
from service.model.errors import Conflict, NotFound
from service.storage import keys
from service.webhooks.models import Health

DAY = 86_400


def outcome(house: Any) -> None:
    """Something to tell, put down."""
    house.end(house.submit())
    house.event_publisher.round()


class TestRetries:
    @pytest.mark.parametrize(("answer", "said"), [(500, "500"), (404, "404"), (0, "None")])
    def test_what_was_not_taken_is_sent_again_under_the_same_id_newly_signed(
        self, house: Any, answer: int, said: str
    ) -> None:
        secret = house.add()
        before = {result: WEBHOOKS.labels("cms", result)._value.get() for result in ("taken", "failed")}
        house.receiver.next.append(answer)
        outcome(house)
        house.carry()
        delivery, attempt = house.last
        assert (delivery.status, str(attempt.status)) == ("waiting", said)
        assert bool(attempt.error) is (answer == 0)
        house.due()
        house.carry()
        first, second = house.receiver.got
        assert first.body == second.body
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert Webhook(secret).verify(second.body, second.headers)
        delivery, attempt = house.last
        assert (delivery.status, attempt.status, len(delivery.attempts)) == ("delivered", 204, 2)
        house.carry()
        assert len(house.receiver.got) == 2
        counted = {
            result: WEBHOOKS.labels("cms", result)._value.get() - was for result, was in before.items()
        }
        assert counted == {"taken": 1, "failed": 1}

    def test_a_redirect_is_not_taken_and_not_followed(self, house: Any, receive: Any) -> None:
        other = receive()
        house.add()
        house.receiver.next.append({"Location": other.address})
        outcome(house)
        house.carry()
        assert house.last[0].status == "waiting"
        assert house.last[1].status == 302
        assert not other.got

    def test_the_pauses_are_those_of_the_schedule_and_then_it_is_given_up(self, house: Any) -> None:
        house.add()
        house.receiver.next += [500] * 20
        outcome(house)
        pauses = []
        for _ in range(10):
            begun = time.time()
            house.carry()
            pauses.append(house.last[0].due - begun)
            assert house.last[0].status == ("waiting" if len(pauses) < 10 else "failed")
            house.due()
        schedule = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
        for pause, told in zip(pauses, schedule, strict=False):
            assert told <= pause <= told * 1.1 + 5
        house.due()
        house.carry()
        assert len(house.receiver.got) == 10

    def test_a_server_that_says_when_is_believed(self, house: Any) -> None:
        house.add()
        house.receiver.next += [{"Retry-After": "3000"}, {"Retry-After": "99999"}]
        outcome(house)
        for told in (3000, DAY):
            begun = time.time()
            house.carry()
            assert told <= house.last[0].due - begun < told + 60
            house.due()

    def test_what_is_not_due_is_not_sent(self, house: Any) -> None:
        house.add()
        house.receiver.next.append(500)
        outcome(house)
        for _ in range(3):
            house.carry()
        assert len(house.receiver.got) == 1

    def test_one_server_that_hangs_holds_no_other_up(self, house: Any, receive: Any) -> None:
        other = receive()
        house.settings = house.settings.model_copy(
            update={
                "webhook_seconds": 30,
                "webhook_private_hosts": frozenset(
                    {f"127.0.0.1:{each.port}" for each in (other, house.receiver)}
                ),
            }
        )
        house.__post_init__()
        house.add("slow")
        house.add("quick", url=other.address)

        def when_the_other_has_all() -> int:
            deadline = time.monotonic() + 20
            while len(other.got) < 8 and time.monotonic() < deadline:
                time.sleep(0.01)
            return 204 if len(other.got) == 8 else 500

        house.receiver.next += [when_the_other_has_all] * 8
        for number in range(8):
            house.end(house.submit(f"a{number}"))
        house.event_publisher.round()
        house.carry()
        assert len(other.got) == len(house.receiver.got) == 8
        assert {each.status for each in house.outbox.newest(99)} == {"delivered"}

    def test_where_nothing_may_be_sent_nothing_is(self, house: Any) -> None:
        house.add()
        outcome(house)
        house.carry(webhook_private_hosts=frozenset())
        assert house.last[1].error
        assert not house.receiver.got


class TestDeath:
    def test_who_died_while_sending_is_done_without_when_its_claim_has_run_out(self, house: Any) -> None:
        house.add()
        outcome(house)
        (delivery,) = house.outbox.newest(1)
        claim = house.store.claim(keys.delivery_claim_name(delivery.id), 60)
        assert claim
        house.carry()
        assert not house.receiver.got
        house.store.renew(claim, 0)
        house.carry()
        assert len(house.receiver.got) == 1

    def test_many_who_look_send_it_once(self, house: Any) -> None:
        house.add()
        house.receiver.next.append(lambda: time.sleep(0.3) or 204)
        outcome(house)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: house.carry(), range(8)))
        assert len(house.receiver.got) == 1

    def test_one_that_has_ended_and_still_stands_as_due_is_not_sent_again(self, house: Any) -> None:
        """It was kept, and whoever kept it died before it was taken out of what is due."""
        house.add()
        outcome(house)
        house.carry()
        delivery, _ = house.last
        house.store.place(keys.due_name("cms"), delivery.id, 0)
        house.store.place(keys.due_name("cms"), "msg_never", 0)
        house.carry()
        assert len(house.receiver.got) == 1
        assert house.outbox.due("cms", 9) == []

    def test_one_that_is_damaged_holds_no_other_up(self, house: Any) -> None:
        house.add()
        outcome(house)
        damaged = house.outbox.newest(1)[0]
        house.store.put(keys.delivery_name(damaged.id), Put(b"{", None))
        house.end(house.submit("b"))
        house.event_publisher.round()
        house.carry()
        assert [each["data"]["id"] for each in house.receiver.events()] == ["b"]
        assert house.outbox.due("cms", 9) == []
        house.store.put(keys.health_name("cms"), Put(b"{", None))
        assert house.outbox.health("cms") == Health()


class TestReplay:
    def test_what_was_given_up_is_sent_again_with_all_its_tries(self, house: Any) -> None:
        house.add()
        house.receiver.next += [500, 500, 500]
        outcome(house)
        for _ in range(2):
            house.carry(webhook_retries=(1,))
            house.due()
        assert house.last[0].status == "failed"
        again = house.outbox.replay(house.last[0].id)
        house.carry(webhook_retries=(1,))
        assert house.last[0].status == "waiting"
        house.due()
        house.carry(webhook_retries=(1,))
        delivery, _ = house.last
        assert (delivery.id, delivery.status, len(delivery.attempts)) == (again.id, "delivered", 4)
        assert len({each.headers["webhook-id"] for each in house.receiver.got}) == 1

    def test_what_was_delivered_may_be_sent_once_more(self, house: Any) -> None:
        house.add()
        outcome(house)
        house.carry()
        house.outbox.replay(house.last[0].id)
        house.carry()
        assert house.receiver.got[0].body == house.receiver.got[1].body

    def test_what_is_not_there_or_being_sent_is_said_so(self, house: Any) -> None:
        with pytest.raises(NotFound):
            house.outbox.replay("msg_none")
        house.add()
        outcome(house)
        (delivery,) = house.outbox.newest(1)
        claim = house.outbox.claim(delivery.id)
        with pytest.raises(Conflict):
            house.outbox.replay(delivery.id)
        house.outbox.release(claim)

    def test_the_last_twenty_attempts_are_kept(self, house: Any) -> None:
        house.add()
        outcome(house)
        for _ in range(22):
            house.carry()
            house.outbox.replay(house.last[0].id)
        assert len(house.last[0].attempts) == 20


class TestHealth:
    def fail(self, house: Any) -> None:
        house.receiver.next.append(500)
        house.carry()

    def test_after_days_of_nothing_but_failures_it_is_disabled_and_said_so(
        self, house: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        house.add()
        outcome(house)
        self.fail(house)
        health = house.outbox.health("cms")
        assert health.failing_since
        assert not health.disabled
        house.outbox.keep_health("cms", Health(time.time() - 5.5 * DAY, time.time() - DAY))
        house.due()
        self.fail(house)
        assert "no event was accepted for 5.5 days: it returned 500" in str(house.outbox.health("cms").reason)
        assert "webhook cms is disabled" in caplog.text
        house.due()
        house.carry()
        delivery, attempt = house.last
        assert (delivery.status, attempt.error) == ("failed", "its webhook is disabled")
        assert len(house.receiver.got) == 2
        house.outbox.keep_health("cms", Health())
        house.outbox.replay(delivery.id)
        house.carry()
        assert house.last[0].status == "delivered"

    def test_one_that_takes_something_in_between_is_well(self, house: Any) -> None:
        house.add()
        house.outbox.keep_health("cms", Health(time.time() - 9 * DAY, time.time() - 60))
        outcome(house)
        house.carry()
        assert house.outbox.health("cms") == Health()

    def test_failures_with_days_of_silence_between_are_no_row(self, house: Any) -> None:
        house.add()
        house.outbox.keep_health("cms", Health(time.time() - 9 * DAY, time.time() - 3 * DAY))
        outcome(house)
        self.fail(house)
        assert not house.outbox.health("cms").disabled

    def test_two_patiences_are_two_outcomes(self, house: Any) -> None:
        house.add()
        for patience, disabled in ((4, False), (2, True)):
            house.outbox.keep_health("cms", Health(time.time() - 3 * DAY, time.time() - 60))
            house.end(house.submit(f"a{patience}"))
            house.event_publisher.round()
            house.receiver.next.append(500)
            house.carry(webhook_patience=patience)
            assert bool(house.outbox.health("cms").disabled) is disabled

    def test_one_that_is_gone_wants_nothing_more(self, house: Any) -> None:
        house.add()
        house.receiver.next.append(410)
        outcome(house)
        house.carry()
        assert house.last[0].status == "failed"
        assert house.outbox.health("cms").reason == "it returned 410 Gone"

    def test_what_waits_for_one_that_was_removed_is_given_up(self, house: Any) -> None:
        house.add()
        outcome(house)
        house.endpoints.remove("cms")
        house.carry()
        assert (house.last[0].status, house.last[1].error) == ("failed", "its webhook was removed")
        assert not house.receiver.got

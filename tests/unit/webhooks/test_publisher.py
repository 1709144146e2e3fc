"""An outcome is told once to each who is to be told, whoever looks, however often, whoever dies."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from service.model.article import Priority
from service.model.errors import NotAllowed
from service.storage import keys
from service.webhooks.models import DeliveryStatus


def expected(house: Any) -> int:
    return len(house.store.members(keys.EXPECTED))


class TestArticles:
    def test_one_that_is_ready_is_told_with_all_its_addresses(self, house: Any) -> None:
        house.add()
        record = house.submit(
            title="أمطار الخير", site="news.example", section="طقس", url="https://news.example/a"
        )
        assert house.tell() == []
        house.end(record)
        (event,) = house.tell()
        (got,) = house.receiver.got
        assert event["id"] == got.headers["webhook-id"]
        assert event["type"] == "article.ready"
        assert event["timestamp"].endswith("Z")
        own = "https://listen.example/v1/articles/a"
        assert event["data"] == {
            "id": "a",
            "key": record.key,
            "title": "أمطار الخير",
            "site": "news.example",
            "section": "طقس",
            "page_url": "https://news.example/a",
            "private": False,
            "voice": "espeak-ar",
            "article_url": own,
            "duration_seconds": 4.25,
            "audio_url": f"https://listen.example/audio/{record.key}.mp3",
            "marks_url": f"{own}/marks.json",
            "captions_url": f"{own}/captions.vtt",
            "player_url": "https://listen.example/player/a",
        }
        assert "أمطار" in got.body.decode()

    def test_one_that_has_failed_is_told_with_the_reason_in_both_languages(self, house: Any) -> None:
        house.add()
        house.end(house.submit(), failed=True)
        (event,) = house.tell()
        assert event["type"] == "article.failed"
        assert event["data"]["error"] == {
            "code": "EngineError",
            "message": {"ar": "تعذّر نطقها.", "en": "It cannot be said."},
        }

    def test_a_private_one_is_told_with_the_address_that_asks_for_a_key(self, house: Any) -> None:
        house.add()
        house.end(house.submit(private=True))
        (event,) = house.tell()
        assert event["data"]["private"]
        assert event["data"]["audio_url"] == "https://listen.example/v1/articles/a/audio.mp3"

    def test_it_is_told_once_though_many_sent_it_and_many_look(self, house: Any) -> None:
        house.add()
        with ThreadPoolExecutor(8) as pool:
            records = list(pool.map(lambda _: house.submit(), range(12)))
        house.end(records[0])
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: house.event_publisher.round(), range(16)))
            list(pool.map(lambda _: house.carry(), range(4)))
        assert len(house.receiver.got) == 1
        house.submit()
        assert house.tell() == []
        assert expected(house) == 0

    def test_two_articles_of_one_sound_are_told_each(self, house: Any) -> None:
        house.add()
        record = house.submit("a", text="النص نفسه.")
        assert house.submit("b", text="النص نفسه.").key == record.key
        house.end(record)
        assert sorted(event["data"]["id"] for event in house.tell()) == ["a", "b"]
        house.submit("c", text="النص نفسه.")
        assert [event["data"]["id"] for event in house.tell()] == ["c"]

    def test_one_that_failed_and_is_ready_the_next_time_is_told_twice(self, house: Any) -> None:
        house.add()
        house.end(house.submit(), failed=True)
        record = house.submit()
        assert house.tell() == []
        house.end(record)
        assert [event["type"] for event in house.tell()] == ["article.ready"]
        house.submit("b")
        house.end(house.submit("b"), failed=True)
        assert [event["type"] for event in house.tell()] == ["article.failed"]
        house.end(house.submit("b"), failed=True)
        assert [event["type"] for event in house.tell()] == ["article.failed"]

    def test_what_was_put_down_when_somebody_died_is_not_told_again(self, house: Any) -> None:
        """The event is in the outbox, the note that it is expected is still there, as after a SIGKILL."""
        house.add()
        house.end(house.submit())
        (note,) = house.store.members(keys.EXPECTED)
        assert len(house.tell()) == 1
        house.store.add(keys.EXPECTED, note)
        assert house.tell() == []
        assert expected(house) == 0

    def test_what_was_put_down_half_is_sent(self, house: Any) -> None:
        """Only the delivery itself is there; where to look for it is not yet."""
        house.add()
        house.end(house.submit())
        (note,) = house.store.members(keys.EXPECTED)
        house.event_publisher.round()
        store = house.store
        store.delete(keys.due_name("cms"), keys.DELIVERIES)
        store.add(keys.EXPECTED, note)
        assert len(house.tell()) == 1

    def test_deleted_or_replaced_before_it_is_made_it_is_not_told(self, house: Any) -> None:
        house.add()
        house.submit("gone")
        house.article_service.delete("gone")
        house.submit("new")
        second = house.submit("new", text="نسخة ثانية من المقال.")
        house.end(second)
        assert [event["data"]["key"] for event in house.tell()] == [second.key]

    def test_a_damaged_note_holds_nothing_up(self, house: Any) -> None:
        house.add()
        house.store.add(keys.EXPECTED, "{")
        house.end(house.submit())
        assert len(house.tell()) == 1
        assert expected(house) == 0


class TestWho:
    def test_nobody_is_told_where_there_is_no_webhook_for_it(self, house: Any) -> None:
        house.submit()
        house.add(events=["batch.done"])
        house.submit("b")
        house.submit("c", announced=False)
        assert expected(house) == 0

    def test_a_request_names_an_address_of_its_own(self, house: Any) -> None:
        house.add(events=[])
        house.end(house.submit(webhook=house.receiver.address + "/mine?article=a"))
        house.submit("b")
        assert len(house.tell()) == 1
        assert house.receiver.got[0].path == "/hooks/mine?article=a"

    def test_a_request_for_a_server_that_nobody_allowed_is_refused_and_nothing_is_made(
        self, house: Any
    ) -> None:
        house.add()
        with pytest.raises(NotAllowed):
            house.submit(webhook="https://elsewhere.example/")
        assert house.repository.article("a") is None
        assert not house.store.members(keys.PENDING)

    def test_a_site_s_is_told_of_its_articles_alone(self, house: Any) -> None:
        house.add(sites=["a.example"])
        house.end(house.submit("a", site="a.example", priority=Priority.BATCH))
        house.end(house.submit("b", site="b.example"))
        assert [event["data"]["id"] for event in house.tell()] == ["a"]


class TestWhatIsKept:
    def test_what_waits_outlives_a_store_that_is_short_of_room_and_what_has_ended_expires(
        self, house: Any
    ) -> None:
        house.add()
        house.end(house.submit())
        house.event_publisher.round()
        (delivery,) = house.outbox.newest(1)
        redis, name = house.store._redis, keys.delivery_name(delivery.id)
        assert redis.ttl(name) == redis.ttl(keys.due_name("cms")) == -1
        house.carry()
        assert 29 * 86_400 < redis.ttl(name) <= 30 * 86_400

    def test_no_more_that_have_ended_are_kept_than_was_set(self, house: Any) -> None:
        house.settings = house.settings.model_copy(update={"webhook_kept": 3})
        house.__post_init__()
        house.add()
        for number in range(6):
            house.end(house.submit(f"a{number}"))
            house.tell()
        told = [json.loads(each.body)["data"]["id"] for each in house.outbox.newest(9)]
        assert told == ["a5", "a4", "a3"]
        found = house.store._redis.keys("istami:{webhook:*}:delivery")
        assert len(found) == 3

    @pytest.mark.parametrize("room", [1, 2])
    def test_no_more_wait_for_a_webhook_than_was_set(self, house: Any, room: int) -> None:
        house.settings = house.settings.model_copy(update={"webhook_waiting": room})
        house.__post_init__()
        house.add()
        for number in range(3):
            house.end(house.submit(f"a{number}"))
        house.event_publisher.round()
        assert len(house.outbox.newest(9, status=DeliveryStatus.WAITING)) == room
        given_up = house.outbox.newest(9, status=DeliveryStatus.FAILED)
        assert len(given_up) == 3 - room
        assert given_up[0].attempts[0].error == f"{room} deliveries are pending for its webhook"
        house.carry()
        assert len(house.receiver.got) == room
        house.outbox.replay(given_up[0].id)
        house.carry()
        assert len(house.receiver.got) == room + 1

    def test_a_list_passes_over_what_has_expired(self, house: Any) -> None:
        house.add()
        for article in ("a", "b"):
            house.end(house.submit(article))
            house.tell()
        gone = house.outbox.newest(1)[0]
        house.store.delete(keys.delivery_name(gone.id))
        assert [json.loads(each.body)["data"]["id"] for each in house.outbox.newest(9)] == ["a"]

"""One bad value stops nothing else: every kind of value in the store, damaged or written by a newer version.

What the service keeps is listed in ``service/storage/keys.py``; a name without a case here fails
the tests of damage.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from redis import Redis

from cache import redis_ledger
from cache.redis_store import RedisStore
from service.config.settings import Settings
from service.pages.fetch_log import FetchLog
from service.pages.quotas import Pace, Quotas
from service.recordings.plan import sentence_key
from service.server.container import Container
from service.storage import keys
from service.storage.queue_positions import Places
from service.webhooks import Endpoints

NEWER = b'{"v": 2, "is": {"of": ["a", "newer"]}, "version": 99}'
GARBAGE = b"\xff\xfe\x00 no \x80 value"
SITE = "news.example"
ADDRESS = "198.51.100.7"

SETS = {
    *(keys.PENDING, keys.BATCHES, keys.EXPECTED, keys.ADDRESSED, keys.QUEUES, keys.KEYS, keys.DRAFTS),
    keys.UNREAD_ARTICLES,
}
ORDERED = {keys.PARKED, keys.DELIVERIES, keys.due_name("cms")}


@dataclass(frozen=True)
class Entry:
    """An entry of the ledger."""

    table: str
    name: str

    @property
    def values(self) -> str:
        return redis_ledger._names(self.table)[0]

    @property
    def ends(self) -> str:
        return redis_ledger._names(self.table)[1]


Place = str | Entry
"""Where a value is: under a name of the store, or in the ledger."""


def _set(redis: Redis, place: Place, value: bytes) -> None:
    """Put a value down: in place of what is there, or beside the members of a set."""
    if isinstance(place, Entry):
        for name in (place.name.encode(), value):  # an entry of another name is damaged as well
            redis.hset(place.values, name, value)
            redis.zadd(place.ends, {name: (time.time() + 3600) * 1e6})
        return
    kind = redis.type(place)
    if kind == b"set" or (kind == b"none" and place in SETS):
        redis.sadd(place, value)
    elif kind == b"zset" or (kind == b"none" and place in ORDERED):
        redis.zadd(place, {value: 0, value + b" ": time.time() * 2})
    elif kind == b"hash":
        redis.hset(place, value, value)
    else:
        redis.set(place, value)


def _whole(redis: Redis, place: Place) -> bytes:
    """What is there, or what might be."""
    if isinstance(place, Entry):
        found = redis.hget(place.values, place.name)
    else:
        found = redis.get(place) if redis.type(place) == b"string" else None
    return found or b'{"key": "a", "article": "b"}'


def garbage(redis: Redis, place: Place) -> None:
    _set(redis, place, GARBAGE)


def truncated(redis: Redis, place: Place) -> None:
    whole = _whole(redis, place)
    _set(redis, place, whole[: len(whole) // 2])


def of_another_type(redis: Redis, place: Place) -> None:
    name = place.values if isinstance(place, Entry) else place
    redis.delete(name)
    redis.rpush(name, "no", "value")


def of_a_newer_version(redis: Redis, place: Place) -> None:
    _set(redis, place, NEWER)


def ends_of_another_type(redis: Redis, entry: Entry) -> None:
    redis.delete(entry.ends)
    redis.rpush(entry.ends, "no", "end")


def ending_never(redis: Redis, entry: Entry) -> None:
    redis.hset(entry.values, entry.name, GARBAGE)
    redis.zadd(entry.ends, {entry.name: "+inf", GARBAGE: "+inf"})


def without_ends(redis: Redis, entry: Entry) -> None:
    redis.hset(entry.values, entry.name, GARBAGE)
    redis.delete(entry.ends)


def without_values(redis: Redis, entry: Entry) -> None:
    redis.zadd(entry.ends, {entry.name: (time.time() + 3600) * 1e6})
    redis.delete(entry.values)


@dataclass
class Scene:
    """A service with one of everything."""

    client: httpx.Client
    redis: Redis
    url: str
    metrics: str
    number: int
    admin: str
    other_key: str
    until: Callable[..., None]

    def prepare(self) -> None:
        self.ids = {kind: f"{kind}-{self.number}" for kind in ("public", "private", "untouched")}
        self.keys = {
            kind: self.post(
                {
                    "id": id_,
                    "text": f"قصة {kind} رقم {self.number}.",
                    "site": SITE,
                    "private": kind == "private",
                }
            )
            for kind, id_ in self.ids.items()
        }
        self.batch = self.posted_batch("scene")
        plan = Container(Settings(), self.url).repository.needed_plan(self.keys["public"])
        self.sentence = sentence_key(plan.sentences[0], plan)
        self.until(self.deliveries, 60, "something to be told")
        self.delivery = self.deliveries()[0]["id"]
        ledger = Container(Settings(), self.url).ledger
        self.process = next(iter(ledger.every(keys.LEVELS)))
        self.worker = next(iter(ledger.every(keys.WORKERS)))

    def post(self, article: dict[str, Any]) -> str:
        """Posted, and ready: its key."""
        answer = self.client.post("/v1/articles", json=article)
        assert answer.status_code in {200, 202}, answer.text
        own = f"/v1/articles/{article['id']}"
        self.until(lambda: self.client.get(own).json().get("status") == "ready", 90, f"{article['id']} ready")
        return str(answer.json()["key"])

    def posted_batch(self, name: str) -> str:
        """A batch of two, done: its id."""
        lines = "".join(f'{{"id": "{name}-{self.number}-{at}", "text": "خبر {at}."}}\n' for at in "ab")
        answer = self.client.post(
            "/v1/batches", content=lines, headers={"Content-Type": "application/x-ndjson"}
        )
        assert answer.status_code < 300, answer.text
        own = f"/v1/batches/{answer.json()['id']}"
        self.until(lambda: self.client.get(own).json().get("status") == "done", 90, "a batch done")
        return str(answer.json()["id"])

    def deliveries(self) -> list[dict[str, Any]]:
        return list(self.client.get("/v1/webhooks/deliveries").json()["deliveries"])

    def stands(self, after: str) -> None:
        """What is not damaged is as it was, and nobody is let in."""
        for path in (
            *(f"/v1/articles/{id_}" for id_ in self.ids.values()),
            *(
                "/feed.xml",
                f"/feed.xml?site={SITE}",
                "/v1/voices",
                "/v1/batches",
                f"/v1/batches/{self.batch}",
            ),
            *("/v1/webhooks", "/v1/webhooks/deliveries", f"/audio/{self.keys['untouched']}.mp3"),
        ):
            answer = self.client.get(path)
            assert answer.status_code in {200, 404}, (
                f"{path} after {after}: {answer.status_code} {answer.text}"
            )
        assert self.client.get(f"/v1/articles/{self.ids['untouched']}").json()["status"] == "ready", after
        # A worker whose report is damaged counts as absent until it says again, three seconds later.
        self.until(lambda: self.client.get("/readyz").status_code == 200, 30, f"ready after {after}")
        assert "istami_redis_up 1.0" in httpx.get(self.metrics, trust_env=False, timeout=60).text, after
        with httpx.Client(base_url=self.client.base_url, trust_env=False, timeout=60) as stranger:
            assert stranger.get("/v1/batches").status_code == 401, f"open after {after}"

    def reads(self) -> None:
        """What the service reads when somebody asks for a page of a site, by the same code."""
        kept = Container(Settings(), self.url).repository
        fetch_log, quotas = FetchLog(kept), Quotas(kept)
        assert fetch_log.last("page-x") is None
        fetch_log.check("page-x")
        assert quotas.used(SITE).articles in {0, 1}
        Pace(kept.ledger, 1000).admit(ADDRESS)
        assert all(given_up.failure.en for given_up in kept.given_up())
        assert kept.clips.overruns(self.sentence) == 0
        assert kept.clips.attempt(self.sentence) == 1
        kept.ledger.forget(keys.ATTEMPTS, self.sentence)  # it is not begun time and again in truth
        assert kept.ledger.take(keys.RESENT, f"{self.keys['public']}:lost", 10**6, 60).allowed
        Places(kept.store).ahead(self.keys["public"], "espeak-ar")
        Places(kept.store).serve("espeak-ar")
        assert kept.moved("espeak-ar") <= time.time()


LEDGER: dict[str, Callable[[Scene], Entry]] = {
    "LEVELS": lambda scene: Entry(keys.LEVELS, scene.process),
    "WORKERS": lambda scene: Entry(keys.WORKERS, scene.worker),
    "RATES": lambda scene: Entry(keys.RATES, f"reading:key:{scene.admin.split('_')[1]}"),
    "PACE": lambda _: Entry(keys.PACE, ADDRESS),
    "ATTEMPTS": lambda scene: Entry(keys.ATTEMPTS, scene.sentence),
    "OVERRUNS": lambda scene: Entry(keys.OVERRUNS, scene.sentence),
    "RESENT": lambda scene: Entry(keys.RESENT, f"{scene.keys['public']}:lost"),
    "GIVEN_UP": lambda scene: Entry(keys.GIVEN_UP, scene.keys["public"]),
    "ANSWERS": lambda _: Entry(keys.ANSWERS, "0" * 32),
    "REFUSALS": lambda _: Entry(keys.REFUSALS, "page-x"),
    "PAID_CHARACTERS": lambda _: Entry(keys.PAID_CHARACTERS, f"far {datetime.now(UTC):%Y-%m}"),
    "PAID_NOTES": lambda _: Entry(keys.PAID_NOTES, "stop:far"),
    "day_name": lambda _: Entry(keys.day_name(SITE), f"{int(time.time()) // 86_400} page-a kkk 1234"),
}
CASES: dict[str, Callable[[Scene], Place]] = {
    **LEDGER,
    **{
        name: lambda _, name=name: getattr(keys, name)
        for name in (
            *("PENDING", "ROUND", "UNSAVED", "WORKING", "QUEUES", "PARKED", "SIGNING", "KEYS", "DRAFTS"),
            *("KEYS_MADE", "BATCHES", "EXPECTED", "ADDRESSED", "DELIVERIES", "COUNTED"),
            "UNREAD_ARTICLES",
        )
    },
    **{
        name: lambda scene, name=name: getattr(keys, name)(scene.keys["public"])
        for name in (
            *("audio_name", "seal_name", "live_name", "claim_name", "channel", "timings_name", "asked_name"),
            *("growing_timings_name", "wanting_name", "sent_name", "plan_name", "state_name", "place_name"),
        )
    },
    **{
        name: lambda scene, name=name: getattr(keys, name)(scene.ids["private"])
        for name in (
            *("article_name", "owner_name", "recordings_name"),
            *("beginning_name", "beginning_claim_name", "reading_channel"),
        )
    },
    **{
        name: lambda scene, name=name: getattr(keys, name)(scene.sentence)
        for name in ("sentence_claim_name", "waiting_name", "holders_name")
    },
    **{name: lambda _, name=name: getattr(keys, name)("espeak-ar") for name in ("moved_name", "served_name")},
    **{
        name: lambda scene, name=name: getattr(keys, name)(scene.batch)
        for name in ("batch_name", "batch_claim_name", "batch_cancel_name")
    },
    **{
        name: lambda scene, name=name: getattr(keys, name)(scene.batch, 0)
        for name in ("batch_parcel_name", "batch_report_name", "batch_faults_name")
    },
    **{name: lambda _, name=name: getattr(keys, name)("page-x") for name in ("page_name", "page_claim_name")},
    **{name: lambda _, name=name: getattr(keys, name)("cms") for name in ("due_name", "health_name")},
    **{
        name: lambda scene, name=name: getattr(keys, name)(scene.delivery)
        for name in ("delivery_name", "delivery_claim_name")
    },
    **{name: lambda _, name=name: getattr(keys, name)(SITE, None) for name in ("list_name", "seen_name")},
    "batch_list_name": lambda _: keys.batch_list_name(None),
    "call_name": lambda _: keys.call_name("far", 0),
    "clip_name": lambda scene: keys.clip_name(scene.sentence, 0),
    "answer_channel": lambda _: keys.answer_channel("0" * 32),
    "key_name": lambda scene: keys.key_name(scene.other_key.split("_")[1]),
    "key_used_name": lambda scene: keys.key_used_name(scene.other_key.split("_")[1]),
}

DAMAGES = {
    **dict.fromkeys((garbage, truncated, of_another_type, of_a_newer_version), CASES),
    **dict.fromkeys((ends_of_another_type, ending_never, without_ends, without_values), LEDGER),
}
"""What is done to which kinds of values."""


@pytest.fixture(scope="module")
def service(start: Any, receive: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    data, receiver = tmp_path_factory.mktemp("kinds"), receive()
    Endpoints(data / "webhooks.toml").keep("cms", {"url": receiver.address, "secret": f"whsec_{'A' * 32}"})
    service = start(
        "--workers",
        "1",
        ISTAMI_DATA_DIR=str(data),
        ISTAMI_METRICS_ADDRESS="127.0.0.1:0",
        ISTAMI_WEBHOOK_PRIVATE_HOSTS=f"127.0.0.1:{receiver.port}",
    )
    service.receiver = receiver
    return service


def made_key(service: Any, name: str) -> str:
    command = [sys.executable, "-m", "service", "keys", "create", name, "--scope", "admin"]
    environment = {**os.environ, "ISTAMI_DATA_DIR": str(service.data)}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return re.search(r"istami_\w{12}_[\w-]{43}", ran.stdout)[0]


@pytest.fixture(scope="module")
def admin(service: Any) -> str:
    return made_key(service, "admin")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("damage", DAMAGES)
def test_everything_else_goes_on(service: Any, admin: str, until: Any, ledger: Any, damage: Any) -> None:
    # Given a service with one of everything,
    metrics = re.search(r"http://\S+/metrics", (service.data / "log").read_text())[0]
    redis = RedisStore(service.redis_url)._redis
    with service.client as client:
        client.headers["Authorization"] = f"Bearer {admin}"
        other, number = made_key(service, "other"), list(DAMAGES).index(damage)
        scene = Scene(client, redis, service.redis_url, metrics, number, admin, other, until)
        scene.prepare()
        begun = len((service.data / "log").read_text())

        for entry in LEDGER.values():  # of what an earlier damage left, nobody has asked for some
            redis.delete(entry(scene).values, entry(scene).ends)

        # when one value of each kind is damaged, one after the other,
        for kind, place in DAMAGES[damage].items():
            damage(redis, place(scene))
            scene.stands(f"{damage.__name__} {kind}")
            scene.reads()

        # then a damaged key opens nothing, and a whole one what it did,
        known = 401 if "key_name" in DAMAGES[damage] else 200
        with httpx.Client(base_url=client.base_url, trust_env=False, timeout=60) as stranger:
            told = stranger.get("/v1/batches", headers={"Authorization": f"Bearer {other}"})
            assert told.status_code == known
        # articles are made, private ones too, batches come to their ends and are told of,
        receiver = service.receiver
        told_before = len(receiver.got)
        scene.post({"id": f"after-{number}", "text": f"خبر جديد رقم {number}."})
        scene.post({"id": f"after-private-{number}", "text": f"سرّ رقم {number}.", "private": True})
        assert scene.post({"id": scene.ids["public"], "text": f"قصة public رقم {number}.", "site": SITE})
        scene.posted_batch("after")
        until(lambda: len(receiver.got) >= told_before + 5, 60, "told of all of it")
        # and no defect has come to light.
        log = (service.data / "log").read_text()[begun:]
        assert "Traceback" not in log, log[log.index("Traceback") - 2000 :][:6000]
        until(lambda: client.get("/readyz").json()["background"] == {}, 60, "all goes well")
        assert client.get("/readyz").json()["status"] == "ready"
    ledger("damaged value in Redis", len(DAMAGES[damage]))

"""A value that was damaged in Redis is a logged miss: it heals itself, and nobody hears it."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable

import pytest

from cache.redis_store import RedisStore
from service.storage import keys
from tests.faults.long.test_kinds import CASES

SENTENCES = (
    "هذه الجملة الأولى من حكاية رقم",
    "وهذه الجملة الثانية من حكاية رقم",
    "وهذه الأخيرة من حكاية رقم",
)
WORDS = ("قمر", "بحر", "جبل", "نهر", "شجر", "حجر", "مطر", "سحاب", "طريق", "جسر")
NUMBERS = itertools.count()


def truncated(redis, name: str) -> None:
    value = redis.get(name)
    redis.set(name, value[: len(value) * 2 // 3], keepttl=True)


def flipped(redis, name: str) -> None:
    """A bit in the middle of it."""
    value = bytearray(redis.get(name))
    value[len(value) // 2] ^= 0x10
    redis.set(name, bytes(value), keepttl=True)


def of_another_type(redis, name: str) -> None:
    redis.delete(name)
    redis.rpush(name, "no", "value")


def emptied(redis, name: str) -> None:
    redis.set(name, b"", keepttl=True)


DAMAGES = (truncated, flipped, of_another_type, emptied)


@pytest.fixture(scope="module")
def service(start):
    return start("--workers", "1")


@pytest.fixture
def made(client, service, until):
    """An article that is ready and that nobody has listened to yet."""
    return Made(client, RedisStore(service.redis_url)._redis, until, (service.data / "log").read_text)


class Made:
    def __init__(self, client, redis, until, log: Callable[[], str]) -> None:
        self.client, self.redis, self._until, self._log = client, redis, until, log
        number = next(NUMBERS)
        name = f"{WORDS[number % 10]} {WORDS[number // 10 % 10]} {WORDS[number // 100]}"
        self.article = {"id": f"damaged-{number}", "text": "\n".join(f"{each} {name}." for each in SENTENCES)}
        self.key = self.post()
        self.audio = self.redis.get(self.name("audio"))
        self.marks = self.client.get(f"/v1/articles/{self.article['id']}/marks.json").json()
        assert self.marks["complete"]
        self._told = len(self._log())

    def name(self, what: str) -> str:
        return f"istami:{{{self.key}}}:{what}"

    def post(self) -> str:
        """Sent, and ready: its key."""
        answer = self.client.post("/v1/articles", json=self.article)
        assert answer.status_code in {200, 202}, answer.text
        own = f"/v1/articles/{self.article['id']}"
        self._until(lambda: self.client.get(own).json()["status"] == "ready", 30, "ready")
        return answer.json()["key"]

    def heard(self) -> None:
        """Everything is as it was."""
        own = f"/v1/articles/{self.article['id']}"
        answer = self.client.get(f"{own}/audio.mp3", follow_redirects=True)
        assert answer.status_code == 200
        assert same(answer.content, self.audio)
        self._until(lambda: self.client.get(f"{own}/marks.json").json() == self.marks, 30, "marked")
        assert self.redis.get(self.name("audio")) == self.audio

    def told(self) -> str:
        """What has been logged since it was ready."""
        return self._log()[self._told :]


def same(heard: bytes, whole: bytes) -> bool:
    """Behind tag and Info header, which are others while a recording grows, not a byte differs."""
    return len(heard) == len(whole) and heard[2000:] == whole[2000:]


@pytest.mark.parametrize("damage", DAMAGES)
class TestDamaged:
    def test_a_recording(self, made, ledger, damage) -> None:
        damage(made.redis, made.name("audio"))
        lasting = made.client.get(f"/audio/{made.key}.mp3")
        assert lasting.status_code == 200
        wrong = not same(lasting.content, made.audio)
        made.heard()
        if damage is not emptied:  # Redis knows of no difference between an empty value and none
            assert "damaged" in made.told()
        ledger("damaged value in Redis", wrong=wrong)

    def test_what_a_recording_is_sealed_with(self, made, ledger, damage) -> None:
        damage(made.redis, made.name("seal"))
        made.heard()
        assert "damaged" in made.told()
        ledger("damaged value in Redis")

    @pytest.mark.parametrize("asked_first", ["marks.json", "audio.mp3"])
    def test_marks(self, made, ledger, damage, asked_first) -> None:
        damage(made.redis, made.name("timings"))
        path = f"/v1/articles/{made.article['id']}/{asked_first}"
        assert made.client.get(path, follow_redirects=True).status_code == 200
        made.heard()
        ledger("damaged value in Redis")

    def test_a_spoken_piece(self, made, ledger, damage) -> None:
        """One is met when an article is edited, or its recording was evicted."""
        clips = {
            name: made.redis.get(name) for name in made.redis.scan_iter("istami:clip:*:0", _type="string")
        }
        mine = [name for name, value in clips.items() if value and value[1500:] in made.audio]
        assert len(mine) == len(SENTENCES)
        damage(made.redis, mine[1])
        made.redis.delete(made.name("audio"))
        made.post()
        made.heard()
        if damage in {truncated, flipped}:
            assert "damaged clip" in made.told(), made.told()
        ledger("damaged value in Redis")

    def test_how_far_it_is(self, made, ledger, damage) -> None:
        damage(made.redis, made.name("state"))
        own = f"/v1/articles/{made.article['id']}"
        assert made.client.get(own).json()["status"] == "ready"
        assert "damaged" in made.told()
        events = made.client.get(f"{own}/events").text
        assert '"ready"' in events
        made.heard()
        ledger("damaged value in Redis")

    def test_what_it_is_made_from(self, made, ledger, damage) -> None:
        damage(made.redis, made.name("plan"))
        made.heard()
        made.redis.delete(made.name("audio"))
        made.post()
        made.heard()
        ledger("damaged value in Redis")

    def test_the_article_itself(self, made, ledger, damage) -> None:
        """Nobody but the publisher has it: it is not found until it is sent again."""
        damage(made.redis, f"istami:article:{made.article['id']}")
        assert made.client.get(f"/v1/articles/{made.article['id']}").status_code == 404
        assert made.post() == made.key
        made.heard()
        ledger("damaged value in Redis")


def test_every_kind_of_value_has_a_case() -> None:
    kinds = {name for name, value in vars(keys).items() if isinstance(value, str) and name.isupper()}
    kinds |= {name for name, value in vars(keys).items() if inspect.isfunction(value)}

    assert kinds == set(CASES), "a kind of value without a case, or a case of none"

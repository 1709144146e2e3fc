"""What the workers of a remote voice share: money, calls at the same time, stops."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from cache.redis_ledger import RedisLedger
from cache.redis_store import RedisStore
from service.config.settings import Settings
from service.engines.engine import Surroundings
from service.engines.registry import load
from service.engines.remote.meter import Result
from service.model.article import Submission
from service.model.errors import BudgetSpent, EngineError, Unavailable, VoiceStopped
from service.model.reading import Utterance
from service.recordings.paid_calls import SharedMeter
from service.server.container import Container
from service.storage import keys
from service.storage.paid_usage import PaidUsage, month
from service.testing.speech_server import Fault, SpeechServer
from voices.card import Limits, Names, VoiceCard
from voices.terms import Terms

SAID = Utterance("قالت الوزيرة", "قَالَتِ الْوَزِيرَةُ", "")
WHY = VoiceStopped("it is stopped", "متوقّف")


def card(url: str = "http://127.0.0.1:9/v1", **terms: object) -> VoiceCard:
    return VoiceCard(
        id="far",
        name=Names("بعيد", "Far"),
        engine="remote",
        language="ar",
        dialect="standard",
        gender="female",
        sample_rate=24_000,
        licence="CC0-1.0",
        commercial_use=True,
        attribution="nobody",
        limits=Limits(500),
        options={"model": "tones", "voice": "any"},
        remote=Terms(url, private=True, **terms),  # type: ignore[arg-type]
    )


@pytest.fixture
def usage(ledger: RedisLedger) -> PaidUsage:
    return PaidUsage(ledger)


class TestMoney:
    def test_a_budget_is_never_exceeded_however_many_spend_at_once(self, usage: PaidUsage) -> None:
        dear = card(price=10.0, budget=0.01)  # a thousand characters

        def spend(_: int) -> int:
            with suppress(BudgetSpent):
                usage.spend(dear, 70)
                return 70
            return 0

        with ThreadPoolExecutor(8) as pool:
            spent = sum(pool.map(spend, range(40)))
        assert spent == usage.characters("far") == 14 * 70

    def test_what_is_given_back_can_be_spent_again(self, usage: PaidUsage) -> None:
        dear = card(price=10.0, budget=0.01)
        usage.spend(dear, 900)
        with pytest.raises(BudgetSpent, match=r"0\.01 USD"):
            usage.spend(dear, 200)
        usage.give_back(dear, 900)
        usage.spend(dear, 200)
        assert usage.characters("far") == 200

    def test_a_spent_budget_closes_the_voice_until_it_is_raised(self, usage: PaidUsage) -> None:
        dear = card(price=10.0, budget=0.01)
        usage.spend(dear, 990)
        assert usage.closed(dear) is None
        with pytest.raises(BudgetSpent):
            usage.spend(dear, 20)
        assert isinstance(usage.closed(dear), BudgetSpent)
        assert usage.closed(card(price=10.0, budget=0.02)) is None

    def test_a_warning_comes_at_eighty_percent_and_is_logged_once(
        self, usage: PaidUsage, store: RedisStore, caplog: pytest.LogCaptureFixture
    ) -> None:
        dear = card(price=10.0, budget=0.01)
        meters = [SharedMeter(dear, usage, store) for _ in range(2)]
        meters[0].spend(799)
        assert usage.warning(dear) is None
        for meter in meters:
            meter.spend(10)
        assert caplog.text.count("has used 0.01 of its budget of 0.01 USD") == 1

    def test_the_ledger_keeps_one_number_a_month(self, usage: PaidUsage, ledger: RedisLedger) -> None:
        for _ in range(5):
            usage.spend(card(), 10)
        assert set(ledger.every(keys.PAID_CHARACTERS)) == {f"far {month()}"}
        assert [(each.voice, each.characters) for each in usage.all()] == [("far", 50)]


class TestCalls:
    def test_all_workers_together_make_no_more_calls_than_the_card_allows(
        self, usage: PaidUsage, store: RedisStore, tmp_path: Path
    ) -> None:
        with SpeechServer() as server:
            server.seconds = 0.3
            far = card(f"{server.url}/v1", at_once=2)
            around = Surroundings(tmp_path, meter=lambda known: SharedMeter(known, usage, store))
            with ThreadPoolExecutor(6) as pool:
                clips = list(pool.map(lambda _: load(far, around).speak(SAID, 1.0), range(6)))
        assert len(clips) == 6
        assert server.most_at_once == 2
        assert usage.characters("far") == 6 * len(SAID.diacritised)

    def test_a_call_of_a_process_that_died_is_free_again(self, usage: PaidUsage, store: RedisStore) -> None:
        meter = SharedMeter(card(at_once=1), usage, store)
        store.claim(keys.call_name("far", 0), 0.5)  # never released
        begun = time.monotonic()
        with meter.slot(begun + 30):
            pass
        assert 0.3 < time.monotonic() - begun < 10

    def test_who_waits_too_long_gives_up(self, usage: PaidUsage, store: RedisStore) -> None:
        meter = SharedMeter(card(at_once=1), usage, store)
        with (
            meter.slot(time.monotonic() + 1),
            pytest.raises(Unavailable, match="1 calls"),
            meter.slot(time.monotonic() + 0.5),
        ):
            pass

    def test_a_server_that_asks_to_wait_is_left_alone_by_all(
        self, usage: PaidUsage, store: RedisStore, tmp_path: Path
    ) -> None:
        with SpeechServer() as server:
            far = card(f"{server.url}/v1")
            around = Surroundings(tmp_path, meter=lambda known: SharedMeter(known, usage, store))
            server.then(Fault.BUSY)
            begun = time.monotonic()
            with ThreadPoolExecutor(1) as pool:
                first = pool.submit(load(far, around).speak, SAID, 1.0)
                while not server.seen:
                    time.sleep(0.01)
                time.sleep(0.2)
                load(far, around).speak(SAID, 1.0)
                assert time.monotonic() - begun >= 1
                first.result()
        assert len(server.seen) == 3


class TestStops:
    def test_a_stop_holds_for_all_processes_and_is_logged_once(
        self, usage: PaidUsage, store: RedisStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        with SpeechServer() as server:
            server.always(Fault.FORBIDDEN)
            far = card(f"{server.url}/v1")
            around = Surroundings(tmp_path, meter=lambda known: SharedMeter(known, usage, store))
            for _ in range(3):
                with pytest.raises(VoiceStopped):
                    load(far, around).speak(SAID, 1.0)
        assert len(server.seen) == 1
        assert usage.characters("far") == 0
        assert [record.levelno for record in caplog.records].count(logging.ERROR) == 1
        assert usage.closed(far)

    def test_another_configuration_is_tried(self, usage: PaidUsage, store: RedisStore) -> None:
        meter = SharedMeter(card(), usage, store)
        meter.stop("one", WHY, 60)
        meter.check("another")
        with pytest.raises(VoiceStopped, match="it is stopped"):
            meter.check("one")
        meter.check("another")
        meter.ended(Result.ANSWERED, 5)
        meter.check("one")

    def test_a_stop_ends_by_itself(self, usage: PaidUsage) -> None:
        usage.stop(card(), "one", WHY, 0.2)
        assert usage.closed(card())
        time.sleep(0.3)
        assert usage.closed(card()) is None

    def test_an_article_gets_the_voice_that_the_card_names_for_that_time(
        self, usage: PaidUsage, store: RedisStore, tmp_path: Path
    ) -> None:
        folder = tmp_path / "voices" / "far"
        folder.mkdir(parents=True)
        (folder / "card.toml").write_text(
            'id = "far"\nengine = "remote"\nlanguage = "ar"\ndialect = "standard"\ngender = "female"\n'
            'sample_rate = 24000\nlicence = "x"\ncommercial_use = true\nattribution = "x"\n'
            'name = { ar = "بعيد", en = "Far" }\nlimits = { characters = 500 }\n'
            'options = { model = "tones", voice = "any" }\n'
            '[remote]\nbase_url = "https://speech.example/v1"\nfallback = "espeak-ar"\n'
        )
        parts = Container(Settings(data_dir=tmp_path), store._url)
        assert parts.sound(Submission(voice="far")).voice == "far"
        usage.stop(parts.card("far"), "one", WHY, 60)
        assert parts.sound(Submission(voice="far")).voice == "espeak-ar"
        assert parts.paid_faults() == ({}, ["far is closed; espeak-ar speaks instead."])


def test_without_a_store_nothing_is_sent(tmp_path: Path, unused_port: int) -> None:
    url = f"redis://127.0.0.1:{unused_port}"
    with SpeechServer() as server:
        meter = SharedMeter(card(), PaidUsage(RedisLedger(url)), RedisStore(url))
        engine = load(card(f"{server.url}/v1"), Surroundings(tmp_path, meter=lambda _: meter))
        with pytest.raises(Exception, match="onnect") as caught:
            engine.speak(SAID, 1.0)
    assert not isinstance(caught.value, EngineError)
    assert not server.seen


@pytest.mark.parametrize(
    "terms",
    [
        {"budget": 5.0},
        {"price": -1.0},
        {"price": float("inf")},
        {"attempts": 0},
        {"at_once": 0},
        {"seconds": 0.0},
        {"seconds": True},
        {"fallback": 3},
    ],
)
def test_wrong_terms_are_refused(terms: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError), match=r"remote\."):
        card(**terms)


@pytest.mark.parametrize(
    "url",
    ["ftp://x/v1", "https://", "https://user:pass@x/v1", "https://x/v1?key=a", "speech.example"],
)
def test_an_address_that_may_hold_a_secret_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"remote\.base_url"):
        card(url)


def test_plain_http_needs_permission() -> None:
    with pytest.raises(ValueError, match="private = true"):
        replace(card().remote, private=False)  # type: ignore[type-var]

"""What a remote voice does with a server that answers right, late, wrongly or not at all."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import numpy as np
import pytest
import trustme

from service.engines import pcm
from service.engines.engine import Engine, Surroundings
from service.engines.registry import load
from service.engines.remote.meter import Alone
from service.model.errors import (
    BudgetSpent,
    EngineError,
    IstamiError,
    MissingPart,
    Unavailable,
    VoiceStopped,
)
from service.model.reading import Utterance
from service.testing.speech_server import Fault, SpeechServer
from voices.card import VoiceCard, read_card

KEY = "sk-tones-and-no-secret"
TEXT = "قَالَتِ الْوَزِيرَةُ إِنَّ الْعَمَلَ بَدَأَ"
SAID = Utterance("قالت الوزيرة إن العمل بدأ", TEXT, "")
CARD = """
id = "far"
engine = "remote"
language = "ar"
dialect = "standard"
gender = "female"
sample_rate = {rate}
licence = "the vendor's terms"
commercial_use = true
attribution = "nobody"
name = {{ ar = "بعيد", en = "Far" }}
limits = {{ characters = 500 }}
[options]
{options}
[remote]
base_url = "{url}"
private = true
key_env = "FAR_KEY"
{terms}
"""
OPENAI = 'model = "tones"\nvoice = "any"\n'


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAR_KEY", KEY)


@pytest.fixture
def server() -> Iterator[SpeechServer]:
    with SpeechServer(key=KEY) as server:
        yield server


Far = Callable[..., Engine]


def made(url: str, terms: str = "", options: str = OPENAI, rate: int = 24_000) -> VoiceCard:
    return read_card(CARD.format(url=url, terms=terms, options=options, rate=rate), "far.toml")


@pytest.fixture
def far(server: SpeechServer, tmp_path: Path) -> Iterator[Far]:
    """Makes a voice of the server, as a worker loads it."""
    engines = []

    def far(terms: str = "", options: str = OPENAI, *, seconds: float = 20, rate: int = 24_000) -> Engine:
        path = "/v1" if "adapter" not in options else ""
        card = made(f"{server.url}{path}", terms, options, rate)
        engines.append(load(card, Surroundings(tmp_path, phrase_seconds=seconds)))
        return engines[-1]

    yield far
    for engine in engines:
        engine.close()


def failed(engine: Engine, kind: type[IstamiError] = EngineError) -> str:
    """The message of the error with which a voice ends."""
    with pytest.raises(kind) as caught:
        engine.speak(SAID, 1.0)
    assert KEY not in f"{caught.value!r}{caught.value.en}{caught.value.ar}"
    assert caught.value.ar
    return caught.value.en


class TestRight:
    @pytest.mark.parametrize("form", ["wav", "pcm", "flac", "mp3"])
    def test_each_format_is_the_same_speech(self, far: Far, form: str) -> None:
        clip = far(options=f'{OPENAI}response_format = "{form}"').speak(SAID, 1.0)
        letters = sum(map(str.isalpha, SAID.spoken))
        assert clip.sample_rate == 24_000
        assert clip.duration == pytest.approx(0.08 * letters + 0.02 * 4, abs=0.08)
        assert 0.1 < np.abs(pcm.from_int16(clip.pcm)).max() < 0.3

    @pytest.mark.parametrize(
        ("text", "sent"),
        [
            ("diacritised", TEXT),
            ("spoken", SAID.spoken),
            ("ssml", f"<speak>{TEXT}</speak>"),
        ],
    )
    def test_the_server_gets_the_text_that_the_card_says(
        self, far: Far, server: SpeechServer, text: str, sent: str
    ) -> None:
        far(options=f'{OPENAI}text = "{text}"').speak(SAID, 1.0)
        assert server.seen[0].json["input"] == sent

    def test_extra_fields_are_sent_and_never_replace_ours(self, far: Far, server: SpeechServer) -> None:
        options = f'{OPENAI}"extra.instructions" = "calm"\n"extra.a.b" = 2\n"extra.input" = "other"\n'
        far(options=options).speak(SAID, 1.0)
        assert server.seen[0].json == {
            "model": "tones",
            "voice": "any",
            "response_format": "wav",
            "instructions": "calm",
            "a": {"b": 2},
            "input": TEXT,
        }

    def test_one_connection_serves_all_sentences(self, far: Far, server: SpeechServer) -> None:
        engine = far()
        for _ in range(3):
            engine.speak(SAID, 1.0)
        assert len(server.peers) == 1

    def test_markup_in_a_text_is_escaped(self, far: Far, server: SpeechServer) -> None:
        said = Utterance("قال a<b & c", 'قَالَ a<b & "c"\x0b\ufffe', "")
        far(options='adapter = "azure"\nvoice = "ar-SA-ZariyahNeural"\n').speak(said, 1.0)
        assert 'a&lt;b &amp; "c"' in server.seen[0].body.decode()

    def test_word_times_are_where_the_words_sound(self, far: Far, server: SpeechServer) -> None:
        server.key = ""
        eleven = far(options='adapter = "elevenlabs"\nmodel = "m"\nvoice = "v/../x"\n')
        polly = far(options='adapter = "polly"\nvoice = "Zeina"\n', rate=16_000)
        for engine in (eleven, polly):
            clip = engine.speak(SAID, 1.0)
            assert [word.word for word in clip.words] == [0, 1, 2, 3, 4]
            assert clip.words[0].start == pytest.approx(0.01, abs=0.002)
            assert clip.words[1].start == pytest.approx(0.01 + 4 * 0.08 + 0.02, abs=0.005)
            assert clip.words[-1].end == pytest.approx(clip.duration, abs=0.25)
        assert server.seen[0].path.startswith("/v1/text-to-speech/v%2F..%2Fx/with-timestamps")

    def test_words_beside_an_utterance_are_context_for_a_voice_that_heeds_it(
        self, far: Far, server: SpeechServer
    ) -> None:
        engine = far(options='adapter = "elevenlabs"\nmodel = "m"\nvoice = "v"\n')
        engine.speak(replace(SAID, before="مُنْذُ أَمْسِ،", after="صَبَاحًا"), 1.0)
        asked = server.seen[0].json
        assert (asked["previous_text"], asked["next_text"]) == ("مُنْذُ أَمْسِ،", "صَبَاحًا")

    def test_a_speed_that_a_vendor_does_not_have_is_refused_before_it_is_paid(
        self, far: Far, server: SpeechServer
    ) -> None:
        engine = far(options='adapter = "elevenlabs"\nmodel = "m"\nvoice = "v"\n')
        with pytest.raises(EngineError, match=r"0\.7 to 1\.2"):
            engine.speak(SAID, 1.5)
        assert not server.seen


class TestWrong:
    @pytest.mark.parametrize(
        ("fault", "words"),
        [
            (Fault.HALF, "cut off"),
            (Fault.HTML, "text/html.*Sign in to the network"),
            (Fault.JSON, "application/json.*model is loading"),
            (Fault.EMPTY, "empty answer"),
            (Fault.SILENCE, "only silence"),
            (Fault.WRONG_RATE, "12000 Hz, but its card says 24000"),
            (Fault.COMPRESSED, "compressed"),
            (Fault.HUGE, "more than 32 MB"),
            (Fault.REJECTING, "输入的文本无法合成"),
            (Fault.MOVED, "redirects"),
        ],
    )
    def test_a_wrong_answer_is_an_error_that_names_it_and_is_paid_once(
        self, far: Far, server: SpeechServer, fault: Fault, words: str
    ) -> None:
        server.always(fault)
        with pytest.raises(EngineError, match=f"(?s)Could not speak «قالت الوزيرة.*{words}"):
            far().speak(SAID, 1.0)
        assert len(server.seen) == 1

    @pytest.mark.parametrize("form", ["pcm", "mp3", "flac"])
    @pytest.mark.parametrize("fault", [Fault.HTML, Fault.SILENCE, Fault.WRONG_RATE, Fault.HALF])
    def test_so_it_is_in_every_format(self, far: Far, server: SpeechServer, form: str, fault: Fault) -> None:
        server.always(fault)
        failed(far(options=f'{OPENAI}response_format = "{form}"'))

    @pytest.mark.parametrize("fault", [Fault.LATE, Fault.SLOW])
    def test_a_late_answer_is_given_up(self, far: Far, server: SpeechServer, fault: Fault) -> None:
        server.late = 5
        server.always(fault)
        begun = time.monotonic()
        assert "did not answer within 0.5 s" in failed(far("seconds = 0.5"))
        assert time.monotonic() - begun < 3
        assert len(server.seen) == 1

    def test_a_card_may_pay_twice_and_then_says_so(
        self, far: Far, server: SpeechServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        server.then(Fault.SILENCE)
        far("attempts = 2\nprice = 15").speak(SAID, 1.0)
        assert len(server.seen) == 2
        assert "paid for again" in caplog.text

    def test_a_rejected_sentence_is_not_repeated_even_then(self, far: Far, server: SpeechServer) -> None:
        server.always(Fault.REJECTING)
        failed(far("attempts = 3"))
        assert len(server.seen) == 1


class TestBusy:
    @pytest.mark.parametrize("fault", [Fault.BUSY, Fault.FAILING, Fault.AWAY])
    def test_what_costs_nothing_is_repeated(self, far: Far, server: SpeechServer, fault: Fault) -> None:
        server.then(fault)
        begun = time.monotonic()
        assert far().speak(SAID, 1.0).duration > 1
        assert len(server.seen) == 2
        if fault is Fault.BUSY:
            assert time.monotonic() - begun >= 1  # Retry-After: 1

    def test_a_server_that_hangs_up_after_the_request_may_bill_it(
        self, far: Far, server: SpeechServer
    ) -> None:
        server.always(Fault.HANGING_UP)
        assert "cut off" in failed(far())
        assert len(server.seen) == 1

    def test_retry_after_may_be_a_date(self, far: Far, server: SpeechServer) -> None:
        server.retry_after = format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True)
        server.then(Fault.BUSY)
        begun = time.monotonic()
        far().speak(SAID, 1.0)
        assert 1 < time.monotonic() - begun < 6

    def test_it_is_repeated_a_bounded_number_of_times(self, far: Far, server: SpeechServer) -> None:
        server.retry_after = "0"
        server.always(Fault.AWAY)
        assert "busy (503)" in failed(far(), Unavailable)
        assert len(server.seen) == 5

    def test_a_longer_wait_than_a_phrase_may_take_is_left_to_the_queue(
        self, far: Far, server: SpeechServer
    ) -> None:
        server.retry_after = "60"
        server.always(Fault.BUSY)
        begun = time.monotonic()
        failed(far(), Unavailable)
        assert time.monotonic() - begun < 3
        assert len(server.seen) == 1

    def test_a_server_that_is_not_there_is_an_error_by_name(self, tmp_path: Path, unused_port: int) -> None:
        card = made(f"http://127.0.0.1:{unused_port}/v1")
        engine = load(card, Surroundings(tmp_path, phrase_seconds=2))
        assert "127.0.0.1 cannot be reached" in failed(engine, Unavailable)


class TestStopped:
    @pytest.mark.parametrize(
        ("fault", "status"),
        [
            (Fault.UNAUTHORISED, 401),
            (Fault.UNPAID, 402),
            (Fault.FORBIDDEN, 403),
            (Fault.FORBIDDEN_HALF, 403),
            (Fault.NO_MONEY, 429),
        ],
    )
    def test_a_refused_key_stops_the_voice_with_one_request(
        self, far: Far, server: SpeechServer, fault: Fault, status: int
    ) -> None:
        server.always(fault)
        engine = far("attempts = 3")
        for _ in range(4):
            assert f"refuses its key or account ({status}). Check FAR_KEY" in failed(engine, VoiceStopped)
        assert len(server.seen) == 1

    def test_a_new_key_is_tried_at_once(self, far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
        engine = far()
        monkeypatch.setenv("FAR_KEY", "an old one")
        with pytest.raises(VoiceStopped):
            engine.speak(SAID, 1.0)
        monkeypatch.setenv("FAR_KEY", KEY)
        assert engine.speak(SAID, 1.0).duration > 1

    def test_a_server_that_asks_for_hours_stops_the_voice(self, far: Far, server: SpeechServer) -> None:
        server.retry_after = "7200"
        server.always(Fault.BUSY)
        engine = far()
        for _ in range(2):
            assert "pause of 120 min" in failed(engine, VoiceStopped)
        assert len(server.seen) == 1


class TestMoney:
    def test_a_spent_budget_ends_before_a_request(self, far: Far, server: SpeechServer) -> None:
        each = len(TEXT)
        engine = far(f"price = 1000000\nbudget = {2.5 * each}\nattempts = 2")
        for _ in range(2):
            engine.speak(SAID, 1.0)
        assert f"budget of {2.5 * each:g} USD" in failed(engine, BudgetSpent)
        assert len(server.seen) == 2

    @pytest.mark.parametrize(
        ("fault", "billed"),
        [
            (Fault.REJECTING, 0),
            (Fault.UNAUTHORISED, 0),
            (Fault.AWAY, 1),
            (Fault.HALF, 1),
            (Fault.HTML, 1),
        ],
    )
    def test_only_what_a_vendor_bills_is_counted(
        self, server: SpeechServer, tmp_path: Path, fault: Fault, billed: int
    ) -> None:
        meters = []

        def meter(card: VoiceCard) -> Alone:
            meters.append(Alone(card))
            return meters[-1]

        server.retry_after = "0"
        server.then(fault)
        engine = load(made(f"{server.url}/v1"), Surroundings(tmp_path, meter=meter))
        with suppress(EngineError):
            engine.speak(SAID, 1.0)
        assert meters[0].characters == billed * len(TEXT)


class TestSecrets:
    def test_a_file_that_others_may_read_is_refused(self, server: SpeechServer, tmp_path: Path) -> None:
        file = tmp_path / "key"
        file.write_text(KEY)
        file.chmod(0o640)
        card = made(f"{server.url}/v1")
        card = replace(card, remote=replace(card.remote, key_env="", key_file=str(file)))
        with pytest.raises(MissingPart, match="chmod 600"):
            load(card, Surroundings(tmp_path))
        file.chmod(0o600)
        load(card, Surroundings(tmp_path)).speak(SAID, 1.0)

    def test_a_voice_without_its_key_is_not_there(self, far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("FAR_KEY")
        with pytest.raises(MissingPart, match="set FAR_KEY"):
            far()

    def test_the_key_is_in_no_log(
        self, far: Far, server: SpeechServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG")
        server.then(Fault.UNAUTHORISED)
        engine = far()
        failed(engine, VoiceStopped)
        assert KEY not in caplog.text
        assert KEY not in repr(vars(engine))

    def test_plain_http_stays_in_private_networks(self, tmp_path: Path) -> None:
        engine = load(made("http://8.8.8.8/v1"), Surroundings(tmp_path))
        with pytest.raises(EngineError, match="not in a private network"):
            engine.speak(SAID, 1.0)


class TestCertificates:
    def test_a_certificate_is_verified(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        around = Surroundings(tmp_path, phrase_seconds=5)
        with SpeechServer(key=KEY, tls=context) as server:
            card = made(f"{server.url}/v1")
            with closing(load(card, around)) as engine:
                assert "certificate verify failed" in failed(engine, Unavailable)
            assert not server.seen
            trusted = tmp_path / "ca.pem"
            authority.cert_pem.write_to_path(trusted)
            monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
            with closing(load(card, around)) as engine:
                assert engine.speak(SAID, 1.0).duration > 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ('model = "m"\n', "voice must be"),
        (f'{OPENAI}formt = "wav"\n', "formt is not known"),
        (f'{OPENAI}response_format = "opus"\n', "one of wav, pcm, mp3, flac"),
        (f'{OPENAI}text = "phonemes"\n', "one of diacritised, spoken, ssml"),
        ('adapter = "other"\n', "one of openai, azure"),
        ('adapter = "polly"\nvoice = "Zeina"\n', "8000 or 16000"),
        (f'{OPENAI}extra = "x"\n', "extra must be a table"),
    ],
)
def test_a_card_with_a_wrong_option_is_refused_by_its_name(far: Far, options: str, words: str) -> None:
    with pytest.raises(EngineError, match=words):
        far(options=options)

"""How loud an article is that a listener hears: the demo, through the whole path."""

import io
from collections import deque

import mutagen
import pytest

from service import player
from service.audio.loudness import Loudness, measure
from service.config.settings import Settings
from service.model.article import Priority, Submission
from service.model.errors import EngineError
from service.model.recording import Status
from service.server import worker_container
from service.server.container import Container
from service.text.diacritisation.diacritiser import Diacritiser


@pytest.fixture(scope="module")
def programme(redis_url: str) -> bytes:
    """The demo article as MP3."""
    sent = deque[tuple[str, int]]()

    def send(_voice: str, key: str, sentence: int, _priority: Priority) -> None:
        sent.append((key, sentence))

    parts = Container(Settings(), redis_url, send)
    article_service = parts.article_service
    maker = worker_container.synthesiser(parts, Diacritiser(), lambda: None)
    record = article_service.submit(Submission(id="loudness", text=player.demo()))
    while sent:
        maker.speak(*sent.popleft())
    assert parts.playback.state(record.key).status is Status.READY
    return parts.repository.audio(record.key) or b""


@pytest.fixture(scope="module")
def loudness(programme: bytes) -> Loudness:
    return measure(programme)


def test_a_programme_has_the_loudness_that_is_set(loudness: Loudness) -> None:
    assert loudness.integrated == pytest.approx(-16, abs=1)


def test_no_peak_is_beyond_what_broadcasters_allow(loudness: Loudness) -> None:
    assert loudness.true_peak <= -1


def test_no_passage_is_much_louder_than_another(loudness: Loudness) -> None:
    """Sentences that were made equally loud each by itself would spread as far as their lengths do."""
    assert loudness.short_term_range < 5


def test_it_is_as_long_as_four_hundred_words_take(programme: bytes) -> None:
    words = len(player.demo().split())
    assert 0.25 < mutagen.File(io.BytesIO(programme)).info.length / words < 0.9


def test_what_is_no_audio_cannot_be_measured() -> None:
    with pytest.raises(EngineError):
        measure(b"no audio at all")

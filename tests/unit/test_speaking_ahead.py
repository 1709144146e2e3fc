"""The first sentence of a long article is spoken while the rest of it is being read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.config.settings import Settings
from service.model.article import Priority, Submission
from service.model.recording import Plan
from service.recordings import plan as planning
from service.server import worker_container
from service.server.container import Container
from service.storage.keys import live_name
from service.storage.repository import Repository
from service.text.diacritisation.diacritiser import Diacritiser

LONG = "\n".join(f"هذه الجملة {number} من خبر طويل عن موسم الزيتون في الجبل." for number in range(40))


class Newsroom:
    """A narration that notes what it sends, and a maker."""

    def __init__(self, url: str) -> None:
        settings = Settings()
        self.sent: list[Plan | tuple[str, int]] = []
        parts = Container(settings, url, self.send, self.sent.append)
        self.repository, self.article_service = parts.repository, parts.article_service
        self.playback = parts.playback
        self.maker = worker_container.synthesiser(parts, Diacritiser(), lambda: None)

    def send(self, _voice: str, key: str, sentence: int, _priority: Priority) -> None:
        self.sent.append((key, sentence))


@pytest.fixture
def newsroom(store, redis_url) -> Newsroom:  # noqa: ARG001  # an empty one
    return Newsroom(redis_url)


def spoken(repository: Repository, plan: Plan, sentence: int) -> bool:
    planned = plan.sentences[sentence]
    return repository.clips.spoken(planning.sentence_key(planned, plan), len(planned.pieces))


def test_what_is_spoken_ahead_is_the_first_sentence_of_the_recording_and_no_recording_itself(
    newsroom,
) -> None:
    record = newsroom.article_service.submit(Submission(text=LONG))
    ahead, *rest = newsroom.sent
    assert rest[0] == (record.key, 0)
    whole = newsroom.repository.needed_plan(record.key)
    assert len(ahead.sentences) == 1
    assert not spoken(newsroom.repository, whole, 0)
    newsroom.maker.prepare(ahead)
    assert spoken(newsroom.repository, whole, 0)
    assert not spoken(newsroom.repository, whole, 1)
    assert newsroom.repository.state(ahead.key) is None
    assert newsroom.repository.plan(ahead.key) is None
    newsroom.maker.speak(record.key, 0)
    assert newsroom.playback.state(record.key).done == 1


def test_what_was_spoken_ahead_can_be_heard_before_a_maker_has_taken_the_recording_up(
    newsroom, redis_url
) -> None:
    article_service = Container(Settings(), redis_url, newsroom.send, newsroom.maker.prepare).article_service
    record = article_service.submit(Submission(text=LONG))
    assert newsroom.sent[0] == (record.key, 0)
    assert newsroom.playback.state(record.key).done == 1
    assert (
        newsroom.repository.store.size(live_name(record.key)) == newsroom.playback.state(record.key).size > 0
    )


@pytest.mark.parametrize(
    "submitted",
    [Submission(text=LONG, priority=Priority.BATCH), Submission(text=LONG[:300])],
    ids=["batch", "short"],
)
def test_nothing_is_spoken_ahead_where_nobody_waits_or_all_is_read_at_once(newsroom, submitted) -> None:
    record = newsroom.article_service.submit(submitted)
    assert newsroom.sent[0] == (record.key, 0)


def test_what_cannot_be_spoken_ahead_is_told_of_by_the_recording_alone(newsroom) -> None:
    newsroom.article_service.submit(Submission(text=LONG))
    ahead = replace(newsroom.sent[0], voice="nobody")
    newsroom.maker.prepare(ahead)
    assert not spoken(newsroom.repository, ahead, 0)
    assert newsroom.repository.state(ahead.key) is None

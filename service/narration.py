"""The path, top to bottom: an article comes in, its recording goes out.

``Narration`` answers publishers and listeners: it extracts the article, reads it, plans the recording and
asks for it. The maker in ``service/making.py`` speaks the plan, in a worker. Between the two lie the
repository and whatever carries a key from the one to the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from service import planning
from service.errors import NotFound
from service.intake import Intake
from service.listing import Listing
from service.names import PENDING, claim_name
from service.planning import Sound, Utter
from service.repository import Repository
from service.types import (
    ArticleRecord,
    Chapter,
    Explained,
    Mark,
    Marks,
    Plan,
    Request,
    State,
    Status,
    Timing,
    WordMark,
    Written,
)

SPEEDS = (0.5, 2.0)
"""Slowest and fastest that may be asked for; 1.0 is the voice's own pace."""

_ORPHANED_SECONDS = 5.0
"""A recording that is being made and has been silent for so long, unclaimed, has lost its maker."""
_LOST_SECONDS = 30.0
"""A recording that nobody has begun for so long, while no work waits, was lost on its way to a maker."""


class Narration:
    """Articles, and what becomes of them.

    Args:
        repository: what is kept.
        intake: makes sentences of what was sent.
        sound: from a voice's name and a speed (``None``: the site's own) to how a recording sounds;
            raises ``UnknownVoice``.
        dispatch: carries the key of a planned recording to a maker.
        utter: has spoken pieces, in lists a sentence, vowelled and phonemised.
    """

    def __init__(
        self,
        repository: Repository,
        intake: Intake,
        sound: Callable[[str | None, float | None], Sound],
        dispatch: Callable[[str], None],
        utter: Utter,
    ) -> None:
        self._repository = repository
        self._listing = Listing(repository)
        self._intake = intake
        self._sound = sound
        self._dispatch = dispatch
        self._utter = utter

    def warm(self) -> None:
        """Load what the first article would otherwise wait for; nothing is kept."""
        self._intake.read(self._intake.extract(Request(text="في 1 يناير 2026 قال 3 رجال: مرحبا.")))

    def submit(self, request: Request) -> ArticleRecord:
        """Take an article in, and have its recording made unless it is there or on its way.

        Raises:
            BadArticle: it cannot be read; the field at fault is named.
            UnknownVoice: there is no such voice.
            StoreUnavailable, StoreFull: the store cannot take it.
        """
        arrived = time.time()
        request = self._intake.completed(request)
        sound = self._sound(request.voice, request.speed)
        article = self._intake.extract(request)
        plan = planning.plan(article, self._intake.read(article, request.site, sound.longest), sound)
        # Asked for before it is known: whoever finds the article finds its recording, at least queued.
        self._ask(plan)
        # Of two versions sent at once the later one stays, even if the earlier took longer to read.
        record = self._repository.keep_article(planning.record(article, plan, request, arrived))
        self._listing.add(record)
        return record

    def explain(self, request: Request) -> list[Explained]:
        """How each sentence of an article will be read, down to its phonemes.

        Raises:
            BadArticle: it cannot be read.
            UnknownVoice: there is no such voice.
            Unavailable: nobody vowelled it in time.
        """
        request = self._intake.completed(request)
        longest = self._sound(request.voice, None).longest
        readings = self._intake.read(self._intake.extract(request), request.site, longest)
        return planning.explain(readings, self._utter)

    def article(self, article: str) -> ArticleRecord:
        """An article by its id.

        Raises:
            NotFound: there is none.
        """
        record = self._repository.article(article)
        if record is None:
            raise NotFound(f"There is no article “{article}”.", f"لا يوجد مقال بالمعرّف «{article}».")
        return record

    def delete(self, article: str) -> None:
        """Forget an article. Its recording stays until it expires: others may share it.

        Raises:
            NotFound: there is none.
        """
        self.article(article)
        self._repository.forget_article(article)

    def state(self, key: str) -> State:
        """How far a recording is.

        Raises:
            NotFound: nobody has asked for it.
        """
        state = self._repository.state(key)
        if state is None:
            raise _no_recording()
        return state

    def demand(self, key: str) -> None:
        """Have a recording there or on its way: one that was evicted is made again.

        Raises:
            NotFound: nobody has asked for it.
        """
        if self._repository.has_audio(key):
            return
        plan = self._repository.plan(key)
        if plan is None:
            raise _no_recording()
        self._ask(plan)

    def marks(self, key: str, record: ArticleRecord | None = None) -> Marks:
        """Where each sentence is, in the audio and in a text; while the recording grows, of what is spoken.

        Args:
            key: of the recording.
            record: whose text; by default that of the article which first asked for the recording.

        Raises:
            NotFound: nobody has asked for it.
        """
        timings, plan = self._repository.timings(key), self._repository.plan(key)
        if plan is None:
            raise _no_recording()
        written = record.sentences if record else [sentence.written for sentence in plan.sentences]
        marks = tuple(_mark(*pair) for pair in zip(timings.sentences, written, strict=timings.complete))
        return Marks(marks, timings.duration, timings.complete)

    def chapters(self, key: str) -> tuple[tuple[Chapter, ...], bool]:
        """The parts of a recording, and whether that is all of them; while it grows, of what is spoken.

        Raises:
            NotFound: nobody has asked for it.
        """
        timings, plan = self._repository.timings(key), self._repository.plan(key)
        if plan is None:
            raise _no_recording()
        return planning.timed(planning.chapters(plan), timings), timings.complete

    def recover(self, *, idle: bool) -> None:
        """Ask again for recordings whose maker died and for those that never reached one.

        Args:
            idle: no work waits for a maker.
        """
        for key in self._repository.store.members(PENDING):
            state = self._repository.state(key)
            if state is None or state.status in {Status.READY, Status.FAILED}:
                self._repository.store.discard(PENDING, key)
                continue
            rested = time.time() - state.updated
            orphaned = state.status is Status.SPEAKING and rested > _ORPHANED_SECONDS
            lost = state.status is Status.QUEUED and rested > _LOST_SECONDS and idle
            if (orphaned or lost) and not self._repository.store.claimed(claim_name(key)):
                self._repository.keep_state(key, replace(state, status=Status.QUEUED, updated=time.time()))
                self._dispatch(key)

    def _ask(self, plan: Plan) -> None:
        """One recording, one request for it, however many ask at once."""
        self._repository.keep_plan(plan)
        if not self._repository.has_audio(plan.key) and self._repository.begin(plan):
            self._dispatch(plan.key)


def _no_recording() -> NotFound:
    return NotFound("There is no such recording.", "لا يوجد تسجيل بهذا المفتاح.")


def _mark(timing: Timing, sentence: Written) -> Mark:
    words = tuple(
        WordMark(start, end, span)
        for (start, end), span in zip(timing.words, sentence.words, strict=False)
        if span is not None
    )
    return Mark(sentence.text, timing.start, timing.end, sentence.span, sentence.role, words)

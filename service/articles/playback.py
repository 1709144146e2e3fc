"""A listener's requests: a recording's state, its timings and marks, and its production."""

from __future__ import annotations

from service.articles.draft import lost
from service.model.article import UNREAD, ArticleRecord, Priority
from service.model.errors import NotFound
from service.model.recording import (
    Chapter,
    Failure,
    Mark,
    Marks,
    Plan,
    SourceText,
    State,
    Status,
    Timing,
    Timings,
    WordMark,
)
from service.recordings import plan as planning
from service.recordings.assembler import RecordingAssembler
from service.recordings.scheduler import SentenceScheduler
from service.recordings.ssml_marks import timed_labels
from service.storage.repository import Repository


class Playback:
    """Recordings, by their keys.

    Args:
        repository: stores them.
        scheduler: requests evicted ones again.
        assembler: knows where the sound lies in the bytes.
    """

    def __init__(
        self, repository: Repository, scheduler: SentenceScheduler, assembler: RecordingAssembler
    ) -> None:
        self._repository = repository
        self._scheduler = scheduler
        self._assembler = assembler

    def state(self, key: str) -> State:
        """Return a recording's state.

        Raises:
            NotFound: it was never requested.
        """
        state = self._repository.state(key)
        if state is None:
            raise _no_recording()
        return state

    def title(self, key: str) -> str | None:
        """Return the title of the article that first requested a recording; ``None`` if it had none.

        Raises:
            NotFound: it was never requested.
        """
        return self._plan(key).tags.title

    def demand(self, key: str) -> None:
        """Request a recording for a listener, unless it is ready.

        An evicted one is made again; one of low priority becomes urgent.

        Raises:
            NotFound: it was never requested.
            EngineError: its article could not be read.
        """
        if self._repository.has_audio(key):
            return
        # An urgent one needs no plan, which is large for a long article.
        if self._repository.asked(key) is Priority.INTERACTIVE:
            self._repository.pend(key)
            return
        if key.startswith(UNREAD):
            raise (self.state(key).failure or Failure.of(lost())).error()
        self._scheduler.ask(self._plan(key), Priority.INTERACTIVE)

    def marks(self, key: str, record: ArticleRecord | None = None) -> Marks:
        """Return each sentence's position in the audio and in a text; of a growing recording, those spoken.

        Args:
            key: the recording's key.
            record: the article with the text; by default the one that first requested the recording.

        Raises:
            NotFound: it was never requested.
        """
        timings = self._timings(key)
        written = record.sentences if record else [sentence.written for sentence in self._plan(key).sentences]
        marks = tuple(_mark(*pair) for pair in zip(timings.sentences, written, strict=timings.complete))
        labels = tuple(timed_labels(written, timings.sentences))
        return Marks(marks, timings.duration, timings.complete, labels)

    def chapters(self, key: str) -> tuple[tuple[Chapter, ...], bool]:
        """Return a recording's chapters spoken so far, and whether these are all.

        Raises:
            NotFound: it was never requested.
        """
        timings = self._timings(key)
        return planning.timed(planning.chapters(self._plan(key)), timings), timings.complete

    def opening_size(self, key: str) -> int:
        """Return the number of bytes before the frames of a recording.

        Raises:
            Unavailable: its plan was evicted.
        """
        return self._assembler.opening_size(key)

    def position(self, key: str, moment: float) -> int | None:
        """Return the byte at which the frame that sounds at a moment begins; see ``RecordingAssembler``.

        Raises:
            Unavailable: its plan was evicted.
        """
        return self._assembler.position(key, moment)

    def _plan(self, key: str) -> Plan:
        plan = self._repository.plan(key)
        if plan is None:
            raise _no_recording()
        return plan

    def _timings(self, key: str) -> Timings:
        """Return the timings of a recording; lost ones are measured again."""
        timings = self._repository.timings(key)
        if not timings.complete and self.state(key).status is Status.READY:
            self.demand(key)
        return timings


def _no_recording() -> NotFound:
    return NotFound("There is no such recording.", "لا يوجد تسجيل بهذا المفتاح.")


def _mark(timing: Timing, sentence: SourceText) -> Mark:
    words = tuple(
        WordMark(start, end, span)
        for (start, end), span in zip(timing.words, sentence.words, strict=False)
        if span is not None
    )
    return Mark(sentence.text, timing.start, timing.end, sentence.span, sentence.role, words)

"""What a listener asks of a recording: how far it is, what it says when, and that it be made."""

from __future__ import annotations

from service.articles.draft import lost
from service.model.article import UNREAD, ArticleRecord, Priority
from service.model.errors import EngineError, NotFound
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
        repository: where they are.
        scheduler: has one made again that was evicted.
        assembler: knows how large what stands before the sound is.
    """

    def __init__(
        self, repository: Repository, scheduler: SentenceScheduler, assembler: RecordingAssembler
    ) -> None:
        self._repository = repository
        self._scheduler = scheduler
        self._assembler = assembler

    def state(self, key: str) -> State:
        """How far a recording is.

        Raises:
            NotFound: nobody has asked for it.
        """
        state = self._repository.state(key)
        if state is None:
            raise _no_recording()
        return state

    def title(self, key: str) -> str | None:
        """The title of the article that first asked for a recording; ``None`` where that had none.

        Raises:
            NotFound: nobody has asked for it.
        """
        return self._plan(key).tags.title

    def demand(self, key: str) -> None:
        """Have a recording there or on its way, for somebody who listens.

        One that was evicted is made again; one that others are served before waits no longer.

        Raises:
            NotFound: nobody has asked for it.
            EngineError: its article could not be read.
        """
        if self._repository.has_audio(key):
            return
        # One that is as urgent as can be needs no plan, which of a long article is large.
        if self._repository.asked(key) is Priority.INTERACTIVE:
            self._repository.pend(key)
            return
        if key.startswith(UNREAD):
            failure = self.state(key).failure or Failure.of(lost())
            raise EngineError(failure.en, failure.ar)
        self._scheduler.ask(self._plan(key), Priority.INTERACTIVE)

    def marks(self, key: str, record: ArticleRecord | None = None) -> Marks:
        """Where each sentence is, in the audio and in a text; while the recording grows, of what is spoken.

        Args:
            key: of the recording.
            record: whose text; by default that of the article which first asked for the recording.

        Raises:
            NotFound: nobody has asked for it.
        """
        timings = self._timings(key)
        written = record.sentences if record else [sentence.written for sentence in self._plan(key).sentences]
        marks = tuple(_mark(*pair) for pair in zip(timings.sentences, written, strict=timings.complete))
        labels = tuple(timed_labels(written, timings.sentences))
        return Marks(marks, timings.duration, timings.complete, labels)

    def chapters(self, key: str) -> tuple[tuple[Chapter, ...], bool]:
        """The parts of a recording, and whether that is all of them; while it grows, of what is spoken.

        Raises:
            NotFound: nobody has asked for it.
        """
        timings = self._timings(key)
        return planning.timed(planning.chapters(self._plan(key)), timings), timings.complete

    def opening_size(self, key: str) -> int:
        """Bytes that stand before the frames of a recording.

        Raises:
            Unavailable: its plan was evicted.
        """
        return self._assembler.opening_size(key)

    def _plan(self, key: str) -> Plan:
        plan = self._repository.plan(key)
        if plan is None:
            raise _no_recording()
        return plan

    def _timings(self, key: str) -> Timings:
        """When each sentence sounds; of a recording whose own are gone, they are measured again."""
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

"""A submitted article that has not been read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.model.article import Priority, Submission
from service.model.document import Article
from service.model.errors import ReadingFailed
from service.model.reading import Reading
from service.model.recording import Plan
from service.recordings import plan as planning
from service.recordings.plan import VoiceProfile

_LONG = 1000
"""Length in characters above which reading takes longer than sending a sentence to a worker."""
_VERY_LONG = 6000
"""Length in characters above which reading takes longer than a listener should wait."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A submitted article and its sound settings."""

    request: Submission
    article: Article
    sound: VoiceProfile
    seal: str | None
    """Seal of a private recording."""
    arrived: float
    """Seconds since 1970, UTC."""

    def plan(self, readings: Sequence[Reading]) -> Plan:
        """Plan the recording of the sentences read so far."""
        return planning.plan(self.article, readings, self.sound, self.seal)

    @property
    def is_spoken_ahead(self) -> bool:
        """Whether its first sentence is spoken while the rest is being read."""
        return self.request.priority is Priority.INTERACTIVE and len(self.article.text) > _LONG

    @property
    def is_accepted_unread(self) -> bool:
        """Whether it is accepted before it is read: a long article, which can no longer be refused.

        SSML is read first, because any part of it may request what its voice cannot do.
        """
        very_long = len(self.article.text) > _VERY_LONG
        return self.is_spoken_ahead and very_long and self.request.ssml is None


def lost() -> ReadingFailed:
    """Return the error for an accepted article whose data was lost."""
    return ReadingFailed(
        "The process that read the article died, and the request is lost. Send the article again.",
        "توقفت العملية التي كانت تقرأ المقال وضاع ما طُلب معه. أرسل المقال من جديد.",
    )

"""An article that was sent and has not been read."""

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
"""Characters that take longer to be read than a sentence takes to reach a maker."""
_VERY_LONG = 6000
"""Characters whose reading takes longer than a listener should wait."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was sent, and how it is to sound."""

    request: Submission
    article: Article
    sound: VoiceProfile
    seal: str | None
    """Of a private recording."""
    arrived: float
    """Seconds since 1970, UTC."""

    def plan(self, readings: Sequence[Reading]) -> Plan:
        """What is to be recorded of it, as far as it has been read."""
        return planning.plan(self.article, readings, self.sound, self.seal)

    @property
    def is_spoken_ahead(self) -> bool:
        """Whether its first sentence is spoken while the rest is read."""
        return self.request.priority is Priority.INTERACTIVE and len(self.article.text) > _LONG

    @property
    def is_accepted_unread(self) -> bool:
        """Whether it is accepted before it is read: a long one, which cannot be refused any more.

        SSML is read first, for it can ask in any place for what its voice cannot do.
        """
        very_long = len(self.article.text) > _VERY_LONG
        return self.is_spoken_ahead and very_long and self.request.ssml is None


def lost() -> ReadingFailed:
    """The error that what an accepted article was to be made of is gone."""
    return ReadingFailed(
        "The process that read it ended, and what it had been asked for is lost. Send it again.",
        "توقفت العملية التي كانت تقرأ المقال وضاع ما طُلب معه. أرسل المقال من جديد.",
    )

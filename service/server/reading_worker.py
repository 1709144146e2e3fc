"""The work of a process of the pool: takes articles in, and shows how they are read."""

from __future__ import annotations

import pickle  # nosec B403  # between our own processes alone
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service.api.schemas.explain import explained
from service.article import trial
from service.articles.service import ArticleService
from service.config.sites import Site
from service.metrics import tracing
from service.metrics.shipping import Shipper
from service.model.article import ArticleRecord, Receipt, Submission
from service.model.errors import Unavailable
from service.model.reading import CaseEndings, Reading, SpokenText
from service.pages.quotas import Quotas
from service.pool.child import Line
from service.recordings import plan
from service.recordings.plan import VoiceProfile
from service.storage.codec import UTTERANCES, unpacked


@dataclass(frozen=True, slots=True)
class Clerk:
    """The path's first half, in a process of the pool.

    Args:
        article_service: takes articles in.
        quotas: counts pages.
        ask: sends spoken pieces to be vowelled and phonemised; returns the name of the answer.
        shipper: ships metrics.
    """

    article_service: ArticleService
    quotas: Quotas
    ask: Callable[[Sequence[Sequence[SpokenText]], CaseEndings], str]
    shipper: Shipper

    def wake(self, _line: Line) -> None:
        """Do nothing: the caller only needs a process that has started."""

    def try_page(self, _line: Line) -> None:
        """As ``article.trial.reads``."""
        trial.reads()

    def take_in(self, line: Line, request: Submission) -> Receipt:
        """As ``ArticleService.take_in``."""
        return self.article_service.take_in(request, line.past_reading)

    def accept(self, line: Line, request: Submission, site: Site | None = None) -> Receipt:
        """The same; answers early with the receipt if the article is accepted before it is read.

        Args:
            line: of the call.
            request: the article.
            site: that owns the page; counted in its daily quota.

        Raises:
            TooMany: the site has used up its daily quota.
        """
        accepted: list[ArticleRecord] = []

        def admit(record: ArticleRecord) -> None:
            if site:
                self.quotas.take(site, record)
            accepted.append(record)
            line.stay()

        receipt = self.article_service.take_in(request, line.past_reading, admit, line.answer)
        if site and not accepted[0].is_read:
            self.quotas.read(site, accepted[0], receipt.key)
        return receipt

    def read_on(self, line: Line, article: str) -> None:
        """As ``ArticleService.read_on``."""
        self.article_service.read_on(article, line.past_reading)

    def explain(self, line: Line, request: Submission) -> tuple[str, bytes]:
        """Read an article and request its vowels; the answer's name, and further input for ``explained``."""
        readings, sound = self.article_service.read(request)
        line.past_reading()
        answer = self.ask(plan.spoken(readings), sound.case_endings)
        return answer, pickle.dumps((readings, sound))

    def explained(self, _line: Line, kept: bytes, answer: bytes) -> bytes:
        """How an article is read, as JSON of ``ExplainOut``, with the vowels that were received."""
        readings: list[Reading]
        sound: VoiceProfile
        readings, sound = pickle.loads(kept)  # noqa: S301  # nosec B301  # from `explain`
        utterances = unpacked(UTTERANCES, answer)
        if utterances is None:
            raise Unavailable("The worker returned a damaged response.", "وصل جواب تالف من عملية المعالجة.")
        return explained(plan.explain(readings, sound, lambda *_: utterances)).model_dump_json().encode()

    def close(self) -> None:
        """Ship the remaining metrics and traces."""
        self.shipper.end()
        tracing.end()

"""Turns a publisher's request into an article, its sentences and their readings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from service import article as articles
from service.config.lexicons import Lexicons
from service.config.sites import Sites
from service.model.article import Submission
from service.model.document import Article, Role
from service.model.errors import BadArticle
from service.model.reading import Locale, Reading
from service.recordings import plan
from service.ssml import from_ssml
from service.text.names.remembered import FullNames
from service.text.normalisation import final_ya
from service.text.pipeline import locales
from service.text.pipeline.spoken import ReadingOptions, read
from service.text.segmentation.phrasing import BREATH
from service.text.segmentation.sentences import sentences


@dataclass(frozen=True, slots=True)
class Intake:
    """Settings for reading a site's articles."""

    site: str | None
    """Its name."""
    max_characters: int
    reading: ReadingOptions
    lexicons: Lexicons
    sites: Sites

    def completed(self, request: Submission) -> Submission:
        """Return a request completed with its site's defaults.

        Raises:
            BadSites: the list of sites cannot be read.
        """
        return self.sites.completed(request)

    def extract(self, request: Submission) -> Article:
        """Return the article in a request.

        Raises:
            BadArticle: there is none, or it exceeds the limits; the error names the field at fault.
        """
        sent = [field for field in ("text", "html", "ssml") if getattr(request, field) is not None]
        if len(sent) > 1:
            first, second = sent[:2]
            raise BadArticle(
                f"Send “{first}” or “{second}”, not both.",
                f"أرسِل {first} أو {second}، لا كليهما.",
                field=second,
            )
        details = {"title": request.title, "author": request.author, "url": request.url, "site": self.site}
        if request.ssml is not None:
            return from_ssml(
                request.ssml,
                about=articles.About(**details),
                ignore=request.ssml_unknown == "ignore",
                max_characters=self.max_characters,
                locale=self._locale(request.locale, request.site, url=request.url, text=request.ssml),
            )
        if request.html is not None:
            return articles.from_html(request.html, max_characters=self.max_characters, **details)
        if request.text is not None:
            return articles.from_text(request.text, max_characters=self.max_characters, **details)
        raise BadArticle(
            "“text”, “html” or “ssml” is missing.", "الحقل text أو html أو ssml ناقص.", field="text"
        )

    def outline(self, article: Article) -> tuple[str, ...]:
        """Return the titles of a recording's parts, as far as they are known before reading.

        They are exact unless a sentence turns out to have nothing speakable.
        """
        if all(paragraph.role is not Role.HEADING for paragraph in article.paragraphs):
            return ()
        return tuple(part.title for part in plan.parts(list(sentences(article)), article.title))

    def read(
        self,
        article: Article,
        site: str | None = None,
        longest: int = BREATH,
        locale: Locale | None = None,
        own: ReadingOptions | None = None,
    ) -> list[Reading]:
        """Return each sentence's reading; sentences with nothing speakable are omitted.

        Args:
            article: the article to read.
            site: site whose lexicon applies; ``None`` for only the lexicon of all sites.
            longest: maximum number of letters in a piece, if the voice accepts fewer than a breath has.
            locale: the regional variant that was asked for; ``None``: as its site has it.
            own: options for an article with a voice of its own for Latin script; ``None``: the service's.

        Raises:
            BadArticle: nothing in the whole article is speakable, or the site's name is invalid.
            BadLexicon: the site's lexicon cannot be read.
        """
        return list(self.readings(article, site, longest, locale, own))

    def readings(
        self,
        article: Article,
        site: str | None = None,
        longest: int = BREATH,
        locale: Locale | None = None,
        own: ReadingOptions | None = None,
    ) -> Iterator[Reading]:
        """As ``read``, one by one: the first of a long article is ready long before the last."""
        own = own or self.reading
        limit = min(longest, own.breath_limit)
        variant = self._locale(locale, site, language=article.language, url=article.url, text=article.text)
        options = replace(
            own,
            locale=variant,
            undotted=final_ya.is_undotted(article.text),
            lexicon=self.lexicons.of(site),
            breath_limit=limit,
        )
        known = FullNames(article)
        speakable = False
        for sentence in sentences(article):
            reading = read(sentence, options, known, opens=not speakable)
            if reading.pieces:
                speakable = True
                yield reading
        if not speakable:
            raise BadArticle(
                "There is nothing in this article that can be read aloud.",
                "لا يوجد في هذا المقال ما يمكن قراءته.",
                field="text",
            )

    def _locale(
        self,
        asked: Locale | None,
        site: str | None,
        *,
        language: str | None = None,
        url: str | None = None,
        text: str,
    ) -> str:
        """The variant: the request's, the site's or the service's; what the article tells if auto."""
        own = self.sites.get(site)
        wanted = asked or (own and own.locale) or self.reading.locale
        return locales.resolve(wanted, language=language, url=url, text=text)

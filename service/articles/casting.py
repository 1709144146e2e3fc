"""Which voice reads an article: by the request, or by its site's rules for authors, sections and languages.

The first of these that names a voice for the article's language decides: the request, the author, the
section, the language, the site, the service. An article in English or French is read by a voice for Latin
script, and what is in Arabic script in it by the voice that would read the site's Arabic articles.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from service.config.sites import Site, Sites
from service.model.article import Submission
from service.model.document import Article
from service.model.errors import UnspokenLanguage
from service.text.normalisation.transliteration import Language, home_language, language_of
from voices.card import VoiceCard, primary

ARABIC = "ar"
_PRIMARY = {Language.ENGLISH: "en", Language.FRENCH: "fr"}
_NAMES = {"ar": ("Arabic", "بالعربية"), "en": ("English", "بالإنجليزية"), "fr": ("French", "بالفرنسية")}
_SAMPLE_WORDS = 200
"""Words that distinguish English from French, if the page states no language."""
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’-]*")
_ARABIC_WORD = re.compile("[ء-غف-يٮ-ۓ\u064b-\u0652]+")
_AUTHORS = re.compile(r"\s*[,،؛;|/&]\s*")
_BY = re.compile(r"^(?:بقلم|كتبه|كتبت|كتب|by)\b\s*:?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Casting:
    """Chooses voices.

    Args:
        sites: their rules.
        card: returns the card of a voice that can speak; raises ``UnknownVoice``.
        speaking: returns the installed voices.
        voice: the service's own.
        latin_voice: the service's own for Latin script.
        locale: the service's regional variant.
    """

    sites: Sites
    card: Callable[[str], VoiceCard]
    speaking: Callable[[], list[VoiceCard]]
    voice: str
    latin_voice: str | None
    locale: str

    def cast(self, request: Submission, article: Article) -> Submission:
        """The request with the voice for its article, and with one for Latin script if the article is in it.

        Args:
            request: completed with its site's defaults.
            article: what it contains.

        Raises:
            UnknownVoice: there is no such voice, or it is not installed.
            UnspokenLanguage: the requested voice can't read the article's script, or the site has rules, and
                neither they nor the service name a voice for its language.
        """
        site = self.sites.get(request.site)
        ruled = site is not None and site.voices.any
        if not ruled and request.voice is None:
            return request
        language = written_in(article, self.locale)
        if request.voice:
            return self._asked(request, request.voice, language, site)
        for voice in self._named(site, request, article, language):
            if self._speaks(voice, language):
                return self._with(request, voice, language, site)
        if language == ARABIC:
            return request
        raise self._unspoken(language, site.name if site else "")

    def _asked(self, request: Submission, voice: str, language: str, site: Site | None) -> Submission:
        """A request that names a voice itself; an Arabic one reads Latin script as well."""
        own = primary(self.card(voice).language)
        if own == ARABIC:
            return request
        if language == ARABIC:
            raise self._unspoken(language, "", voice)
        return self._with(request, voice, language, site)

    def _with(self, request: Submission, voice: str, language: str, site: Site | None) -> Submission:
        if language == ARABIC:
            return replace(request, voice=voice)
        return replace(request, voice=self._arabic(site), latin_voice=voice)

    def _arabic(self, site: Site | None) -> str | None:
        """The voice for what is in Arabic script in an article in another language."""
        told = (_of_languages(site).get(ARABIC), site.voice) if site else ()
        return next((voice for voice in told if voice and self._speaks(voice, ARABIC)), None)

    def _named(
        self, site: Site | None, request: Submission, article: Article, language: str
    ) -> Iterator[str]:
        """The voices that the rules name for an article, the most particular first."""
        if site is None:
            return
        authors = {key(name): voice for name, voice in site.voices.authors.items()}
        yield from (authors[name] for name in _authors(article.author) if name in authors)
        # The request has been completed with the site's section, before which the article's own counts.
        asked = request.section if request.section != site.section else None
        section = asked or article.section or site.section
        sections = {key(name): voice for name, voice in site.voices.sections.items()}
        if section and key(section) in sections:
            yield sections[key(section)]
        others = (_of_languages(site).get(language), site.voice, self.latin_voice, self.voice)
        yield from filter(None, others)

    def _speaks(self, voice: str, language: str) -> bool:
        return primary(self.card(voice).language) == language

    def _unspoken(self, language: str, site: str, voice: str = "") -> UnspokenLanguage:
        en, ar = _NAMES.get(language, (language, language))
        others = [card.id for card in self.speaking() if primary(card.language) == language]
        choice = f"Installed: {', '.join(others)}." if others else "None is installed."
        choice_ar = f"المثبّت منها: {'، '.join(others)}." if others else "ولا صوت مثبّت لها."
        if voice:
            return UnspokenLanguage(
                f"The article is in {en}, which the voice {voice} does not speak. {choice}",
                f"المقال {ar}، والصوت {voice} لا ينطق بها. {choice_ar}",
                field="voice",
            )
        return UnspokenLanguage(
            f"The article is in {en}, and the site {site} has no voice for it: istami sites voices {site} "
            f"VOICE --language {language}. {choice}",
            f"المقال {ar}، وليس للموقع {site} صوت لها: istami sites voices {site} VOICE --language "
            f"{language}. {choice_ar}",
            field="voice",
        )


def written_in(article: Article, locale: str) -> str:
    """The language of an article, a primary subtag of BCP 47: that of most of its words.

    Between languages in Latin script, the page decides, or else the spelling.
    """
    words = _LATIN_WORD.findall(article.text)
    if len(words) <= len(_ARABIC_WORD.findall(article.text)):
        return ARABIC
    told = (article.language or "").partition("-")[0].partition("_")[0].lower()
    if told and told != ARABIC:
        return told
    return _PRIMARY[language_of(words[:_SAMPLE_WORDS], locale) if words else home_language(locale)]


def _of_languages(site: Site) -> dict[str, str]:
    return {str(tag): voice for tag, voice in site.voices.languages.items()}


def key(name: str) -> str:
    """An author or a section, as they are compared: case, white space and vowel marks do not count."""
    folded = unicodedata.normalize("NFKD", " ".join(name.split())).casefold()
    return "".join(char for char in folded if not unicodedata.combining(char) and char != "ـ")


def _authors(told: str | None) -> Iterator[str]:
    """Whole, and one by one: «بقلم: ليلى المراكشي، سعيد العلمي»."""
    if told:
        whole = _BY.sub("", told.strip())
        yield key(whole)
        yield from (key(_BY.sub("", name)) for name in _AUTHORS.split(whole) if name)

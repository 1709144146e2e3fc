"""Converts the tree of an SSML document to an article: its text and its instructions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from service.article.checks import MAX_TITLE, check_length, check_text
from service.article.pasted import About, titled
from service.model.counting import CHARACTER, SECOND, counted
from service.model.document import Article, Boundary, Prosody, Way
from service.model.errors import BadArticle
from service.ssml import spans, values
from service.ssml.document import LANG, check_understood, is_silent, name_of, parse
from service.ssml.refusals import refuse
from service.ssml.writing import Manner, Writer

MAX_SILENCE = 600.0
"""Maximum total seconds of all breaks."""
_LANGUAGES = frozenset({"ar", "en", "fr"})


@dataclass(frozen=True, slots=True)
class _Options:
    """Options for reading a document."""

    ignoring: bool
    """Ignore unsupported markup, but read its text."""
    locale: str


def from_ssml(ssml: str, *, about: About, ignore: bool, max_characters: int, locale: str) -> Article:
    """Make an article from an SSML document (§ 3.1.1).

    ``Article.text`` is the text in it, a line for every paragraph; nothing is removed as page chrome.

    Args:
        ssml: the document.
        about: the article's metadata.
        ignore: ignore unsupported markup and read its text; else reject the document.
        max_characters: maximum length of the text, aliases included, in code points.
        locale: regional variant for month names and currencies.

    Raises:
        BadArticle: the document is hostile, ill-formed, beyond the limits, or requests something unsupported.
    """
    root = parse(ssml)
    if not ignore:
        check_understood(root)
    about = about.cleaned()
    check_length(about.title or "", "title", MAX_TITLE)
    writer = Writer()
    _Reader(writer, _Options(ignore, locale)).block(root, Manner(), Boundary.PARAGRAPH)
    text, script = writer.text, writer.script
    check_text(text + "".join(each.value for each in script.instructions), "ssml", max_characters)
    if sum(each.seconds or 0 for each in script.breaks) > MAX_SILENCE:
        raise refuse(
            0,
            f"the breaks last more than {MAX_SILENCE:g} s together",
            f"مجموع الوقفات أطول من {counted(MAX_SILENCE, SECOND)}",
        )
    return Article(
        text=text,
        paragraphs=tuple(titled(writer.paragraphs, about.title)),
        title=about.title,
        author=about.author,
        url=about.url,
        site=about.site,
        published=about.published,
        script=script,
    )


class _Reader:
    """Traverses the tree once."""

    def __init__(self, writer: Writer, options: _Options) -> None:
        self._writer = writer
        self._options = options
        self._elements: dict[str, Callable[[Any, Manner], None]] = {
            "p": partial(self.block, boundary=Boundary.PARAGRAPH),
            "s": partial(self.block, boundary=Boundary.SENTENCE),
            "break": self._break,
            "mark": self._mark,
            "prosody": self._prosody,
            "say-as": partial(self._span, Way.SAY_AS),
            "sub": partial(self._span, Way.SUB),
            "phoneme": partial(self._span, Way.PHONEME),
            "lexicon": self._lexicon,
        }

    def block(self, element: Any, manner: Manner, boundary: Boundary) -> None:
        """A paragraph or a sentence (§ 3.1.8.1): loose text before it ends there, too."""
        self._writer.end(Boundary.SENTENCE if boundary is Boundary.SENTENCE else Boundary.PARAGRAPH)
        self._content(element, manner)
        self._writer.end(boundary, is_sentence=boundary is Boundary.SENTENCE)

    def _content(self, element: Any, manner: Manner) -> None:
        manner = self._spoken_in(element, manner)
        self._writer.say(element.text or "", manner)
        for child in element:
            if not is_silent(child):
                self._elements.get(name_of(child), self._content)(child, manner)
            self._writer.say(child.tail or "", manner)

    def _spoken_in(self, element: Any, manner: Manner) -> Manner:
        """``xml:lang`` (§ 3.1.2, 3.1.12): the language of Latin script; Arabic script is always Arabic."""
        told = element.get(LANG)
        if told is None:
            return manner
        language = told.strip().partition("-")[0].lower()
        if language in _LANGUAGES:
            return replace(manner, language=language)
        if self._options.ignoring:
            return manner
        raise refuse(
            element,
            f"the language “{told[:40]}” is not supported: ar, en or fr",
            f"اللغة «{told[:40]}» غير مدعومة: ar أو en أو fr",
        )

    def _break(self, element: Any, _manner: Manner) -> None:
        self._empty(element)
        if (pause := self._tried(lambda: values.pause(element, self._writer.at))) is not None:
            self._writer.pause(pause)

    def _mark(self, element: Any, _manner: Manner) -> None:
        """A position whose time is reported (§ 3.3.2)."""
        self._empty(element)
        name = element.get("name", "").strip()
        if name and len(name) <= MAX_TITLE:
            self._writer.label(name)
        elif not self._options.ignoring:
            raise refuse(
                element,
                f"<mark> needs a name of at most {MAX_TITLE} characters",
                f"يلزم ‎<mark>‎ اسمٌ لا يزيد على {counted(MAX_TITLE, CHARACTER)}",
            )

    def _prosody(self, element: Any, manner: Manner) -> None:
        style: Prosody | None = self._tried(lambda: values.style(element, manner.style))
        self._content(element, replace(manner, style=style or manner.style))

    def _span(self, way: Way, element: Any, manner: Manner) -> None:
        """A span that is spoken as a unit."""
        if len(element) and not self._options.ignoring:
            name = name_of(element)
            raise refuse(element, f"<{name}> may contain only text", f"لا يحتوي ‎<{name}>‎ إلا على نص")
        text = " ".join("".join(element.itertext()).split())
        found = self._tried(lambda: spans.instruction(way, element, text, self._options.locale))
        if found is None:
            self._writer.say(text, manner)
        else:
            self._writer.whole(way, found, manner)

    def _lexicon(self, element: Any, _manner: Manner) -> None:
        self._writer.words += self._tried(lambda: values.words(element)) or []

    def _empty(self, element: Any) -> None:
        if (len(element) or (element.text or "").strip()) and not self._options.ignoring:
            name = name_of(element)
            raise refuse(element, f"<{name}> must be empty", f"يجب أن يكون ‎<{name}>‎ فارغا")

    def _tried(self, make: Callable[[], Any]) -> Any:
        """The result for an element; ``None`` for an unsupported one that is ignored."""
        try:
            return make()
        except BadArticle:
            if self._options.ignoring:
                return None
            raise

"""Pasted text → ``Article``, and the last steps that it shares with extracted pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.article import chrome
from service.article.checks import MAX_TITLE, check_length, check_text, clean, is_speakable
from service.article.labels import fold
from service.model.document import Article, Paragraph, Role, Span

_LINE = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]+")
_HEADING = re.compile(r"#{1,6}[ \t]+(?=\S)")
_TITLE_LINES = 5
"""Number of lines at the top in which the title is searched."""
_SIGNS = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class About:
    """The metadata of an article."""

    title: str | None = None
    author: str | None = None
    url: str | None = None
    site: str | None = None
    published: str | None = None
    language: str | None = None
    section: str | None = None

    def cleaned(self) -> About:
        """Tidy white space and unspeakable characters; fields that are then empty become ``None``."""
        fields = {name: _tidy(getattr(self, name)) for name in self.__slots__}
        return replace(self, **fields)


def from_text(  # noqa: D417 - metadata by name
    text: str,
    *,
    title: str | None = None,
    author: str | None = None,
    url: str | None = None,
    site: str | None = None,
    max_characters: int,
) -> Article:
    """Make an article from the text of a page as a reader or a publisher pastes it.

    Every line is a paragraph; lines of page chrome, and lines without a letter or digit, are dropped.
    A title that also appears at the top of the text is read once, there.

    Args:
        text: stored unchanged, except that control characters and lone surrogates become spaces.
        max_characters: maximum length of the text, in code points.

    Raises:
        BadArticle: the text is empty, too long or unspeakable, or the title too long.
    """
    check_text(text, "text", max_characters)
    text = clean(text)
    lines = [(line, Role.BODY) for line in lines_of(text)]
    return assemble(text, lines, About(title, author, url, site))


def lines_of(text: str) -> list[Span]:
    """The spans of a text's speakable lines, without white space at their ends."""
    found = []
    for match in _LINE.finditer(text):
        line = match.group()
        if is_speakable(line):
            start = match.start() + len(line) - len(line.lstrip())
            found.append(Span(start, match.start() + len(line.rstrip())))
    return found


def assemble(text: str, lines: Sequence[tuple[Span, Role]], about: About) -> Article:
    """Make an article from its lines: chrome dropped, title first.

    Raises:
        BadArticle: the title is too long.
    """
    about = about.cleaned()
    check_length(about.title or "", "title", MAX_TITLE)
    roles = {line.end: role for line, role in lines}
    kept = chrome.strip(text, [line for line, _ in lines])
    body = [_paragraph(text, line, roles.get(line.end, Role.BODY)) for line in kept]
    return Article(
        text=text,
        paragraphs=tuple(titled(body, about.title)),
        title=about.title,
        author=about.author,
        url=about.url,
        site=about.site,
        published=about.published,
        language=about.language,
        section=about.section,
    )


def _paragraph(text: str, line: Span, role: Role) -> Paragraph:
    heading = _HEADING.match(text, line.start, line.end)
    if heading:
        line, role = Span(heading.end(), line.end), Role.HEADING
    return Paragraph(text[line.start : line.end], line, role)


def titled(body: list[Paragraph], title: str | None) -> list[Paragraph]:
    """The paragraphs with the title once: the first that equals it, or a new one before all others."""
    if title is None or not is_speakable(title):
        return body
    key = _key(title)
    same = [n for n, paragraph in enumerate(body[:_TITLE_LINES]) if _key(paragraph.text) == key]
    if not same:
        return [Paragraph(title, None, Role.TITLE), *body]
    body[same[0]] = replace(body[same[0]], role=Role.TITLE)
    return [paragraph for number, paragraph in enumerate(body) if number not in same[1:]]


def _key(text: str) -> str:
    return " ".join(_SIGNS.sub(" ", fold(text)).split())


def _tidy(text: str | None) -> str | None:
    return " ".join(clean(text).split()) or None if text else None

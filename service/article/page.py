"""A page of HTML → ``Article``: title, author, date, site, headings and paragraphs."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from service.article.checks import check_markup, check_text, clean, is_speakable
from service.article.pasted import About, assemble, lines_of
from service.errors import BadArticle
from service.types import Article, Role, Span

_log = logging.getLogger(__name__)

_Line = tuple[str, Role]

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = _HEADINGS | {
    *(
        "address",
        "article",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "pre",
    ),
    *("section", "table", "td", "th", "tr", "ul"),
}
_SILENT = frozenset(
    {
        *("aside", "button", "figcaption", "figure", "footer", "form", "head", "iframe", "nav", "noscript"),
        *("object", "option", "script", "select", "style", "svg", "template"),
    }
)
_ARTICLE_TYPE = re.compile(r"Article|Posting|Report|Review")
_MOSTLY = 0.5
"""A body in JSON-LD is preferred to what was found on the page when that is shorter than this part of it."""
_ON_ITS_OWN = re.compile(r"\s+[-–|»:]\s+[^-–|»:]+$")


def from_html(  # noqa: D417, PLR0913 - metadata by name
    html: str,
    *,
    url: str | None = None,
    title: str | None = None,
    author: str | None = None,
    site: str | None = None,
    max_characters: int,
) -> Article:
    """Make an article of a page, or of the part of a page that holds the article.

    ``Article.text`` is the extracted text, a line for every paragraph; what is given beside the page goes
    before what the page tells of itself. Captions, menus, tags, tables and links to other articles are
    dropped.

    Args:
        html: a page or a fragment, however broken.
        max_characters: longest extracted text taken, in code points.

    Raises:
        BadArticle: the page is empty, too large to parse, or has no article in it; the article is too long;
            the title is too long.
    """
    if not html.strip():
        check_text(html, "html", max_characters)
    check_markup(html)
    markup = clean(html)
    told, found = _extracted(markup, url)
    lines = _longer(found, _embedded(markup)) or _blocks(markup)
    about = About(
        title=title or _shortest_title(told.title, lines),
        author=author or told.author,
        url=url or told.url,
        site=site or told.site,
        published=told.published,
    )
    return _joined(lines, about, max_characters)


def _joined(lines: list[_Line], about: About, max_characters: int) -> Article:
    text = "\n".join(line for line, _ in lines)
    if not is_speakable(text):
        raise BadArticle(
            "No article was found in the page.", "الصفحة: لم يُعثر فيها على نص مقال.", field="html"
        )
    check_text(text, "html", max_characters)
    places, at = [], 0
    for line, role in lines:
        places.append((Span(at, at + len(line)), role))
        at += len(line) + 1
    return assemble(text, places, about)


def _tidied(lines: Iterator[_Line]) -> list[_Line]:
    """Every line on its own, white space tidied, the unspeakable left out."""
    return [
        (" ".join(text[span.start : span.end].split()), role)
        for text, role in ((clean(raw), role) for raw, role in lines)
        for span in lines_of(text)
    ]


def _extracted(markup: str, url: str | None) -> tuple[About, list[_Line]]:
    """Title and so on, and the lines of the article's body, by trafilatura."""
    from trafilatura import bare_extraction

    try:
        page: Any = bare_extraction(
            _tree(markup),
            url=url,
            include_comments=False,
            include_tables=False,
            with_metadata=True,
            config=_config(),
        )
    except Exception:  # noqa: BLE001
        # A library of heuristics over anybody's markup: whatever it trips on, the plain blocks remain.
        _log.warning("extraction failed", exc_info=True)
        return About(), []
    if page is None:
        return About(), []
    about = About(page.title, page.author, page.url, page.sitename, page.date)
    return about.cleaned(), _tidied(_body(page.body))


@cache
def _config() -> Any:
    from trafilatura.settings import use_config

    config = use_config()
    # Below this many characters it would glue all the page's text together, chrome included.
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "1"
    return config


def _tree(markup: str) -> Any:
    from lxml import html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    return html.document_fromstring(markup.encode(), parser=parser)


def _body(body: Any) -> Iterator[_Line]:
    """The lines of trafilatura's own small markup: ``head``, ``p``, ``quote``, ``list`` with ``item``."""
    for element in body.iter("head", "p", "quote", "item"):
        role = Role.HEADING if element.tag == "head" else Role.BODY
        yield "".join(_own(element)), role


def _own(element: Any) -> Iterator[str]:
    """The text of an element but for that of the lines nested in it."""
    yield element.text or ""
    for child in element:
        if child.tag == "lb":
            yield "\n"
        elif child.tag not in {"head", "p", "quote", "item", "list"}:
            yield from _own(child)
        else:
            yield "\n"
        yield child.tail or ""


def _longer(found: list[_Line], embedded: list[_Line]) -> list[_Line]:
    size = sum(len(line) for line, _ in found)
    return embedded if size < _MOSTLY * sum(len(line) for line, _ in embedded) else found


def _embedded(markup: str) -> list[_Line]:
    """The lines of the ``articleBody`` that a page carries as JSON-LD."""
    if "articleBody" not in markup:
        return []
    scripts = _tree(markup).iterfind('.//script[@type="application/ld+json"]')
    bodies = [body for script in scripts for body in _bodies(_json(script.text or ""))]
    longest = max(bodies, key=len, default="")
    if "</" in longest:
        return _blocks(longest)
    return _tidied(iter([(longest, Role.BODY)]))


def _json(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _bodies(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            body = item.get("articleBody")
            if isinstance(body, str) and _ARTICLE_TYPE.search(str(item.get("@type"))):
                yield body
            waiting.extend(item.values())


def _blocks(markup: str) -> list[_Line]:
    """The lines of a page's block elements, for fragments in which no article can be recognised."""
    from lxml import etree

    try:
        tree = _tree(markup)
    except (etree.LxmlError, ValueError):
        return []
    return _tidied(_walked(tree))


def _walked(tree: Any) -> Iterator[_Line]:
    from lxml import etree

    silent, role, parts = 0, Role.BODY, [""]
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        name = element.tag if isinstance(element.tag, str) else "script"
        if name in _BLOCKS:
            yield "".join(parts), role
            parts.clear()
            role = Role.HEADING if event == "start" and name in _HEADINGS else Role.BODY
        if name in _SILENT:
            silent += 1 if event == "start" else -1
        said = element.text if event == "start" else element.tail
        if not silent and said:
            parts.append(said)
    yield "".join(parts), role


def _shortest_title(title: str | None, lines: list[_Line]) -> str | None:
    """The title without the site's name after it, where the page's heading stands without it."""
    if title is None:
        return None
    short = _ON_ITS_OWN.sub("", title)
    return short if any(line == short for line, _ in lines[:5]) else title

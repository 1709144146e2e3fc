"""A page of HTML → ``Article``: title, author, date, site, headings and paragraphs."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from service.article.blocks import CELL, Line, blocks, role_of, tidied
from service.article.checks import MAX_TITLE, check_markup, check_text, clean, is_speakable
from service.article.markup import bodies, canonical, language, parse, section, tame
from service.article.pasted import About, assemble
from service.model.document import Article, Role, Span
from service.model.errors import BadArticle, MissingPart

_log = logging.getLogger(__name__)

_BODY = "data-istami-body"
"""Marks an element that holds only the article's text; the player looks for it, too."""
_PAGE = re.compile(r"<(?:html|head|body)\b", re.IGNORECASE)
_MOSTLY = 0.5
"""A body in JSON-LD replaces the text found on the page if that is shorter than this share of it."""
_SITE = re.compile(r"(.+?)\s+[-–—|»:]\s+(.+)")
_TOP_LINES = 5


def from_html(  # noqa: D417 - metadata by name
    html: str,
    *,
    url: str | None = None,
    title: str | None = None,
    author: str | None = None,
    site: str | None = None,
    max_characters: int,
) -> Article:
    """Make an article from a page, or from the part of a page that holds the article.

    ``Article.text`` is the extracted text, a line for every paragraph; metadata arguments override the page's
    own metadata. Captions, menus, tags, tables and links to other articles are dropped.

    Args:
        html: a page or a fragment, even if malformed.
        max_characters: maximum length of the extracted text, in code points.

    Raises:
        BadArticle: the page is empty, too large to parse, or has no article in it; the article is too long;
            the title is too long.
        MissingPart: a library that reads pages is missing or incomplete.
    """
    if not html.strip():
        check_text(html, "html", max_characters)
    check_markup(html)
    try:
        told, lines = _read(clean(html), url)
    except ImportError as error:
        why = " ".join(str(error).split())
        raise MissingPart(
            f"Pages cannot be read: a part of the installation is missing ({why}). Install istami again.",
            "تتعذّر قراءة الصفحات: جزء من التثبيت مفقود. أعد تثبيت istami.",
        ) from error
    except Exception as error:
        # Untrusted markup goes through two libraries: the page is at fault for any error in them.
        _log.info("page refused: %s", type(error).__name__)
        _log.debug("page refused", exc_info=True)  # its message may quote the page
        raise _nothing_found() from error
    about = About(
        title=title or _headline(lines) or _without_site(told),
        author=author or told.author,
        url=url or told.url,
        site=site or told.site,
        published=told.published,
        language=told.language,
        section=told.section,
    )
    lines = [(line, Role.HEADING if role is Role.TITLE else role) for line, role in lines]
    return _joined(lines, about, max_characters)


def canonical_link(html: str) -> str | None:
    """The canonical URL of a page, as written there; ``None`` if it has none.

    Raises:
        BadArticle: the page is too large to parse.
    """
    check_markup(html)
    try:
        return canonical(parse(clean(html)))
    except Exception:  # noqa: BLE001  # as above: the page is at fault for any error in the parser
        return None


def _nothing_found() -> BadArticle:
    return BadArticle("No article was found in the page.", "الصفحة: لم يُعثر فيها على نص مقال.", field="html")


def _joined(lines: list[Line], about: About, max_characters: int) -> Article:
    text = "\n".join(line for line, _ in lines)
    if not is_speakable(text):
        raise _nothing_found()
    check_text(text, "html", max_characters)
    places, at = [], 0
    for line, role in lines:
        places.append((Span(at, at + len(line)), role))
        at += len(line) + 1
    return assemble(text, places, about)


def _read(markup: str, url: str | None) -> tuple[About, list[Line]]:
    """The metadata in the markup, and its lines."""
    marked = _marked(markup)
    if not _PAGE.search(markup):
        return About(), marked or blocks(parse(markup))
    told, found = _extracted(markup, url)
    return told, marked or _longer(found, _embedded(markup)) or blocks(parse(markup))


def _marked(markup: str) -> list[Line]:
    """The lines of all elements that the publisher has marked as the article's text, in order."""
    if _BODY not in markup:
        return []
    elements = parse(markup).xpath(f"//*[@{_BODY}][not(ancestor::*[@{_BODY}])]")
    for element in elements:
        element.tail = None
    return [line for element in elements for line in blocks(element)]


def _extracted(markup: str, url: str | None) -> tuple[About, list[Line]]:
    """The metadata and the lines of the article's body, by trafilatura."""
    from trafilatura import bare_extraction

    tree = parse(markup)
    told, named = language(tree), section(tree)
    page: Any = bare_extraction(
        tame(tree), url=url, include_comments=False, with_metadata=True, config=_config()
    )
    if page is None:
        return About(language=told, section=named), []
    about = About(page.title, page.author, page.url, page.sitename, page.date, told, named)
    return about.cleaned(), tidied(_body(page.body))


@cache
def _config() -> Any:
    from trafilatura.settings import use_config

    config = use_config()
    # Below this many characters it would join all the page's text, chrome included.
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "1"
    return config


def _body(body: Any) -> Iterator[Line]:
    """The lines of trafilatura's markup: ``head``, ``p``, ``quote``, ``item``, ``row`` of ``cell``."""
    for element in body.iter("head", "p", "quote", "item", "row"):
        if element.tag == "row":
            yield CELL.join(said for cell in element if (said := "".join(_own(cell)).strip())), Role.BODY
        else:
            yield (
                "".join(_own(element)),
                role_of(element.get("rend", "")) if element.tag == "head" else Role.BODY,
            )


def _own(element: Any) -> Iterator[str]:
    """The text of an element without the lines nested in it."""
    yield element.text or ""
    for child in element:
        if child.tag == "lb":
            yield "\n"
        elif child.tag not in {"head", "p", "quote", "item", "list"}:
            yield from _own(child)
        else:
            yield "\n"
        yield child.tail or ""


def _longer(found: list[Line], embedded: list[Line]) -> list[Line]:
    size = sum(len(line) for line, _ in found)
    return embedded if size < _MOSTLY * sum(len(line) for line, _ in embedded) else found


def _embedded(markup: str) -> list[Line]:
    """The lines of the longest article in a page's linked data."""
    if "articleBody" not in markup:
        return []
    longest = max(bodies(parse(markup)), key=len, default="")
    return blocks(parse(longest)) if "</" in longest else tidied(iter([(longest, Role.BODY)]))


def _headline(lines: list[Line]) -> str | None:
    """The ``h1`` at the top of the article, if any."""
    return next((line for line, role in lines[:_TOP_LINES] if role is Role.TITLE), None)


def _without_site(told: About) -> str | None:
    """The page's title, without the site's name after it."""
    if told.title is None or len(told.title) > MAX_TITLE:
        return None
    match = _SITE.fullmatch(told.title)
    return match[1] if match and told.site and match[2] == told.site else told.title

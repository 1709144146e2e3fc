"""Markup → tree, and the linked data in a page's scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_LINKED_DATA = "application/ld+json"
_LONGEST = 1000
_LONGEST_SECTION = 100
"""Code points of an attribute, a title or a field of linked data. Longer ones hold no useful metadata
and slow down the patterns that search them for dates and names."""
_TAG = re.compile("[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,8}")


def parse(markup: str) -> Any:
    """Parse a page or fragment, even if malformed. No entity is expanded, nothing is fetched.

    Raises:
        lxml.etree.LxmlError: the markup contains no element.
    """
    from lxml import html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    return html.document_fromstring(markup.encode(), parser=parser)


def bodies(tree: Any) -> Iterator[str]:
    """Every ``articleBody`` in the linked data of a page."""
    return _fields(tree, "articleBody")


def _fields(tree: Any, name: str) -> Iterator[str]:
    """Every text in a field of the linked data of a page."""
    waiting = [_loaded(script) for script in _scripts(tree)]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            told = item.get(name)
            yield from (
                text for text in (told if isinstance(told, list) else [told]) if isinstance(text, str)
            )
            waiting.extend(item.values())


def canonical(tree: Any) -> str | None:
    """The canonical URL in a page's head (RFC 6596); the body may hold text from readers."""
    links = tree.xpath("/html/head//link[@rel][@href]")
    named = (link.get("href") for link in links if "canonical" in link.get("rel").lower().split())
    return next((href.strip() for href in named), None)


def language(tree: Any) -> str | None:
    """The language tag of a page (BCP 47), of its element or else of its Open Graph metadata."""
    tags = [*tree.xpath("/html/@lang"), *tree.xpath("/html/head//meta[@property='og:locale']/@content")]
    return next((tag for tag in map(str.strip, tags) if _TAG.fullmatch(tag)), None)


def section(tree: Any) -> str | None:
    """The section of a page: of its Open Graph metadata, or else the first in its linked data."""
    told = tree.xpath("/html/head//meta[@property='article:section']/@content")
    named = (name.strip() for name in (*told, *_fields(tree, "articleSection")))
    return next((name for name in named if 0 < len(name) <= _LONGEST_SECTION), None)


def tame(tree: Any) -> Any:
    """The same tree without anything that could stall a search for metadata.

    Removes scripts, except valid linked data, and long attributes, titles and fields of that data.
    """
    for script in _scripts(tree):
        script.text = _short(script)
    for element in list(tree.iter("script", "style")):
        if element.get("type") != _LINKED_DATA or not element.text:
            element.drop_tree()
    for element in tree.iter():
        for name in [name for name, value in element.items() if len(value) > _LONGEST]:
            del element.attrib[name]
    for title in tree.iter("title"):
        title.text = (title.text or "")[:_LONGEST]
    return tree


def _scripts(tree: Any) -> list[Any]:
    return [script for script in tree.iter("script") if script.get("type") == _LINKED_DATA]


def _loaded(script: Any) -> Any:
    try:
        return json.loads(script.text or "", strict=False)
    except (ValueError, RecursionError):
        return None


def _short(script: Any) -> str:
    try:
        return json.dumps(json.loads(script.text or "", strict=False, object_hook=_short_fields))
    except (ValueError, RecursionError):
        return ""


def _short_fields(item: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value for name, value in item.items() if not isinstance(value, str) or len(value) <= _LONGEST
    }

"""Extracts lines from markup, block by block, without heuristics, so that no text of an article is lost.

For fragments, which hold only an article, and for pages in which no article can be recognised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from service.article.checks import clean
from service.article.pasted import lines_of
from service.model.document import Role

Line = tuple[str, Role]

CELL = "، "
"""Separates the cells of a table row with a short pause."""

_HEADINGS = {"h1": Role.TITLE, **dict.fromkeys(("h2", "h3", "h4", "h5", "h6"), Role.HEADING)}
_BLOCKS = frozenset(_HEADINGS) | {
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
    *("section", "table", "tr", "ul"),
}
_CELLS = frozenset({"td", "th"})
_SILENT = frozenset(
    {
        *("aside", "audio", "button", "figcaption", "figure", "footer", "form", "head", "iframe", "nav"),
        *(
            "noscript",
            "object",
            "option",
            "script",
            "select",
            "style",
            "svg",
            "template",
            "textarea",
            "video",
        ),
    }
)
_SIDE = re.compile(
    r"(?:^|[\s_-])(?:related|recommended|share|sharing|social|caption|breadcrumbs?|comments|newsletter|subscribe|"
    r"advert\w*|ads?|sponsored|sidebar|readmore|read-more|read-also|see-also|tags|toolbar|player|menu|navbar|"
    r"cookies?|popup|modal)(?:$|[\s_-])"
)
_SIDE_PART = 0.5
"""An element with a side-matter class that holds more than this share of the text is the article."""


def role_of(name: str) -> Role:
    """The role of an element by its name; an ``h1`` may be the title."""
    return _HEADINGS.get(name, Role.BODY)


def tidied(lines: Iterator[Line]) -> list[Line]:
    """Split into single lines, tidy white space, and drop unspeakable lines."""
    return [
        (" ".join(text[span.start : span.end].split()), role)
        for text, role in ((clean(raw), role) for raw, role in lines)
        for span in lines_of(text)
    ]


def blocks(tree: Any) -> list[Line]:
    """The lines of a tree's block elements, without scripts, menus, captions, hidden and side matter."""
    return tidied(_walked(tree))


def _walked(tree: Any) -> Iterator[Line]:
    from lxml import etree

    walk = etree.iterwalk(tree, events=("start", "end"))
    total = len(tree.text_content())
    role, parts = Role.BODY, [""]
    for event, element in walk:
        name = element.tag if isinstance(element.tag, str) else "script"
        if name in _BLOCKS:
            yield " ".join("".join(parts).split()), role
            parts.clear()
            role = role_of(name) if event == "start" else Role.BODY
        if event == "end":
            parts.append(element.tail or "")
        elif _is_silent(element, name, total):
            walk.skip_subtree()
        else:
            parts.append(CELL if name in _CELLS and "".join(parts).strip() else "")
            parts.append(element.text or "")
    yield " ".join("".join(parts).split()), role


def _is_silent(element: Any, name: str, total: int) -> bool:
    if name in _SILENT or "hidden" in element.attrib or element.get("aria-hidden") == "true":
        return True
    if "display:none" in element.get("style", "").replace(" ", "").lower():
        return True
    names = f"{element.get('class', '')} {element.get('id', '')}".lower()
    return bool(_SIDE.search(names)) and len(element.text_content()) <= _SIDE_PART * total

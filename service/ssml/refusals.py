"""Errors in a document, with their location."""

from __future__ import annotations

from typing import Any

from service.model.errors import BadArticle


def refuse(where: Any, en: str, ar: str) -> BadArticle:
    """The error to raise.

    Args:
        where: the invalid element, or its line; 0 for none.
        en: the problem and its remedy.
        ar: the same in Arabic.
    """
    line = where if isinstance(where, int) else (where.sourceline or 0)
    at, fi = (f", line {line}", f"، السطر {line}") if line else ("", "")
    return BadArticle(f"SSML{at}: {en}", f"SSML{fi}: {ar}", field="ssml")

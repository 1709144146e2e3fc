"""The era written after a year or a century: م، هـ، ق.م."""

from __future__ import annotations

from collections.abc import Sequence

from service.text.core.tokens import Token

ERAS = {"للهجرة": "الهجري", "للميلاد": "الميلادي"}
"""The era of a century, as its adjective."""


def era(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """The era written after a year or century, and its number of tokens."""
    texts = [token.text for token in tokens[at : at + 4]]
    if texts[:3] == ["ق", ".", "م"]:
        return "قبل الميلاد", 4 if texts[3:] == ["."] and at + 4 < len(tokens) else 3
    if texts[:1] in (["هـ"], ["ه"]):
        return "للهجرة", 1
    if texts[:1] == ["م"]:
        return "للميلاد", 1
    if texts[:1] == ["ق"] and texts[1:2] == ["م"]:
        return "قبل الميلاد", 2
    return "", 0

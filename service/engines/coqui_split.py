"""Splits text that is too long for a model at the least audible places."""

from __future__ import annotations

import re

_CLAUSE = re.compile(r"(?<=[،؛:,;.!?؟…])\s+")


def split(text: str, limit: int) -> list[str]:
    """Parts of at most ``limit`` code points: split between clauses, else between words, else anywhere.

    Only white space is lost.
    """
    return _gather(_CLAUSE.split(text.strip()), limit)


def _gather(pieces: list[str], limit: int) -> list[str]:
    parts: list[str] = []
    for piece in pieces:
        if parts and len(parts[-1]) + 1 + len(piece) <= limit:
            parts[-1] += f" {piece}"
        elif len(piece) <= limit:
            parts.append(piece)
        elif len(words := piece.split()) > 1:
            parts += _gather(words, limit)
        else:
            parts += [piece[at : at + limit] for at in range(0, len(piece), limit)]
    return [part for part in parts if part]

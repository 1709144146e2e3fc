"""Reads the data files beside the code."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from service.text.core.spelling import joined

_PREFIXES = ("", "و", "ف", "ب", "ل", "ك", "وب", "ول")


@cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """The rows of a tab-separated table, named by its path within ``service/text``.

    Lines that start with ``#`` are comments.
    """
    text = (files("service.text") / name).read_text(encoding="utf-8")
    return tuple(tuple(line.split("\t")) for line in text.splitlines() if line and not line.startswith("#"))


@cache
def mapping(name: str) -> dict[str, str]:
    """The first two columns of a table."""
    return {first: second for first, second, *_ in rows(name)}


@cache
def cues(name: str) -> frozenset[str]:
    """One of the sets of words in ``core/cues.tsv``, each also with the prefixes و ف ب ل ك."""
    words = plain_cues(name)
    return words | {joined(prefix, word) for prefix in "وفبلك" for word in words}


@cache
def plain_cues(name: str) -> frozenset[str]:
    """The same without prefixes."""
    return frozenset(mapping("core/cues.tsv")[name].split())


@cache
def name_cues(kind: str) -> frozenset[str]:
    """One of the sets of words in ``names/cues.tsv``, each also with the prefixes that may join it."""
    listed = mapping("names/cues.tsv")[kind].split()
    return frozenset(joined(prefix, word) for prefix in _PREFIXES for word in listed)

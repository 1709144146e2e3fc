"""Small closed lists of words, each in its own file beside the code."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


def function_words() -> frozenset[str]:
    """Words that are never counted: particles, pronouns, adverbs."""
    return words("core/function_words")


def adjectives() -> frozenset[str]:
    """Adjectives that follow a counted noun and take its tanwīn, beside those in -ī."""
    return words("core/adjectives")


def second_terms() -> frozenset[str]:
    """Nouns that form an iḍāfa with the counted noun: أمن, أعمال, دقيق."""
    return words("core/second_terms")


@cache
def words(name: str) -> frozenset[str]:
    """The words of a list, ``name.txt``, named by its path within ``service/text``."""
    return frozenset(files("service.text").joinpath(f"{name}.txt").read_text("utf-8").split())

"""Joins prefixes to words, and removes vowel marks."""

from __future__ import annotations

import re

from service.text.core.tokens import MARKS

ARTICLES = ("ال", "بال", "كال", "فال", "وال", "لل", "ولل", "فلل", "وبال")
"""The article, alone and after other prefixes."""
PREFIX_LETTERS = ("ب", "ل", "ك", "و", "ف", "س", "وب", "ول", "فب", "فل", "وك", "أ")
_ANY_MARK = re.compile(f"[{MARKS}]")


def joined(before: str, word: str) -> str:
    """Join a prefix to a word: لـ + القدس is للقدس.

    >>> joined("ل", "القدس"), joined("ل", "اللقاء"), joined("بال", "القدس"), joined("ل", "داعش")
    ('للقدس', 'للقاء', 'بالقدس', 'لداعش')
    """
    definite = word.startswith("ال") and len(word) > 3
    if definite and before.endswith("ل") and before in PREFIX_LETTERS:
        return before + (word[2:] if word.startswith("الل") else word[1:])
    if definite and before in ARTICLES:
        return before + word[2:]
    return before + word


def letters(text: str) -> str:
    """The text without vowel marks and tatweel.

    >>> letters("الدَّارُ الْبَيْضَاء")
    'الدار البيضاء'
    """
    return _ANY_MARK.sub("", text).replace("ـ", "")

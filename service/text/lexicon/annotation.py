"""A word that carries its own phones through the chain.

A publisher may fix a word's sound in IPA. Such a word travels as Unicode's interlinear annotation
(U+FFF9 word U+FFFA phones U+FFFB, *The Unicode Standard*, § 23.8): it is one word to whatever counts words,
the phonemiser takes the phones as they are, and an engine that reads letters takes the word. A writer's own
text never holds these characters: they are meant for use inside a program and are dropped on the way in.
"""

from __future__ import annotations

import re

_START, _PHONES, _END = "\ufff9", "\ufffa", "\ufffb"
_ANNOTATED = re.compile(f"{_START}([^{_START}-{_END}]*){_PHONES}([^{_START}-{_END}]*){_END}")


def annotate(word: str, phones: str) -> str:
    """One word with its phones.

    Args:
        word: as an engine that reads letters shall say it; no white space.
        phones: IPA; no white space.
    """
    return f"{_START}{word}{_PHONES}{phones}{_END}"


def phones(word: str) -> str | None:
    """The phones that a word carries, or ``None``.

    >>> phones(annotate("ناتو", "naːtoː"))
    'naːtoː'
    >>> phones("ناتو")
    """
    found = _ANNOTATED.search(word)
    return found.group(2) if found else None


def plain(text: str) -> str:
    """The text with every annotated word replaced by the word alone.

    >>> plain("قمة " + annotate("ناتو", "naːtoː"))
    'قمة ناتو'
    """
    return _ANNOTATED.sub(r"\1", text)

"""Words that carry their own phones through the chain.

A publisher may specify a word's sound in IPA. Such a word is encoded as Unicode's interlinear annotation
(U+FFF9 word U+FFFA phones U+FFFB, *The Unicode Standard*, § 23.8): code that counts words sees one word, the
phonemiser uses the phones unchanged, and an engine that reads letters uses the word. A writer's own text
never contains these characters: they are for use inside a program and are removed from input.
"""

from __future__ import annotations

import re

_START, _PHONES, _END = "\ufff9", "\ufffa", "\ufffb"
_ANNOTATED = re.compile(f"{_START}([^{_START}-{_END}]*){_PHONES}([^{_START}-{_END}]*){_END}")


def annotate(word: str, phones: str) -> str:
    """Encode one word with its phones.

    Args:
        word: the spelling for engines that read letters; no white space.
        phones: IPA; no white space.
    """
    return f"{_START}{word}{_PHONES}{phones}{_END}"


def phones(word: str) -> str | None:
    """The phones of an annotated word, or ``None``.

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

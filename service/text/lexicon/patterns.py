"""What an entry's grapheme looks like among tokens, and which spellings and clitics it takes."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from itertools import pairwise

from service.text.core.spelling import letters
from service.text.core.tokens import Kind, tokenise
from service.text.grammar.clitics import Clitics
from service.text.lexicon.entries import Entry

_ALIFS = str.maketrans("أإآٱ", "اااا")
JOINS = frozenset("-–‑'’")
"""Signs within a grapheme that may be left out."""
_SHORT = 3
"""Shorter Arabic graphemes take no clitics; Latin capitals up to this length match in capitals alone."""
_FUTURE = frozenset("يتنأ")
"""What a verb begins with that س may stand before: «سجينات» are no genes."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """An entry, and the tokens that are it."""

    entry: Entry
    written: tuple[str, ...]
    """The words, numbers and signs of the grapheme, without hyphens."""
    keys: tuple[str, ...]
    """The same, folded."""
    joined: frozenset[int]
    """Which of them are written as one with the number before them."""

    @classmethod
    def of(cls, entry: Entry) -> Pattern:
        """What an entry's grapheme looks like."""
        tokens = [token for token in tokenise(entry.grapheme) if token.text not in JOINS]
        written = tuple(token.text for token in tokens)
        joined = frozenset(
            at
            for at, (before, token) in enumerate(pairwise(tokens), 1)
            if before.kind is Kind.NUMBER and not token.spaced
        )
        return cls(entry, written, tuple(map(fold, written)), joined)

    @property
    def madda(self) -> bool:
        """Begins with آ; «بابل» is not آبل behind a clitic."""
        return self.written[0][0] == "آ"

    def fits(self, at: int, text: str) -> bool:
        """The text may stand for the ``at``-th token of the grapheme."""
        ours = self.written[at]
        if text == ours:
            return True
        if ours.isascii() and ours.isupper() and len(ours) <= _SHORT:
            return False
        # Hamza on alif may be left out or put too much; أ for إ is another word.
        return all("ا" in pair for pair in zip(ours, text, strict=False) if _differ(*pair))

    def take(self, clitics: Clitics, *, apart: bool) -> Clitics | None:
        """The clitics as the grapheme takes them; ``None`` if it cannot.

        Args:
            clitics: what is written.
            apart: they are a token of their own, so that only their meaning counts: «الـG20» is said
                without the article, as «مجموعة العشرين» has it in its second word.
        """
        if not clitics:
            return clitics
        if clitics.particle == "س" and self.written[0][0] not in _FUTURE:
            return None
        if self.entry.role == "name" and clitics.article:
            return replace(clitics, article=False) if apart else None
        return clitics if len(self.entry.grapheme) >= _SHORT or apart else None


def _differ(ours: str, theirs: str) -> bool:
    return ours != theirs and ours >= "\u0600"


def fold(text: str) -> str:
    """The key under which spellings of one word meet: case, accents, hamza on alif."""
    if text.isascii():
        return text.lower()
    folded = letters(text).translate(_ALIFS).casefold()
    if folded[:1] >= "\u0600":
        return folded
    return "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))

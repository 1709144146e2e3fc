"""Patterns of tokens that match an entry's grapheme, with its spelling variants and clitics."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from itertools import pairwise

from service.model.borrowed import plain
from service.text.core.spelling import letters
from service.text.core.tokens import Kind, tokenise
from service.text.grammar.clitics import Clitics
from service.text.lexicon.entries import Entry

_ALIFS = str.maketrans("أإآٱ", "اااا")
JOINS = frozenset("-–‑'’")
"""Signs within a grapheme that may be omitted."""
_SHORT = 3
"""Shorter Arabic graphemes take no clitics; Latin capitals up to this length match only in capitals."""
_FUTURE = frozenset("يتنأ")
"""First letters of verbs that may follow س: in «سجينات» it is not a clitic before «جينات» (genes)."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """An entry, and the tokens that match it."""

    entry: Entry
    written: tuple[str, ...]
    """The words, numbers and signs of the grapheme, without hyphens."""
    keys: tuple[str, ...]
    """The same, folded."""
    joined: frozenset[int]
    """Those that are joined to the number before them."""

    @classmethod
    def of(cls, entry: Entry) -> Pattern:
        """The pattern of an entry's grapheme."""
        tokens = [token for token in tokenise(entry.grapheme) if token.text not in JOINS]
        written = tuple(token.text for token in tokens)
        joined = frozenset(
            at
            for at, (before, token) in enumerate(pairwise(tokens), 1)
            if before.kind is Kind.NUMBER and not token.spaced
        )
        return cls(entry, written, tuple(map(fold, written)), joined)

    def of_word(self) -> Pattern:
        """The same, for the everyday word with the letters of the name."""
        return replace(self, entry=Entry(self.entry.grapheme, self.entry.word))

    @property
    def madda(self) -> bool:
        """Whether it begins with آ; «بابل» is not آبل after a clitic."""
        return self.written[0][0] == "آ"

    def fits(self, at: int, text: str) -> bool:
        """Whether the text matches the ``at``-th token of the grapheme."""
        ours = plain(self.written[at])
        text = plain(text)
        if text == ours:
            return True
        if ours.isascii() and ours.isupper() and len(ours) <= _SHORT:
            return False
        # Hamza on alif may be missing or superfluous; أ for إ is another word.
        return all("ا" in pair for pair in zip(ours, text, strict=False) if _differ(*pair))

    def take(self, clitics: Clitics, *, apart: bool) -> Clitics | None:
        """The clitics adapted to the grapheme; ``None`` if it cannot take them.

        Args:
            clitics: the written clitics.
            apart: whether they are a separate token, so that only their meaning counts: «الـG20» is read
                without the article, since «مجموعة العشرين» has it in its second word.
        """
        if not clitics:
            return clitics
        if clitics.particle == "س" and (self.entry.role or self.written[0][0] not in _FUTURE):
            return None
        if self.entry.role and clitics.article:
            return replace(clitics, article=False) if apart else None
        return clitics if len(self.entry.grapheme) >= _SHORT or apart else None


def _differ(ours: str, theirs: str) -> bool:
    return ours != theirs and ours >= "\u0600"


def fold(text: str) -> str:
    """The common key of a word's spellings: ignores case, accents, hamza on alif; ڤ is ف."""
    if text.isascii():
        return text.lower()
    folded = plain(letters(text)).translate(_ALIFS).casefold()
    if folded[:1] >= "\u0600":
        return folded
    return "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))

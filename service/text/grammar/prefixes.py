"""Prefixes written apart from their word: ل"داعش", بـ 100, الـ«ناتو».

Two places in the chain. :func:`rules` comes after cleaning and before every rule that verbalises quotes,
numbers or Latin words: it moves a prefix over an opening quote to an Arabic word. :func:`joins` comes
after all rules that turn numbers, signs and Latin letters into words: it joins a prefix to the resulting
word. In between, a prefix before a Latin word or a number is unchanged, so that the article in الـ50
and the preposition in بـ 100 can still govern them.
"""

from __future__ import annotations

from collections.abc import Sequence

from service.text.core.rule_walker import starts_at
from service.text.core.spelling import ARTICLES, PREFIX_LETTERS, joined
from service.text.core.tokens import Kind, Replacement, Rule, Token

CLITICS = frozenset(ARTICLES + PREFIX_LETTERS)
"""Prefixes that a writer may separate from their word, without tatweel."""
_BARE = {clitic + tail: clitic for clitic in CLITICS for tail in ("", "ـ")}
_WORDS_TOO = frozenset(ARTICLES) | {"أ", "س"}
"""Prefixes that must touch the quote, since they are also words; the others are not."""
_OPENING = frozenset("\"'«“”„‟‘’‹(")


def prefix(token: Token) -> str | None:
    """The token's prefix, without its tatweel; ``None`` for an independent word."""
    return _BARE.get(token.text)


@starts_at(text=_BARE.__contains__)
def _quoted(tokens: Sequence[Token], at: int) -> Replacement | None:
    """A prefix before an opening quote: ل"داعش" is لداعش."""
    before = prefix(tokens[at])
    if before is None or at + 2 >= len(tokens):
        return None
    quote, word = tokens[at + 1], tokens[at + 2]
    touching = quote.text in _OPENING and not word.spaced and not (quote.spaced and before in _WORDS_TOO)
    if not touching or word.kind is not Kind.WORD or len(word.text) < 2 or prefix(word) == word.text:
        return None
    return Replacement(3, joined(before, word.text))


@starts_at(text=_BARE.__contains__)
def _tatweel(tokens: Sequence[Token], at: int) -> Replacement | None:
    """A prefix with tatweel before a separate Arabic word: الـ مغرب."""
    before = prefix(tokens[at])
    if before in {None, "أ"} or at + 1 >= len(tokens) or not tokens[at].text.endswith("ـ"):
        return None
    word = tokens[at + 1]
    if word.kind is not Kind.WORD or len(word.text) < 2:
        return None
    return Replacement(2, joined(before, word.text))


@starts_at(text=_BARE.__contains__)
def _made(tokens: Sequence[Token], at: int) -> Replacement | None:
    """A prefix before a rule's output: بـ 100 is بمئة, و5 is وخمسة, بـ«5%» is بخمسة في المئة."""
    before = prefix(tokens[at])
    if before is None or at + 1 >= len(tokens):
        return None
    quoted = tokens[at + 1].text in _OPENING and not tokens[at + 1].spaced and at + 2 < len(tokens)
    word = tokens[at + 1 + quoted]
    if not word.rule or word.kind is not Kind.WORD:
        return None
    if word.spaced and before in {"أ", "س"}:
        return None  # a letter's name
    return Replacement(2 + quoted, joined(before, word.text))


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """Before quotes, numbers and Latin words are verbalised."""
    return (("prefix before a quote", _quoted), ("prefix with tatweel", _tatweel))


def joins(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After numbers, signs and Latin words are verbalised."""
    return (("prefix before a spoken word", _made),)

"""Finds the entries of a lexicon in a stream of tokens."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from service.model.borrowed import SPELT, plain
from service.text.core.spelling import letters
from service.text.core.tokens import Kind, Replacement, Token
from service.text.grammar.clitics import Clitics, attach, attach_phones, closed, cuts, host, is_definite
from service.text.lexicon.annotation import annotate
from service.text.lexicon.constraint import constrain
from service.text.lexicon.endings import undeclined
from service.text.lexicon.entries import AMBIGUOUS, DIPTOTES, Entry
from service.text.lexicon.homographs import PLACES, Context, is_dependent, is_governed, is_name
from service.text.lexicon.patterns import JOINS, Pattern, fold

_GLUED = (Kind.LATIN, Kind.NUMBER)
_BORROWED = re.compile(f"[{''.join(SPELT)}]")
_MARKED = frozenset("\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670")
_REMEMBERED = 1 << 16
"""Maximum number of words whose candidates are cached."""


@dataclass(frozen=True, slots=True)
class _Match:
    pattern: Pattern
    clitics: Clitics
    start: int
    """Start of the grapheme; clitics may be in the token before it."""
    end: int
    exact: bool

    @property
    def rank(self) -> tuple[int, bool]:
        return self.end, self.exact


_Candidates = tuple[tuple[Clitics, str, tuple[Pattern, ...]], ...]


class Index:
    """Entries by the first word of their graphemes."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        heads: dict[str, list[Pattern]] = defaultdict(list)
        names: dict[str, str] = {}
        for entry in entries:
            pattern = Pattern.of(entry)
            heads[pattern.keys[0]].append(pattern)
            if entry.role in DIPTOTES:
                names[" ".join(pattern.keys)] = entry.role
        self._names = frozenset(names)
        self._places = frozenset(name for name, role in names.items() if role in PLACES)
        self._heads = {key: tuple(patterns) for key, patterns in heads.items()}
        self._known: dict[str, _Candidates] = {}

    def starts(self, text: str) -> bool:
        """Whether a word may begin an entry."""
        return bool(self._candidates(text))

    def find(self, tokens: Sequence[Token], at: int) -> Replacement | None:
        """The reading of the longest entry that begins at a token, or ``None``."""
        candidates = self._candidates(tokens[at].text)
        matches = sorted(self._matches(candidates, tokens, at), key=lambda match: match.rank, reverse=True)
        for match in matches:
            words = self._read(match, tokens, at)
            if words is not None:
                return Replacement(closed(tokens, at, match.start, match.end) - at, words)
        return None

    def _read(self, match: _Match, tokens: Sequence[Token], at: int) -> str | None:
        """The reading that the context admits: of the name, or of the everyday word with its letters."""
        entry, context = match.pattern.entry, Context(tokens, at, match.end)
        listed = self._names if is_dependent(entry) else self._places
        if entry.role in AMBIGUOUS and not is_name(entry, match.clitics, context, listed):
            # «وكيل» is not «و» and كيل.
            known = entry.word and not match.clitics
            return _words(replace(match, pattern=match.pattern.of_word()), tokens, at) if known else None
        return _words(match, tokens, at)

    def _candidates(self, text: str) -> _Candidates:
        known = self._known.get(text)
        if known is None:
            plain = letters(text)
            known = tuple(
                (clitics, rest, self._heads.get(fold(rest), ()))
                for clitics, rest in cuts(plain)
                if fold(rest) in self._heads or (clitics and not rest)
            )
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[text] = known
        return known

    def _matches(self, candidates: _Candidates, tokens: Sequence[Token], at: int) -> Iterator[_Match]:
        for clitics, rest, patterns in candidates:
            start = at
            if not rest:
                start = host(tokens, at)
                if not start:
                    continue
                rest = tokens[start].text  # noqa: PLW2901 (the word stands in a token of its own)
                patterns = self._heads.get(fold(rest), ())  # noqa: PLW2901
            for pattern in patterns:
                taken = pattern.take(clitics, apart=start > at)
                if (
                    taken is None
                    or not pattern.fits(0, rest)
                    or (clitics and rest[0] == "ا" and pattern.madda)
                ):
                    continue
                match = _reach(pattern, taken, rest, tokens, start)
                if match:
                    yield match


def _reach(
    pattern: Pattern, clitics: Clitics, rest: str, tokens: Sequence[Token], start: int
) -> _Match | None:
    exact, end = rest == pattern.written[0], start + 1
    for at in range(1, len(pattern.keys)):
        if at in pattern.joined and end < len(tokens) and tokens[end].spaced:
            # «2M» is a channel, «2 M» is an amount.
            return None
        if end < len(tokens) and tokens[end].text in JOINS and not tokens[end].spaced:
            end += 1
        if end >= len(tokens):
            return None
        text = letters(tokens[end].text)
        if fold(text) != pattern.keys[at] or not pattern.fits(at, text):
            return None
        exact = exact and text == pattern.written[at]
        end += 1
    if _is_cut_out(tokens, start, end):
        return None
    return _Match(pattern, clitics, start, end, exact)


def _is_cut_out(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether the match would split a string such as «xG20» or «5Gs»."""
    before = start > 0 and tokens[start].kind in _GLUED and _glued(tokens, start - 1, start)
    after = end < len(tokens) and tokens[end - 1].kind in _GLUED and _glued(tokens, end, end - 1)
    return before or after


def _glued(tokens: Sequence[Token], at: int, inner: int) -> bool:
    """Whether the token is joined to an adjacent word or number («24/7» in «24/7/2026»)."""
    if tokens[max(at, inner)].spaced:
        return False
    if tokens[at].kind in _GLUED:
        return True
    beyond = 2 * at - inner
    return (
        tokens[at].text == "/"
        and 0 <= beyond < len(tokens)
        and tokens[beyond].kind is Kind.NUMBER
        and not tokens[max(at, beyond)].spaced
    )


def _paired(words: Sequence[str], tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Each word of a reading with the written one, if as many are written."""
    return zip(words, (token.text for token in tokens) if len(words) == len(tokens) else words, strict=True)


def _as_written(reading: str, written: str) -> str:
    """The reading with the writer's ڤ, پ or گ, whose sounds it would lose: ڤِيتَامِين."""
    if not _BORROWED.search(written):
        return reading
    bones, theirs = letters(reading), letters(written)
    shift = len(theirs) - len(bones)
    if shift < 0 or plain(theirs[shift:]) != bones:
        return reading
    own = iter(theirs[shift:])
    return "".join(char if char in _MARKED else next(own) for char in reading)


def _words(match: _Match, tokens: Sequence[Token], at: int) -> str | None:
    """The reading of a match, or ``None`` if it conflicts with the author's own vowels."""
    entry = match.pattern.entry
    words = (entry.reading or entry.grapheme).split()
    words = [_as_written(word, text) for word, text in _paired(words, tokens[match.start : match.end])]
    definite = is_definite(words[0])
    words[0] = attach(match.clitics, words[0])
    written = [token for token in tokens[at : match.end] if token.kind is Kind.WORD]
    if len(written) == len(words):
        agreed = [constrain(word, token.text) for word, token in zip(words, written, strict=True)]
        if None in agreed:
            return None
        words = [word for word in agreed if word]
    if entry.ipa:
        phones = entry.ipa.split()
        phones[0] = attach_phones(match.clitics, phones[0])
        words = list(map(annotate, words, phones))
    elif entry.role in DIPTOTES:
        governed = is_governed(match.clitics, Context(tokens, at, match.end))
        words = undeclined(words, definite=definite, genitive=governed)
    return " ".join(words)

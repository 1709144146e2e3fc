"""Looks up words with a known reading: longest first, with the clitics joined to them.

Layers are merged like dicts: ``Lexicon.shipped() | publisher | site``; the right operand wins. The lexicon is
two rules, one at each end of the chain. ``lexicon`` runs early and replaces text that is not in Arabic words,
or is read in other letters (NATO, COVID-19, a publisher's alias). ``lexicon-vowels`` runs last and adds
vowels to words whose letters do not change, so that the rules between them see plain words, and the words
that those rules produce get their vowels too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from service.model.errors import BadLexicon
from service.text.core.rule_walker import starts_at
from service.text.core.spelling import letters
from service.text.core.tables import mapping
from service.text.core.tokens import LETTERS, Kind, Replacement, Rule, Token
from service.text.grammar.clitics import Clitics, attach, cuts
from service.text.lexicon import pls
from service.text.lexicon.annotation import plain
from service.text.lexicon.entries import Entry, parse
from service.text.lexicon.matching import Index
from service.text.lexicon.patterns import fold

_ARABIC = re.compile(rf"[{LETTERS} ]+")
_NISBA, _NISBA_ACCUSATIVE = "\u0650ي\u0651", "\u0650ي\u0651\u064bا"
_KINDS = frozenset(mapping("core/cues.tsv")["institutions"].split())
_EARLY, _LATE = "lexicon", "lexicon-vowels"
BY_LEXICON = frozenset({_EARLY, _LATE})
"""The names of the two rules."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Entries by grapheme."""

    entries: tuple[Entry, ...] = ()

    def __hash__(self) -> int:
        # Lexicons are keys of small caches; hashing thousands of entries at every look-up is too slow.
        return len(self.entries)

    @classmethod
    def load(cls, paths: Iterable[Path]) -> Lexicon:
        """Read files, ``.pls`` and ``.xml`` as W3C PLS and others as ``lexicon.tsv``; later files win.

        Raises:
            BadLexicon: a file cannot be read; the message names it, the line and the remedy.
        """
        made = cls()
        for path in paths:
            made |= cls(tuple(_read(path)))
        return made

    @classmethod
    def shipped(cls) -> Lexicon:
        """The built-in lexicon of news vocabulary."""
        return _shipped()

    def __or__(self, over: Lexicon) -> Lexicon:
        merged = {entry.grapheme: entry for entry in (*self.entries, *over.entries)}
        return Lexicon(tuple(merged.values()))

    @property
    def version(self) -> str:
        """Changes whenever a reading does."""
        lines = sorted(f"{e.grapheme}\t{e.reading}\t{e.ipa}\t{e.role}\t{e.word}" for e in self.entries)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def rules(lexicon: Lexicon) -> tuple[tuple[str, Rule], ...]:
    """The two rules, in chain order: the first before all number and Latin rules, the second last."""
    early = Index(entry for entry in lexicon.entries if not _only_vowels(entry))
    late = Index(entry for entry in lexicon.entries if _only_vowels(entry))

    @starts_at(text=early.starts)
    @starts_at(Kind.WORD, text=lambda text: any(_with_kind(text)))
    def known(tokens: Sequence[Token], at: int) -> Replacement | None:
        answer = early.find(tokens, at)
        if answer is None:
            return _with_class(early, tokens, at)
        if _repeats(tokens, at, answer.words):
            return Replacement(answer.length, "")
        return Replacement(answer.length, _without_class(tokens, at, answer.words))

    @starts_at(text=late.starts)
    def vowels(tokens: Sequence[Token], at: int) -> Replacement | None:
        return None if tokens[at].rule == _EARLY else late.find(tokens, at)

    return ((_EARLY, known), (_LATE, vowels))


def _repeats(tokens: Sequence[Token], at: int, words: str) -> bool:
    """Whether Latin repeats the words right before it: «حلف الناتو NATO» is read as Nato once."""
    said = fold(plain(words)).split()
    before = [fold(token.text) for token in tokens[max(at - len(said), 0) : at]]
    if tokens[at].kind is not Kind.LATIN or not said or len(before) != len(said):
        return False
    return before[1:] == said[1:] and before[0].endswith(said[0].removeprefix("ا"))


def _without_class(tokens: Sequence[Token], at: int, words: str) -> str:
    """«حزب PJD», «ومنظمة WHO»: drop the reading's own «حزب», which the text has already."""
    first, _, rest = words.partition(" ")
    if not at or not rest or tokens[at].kind is not Kind.LATIN:
        return words
    said = fold(plain(first))
    same = any(
        fold(stem) == said for clitics, stem in cuts(letters(tokens[at - 1].text)) if not clitics.article
    )
    return rest if same else words


def _with_class(early: Index, tokens: Sequence[Token], at: int) -> Replacement | None:
    """«شركة SNRT», «لوكالة UNHCR»: the noun is replaced by the one that the reading opens with."""
    if at + 1 >= len(tokens) or tokens[at + 1].kind is not Kind.LATIN:
        return None
    answer = early.find(tokens, at + 1)
    if answer is None or " " not in answer.words:
        return None
    opening = letters(plain(answer.words).partition(" ")[0])
    for clitics, noun in _with_kind(tokens[at].text):
        if opening == f"ال{noun}" or (opening != noun and opening.removeprefix("ال") in _KINDS):
            return Replacement(1 + answer.length, attach(clitics, answer.words))
    return None


def _with_kind(text: str) -> Iterator[tuple[Clitics, str]]:
    """The noun that names a kind of institution in a word, with its clitics."""
    for clitics, noun in cuts(letters(text)):
        if noun in _KINDS and not clitics.article:
            yield clitics, noun


def _only_vowels(entry: Entry) -> bool:
    """Whether the reading has the letters of the grapheme."""
    return bool(_ARABIC.fullmatch(letters(entry.grapheme))) and (
        not entry.reading or letters(entry.reading) == letters(entry.grapheme)
    )


def _read(path: Path) -> Iterator[Entry]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadLexicon(
            f"{path.name}: cannot be read ({error.strerror}); check the path and its permissions",
            f"{path.name}: تتعذر قراءته؛ تحقق من المسار ومن الأذونات",
        ) from error
    if path.suffix.lower() in {".pls", ".xml"}:
        return pls.parse(data, path.name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadLexicon(
            f"{path.name}, line {line}: not UTF-8; save the file as UTF-8",
            f"{path.name}، السطر {line}: ليس بترميز UTF-8؛ احفظ الملف بهذا الترميز",
        ) from error
    return parse(text.split("\n"), path.name)


@cache
def _shipped() -> Lexicon:
    made = Lexicon()
    folder = resources.files("service.text").joinpath("lexicon")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".tsv"):
            made |= Lexicon(tuple(parse(file.read_text(encoding="utf-8").split("\n"), file.name)))
    return Lexicon(tuple(_accusatives(made.entries))) | made


def _accusatives(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The indefinite accusative of adjectives of relation: مَغْرِبِيّ is مَغْرِبِيًّا after its noun."""
    for entry in entries:
        if entry.reading.endswith(_NISBA) and " " not in entry.grapheme:
            yield Entry(f"{entry.grapheme}ا", entry.reading.removesuffix(_NISBA) + _NISBA_ACCUSATIVE)

"""People named in full once are known by one name in the rest of the article.

«رياض مزور … وأضاف مزور»: the second is the minister, not «forged». Whom an article names in full is looked up
in all of it, also after the sentence, and only names that could be read otherwise are remembered. So a
sentence is read by its own text and by the remembered names in it. Most articles have none; their readings
are those of their sentences alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache, cached_property, lru_cache, partial

from service.model.document import Article
from service.text.core.rule_walker import starts_at
from service.text.core.spelling import letters
from service.text.core.tables import name_cues, rows
from service.text.core.tokens import LETTERS, Kind, Replacement, Rule, Token, tokenise
from service.text.grammar.clitics import Clitics, cuts
from service.text.lexicon.lexicon import BY_LEXICON
from service.text.names import cues
from service.text.names.names import vowelled
from service.text.names.registry import Found, all_names, find

People = tuple[tuple[str, str], ...]
"""The letters of each remembered name and its reading, in the order of the letters."""
NOBODY: People = ()
RULE = "name from the article"

_WORD = re.compile(rf"(?<![{LETTERS}])[{LETTERS}]+")
_REACH = 80
"""Characters from the beginning of a full name within which it ends."""
_LONGEST = 6
"""Words at most of a full name in the lexicon."""
_NO_SURNAMES = frozenset(
    {"عبد", "أبو", "أبي", "أم", "آل", "بن", "ولد", "نصر", "دي", "دا", "فون", "دير", "بان"}
)
"""Words before the last one of a full name that make one name of both."""
_NO_PERSON = frozenset({"ابن", "أبو", "أم", "الملك", "الملكة", "الأمير", "البابا", "ولي", "الشاب"})
"""First words of entries that are no given name and surname."""
_RANKS = frozenset({"الأول", "الثاني", "الثالث", "الرابع", "الخامس", "السادس", "السابع", "الثامن", "عشر"})


class FullNames:
    """The people whom an article names in full and whose one name could be another word.

    They are searched for name by name, when a sentence has a word that could be one: the first sentence of a
    long article need not wait for a search after all of them.
    """

    def __init__(self, article: Article) -> None:
        self._article = article
        self._readings: dict[str, str | None] = {}

    @cached_property
    def _texts(self) -> list[str]:
        return [letters(paragraph.text) for paragraph in self._article.paragraphs]

    def among(self, tokens: Sequence[Token]) -> People:
        """Return the people of whom a token may be the one name."""
        wanted = {name for token in tokens for name in _rememberable(token.text)}
        for name in wanted - self._readings.keys():
            self._readings[name] = self._search(name)
        return tuple((name, reading) for name in sorted(wanted) if (reading := self._readings[name]))

    def _search(self, name: str) -> str | None:
        """The reading of a name where the article first has it in a full name."""
        spellings = {name, "ا" + name[1:] if name[0] in "أإآ" else name}
        ends = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(spellings))})(?!\w)")
        for text in self._texts:
            for end in ends.finditer(text):
                for word in _WORD.finditer(text, max(0, end.start() - _REACH), end.start()):
                    reading = _named_in_full(text, word.start()) if _begins(word.group()) else None
                    if reading and letters(reading) == name:
                        return reading
        return None


def rules(known: People) -> tuple[tuple[str, Rule], ...]:
    """The rule that reads remembered names, before all other names; none if nobody is remembered."""
    if not known:
        return ()
    table = dict(known)
    starts = starts_at(Kind.WORD, text=partial(_cut, table))
    return ((RULE, starts(lambda tokens, at: _familiar(table, tokens, at))),)


@lru_cache(maxsize=1 << 16)
def _rememberable(word: str) -> tuple[str, ...]:
    """The names that an article may make known and that a word may be, with or without clitics."""
    return tuple(rest for clitics, rest in cuts(letters(word)) if rest in _all() and _may_precede(clitics))


@cache
def _all() -> frozenset[str]:
    """The letters of every name that an article may make known."""
    of_people = (surname for names in _full_names().values() for _, surname in names)
    of_lists = (name.reading for name in all_names() if name.word and not name.gender)
    return frozenset(map(letters, (*of_people, *of_lists)))


@lru_cache(maxsize=1 << 16)
def _begins(word: str) -> bool:
    """Whether a full name may begin with a word."""
    return letters(word) in _full_names() or _certain_given([*tokenise(word)]) is not None


def _certain_given(tokens: Sequence[Token]) -> Found | None:
    found = find(tokens, 0)
    return found if found and found.given and not found.given.word else None


def _named_in_full(text: str, start: int) -> str | None:
    """The reading to remember of the full name that begins at a position, if any."""
    tokens = list(tokenise(text[start : start + _REACH]))
    for words, surname in _full_names().get(letters(tokens[0].text), ()):
        if [letters(token.text) for token in tokens[: len(words)]] == list(words):
            return surname
    given = _certain_given(tokens)
    after = find(tokens, given.length) if given else None
    if after and after.surname and after.surname.word and not after.clitics and after.length == 1:
        return after.surname.reading
    return None


@cache
def _full_names() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """Each full name of the lexicon by its first word: its words, and the reading of its surname."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for grapheme, reading, *_ in rows("lexicon/people.tsv")[1:]:
        words = tuple(grapheme.split())
        surname = reading.split()[-1]
        if (
            1 < len(words) <= _LONGEST
            and words[0] not in _NO_PERSON
            and words[-1] not in _RANKS
            and words[-2] not in _NO_SURNAMES
            and not _is_always(surname)
        ):
            found[words[0]].append((words, surname))
    return {first: sorted(names, key=lambda name: -len(name[0])) for first, names in found.items()}


def _is_always(reading: str) -> bool:
    """Whether a name is read so wherever it stands."""
    found = find(list(tokenise(letters(reading))), 0)
    return bool(found and found.certain and not found.clitics and found.certain.reading == reading)


def _cut(table: dict[str, str], text: str) -> tuple[Clitics, str] | None:
    """The clitics of a remembered name, and its reading."""
    for clitics, rest in cuts(letters(text)):
        if rest in table and _may_precede(clitics):
            return clitics, table[rest]
    return None


def _may_precede(clitics: Clitics) -> bool:
    """Whether a name may follow these clitics: no article, no س."""
    return not clitics.article and clitics.particle != "س"


def _familiar(table: dict[str, str], tokens: Sequence[Token], at: int) -> Replacement | None:
    cut = _cut(table, tokens[at].text)
    if cut is None or tokens[at].rule in BY_LEXICON or not _is_name_here(tokens, at, cut[0]):
        return None
    return vowelled(cut[1], cut[0], tokens[at : at + 1])


def _is_name_here(tokens: Sequence[Token], at: int, clitics: Clitics) -> bool:
    """Whether a name can stand here: no noun is before it that it would describe, and it has no iḍāfa.

    «أضاف مزور», «إلى مزور», «التقى بمزور», «مزور يوضح»; not «جواز سفر مزور».
    """
    following = letters(tokens[at + 1].text) if at + 1 < len(tokens) else ""
    if clitics.particle:
        return not following.startswith("ال")
    if not at or cues.pauses(tokens[at - 1]):
        return not following or cues.pauses(tokens[at + 1]) or _is_verb(following)
    before = letters(tokens[at - 1].text)
    if clitics:
        earlier = find(tokens, at - 1)
        return earlier is not None and earlier.certain is not None
    if _is_verb(before) or cues.title(before, "b"):
        return True
    if before in name_cues("governs"):
        return not following.startswith("ال")
    return _is_given(tokens, at - 1)


def _is_verb(text: str) -> bool:
    return cues.says(text, "b") or cues.does(text, "b")


def _is_given(tokens: Sequence[Token], at: int) -> bool:
    found = find(tokens, at)
    return found is not None and found.given is not None and found.length == 1

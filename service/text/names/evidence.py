"""Whether a word that is a name and an everyday word («هدى», «كريم», «وعد») is the name where it stands.

It is where the sentence shows it: after a title or a relation, beside another name, as the subject of a verb
of saying, in a list of names. Looks at a few tokens around the word, never along the whole sentence.
"""

from __future__ import annotations

from collections.abc import Sequence

from service.text.core.tables import name_cues
from service.text.core.tokens import Token
from service.text.names import cues
from service.text.names.registry import Found, Name, find

_CONNECTS = frozenset({"بن", "بنت"})
_SON_OF = frozenset({"بن", "آل", "أبو", "أبي", "أبا"})
_SAID = frozenset({"قال", "وقال", "فقال", "قالت", "وقالت", "فقالت", "يقول", "ويقول", "تقول", "وتقول"})
"""Verbs that no noun follows as their object."""
_WITH = frozenset({"مع", "ومع"})
_OPENS = frozenset({"إن", "أن", "وأن", "بأن", "لكن", "ولكن", "كما"})
_ALONG = 6
"""Words at most from an office to its holder: «وزير الصناعة والتجارة»."""
_MEMBERS = 5
"""Names at most between «كل من» and one of them."""
_DEEP = 3
"""Names at most that one piece of evidence carries from one to the next."""


def read_as(tokens: Sequence[Token], at: int, found: Found) -> Name | None:
    """The name to read, or ``None`` if the word is not shown to be one."""
    second = not found.clitics and given_before(tokens, at)
    first = found.surname if second and found.surname else found.given or found.surname
    if found.certain:
        return first if first and (second or not first.word) else found.certain
    return first if _is_shown(tokens, at, found, 0) else None


def given_before(tokens: Sequence[Token], at: int, deep: int = 0) -> bool:
    """Whether a given name, or «بن», ends right before a token."""
    if not at or cues.pauses(tokens[at - 1]):
        return False
    if cues.plain(tokens[at - 1]) in _SON_OF:
        return True
    for start in (at - 1, at - 2):
        found = find(tokens, start)
        if found and found.given and start + found.length == at:
            return not found.given.word or (deep < _DEEP and _is_shown(tokens, start, found, deep + 1))
    return False


def _is_shown(tokens: Sequence[Token], at: int, found: Found, deep: int) -> bool:
    end = at + found.length
    if not found.clitics and given_before(tokens, at, deep):
        return not found.verbal or _is_closed(tokens, end)
    if not found.given and cues.plain(tokens[at]).startswith(("ال", "لل", "وال")):
        return False  # «المستشار العلمي» is an adviser of science
    if found.given and not found.verbal and (_name_after(tokens, end) or _holds_office(tokens, at, end)):
        return True
    return any(shows(tokens, at, found) for shows in (_by_word_before, _by_verb_after, _in_list))


def _by_word_before(tokens: Sequence[Token], at: int, found: Found) -> bool:
    """«السيدة منى», «زوجته أمل», «وقالت هدى إن», «فازت هدى بالجائزة», «كتب لهدى»."""
    if not at or cues.pauses(tokens[at - 1]):
        return False
    before, end = cues.plain(tokens[at - 1]), at + found.length
    gender = found.given.gender if found.given else ""
    if cues.says(before, "b") and found.clitics.particle == "ل":
        return not _is_definite(tokens, end)
    is_given_to = found.clitics.particle == "ل" or (before in _WITH and not found.clitics)
    if gender == "f" and is_given_to and not found.verbal and _is_closed(tokens, end):
        return True
    if found.clitics:
        return False
    if cues.title(before, gender):
        return not found.verbal or _is_closed(tokens, end)
    if before in _SAID:
        return cues.says(before, gender) and not _is_definite(tokens, end)
    is_closed = _is_closed(tokens, end) or (gender == "f" and _may_be_surname(tokens, end))
    if cues.says(before, gender):
        return is_closed
    return cues.does(before, gender) and not found.verbal and (is_closed or _by_particle(tokens, end))


def _by_verb_after(tokens: Sequence[Token], at: int, found: Found) -> bool:
    """«هدى تؤكد أن» opens a clause."""
    end = at + found.length
    opens = not at or cues.pauses(tokens[at - 1]) or cues.plain(tokens[at - 1]) in _OPENS
    if not opens or not found.given or found.given.gender == "b" or found.verbal or end >= len(tokens):
        return False
    return cues.says(cues.plain(tokens[end]), found.given.gender)


def _in_list(tokens: Sequence[Token], at: int, found: Found) -> bool:
    """«خديجة ومنى», «منى وخديجة», «سارة، هدى ومريم», «كل من منى وهدى»."""
    end = at + found.length
    if found.given and _in_group(tokens, at):
        return True
    if not found.given or found.verbal or found.clitics.particle or _is_definite(tokens, end):
        return False
    comma_before = at > 1 and tokens[at - 1].text == "،"
    if (found.clitics.conjunction == "و" or comma_before) and _ends_certain(tokens, at - comma_before):
        return True
    comma_after = end < len(tokens) and tokens[end].text == "،"
    beside = find(tokens, end + comma_after)
    return bool(
        beside
        and beside.given
        and beside.certain
        and not beside.clitics.particle
        and (beside.clitics.conjunction == "و" or comma_after)
        and not found.clitics
    )


def _in_group(tokens: Sequence[Token], at: int) -> bool:
    """Whether a name is one of at least two, joined by «و», after a word that announces them."""
    joined = _is_joined(tokens, at + 1)
    for member in range(at, max(at - _MEMBERS, 0), -1):
        if _announces(tokens, member - 1):
            return joined and find(tokens, member) is not None
        if not _is_joined(tokens, member):
            return False
        joined = True
    return False


def _is_joined(tokens: Sequence[Token], at: int) -> bool:
    found = find(tokens, at)
    return found is not None and found.given is not None and found.clitics.conjunction == "و"


def _announces(tokens: Sequence[Token], at: int) -> bool:
    """«كل من», «الشقيقتان»."""
    text = cues.plain(tokens[at])
    return text in name_cues("group") or (
        text == "من" and at > 0 and cues.plain(tokens[at - 1]).endswith("كل")
    )


def _ends_certain(tokens: Sequence[Token], end: int) -> bool:
    """Whether the tokens before a place end in a name that is no everyday word."""
    return any(
        found is not None and found.certain is not None and start + found.length == end
        for start, found in ((start, find(tokens, start)) for start in (end - 1, end - 2))
    )


def _name_after(tokens: Sequence[Token], end: int) -> bool:
    """«منى زكي», «هدى بنت خالد»."""
    if end < len(tokens) and cues.plain(tokens[end]) in _CONNECTS:
        return True
    after = find(tokens, end)
    return after is not None and not after.clitics and after.certain is not None


def _holds_office(tokens: Sequence[Token], at: int, end: int) -> bool:
    """«وزيرة الصحة نبيلة الرميلي»; two names that are both words: «كريم سعيد، وزير العدل»."""
    if _is_definite(tokens, end):
        return _after_office(tokens, at)
    after = find(tokens, end)
    if after is None or after.clitics or not after.surname:
        return False
    end += after.length
    if end + 1 < len(tokens) and tokens[end].text == "،" and cues.is_office(cues.plain(tokens[end + 1])):
        return True
    return _after_office(tokens, at)


def _after_office(tokens: Sequence[Token], at: int) -> bool:
    """«وزيرة الصحة نبيلة …»: an office and its definite place are before."""
    if not at or cues.pauses(tokens[at - 1]) or "ال" not in cues.plain(tokens[at - 1])[:4]:
        return False
    for token in reversed(tokens[max(0, at - _ALONG) : at]):
        if cues.pauses(token):
            return False
        if cues.is_office(cues.plain(token)):
            return True
    return False


def _is_closed(tokens: Sequence[Token], end: int) -> bool:
    """Whether what follows a subject cannot belong to a noun: the end, a pause, «إن», «في», another name."""
    if end >= len(tokens) or cues.pauses(tokens[end]):
        return True
    following = cues.plain(tokens[end])
    return following in name_cues("after") or cues.says(following, "b") or _name_after(tokens, end)


def _may_be_surname(tokens: Sequence[Token], end: int) -> bool:
    """«كتبت هدى بركات», where both are words too."""
    after = find(tokens, end)
    return after is not None and not after.clitics


def _by_particle(tokens: Sequence[Token], end: int) -> bool:
    """«فازت هدى بالجائزة», «شارك كريم للمرة الأولى»."""
    return cues.plain(tokens[end]).startswith(("بال", "لل", "ب", "ل"))


def _is_definite(tokens: Sequence[Token], end: int) -> bool:
    return end < len(tokens) and cues.plain(tokens[end]).startswith("ال")

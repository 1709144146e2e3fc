"""Chooses between verbs that are spelt alike by the words that each stands with: «وقع حادث», «وَقَّعَ اتفاقا».

``grammar/verb_frames.tsv`` has the prepositions, subjects and objects of verbs. Where it says nothing, a verb
that takes an object is preferred before one, and one that takes none, or a passive, where there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from service.text.core.tables import rows
from service.text.diacritisation.verb_clauses import Clause, acts
from service.text.diacritisation.verb_contexts import is_adjective
from service.text.grammar.conjugation import Mood, Number, VerbForm, Voice
from service.text.grammar.grammar import Gender

_FRAME, _AGREEING, _OBJECT, _NOMINATIVE = 18.0, 14.0, 4.0, 8.0
"""In natural logarithms: what a form gains for a word that stands with its verb, what it loses if it does not
agree with its subject, what it gains for an object if it takes one, and in the passive for a nominative."""
_NO_OBJECT = (0.0, 9.0, 6.0, 0.0)
"""What an intransitive verb of each rank gains if no object follows it."""
_OF_THING, _OF_PERSON = 12.0, 6.0
"""What a passive gains if no object follows a thing; a person, if the verb's object usually is one."""
_THIRD = 3
_OF_OBJECTS = ("ا", "ه", "ها", "هم")
"""Endings of nouns that are rather objects than subjects: «عرضا», «استقالته»."""
_WITHOUT_TANWIN = ("ة", "ء", "ا", "ى", "ات")


class Frame(NamedTuple):
    """The words that a verb stands with."""

    prepositions: frozenset[str]
    subjects: frozenset[str]
    objects: frozenset[str]


def fits(forms: Sequence[VerbForm], clause: Clause) -> list[float]:
    """How much worse than the best of them each form fits between its words, as logarithms."""
    found = [_fit(form, clause) if _is_usual(form) else 0.0 for form in forms]
    best = max((each for each, form in zip(found, forms, strict=True) if _is_usual(form)), default=0.0)
    return [min(each - best, 0.0) for each in found]


def _is_usual(form: VerbForm) -> bool:
    """Whether news usually has the person and mood of a form."""
    return form.subject.person == _THIRD and form.mood is not Mood.IMPERATIVE


def _fit(form: VerbForm, clause: Clause) -> float:
    return _by_words(form, clause) + _by_gender(form, clause) + _by_object(form, clause)


def _by_words(form: VerbForm, clause: Clause) -> float:
    """What the words of the table say of a form."""
    passive = form.voice is Voice.PASSIVE
    if passive and _by_complement(form, clause):
        return _FRAME
    frame = frames().get((form.lemma, Voice.ACTIVE))
    if frame is None:
        return 0.0
    if passive:
        return _FRAME * _is_about_object(form, frame, clause)
    fitting = (
        _has_preposition(form, frame, clause),
        _has_subject(frame, clause),
        _has_object(form, frame, clause),
    )
    return _FRAME * any(fitting)


def _by_complement(form: VerbForm, clause: Clause) -> bool:
    """Whether what follows shows a passive without a subject before it that acts: «عُثِرَ عَلَى»."""
    frame = frames().get((form.lemma, Voice.PASSIVE))
    if frame is None:
        return False
    if not form.verb.transitive and form.subject.gender is not Gender.MASCULINE:
        return False
    undergoes = clause.resumes or (form.verb.transitive and bool(clause.topics) and not clause.head)
    if not undergoes and (clause.is_of_actor or clause.follows_pronoun):
        return False
    if frame.objects.intersection(clause.head[:1]):
        return not clause.context.opens
    if clause.preposition not in frame.prepositions or any(map(acts, clause.head[:1])):
        return False
    return not clause.head or (clause.preposition != "أن" and _is_before_subject(form, clause))


def _has_preposition(form: VerbForm, frame: Frame, clause: Clause) -> bool:
    """Whether a preposition of the verb follows, after nothing but the subject if it takes no object."""
    if form.suffix or clause.preposition not in frame.prepositions or "ما" in clause.context.following:
        return False
    if clause.preposition == "أن" and clause.follows_subject and not form.verb.transitive:
        return False
    nouns = [word for word in clause.head if not is_adjective(word)]
    return len(nouns) <= form.verb.transitive + (
        not (clause.follows_subject or _is_coordinated(form, clause))
    )


def _has_subject(frame: Frame, clause: Clause) -> bool:
    """Whether a subject of the verb precedes it, or follows it if none does."""
    after = () if clause.follows_subject else clause.head[:1]
    return not frame.subjects.isdisjoint((*clause.topics, *after))


def _has_object(form: VerbForm, frame: Frame, clause: Clause) -> bool:
    """Whether an object of the verb follows it, after its subject, or precedes it and is resumed."""
    if form.suffix:
        return not frame.objects.isdisjoint((*clause.topics, *clause.head))
    first = clause.head[:1]
    if first and first[0].endswith(_OF_OBJECTS):
        return not frame.objects.isdisjoint(clause.head)
    if _is_coordinated(form, clause) and len(clause.head) == 1:
        return False
    return not frame.objects.isdisjoint(clause.head[_is_before_subject(form, clause) :])


def _is_about_object(form: VerbForm, frame: Frame, clause: Clause) -> bool:
    """Whether it happens to an object of the verb: «الاتفاقية التي وُقِّعَت», «حيث عُقِدَ اجتماع»."""
    if not _is_before_subject(form, clause):
        return clause.has_object is False and not frame.objects.isdisjoint(clause.topics)
    first, rest = clause.head[:1], clause.head[1:]
    if not first or first[0] not in frame.objects or first[0].endswith(_OF_OBJECTS):
        return False
    return all(map(is_adjective, rest))


def _is_before_subject(form: VerbForm, clause: Clause) -> bool:
    """Whether the subject of a form can only follow."""
    opens = clause.context.opens and not _is_coordinated(form, clause)
    return form.subject.number is Number.SINGULAR and (clause.precedes_subject or opens)


def _is_coordinated(form: VerbForm, clause: Clause) -> bool:
    """Whether a form may continue a clause whose subject is known: «..., وعقد»."""
    return bool(form.prefix) and clause.is_coordinated


def _by_gender(form: VerbForm, clause: Clause) -> float:
    """What agreement with the subject says: «البيان تَضَمَّنَ», «الدولة تَضْمَنُ»."""
    if form.suffix or form.subject.number is not Number.SINGULAR or clause.gender is None:
        return 0.0
    return -_AGREEING * (form.subject.gender is not clause.gender)


def _by_object(form: VerbForm, clause: Clause) -> float:
    """What the object after a subject, or its absence, says of a verb."""
    plural, passive = form.subject.number is not Number.SINGULAR, form.voice is Voice.PASSIVE
    if form.suffix or (passive and not form.verb.transitive):
        return 0.0
    if clause.precedes_subject and not plural:
        return _NOMINATIVE * (passive and clause.is_about_nominative)
    if clause.context.opens or not (clause.follows_subject or plural) or clause.has_object is None:
        return 0.0
    if clause.has_object:
        return _OBJECT * (form.verb.transitive and not passive and not clause.is_vague)
    if passive:
        return _OF_THING if clause.is_of_thing else _OF_PERSON * (clause.is_of_actor and "h" in form.flags)
    return _NO_OBJECT[form.verb.rank] * ("i" in form.flags and "p" not in form.flags)


@cache
def frames() -> dict[tuple[str, str], Frame]:
    """The words that verbs stand with: past and voice → prepositions, subjects and objects."""
    return {
        (past, voice): Frame(_words(prepositions), frozenset(_nouns(subjects)), frozenset(_nouns(objects)))
        for past, voice, prepositions, subjects, objects in rows("grammar/verb_frames.tsv")
    }


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split()) - {"-"}


def _nouns(listed: str) -> Iterator[str]:
    """Nouns with the article, the alif of the accusative, and the pronouns of a possessor."""
    for noun in _words(listed):
        yield from (noun, f"ال{noun}")
        if not noun.endswith(_WITHOUT_TANWIN):
            yield f"{noun}ا"
        stem = f"{noun[:-1]}ت" if noun.endswith("ة") else noun
        yield from (f"{stem}{pronoun}" for pronoun in ("ه", "ها", "هم"))

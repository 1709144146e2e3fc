"""What stands around a verb inside a sentence: its subject before or after it, its object, a preposition.

A verb follows its subject («إن الوزارة وقعت اتفاقية», «الحكم الذي صدر أمس») or precedes it («بعدما أغلقت
الشرطة الطريق»; Wright, vol. II §§ 113-117). What follows a transitive verb after its subject is the object;
without one it is passive: «إن الطريق أُغْلِقَتْ أمس».
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from service.text.core.orthography import skeleton
from service.text.core.tables import cues, plain_cues, rows
from service.text.core.wordlists import function_words
from service.text.diacritisation.verb_contexts import Context, is_adjective
from service.text.grammar.case_effects import PREPOSITION, effect_of
from service.text.grammar.grammar import Gender
from service.text.grammar.nouns import Form, known

_REACH = 6
"""Words before a verb within which its subject is looked for."""
_CHAIN = 4
"""Words of a subject before its verb: «وزير الخارجية المغربي الجديد»."""
_PAUSES = '.:؛!؟،«"\n'
_RELATIVES = {
    "الذي": Gender.MASCULINE,
    "والذي": Gender.MASCULINE,
    "التي": Gender.FEMININE,
    "والتي": Gender.FEMININE,
    "الذين": None,
    "والذين": None,
}
_PRONOUNS = {
    form: gender
    for stem in ("أن", "إن", "بأن", "لأن", "لكن", "ولكن", "وأن", "وإن", "كأن")
    for form, gender in ((f"{stem}ه", Gender.MASCULINE), (f"{stem}ها", Gender.FEMININE), (f"{stem}هم", None))
} | {"هو": Gender.MASCULINE, "وهو": Gender.MASCULINE, "هي": Gender.FEMININE, "وهي": Gender.FEMININE}
_PREPOSITIONS = ("من", "عن", "إلى", "على", "في", "مع")
_BEFORE_PRONOUNS = {"إلي": "إلى", "علي": "على"}
_MANNER = ("بكل", "بشكل", "بصورة", "بقوة", "بشدة", "بدقة", "بوضوح")
"""Words that say how, whatever the verb."""
_PARENTHESES = frozenset("،:–-(—…")
_DEFINITE = ("بال", "كال", "لل")
_ENDINGS = ("ا", "ان", "ين", "ون", "ات", "ه", "ها", "هم", "ته", "تها", "تهم")
_POSSESSORS = ("ه", "ها", "هم")
_PERSON = re.compile(".+ي|.ا..")
"""Nouns that may name a person by their form: «دبلوماسي», «باحث»."""
_ADVERBIAL = re.compile("م..+ا|.ا..ا|..ي.ا|.+يا")


@dataclass(frozen=True)
class Clause:
    """The words around a verb, as far as they belong to its clause."""

    context: Context

    @cached_property
    def _before(self) -> Sequence[str]:
        """The words before the verb in its clause, the nearest first, without auxiliaries."""
        chars, spans, at = self.context.chars, self.context.spans, self.context.at
        found: list[str] = []
        for number in range(at - 1, max(at - 1 - _REACH, -1), -1):
            if any(mark in chars[spans[number][1] : spans[number + 1][0]] for mark in _PAUSES):
                break
            found.append(self.context.words[number])
        while found and found[0] in plain_cues("before a verb"):
            del found[0]
        return found

    @cached_property
    def _continues(self) -> bool:
        """Whether «كان» precedes the verb, whose subject is then known or between them."""
        return self.context.words[self.context.at - 1] in {"كان", "كانت", "كانوا"}

    @cached_property
    def relative(self) -> str:
        """The relative pronoun before the verb, if there is one."""
        return self._before[0] if self._before and self._before[0] in _RELATIVES else ""

    @cached_property
    def topics(self) -> Sequence[str]:
        """The nouns right before the verb that are its subject, the first of them first."""
        before = self._before[bool(self.relative) :]
        if before and before[0] in _PRONOUNS:
            return ()
        chain = [*_chain(before)]
        after = before[len(chain) : len(chain) + 1]
        if self.relative:
            return [*map(_alone, after), *chain[::-1]]
        if not chain or (after and after[0] not in plain_cues("before a subject")):
            return ()
        return chain[::-1]

    @cached_property
    def follows_subject(self) -> bool:
        """Whether the subject precedes the verb, or is a pronoun before it."""
        return bool(self.relative or self.topics or self.follows_pronoun)

    @cached_property
    def follows_pronoun(self) -> bool:
        """Whether a pronoun before the verb is its subject: «إنه», «هي»."""
        return bool(self._before) and self._before[0] in _PRONOUNS

    @cached_property
    def precedes_subject(self) -> bool:
        """Whether the subject can only follow: after a conjunction, or after words with a preposition."""
        if self.follows_subject or self._continues or not self._before:
            return False
        if self._before[0] in plain_cues("before verb and subject"):
            return True
        chain = [*_chain(self._before)]
        after = self._before[len(chain) : len(chain) + 1]
        return bool(chain and after and effect_of(after[0]) == PREPOSITION)

    @cached_property
    def gender(self) -> Gender | None:
        """The gender of a verb that agrees with its subject; ``None`` if it is unknown."""
        following = self.context.following
        if self.relative and self._is_resumed:
            subject = following[following[0] in cues("pronominal") :][:1]
            return _gender(subject[0]) if subject else None
        if self.relative:
            return _RELATIVES[self.relative]
        if self.follows_pronoun:
            return _PRONOUNS[self._before[0]]
        if self.topics:
            return _gender(self.topics[0])
        if (self.context.opens or self.precedes_subject) and self.head:
            coordinated = self.context.words[self.context.at][0] in "وف" and not self.head[0].startswith("ال")
            return None if coordinated else _gender(self.head[0])
        return None

    @cached_property
    def head(self) -> Sequence[str]:
        """The nouns after the verb, up to a preposition, an adverb or the end of the clause."""
        found: list[str] = []
        for word in self.context.following:
            if not _is_noun(word) or word in cues("days") or word in plain_cues("adverbial"):
                break
            found.append(word)
        return found

    @cached_property
    def is_coordinated(self) -> bool:
        """Whether the word may continue a clause whose subject is known: «..., وعقد»."""
        context = self.context
        before = (context.before + context.chars[: context.spans[context.at][0]]).rstrip()
        return context.words[context.at][0] in "وف" and bool(before) and before[-1] not in ".؛!؟\n"

    @cached_property
    def is_about_nominative(self) -> bool:
        """Whether nothing follows but one thing that is no object: «عرض على اللجنة», not «عرضا»."""
        if not self.head or not all(map(is_adjective, self.head[1:])):
            return False
        person = acts(self.head[0]) or _PERSON.fullmatch(self.head[0])
        return not person and any(
            form is Form.SINGULAR and noun.accusative != noun.singular for noun, form in known(self.head[0])
        )

    @cached_property
    def needs_verb(self) -> bool:
        """Whether a clause that has a subject lacks its verb: «إن القانون منع التدخين», «الذي منع»."""
        word = self.context.words[self.context.at]
        if word in function_words() or word[0] in "وف" or attached(word) or word in _names():
            return False
        definite = bool(self.topics) and all(topic.startswith("ال") for topic in self.topics)
        return bool(self.relative) or (definite and self._introduced)

    @cached_property
    def _introduced(self) -> bool:
        """Whether «أن» or the like precedes the subject."""
        before = self._before[len(self.topics) :]
        return bool(before) and before[0] in plain_cues("introducing a subject")

    @cached_property
    def resumes(self) -> bool:
        """Whether a pronoun with a preposition after the verb is the noun before it: «الطفل عُثِرَ عليه»."""
        following = self.context.following
        return bool(self.topics) and bool(following) and following[0] in cues("pronominal")

    @cached_property
    def preposition(self) -> str:
        """The preposition after those nouns: «من», or the letter of one that is joined to its noun."""
        rest = self.context.following[len(self.head) : len(self.head) + 2]
        if not rest or rest[0].endswith(_MANNER):
            return ""
        word = rest[0]
        if word == "من" and self.head and _has_parts(self.head[-1]):
            return ""
        if rest[1:] and rest[1] in plain_cues("not of the verb"):
            return ""
        if word in function_words():
            return _preposition(word)
        return attached(word)

    @cached_property
    def has_object(self) -> bool | None:
        """Whether an object follows a verb whose subject precedes it; ``None`` if that is unclear."""
        following = self.context.following
        if self.relative and self._is_resumed:
            return None
        if self.head:
            return None if _is_adverbial(self.head[0]) else True
        if following and following[0] in plain_cues("opening an object"):
            return True
        is_qualified = bool(following) and (following[0].endswith(_MANNER) or "إلا" in following[:2])
        if self._is_interrupted or is_qualified or any(map(_opens_object, following, following[1:])):
            return None
        return False

    @cached_property
    def is_vague(self) -> bool:
        """Whether what follows may also be the subject, after a dummy pronoun: «إنه يجري بناء»."""
        first = self.head[0] if self.head else ""
        return self.follows_pronoun and not first.startswith("ال") and not first.endswith("ا")

    @cached_property
    def _is_resumed(self) -> bool:
        """Whether a pronoun in the relative clause is its antecedent: «الذي تحفل مسيرته», «التي تعرض لها»."""
        following = self.context.following
        if following and following[0] in cues("pronominal"):
            return True
        return any(word.endswith(_POSSESSORS) for word in self.head)

    @cached_property
    def _is_interrupted(self) -> bool:
        """Whether more words belong to the clause after a parenthesis right behind the verb."""
        end = self.context.spans[self.context.at][1]
        return self.context.chars[end : end + 2].strip()[:1] in _PARENTHESES

    @cached_property
    def is_of_actor(self) -> bool:
        """Whether the subject before the verb is a person or a body."""
        return any(map(acts, self.topics))

    @cached_property
    def is_of_thing(self) -> bool:
        """Whether the subject before the verb is nothing that acts: «الطريق», «المباراة»."""
        if not self.topics or self.is_of_actor:
            return False
        first, last = self.topics[0], self.topics[-1]
        return first.startswith("ال") or (_is_stem(first) and last.startswith("ال")) or first.endswith("ات")


def _chain(words: Sequence[str]) -> Iterator[str]:
    """The first of some words, as far as they are nouns and adjectives."""
    for word in words[:_CHAIN]:
        if not _is_noun(word) or word in _RELATIVES or word in cues("days") or effect_of(word) == PREPOSITION:
            return
        yield word


def _is_noun(word: str) -> bool:
    """Whether a word is most likely a noun or adjective without a preposition."""
    return word not in function_words() and not attached(word)


def _alone(word: str) -> str:
    """A definite noun without the preposition that is joined to it: «بالمبادرة» → «المبادرة»."""
    return re.sub("^(?:بال|كال|لل)", "ال", word)


@lru_cache(4096)
def attached(word: str) -> str:
    """The preposition that is joined to a word: «بالحكم» → «ب», but not «بيان»."""
    if word[0] not in "بلك" or len(word) < 3:
        return ""
    if word.startswith(_DEFINITE):
        return word[0]
    return "" if _is_stem(word) else word[0]


def _is_stem(word: str) -> bool:
    """Whether a word is a known noun, with or without an ending."""
    if word in _stems() or known(word):
        return True
    return any(
        word.endswith(ending) and not {word[: -len(ending)], f"{word[: -len(ending)]}ة"}.isdisjoint(_stems())
        for ending in _ENDINGS
    )


@cache
def _names() -> frozenset[str]:
    """Names of people, of which one may follow a title: «إن الوزير سعيد»."""
    return frozenset(
        skeleton(name) for table in ("given_names", "surnames") for name, *_ in rows(f"names/{table}.tsv")
    )


@cache
def _stems() -> frozenset[str]:
    return frozenset(skeleton(stem) for (stem,) in rows("grammar/stems.tsv"))


def _has_parts(word: str) -> bool:
    """Whether «من» after a noun rather belongs to it: «مجموعة من», «العديد من»."""
    return word in plain_cues("partitive") or not word.startswith("ال")


@lru_cache(1024)
def _preposition(word: str) -> str:
    """The preposition that a function word is or begins with: «منهم» → «من»."""
    if word == "أن" or effect_of(word) == PREPOSITION:
        return word
    if word not in cues("pronominal"):
        return ""
    stem = next((stem for stem in (*_PREPOSITIONS, *_BEFORE_PRONOUNS) if word.startswith(stem)), word[0])
    return _BEFORE_PRONOUNS.get(stem, stem)


def _opens_object(word: str, following: str) -> bool:
    """Whether the second of two words may be an object, after a preposition: «في بيانه تفاصيل»."""
    if following in {"أن", "أنه", "أنها", "ما"} or _is_accusative(following):
        return True
    joined = attached(following) and (following.startswith(_DEFINITE) or _is_stem(following[1:]))
    if joined or any(
        following in words for words in (function_words(), plain_cues("adverbial"), cues("days"))
    ):
        return False
    if word in cues("pronominal"):
        return True
    is_definite = word.startswith(("ال", "بال", "لل")) or word.endswith(_POSSESSORS)
    return is_definite and not following.startswith("ال")


@lru_cache(4096)
def _gender(word: str) -> Gender | None:
    """The gender of the verb of which a noun is the subject, where the noun shows it."""
    bare = word.removeprefix("ال")
    if bare in cues("few in words"):
        return None
    readings = known(bare)
    if readings:
        noun, form = readings[0]
        if form is Form.PLURAL:
            return None if acts(word) else Gender.FEMININE
        return noun.gender
    if bare.endswith(("ة", "ات")):
        return Gender.FEMININE
    return Gender.MASCULINE if bare.endswith(("ون", "ين")) or is_adjective(word) else None


@lru_cache(4096)
def acts(word: str) -> bool:
    """Whether a noun names a person or a body."""
    bare = word.removeprefix("ال")
    if bare in cues("actors") or bare in cues("people"):
        return True
    return bare.endswith(("ون", "ين")) and bare not in _stems() and not known(bare)


def _is_accusative(word: str) -> bool:
    """Whether a word is an indefinite accusative of a known noun: «عرضا»."""
    return any(form is Form.ACCUSATIVE for _, form in known(word))


def _is_adverbial(word: str) -> bool:
    """Whether an accusative may say how or when: «متأخرا», «رسميا»."""
    return _ADVERBIAL.fullmatch(word) is not None and not _is_accusative(word)

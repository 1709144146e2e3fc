"""What a pause between two words of a sentence costs, by the syntax that their letters show.

There is no parser: a word is known by its spelling (``word_shapes.py``). A newsreader pauses before what
opens a clause, an adverbial, a predicate or a long conjunct; so a pause is cheap there, and costs more where
the words before or after it are few, or where the word before governs the next. Between any other two words
it is forbidden, or nearly so: they may be a name, a noun with its adjective or its second term, a title with
its bearer, a number with what it counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.text.segmentation.word_shapes import Word, listed

FORBIDDEN = 12.0
"""Within what belongs together."""
STOP, COMMA, LIGHT, AFTER_LIGHT = 0.0, 0.05, 1.0, -2.1
"""After a semicolon or a stop, after a comma, before a word that commas enclose, after it."""
_THAT, _CLAUSE, _ADVERBIAL, _COPULA, _PREDICATE = 0.3, 0.4, 0.6, 0.6, 0.8
"""Before what opens with «أنّ», a conjunction, an adverbial, «هو», a verb or its particle."""
_PURPOSE, _LOOSE, _TIGHT = 1.3, 3.0, 9.0
"""Before a purpose; between two phrases that nothing marks, as subject and object; after a governing word."""
_REACH = 14
"""Words looked back or ahead at most."""
_CLOSE = 3
"""From so many words on a phrase is long enough to pause after it without a need."""

_PRICES = {
    "في": 1.7, "مع": 1.6, "على": 2.7, "الى": 2.6, "عن": 3.2, "بين": 3.4, "من": 4.5, "حول": 2.4, "ضد": 3.0,
    "وراء": 2.6, "ذات": 3.0, "ذي": 3.0, "بشان": 2.4, "بخصوص": 2.4, "نحو": 2.4, "تجاه": 2.4, "امام": 1.8,
    "مثل": 2.4,
}  # fmt: skip
"""Before prepositions that often complete the noun before them."""
_PREPOSITION = 1.6
"""Before the others."""
_MASDAR = r"ت\w\wي\w|ت\w\wي\wها?|م\wا\w\wة|ا\w?[ات]\w?\wا\wة?|ا\w\w\wا\wة?|ا\w\wا\wة?|ت\wا\w\w|ت\w\w\w"
_GOVERNING = re.compile(rf"(?:[وفب]?ال|لل|[وفبل])?(?:{_MASDAR}|م\w{{2,}}[^يا\W])(?<!ية)(?:ه|ها|هم|ا)?")
_PARTICIPLE = re.compile(r"[وفب]?(?:ال)?م\w{3,}")
_ACTIVE = re.compile(r"(?:ال)?\wا[^\Wا]\w(?:ة|ان|ين|ون|ات)?")
"""The shape of an active participle: «الرابط», «الناتجة»."""
_TITLED = re.compile(
    r"[وبل]?(?:رئيسة?|وزيرة?|ملك|ولي|مديرة?|امين|امير|سفيرة?|قائد|زعيم|مدرب|والي|محافظ|عمدة|عميد|بابا|مفوضة?)"
)
"""The head of a phrase that means one person, whom a relative clause does not pick out."""
_FOR = re.compile(
    rf"ل(?!ل)(?:{_MASDAR}|بحث|دعم|منع|بناء|سد|كشف|درء|وقف|رفع|خفض|حل|نقل|ضمان|بيان|حماية)\w{{0,3}}"
)
_FOR_THE = re.compile(rf"لل(?:{_MASDAR}|حفاظ|حد|بحث|وقوف|وصول|حصول|دفاع|نظر|رد|كشف)")
_BY = re.compile(rf"ب(?:{_MASDAR})\w{{0,3}}")
_OBJECT = re.compile(r"ت\w\wي\w|ا\wت\wا\w|است\w\wا\w|ان\w\wا\w|ا[^لت]\wا\w")
"""Verbal nouns by which an object often begins: «أعاد الفريق تشغيل المحطة»."""
_PAIR = re.compile(r"[بل]?(?:مدين|محافظ|ولاي|بلد|منطق|دول|حكوم|جامع|شرك|جه|قري|جزير|وزار|صحيف|قنا)تي|كلتا")
"""«مدينتي …» has two names after it, joined by «و»."""
_CIRCUMSTANCE = re.compile(r"م\w{3,}ا")
_ACCUSATIVE = re.compile(r"(?!ال)\w{4,}ا")
_FEMININE = re.compile(r"(?!ال)\w{2,}(?:ة|ات)")
_HUNDRED = frozenset(("المئة", "المائة"))


@dataclass(frozen=True, slots=True)
class _Gap:
    """The place between a word and the next."""

    words: Sequence[Word]
    number: int

    @property
    def before(self) -> Word:
        return self.words[self.number]

    @property
    def after(self) -> Word:
        return self.words[self.number + 1]

    @property
    def following(self) -> str:
        """The word after the next, or nothing."""
        return self.words[self.number + 2].plain if self.number + 2 < len(self.words) else ""

    @property
    def follows_verb(self) -> bool:
        return self.before.may_be_verb and not self.before.is_definite

    def back(self) -> Iterator[Word]:
        """The words before the gap, the nearest first, as far as they matter."""
        for at in range(self.number, max(-1, self.number - _REACH), -1):
            yield self.words[at]

    def behind(self) -> int:
        """How many words of one phrase end here: back to what opened it, or to the verb."""
        count = 0
        for here in self.back():
            if (here.may_be_verb and not here.is_definite) or (count and here.pauses):
                break
            count += 1
            if here.opens:
                break
        return count

    def ahead(self, start: int) -> tuple[int, bool]:
        """How many words a phrase has that starts there, and whether a verb follows it."""
        end = min(len(self.words), start + _REACH)
        definite = start < end and self.words[start].is_definite
        for at in range(start, end):
            here = self.words[at]
            if at > start and (here.opens or here.is_verb):
                return at - start, here.is_verb and not here.joined
            if definite and not here.is_definite:  # a new phrase: «والماء نزار بركة»
                return at - start, False
            if here.pauses:
                return at + 1 - start, False
        return end - start, False


def price(words: Sequence[Word], number: int) -> float:
    """Price of a pause between a word and the next, from below 0 to ``FORBIDDEN``."""
    gap = _Gap(words, number)
    before, after = gap.before, gap.after
    if before.quoted and not before.pauses:
        return FORBIDDEN
    if before.pauses or not (before.plain and after.plain):
        return _written(gap)
    pair = f"{words[number - 1].stem} {before.plain}" if number else ""
    clause = after.is_verb or after.joined or after.among("that", "clause", "participle", "adverbial")
    first_term = pair in listed("fixed") and not (before.is_complete or clause)  # «على مدى نحو عام»
    leans = before.has_digit or after.has_digit or before.stem in listed("leaning") or first_term
    points = before.stem in listed("demonstrative") and not (after.opens or after.is_verb)
    if leans or points or (before.is_number and _counts(gap)):
        return FORBIDDEN
    return _conjunct(gap) if after.joined else _opening(gap)


def is_light(words: Sequence[Word], number: int) -> bool:
    """Whether commas enclose this word alone, so that they are hardly heard: «الوزارة، اليوم، عن».

    Adverbs always; other words only if a verb or a particle follows: in an enumeration commas mean «and».
    """
    here = words[number]
    if not 0 < number < len(words) - 1 or here.sign not in ",،" or words[number - 1].sign not in ",،":
        return False
    if here.plain in listed("adverb") or (_ACCUSATIVE.fullmatch(here.plain) and not here.joined):
        return True
    after = words[number + 1]
    goes_on = after.is_verb or (after.opens and not after.joined)
    return goes_on and number > 1 and not (here.joined or here.is_number)


def _written(gap: _Gap) -> float:
    """After a pause mark of the writer's."""
    if gap.before.sign in ";؛…!?؟":
        return STOP
    if is_light(gap.words, gap.number):
        return AFTER_LIGHT
    return LIGHT if is_light(gap.words, gap.number + 1) else COMMA


def _counts(gap: _Gap) -> bool:
    """Whether the number before goes on with the next word: «ستين في المئة», «واحد من كل ثلاثة»."""
    after = gap.after
    if after.is_number or not after.opens or after.plain == "من":
        return True
    return after.plain == "في" and gap.following in _HUNDRED


def _conjunct(gap: _Gap) -> float:
    """Before «و» and what it joins."""
    after = gap.after
    near = gap.words[max(0, gap.number - 2) : gap.number + 1]
    if after.is_number and (after.is_definite or any(each.is_number for each in near)):
        return FORBIDDEN
    if after.is_verb or after.stem in listed("negation"):
        return 2 * _LOOSE if gap.before.is_verb else _CLAUSE + 0.1
    if after.may_be_verb and (gap.before.is_complete or not _is_first_term(gap)):
        return _PREDICATE + 0.4
    if after.among("clause"):
        return _CLAUSE
    if after.stem in listed("that"):
        return _THAT
    return _ADVERBIAL + 0.2 if after.among("adverbial", "preposition", "relative") else _noun_joined(gap)


def _noun_joined(gap: _Gap) -> float:
    """Before «و» and a noun: cheap where it repeats a head («ووزير»), or where many words depend on it."""
    head, back = gap.after.head, list(gap.back())
    if len(head) > 2 and any(each.head == head for each in back):
        return _CLAUSE
    if _BY.fullmatch(gap.after.stem) or (_FOR.fullmatch(gap.after.stem) and "أ" not in gap.after.spelt[:3]):
        return _PREDICATE
    if not gap.before.is_complete and _is_first_term(gap):
        return _TIGHT  # «شروط وكيفيات المنح»: both nouns have one second term
    length, verb = gap.ahead(gap.number + 1)
    if verb and not any(each.may_be_verb for each in back):
        return _TIGHT  # of several subjects the last one, before their verb
    for each in back:
        if each.stem in {"بين", "كلا", "كل"} or _PAIR.fullmatch(each.stem):
            return _TIGHT
        if each.joined or each.pauses:
            break
    described = gap.before.is_definite and _PARTICIPLE.fullmatch(gap.after.plain) and gap.after.is_definite
    return _member(length, gap.behind()) + (
        2.5 if described and gap.after.head not in listed("plain") else 0.0
    )


def _member(length: int, behind: int) -> float:
    """Before a conjunct of so many words, after one of so many."""
    found = (7.0, 7.0, 2.6)[length] if length < _CLOSE else 1.5
    return found + (3.0 if behind == 1 else 0.3 if behind == 2 else 0.0)


def _is_first_term(gap: _Gap) -> bool:
    """Whether the next noun has no article, and stands before one that has: «كيفيات منح التراخيص»."""
    if gap.after.is_complete:
        return False
    for here in gap.words[gap.number + 1 : gap.number + 2 + _CLOSE]:
        if here.is_definite:
            return not here.plain.startswith("ل")
        if here.opens and not here.joined:
            break
    return False


def _opening(gap: _Gap) -> float:
    """Before a word without «و»."""
    after, following = gap.after, gap.following
    if after.plain in listed("that") or (after.plain in _PRICES and following in listed("that")):
        return _complement(gap)
    if after.plain in listed("participle"):
        return _participle(gap)
    if after.plain in listed("clause"):
        return _CLAUSE + (1.0 if gap.before.may_be_verb else 0.0)
    if after.plain in listed("relative"):
        return _relative(gap)
    if after.plain in listed("copula"):
        behind = gap.behind()
        return (_TIGHT, 3.0, 1.2)[behind] if behind < _CLOSE else _COPULA
    if f"{after.plain} {following}" in listed("fixed") or after.plain in listed("adverbial"):
        return _adverbial(gap)
    return _predicate(gap) if after.is_verb or after.plain in listed("negation") else _nominal(gap)


def _complement(gap: _Gap) -> float:
    """Before «أنّ», which the verb of saying governs over its subject."""
    before = gap.before
    if before.may_be_verb or before.stem in listed("modal") or before.stem in listed("participle"):
        return _TIGHT
    if before.plain.endswith("ة") and not before.is_definite and gap.after.plain in listed("that"):
        return _TIGHT  # «ضرورة أن»
    for distance, each in enumerate(gap.back()):
        if each.may_be_verb:
            return (_TIGHT, 4.0, 1.2, 0.5)[distance] if distance <= _CLOSE else _THAT
        if each.pauses and distance:
            break
    return _TIGHT if _governs(before) else 2.0


def _participle(gap: _Gap) -> float:
    """Before «مؤكدا», where it opens a clause; «حماية مشددة من» is an adjective."""
    name, before, following = gap.after.plain, gap.before, gap.following
    adjective = name.endswith("ة") and before.plain.endswith("ة") and not before.is_definite
    governs = following in listed("that") or following in _PRICES or following[:1] == "ل" or not following
    return _CLAUSE if governs and not adjective else _phrase(gap)


def _relative(gap: _Gap) -> float:
    """Before a relative clause: cheap after a name, dear after a noun that the clause restricts."""
    before, behind = gap.before, gap.behind()
    if not before.is_definite:
        return _TIGHT if before.is_number or behind < 2 else _PREDICATE
    antecedent = gap.words[gap.number + 1 - behind : gap.number + 1]
    antecedent = antecedent[1:] if antecedent and antecedent[0].opens else antecedent
    if len(antecedent) < _CLOSE:
        return (_TIGHT, _TIGHT, 6.0)[len(antecedent)]
    if _TITLED.fullmatch(antecedent[0].plain) and all(each.is_definite for each in antecedent[1:]):
        return _PREDICATE
    return _LOOSE + 1.6 + (2.0 if antecedent[0].plain in listed("determiner") else 0.0)


def _adverbial(gap: _Gap) -> float:
    """Before an adverbial; dearer right after a verb, or after a noun that it may describe."""
    before = gap.before
    if gap.following in listed("last"):
        return _TIGHT
    if before.is_definite:
        return _ADVERBIAL
    if before.is_verb:
        return _ADVERBIAL + 4.4
    return _ADVERBIAL + (1.6 if before.may_be_verb else 0.6 if gap.behind() == 1 else 0.0)


def _predicate(gap: _Gap) -> float:
    """Before a verb without «و»: its subject stands before it, or the noun that it describes."""
    if gap.follows_verb:
        return _TIGHT
    behind = gap.behind()
    found = (_TIGHT, 4.5, 1.5)[behind] if behind < _CLOSE else _PREDICATE
    if gap.before.is_definite:
        return found
    return found + (2.2 if gap.number and gap.words[gap.number - 1].is_definite else 1.2)


def _nominal(gap: _Gap) -> float:
    """Before a preposition, a noun or «or»."""
    name = gap.after.plain
    if name in listed("or"):
        length, verb = gap.ahead(gap.number + 2)
        return 1.0 if length == 0 and verb else _member(length, gap.behind())
    if name in listed("preposition"):
        return _prepositional(gap)
    prefixed = _prefixed(gap) if name[:1] in "لب" else None
    return _phrase(gap) if prefixed is None else prefixed


def _prepositional(gap: _Gap) -> float:
    """Before a preposition that may complete the word before it."""
    name, before, behind = gap.after.plain, gap.before, gap.behind()
    rate = name == "في" and gap.following in listed("rate") and not before.is_definite
    if rate or gap.following in listed("last") or gap.follows_verb:
        return _TIGHT
    found = _PRICES.get(name, _PREPOSITION)
    if name == "من" and before.is_definite and behind >= _CLOSE:
        found = 2.8
    if name == "الى" and any(each.stem == "من" for each in gap.words[max(0, gap.number - 5) : gap.number]):
        found += 3.0
    if name in _PRICES:
        found += _governed(gap)
    length, _ = gap.ahead(gap.number + 1)
    return found + (1.2 if behind == 1 else 0.0) + (0.8 if length == 2 and name != "بين" else 0.0)


def _governed(gap: _Gap) -> float:
    """What a preposition costs more that may complete the word before it, or the noun of that adjective."""
    before, name = gap.before, gap.after.plain
    if _is_governing(before):
        return 4.0
    named = before.plain.startswith("لل") and gap.words[gap.number - 1].plain.endswith(("ة", "ي"))
    if _governs(before) and not named:  # but «المندوبية السامية للتخطيط»
        return 2.0 if name == "في" and _PARTICIPLE.fullmatch(before.plain) else 3.0
    if _ACTIVE.fullmatch(before.plain):
        return 2.0
    if gap.number == 0 or before.opens:
        return 0.0
    noun = gap.words[gap.number - 1]
    described = noun.is_definite == before.is_definite and not noun.quoted
    if described and (_is_governing(noun) or noun.plain in listed("determiner")):
        return 1.0 if name == "في" else 3.0  # «دعوة صريحة إلى», «أكثر قدرة على»
    return 1.0 if _governs(noun) else 0.0


def _is_governing(word: Word) -> bool:
    """Whether a word is listed as a noun that a preposition completes, with or without its tanwīn."""
    return word.head in listed("governing") or word.head.removesuffix("ا") in listed("governing")


def _governs(word: Word) -> bool:
    """Whether a word looks like a verbal noun or a participle, which a preposition completes."""
    return _GOVERNING.fullmatch(word.plain) is not None and word.head not in listed("plain")


def _prefixed(gap: _Gap) -> float | None:
    """Before a word with a joined preposition; ``None`` if it shows none."""
    name, behind = gap.after.plain, gap.behind()
    found: float | None = None
    if _FOR.fullmatch(name) and not gap.after.spelt.startswith("لأ"):
        governed = _governed(gap)
        found = _PURPOSE + (governed if governed > 1.0 else 0.0)
    elif name.startswith("لل") and len(name) > 4:  # «الهيئة العامة للسياحة» is a name
        named = gap.before.is_definite and gap.number > 0 and gap.words[gap.number - 1].is_definite
        purpose = _FOR_THE.fullmatch(name) and not gap.before.plain.endswith(("ي", "ية"))
        found = _PURPOSE + 0.7 if purpose and behind > 1 else _TIGHT if named or behind < 2 else 5.0
    elif _BY.fullmatch(name) or (name.startswith("بال") and len(name) > 4):
        owned = gap.before.is_complete and not gap.before.is_definite  # «صلتهم بتنظيم»
        completed = owned or _governs(gap.before) or _ACTIVE.fullmatch(gap.before.plain)
        found = (
            _TIGHT if behind == 1 else (3.6 if name.startswith("بال") else 2.6) + (3.0 if completed else 0)
        )
    if found is None:
        return None
    return _TIGHT if gap.follows_verb else found + (1.2 if behind == 1 else 0.0)


def _phrase(gap: _Gap) -> float:
    """Between two words neither of which opens anything."""
    before, name = gap.before, gap.after.plain
    if before.may_be_verb or name in {"عشر", "عشرة"}:
        return FORBIDDEN
    if name in listed("temporal") or (name in {"هذا", "هذه"} and gap.following in listed("period")):
        return 1.6 if before.is_definite else _TIGHT
    if not before.is_definite:
        return _LOOSE + 1 if before.plain in {"امس", "غدا"} and name not in listed("adverb") else FORBIDDEN
    return 1.2 if _CIRCUMSTANCE.fullmatch(name) else _next_phrase(gap)


def _next_phrase(gap: _Gap) -> float:
    """Between a noun with the article and one without, which may begin another phrase, or be a name."""
    name = gap.after.plain
    if gap.after.is_number or name in listed("determiner") or _TITLED.fullmatch(name):
        return 2.4
    if _OBJECT.fullmatch(name) and _is_first_term(gap) and gap.behind() > 1:
        return _LOOSE
    if _ACCUSATIVE.fullmatch(name):
        return _LOOSE + 1
    if _FEMININE.fullmatch(name):
        return _LOOSE + (1 if name.endswith("ات") else 2)
    return _TIGHT

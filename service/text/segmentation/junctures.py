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
from itertools import takewhile

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
    "وراء": 2.6, "ذات": 6.0, "ذي": 6.0, "بشان": 2.4, "بخصوص": 2.4, "نحو": 2.4, "تجاه": 2.4, "امام": 1.8,
    "مثل": 2.4,
}  # fmt: skip
"""Before prepositions that often complete the noun before them."""
_PREPOSITION = 1.6
"""Before the others."""
_MASDAR = r"ت\w\wي\w(?:ها?)?|م\wا\w\wة|ا\w?[ات]\w?\wا\wة?|ا\w\w\wا\wة?|ا\w\wا\wة?|ا\wا\wة|ت\wا\w\w|ت\w\w\w"
_GOVERNING = re.compile(rf"[وفبل]?(?:{_MASDAR}|م\w{{2,}}[^يا\W])(?<!ية)(?:ات)?(?:ه|ها|هم|ا)?")
_ARTICLE = re.compile("^(?:[وفبك]?ال|[وف]?لل)(?=..)")
_PARTICIPLE = re.compile(r"[وفب]?(?:ال)?م\w{3,}")
_ACTIVE = re.compile(r"(?:ال)?\wا[^\Wا]\w(?:ة|ان|ين|ون|ات)?")
"""The shape of an active participle: «الرابط», «الناتجة»."""
_TITLED = re.compile(
    r"(?:رئيسة?|نائبة?|عضو|مستشارة?|وزيرة?|ملك|ولي|مديرة?|امين|امير|سفيرة?|قائد|زعيم|مدرب|والي|محافظ|عمدة|عميد|بابا|مفوضة?)"
)
"""The head of a phrase that means one person, whom a relative clause does not pick out."""
_FOR = re.compile(
    rf"ل(?!ل|تنظيم$)(?:{_MASDAR}|بحث|دعم|منع|بناء|سد|كشف|درء|وقف|رفع|خفض|حل|نقل|ضمان|بيان|حماية|عدم|كون)\w{{0,3}}"
)
_FOR_THE = re.compile(rf"لل(?:{_MASDAR}|حفاظ|حد|بحث|وقوف|وصول|حصول|دفاع|نظر|رد|كشف)")
_TOPIC = re.compile(r"ل(?:بحث|مناقشة|دراسة|متابعة|استعراض|اتخاذ|اعلان|معرفة|عرض|مواجهة|تقديم|تدارس)")
"""What a body meets for; no name goes on with it."""
_BY = re.compile(rf"ب(?:{_MASDAR})\w{{0,3}}")
_OBJECT = re.compile(r"ت\w\wي\w|ا\wت\wا\w|است\w\wا\w|ان\w\wا\w|ا[^لت]\wا\w")
"""Verbal nouns by which an object often begins: «أعاد الفريق تشغيل المحطة»."""
_PAIR = re.compile(r"[بل]?(?:مدين|محافظ|ولاي|بلد|منطق|دول|حكوم|جامع|شرك|جه|قري|جزير|وزار|صحيف|قنا)تي|كلتا")
"""«مدينتي …» has two names after it, joined by «و»."""
_CIRCUMSTANCE = re.compile(r"م\w{3,}ا")
_ACCUSATIVE = re.compile(r"(?!ال)\w{4,}ا")
_MOST = re.compile(r"[وفبلك]?أ(?:\w\w\w|\w\w)")
_FEMININE = re.compile(r"(?!ال)\w{2,}(?:ة|ات)")
_NOUN_ENDING = re.compile("(?:ة|ات|ين|ون|ا)$")
_FIRST_PERSON = re.compile("^[ان]")
"""Of a verb of the present: «أعتقد», «نرى»."""
_PARTICLE = re.compile("(?:[بلك]?ان|لكن|لعل)(?:ي|ني|نا|ك|كم|ه|ها|هم|هما|هن)?")
"""«أنّ» and its like, with the pronoun that is its noun: «لأننا»."""
_ENVOYS = frozenset(("سفير", "سفيرة", "سفارة", "قائم", "مندوب", "مندوبة", "ممثل", "ممثلة", "مبعوث"))
"""Who is accredited: «سفير المغرب لدى الأمم المتحدة»."""
_COMPARED = frozenset(
    ("الاكثر", "الاقل", "الاعلى", "الادنى", "الاشد", "الاوسع", "الاكبر", "الاسرع", "الافضل")
)
_DAYS = frozenset(("اليوم", "امس", "غدا", "الليلة", "مساء", "صباح", "الاول"))
_DATED = frozenset(("العدد", "الرقم", "العام", "عام", "السنة", "سنة", "الموسم", "موسم"))
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
        """How many words of one phrase end here: back to what opened it, or to the verb or «أنّ»."""
        count = 0
        for here in self.back():
            if (here.may_be_verb and not here.is_definite) or (count and here.pauses) or here.among("that"):
                break
            count += 1
            before = self.words[max(0, self.number - count)]
            if here.opens and not _are_adjectives(before, here):
                break
        return count

    def ahead(self, start: int) -> tuple[int, bool]:
        """How many words a phrase has that starts there, and whether a verb follows it."""
        end = min(len(self.words), start + _REACH)
        definite = start < end and self.words[start].is_definite
        for at in range(start, end):
            here = self.words[at]
            if at > start and (here.opens or here.is_verb) and here.plain not in listed("relative"):
                return at - start, here.is_verb and not here.joined
            if definite and not _goes_on(here):  # a new phrase: «والماء نزار بركة»
                return at - start, False
            if here.pauses:
                return at + 1 - start, False
        return end - start, False


def _goes_on(word: Word) -> bool:
    """Whether a word belongs to the noun with the article before it."""
    return word.is_definite and not word.plain.startswith("لل") and word.plain not in listed("title")


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
    leans = before.stem in listed("leaning") or _PARTICLE.fullmatch(before.stem) is not None
    leans = leans or before.has_digit or after.has_digit or first_term or _is_dated(gap)
    leans = leans or (after.plain in listed("direction") and before.stem in listed("place"))
    bound = f"{before.plain} {after.plain}" in listed("bound")
    repeats = gap.following == before.plain.removesuffix("ا") and after.opens  # «يوما بعد يوم»
    if leans or bound or repeats or _points(gap) or (before.is_number and _counts(gap)):
        return FORBIDDEN
    return min(FORBIDDEN, _conjunct(gap) if after.joined else _opening(gap))


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


def _is_dated(gap: _Gap) -> bool:
    """Whether a year or a weekday follows what it dates: «مونديال البرازيل ألفين وعشرة», «اليوم الأحد»."""
    if gap.after.plain == "الا" and gap.following.removesuffix("ا") in {"ربع", "ثلث", "خمس", "عشر"}:
        return True  # «الثامنة إلا ربعا»
    day = gap.before.plain in _DAYS and gap.after.plain in listed("weekday")
    return day or (gap.after.is_number and (gap.before.stem in _DATED or gap.after.plain == "الفين"))


def _points(gap: _Gap) -> bool:
    """Whether a demonstrative or a title stands before what it means: «تلك التي», «الفريق عمر»."""
    before, after = gap.before, gap.after
    if before.stem in listed("demonstrative"):
        return after.plain in listed("relative") or not (after.opens or after.is_verb)
    acts = after.is_verb and after.plain[0] in "يتس"  # a past verb may be a name: «الدكتور رفع الله»
    named = not (after.opens or acts or after.is_definite) or after.plain in listed("title")
    family = gap.number > 0 and gap.words[gap.number - 1].plain == "ال"  # «آل الشيخ»
    return before.stem in listed("title") and named and not family


def _counts(gap: _Gap) -> bool:
    """Whether the number before goes on with the next word: «ستين في المئة», «واحد من كل ثلاثة»."""
    after = gap.after
    if after.is_verb:
        return False
    if after.is_number or not after.opens or after.plain == "من":
        return True
    if after.plain == "مقابل":
        return True  # a result: «ستة مقابل أربعة»
    counted = after.joined and after.plain[0] == "ف"  # «خمسين فردا»
    return counted or (after.plain == "في" and gap.following in _HUNDRED)


def _conjunct(gap: _Gap) -> float:
    """Before «و» and what it joins."""
    after = gap.after
    near = gap.words[max(0, gap.number - 2) : gap.number + 1]
    counts = any(each.is_number for each in near) and not gap.before.is_definite
    if after.is_number and (after.is_definite or counts):
        return FORBIDDEN
    if after.is_verb or after.stem in listed("negation"):
        return 2 * _LOOSE if gap.before.is_verb else _CLAUSE + 0.1
    if after.may_be_verb and (gap.before.is_complete or not _is_first_term(gap)):
        return _PREDICATE + 0.4
    if after.among("clause") or (after.stem == "ما" and _acts_next(gap)):
        return _CLAUSE
    if after.stem in listed("that"):
        return _THAT
    adverbial = after.among("adverbial", "preposition", "relative") or after.stem in listed("adverb")
    return _ADVERBIAL + 0.2 if adverbial else _noun_joined(gap)


def _acts_next(gap: _Gap) -> bool:
    """Whether the word after the next is a verb: «وما زالت»."""
    return gap.number + 2 < len(gap.words) and gap.words[gap.number + 2].may_be_verb


def _noun_joined(gap: _Gap) -> float:
    """Before «و» and a noun: cheap where it repeats a head («ووزير»), or where many words depend on it."""
    head, back = gap.after.head, list(gap.back())
    if len(head) > 2 and any(each.head == head for each in back):
        return _CLAUSE
    if _BY.fullmatch(gap.after.stem) or (_FOR.fullmatch(gap.after.stem) and "أ" not in gap.after.spelt[:3]):
        return _PREDICATE
    verbal = _governs(gap.before) and gap.before.stem[0] != "م"  # «إغلاق ونهب المقار»
    twin = not gap.after.is_complete and (verbal or (_governs(gap.before) and _governs(gap.after)))
    if not gap.before.is_complete and (twin or _is_first_term(gap)):
        return _TIGHT  # «شروط وكيفيات المنح»: both nouns have one second term
    length, verb = gap.ahead(gap.number + 1)
    if (gap.following in _PRICES or _BY.fullmatch(gap.following)) and _governs(gap.after):
        length = _CLOSE  # «والمسؤول عن», «والحفاظ على»
    clause = takewhile(lambda each: not each.among("that"), back)
    if verb and not any(each.may_be_verb for each in clause):
        return _TIGHT  # of several subjects the last one, before their verb
    for each in back:
        if each.stem in {"بين", "كلا", "كل"} or _PAIR.fullmatch(each.stem):
            return _TIGHT
        if each.joined or each.pauses:
            break
    part = _joined_adjective(gap)
    if length == 1 and not part and _is_series(gap):
        return _LOOSE + 0.2
    return _member(length, gap.behind()) + part


def _is_series(gap: _Gap) -> bool:
    """Whether the next noun is one of several that are joined: «وعسير وجازان والقصيم»; no ministry's name."""
    if not gap.before.joined or any(each.head in listed("ministry") for each in list(gap.back())[:6]):
        return False
    later = gap.words[gap.number + 2] if gap.following else gap.after
    return later is not gap.after and later.joined and not (later.may_be_verb or gap.after.pauses)


def _joined_adjective(gap: _Gap) -> float:
    """What a conjunct costs more that may be an adjective, or part of a name: «المالية والعينية»."""
    before, after = gap.before, gap.after
    owned = not (before.is_definite or after.is_definite)
    if _are_adjectives(before, after) or (owned and before.is_complete and after.is_complete):
        return 6.0  # «المساعدات المالية والعينية», «عن شكره وتقديره»
    if not (before.is_definite and after.is_definite):
        return 0.0
    noun = gap.words[gap.number - 1] if gap.number else before
    owner = gap.words[gap.number - 2] if gap.number > 1 else noun
    if before.stem.startswith("لل") or noun.stem.startswith("لل"):
        return 6.0  # «للثقافة والفنون»
    if noun.head in listed("ministry"):
        return 6.0  # «وزارة الثقافة والفنون»
    if owner.head in listed("ministry") or _is_second_term(noun, before):
        return 3.0  # «وزارة الشؤون الإسلامية والأوقاف», «فرق البحث والإنقاذ»
    if _governs(before) and _governs(after):
        return 3.0  # «بالإشراف والمتابعة»
    participle = _PARTICIPLE.fullmatch(after.plain) and after.head not in listed("plain")
    return 2.5 if participle else 0.0


def _is_second_term(noun: Word, second: Word) -> bool:
    """Whether a noun with the article completes the noun before it: «فرق البحث»."""
    return second.is_definite and not (noun.is_complete or noun.opens or noun.may_be_verb or noun.is_number)


def _are_adjectives(first: Word, second: Word) -> bool:
    """Whether two words joined by «و» are adjectives of one noun: «المالية والعينية»."""
    if not second.joined or first.is_definite != second.is_definite or second.stem in listed("noun_in_ya"):
        return False
    passive = not second.is_definite and _PARTICIPLE.fullmatch(second.stem)
    if (
        (passive or _ACTIVE.fullmatch(second.stem))
        and first.plain.endswith("ة")
        and second.plain.endswith("ة")
    ):  # «مرئية ومسموعة»
        return True
    return any(first.plain.endswith(ending) and second.plain.endswith(ending) for ending in ("ية", "ي"))


def _member(length: int, behind: int) -> float:
    """Before a conjunct of so many words, after one of so many."""
    found = (7.0, 7.0, 3.4)[length] if length < _CLOSE else 1.6
    return found + (3.0 if behind == 1 else 2.0 if behind == 2 else 0.0)


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
    if _opens_clause(gap):
        return _CLAUSE + (1.0 if gap.before.may_be_verb else 0.0)
    if after.plain in listed("relative"):
        return _relative(gap)
    if after.plain in listed("copula"):
        behind = gap.behind()
        return (_TIGHT, 3.0, 1.2)[behind] if behind < _CLOSE else _COPULA
    if f"{after.plain} {following}" in listed("fixed") or after.plain in listed("adverbial"):
        return _adverbial(gap)
    return _predicate(gap) if after.is_verb or after.plain in listed("negation") else _nominal(gap)


def _opens_clause(gap: _Gap) -> bool:
    """Whether a clause opens with the next word: a conjunction, «إضافة إلى», «ما أدى إلى»."""
    name, following = gap.after.plain, gap.following
    if name in {"اضافة", "علاوة", "فضلا"}:
        return following in _PRICES
    if following.startswith("بين"):
        return False  # «فيما بينهم»
    result = name == "ما" and following in listed("result") and not gap.before.may_be_verb
    return result or name in listed("clause")


def _complement(gap: _Gap) -> float:
    """Before «أنّ», which the verb of saying governs over its subject."""
    before = gap.before
    says = before.may_be_verb or _FIRST_PERSON.sub("", before.stem) in listed("present")
    if before.stem[0] != "م" and not before.is_definite and _governs(before):
        return _TIGHT  # «لتأكيد أن»
    if says or {before.stem, before.head} & listed("modal") or before.stem in listed("participle"):
        return _TIGHT
    for distance, each in enumerate(gap.back()):
        if each.may_be_verb:
            dearer = 3.0 if gap.after.plain in _PRICES else 0.0  # «تقوم هذه الفكرة على أن»
            return (_TIGHT, 4.0, 1.2 + dearer, 0.5 + dearer)[distance] if distance <= _CLOSE else _THAT
        if each.pauses and distance:
            break
    return _TIGHT if _governs(before) else 2.0


def _participle(gap: _Gap) -> float:
    """Before «مؤكدا», where it opens a clause; «حماية مشددة من» is an adjective."""
    name, before, following = gap.after.plain, gap.before, gap.following
    adjective = name.endswith("ة") and before.plain.endswith("ة") and not before.is_definite
    governs = following in listed("that") or following in _PRICES or following[:1] == "ل" or not following
    governs = governs or name.endswith("ا") or before.is_definite
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
    return _LOOSE + 1.2 + (2.0 if antecedent[0].plain in listed("determiner") else 0.0)


def _adverbial(gap: _Gap) -> float:
    """Before an adverbial; dearer right after a verb, or after a noun that it may describe."""
    before = gap.before
    if gap.following in listed("last") or _completes(gap):
        return _TIGHT
    if before.is_definite:
        place = gap.after.plain == "لدى" or f"{gap.after.plain} {gap.following}" == "على بعد"
        placed = place and (_ACTIVE.fullmatch(before.stem) or _governs(before))  # «الواقعة على بعد»
        beside = gap.after.plain == "الى" and _is_governing(before)  # «الوقوف إلى جانب»
        return _ADVERBIAL + (2.4 if placed or beside else 0.0)
    if before.is_verb:
        return _ADVERBIAL + 4.4
    return _ADVERBIAL + (1.6 if before.may_be_verb else 0.6 if gap.behind() == 1 else 0.0)


def _completes(gap: _Gap) -> bool:
    """Whether an adverbial belongs to the word before: «سفيره لدى», «طائرة من دون طيار», «لم يره من قبل»."""
    accredited = gap.after.plain == "لدى" and any(each.head in _ENVOYS for each in list(gap.back())[:5])
    later = gap.words[gap.number + 2 : gap.number + 4]
    unmanned = "طيار" in {each.plain for each in later}
    alone = f"{gap.after.plain} {gap.following}" == "من قبل"
    before = alone and (later[0].pauses or all(each.joined for each in later[1:]))
    return accredited or unmanned or before


def _subject_length(gap: _Gap) -> int:
    """How many words the subject before a verb has, which may be several nouns joined by «و»."""
    length = gap.behind()
    while 0 < length <= gap.number:
        opener = gap.words[gap.number + 1 - length]
        before = _Gap(gap.words, gap.number - length).behind()
        if not opener.joined or opener.may_be_verb or not before:
            break
        length += before
    return length


def _predicate(gap: _Gap) -> float:
    """Before a verb without «و»: its subject stands before it, or the noun that it describes."""
    titled = gap.number > 0 and gap.words[gap.number - 1].stem in listed("title")  # «السيد ناك يونغ»
    named = titled or (gap.after.plain == "لا" and not gap.before.is_definite and not _acts_next(gap))
    if gap.follows_verb or named or gap.before.stem in listed("expected"):
        return _TIGHT
    behind = _subject_length(gap)
    after_that = behind <= gap.number and gap.words[gap.number - behind].among("that")
    found = (_TIGHT, 4.5, 1.5)[behind] if behind < _CLOSE else _PREDICATE
    if after_that and behind < _CLOSE:
        found += 2.0
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
    if name == "من" and before.is_definite and behind >= _CLOSE and gap.following:
        found = 2.8 if _governs(gap.words[gap.number + 2]) else 4.0  # «من إجلاء» completes the verb
    if name == "الى" and any(each.stem == "من" for each in gap.words[max(0, gap.number - 5) : gap.number]):
        found += 3.0
    counted = any(each.is_number for each in list(gap.back())[:3])
    if name == "من" and (counted or gap.following in listed("month")):
        return _TIGHT  # «ثلاث دول من القارة», «الخامس من مايو»
    if name in _PRICES:
        found += _governed(gap) + _bare(gap)
    length, _ = gap.ahead(gap.number + 1)
    return found + (1.2 if behind == 1 else 0.0) + (0.8 if length == 2 and name != "بين" else 0.0)


def _bare(gap: _Gap) -> float:
    """What a preposition costs more after a noun alone, which it describes: «ندوة عن», «قرارا بتعيين»."""
    before = gap.before
    if before.is_complete or before.may_be_verb or before.is_number or before.plain in listed("adverb"):
        return 0.0
    ending = _NOUN_ENDING.search(before.plain)
    if ending is None or (before.opens and not before.joined) or before.plain.endswith("يا"):
        return 0.0
    noun = gap.words[gap.number - 1] if gap.number else before
    phrase = noun.is_complete or noun.opens or noun.may_be_verb
    alone = phrase or noun.plain in listed("determiner") or noun.plain in listed("adverb")
    if not alone and (ending[0] != "ا" or noun.plain.endswith("ا")):  # an adjective, or a name
        return 0.0
    return 1.2 if gap.after.plain in {"في", "مع", "بين", "امام"} else 3.0


def _governed(gap: _Gap) -> float:
    """What a preposition costs more that may complete the word before it, or the noun of that adjective."""
    before, name = gap.before, gap.after.plain
    if _is_governing(before):
        return 4.0
    institution = any(each.head in listed("institution") for each in list(gap.back())[:4])
    named = before.plain.startswith("لل") and institution
    if _governs(before) and not named:  # but «المندوبية السامية للتخطيط»
        return 2.0 if name == "في" and _PARTICIPLE.fullmatch(before.plain) and not before.is_definite else 4.0
    if _ACTIVE.fullmatch(before.stem):
        return 3.5 if before.is_definite else 2.0
    noun = gap.words[max(0, gap.number - 1)]
    if gap.number == 0 or before.opens or noun.is_number:
        return 0.0
    described = noun.is_definite == before.is_definite and not noun.quoted
    if described and (_is_governing(noun) or noun.plain in listed("determiner")):
        return 1.0 if name == "في" else 3.0  # «دعوة صريحة إلى», «أكثر قدرة على»
    if noun.plain in listed("office"):
        return 6.0  # «المشرف العام على»
    return (3.0 if described and name != "في" else 1.0) if _governs(noun) else 0.0


def _is_governing(word: Word) -> bool:
    """Whether a word is listed as a noun that a preposition completes, with or without its tanwīn."""
    return word.head in listed("governing") or word.head.removesuffix("ا") in listed("governing")


def _governs(word: Word) -> bool:
    """Whether a word looks like a verbal noun or a participle, which a preposition completes."""
    return _GOVERNING.fullmatch(_ARTICLE.sub("", word.plain)) is not None and word.head not in listed("plain")


def _prefixed(gap: _Gap) -> float | None:
    """Before a word with a joined preposition; ``None`` if it shows none."""
    name, behind = gap.after.plain, gap.behind()
    found: float | None = None
    if _FOR.fullmatch(name) and not gap.after.spelt.startswith("لأ"):
        governed = _governed(gap)
        found = _TIGHT if _is_named(gap) else _PURPOSE + (governed if governed > 1.0 else 0.0)
    elif name.startswith("لل") and len(name) > 4:  # «الهيئة العامة للسياحة» is a name
        named = gap.before.is_definite and gap.number > 0 and gap.words[gap.number - 1].is_definite
        named = named or any(each.is_number for each in list(gap.back())[:3])  # «ثلاثة ريالات للسهم»
        purpose = _FOR_THE.fullmatch(name) and (gap.following in _PRICES or gap.following.startswith("ب"))
        if purpose and behind > 1 and not _is_named(gap):
            found = _PURPOSE + 0.7 + _governed(gap)
        else:
            found = _TIGHT if named or behind < 2 or _is_named(gap) else 5.0
    elif _BY.fullmatch(name) or (name.startswith("بال") and len(name) > 4):
        owned = gap.before.is_complete and not gap.before.is_definite  # «صلتهم بتنظيم»
        completed = owned or _governs(gap.before) or _ACTIVE.fullmatch(gap.before.plain)
        found = (
            _TIGHT if behind == 1 else (3.6 if name.startswith("بال") else 2.6) + (3.0 if completed else 0)
        )
    if found is None:
        return None
    return _TIGHT if gap.follows_verb else found + _bare(gap) + (1.2 if behind == 1 else 0.0)


def _is_named(gap: _Gap) -> bool:
    """Whether «ل» may go on with the name of an institution: «الهيئة العامة لرعاية الشباب»."""
    if _TOPIC.fullmatch(gap.after.plain):
        return False
    for each in gap.back():
        if each.head in listed("institution"):
            return True
        if each.opens or not (each.is_definite or gap.after.plain.startswith("لل")):
            return False
    return False


def _phrase(gap: _Gap) -> float:
    """Between two words neither of which opens anything."""
    before, name = gap.before, gap.after.plain
    if before.may_be_verb or name in {"عشر", "عشرة"} or before.stem in listed("expected"):
        return FORBIDDEN
    if _leans_back(gap):
        return _TIGHT
    if name in listed("temporal") or (name in {"هذا", "هذه"} and gap.following in listed("period")):
        return 1.6 if before.is_definite else _TIGHT
    if _TITLED.fullmatch(name) and not _TITLED.fullmatch(before.plain) and _ends_name(gap):
        return 1.2  # «فيصل بن خالد أمير المنطقة»
    if before.plain.endswith("يا") and _is_circumstance(gap):
        return 1.2
    if name in _DAYS and before.stem not in listed("temporal") and not before.is_definite:
        return _LOOSE
    if not before.is_definite:
        adverb = before.plain in listed("adverb") and name not in listed("adverb")
        return _LOOSE + 1 if adverb else FORBIDDEN
    return 1.2 if _is_circumstance(gap) else _next_phrase(gap)


def _leans_back(gap: _Gap) -> bool:
    """Whether a word belongs to the one before: «الثانية ظهرا», «تراجع أكثر بعدما», «المدعومة بباقة»."""
    before, name = gap.before, gap.after.plain
    if name in listed("hour"):
        return gap.following not in listed("adverb")
    if name in {"اكثر", "اقل"}:
        return not gap.following or gap.words[gap.number + 2].opens
    if before.plain in _COMPARED and (_FEMININE.fullmatch(name) or _ACCUSATIVE.fullmatch(name)):
        return True  # «الأكثر مساهمة»
    if name[0] == "ل" and name[:2] != "لل" and before.is_definite and _is_named(gap):
        return True  # «الجامعة التونسية لكرة القدم»
    participle = _PARTICIPLE.fullmatch(before.plain) is not None and before.head not in listed("plain")
    return name[0] in "بل" and participle and before.is_definite


def _is_circumstance(gap: _Gap) -> bool:
    """Whether a participle in the accusative opens a phrase of its own: «متأثرا بهبوط الأسهم»."""
    if not _CIRCUMSTANCE.fullmatch(gap.after.plain) or gap.after.plain in listed("adverb"):
        return False
    return gap.following in _PRICES or gap.following[:1] in "بل" or gap.following in listed("that")


def _ends_name(gap: _Gap) -> bool:
    """Whether «بن» shows that the words before are a name."""
    return any(each.plain == "بن" for each in list(gap.back())[:4])


def _next_phrase(gap: _Gap) -> float:
    """Between a noun with the article and one without, which may begin another phrase, or be a name."""
    name = gap.after.plain
    counts = gap.after.is_number and not gap.after.is_definite
    if counts or name in listed("determiner") or _TITLED.fullmatch(name.removeprefix("ب")):
        return 2.4
    described = gap.number > 0 and gap.words[gap.number - 1].is_definite
    if described and name in listed("title") and gap.before.stem not in listed("title"):
        return 7.0  # «المدير العام المهندس خالد»: before a noun and its adjective
    if described and name in listed("office") and gap.before.stem not in listed("title"):
        return 2.4  # «المستشار الخاص المشرف على»
    if _OBJECT.fullmatch(name) and _is_first_term(gap) and gap.behind() > 1:
        return _LOOSE
    if _ACCUSATIVE.fullmatch(name):
        most = any(_MOST.fullmatch(each.spelt) for each in list(gap.back())[:4])  # «أكثر الدول نموا»
        return _TIGHT if most else _LOOSE + 1
    if _FEMININE.fullmatch(name):
        return _LOOSE + (1 if name.endswith("ات") else 2)
    return _TIGHT

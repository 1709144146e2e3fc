"""Nouns and adjectives have vowels that they can have, and the nūn of a dual its kasra."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from service.text.core.orthography import FATHA, LETTER, MARKS, SHADDA, SUKUN, letters, skeleton
from service.text.core.tables import rows
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.diacritisation.homophones import NUMBERS, sounds
from service.text.diacritisation.verb_readings import attested
from service.text.diacritisation.vowels import CLASSES

LINES = (Path(__file__).parents[3] / "benchmarks/data/news_diacritised.txt").read_text("utf-8").splitlines()
DIACRITISER = Diacritiser()
STEMS = [reading for (reading,) in rows("grammar/stems.tsv")]
WORD = re.compile(f"[{LETTER}{''.join(MARKS)}]+")
READINGS: dict[str, list[str]] = defaultdict(list)
for each in STEMS:
    READINGS[skeleton(each)].append(each)


def _word(said: str, written: str) -> str:
    """The word of a vowelled text that is written so, without sukūns."""
    (found,) = [word for word in WORD.findall(said) if skeleton(word) == written]
    return _spelt(found)


def _spelt(vowelled: str) -> str:
    """The letters with their marks in one order, without sukūns."""
    return "".join(map(str, letters(vowelled))).replace(SUKUN, "")


def _classes(vowelled: str) -> list[int]:
    return [
        NUMBERS.get("" if each.char == "ا" else SHADDA * each.shadda + each.vowel, 0)
        for each in letters(vowelled)
    ]


def test_every_stem_has_all_its_vowels_and_is_there_once() -> None:
    for stem in STEMS:
        *head, last = letters(stem)
        assert not last.vowel, stem
        for each in head:
            assert each.vowel or each.char in "اآىوي", f"{stem}: {each.char} has no mark"
            assert SHADDA * each.shadda + each.vowel in CLASSES, stem
    assert len(set(STEMS)) == len(STEMS)
    assert sorted(STEMS, key=skeleton) == STEMS


@pytest.mark.parametrize(
    ("text", "written", "said"),
    [
        ("افتتح الوزير المهرجان.", "المهرجان", "الْمَهْرَجَان"),
        ("حضرنا مهرجانه السنوي.", "مهرجانه", "مَهْرَجَان"),
        ("كمهرجان العام الماضي.", "كمهرجان", "كَمَهْرَجَانِ"),
        ("توفي بعد صراع مع مرض عضال.", "عضال", "عُضَال"),
        ("في الجهاز كاميرا واحدة.", "كاميرا", "كَامِيرَا"),
        ("تعيش في المملكة العربية السعودية.", "السعودية", "السُّعُودِيَّة"),
        ("فازت بلقب السعودية الأولى.", "السعودية", "السُّعُودِيَّةِ"),
        ("قدمت الدراما السورية عملا جديدا.", "الدراما", "الدِّرَامَا"),
    ],
)
def test_a_known_stem_has_its_vowels_beside_clitics_and_pronouns(text: str, written: str, said: str) -> None:
    found, known = _word(DIACRITISER.diacritise(text), written), _spelt(said)
    assert found[: len(known) - 1] == known[:-1]


@pytest.mark.parametrize(
    ("text", "written", "said"),
    [
        ("شكلت الوزارة لجنة جديدة.", "لجنة", "لَجنَة"),
        ("قدم تقريره للجنة خاصة.", "للجنة", "لِلَجنَة"),
        ("نقل إلى وحدة العناية.", "وحدة", "وَحدَة"),
        ("كتب اسمه على ورقة بيضاء.", "ورقة", "وَرَقَة"),
        ("زار بلاد الشام.", "بلاد", "بِلَاد"),
        ("كلفت الحكومة الخبراء بالملف.", "كلفت", "كَلَّفَت"),
        ("سافر للحج هذا العام.", "للحج", "لِلحَجّ"),
    ],
)
def test_a_letter_that_only_looks_like_a_clitic_stays_one_of_the_word(
    text: str, written: str, said: str
) -> None:
    assert _word(DIACRITISER.diacritise(text), written).startswith(_spelt(said)[:-1])


def test_a_word_of_the_table_is_read_as_there_or_as_a_known_verb() -> None:
    checked = 0
    for line in LINES:
        for word in WORD.findall(DIACRITISER.diacritise(skeleton(line))):
            bones = skeleton(word)
            if (
                bones not in READINGS
                or bones.endswith("ى")
                or any(mark not in NUMBERS for mark in map(_mark, letters(word)))
            ):
                continue
            checked += 1
            found = _classes(word)
            # The table leaves the ending open.
            alike = [sounds([*_classes(reading)[:-1], found[-1]], bones)[:-1] for reading in READINGS[bones]]
            assert sounds(found, bones)[:-1] in alike or attested(bones, np.array(found)), word
    assert checked > 10


def _mark(letter: object) -> str:
    return str(letter)[1:]


def test_marks_of_the_author_are_not_corrected() -> None:
    assert _word(DIACRITISER.diacritise("زار مِهْرَجان المدينة."), "مهرجان").startswith(_spelt("مِهرَجَان"))


@pytest.mark.parametrize(
    ("text", "written", "said"),
    [
        ("جمعت المباراة بين الناديين أمس.", "الناديين", "النَّادِيَينِ"),
        ("يلعب لموسمين مع الفريق.", "لموسمين", "لِمَوسِمَينِ"),
        ("التقى الوزيرين أمس.", "الوزيرين", "الوَزِيرَينِ"),
    ],
)
def test_the_nun_of_a_dual_has_kasra(text: str, written: str, said: str) -> None:
    assert _word(DIACRITISER.diacritise(text), written).startswith(_spelt(said))


def test_no_dual_is_without_its_kasra() -> None:
    dual = re.compile(f"[{LETTER}].*[{LETTER}].*[{LETTER}]{FATHA}ي{SUKUN}?ن{FATHA}")
    for line in LINES:
        for word in WORD.findall(DIACRITISER.diacritise(skeleton(line))):
            assert not dual.fullmatch(word) or attested(skeleton(word), np.array(_classes(word))), word

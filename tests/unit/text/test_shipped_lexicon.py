"""The shipped lexicon, entry by entry."""

import re
from importlib import resources

import pytest

from service.text.core.spelling import letters
from service.text.lexicon.entries import Entry, parse
from service.text.lexicon.lexicon import Lexicon
from service.text.normalisation.transliteration import latin_names

FILES = sorted(
    (file for file in resources.files("service.text").joinpath("lexicon").iterdir() if ".tsv" in file.name),
    key=lambda file: file.name,
)
MARKS = "ًٌٍَُِّْٰ"
LETTER = re.compile(rf"([^{MARKS}])([{MARKS}]*)")
SUN = set("تثدذرزسشصضطظلن")
ARABIC = re.compile("[ء-ي ]+")
ENTRIES = [
    entry for file in FILES for entry in parse(file.read_text(encoding="utf-8").split("\n"), file.name)
]
VOWELLED = [entry for entry in ENTRIES if ARABIC.fullmatch(entry.grapheme)]


def words(entries: list[Entry]) -> list[str]:
    return [word for entry in entries for word in entry.reading.split()]


def test_it_holds_what_news_needs():
    assert len(Lexicon.shipped().entries) >= 1500


def test_no_grapheme_stands_twice():
    graphemes = [entry.grapheme for entry in ENTRIES]
    assert sorted(graphemes) == sorted(set(graphemes))


def test_an_arabic_entry_is_its_grapheme_with_vowels():
    assert [entry for entry in VOWELLED if letters(entry.reading) != entry.grapheme] == []


OPEN = ({*"َُ"}, {*"َُِ"})
"""The case of a diptote, and of a noun before a name, is open between these endings."""
FIXED = {"مُنْذُ", "الرَّابِعَ"}
"""Invariable words, whose end is no case."""


def article_before(pairs: list[tuple[str, str]], at: int) -> bool:
    """The lām of the article took a kasra because hamzat al-waṣl follows it: الِاتِّحَاد, لِلِاتِّصَال."""
    return at > 1 and pairs[at - 1] == ("ل", "ِ") and pairs[at - 2][0] in "ال"


def bare_letter_fault(pairs: list[tuple[str, str]], at: int) -> str:
    """A letter without a mark is a long vowel, the lām of an article, an alif, or the end of the word."""
    letter, before = pairs[at][0], pairs[at - 1] if at else ("", "")
    last = at == len(pairs) - 1
    if letter == "ا" and at and not before[1]:
        # The last two letters of سوريا are open: it is سُورِيَا and سُورِيًّا.
        return "" if (last and before[0] == "ي") or before[0] in "وبلكف" else "an alif after a bare letter"
    if letter == "ا" and at:
        right = "َ" in before[1] or "ً" in before[1] or article_before(pairs, at)
        return "" if right or (at == 1 and before[0] == "ب") else "an alif after another vowel than a"
    if last or letter in "اآى":
        return ""
    if letter in "وي":
        return "" if {"و": "ُ", "ي": "ِ"}[letter] in before[1] else f"{letter} has no vowel"
    after = pairs[at + 1]
    assimilated = letter == "ل" and before[0] in "ال" and after[0] in SUN and "ّ" in after[1]
    return "" if assimilated else f"{letter} has no vowel"


def mark_fault(pairs: list[tuple[str, str]], at: int) -> str:
    letter, marks = pairs[at]
    vowels = marks.replace("ّ", "")
    impossible = (
        (len(vowels) > 1 and (set(vowels) not in OPEN or at < len(pairs) - 1))
        or marks.count("ّ") > 1
        or marks == "\u0651\u0652"
        or (at == 0 and "ّ" in marks)
        or (letter == "إ" and vowels != "ِ")
        or (letter == "أ" and vowels == "ِ")
        or letter in "آى"
    )
    return f"{letter} with {marks!r}" if impossible else ""


def faults(word: str, *, inner: bool = False) -> list[str]:
    """What is wrong with a word; within a compound name its end may be fixed: سَانْ فْرَانْسِيسْكُو."""
    pairs = LETTER.findall(word)
    found = [
        mark_fault(pairs, at) if marks else bare_letter_fault(pairs, at)
        for at, (_, marks) in enumerate(pairs)
    ]
    end = set(pairs[-1][1]) - {"ّ"}
    if end and end not in OPEN and word not in FIXED and not inner:
        found.append("its end is fixed")
    if pairs[-1][0] == "ة" and "َ" not in pairs[-2][1] and pairs[-2][0] != "ا":
        found.append("ة after another vowel than a")
    return [f"{word}: {fault}" for fault in found if fault]


def test_words_are_vowelled_as_arabic_orthography_wants():
    last = {entry.reading.split()[-1] for entry in VOWELLED} - latin_names()
    wrong = [fault for word in sorted(set(words(VOWELLED))) for fault in faults(word, inner=word not in last)]
    assert wrong == []


@pytest.mark.parametrize("word", ["مَغرِب", "مَّغْرِب", "إَيرَان", "مَغْرِبُ", "كُابُل", "مَدِينُة"])
def test_the_check_above_sees_a_fault(word: str):
    assert faults(word) != []


def test_the_article_assimilates_to_sun_letters_and_to_no_others():
    bare = [word for word in words(ENTRIES) if re.match("الْ[تثدذرزسشصضطظلن]", word)]
    doubled = [word for word in words(ENTRIES) if re.match("ال[ءأإؤئبجحخعغفقكمهوي][ًٌٍَُِْٰ]?ّ", word)]
    assert (bare, doubled) == ([], [])

"""ڤ پ چ گ are looked up as other letters, and stay in the spoken text."""

import pytest

from service.model.borrowed import NEAREST, SPELT
from service.model.document import Boundary, Sentence
from service.model.phones import PHONES
from service.text.core.spelling import letters
from service.text.lexicon.lexicon import Lexicon
from service.text.pipeline.spoken import ReadingOptions, read

OPTIONS = ReadingOptions(locale="ar", lexicon=Lexicon.shipped())


def heard(text):
    return read(Sentence(text, None, Boundary.SENTENCE), OPTIONS).pieces[0].spoken


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("ڤيتامين د", "ڤيتامين دال"),
        ("وڤيتامين ب", "وڤيتامين باء"),
        ("شاهد 3 ڤيديوهات", "شاهد ثلاثة ڤيديوهات"),
        ("عاد من پاريس", "عاد من پاريس"),
        ("لپاكستان", "لپاكستان"),
        ("في الڤاتيكان", "في الڤاتيكان"),
        ("عاد من چاد", "عاد من تشاد"),
        ("بحث في گوگل", "بحث في گوگل"),
    ],
)
def test_the_letters_of_the_writer_stay(written, said):
    assert letters(heard(written)) == said


@pytest.mark.parametrize("written", ["پاريس", "گوگل", "ڤيروس", "چيلي", "وپاكستان", "الڤيديو"])
def test_the_lexicon_knows_the_word_in_either_spelling(written):
    assert heard(f"قرأ عن {written} أمس") != f"قرأ عن {written} أمس"


def test_every_letter_has_a_phone_of_its_own():
    assert set(SPELT) == set(NEAREST)
    assert set(SPELT) <= {letter for row in PHONES for letter in row[1]}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("ڨفصة", "گفصة"),
        ("أڭادير", "أگادير"),
        ("ڥيلا", "ڤيلا"),
        ("هەولێر", "ههولير"),
        ("سنڌ", "سند"),
        ("پښتو", "پشتو"),
    ],
)
def test_letters_of_the_maghreb_are_read(written, said):
    assert heard(written) == said

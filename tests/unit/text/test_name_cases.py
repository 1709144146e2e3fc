"""A person's name has the case of its title, its office, or of the names beside it."""

from __future__ import annotations

import pytest

from service.model.document import Boundary, Sentence, Span
from service.model.reading import SpokenText
from service.text.core.orthography import letters, skeleton
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.lexicon.lexicon import Lexicon
from service.text.phonetics.utterance import utter_all
from service.text.pipeline.rule_chain import ReadingOptions
from service.text.pipeline.spoken import read

DIACRITISER = Diacritiser()
VOWELS = {"u": "\u064f\u064c", "a": "\u064e\u064b", "i": "\u0650\u064d"}


def _said(text: str) -> list[str]:
    sentence = Sentence(text, Span(0, len(text)), Boundary.SENTENCE)
    pieces = read(sentence, ReadingOptions(locale="ar-MA", lexicon=Lexicon.shipped())).pieces
    said = utter_all([SpokenText(piece.spoken, continues=True) for piece in pieces], DIACRITISER)
    return " ".join(each.diacritised for each in said).split()


@pytest.mark.parametrize(
    ("text", "endings"),
    [
        ("أوضح الدكتور عبد الرحمن العلوي أن النتائج جيدة", {"الدكتور": "u", "عبد": "u"}),
        ("قال وزير الخارجية ناصر بوريطة إن اللقاء مهم", {"وزير": "u", "ناصر": "u"}),
        ("إن وزير الصناعة رياض مزور حضر أمس", {"وزير": "a", "رياض": "a"}),
        ("تحدث مع رئيس الجامعة محمد العلوي عن المباراة", {"رئيس": "i", "محمد": "i"}),
        ("اجتمع مع وزير العدل عبد اللطيف وهبي أمس", {"وزير": "i", "عبد": "i"}),
        ("حضر رئيس نادي الوداد الأستاذ سعيد الناصري اللقاء", {"رئيس": "u", "الأستاذ": "u", "سعيد": "u"}),
    ],
)
def test_a_name_in_apposition_has_the_case_of_its_head(text: str, endings: dict[str, str]) -> None:
    said = {skeleton(word): letters(word)[-1].vowel for word in _said(text)}
    assert {word: said[word] in VOWELS[ending] for word, ending in endings.items()} == dict.fromkeys(
        endings, True
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("الفائزون هم: محمد العلوي، عبد الرحمن اليوسفي، عبد العزيز الفاسي.", ["محمد", "عبد", "عبد"]),
        ("شارك كل من محمد العلوي وعبد الله الفاسي وعبد الكريم بناني.", ["محمد", "وعبد", "وعبد"]),
    ],
)
def test_names_of_a_list_have_one_case(text: str, names: list[str]) -> None:
    said = [letters(word)[-1].vowel for word in _said(text) if skeleton(word) in names]
    assert len(said) == len(names)
    assert len({case for case, marks in VOWELS.items() for vowel in said if vowel and vowel in marks}) == 1


def test_a_diptote_has_fatha_for_its_genitive() -> None:
    said = {skeleton(word): letters(word)[-1].vowel for word in _said("تحدث مع الدكتور أحمد العلوي عن المرض")}
    assert said["الدكتور"] in VOWELS["i"]
    assert said["أحمد"] in VOWELS["a"]

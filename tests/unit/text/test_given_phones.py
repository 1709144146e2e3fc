"""Phones that a lexicon gives reach the voice as they are."""

from __future__ import annotations

import pytest

from service.engines.espeak_phonemes import to_espeak
from service.model.document import Boundary, Sentence, Span
from service.model.reading import SpokenText
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.lexicon.annotation import annotate
from service.text.lexicon.entries import Entry
from service.text.lexicon.lexicon import Lexicon
from service.text.phonetics.phonemes import phonemise
from service.text.phonetics.utterance import utter_all
from service.text.pipeline.spoken import ReadingOptions, read


def test_they_take_the_place_of_what_the_letters_would_say() -> None:
    assert phonemise(f"قَالَ {annotate('ناتو', 'nataˈwaː')}.") == "ˈqaːla nataˈwaː."


def test_the_article_after_them_still_joins() -> None:
    # A vowel at their end lets hamzat al-waṣl fall, a consonant calls for a helping vowel.
    assert phonemise(f"{annotate('س', 'saː')} الْبَيْتُ") == "saː lˈbajtu"
    assert phonemise(f"{annotate('س', 'saːb')} الْبَيْتُ") == "saːbi lˈbajtu"


@pytest.mark.parametrize(
    ("given", "said"),
    [("beːr", "biːr"), ("goːl", "ɡuːl"), ("ˈvɛlˈo", "ˈvilˈu"), ("siŋ", "sinɡ"), ("a1b", "ab")],
)
def test_sounds_that_arabic_has_not_are_said_by_the_nearest(given: str, said: str) -> None:
    assert phonemise(annotate("كلمة", given)) == said


def test_a_word_of_the_lexicon_is_one_word_in_every_form_and_shows_its_letters() -> None:
    lexicon = Lexicon((Entry("زرقط", ipa="ˈzarɡatˤ"),))
    text = "رأى زرقط أمس."
    reading = read(Sentence(text, Span(0, len(text)), Boundary.SENTENCE), ReadingOptions(lexicon=lexicon))
    [utterance] = utter_all([SpokenText(piece.spoken) for piece in reading.pieces], Diacritiser())

    assert utterance.spoken == text
    assert utterance.phonemes.split()[1] == "ˈzarɡatˤ"
    assert len(utterance.diacritised.split()) == len(utterance.phonemes.split()) == 3
    assert "za" in to_espeak(utterance.phonemes)

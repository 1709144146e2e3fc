"""No letter is dropped in silence: it has a token, or another letter stands for it, or it is an error."""

import pytest

from service.engines import espeak, mbrola
from service.engines.alphabet import LETTERS, MARKS, SOUNDS, Alphabet, needed
from service.engines.engine import Surroundings
from service.model.errors import EngineError
from service.model.reading import Utterance
from service.text.phonetics.phonemes import phonemise
from voices.catalogue import Catalogue

PLAIN = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي"
VOWELLED = f"{PLAIN}{MARKS}.،"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("غُوگِلْ فِي پَارِيسْ", "غُوغِلْ فِي بَارِيسْ"),
        ("ڤِيتُو", "فِيتُو"),
        ("چَاد", "تشَاد"),
        ("ژَاك", "جَاك"),
        ("ٱلْيَوْم", "الْيَوْم"),
        ("مَرْحَبـــا", "مَرْحَبا"),
        ("«نَعَم»؟", "نَعَم"),
        ("ﻣﺮﺣﺒﺎ", "مرحبا"),
        ("کتاب", "كتاب"),
        ("نَعَم", "نَعَم"),
    ],
)
def test_a_letter_that_a_voice_lacks_is_said_by_the_nearest(written, said):
    assert Alphabet(VOWELLED).fitted(written) == said


def test_a_letter_that_a_voice_knows_stays():
    assert Alphabet(VOWELLED + "گپ").fitted("گپ ڤ") == "گپ ف"


@pytest.mark.parametrize("sign", ["ۋ", "A", "7", "日", "%", "ۣ"])
def test_what_has_no_substitute_is_refused_by_name(sign):
    with pytest.raises(EngineError, match=f"tiny .*«{sign}»") as refused:
        Alphabet(VOWELLED, voice="tiny").fitted(f"قَالَ {sign} نَعَمْ")
    assert f"«{sign}»" in refused.value.ar


@pytest.mark.parametrize(
    ("sign", "text", "said"),
    [("ْ", "نَعَمْ", "نَعَم"), ("ٰ", "هٰذَا", "هاذَا"), ("ً", "شُكرً", "شُكرَن"), ("أ", "أَب", "اَب"), ("؟", "نَعَم؟", "نَعَم")],
)
def test_marks_and_pauses_have_their_substitutes(sign, text, said):
    assert Alphabet(VOWELLED.replace(sign, "")).fitted(text) == said


def test_a_mark_without_a_substitute_is_an_error_unless_the_card_lists_it():
    without = VOWELLED.replace("ّ", "")
    with pytest.raises(EngineError, match="U\\+0651"):
        Alphabet(without).fitted("خَطّ")

    assert Alphabet(without, ["ّ"]).fitted("خَطّ") == "خَط"


def test_a_voice_without_vowels_reads_bare_letters():
    bare = Alphabet(PLAIN)

    assert bare.fitted("شُكْرًا لِهٰذَا الْخَطِّ") == "شكرا لهذا الخط"
    assert bare.coverage(MARKS).instead == dict.fromkeys(MARKS, "")


def test_the_card_wins_over_a_token():
    assert Alphabet(VOWELLED + "گ", ["گ"]).fitted("گاز") == "غاز"
    with pytest.raises(EngineError, match="ح"):
        Alphabet(VOWELLED, ["ح"]).fitted("حَي")


def test_a_word_without_sound_keeps_its_place():
    assert len(Alphabet(VOWELLED).fitted("نَعَم – ـ لا").split()) == 4


def test_coverage_tells_what_is_known_replaced_and_lacking():
    told = Alphabet("ابتش").coverage("ابپچح")

    assert (told.known, told.instead, told.lacks) == (("ا", "ب"), {"پ": "ب", "چ": "تش"}, ("ح",))
    assert told.share == 0.8


@pytest.mark.parametrize("voice", ["espeak-ar", "mbrola-ar1", "mbrola-ar2"])
def test_voices_that_take_phonemes_have_a_sound_for_each_of_ours(voice, tmp_path):
    card = Catalogue(tmp_path).get(voice)
    engine = espeak if card.engine == "espeak" else mbrola

    assert engine.coverage(card, Surroundings(tmp_path)).lacks == ()


@pytest.mark.parametrize("letter", LETTERS)
def test_every_letter_of_news_has_a_phoneme(letter):
    said = f"بَ{letter}َب"

    assert Alphabet(SOUNDS).phonemes(Utterance(said, said, phonemise(said)))


@pytest.mark.parametrize("text", ["غُوۋِل", "日", "كَابُل ٩"])
def test_a_letter_for_which_no_phoneme_stands_is_refused(text):
    with pytest.raises(EngineError, match=r"no sound for «[ۋ日٩9]»"):
        Alphabet(SOUNDS, voice="robot").phonemes(Utterance(text, text, phonemise(text) or "ʔ"))


def test_a_phone_that_a_voice_lacks_is_said_by_the_nearest_or_refused():
    without = [phone for phone in SOUNDS if phone not in {"p", "ħ"}]

    assert Alphabet(without).phonemes(Utterance("پاب", "پَاب", "ˈpaːb")) == "ˈbaːb"
    with pytest.raises(EngineError, match="ħ"):
        Alphabet(without).phonemes(Utterance("حي", "حَيّ", "ˈħajj"))


def test_latin_script_is_left_to_the_engine():
    assert Alphabet(SOUNDS).phonemes(Utterance("Ocean 11", "Ocean 11", "")) == ""


def test_each_language_needs_its_own_letters():
    assert set(needed("ar-EG")) == {*LETTERS, *MARKS}
    assert "é" in needed("fr")
    assert set(needed("en")) <= set("abcdefghijklmnopqrstuvwxyz")

import re
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.model.errors import MissingPart
from service.text.core.orthography import MARKS, skeleton
from service.text.diacritisation import libtashkeel, onnx
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.phonetics.pausal import pausal
from service.text.phonetics.phonemes import phonemise

SENTENCE = (
    "قال وزير الخارجية إن الحكومة ستواصل العمل من أجل السلام في المنطقة، وأضاف أن المفاوضات لم تنته بعد."
)


@pytest.fixture(scope="module")
def diacritiser() -> Diacritiser:
    return Diacritiser()


def same(one: str, other: str) -> bool:
    return normalize("NFC", one) == normalize("NFC", other)


def test_a_sentence_is_vowelled_with_its_case_endings(diacritiser: Diacritiser) -> None:
    said = diacritiser.diacritise("أعلن الوزيران اتفاقية لتعزيز التعاون في مجال الطاقة.")

    assert same(said, "أَعْلَنَ الْوَزِيرَانِ اتِّفَاقِيَّةً لِتَعْزِيزِ التَّعَاوُنِ فِي مَجَالِ الطَّاقَةِ.")


def test_an_authors_vowels_are_kept_and_steer_the_rest(diacritiser: Diacritiser) -> None:
    assert same(diacritiser.diacritise("عُقد الاجتماع في الرباط."), "عُقِدَ الِاجْتِمَاعُ فِي الرِّبَاطِ.")
    assert same(diacritiser.diacritise("عَقد الوزير اجتماعا."), "عَقَدَ الْوَزِيرُ اجْتِمَاعًا.")


def test_a_lone_shadda_is_completed_with_a_vowel(diacritiser: Diacritiser) -> None:
    said = diacritiser.diacritise("أسباب تنظيميّة")

    assert same(said.split()[1][:-1], "تَنْظِيمِيَّةٌ"[:-1])


@pytest.mark.parametrize("mark", ["وَزيرُ", "كِتابٌ", "هٰذا", "قُوَّةٍ"])
def test_what_is_written_stays_as_it_is(diacritiser: Diacritiser, mark: str) -> None:
    said = diacritiser.diacritise(mark)

    written = [re.escape(char) for char in mark]
    assert re.fullmatch(f"[{''.join(MARKS)}]*".join(written) + f"[{''.join(MARKS)}]*", said)


def test_marks_are_spread_evenly_over_a_long_sentence(diacritiser: Diacritiser) -> None:
    # Given a sentence of well over 450 letters without a stop, when it is vowelled,
    long = " ".join([SENTENCE.rstrip(".")] * 12)

    said = diacritiser.diacritise(long)

    # then every stretch of it bears about as many marks as its first.
    words = said.split()
    shares = [_share(words[at : at + 40]) for at in range(0, len(words) - 40, 40)]
    assert min(shares) > 0.9 * max(shares)


def _share(words: list[str]) -> float:
    text = "".join(words)
    return sum(char in MARKS for char in text) / len(skeleton(text))


def test_without_the_package_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libtashkeel, "PACKAGE", "no_such_package_of_vowels")
    with pytest.raises(MissingPart, match="pip install 'dengjen-tashkeel-py"):
        libtashkeel.model_bytes()


def test_a_missing_table_names_its_cure() -> None:
    with pytest.raises(MissingPart, match="pip install 'text2tashkeel"):
        onnx.shipped("no_such.onnx")


def test_another_model_than_the_one_measured_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libtashkeel, "LIBTASHKEEL_SHA256", "0" * 64)
    with pytest.raises(MissingPart):
        libtashkeel.model_bytes()


ANY = Diacritiser()
"""One for all examples: a fixture would be made once a test, and hypothesis minds."""
ARABIC = st.text(alphabet="ءآأؤإئابةتثجحدذرزسشصضطظعغفقكلمنهويىٱپڤًٌٍَُِّْٰ ،.؟:…!", max_size=60)


ALIFS = str.maketrans("أإآ", "ااا")
"""A hamza that a text leaves out is restored."""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=ARABIC | st.text(max_size=40))
def test_no_text_breaks_the_chain_and_no_letter_is_lost(text: str) -> None:
    said = ANY.diacritise(text)

    assert skeleton(said).translate(ALIFS) == skeleton(text).translate(ALIFS)
    assert skeleton(pausal(said)) == skeleton(said)
    phonemise(pausal(said))


@pytest.mark.parametrize("text", ["ا" * 20_000, "كتاب، " * 2_000, "َ" * 5_000, "-" * 20_000, "قال\n" * 3_000])
def test_pausal_forms_and_phonemes_of_monstrous_texts_take_no_time(text: str) -> None:
    # Quadratic work on these would outlast the time limit of a test by far.
    phonemise(pausal(text * 10))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("في سنة ألفين وست عشرة.", "وَسِتَّ عَشْرَةَ"),
        ("شارك ألفا شخص في المسيرة.", "أَلْفَا شَخْصٍ"),
        ("بنسبة اثنين فاصلة خمسة في المئة.", "فَاصِلَةْ خَمْسَ"),
        ("توفي عن عمر ناهز الثمانين.", "عُمْرٍ نَاهَزَ"),
    ],
)
def test_phrases_whose_vowels_are_known_are_said_so(diacritiser: Diacritiser, text: str, said: str) -> None:
    assert normalize("NFC", said) in normalize("NFC", diacritiser.diacritise(text))


@pytest.mark.parametrize("tens", ["عشر", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثمان", "تسع"])
@pytest.mark.parametrize(
    "unit", ["الخامسة {}", "الثالث {}", "السابعة {}", "خمسة {}", "تسع {}", "ست {}", "ثلاثة {}"]
)
@pytest.mark.parametrize("sentence", ["حضر {} أمس.", "في {} أمس.", "أحيا {} أمس."])
def test_both_parts_of_a_numeral_have_one_case(diacritiser, sentence, unit, tens):
    the = "ال" if unit.startswith("ال") else ""
    for ending, vowels in (("ون", "\u064f\u064c"), ("ين", "\u064e\u0650\u064b\u064d")):
        said = diacritiser.diacritise(sentence.format(unit.format(f"و{the}{tens}{ending}")))

        assert said.split()[1][-1] in vowels

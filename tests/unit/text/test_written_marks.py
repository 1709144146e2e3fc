"""The marks that a writer gives bound the reading from below: it has them, and the shaddas that they lack."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.text.core.orthography import LETTER, SHADDA, SUKUN, letters, skeleton
from service.text.diacritisation.diacritiser import Diacritiser

LINES = (Path(__file__).parents[3] / "benchmarks/data/news_diacritised.txt").read_text("utf-8").splitlines()
DIACRITISER = Diacritiser()

NISBAS = [
    "رسمي",
    "سنوي",
    "يومي",
    "شهري",
    "أسبوعي",
    "محلي",
    "دولي",
    "عالمي",
    "عربي",
    "سياسي",
    "اقتصادي",
    "مالي",
    "إداري",
    "قانوني",
    "عسكري",
    "أمني",
    "ميداني",
    "جوي",
    "بري",
    "بحري",
    "سري",
    "علني",
    "شخصي",
    "فعلي",
    "عملي",
    "نظري",
    "نسبي",
    "جزئي",
    "كلي",
    "نهائي",
    "مبدئي",
    "تدريجي",
    "تلقائي",
    "هاتفي",
    "صحي",
    "طبي",
    "علمي",
    "فني",
    "ثقافي",
    "تاريخي",
    "جغرافي",
    "ضمني",
    "اجتماعي",
    "ورقي",
    "رقمي",
    "صوتي",
    "بصري",
    "ذهني",
    "نفسي",
    "جسدي",
    "عائلي",
    "مهني",
    "تقني",
]
DOUBLED = {
    "جداً": "جِدًّا",
    "حقاً": "حَقًّا",
    "خاصةً": "خَاصَّةً",
    "عامةً": "عَامَّةً",
    "مرةً": "مَرَّةً",
    "مادةً": "مَادَّةً",
    "قوةً": "قُوَّةً",
    "مدةً": "مُدَّةً",
    "حاداً": "حَادًّا",
    "هاماً": "هَامًّا",
    "مهماً": "مُهِمًّا",
    "حراً": "حُرًّا",
    "خطاً": "خَطًّا",
    "سراً": "سِرًّا",
    "شاباً": "شَابًّا",
    "مستقراً": "مُسْتَقِرًّا",
    "مستمراً": "مُسْتَمِرًّا",
    "خاصاً": "خَاصًّا",
}
SINGLE = ["فوراً", "غداً", "دائماً", "أيضاً", "مثلاً", "سابقاً", "تماماً", "عادةً", "فجأةً", "وفقاً", "بناءً", "معاً"]
BOUNDED = [
    ("كان النفع عاماً في البلاد.", "عَامًّا"),  # «عاماً» alone is also a year
    ("ثمَ عاد إلى بيته.", "ثُمَّ"),
    ("قال إنَ القرار نهائي.", "إِنَّ"),
    ("أكد أنَ القرار نهائي.", "أَنَّ"),
    ("ربَما يعود غدا.", "رُبَّمَا"),
    ("كلُ المدن تضررت.", "كُلُّ"),
    ("قدَم الوزير استقالته.", "قَدَّمَ"),
    ("أكَد المسؤول الخبر.", "أَكَّدَ"),
    ("سيقدِم المدير تقريرا.", "سَيُقَدِّمُ"),
    ("هذه مهمَة صعبة.", "مُهِمَّةٌ"),
    ("بقي حتَى الصباح.", "حَتَّى"),
    ("لكنَ الأمر تغير.", "لَكِنَّ"),
    ("السلطات المحليَة تحقق.", "الْمَحَلِّيَّةُ"),
    ("يعرف أهميَة الماء.", "أَهَمِّيَّةَ"),
    ("تقدمت القوَات المسلحة.", "الْقُوَّاتُ"),
    ("عاد في الأوَل من الشهر.", "الْأَوَّلِ"),
    ("يتحدَث الوزير الآن.", "يَتَحَدَّثُ"),
]


def reading(word: str, sentence: str) -> str:
    """The reading of a word in a sentence."""
    bones = skeleton(word)
    found = re.findall(rf"[{LETTER}\u064b-\u0652\u0670]+", DIACRITISER.diacritise(sentence))
    return next(each for each in found if skeleton(each) == bones)


def sounds(word: str) -> list[tuple[str, bool, str]]:
    """Letters, shaddas and vowels as they are heard: an alif's tanwīn is that of the letter before it."""
    found = letters(word.replace(SUKUN, ""))
    tanwin = {at - 1: each.vowel for at, each in enumerate(found) if each.char == "ا" and each.vowel}
    heard = [(each.char, each.shadda, tanwin.get(at, each.vowel)) for at, each in enumerate(found)]
    return [each for each in heard if each[0] != "ا"]


@pytest.mark.parametrize("nisba", NISBAS)
@pytest.mark.parametrize("ending", ["ياً", "يًا"])
def test_an_adverb_whose_tanwin_is_written_has_the_shadda_of_its_nisba(nisba: str, ending: str) -> None:
    written = nisba[:-1] + ending
    said = letters(reading(written, f"جرى ذلك {written} في المدينة."))
    assert said[-2].shadda
    assert said[-3].vowel == "\u0650"


@pytest.mark.parametrize(("written", "said"), DOUBLED.items())
def test_a_word_with_tanwin_has_its_shadda(written: str, said: str) -> None:
    assert sounds(reading(written, f"كان ذلك {written} في المدينة.")) == sounds(said)


@pytest.mark.parametrize("written", SINGLE)
def test_a_word_with_tanwin_gets_no_shadda_that_it_does_not_have(written: str) -> None:
    assert SHADDA not in reading(written, f"جرى ذلك {written} في المدينة.")


@pytest.mark.parametrize(("sentence", "said"), BOUNDED)
def test_a_vowel_without_its_shadda_is_completed(sentence: str, said: str) -> None:
    assert sounds(reading(said, sentence)) == sounds(said)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), line=st.sampled_from(LINES), sparse=st.integers(3, 40))
def test_no_reading_contradicts_a_written_mark(data: st.DataObject, line: str, sparse: int) -> None:
    kept = ""
    for each in letters(line):
        given_ = each.vowel and data.draw(st.integers(0, sparse)) == 0
        shadda = SHADDA if each.shadda and data.draw(st.booleans()) else ""
        kept += each.char + (shadda + each.vowel if given_ else "")
    said = letters(DIACRITISER.diacritise(kept))
    for written, read in zip(letters(kept), said, strict=True):
        assert written.char == read.char
        assert not written.vowel or written.vowel == read.vowel
        assert written.shadda <= read.shadda


def test_a_text_that_is_vowelled_throughout_gets_no_shadda() -> None:
    written = "كَتَبَ الْوَلَدُ قَدَمَ الْجَبَلِ وَسَمِعَ قَلَمَ أَخِيهِ."
    assert DIACRITISER.diacritise(written).replace(SUKUN, "") == written.replace(SUKUN, "")


def test_no_doubled_letter_follows_one_without_a_vowel() -> None:
    for line in LINES:
        said = DIACRITISER.diacritise(skeleton(line))
        assert not re.search(rf"[{LETTER}]{SUKUN}[{LETTER}]{SHADDA}", said), said

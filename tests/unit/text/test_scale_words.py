"""Whether a word of scale is a dual before its noun or one with tanwīn."""

import pytest

from service.model.document import Boundary, Sentence
from service.text.lexicon.lexicon import Lexicon
from service.text.pipeline.spoken import ReadingOptions, read


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("حضر 2000 مشجع", "أَلْفَا"),
        ("نزح 2 مليون شخص", "مِلْيُونَا"),
        ("خصص لها 2 مليار دولار", "مِلْيَارَا"),
        ("مليونا درهم لكل بلدية", "مِلْيُونَا"),
        ("وألفا مقاتل", "وَأَلْفَا"),
        ("ألفا عام", "أَلْفَا"),
        ("وصل ألفا لاجئ", "أَلْفَا"),
        ("خسر ألفا أمس", "أَلْفًا"),
        ("أنفق مليونا و200 درهم", "مِلْيُونًا"),
        ("خسر مليونا عام 2020", "مِلْيُونًا"),
        ("ربح مليارا سنويا", "مِلْيَارًا"),
        ("سجل 15 ألفا", "أَلْفًا"),
        ("بلغ خمسين ألفا", "أَلْفًا"),
        ("باع مليونا.", "مِلْيُونًا"),
        ("أنفق مليونا من الدراهم", "مِلْيُونًا"),
    ],
)
def test_the_vowels_say_whether_it_is_one_or_two(written, word):
    heard = read(Sentence(written, None, Boundary.SENTENCE), ReadingOptions()).pieces[0].spoken

    assert word in heard.rstrip(".").split()


@pytest.mark.parametrize(
    "written",
    [
        "ظهر متحور ألفا في المدينة",
        "نشأ جيل ألفا مع الشاشات",
        "أنتجت شركة ألفا روميو سيارة",
        "اشترى ألفا روميو",
        "رصدت أشعة ألفا قرب المفاعل",
        "عن موجة ألفا في الدماغ",
        "انتشر فيروس α هنا",
    ],
)
def test_the_letter_alpha_is_no_number(written):
    heard = read(Sentence(written, None, Boundary.SENTENCE), ReadingOptions()).pieces[0].spoken

    assert "ألفا" in heard.split()


@pytest.mark.parametrize(
    ("written", "noun"),
    [
        ("حضر 2000 مشجع", "مشجعٍ"),
        ("مليونا سنة", "سنةٍ"),
        ("انتشر 2000 رجل أمن", "رجلِ"),
        ("حضر 2000 عامل بناء", "عاملِ"),
    ],
)
def test_the_noun_after_the_dual_is_genitive(written, noun):
    heard = read(Sentence(written, None, Boundary.SENTENCE), ReadingOptions()).pieces[0].spoken

    assert noun in heard.split()


@pytest.mark.parametrize("written", ["2 سنت", "1.02 دولار", "3.02 $", "5 سنتات", "0.25 دولار", "100 سنت"])
def test_cents_are_no_years(written):
    options = ReadingOptions(lexicon=Lexicon.shipped())

    heard = read(Sentence(f"سعره {written}", None, Boundary.SENTENCE), options).pieces[0].spoken

    assert "سَنْت" in heard

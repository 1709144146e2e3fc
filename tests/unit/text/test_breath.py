"""Where a long sentence is cut."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.text.segmentation.phrasing import BREATH, pieces


def cut(text: str, limit: int = BREATH) -> list[str]:
    return [text[start:end] for start, end in pieces(text, limit)]


LONG = (
    "قال رئيس المجلس إن المدينة ستحتضن الدورة المقبلة من المهرجان؛ وإن الجماعة رصدت لها غلافا ماليا مهما، "
    "حيث ينتظر أن تستقبل الفنادق آلاف الزوار من داخل البلاد وخارجها، وهو ما سينعش التجارة والسياحة"
)


def test_short_sentence_is_one_breath() -> None:
    assert cut("  جملة قصيرة.  ") == ["جملة قصيرة."]
    assert cut(" \n ") == []


@pytest.mark.parametrize(
    ("limit", "openings"),
    [
        (220, ["قال"]),
        (120, ["قال", "حيث"]),
        (70, ["قال", "وإن", "حيث", "وهو"]),
    ],
)
def test_long_sentence_is_cut_where_a_clause_begins(limit: int, openings: list[str]) -> None:
    made = cut(LONG, limit)
    assert set(openings) <= {piece.split()[0] for piece in made}


def test_semicolon_then_comma_then_clause_then_word() -> None:
    assert cut("ذهب الولد إلى السوق؛ ورجع في المساء، ونام مبكرا", 40) == [
        "ذهب الولد إلى السوق؛",
        "ورجع في المساء، ونام مبكرا",
    ]
    assert cut("ذهب الولد إلى السوق، ورجع في المساء ثم نام", 25) == [
        "ذهب الولد إلى السوق،",
        "ورجع في المساء ثم نام",
    ]
    assert cut("ذهب الولد إلى السوق الكبير ثم رجع في المساء وحيدا", 30) == [
        "ذهب الولد إلى السوق الكبير",
        "ثم رجع في المساء وحيدا",
    ]
    assert cut("ذهب الولد الصغير مسرعا باكيا خائفا", 20) == ["ذهب الولد الصغير", "مسرعا باكيا خائفا"]


@pytest.mark.parametrize(
    "kept",
    [
        "3 ملايين",
        "15,000 شخص",
        "650 شخصا",
        "12 500 درهم",
        "ثلاثة ملايين وخمسمئة ألف وستمئة وخمسين شخصا",
        "ألفين وست عشرة",
        "«الجهاد الإلكتروني»",
        '"ديفيد أوماند"',
        "(Web Dark)",
        "سنة 2016",
    ],
)
def test_numbers_and_quoted_names_are_not_cut(kept: str) -> None:
    for before in range(12):
        text = "كلمات " * before + "بلغت " + kept + " في المدينة كلها" + " أخرى" * 12
        limit = max(len(kept) + 12, 30)
        assert any(kept in piece for piece in cut(text, limit)), (before, cut(text, limit))


def test_no_breath_after_a_word_that_leans_on_the_next() -> None:
    text = "انتقل الفريق بعد أسبوع من المعسكر إلى مدينة أكادير على متن حافلة في ظروف جيدة قبل مباراة الأحد"
    for limit in range(30, 100):
        for piece in cut(text, limit)[:-1]:
            assert piece.split()[-1] not in {"من", "إلى", "على", "في", "قبل", "بعد"}


@pytest.mark.parametrize(
    ("text", "limit", "last"),
    [
        ("سافرت اللجنة نحو المدينة لاختبار وتجريب هذا النموذج الذي يعكس تحولا مهما", 60, "لاختبار"),
        ("ناقش المجتمعون أمس سبل استتباب الأمن واستقرار المنطقة بعد الأزمة الأخيرة", 55, "بعد"),
        ("وَصَلَ الوَفْدُ الرَّسْمِيُّ صَبَاحًا ثُمَّ غَادَرَ المَدِينَةَ مَسَاءً", 50, "ثُمَّ"),
    ],
)
def test_two_nouns_that_share_a_third_are_not_parted(text: str, limit: int, last: str) -> None:
    assert [piece.split()[0] for piece in cut(text, limit)][1:] == [last]


def test_no_tiny_tail() -> None:
    text = " ".join(["كلمة"] * 42)
    lengths = [len(piece) for piece in cut(text, 166)]
    assert min(lengths) > 60


def test_word_over_the_limit_is_cut_by_characters_and_marks_stay_on_their_letter() -> None:
    assert cut("ا" * 400, 166) == ["ا" * 166, "ا" * 166, "ا" * 68]
    assert cut("بَ" * 10, 5) == ["بَ" * 2] * 5


@given(
    st.text(st.sampled_from('ابو ،؛:. 0123«»"()ثم\u064e\u0640\u200f\t\n😀a'), max_size=200),
    st.integers(1, 60),
)
def test_every_character_is_in_a_piece_of_at_most_the_limit(text: str, limit: int) -> None:
    found = pieces(text, limit)
    assert all(0 < end - start <= limit for start, end in found)
    assert all(left[1] <= right[0] for left, right in pairwise(found))
    said = "".join(text[start:end] for start, end in found)
    assert re.sub(r"\s", "", said) == re.sub(r"\s", "", text)


@pytest.mark.parametrize(
    "text", ["كلمة " * 2000, "-" * 10_000, "- " * 5000, "1 " * 5000, "«" * 10_000, "\n" * 10_000]
)
def test_ten_thousand_characters_without_punctuation(text: str) -> None:
    assert all(len(piece) <= 166 for piece in cut(text, 166))

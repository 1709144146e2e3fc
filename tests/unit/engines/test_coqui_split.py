import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engines.coqui_split import split

SENTENCE = "بَدَأَ الْعَمَلُ، ثُمَّ تَوَقَّفَ قَلِيلًا؛ وَبَعْدَ ذَلِكَ عَادَ."


def test_what_fits_stays_whole():
    assert split(SENTENCE, 100) == [SENTENCE]


def test_what_does_not_fit_is_cut_between_clauses():
    assert split(SENTENCE, 45) == ["بَدَأَ الْعَمَلُ، ثُمَّ تَوَقَّفَ قَلِيلًا؛", "وَبَعْدَ ذَلِكَ عَادَ."]


def test_a_clause_that_does_not_fit_is_cut_between_words():
    assert split("ثُمَّ تَوَقَّفَ قَلِيلًا", 20) == ["ثُمَّ تَوَقَّفَ", "قَلِيلًا"]


def test_a_word_that_does_not_fit_is_cut_anywhere():
    assert split("ب" * 25, 10) == ["ب" * 10, "ب" * 10, "ب" * 5]


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_gives_no_parts(text):
    assert split(text, 10) == []


@given(st.text(alphabet="بتث َ،. ", max_size=200), st.integers(1, 50))
def test_no_part_is_too_long_and_nothing_but_white_space_is_lost(text, limit):
    parts = split(text, limit)

    assert all(0 < len(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())

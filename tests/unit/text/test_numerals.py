"""Cardinals, ordinals and digits say the number they were given, whatever the gender and case."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.text.core.figures import parse
from service.text.grammar.grammar import Case, Gender
from service.text.grammar.numerals import LIMIT, cardinal, decimal, digits, ordinal

_UNITS = ["واحد", "اثن", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثمان", "تسع", "عشر"]
_SCALES = {"ألف": 1000, "آلاف": 1000, "مليون": 10**6, "ملايين": 10**6, "مليار": 10**9, "مليارات": 10**9,
           "تريليون": 10**12, "تريليونات": 10**12}  # fmt: skip
_DUALS = {"ألف": 2000, "مليون": 2 * 10**6, "مليار": 2 * 10**9, "تريليون": 2 * 10**12}


def _word_value(word):
    """What one word of a cardinal is worth, read the other way round: by its stem."""
    if word in ("أحد", "إحدى"):
        return 1
    if word.startswith("مئت"):
        return 200
    if word.endswith("مئة"):
        return 100 * (_UNITS.index(word[:-3]) + 1 if word != "مئة" else 1)
    for ten, stem in enumerate(_UNITS[2:9], start=3):
        if word in (stem + "ون", stem + "ين"):
            return ten * 10
    if word in ("عشرون", "عشرين"):
        return 20
    return next(value for value, stem in reversed(list(enumerate(_UNITS, start=1))) if word.startswith(stem))


def _value(words):
    """A cardinal back as a number."""
    total = group = 0
    for term in words.split(" و"):
        for word in term.split():
            stem = word.removesuffix("ا")
            dual = next((_DUALS[one] for one in _DUALS if word in (one + "ان", one + "ين")), 0)
            if dual:
                total += dual
            elif stem in _SCALES:
                total += (group or 1) * _SCALES[stem]
                group = 0
            else:
                group += _word_value(word)
    return total + group


@settings(max_examples=600, deadline=None)
@given(
    n=st.one_of(st.integers(1, 3000), st.integers(1, LIMIT - 1)),
    gender=st.sampled_from(Gender),
    case=st.sampled_from(Case),
)
def test_a_cardinal_read_back_is_the_number_it_was_made_of(n, gender, case):
    assert _value(cardinal(n, gender=gender, case=case)) == n


@given(n=st.integers(3, 10), case=st.sampled_from(Case))
def test_three_to_ten_take_the_gender_opposite_to_the_noun(n, case):
    assert cardinal(n, gender=Gender.MASCULINE, case=case).endswith("ة")
    assert not cardinal(n, gender=Gender.FEMININE, case=case).endswith("ة")


@given(ten=st.sampled_from(range(20, 100, 10)), gender=st.sampled_from(Gender))
def test_tens_show_their_case_and_no_gender(ten, gender):
    assert cardinal(ten, gender=gender).endswith("ون")
    assert cardinal(ten, gender=gender, case=Case.GENITIVE).endswith("ين")


@pytest.mark.parametrize(
    ("n", "said"),
    [(2000, "ألفا"), (200, "مئتا"), (8, "ثماني"), (12000, "اثنا عشر ألف"), (1200, "ألف ومئتا")],
)
def test_before_its_noun_a_number_loses_nun_and_tanwin(n, said):
    assert cardinal(n, gender=Gender.FEMININE, construct=True) == said


def test_a_number_below_zero_is_in_the_genitive_after_its_sign():
    assert cardinal(-20) == "ناقص عشرين"


def test_the_largest_number_is_a_thousand_trillions():
    assert cardinal(LIMIT) == "ألف تريليون"


def test_a_number_beyond_the_limit_is_said_digit_by_digit():
    assert cardinal(LIMIT * 10 + 7).split() == digits(str(LIMIT * 10 + 7)).split()


@pytest.mark.parametrize(
    ("n", "gender", "case", "definite", "said"),
    [
        (1, Gender.FEMININE, Case.NOMINATIVE, True, "الأولى"),
        (2, Gender.MASCULINE, Case.NOMINATIVE, False, "ثان"),
        (2, Gender.MASCULINE, Case.ACCUSATIVE, False, "ثانيا"),
        (5, Gender.MASCULINE, Case.ACCUSATIVE, False, "خامسا"),
        (11, Gender.FEMININE, Case.GENITIVE, True, "الحادية عشرة"),
        (20, Gender.FEMININE, Case.GENITIVE, True, "العشرين"),
        (25, Gender.MASCULINE, Case.NOMINATIVE, True, "الخامس والعشرون"),
        (25, Gender.MASCULINE, Case.ACCUSATIVE, True, "الخامس والعشرين"),
        (111, Gender.FEMININE, Case.NOMINATIVE, True, "الحادية عشرة بعد المئة"),
        (200, Gender.MASCULINE, Case.GENITIVE, True, "المئتين"),
        (1000, Gender.MASCULINE, Case.ACCUSATIVE, True, "الألف"),
    ],
)
def test_an_ordinal_agrees_with_what_it_ranks(n, gender, case, definite, said):
    assert ordinal(n, gender=gender, case=case, definite=definite) == said


def test_leading_zeros_of_decimals_are_said():
    assert decimal("0", "007") == "صفر فاصلة صفر صفر سبعة"


@pytest.mark.parametrize(
    ("written", "whole", "fraction", "ambiguous"),
    [
        ("15,000", "15000", "", True),
        ("12.500", "12500", "", True),
        ("1.250.000", "1250000", "", False),
        ("1,250,000.75", "1250000", "75", False),
        ("1.250.000,75", "1250000", "75", False),
        ("3,5", "3", "5", False),
        ("12,50", "12", "50", False),
        ("0.125", "0", "125", False),
        ("12٬500", "12500", "", False),
        ("3٫125", "3", "125", False),
    ],
)
def test_separators_of_either_convention_are_told_apart(written, whole, fraction, ambiguous):
    number = parse(written)

    assert (number.whole, number.fraction, number.ambiguous) == (whole, fraction, ambiguous)


def test_an_ambiguous_number_has_its_other_reading():
    other = parse("12.500").as_decimal()

    assert (other.whole, other.fraction) == ("12", "5")


@pytest.mark.parametrize("written", ["1.2.3", "192.168.1.1", "12.34.567", "1,2.3,4", "9" * 60])
def test_what_is_no_number_is_not_parsed_as_one(written):
    assert parse(written) is None

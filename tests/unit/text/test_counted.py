"""A noun and its number in the form that each asks of the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.text.core.tokens import tokenise
from service.text.grammar.grammar import Case, Gender
from service.text.grammar.nouns import Form, known, noun
from service.text.grammar.numerals import cardinal
from service.text.normalisation.counted import count, counted

BOOK, YEAR = noun("كتاب"), noun("سنة")


@given(n=st.integers(11, 99), case=st.sampled_from(Case))
def test_eleven_to_ninety_nine_take_the_accusative_singular(n, case):
    assert counted(n, BOOK, case=case).endswith(" كتابا")


@given(n=st.integers(1, 20).map(lambda hundreds: hundreds * 100), case=st.sampled_from(Case))
def test_round_hundreds_take_the_genitive_singular(n, case):
    assert counted(n, BOOK, case=case).endswith(" كتاب")


@given(n=st.integers(0, 50).map(lambda hundreds: hundreds * 100), few=st.integers(3, 10))
def test_three_to_ten_take_the_plural_however_many_hundreds_come_before(n, few):
    assert counted(n + few, BOOK, case=Case.NOMINATIVE).endswith(" كتب")


@pytest.mark.parametrize(
    ("n", "case", "said"),
    [
        (1, Case.ACCUSATIVE, "سنة واحدة"),
        (2, Case.NOMINATIVE, "سنتان"),
        (2, Case.GENITIVE, "سنتين"),
        (8, Case.GENITIVE, "ثماني سنوات"),
        (101, Case.NOMINATIVE, "مئة سنة وسنة"),
        (102, Case.ACCUSATIVE, "مئة سنة وسنتين"),
        (2000, Case.GENITIVE, "ألفي سنة"),
    ],
)
def test_years_are_counted_as_a_feminine_noun(n, case, said):
    assert counted(n, YEAR, case=case) == said


def test_the_first_term_of_an_idafa_loses_nun_and_tanwin():
    million = noun("مليون")

    assert counted(2, million, case=Case.GENITIVE, construct=True) == "مليوني"
    assert counted(15, million, case=Case.NOMINATIVE, construct=True) == "خمسة عشر مليون"


@pytest.mark.parametrize(
    ("written", "singular"),
    [
        ("أشخاص", "شخص"),
        ("شخصا", "شخص"),
        ("سنتين", "سنة"),
        ("الدول", "دولة"),
        ("لاعبون", "لاعب"),
        ("قاضيا", "قاض"),
    ],
)
def test_a_noun_is_known_in_every_form(written, singular):
    assert noun(written).singular == singular


@pytest.mark.parametrize(
    ("written", "gender"),
    [
        ("بئر", Gender.FEMININE),
        ("حرب", Gender.FEMININE),
        ("مستشفى", Gender.MASCULINE),
        ("أسئلة", Gender.MASCULINE),
        ("منظومات", Gender.FEMININE),
        ("انزلاقات", Gender.MASCULINE),
        ("استوديوهات", Gender.MASCULINE),
    ],
)
def test_gender_is_that_of_the_singular_not_of_the_ending(written, gender):
    assert noun(written).gender is gender


def test_beds_and_families_are_told_apart_by_the_form():
    assert {(what.singular, form) for what, form in known("أسرة")} == {
        ("أسرة", Form.SINGULAR),
        ("سرير", Form.PLURAL),
    }


def test_a_word_whose_form_tells_nothing_is_no_noun():
    assert noun("قلق") is None


def test_no_line_of_the_lexicon_is_said_twice_with_another_gender():
    from importlib.resources import files

    lines = files("service.text.grammar").joinpath("nouns.tsv").read_text("utf-8").splitlines()
    genders = {}
    for line in lines:
        if not line.startswith("#"):
            singular, plurals, gender = line.split("\t")[:3]
            assert genders.setdefault((singular, plurals), gender) == gender


@given(
    whole=st.integers(0, 10**6),
    fraction=st.integers(1, 999),
    zeros=st.integers(0, 2),
    name=st.sampled_from(["هدف", "سنة", "متر", "نقطة", "ثانية", "طن"]),
)
def test_the_noun_after_decimals_follows_the_fraction_and_both_parts_its_gender(whole, fraction, zeros, name):
    digits = "0" * zeros + str(fraction)
    written = digits[:3] if int(digits[:3]) else digits[-3:]
    thing, last = noun(name), int(written) % 100
    form = thing.plural if 3 <= last <= 10 else thing.accusative if last > 10 else thing.singular
    tokens = list(tokenise(f"{whole}٫{written} {name}"))

    heard = count(tokens, 0)

    if (whole, written) == (0, "5"):
        assert heard.words == f"نصف {name}"
        return
    before, _, after = heard.words.partition(" فاصلة ")
    assert before == cardinal(whole, gender=thing.gender)
    assert after.endswith(f" {form}")
    assert after.removesuffix(f" {form}").endswith(
        cardinal(int(written), gender=thing.gender, construct=last in range(3, 11) or not last)
    )

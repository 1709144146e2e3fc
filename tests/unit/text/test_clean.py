"""Letters and marks, code point by code point."""

import pytest

from service.text.core.rule_walker import apply
from service.text.core.tokens import tokenise
from service.text.normalisation import clean

SHADDA, FATHA, FATHATAN, SUPERSCRIPT_ALIF = "\u0651", "\u064e", "\u064b", "\u0670"


def cleaned(text):
    tokens, named = list(tokenise(text)), []
    for name, rule in clean.rules("ar-MA"):
        tokens, steps = apply(name, rule, tokens)
        named += [step.rule for step in steps]
    return " ".join(token.text for token in tokens), named


@pytest.mark.parametrize(
    ("written", "read", "rule"),
    [
        pytest.param(
            "مك" + FATHA + SHADDA + "ة", "مك" + SHADDA + FATHA + "ة", "order of marks", id="shadda first"
        ),
        pytest.param(
            "شخصا" + FATHATAN, "شخص" + FATHATAN + "ا", "order of marks", id="tanwin before its alif"
        ),
        pytest.param("مد" + SHADDA * 2, "مد" + SHADDA, "order of marks", id="no mark twice"),
        pytest.param("ا\u0653ت", "آت", "letter forms", id="a madda composed"),
        pytest.param("\ufe8e", "ا", "letter forms", id="a presentation form"),
        pytest.param("\ufef5", "لآ", "letter forms", id="a presentation ligature"),
        pytest.param("\u06cc", "ي", "letter forms", id="Persian yeh"),
        pytest.param("\u06a9", "ك", "letter forms", id="Persian kaf"),
        pytest.param("عــاجل", "عاجل", "tatweel", id="tatweel within a word"),
        pytest.param("لـــ", "لـ", "tatweel", id="tatweel after a prefix"),
        pytest.param("جداااا", "جدا", "repeated letters", id="a stretched letter"),
        pytest.param("محمد\ufdfa", "محمد صلى الله عليه وسلم", "ligature", id="a ligature glued on"),
    ],
)
def test_odd_letters_become_plain_ones_by_a_named_rule(written, read, rule):
    assert cleaned(written) == (read, [rule])


@pytest.mark.parametrize(
    "word",
    [
        "مك" + SHADDA + FATHA + "ة",
        "هذا",
        "ه" + SUPERSCRIPT_ALIF + "ذا",
        "الـ",
        "هـ",
        "تتتبع",
        "ههههه",
        "پاريس",
        "ڤيينا",
    ],
)
def test_a_word_that_is_right_is_left(word):
    assert cleaned(word) == (word, [])

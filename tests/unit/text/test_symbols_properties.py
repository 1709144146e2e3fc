"""What holds for every text, however odd."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.model.document import Boundary, Sentence, Span
from service.text.core.rule_walker import apply
from service.text.core.tokens import tokenise
from service.text.grammar import prefixes
from service.text.normalisation import clean
from service.text.pipeline.spoken import ReadingOptions, chain, read

_SNIPPETS = st.sampled_from(
    [
        *"$€£%٪‰+-−–—±×=<>&§©@#_*/\\|~°²½[](){}«»\"'.,،؛:!?؟…﴿﴾ـ",
        *(
            "د.م.",
            "كم²",
            "م",
            "كم/س",
            "مليون",
            "bn",
            "$",
            "MAD",
            "د.",
            "أ.د.",
            "ص",
            "ق.م",
            "هـ",
            "(ص)",
            "ﷺ",
            "لـ",
        ),
        *("&nbsp;", "&amp;", "<br>", "</p>", "**", "](", "https://a.ma/b)", "info@a.ma", "www.", "1ـ", "[1]"),
        *(
            "القانون",
            "رقم",
            "الهاتف",
            "+212",
            "0522",
            "43.20",
            "1.58.250",
            "192.168.1.1",
            "3.5",
            "12,50",
            "٢٠",
        ),
        *(
            "عاجل",
            "الوزير",
            "ال",
            "و",
            "ب",
            "من",
            "بين",
            "إلى",
            "km",
            "GB",
            "x",
            "\u200f",
            "\u0651",
            "😀",
            " ",
            " ",
        ),
    ],
)
texts = st.lists(_SNIPPETS | st.characters(codec="utf-8"), max_size=30).map("".join) | st.text(max_size=60)
options = st.sampled_from(["ar-MA", "ar-DZ", "ar-TN", "ar-EG", "ar-SA", "ar-LB"]).map(
    lambda locale: ReadingOptions(locale=locale)
)
_LETTER = re.compile(r"[ء-غف-ي]")


def reading(text, how):
    return read(Sentence(text, Span(7, 7 + len(text)), Boundary.SENTENCE), how)


@given(texts, options)
@settings(max_examples=400, deadline=None)
def test_no_text_makes_the_chain_raise_and_every_step_keeps_its_place(text, how):
    for step in reading(text, how).steps:
        assert 7 <= step.span.start < step.span.end <= 7 + len(text)


@given(texts)
@settings(max_examples=400, deadline=None)
def test_every_token_is_left_or_was_taken_by_a_named_rule(text):
    tokens = before = list(tokenise(text))
    named = []
    for link in chain(ReadingOptions()):
        tokens, steps = apply(link.name, link.rule, tokens)
        named += steps
    covered = [token.span for token in tokens] + [step.span for step in named if step.rule]

    for token in before:
        assert any(span.start <= token.span.start and token.span.end <= span.end for span in covered)


@given(st.text("ابتثجحخدذرزسشصضطظعغفقكلمنهوي ،.", max_size=200))
@settings(max_examples=200, deadline=None)
def test_words_of_two_letters_and_more_are_said_as_written(text):
    words = [word for word in re.findall(r"\w+", text) if len(word) > 2 and not re.search(r"(.)\1\1", word)]
    spoken = " ".join(piece.spoken for piece in reading(text, ReadingOptions()).pieces)

    assert all(word in spoken for word in words if not _said_otherwise(word))


def _said_otherwise(word):
    return any(step.rule for step in reading(word, ReadingOptions()).steps)


@given(st.text("ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهويىًٌٍَُِّْ", min_size=1, max_size=20))
def test_cleaning_keeps_every_mark_of_the_author_once(word):
    tokens = list(tokenise(word))
    for name, rule in clean.rules("ar-MA"):
        tokens, _ = apply(name, rule, tokens)

    assert {*"".join(token.text for token in tokens)} <= {*word}


@given(texts)
@settings(max_examples=200, deadline=None)
def test_cleaning_what_is_clean_changes_nothing(text):
    once = _cleaned(text)

    assert _cleaned(once) == once


def _cleaned(text):
    tokens = list(tokenise(text))
    for name, rule in clean.rules("ar-MA") + prefixes.rules("ar-MA"):
        tokens, _ = apply(name, rule, tokens)
    return " ".join(token.text for token in tokens)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "hard",
    [
        "&",
        "<a ",
        "[",
        "$",
        "م.",
        "+1 ",
        "0 ",
        'ل"',
        "#_",
        "د.",
        "(",
        "5 مليون ",
        "ـ",
        "ااا",
        "123 ",
        "[1,",
        "* ",
    ],
)
def test_a_long_run_of_openings_is_read_to_its_end(hard):
    steps = reading(hard * 2000, ReadingOptions()).steps

    assert all(step.span.end <= 7 + 2000 * len(hard) for step in steps)

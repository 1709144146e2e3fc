"""Whatever is written, the chain answers, keeps every letter and tells where each word came from."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.model.document import Boundary, Sentence, Span
from service.text.core.tokens import Kind, tokenise
from service.text.lexicon.entries import Entry
from service.text.lexicon.lexicon import Lexicon
from service.text.pipeline.spoken import ReadingOptions, chain, read

LOCALES = ("ar-MA", "ar-DZ", "ar-TN", "ar-EG", "ar-SA", "ar-LB")

FRAGMENTS = st.sampled_from(
    (Path(__file__).parents[2] / "corpus" / "fragments.txt").read_text("utf-8").split()
)
WRITTEN = st.lists(
    st.tuples(FRAGMENTS, st.sampled_from(("", " ", " ", "\u200f", "\u00a0"))), max_size=14
).map(lambda parts: "".join(word + gap for word, gap in parts))


def _read(text, locale="ar-MA", start=0, limit=220):
    sentence = Sentence(text, Span(start, start + len(text)), Boundary.SENTENCE)
    return read(sentence, ReadingOptions(locale=locale, breath_limit=limit))


@settings(max_examples=400, deadline=None)
@given(text=st.one_of(WRITTEN, st.text(max_size=80)), locale=st.sampled_from((*LOCALES, "xx")))
def test_any_text_is_read_without_an_error_and_without_a_digit_left(text, locale):
    reading = _read(text, locale)

    spoken = " ".join(piece.spoken for piece in reading.pieces)
    if not any(token.kind is Kind.ADDRESS for token in tokenise(text)):
        assert not any(sign in "0123456789" for sign in spoken)


@settings(max_examples=400, deadline=None)
@given(text=WRITTEN)
def test_every_written_word_is_said_or_dropped_by_a_rule_that_tells(text):
    reading = _read(text)

    spoken = " ".join(piece.spoken for piece in reading.pieces).split()
    changed = [step.span for step in reading.steps]
    for token in tokenise(text):
        if token.kind in (Kind.WORD, Kind.LATIN, Kind.NUMBER):
            kept = any(word.strip("،؛:….!؟") == token.text for word in spoken)
            assert kept or any(
                span.start <= token.span.start and token.span.end <= span.end for span in changed
            )


@settings(max_examples=300, deadline=None)
@given(text=WRITTEN, start=st.integers(0, 1000), limit=st.sampled_from((20, 60, 220)))
def test_every_spoken_word_knows_the_letters_that_it_reads(text, start, limit):
    for piece in _read(text, start=start, limit=limit).pieces:
        assert len(piece.words) == len(piece.spoken.split())
        assert piece.text == text[piece.span.start - start : piece.span.end - start]
        for span in piece.words:
            assert piece.span.start <= span.start < span.end <= piece.span.end


@pytest.mark.parametrize("joint", [" و", "-", "/", " ", "، ", ":", ".", " أو ", " و "])
@pytest.mark.timeout(20)
def test_a_very_long_list_of_numbers_is_read_to_its_end(joint):
    pieces = _read(joint.join(["123"] * 3000)).pieces

    assert sum(len(piece.words) for piece in pieces) >= 3000


def test_words_of_a_number_share_the_span_of_its_digits():
    piece = _read("حضر 650 شخصا اليوم").pieces[0]

    assert piece.spoken == "حضر ستمئة وخمسون شخصا اليوم"
    assert [(span.start, span.end) for span in piece.words] == [(0, 3), (4, 12), (4, 12), (4, 12), (13, 18)]


def test_a_sentence_beside_the_text_has_no_spans():
    reading = read(Sentence("عام 2024", None, Boundary.TITLE), ReadingOptions())

    assert reading.pieces[0].span is None
    assert reading.pieces[0].words == (None,) * 4


def test_what_a_rule_did_is_told_in_a_step():
    step = _read("منذ سنة 2016").steps[0]

    assert (step.rule, step.written, step.spoken) == ("year", "2016", "ألفين وست عشرة")


def test_an_emoji_alone_is_dropped_by_name_and_leaves_no_piece():
    reading = _read("😀")

    assert reading.pieces == ()
    assert [(step.rule, step.spoken) for step in reading.steps] == [("emoji", "")]


def test_a_long_sentence_is_cut_into_clauses_and_ends_with_its_own_boundary():
    text = "، ".join(["وقال المسؤول إن المشروع سيكون جاهزا في الموعد المحدد له"] * 8)

    pieces = _read(text).pieces

    assert len(pieces) > 1
    assert {piece.boundary for piece in pieces[:-1]} == {Boundary.CLAUSE}
    assert pieces[-1].boundary is Boundary.SENTENCE


def test_months_follow_the_locale():
    heard = [_read("1/8/2024", locale).pieces[0].spoken for locale in LOCALES]

    assert [words.split()[2] for words in heard] == ["غشت", "أوت", "أوت", "أغسطس", "أغسطس", "آب"]


def test_the_publishers_own_words_go_before_all_rules():
    own = Lexicon((Entry("2M", "دوزيم"),))
    reading = read(Sentence("على 2M", Span(0, 6), Boundary.SENTENCE), ReadingOptions(lexicon=own))

    assert reading.pieces[0].spoken == "على دوزيم"


def test_every_link_of_the_chain_has_a_name_of_its_own():
    names = [link.name for link in chain(ReadingOptions())]

    assert len(names) == len(set(names))


@pytest.mark.parametrize(("say_links", "spoken"), [(False, "زوروا اليوم."), (True, "زوروا رابط اليوم.")])
def test_a_web_address_is_said_where_the_site_wants_it(say_links, spoken):
    text = "زوروا https://example.ma اليوم."
    sentence = Sentence(text, Span(0, len(text)), Boundary.SENTENCE)

    assert read(sentence, ReadingOptions(say_links=say_links)).pieces[0].spoken == spoken

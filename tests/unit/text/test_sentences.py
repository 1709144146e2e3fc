"""Where sentences end."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.model.document import Article, Boundary, Paragraph, Role, Sentence, Span
from service.text.segmentation.sentences import sentences, split

CORPUS = Path(__file__).parents[2] / "corpus" / "sentences"


def cases() -> list[str]:
    lines = [line for path in sorted(CORPUS.glob("*.txt")) for line in path.read_text("utf-8").splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def read(text: str) -> list[str]:
    return [sentence.text for sentence in split(Paragraph(text, Span(0, len(text))))]


@pytest.mark.parametrize("case", cases())
def test_sentence_ends_where_a_reader_would_stop(case: str) -> None:
    assert read(case.replace("|", "")) == [part.strip() for part in case.split("|")]


def test_lines_end_sentences_but_a_lone_list_marker_goes_with_its_line() -> None:
    assert read("العنوان الأول\nالنص هنا. وهنا\n1.\nأول البنود\r\nثانيها") == [
        "العنوان الأول",
        "النص هنا.",
        "وهنا",
        "1.\nأول البنود",
        "ثانيها",
    ]


def test_boundaries_tell_what_ends() -> None:
    title = Paragraph("عنوان. من جملتين", None, Role.TITLE)
    body = Paragraph("جملة أولى. جملة ثانية.", Span(3, 25))
    heading = Paragraph("عنوان فرعي", Span(26, 36), Role.HEADING)
    article = Article("xx\n" + body.text + "\n" + heading.text, (title, body, heading))
    assert list(sentences(article)) == [
        Sentence("عنوان.", None, Boundary.SENTENCE, Role.TITLE),
        Sentence("من جملتين", None, Boundary.TITLE, Role.TITLE),
        Sentence("جملة أولى.", Span(3, 13), Boundary.SENTENCE),
        Sentence("جملة ثانية.", Span(14, 25), Boundary.PARAGRAPH),
        Sentence("عنوان فرعي", Span(26, 36), Boundary.PARAGRAPH, Role.HEADING),
    ]


@pytest.mark.parametrize(
    "text", ["", " \n\n ", "***", "😀 !!", "...", "-" * 10_000, "\n" * 10_000, "." * 100_000]
)
def test_paragraph_with_nothing_to_say_has_no_sentence(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize("word", ["كلمة ", "كلمة", "5", "د. ", "«", "و.م.ع ", "ا(ب!)"])
def test_endless_text_without_an_end_is_one_sentence(word: str) -> None:
    text = ("بدء " + word * 20_000).rstrip()
    assert read(text) == [text]


ALPHABET = "ابدوم أ.د\n\t.!?؟…،؛:«»\"'()[]0123٣٫-–*😀aZ@/w\u200f\u202a\u064e\u0640\u00a0\x00\x85"


def can_be_said(text: str) -> bool:
    return any(character.isalnum() and character != "ـ" for character in text)


@given(st.one_of(st.text(ALPHABET, max_size=80), st.text(max_size=80)))
@example("https://a.ب.؟.")
@example("(ا!)")
def test_no_character_to_say_is_lost_and_every_span_is_true(text: str) -> None:
    found = list(split(Paragraph(text, Span(7, 7 + len(text)))))
    outside, at = "", 0
    for sentence in found:
        assert sentence.span is not None
        start, end = sentence.span.start - 7, sentence.span.end - 7
        assert at <= start < end
        assert text[start:end] == sentence.text == sentence.text.strip()
        outside, at = outside + text[at:start], end
    outside += text[at:]
    assert not can_be_said(outside)
    assert found or not can_be_said(text)

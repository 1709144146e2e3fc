"""Pasted text → article."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.article import from_text
from service.model.document import Article, Paragraph, Role, Span
from service.model.errors import BadArticle
from service.text.segmentation.sentences import sentences

BODY = "أعلنت الجماعة عن مشروع جديد. وستبدأ الأشغال قريبا."


def article(text: str, title: str | None = None, limit: int = 10_000) -> Article:
    return from_text(text, title=title, max_characters=limit)


def test_text_is_kept_and_every_line_is_a_paragraph() -> None:
    text = f"\ufeff{BODY}\r\n\r\n  السطر الثاني \t\u2028الثالث\n"
    made = article(text)
    assert made.text == text
    assert [paragraph.text for paragraph in made.paragraphs] == ["\ufeff" + BODY, "السطر الثاني", "الثالث"]
    for paragraph in made.paragraphs:
        assert paragraph.span is not None
        assert text[paragraph.span.start : paragraph.span.end] == paragraph.text


def test_what_is_known_is_kept_tidy() -> None:
    made = from_text(
        BODY, title=" عنوان\nالمقال ", author="", url="https://a.ma/1", site=" موقع ", max_characters=99
    )
    assert (made.title, made.author, made.url, made.site) == ("عنوان المقال", None, "https://a.ma/1", "موقع")


def test_title_beside_the_text_is_read_first() -> None:
    made = article(BODY, "مشروع جديد")
    assert made.paragraphs == (
        Paragraph("مشروع جديد", None, Role.TITLE),
        Paragraph(BODY, Span(0, len(BODY))),
    )


@pytest.mark.parametrize(
    "first", ["مشروع جديد", "مشروعٌ جديد.", "«مشروع جديد»", "# مشروع جديد", "مشروع  جديـــد"]
)
def test_title_on_the_first_line_is_read_once_there(first: str) -> None:
    made = article(f"{first}\n{BODY}", "مشروع جديد")
    assert [paragraph.role for paragraph in made.paragraphs] == [Role.TITLE, Role.BODY]
    assert made.paragraphs[0].span == Span(len(first) - len(made.paragraphs[0].text), len(first))


def test_title_repeated_at_the_top_is_read_once() -> None:
    made = article(f"مشروع جديد\nمشروع جديد\n{BODY}", "مشروع جديد")
    assert [paragraph.text for paragraph in made.paragraphs] == ["مشروع جديد", BODY]


def test_title_words_within_the_body_are_read_again() -> None:
    made = article(f"مشروع جديد للماء ينطلق غدا.\n{BODY}", "مشروع جديد")
    assert len(made.paragraphs) == 3


def test_title_without_a_letter_is_kept_but_not_read() -> None:
    made = article(BODY, "🎉🎉")
    assert made.title == "🎉🎉"
    assert [paragraph.role for paragraph in made.paragraphs] == [Role.BODY]


def test_markdown_heading_is_a_heading() -> None:
    text = f"{BODY}\n## تفاصيل المشروع\n#وسم_أول\n***\n{BODY}"
    assert [(p.text, p.role) for p in article(text).paragraphs] == [
        (BODY, Role.BODY),
        ("تفاصيل المشروع", Role.HEADING),
        ("#وسم_أول", Role.BODY),
        (BODY, Role.BODY),
    ]


@pytest.mark.parametrize("text", ["", " ", "\n\t\u00a0\n"])
def test_empty_text_is_refused(text: str) -> None:
    with pytest.raises(BadArticle, match="empty") as refusal:
        article(text)
    assert refusal.value.field == "text"
    assert refusal.value.ar == "النص: لا محتوى."


@pytest.mark.parametrize("text", ["😀", "...", "***\n---", "ـــ", "\ud800", "\x00\x01", "\u200f", "🇲🇦 ❤️", "َُ"])
def test_text_with_nothing_to_say_is_refused(text: str) -> None:
    with pytest.raises(BadArticle, match="nothing to say") as refusal:
        article(text)
    assert refusal.value.field == "text"


@pytest.mark.parametrize("text", ["ا", "7", "٧", "x", "ﷺ", "é", "文", "😀 3"])
def test_text_with_anything_to_say_is_taken(text: str) -> None:
    assert [paragraph.text for paragraph in article(text).paragraphs] == [text]


def test_text_over_the_limit_is_refused_with_the_limit() -> None:
    assert article("ا" * 100, limit=100).text == "ا" * 100
    with pytest.raises(BadArticle) as refusal:
        article("ا" * 101, limit=100)
    assert "101" in refusal.value.en
    assert "100" in refusal.value.en
    assert "100" in refusal.value.ar
    assert refusal.value.field == "text"


def test_title_over_the_limit_is_refused() -> None:
    assert article(BODY, "ا" * 500).title == "ا" * 500
    with pytest.raises(BadArticle, match="500") as refusal:
        article(BODY, "ا" * 501)
    assert refusal.value.field == "title"


def test_what_cannot_be_said_or_encoded_becomes_a_space_in_its_place() -> None:
    made = from_text("كلمة\x00أخرى\ud83dثم\x1bهذه\tوتلك.", title="ع\udc00ن", max_characters=99)
    assert made.text == "كلمة أخرى ثم هذه\tوتلك."
    assert [p.text for p in made.paragraphs] == ["ع ن", made.text]
    assert made.title == "ع ن"


@given(st.text(st.one_of(st.characters(), st.sampled_from("اب. \n\x00\ud800\u2028#شارك")), max_size=60))
def test_whatever_is_sent_is_read_truly_or_refused(text: str) -> None:
    with suppress(BadArticle):
        made = article(text, "عنوان")
        check(made, text)


def check(made: Article, text: str) -> None:
    assert len(made.text) == len(text)
    made.text.encode()
    for paragraph in made.paragraphs[1:]:
        assert paragraph.span is not None
        assert made.text[paragraph.span.start : paragraph.span.end] == paragraph.text
    for sentence in sentences(made):
        assert sentence.span is None or made.text[sentence.span.start : sentence.span.end] == sentence.text

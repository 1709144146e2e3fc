"""Markdown is read as the page it would be."""

from __future__ import annotations

from service.article import from_html
from service.bulk import markdown

TEXT = """---
title: سماء صافية
author: سعاد
draft: false
---
# خبر اليوم

نص **مهم** عن [السماء](https://news.example/sky) الزرقاء.

- بند أول
- بند ثان

<script>alert(1)</script>
"""


def read(text: str) -> list[str]:
    article = from_html(
        markdown.article(text).html or "", max_characters=1000, title=None, author=None, url=None, site=None
    )
    return [paragraph.text for paragraph in article.paragraphs]


def test_front_matter_tells_title_and_author() -> None:
    article = markdown.article(TEXT)
    assert (article.title, article.author) == ("سماء صافية", "سعاد")
    assert "draft" not in (article.html or "")


def test_what_is_read_has_no_marks_of_markdown() -> None:
    read_ = read(TEXT)
    assert "نص مهم عن السماء الزرقاء." in read_
    assert any("بند أول" in each for each in read_)
    assert not any(sign in each for each in read_ for sign in ("*", "#", "[", "alert"))


def test_a_text_without_front_matter_has_no_title_of_its_own() -> None:
    assert markdown.article("نص بلا عنوان.").title is None


def test_what_is_between_the_dashes_and_no_yaml_tells_nothing() -> None:
    article = markdown.article("---\ntitle: [\n---\nنص.")
    assert article.title is None
    assert "نص." in (article.html or "")


def test_a_title_that_is_no_text_is_none() -> None:
    assert markdown.article("---\ntitle: 2026\n---\nنص.").title is None

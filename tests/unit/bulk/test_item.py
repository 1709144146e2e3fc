"""What an article is known by."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import TypeAdapter

from service.api.schemas.articles import ArticleId, ArticleIn
from service.bulk.item import Wishes, item
from service.model.reading import CaseEndings

VALID = TypeAdapter(ArticleId)


def known(name: str, text: str = "نص.", wishes: Wishes = Wishes()):  # noqa: B008  # frozen
    return item("source", ArticleIn(text=text), wishes, name=name)


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("news/2026/rain.txt", "rain-"),
        ("https://news.example/2026/big-rain.html?page=1#top", "big-rain-"),
        ("https://news.example/", "article-"),
        ("مطر.txt", "article-"),
        ("../../etc/passwd", "passwd-"),
        ("...", "article-"),
        ("-rf.txt", "rf-"),
        ("x" * 500, "x" * 60 + "-"),
        ("a\x00b\n.txt", "a-b-"),
    ],
)
def test_an_id_reads_like_the_name_and_is_no_path(name: str, begins: str) -> None:
    id_ = known(name).id
    assert id_.startswith(begins)
    assert VALID.validate_python(id_) == id_
    assert Path(f"{id_}.mp3").name == f"{id_}.mp3"


def test_names_that_read_alike_have_ids_of_their_own() -> None:
    assert len({known(name).id for name in ("a/rain.txt", "b/rain.txt", "rain.md", "rain")}) == 4


def test_the_same_name_has_the_same_id_whatever_it_says() -> None:
    assert known("rain.txt", "اليوم.").id == known("rain.txt", "أمس.").id


def test_an_article_without_a_name_is_known_by_what_it_says() -> None:
    assert known("", "اليوم.").id == known("", "اليوم.").id != known("", "أمس.").id


def test_an_id_that_was_given_stays() -> None:
    assert item("x:1", ArticleIn(id="rain", text="نص."), Wishes()).id == "rain"


def test_the_fingerprint_is_of_what_is_read_and_how() -> None:
    plain = known("a")
    assert plain.fingerprint == known("b").fingerprint
    others = [
        known("a", "غيره."),
        known("a", wishes=Wishes(voice="other")),
        known("a", wishes=Wishes(speed=2.0)),
        known("a", wishes=Wishes(case_endings=CaseEndings.CAUTIOUS)),
        known("a", wishes=Wishes(case_endings=CaseEndings.NONE)),
        known("a", wishes=Wishes(locale="ar-DZ")),
        known("a", wishes=Wishes(locale="ar-TN")),
    ]
    assert len({each.fingerprint for each in (plain, *others)}) == 8


def test_an_article_goes_over_what_is_wished_for_all() -> None:
    wishes = Wishes(voice="one", speed=2.0, site="news.example")
    read = item("x:1", ArticleIn(text="نص.", voice="two", listed=True), wishes).article
    assert (read.voice, read.speed, read.site, read.listed) == ("two", 2.0, "news.example", True)
    assert not item("x:1", ArticleIn(text="نص."), wishes).article.listed
    wishes = Wishes(case_endings=CaseEndings.CAUTIOUS)
    assert item("x:1", ArticleIn(text="نص."), wishes).article.case_endings is CaseEndings.CAUTIOUS
    wishes = Wishes(locale="ar-DZ")
    assert item("x:1", ArticleIn(text="نص."), wishes).article.locale == "ar-DZ"
    assert item("x:1", ArticleIn(text="نص.", locale="ar-TN"), wishes).article.locale == "ar-TN"
    wishes = Wishes(case_endings=CaseEndings.CAUTIOUS)
    own = ArticleIn(text="نص.", case_endings=CaseEndings.NONE)
    assert item("x:1", own, wishes).article.case_endings is CaseEndings.NONE

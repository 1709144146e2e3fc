"""Sites: read anew when they change, written without losing what an editor wrote, refused by name."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from service.config.sites import Daily, Sites
from service.model.article import Submission
from service.model.errors import BadSites
from service.model.reading import CaseEndings


@pytest.fixture
def sites(tmp_path: Path) -> Sites:
    return Sites(tmp_path / "data" / "sites.toml")


def test_without_a_file_there_are_none(sites: Sites) -> None:
    assert sites.all() == {}
    assert sites.of_page("news.example") is None
    assert not sites.has_origin("https://news.example")


def test_what_is_kept_is_read(sites: Sites) -> None:
    kept = sites.keep(
        "news.example", {"pages": ["news.example"], "page_mode": True, "daily": {"articles": 3}}
    )
    assert sites.get("news.example") == kept
    assert (kept.page_mode, kept.daily) == (True, Daily(articles=3))


def test_a_host_is_meant_exactly_and_a_star_all_below_it(sites: Sites) -> None:
    sites.keep("news.example", {"pages": ["news.example", "*.sport.example"]})
    belongs = {
        "news.example": True,
        "www.news.example": False,
        "evilnews.example": False,
        "news.example.evil.example": False,
        "sport.example": False,
        "a.sport.example": True,
        "a.b.sport.example": True,
        "evilsport.example": False,
    }
    assert {host: sites.of_page(host) is not None for host in belongs} == belongs


def test_origins_are_meant_to_the_letter(sites: Sites) -> None:
    sites.keep("news.example", {"origins": ["https://news.example", "http://news.example:8080"]})
    assert sites.has_origin("https://news.example")
    assert sites.has_origin("http://news.example:8080")
    for origin in (
        "http://news.example",
        "https://news.example:8080",
        "https://www.news.example",
        "null",
        "",
    ):
        assert not sites.has_origin(origin)


def test_a_change_by_hand_is_seen_and_a_change_by_command_keeps_it(sites: Sites) -> None:
    sites.keep("news.example", {"page_mode": False})
    text = "# الموقع الأول\n" + sites.path.read_text(encoding="utf-8").replace("false", "true  # منذ أمس")
    sites.path.write_text(text, encoding="utf-8")
    os.utime(sites.path, ns=(1, 1))
    assert sites.all()["news.example"].page_mode

    sites.keep("news.example", {"voice": "espeak-ar"})
    sites.keep("other.example", {})
    written = sites.path.read_text(encoding="utf-8")
    assert "# الموقع الأول" in written
    assert "# منذ أمس" in written
    assert list(sites.all()) == ["news.example", "other.example"]


def test_a_field_that_is_taken_out_is_what_it_was_at_first(sites: Sites) -> None:
    sites.keep("news.example", {"voice": "espeak-ar", "daily": {"seconds": 9}})
    site = sites.keep("news.example", {"voice": None, "daily": None})
    assert (site.voice, site.daily) == (None, Daily())
    assert "voice" not in sites.path.read_text(encoding="utf-8")


def test_one_that_is_removed_is_gone(sites: Sites) -> None:
    sites.keep("news.example", {})
    sites.remove("news.example")
    assert sites.all() == {}
    with pytest.raises(BadSites, match=r"news\.example"):
        sites.remove("news.example")


@pytest.mark.parametrize(
    ("name", "changes", "told"),
    [
        ("News.example", {}, "name"),
        ("news.example/x", {}, "name"),
        ("../etc", {}, "name"),
        ("news.example", {"pages": ["https://news.example"]}, "pages"),
        ("news.example", {"pages": ["*"]}, "pages"),
        ("news.example", {"pages": ["*.*.example"]}, "pages"),
        ("news.example", {"origins": ["*"]}, "origins"),
        ("news.example", {"origins": ["https://news.example/"]}, "origins"),
        ("news.example", {"origins": ["null"]}, "origins"),
        ("news.example", {"daily": {"articles": -1}}, "articles"),
        ("news.example", {"daily": {"letters": 1}}, "letters"),
        ("news.example", {"pagemode": True}, "pagemode"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_nothing_is_written(
    sites: Sites, name: str, changes: dict[str, object], told: str
) -> None:
    with pytest.raises(BadSites, match=told):
        sites.keep(name, changes)
    assert not sites.path.exists()


@pytest.mark.parametrize("text", ["[news", "name = 1", '["news.example"]\npage_mode = "perhaps"\n', "\x00"])
def test_a_file_that_cannot_be_read_says_so_and_is_not_written_over(sites: Sites, text: str) -> None:
    sites.path.parent.mkdir()
    sites.path.write_text(text, encoding="utf-8")
    with pytest.raises(BadSites, match=r"sites\.toml|news\.example"):
        sites.all()
    with pytest.raises(BadSites):
        sites.keep("other.example", {})
    assert sites.path.read_text(encoding="utf-8") == text


def test_an_article_that_does_not_say_is_as_its_site_has_it(sites: Sites) -> None:
    sites.keep("news.example", {"voice": "espeak-ar", "section": "رياضة"})
    completed = sites.completed(Submission(text="نص.", site="news.example"))
    assert (completed.voice, completed.section) == ("espeak-ar", "رياضة")
    assert completed.case_endings is None
    said = Submission(text="نص.", site="news.example", voice="other", section="ثقافة")
    assert sites.completed(said) == said
    for request in (Submission(text="نص."), Submission(text="نص.", site="unknown.example")):
        assert sites.completed(request) == request


def test_the_case_endings_are_the_article_s_or_else_its_site_s(sites: Sites) -> None:
    asked = Submission(text="نص.", site="news.example", case_endings=CaseEndings.FULL)
    for told in ("cautious", "none"):
        sites.keep("news.example", {"case_endings": told})
        assert sites.completed(replace(asked, case_endings=None)).case_endings == CaseEndings(told)
        assert sites.completed(asked).case_endings is CaseEndings.FULL
    with pytest.raises(BadSites, match="case_endings"):
        sites.keep("news.example", {"case_endings": "some"})

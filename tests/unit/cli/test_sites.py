"""``istami sites`` as whoever runs the service uses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.cli.sites import app
from service.config.sites import Daily, Site, Sites
from service.model.errors import BadSites
from service.model.reading import CaseEndings


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path))

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, words, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


@pytest.fixture
def sites(tmp_path: Path) -> Sites:
    return Sites(tmp_path / "sites.toml")


def test_one_that_is_added_has_its_host_s_pages_and_origins_and_no_page_mode(run, sites: Sites) -> None:
    run("add", "news.example")
    assert sites.get("news.example") == Site(
        name="news.example",
        pages=("news.example", "www.news.example"),
        origins=("https://news.example", "https://www.news.example"),
    )


def test_everything_can_be_said_and_is_shown(run, sites: Sites) -> None:
    said = ("--pages", "a.example", "--pages", "*.a.example", "--origin", "http://a.example:8080")
    more = ("--voice", "espeak-ar", "--section", "رياضة", "--page-mode", "--articles", "5", "--seconds", "60")
    run("add", "a.example", *said, *more)
    shown = run("show", "a.example")
    for told in (
        "a.example, *.a.example",
        "http://a.example:8080",
        "espeak-ar",
        "رياضة",
        "on",
        "5",
        "60",
        "no limit",
    ):
        assert told in shown
    listed = run("list")
    assert "a.example" in listed
    assert "on" in listed.split()
    assert sites.all()["a.example"].daily == Daily(articles=5, seconds=60)


def test_what_is_set_changes_and_the_rest_stays(run, sites: Sites) -> None:
    run("add", "news.example", "--page-mode", "--articles", "5", "--voice", "espeak-ar")
    run("set", "news.example", "--seconds", "60", "--no-page-mode")
    site = sites.all()["news.example"]
    assert (site.page_mode, site.daily, site.voice) == (False, Daily(articles=5, seconds=60), "espeak-ar")
    run("set", "news.example", "--articles=-1", "--voice", "")
    site = sites.all()["news.example"]
    assert (site.daily, site.voice) == (Daily(seconds=60), None)
    run("set", "news.example", "--seconds=-1")
    assert sites.all()["news.example"].daily == Daily()


def test_one_that_is_removed_is_gone(run, sites: Sites) -> None:
    run("add", "news.example")
    run("remove", "news.example")
    assert not sites.all()


@pytest.mark.parametrize("words", [("show", "a.example"), ("set", "a.example"), ("remove", "a.example")])
def test_one_that_is_not_there_is_said_to_be_missing(run, words: tuple[str, ...]) -> None:
    with pytest.raises(BadSites, match=r"a\.example"):
        run(*words)


def test_one_that_is_there_is_not_added_again(run) -> None:
    run("add", "news.example")
    with pytest.raises(BadSites, match="istami sites set"):
        run("add", "news.example")


def test_the_case_endings_of_a_site_are_set_shown_and_taken_back(run, sites: Sites) -> None:
    run("add", "news.example", "--case-endings", "cautious")
    assert sites.all()["news.example"].case_endings is CaseEndings.CAUTIOUS
    assert "case endings:     cautious" in run("show", "news.example")
    run("set", "news.example", "--case-endings", "none")
    assert sites.all()["news.example"].case_endings is CaseEndings.NONE
    run("set", "news.example", "--case-endings", "")
    assert sites.all()["news.example"].case_endings is None
    with pytest.raises(BadSites, match="case_endings"):
        run("set", "news.example", "--case-endings", "some")

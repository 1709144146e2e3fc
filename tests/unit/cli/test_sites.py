"""``istami sites`` as whoever runs the service uses it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.cli.sites import app
from service.config.sites import Daily, Site, Sites, Voices
from service.model.errors import BadSites, IstamiError
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


def test_voices_are_set_listed_and_removed_by_author_section_and_language(run, sites: Sites) -> None:
    run("add", "news.example")
    run("voices", "news.example", "espeak-ar", "--section", "رياضة")
    run("voices", "news.example", "espeak-ar", "--author", "ليلى المراكشي")
    run("voices", "news.example", "espeak-ar", "--language", "ar")

    listed = run("voices", "news.example")

    assert (
        listed.index("ليلى المراكشي")
        < listed.index("رياضة")
        < listed.index("language")
        < listed.index("all others")
    )
    assert "3 rules" in run("show", "news.example")
    assert json.loads(run("voices", "news.example", "--json"))["sections"] == {"رياضة": "espeak-ar"}

    run("voices", "news.example", "", "--section", "رياضة")
    run("voices", "news.example", "", "--author", "ليلى المراكشي")
    run("voices", "news.example", "", "--language", "ar")
    assert sites.get("news.example") == replace(sites.get("news.example"), voices=Voices())
    assert "voices" not in sites.path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("nobody", "--section", "x"), "no voice “nobody”"),
        (("mms-ar", "--section", "x"), "mms-ar is not installed"),
        (("espeak-ar", "--language", "en"), "speaks ar, not en"),
        (("espeak-ar",), "one of --author"),
        (("espeak-ar", "--section", "x", "--author", "y"), "one of --author"),
    ],
)
def test_a_rule_for_a_voice_that_cannot_be_used_is_refused(run, sites: Sites, words, fault) -> None:
    run("add", "news.example")
    before = sites.path.read_text(encoding="utf-8")

    with pytest.raises(IstamiError, match=fault):
        run("voices", "news.example", *words)

    assert sites.path.read_text(encoding="utf-8") == before

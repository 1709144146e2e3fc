"""Publishers' own words: layered, read anew when they change, and never a way out of their folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from service.articles.intake import Intake
from service.config.lexicons import COMMON, Lexicons
from service.config.sites import Sites
from service.model.article import Submission
from service.model.errors import BadArticle, BadLexicon
from service.text.lexicon.entries import Entry
from service.text.lexicon.lexicon import Lexicon
from service.text.pipeline.spoken import ReadingOptions

TEXT = "وصل الوفد إلى زرقطون."


@pytest.fixture
def lexicons(tmp_path: Path) -> Lexicons:
    return Lexicons(tmp_path / "lexicons")


def spoken(lexicons: Lexicons, site: str | None = None) -> str:
    intake = Intake(None, 1000, ReadingOptions(), lexicons, Sites(lexicons.folder / "sites.toml"))
    readings = intake.read(intake.extract(Submission(text=TEXT)), site)
    return readings[0].pieces[0].spoken


def word(reading: str) -> Lexicon:
    return Lexicon((Entry("زرقطون", reading),))


def test_without_files_the_shipped_words_hold(lexicons: Lexicons) -> None:
    assert lexicons.of(None) == Lexicon.shipped()
    assert lexicons.own(None) == Lexicon()


def test_a_word_that_is_kept_is_said_from_then_on(lexicons: Lexicons) -> None:
    before = spoken(lexicons)
    lexicons.keep(word("زُرْقُطُون"), None)

    assert before != spoken(lexicons) == "وصل الوفد إلى زُرْقُطُون."


def test_a_change_of_the_file_by_hand_is_seen(lexicons: Lexicons) -> None:
    path = lexicons.keep(word("زُرْقُطُون"), None)
    assert "زُرْقُطُون" in spoken(lexicons)
    path.write_text("grapheme\treading\nزرقطون\tزَرْقَطُون\n", encoding="utf-8")
    os.utime(path, ns=(1, 1))

    assert "زَرْقَطُون" in spoken(lexicons)


def test_the_words_of_a_site_go_over_those_of_all_sites_and_stay_its_own(lexicons: Lexicons) -> None:
    lexicons.keep(word("زُرْقُطُون"), None)
    lexicons.keep(word("زَرْقَطُون"), "news.example")

    assert "زَرْقَطُون" in spoken(lexicons, "news.example")
    assert "زُرْقُطُون" in spoken(lexicons, "other.example")
    assert "زُرْقُطُون" in spoken(lexicons)


@pytest.mark.parametrize("site", ["../x", "a/b", "", ".", "a..b", "A.example", "x\0", "a" * 300])
def test_no_name_of_a_site_leads_out_of_the_folder(lexicons: Lexicons, site: str) -> None:
    with pytest.raises(BadArticle) as refused:
        lexicons.of(site)

    assert refused.value.field == "site"


def test_a_file_that_cannot_be_read_is_named_with_its_line(lexicons: Lexicons) -> None:
    path = lexicons.keep(Lexicon(), None)
    path.write_text("grapheme\treading\nزرقطون\n", encoding="utf-8")

    with pytest.raises(BadLexicon, match=rf"{COMMON}\.tsv, line 2"):
        lexicons.of(None)

"""``istami lexicon`` as an editor uses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.cli.lexicon import app
from service.model.errors import BadLexicon


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path / "data"))

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, words, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


def test_a_word_is_added_listed_and_removed(run) -> None:
    run("add", "زرقطون", "زُرْقُطُون", "--note", "مدينة")
    assert run("list").splitlines()[1:] == ["زرقطون\tزُرْقُطُون\t\t\tمدينة"]
    run("remove", "زرقطون")
    assert run("list").splitlines()[1:] == []


def test_a_later_reading_takes_the_place_of_the_earlier(run) -> None:
    run("add", "زرقطون", "زَرْقَطُون")
    run("add", "زرقطون", "زُرْقُطُون")
    assert run("list").splitlines()[1:] == ["زرقطون\tزُرْقُطُون"]


@pytest.mark.parametrize("suffix", [".tsv", ".pls"])
def test_a_list_that_is_exported_comes_back_whole(run, tmp_path: Path, suffix: str) -> None:
    run("add", "زرقطون", "زُرْقُطُون")
    run("add", "ACME", "أكمي")
    file = tmp_path / f"words{suffix}"
    run("export", "-o", str(file))
    run("import", str(file), "--site", "news.example")
    assert sorted(run("list", "--site", "news.example").splitlines()) == sorted(run("list").splitlines())


def test_removing_a_word_that_is_not_there_says_so(run) -> None:
    with pytest.raises(BadLexicon, match="not in the list"):
        run("remove", "زرقطون")


def test_the_shipped_words_are_shown_when_asked_for(run) -> None:
    assert len(run("list", "--shipped").splitlines()) > 1500

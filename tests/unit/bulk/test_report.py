"""What a report holds is whole, and what it tells is remembered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from service.api.problems import Problem
from service.api.schemas.articles import ArticleIn
from service.bulk.item import Ending, Item, Outcome
from service.bulk.ledger import Ledger
from service.bulk.report import Report
from service.model.errors import BadArticle, Unwritable

DONE = Outcome("a.txt", Ending.MADE, "a", "print", "key", 2.5, "a.mp3")
FAILED = Outcome("b.txt:3", Ending.FAILED, error=Problem(422, "bad_article", "No.", "لا."))


def article(id_: str, fingerprint: str) -> Item:
    return Item("a.txt", id_, fingerprint, ArticleIn(id=id_))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "report.jsonl"


def test_a_line_says_what_became_of_an_article(path: Path) -> None:
    with Report(path, go_on=False) as report:
        report.add(DONE)
        report.add(FAILED)
    first, second = map(json.loads, path.read_text().splitlines())
    assert first == {
        "id": "a",
        "source": "a.txt",
        "status": "made",
        "key": "key",
        "duration": 2.5,
        "file": "a.mp3",
        "fingerprint": "print",
        "error": None,
    }
    assert second["error"] == {"code": "bad_article", "message": {"ar": "لا.", "en": "No."}}


def test_a_report_that_is_there_is_not_written_over(path: Path) -> None:
    path.write_text("mine")
    with pytest.raises(Unwritable, match="--resume"):
        Report(path, go_on=False)
    assert path.read_text() == "mine"


def test_two_do_not_write_one_report(path: Path) -> None:
    with Report(path, go_on=False), pytest.raises(Unwritable, match="Another"):
        Report(path, go_on=True)


@pytest.mark.parametrize("torn", [b'{"id": "c", "sou', b"x" * 10_000])
def test_a_line_that_was_torn_off_is_cut_away(path: Path, torn: bytes) -> None:
    with Report(path, go_on=False) as report:
        report.add(DONE)
    whole = path.read_bytes()
    path.write_bytes(whole + torn)
    with Report(path, go_on=True) as report:
        assert [line["id"] for line in report.lines()] == ["a"]
        report.add(FAILED)
    assert path.read_bytes().startswith(whole + b'{"id": null')
    path.write_bytes(torn)
    with Report(path, go_on=True) as report:
        assert list(report.lines()) == []


@pytest.mark.parametrize("line", ["mine", "[]", "{}", '{"source": "a", "status": "great"}'])
def test_another_file_is_not_taken_for_a_report(path: Path, line: str) -> None:
    path.write_text(line + "\n")
    with Report(path, go_on=True) as report, pytest.raises(BadArticle, match="line 1"):
        list(report.lines())


class TestLedger:
    def test_what_is_done_is_known_as_it_was(self) -> None:
        ledger = Ledger()
        ledger.recall([{"id": "a", "fingerprint": "1", "source": "a", "status": "made"}])
        assert ledger.done(article("a", "1"))
        assert not ledger.done(article("a", "2"))
        assert not ledger.done(article("b", "1"))

    def test_what_failed_and_then_did_not_has_not_failed(self) -> None:
        ledger = Ledger()
        failed = {"id": None, "fingerprint": None, "source": "a", "status": "failed"}
        ledger.recall([failed, {**failed, "source": "b"}, {**failed, "status": "there", "id": "a"}])
        assert not ledger.failed("a")
        assert ledger.failed("b")

    def test_an_id_belongs_to_whoever_came_first(self) -> None:
        ledger = Ledger()
        assert ledger.meet(article("a", "1"))
        assert ledger.meet(article("a", "1"))
        assert not ledger.meet(article("a", "2"))

    def test_a_recording_is_made_once(self) -> None:
        ledger = Ledger()
        assert [ledger.made(key) for key in ("x", "x", "y")] == [True, False, True]

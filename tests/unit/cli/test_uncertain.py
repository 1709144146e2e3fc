"""``istami explain --uncertain`` as an editor uses it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.cli.main import app

TEXT = "قال السيد زعطوطي إن شركة Zorblax تنشر صور المدينة. وصل الوفد إلى صور."
SURE = "قَالَ الرَّجُلُ كَلِمَتَهُ."


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path))

    def run(*words: str, text: str = "") -> str:
        result = CliRunner().invoke(app, words, input=text or None, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


def test_each_word_is_shown_in_its_sentence_with_its_readings_and_the_reason(run) -> None:
    name, *_ = run("explain", "-", "--uncertain", text=TEXT).split("\n\n")
    context, readings, *reasons = name.splitlines()
    assert context == "قال السيد «زعطوطي» إن شركة Zorblax تنشر صور المدينة."
    assert readings.startswith("  ← زَعْطُوطِي")
    assert any("اسم ليس في المعاجم · a name in no lexicon" in reason for reason in reasons)


def test_every_line_begins_in_arabic_but_for_the_command(run) -> None:
    """A terminal with bidirectional text takes a line's direction from its first letter."""
    *lines, command = run("explain", "-", "--uncertain", text=TEXT).splitlines()
    firsts = [re.search(r"[^\W\d_]", line) for line in lines if line]
    assert all(first and "؀" <= first.group() <= "ۿ" for first in firsts)
    assert command.startswith("istami lexicon add ")


def test_programs_get_the_same(run) -> None:
    told = json.loads(run("explain", "-", "--uncertain", "--json", text=TEXT))
    shown = run("explain", "-", "--uncertain", text=TEXT)
    assert set(told) == {"words", "uncertain", "add"}
    doubts = {(word["text"], doubt) for word in told["uncertain"] for doubt in word["doubts"]}
    assert doubts >= {("زعطوطي", "name"), ("Zorblax", "latin"), ("صور", "homograph")}
    for word in told["uncertain"]:
        assert word["text"] in word["sentence"]
        assert f"«{word['text']}»" in shown
        assert " | ".join((word["diacritised"], *word["alternatives"])) in shown
    assert f"{len(told['uncertain'])} of {told['words']} words" in shown
    assert shown.rstrip().endswith(told["add"])


def test_the_command_at_the_end_can_be_run_and_ends_the_doubt(run) -> None:
    before = run("explain", "-", "--uncertain", text=TEXT)
    istami, *words = shlex.split(before.splitlines()[-1])
    assert istami == "istami"

    run(*words)

    after = run("explain", "-", "--uncertain", text=TEXT)
    assert "«زعطوطي»" in before
    assert "«زعطوطي»" not in after
    assert "«Zorblax»" in after


def test_the_command_is_for_the_site_whose_article_it_is(run) -> None:
    command = run("explain", "-", "--uncertain", "--site", "news.example", text=TEXT).splitlines()[-1]
    assert command.endswith("--site news.example")


def test_a_word_that_is_read_in_two_ways_is_suggested_after_the_names(run) -> None:
    homograph = "وصل الوفد إلى صور."
    assert "'صور'" in run("explain", "-", "--uncertain", text=homograph).splitlines()[-1]
    both = run("explain", "-", "--uncertain", text=f"{homograph} قال السيد زعطوطي كلمته.")
    assert "'زعطوطي'" in both.splitlines()[-1]


def test_where_only_endings_are_open_no_lexicon_helps(run) -> None:
    told = json.loads(
        run("explain", "-", "--uncertain", "--json", text="سجلت الشركة خسائر كبيرة هذا الأسبوع.")
    )
    assert [word["text"] for word in told["uncertain"]] == ["كبيرة"]
    assert told["add"] is None


def test_where_all_is_sure_it_says_so(run) -> None:
    assert run("explain", "-", "--uncertain", text=SURE) == "للمراجعة: 0 من 3 · 0 of 3 words to look at\n"
    assert json.loads(run("explain", "-", "--uncertain", "--json", text=SURE)) == {
        "words": 3,
        "uncertain": [],
        "add": None,
    }


def test_a_long_sentence_is_cut_at_words(run) -> None:
    around = "وصل القطار إلى المدينة مساء " * 5
    shown = run("explain", "-", "--uncertain", text=f"{around} ثم قال السيد زعطوطي إن {around}")
    context = next(line for line in shown.splitlines() if "«زعطوطي»" in line)
    assert context.startswith("…")
    assert context.endswith("…")
    assert set(context.strip("…").replace("«", "").replace("»", "").split()) <= set(
        f"{around} ثم قال السيد زعطوطي إن".split()
    )

"""How figures become a page; what they are is for `make bench` to say."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from benchmarks import article, endings, page
from benchmarks.figures import Figure, Goal, Measured, Plot
from service.model.document import Paragraph
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.segmentation.sentences import split


@pytest.mark.parametrize(
    ("value", "goal", "met"),
    [
        (5, Goal(0.6), True),
        (7, Goal(0.6), False),
        (5, Goal(0.6, least=True), False),
        (7, Goal(0.6, least=True), True),
        (5, Goal(4, of_value=True), False),
        (5, Goal(6, of_value=True), True),
        (5, None, None),
    ],
)
def test_a_goal_is_met_by_ratio_or_by_value(value, goal, met) -> None:
    assert Figure("speed", value, "s", "peer", 10, goal).met is met


def test_a_page_tells_figures_pictures_notes_and_what_failed(tmp_path) -> None:
    figure = Figure("whole article", 1234.5, "ms", "naive script", 2469, Goal(0.6))
    about = {"about": "Cold.\n\nHow.", "date": "2026-11-27", "seconds": 3.0, "busy": 0.1}
    parts = {
        "cold": {
            **about,
            "pace": 51.2,
            **Measured([figure], Plot("Times", "s", {"istami": 1.2}), ["A note."]).told(),
        },
        "hits": {**about, "failure": "RuntimeError: no", "figures": [], "plot": None, "notes": []},
    }
    machine = {"processor": "P", "cores": "2", "memory": "4 GiB", "system": "Linux"}
    page.write({"machine": machine, "versions": {"nginx": "1.22"}, "parts": parts}, tmp_path)
    text = (tmp_path / "benchmarks.md").read_text()
    assert "| whole article | 1,234 ms | naive script | 2,469 ms | 0.50 | ≤ 0.6 × | met |" in text
    assert "- A note." in text
    assert text.count("a million additions in Python took 51 ms.") == 1
    assert "Not measured: RuntimeError: no" in text
    assert "istami" in (tmp_path / "benchmarks" / "cold.svg").read_text()


def test_the_same_figures_are_the_same_picture(tmp_path) -> None:
    plot = Measured([], Plot("Memory", "MB", points=[(1, 2.0), (2, 2.5)], along="sentences")).told()["plot"]
    for name in ("one.svg", "two.svg"):
        page.plots.draw(plot, tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_every_sentence_of_an_article_is_one_and_new() -> None:
    sentences = article.fresh(40)
    assert len({*sentences, *article.fresh(40)}) == 80
    paragraphs = article.text(sentences).split("\n\n")
    assert [each.text.strip() for part in paragraphs for each in split(Paragraph(part, None))] == sentences


def test_an_unknown_part_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "cold", "warm"],
        env={name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "no such part: warm" in done.stderr


def test_the_curve_of_endings_counts_each_once_and_says_which_are_wrong() -> None:
    right = "زَارَ الْوَزِيرُ الْجَدِيدُ مَدِينَةَ الرِّبَاطِ صَبَاحَ الْيَوْمِ."
    wrong = right.replace("الْوَزِيرُ", "الْوَزِيرَ")
    for line, mistakes in ((right, 0), (wrong, 1)):
        full, *others = endings.curve(Diacritiser(), [line])
        assert (full.omitted, full.wrong) == (0, mistakes)
        assert full.said > 2
        assert {each.said + each.omitted for each in others} == {full.said}
        assert [each.omitted for each in others] == sorted(each.omitted for each in others)
        assert all(each.wrong + each.omitted - each.needlessly == mistakes for each in others)

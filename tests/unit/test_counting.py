"""The nouns of Arabic messages agree with their numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.model.counting import CHARACTER, NEW_PAGE, SECOND, counted

ROOT = Path(__file__).parents[2]
FIELDS = re.compile(r"\{[^{}]*\} (?:صفح|ثاني|ثوان|محرف|محارف|حرف|أحرف)")
"""A number in a message, and a noun that does not depend on it."""


@pytest.mark.parametrize(
    ("number", "second", "character"),
    [
        (0, "0 ثانية", "0 محرف"),
        (1, "ثانية واحدة", "محرف واحد"),
        (2, "ثانيتين", "محرفين"),
        (3, "3 ثوانٍ", "3 محارف"),
        (10, "10 ثوانٍ", "10 محارف"),
        (11, "11 ثانية", "11 محرفًا"),
        (20, "20 ثانية", "20 محرفًا"),
        (99, "99 ثانية", "99 محرفًا"),
        (100, "100 ثانية", "100 محرف"),
        (101, "101 ثانية", "101 محرف"),
        (102, "102 ثانية", "102 محرف"),
        (103, "103 ثوانٍ", "103 محارف"),
        (110, "110 ثوانٍ", "110 محارف"),
        (111, "111 ثانية", "111 محرفًا"),
        (1000, "1000 ثانية", "1000 محرف"),
        (2_000_005, "2000005 ثوانٍ", "2000005 محارف"),
        (2.5, "2.5 ثانية", "2.5 محرف"),
        (0.25, "0.25 ثانية", "0.25 محرف"),
        (5.0, "5 ثوانٍ", "5 محارف"),
        (1.9999999, "ثانيتين", "محرفين"),
    ],
)
def test_a_noun_has_the_form_that_its_number_needs(number: float, second: str, character: str) -> None:
    assert counted(number, SECOND) == second
    assert counted(number, CHARACTER) == character


def test_so_has_its_adjective() -> None:
    said = [counted(number, NEW_PAGE) for number in (1, 2, 3, 11, 100)]
    assert said[:2] == ["صفحة جديدة واحدة", "صفحتين جديدتين"]
    assert said[2:] == ["3 صفحات جديدة", "11 صفحة جديدة", "100 صفحة جديدة"]


def test_no_message_writes_one_form_for_all_numbers() -> None:
    fixed = [
        f"{file}: {line.strip()}"
        for folder in ("service", "voices", "cache", "clients/python/istami_client")
        for file in (ROOT / folder).rglob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if FIELDS.search(line)
    ]
    assert not fixed


@pytest.mark.parametrize("folder", ["service", "voices", "cache", "clients/python/istami_client"])
def test_a_cure_is_announced_by_one_word(folder: str) -> None:
    texts = {file: file.read_text(encoding="utf-8") for file in (ROOT / folder).rglob("*.py")}
    assert [file for file, text in texts.items() if "الحلّ: " in text] == []

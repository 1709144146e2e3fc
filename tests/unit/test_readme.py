"""The documents tell what is so, and README is short."""

import re
from pathlib import Path

from service.config.settings import Settings

ROOT = Path(__file__).parents[2]
SETTINGS = ROOT / "docs" / "settings.md"
ROW = re.compile(r"^\| `(?P<name>[A-Z_]+)` \| (?P<default>[^|]*) \| (?P<told>.*) \|$", re.MULTILINE)


def variable(name: str) -> str:
    return "REDIS_URL" if name == "redis_url" else f"ISTAMI_{name.upper()}"


def test_its_table_of_settings_is_the_settings() -> None:
    rows = {row["name"] for row in ROW.finditer(SETTINGS.read_text(encoding="utf-8"))}
    assert rows == {variable(name) for name in Settings.model_fields}


def test_it_says_of_each_what_the_setting_says_of_itself() -> None:
    told = {row["name"]: row["told"] for row in ROW.finditer(SETTINGS.read_text(encoding="utf-8"))}
    assert told == {variable(name): field.description for name, field in Settings.model_fields.items()}


def test_readme_is_read_in_a_minute() -> None:
    assert len((ROOT / "README.md").read_bytes()) <= 4096


def test_contributing_names_files_that_there_are() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:service|tests|voices|docs|cache)/[\w./-]+)`", text)
    assert len(named) > 20
    assert [each for each in named if not (ROOT / each).exists()] == []


LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def test_documents_link_to_what_there_is() -> None:
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
    assert [
        (document.name, link)
        for document in documents
        for link in LINK.findall(document.read_text(encoding="utf-8"))
        if not (document.parent / link).exists()
    ] == []

"""README tells what is so."""

import re
from pathlib import Path

from service.config.settings import Settings

README = Path(__file__).parents[2] / "README.md"
ROW = re.compile(r"^\| `(?P<name>[A-Z_]+)` \| (?P<default>[^|]*) \| (?P<told>.*) \|$", re.MULTILINE)


def variable(name: str) -> str:
    return "REDIS_URL" if name == "redis_url" else f"ISTAMI_{name.upper()}"


def test_its_table_of_settings_is_the_settings() -> None:
    rows = {row["name"] for row in ROW.finditer(README.read_text(encoding="utf-8"))}
    assert rows == {variable(name) for name in Settings.model_fields}


def test_it_says_of_each_what_the_setting_says_of_itself() -> None:
    told = {row["name"]: row["told"] for row in ROW.finditer(README.read_text(encoding="utf-8"))}
    assert told == {variable(name): field.description for name, field in Settings.model_fields.items()}

"""What lists or reports does so for programs, too."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.core import TyperGroup
from typer.testing import CliRunner

from service.cli.commands import COMMANDS, load
from service.cli.main import app

REPORTING = {"list", "show", "check", "deliveries", "doctor", "explain"}


def reporting() -> dict[str, Any]:
    """Every command that lists or reports, by what is typed."""
    found = {}
    for name in COMMANDS:
        command = load(name)
        if isinstance(command, TyperGroup):
            found |= {
                f"{name} {each}": below for each, below in command.commands.items() if each in REPORTING
            }
        elif name in REPORTING:
            found[name] = command
    return found


@pytest.mark.parametrize("words", reporting())
def test_it_has_json(words: str) -> None:
    assert "--json" in {option for each in reporting()[words].params for option in each.opts}


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("voices list", {"id": "espeak-ar", "installed": True, "commercial_use": "yes"}),
        ("voices check espeak-ar", {"id": "espeak-ar", "wrong": []}),
        ("lexicon list", {"grapheme": "كسيكس", "reading": "كْسِيكْس"}),
        ("sites list", {"name": "news.example", "page_mode": False, "pages": ["*.news.example"]}),
        ("webhooks list", {"name": "cms", "url": "https://cms.example/hook", "sites": []}),
    ],
)
def test_it_is_one_document_with_the_whole_truth(
    words: str, first: dict[str, Any], tmp_path: Any, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("REDIS_URL", redis_url)
    run = CliRunner()
    for made in (
        ["lexicon", "add", "كسيكس", "كْسِيكْس"],
        ["sites", "add", "news.example", "--pages", "*.news.example"],
        ["webhooks", "add", "cms", "https://cms.example/hook"],
    ):
        assert run.invoke(app, made).exit_code == 0, made
    done = run.invoke(app, [*words.split(), "--json"])
    assert done.exit_code == 0, done.output
    [told, *_] = json.loads(done.stdout)
    assert {name: told[name] for name in first} == first
    assert "secret" not in told


def test_one_thing_is_one_object(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path))
    done = CliRunner().invoke(app, ["voices", "show", "espeak-ar", "--json"])
    assert json.loads(done.stdout)["fingerprint"]

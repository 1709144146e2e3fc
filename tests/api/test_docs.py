"""What the documents show works as they show it, against the running service."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("docs/client.md", "docs/openai.md")


def blocks(document: str, language: str) -> list[str]:
    """What stands in a document in fences of a language."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


PROGRAMS = {
    f"{document}-{number}": code
    for document in DOCUMENTS
    for number, code in enumerate(blocks(document, "python"), 1)
}


@pytest.mark.parametrize("code", PROGRAMS.values(), ids=PROGRAMS)
def test_programs_run(service, tmp_path, code) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code.replace("http://127.0.0.1:8000", service.base)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    written = list(tmp_path.iterdir())
    assert len(written) == len(re.findall(r'"\w+\.mp3"', code))
    assert all(file.stat().st_size > 1000 for file in written)


def shape(value: Any) -> Any:
    """What an answer is made of: its fields' names, and those of what lies in them."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value[:1]] if value and isinstance(value[0], dict) else []
    return None


def carry_out(document: str, base: str, folder: Path) -> None:
    """Run a document's commands from top to bottom; each that shows an answer answers so."""
    text = (ROOT / document).read_text(encoding="utf-8")
    steps = re.findall(r"^```sh\n(.*?)^```(?:\n\n```json\n(.*?)^```)?", text, re.MULTILINE | re.DOTALL)
    script = "".join(f"{{\n{command}}} > {number}.answer\n" for number, (command, _) in enumerate(steps))
    done = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", script.replace("http://127.0.0.1:8000", base)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr + script
    for number, (command, shown) in enumerate(steps):
        if shown:
            answer = json.loads((folder / f"{number}.answer").read_text(encoding="utf-8"))
            assert shape(answer) == shape(json.loads(shown)), command


def test_commands_for_ssml_run(service, tmp_path, program) -> None:
    program("curl")
    carry_out("docs/ssml.md", service.base, tmp_path)
    assert (tmp_path / "marked.mp3").read_bytes().startswith(b"ID3")


class TestTheApiByExample:
    TEXT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")

    def test_its_commands_run_from_top_to_bottom_and_answer_as_shown(
        self, service, tmp_path, program
    ) -> None:
        program("curl")
        carry_out("docs/api.md", service.base, tmp_path)
        assert (tmp_path / "rain.mp3").read_bytes().startswith(b"ID3")
        assert (tmp_path / "hello.ogg").read_bytes().startswith(b"OggS")

    def test_every_address_of_its_sections_is_in_it(self, client) -> None:
        sections = {title.lower() for title in re.findall(r"^## (\w+)$", self.TEXT, re.MULTILINE)}
        shown = set(re.findall(r"^### `(\w+ /\S+)`$", self.TEXT, re.MULTILINE))
        api = client.get("/openapi.json").json()["paths"]
        for path, methods in api.items():
            for method, operation in methods.items():
                if method != "head" and sections & set(operation["tags"]):
                    assert f"{method.upper()} {path}" in shown
        assert {title.split()[1] for title in shown} <= set(api)

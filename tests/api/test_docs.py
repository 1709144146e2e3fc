"""What the documents show works as they show it, against the running service."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "docs/client.md", "docs/openai.md")


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
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    written = list(tmp_path.iterdir())
    assert len(written) == len(re.findall(r'"\w+\.mp3"', code))
    assert all(file.stat().st_size > 1000 for file in written)

"""A machine on which pages cannot be read says that, and not that the page is at fault."""

from __future__ import annotations

import subprocess
import sys

import pytest

from service.article import trial

LOST = ("lxml_html_clean", "justext", "trafilatura.core")
PROGRAM = """
import sys
sys.modules[sys.argv[1]] = None  # an import of it fails, as where it is not installed
from service.article import from_html
from service.article.trial import reads
from service.model.errors import MissingPart
for read in (reads, lambda: from_html("<html><body><p>خبر.</p></body></html>", max_characters=100)):
    try:
        read()
    except MissingPart as error:
        print(error.en)
        assert "التثبيت" in error.ar
"""


def test_a_page_of_known_text_is_read() -> None:
    assert trial.reads().startswith("trafilatura ")


@pytest.mark.parametrize("lost", LOST)
def test_without_a_part_of_the_installation_the_page_is_not_at_fault(lost: str) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, lost], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()
    assert len(told) == 2
    assert all("Install istami again" in each for each in told)


def test_a_page_that_is_read_otherwise_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "_BODY", ("نص آخر.",))
    with pytest.raises(trial.MissingPart, match="not extracted correctly"):
        trial.reads()

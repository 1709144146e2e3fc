"""Every hand-checked reading is read as a newsreader would."""

import importlib.util
from pathlib import Path

import pytest

_PATH = Path(__file__).parents[2] / "corpus" / "report.py"
_SPEC = importlib.util.spec_from_file_location("corpus_report", _PATH)
report = importlib.util.module_from_spec(_SPEC)


def _load():
    import sys

    sys.modules["corpus_report"] = report
    _SPEC.loader.exec_module(report)
    return list(report.cases("numbers", "blind"))


@pytest.mark.parametrize("case", _load(), ids=lambda case: f"{case.rule}: {case.written}")
def test_a_written_sentence_is_read_in_its_grammatical_form(case):
    assert case.right, f"must be {case.spoken}; is {case.heard}"

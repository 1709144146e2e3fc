"""The phones of spoken Arabic: the one table from which every alphabet is written, in ``phones.tsv``."""

from __future__ import annotations

from importlib.resources import files

PHONES = [
    line.split("\t") for line in (files("service.model") / "phones.tsv").read_text("utf-8").splitlines()[2:]
]
"""One phone a row, with the columns that the head of the file names."""

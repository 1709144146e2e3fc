"""The phones of spoken Arabic: the single source of all phone alphabets, from ``phones.tsv``."""

from __future__ import annotations

from importlib.resources import files

PHONES = [
    line.split("\t") for line in (files("service.model") / "phones.tsv").read_text("utf-8").splitlines()[2:]
]
"""One phone per row, with the columns named in the file's header."""

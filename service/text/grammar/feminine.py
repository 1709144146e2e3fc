"""Recognises women's names, for the title before a name."""

from __future__ import annotations

import re

from service.text.core.tables import mapping
from service.text.core.tokens import MARKS

_MARK = re.compile(f"[{MARKS}]")


def is_womans_name(name: str) -> bool:
    """By the table, else by its ending.

    >>> is_womans_name("فاطمة"), is_womans_name("حمزة"), is_womans_name("زينب"), is_womans_name("أحمد")
    (True, False, True, False)
    """
    bare = _MARK.sub("", name)
    known = mapping("grammar/feminine_names.tsv").get(bare)
    return known == "f" if known else bare.endswith("ة")

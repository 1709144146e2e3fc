"""Recognises women's names, for the title before a name."""

from __future__ import annotations

from functools import cache

from service.text.core.spelling import letters
from service.text.core.tables import mapping, rows


def is_womans_name(name: str) -> bool:
    """By the tables, else by its ending.

    >>> is_womans_name("فاطمة"), is_womans_name("حمزة"), is_womans_name("رنيم"), is_womans_name("أحمد")
    (True, False, True, False)
    """
    bare = letters(name)
    known = mapping("grammar/feminine_names.tsv").get(bare) or _genders().get(bare)
    return known == "f" if known else bare.endswith("ة")


@cache
def _genders() -> dict[str, str]:
    """The gender of the given names that only women or only men have."""
    named = ((letters(reading), gender) for reading, gender, *_ in rows("names/given_names.tsv"))
    return {name: gender for name, gender in named if gender != "b"}

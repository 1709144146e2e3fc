"""The two questions that Arabic grammar asks about every number: whose gender, and which case."""

from __future__ import annotations

from enum import StrEnum


class Gender(StrEnum):
    """The gender of a noun."""

    MASCULINE = "مذكر"
    FEMININE = "مؤنث"


class Case(StrEnum):
    """What the governing word asks of a noun, and so of the number before it."""

    NOMINATIVE = "رفع"
    ACCUSATIVE = "نصب"
    GENITIVE = "جر"

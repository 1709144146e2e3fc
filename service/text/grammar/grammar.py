"""The two grammatical categories of every Arabic number: gender and case."""

from __future__ import annotations

from enum import StrEnum


class Gender(StrEnum):
    """The gender of a noun."""

    MASCULINE = "مذكر"
    FEMININE = "مؤنث"


class Case(StrEnum):
    """The case that the governing word requires of a noun, and so of the number before it."""

    NOMINATIVE = "رفع"
    ACCUSATIVE = "نصب"
    GENITIVE = "جر"

"""The error tree. Every error says, in Arabic and in English, what is wrong and what the limit is.

Foreign errors are translated at the door where they come in; ``service/api/problems.py`` holds the one
table from these to HTTP statuses.
"""

from __future__ import annotations


class IstamiError(Exception):
    """Base of all errors that a user may be shown."""

    def __init__(self, en: str, ar: str, *, field: str | None = None) -> None:
        super().__init__(en)
        self.en = en
        self.ar = ar
        self.field = field
        """The request field at fault, where one is."""


class BadArticle(IstamiError):  # noqa: N818
    """The article cannot be read: empty, too large, nothing speakable in it."""


class UnknownVoice(IstamiError):  # noqa: N818
    """No voice of that name is installed."""


class NotFound(IstamiError):  # noqa: N818
    """No article or recording of that name."""


class UnknownModel(NotFound):
    """No model of that name is served."""


class EngineError(IstamiError):
    """An engine could not speak a sentence; the message names the sentence."""


class Unwritable(IstamiError):  # noqa: N818
    """A file could not be written."""


class MissingPart(IstamiError):  # noqa: N818
    """Something istami needs is not installed; the message names its cure."""


class Unavailable(IstamiError):  # noqa: N818
    """The store or the workers do not answer for now; trying again later may work."""


class BadLexicon(IstamiError):  # noqa: N818
    """A lexicon cannot be read; the message names the file, the line and the cure."""

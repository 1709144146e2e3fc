"""Errors of the client; each has a message in English and in Arabic."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from istami_client.answers import Article


class IstamiError(Exception):
    """Base of all errors of the client."""

    def __init__(self, en: str, ar: str) -> None:
        super().__init__(en)
        self.en = en
        self.ar = ar


class Unreachable(IstamiError):  # noqa: N818
    """The service does not respond, not in time, or with an incomplete response."""


class BadAnswer(IstamiError):  # noqa: N818
    """The response is not istami's: another server, or a proxy in between."""


class BadSignature(IstamiError):  # noqa: N818
    """The signature of an event does not match any secret, or its time is not recent."""


class Refused(IstamiError):  # noqa: N818
    """The service returned an error."""

    def __init__(self, en: str, ar: str, *, status: int, code: str, field: str | None) -> None:
        super().__init__(en, ar)
        self.status = status
        self.code = code
        """The error code, for programs."""
        self.field = field
        """The invalid field, if there is one."""


class Rejected(Refused):
    """The request is invalid."""


class NotFound(Refused):
    """There is no such article or recording."""


class Unavailable(Refused):
    """The service is busy, also after ``retries`` attempts."""


class NotSpoken(IstamiError):  # noqa: N818
    """An article could not be synthesised."""

    def __init__(self, en: str, ar: str, article: Article) -> None:
        super().__init__(en, ar)
        self.article = article


class Late(IstamiError):  # noqa: N818
    """An article was not ready in time. Its synthesis continues."""

    def __init__(self, en: str, ar: str, article: Article) -> None:
        super().__init__(en, ar)
        self.article = article

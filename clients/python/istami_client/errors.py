"""What can go wrong between a client and the service; every error says so in English and in Arabic."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from istami_client.answers import Article


class IstamiError(Exception):
    """Base of all errors here."""

    def __init__(self, en: str, ar: str) -> None:
        super().__init__(en)
        self.en = en
        self.ar = ar


class Unreachable(IstamiError):  # noqa: N818
    """The service does not answer, not in time, or broke off in the middle."""


class BadAnswer(IstamiError):  # noqa: N818
    """What answers does not speak as istami does: another server, or a proxy in between."""


class BadSignature(IstamiError):  # noqa: N818
    """An event that nobody who knows the secret has sent, or not now."""


class Refused(IstamiError):  # noqa: N818
    """The service answered with an error."""

    def __init__(self, en: str, ar: str, *, status: int, code: str, field: str | None) -> None:
        super().__init__(en, ar)
        self.status = status
        self.code = code
        """What is wrong, for programs."""
        self.field = field
        """The field at fault, where one is."""


class Rejected(Refused):
    """What was sent cannot be accepted."""


class NotFound(Refused):
    """There is no such article or recording."""


class Unavailable(Refused):
    """Not now; it was tried again as often as ``retries`` says."""


class NotSpoken(IstamiError):  # noqa: N818
    """An article could not be read aloud."""

    def __init__(self, en: str, ar: str, article: Article) -> None:
        super().__init__(en, ar)
        self.article = article


class Late(IstamiError):  # noqa: N818
    """An article was not ready in time. It is still being made."""

    def __init__(self, en: str, ar: str, article: Article) -> None:
        super().__init__(en, ar)
        self.article = article

"""The error tree. Every error says, in Arabic and in English, what is wrong and what the limit is.

Foreign errors are translated at the door where they come in; ``service/api/problems.py`` holds the one
table from these to HTTP statuses.
"""

from __future__ import annotations

from typing import Any


class IstamiError(Exception):
    """Base of all errors that a user may be shown."""

    def __init__(self, en: str, ar: str, *, field: str | None = None) -> None:
        super().__init__(en)
        self.en = en
        self.ar = ar
        self.field = field
        """The request field at fault, where one is."""

    def __reduce__(self) -> tuple[Any, ...]:
        """As it travels from one process to another."""
        return _arrived, (type(self), self.args, self.__dict__)


def _arrived(kind: type[IstamiError], args: tuple[object, ...], state: dict[str, object]) -> IstamiError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class BadArticle(IstamiError):  # noqa: N818
    """The article cannot be read: empty, too large, nothing speakable in it."""


class ReadingTimeout(IstamiError):  # noqa: N818
    """Reading an article took longer than it may."""


class ReadingFailed(IstamiError):  # noqa: N818
    """The process that read an article ended before it was done; the message names the article."""


class Abandoned(IstamiError):  # noqa: N818
    """The client has left; nobody is there to be answered."""


class UnknownVoice(IstamiError):  # noqa: N818
    """There is no voice of that name; the message names those that are installed."""


class VoiceNotInstalled(UnknownVoice):
    """The voice is known, but its files or its engine are not installed; the message names the cure."""


class BadSettings(IstamiError):  # noqa: N818
    """The settings cannot be had: their file cannot be read, or one that is needed is missing."""


class NotFound(IstamiError):  # noqa: N818
    """No article or recording of that name."""


class Expired(IstamiError):  # noqa: N818
    """An address that was good for some time, which is over."""


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


class BadSites(IstamiError):  # noqa: N818
    """The list of sites cannot be read, or cannot be so; the message names the place."""


class BadWebhooks(IstamiError):  # noqa: N818
    """The list of webhooks cannot be read, or cannot be so; the message names the place."""


class FetchError(IstamiError):
    """A page could not be fetched. Base of those below."""


class BadUrl(FetchError):  # noqa: N818
    """That is no address of a public page: another scheme, a user in it, a host written as a number."""


class Withdrawn(FetchError):  # noqa: N818
    """The page's publisher has taken it down, and so its article is off the air."""


class NotAllowed(FetchError):  # noqa: N818
    """The page may not be fetched: of no site here, on a private network, forbidden by robots.txt."""


class Forbidden(NotAllowed):
    """The site's robots.txt forbids the page."""


class Unreachable(FetchError):  # noqa: N818
    """The page's server does not answer, or not with a page."""


class Absent(Unreachable):
    """The page's server says that there is no such page."""


class Unfit(FetchError):  # noqa: N818
    """What came is no page that could be read: another content type, too large, damaged."""


class TooSlow(FetchError):  # noqa: N818
    """The page did not come in time."""


class TooMany(IstamiError):  # noqa: N818
    """More was asked for than is allowed within some time."""

    def __init__(self, en: str, ar: str, *, field: str | None = None, retry_after: int = 60) -> None:
        super().__init__(en, ar, field=field)
        self.retry_after = retry_after
        """Seconds until it is worth asking again."""


class TooLarge(IstamiError):  # noqa: N818
    """More was sent than may be; the message names the limit."""


class Conflict(IstamiError):  # noqa: N818
    """Something of that name is in the way for now."""


class Unguarded(IstamiError):  # noqa: N818
    """The service would be open to whoever finds it; the message names the cure."""


class Refused(IstamiError):  # noqa: N818
    """The operating system refused something: a folder cannot be written, a disk is full."""


class ChildFailed(IstamiError):  # noqa: N818
    """A process that was started here ends time and again; the message has its own last words."""


class NotSaved(IstamiError):  # noqa: N818
    """The private Redis could not write its data to disk, and was left running instead of losing it."""

"""The error classes. Every error states, in Arabic and in English, the problem and the limit.

Errors of other libraries are translated where they are first caught; ``service/api/problems.py`` has the only
table from these to HTTP statuses.
"""

from __future__ import annotations

from typing import Any


class IstamiError(Exception):
    """Base of all errors that may be shown to a user."""

    def __init__(self, en: str, ar: str, *, field: str | None = None) -> None:
        super().__init__(en)
        self.en = en
        self.ar = ar
        self.field = field
        """The request field at fault, if there is one."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Support pickling between processes."""
        return _arrived, (type(self), self.args, self.__dict__)


def _arrived(kind: type[IstamiError], args: tuple[object, ...], state: dict[str, object]) -> IstamiError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class BadArticle(IstamiError):  # noqa: N818
    """The article cannot be read: empty, too large, nothing speakable in it."""


class ReadingTimeout(IstamiError):  # noqa: N818
    """Reading an article exceeded its time limit."""


class ReadingFailed(IstamiError):  # noqa: N818
    """The process that read an article ended before it was done; the message names the article."""


class Abandoned(IstamiError):  # noqa: N818
    """The client has disconnected, so no response is sent."""


class UnknownVoice(IstamiError):  # noqa: N818
    """There is no voice of that name; the message names the installed ones."""


class VoiceNotInstalled(UnknownVoice):
    """The voice is known, but its files or its engine are not installed; the message names the remedy."""


class LicenceRefused(IstamiError):  # noqa: N818
    """The voice's licence does not permit commercial use, and the caller has not accepted it."""


class VoiceRemoved(IstamiError):  # noqa: N818
    """The voice of an accepted article is not installed any more; the message names the remedy."""


class UnlawfulVoice(UnknownVoice):
    """A commercial site asks for a voice that it may not use; the message names those that it may."""


class UnspokenLanguage(UnknownVoice):
    """No voice for the article's language; the message names the installed ones."""


class BadSettings(IstamiError):  # noqa: N818
    """The settings cannot be loaded: their file cannot be read, or a required one is missing."""


class NotFound(IstamiError):  # noqa: N818
    """No article or recording of that name."""


class Expired(IstamiError):  # noqa: N818
    """The address has expired."""


class UnknownModel(NotFound):
    """No model of that name is served."""


class EngineError(IstamiError):
    """An engine could not speak a sentence; the message names the sentence."""


class Rejected(EngineError):  # noqa: N818
    """The server of a remote voice rejected a sentence; it would reject a repetition too."""


class VoiceStopped(EngineError):  # noqa: N818
    """A remote voice is stopped: its server refuses the key or the account; the message names the remedy."""


class BudgetSpent(VoiceStopped):
    """This month's budget of a remote voice is spent; the message names it."""


class Unwritable(IstamiError):  # noqa: N818
    """A file could not be written."""


class MissingPart(IstamiError):  # noqa: N818
    """A required component is not installed; the message names the remedy."""


class KeyMissing(MissingPart):
    """The key of a remote voice's server is not there; the message names its variable or file."""


class Unavailable(IstamiError):  # noqa: N818
    """The store or the workers do not answer at the moment; a later retry may succeed."""


class BadLexicon(IstamiError):  # noqa: N818
    """A lexicon cannot be read; the message names the file, the line and the remedy."""


class BadSites(IstamiError):  # noqa: N818
    """The list of sites cannot be read, or is invalid; the message names the place."""


class BadWebhooks(IstamiError):  # noqa: N818
    """The list of webhooks cannot be read, or is invalid; the message names the place."""


class FetchError(IstamiError):
    """A page could not be fetched. Base of those below."""


class BadUrl(FetchError):  # noqa: N818
    """It is not the address of a public page: another scheme, a user name, a numeric host."""


class Withdrawn(FetchError):  # noqa: N818
    """The page's publisher has taken it down, and so its article was deleted."""


class NotAllowed(FetchError):  # noqa: N818
    """The page may not be fetched: unknown site, private network, forbidden by robots.txt."""


class Forbidden(NotAllowed):
    """The site's robots.txt forbids the page."""


class Unreachable(FetchError):  # noqa: N818
    """The page's server does not answer, or does not return a page."""


class Absent(Unreachable):
    """The page's server reports that there is no such page."""


class Unfit(FetchError):  # noqa: N818
    """The response is not a readable page: another content type, too large, damaged."""


class TooSlow(FetchError):  # noqa: N818
    """The page was not received in time."""


class TooMany(IstamiError):  # noqa: N818
    """A rate limit was exceeded."""

    def __init__(self, en: str, ar: str, *, field: str | None = None, retry_after: int = 60) -> None:
        super().__init__(en, ar, field=field)
        self.retry_after = retry_after
        """Seconds until a retry may succeed."""


class TooLarge(IstamiError):  # noqa: N818
    """The request is too large; the message names the limit."""


class Conflict(IstamiError):  # noqa: N818
    """The request conflicts with an existing object of that name."""


class Unguarded(IstamiError):  # noqa: N818
    """The service would be open to everyone; the message names the remedy."""


class Refused(IstamiError):  # noqa: N818
    """The operating system refused something: a folder cannot be written, a disk is full."""


class ChildFailed(IstamiError):  # noqa: N818
    """A child process ends repeatedly; the message quotes its last output."""


class NotSaved(IstamiError):  # noqa: N818
    """The private Redis could not write its data to disk, and was left running to preserve it."""

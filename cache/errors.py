"""What can go wrong with a store."""

from __future__ import annotations

from pathlib import Path


class StoreError(Exception):
    """Base of all store errors."""


class StoreUnavailable(StoreError):  # noqa: N818
    """The store cannot be reached or is still loading; trying again later may work."""


class Unsaved(StoreUnavailable):
    """The store cannot write its data to disk; the message gives its reason."""


class StoreFull(StoreError):  # noqa: N818
    """The store has no memory left and may evict nothing."""


class ClaimLost(StoreError):  # noqa: N818
    """Somebody else holds the claim now; what was made under it must not be kept."""


class WrongKind(StoreError):  # noqa: N818
    """A value is there, and is no such thing as was asked for."""


class NoServer(StoreError):  # noqa: N818
    """No Redis server program was found on this machine."""


class ServerFailed(StoreError):  # noqa: N818
    """The private Redis server does not start, or ended; the message has its own words."""

    def __init__(self, words: str, log: Path, *, damaged: bool = False) -> None:
        super().__init__(words)
        self.log = log
        """Where the server says more."""
        self.damaged = damaged
        """Whether it cannot read its data on disk."""


class NotSaved(StoreError):  # noqa: N818
    """The private Redis server was to end, could not write its data to disk, and was left running."""

    def __init__(self, words: str, socket: Path) -> None:
        super().__init__(words)
        self.socket = socket
        """Where it listens."""

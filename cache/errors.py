"""Errors of a store."""

from __future__ import annotations

from pathlib import Path


class StoreError(Exception):
    """Base of all store errors."""


class StoreUnavailable(StoreError):  # noqa: N818
    """The store cannot be reached or is still loading; a later retry may succeed."""


class Unsaved(StoreUnavailable):
    """The store cannot write its data to disk; the message gives its reason."""


class StoreFull(StoreError):  # noqa: N818
    """The store is out of memory and may not evict anything."""


class ClaimLost(StoreError):  # noqa: N818
    """The claim has expired and may have a new holder; results made under it must not be stored."""


class WrongKind(StoreError):  # noqa: N818
    """The value has another type than the one requested."""


class NoServer(StoreError):  # noqa: N818
    """No Redis server program was found on this machine."""


class ServerFailed(StoreError):  # noqa: N818
    """The private Redis server does not start, or ended; the message quotes its log."""

    def __init__(self, words: str, log: Path, *, damaged: bool = False) -> None:
        super().__init__(words)
        self.log = log
        """The server's log, with more details."""
        self.damaged = damaged
        """Whether the server cannot read its data on disk."""


class NotSaved(StoreError):  # noqa: N818
    """The private Redis server was left running at shutdown, because it could not write its data to disk."""

    def __init__(self, words: str, socket: Path) -> None:
        super().__init__(words)
        self.socket = socket
        """Socket on which it listens."""

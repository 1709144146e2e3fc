"""What can go wrong with a store."""

from __future__ import annotations


class StoreError(Exception):
    """Base of all store errors."""


class StoreUnavailable(StoreError):  # noqa: N818
    """The store cannot be reached or is still loading; trying again later may work."""


class StoreFull(StoreError):  # noqa: N818
    """The store has no memory left and may evict nothing."""


class ClaimLost(StoreError):  # noqa: N818
    """Somebody else holds the claim now; what was made under it must not be kept."""


class WrongKind(StoreError):  # noqa: N818
    """A value is there, and is no such thing as was asked for."""


class NoServer(StoreError):  # noqa: N818
    """No Redis server program was found on this machine."""

"""The name that the service sends to other servers."""

from __future__ import annotations

from importlib.metadata import version

from service.fetching.robots import ROBOT


def agent(home: str) -> str:
    """The User-Agent.

    Args:
        home: contact URL in it; may be empty.
    """
    return f"{ROBOT}/{version('istami')}" + (f" (+{home})" if home else "")

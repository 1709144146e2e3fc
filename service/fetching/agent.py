"""How we call ourselves to other servers."""

from __future__ import annotations

from importlib.metadata import version

from service.fetching.robots import ROBOT


def agent(home: str) -> str:
    """The User-Agent.

    Args:
        home: address that it gives for questions; may be empty.
    """
    return f"{ROBOT}/{version('istami')}" + (f" (+{home})" if home else "")

"""Under which name a thing is kept in the store.

All names of one recording carry its key in braces, so that a Redis Cluster keeps them in one slot and can
change them in one transaction.
"""

from __future__ import annotations

PENDING = "istami:pending"
"""Set of keys of recordings that are asked for and not made yet."""

ROUND = "istami:round"
"""Claim of the web process that looks after what is pending."""


def audio_name(key: str) -> str:
    """The finished MP3."""
    return f"istami:{{{key}}}:audio"


def live_name(key: str) -> str:
    """The MP3 as far as it is made."""
    return f"istami:{{{key}}}:live"


def claim_name(key: str) -> str:
    """Who makes the recording now."""
    return f"istami:{{{key}}}:claim"


def channel(key: str) -> str:
    """Where news of the recording is published."""
    return f"istami:{{{key}}}:news"


def timings_name(key: str) -> str:
    """When each sentence sounds in the finished MP3."""
    return f"istami:{{{key}}}:timings"


def growing_timings_name(key: str) -> str:
    """When each sentence sounds, as far as it is made: a line of JSON each."""
    return f"istami:{{{key}}}:growing-timings"


def asked_name(key: str) -> str:
    """There while somebody waits for the recording."""
    return f"istami:{{{key}}}:asked"


def plan_name(key: str) -> str:
    """What the recording is made from."""
    return f"istami:{{{key}}}:plan"


def state_name(key: str) -> str:
    """How far the recording is; read it with ``repository.unpack_state``."""
    return f"istami:{{{key}}}:state"


def article_name(article: str) -> str:
    """An article, in its present version."""
    return f"istami:article:{article}"


def clip_name(key: str) -> str:
    """A spoken sentence."""
    return f"istami:clip:{key}"

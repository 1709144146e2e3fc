"""How much readers may have made: of a site's pages in a day, from one network address in a minute.

A day is a list of what was taken in, so that the same counts once, and nothing has to be counted back.
Between a look and a note others may note too: as many more as are at work.
"""

from __future__ import annotations

import math
import time
from ipaddress import IPv6Network, ip_address
from typing import NamedTuple

from cache.ledger import Ledger
from service.errors import TooMany
from service.names import PACE, day_name
from service.packing import Kind, all_unpacked
from service.repository import Repository
from service.sites import Daily, Site
from service.types import ArticleRecord

_DAY = 86_400
_MINUTE = 60.0
_SUBSCRIBER = 64
"""Leading bits of an IPv6 address that belong to one subscriber."""


class _Noted(NamedTuple):
    """A version of a page that was taken in."""

    day: int
    """Counted from 1970."""
    article: str
    key: str
    characters: int


def _noted(entry: bytes) -> _Noted:
    day, article, key, characters = entry.decode().split()
    return _Noted(int(day), article, key, int(characters))


_NOTED = Kind("note of a day", lambda noted: " ".join(map(str, noted)).encode(), _noted)


class Quotas:
    """What sites have used up today (UTC)."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._ledger = repository.ledger

    def check(self, site: Site) -> None:
        """Let a site's page be taken in.

        Raises:
            TooMany: the site has used up what a day may have of something.
        """
        used, most = self.used(site.name), site.daily
        for name in ("articles", "characters", "seconds"):
            limit = getattr(most, name)
            if limit is not None and getattr(used, name) >= limit:
                raise TooMany(
                    f"{site.name} has used up today's {limit} {name}.",
                    f"استنفد الموقع {site.name} حصّته لهذا اليوم.",
                    retry_after=_DAY - int(time.time()) % _DAY,
                )

    def used(self, site: str) -> Daily:
        """What was taken in today; seconds are of the recordings that are finished."""
        today = f"{_today()} "
        entries = [entry for entry in self._ledger.every(day_name(site)) if entry.startswith(today)]
        noted = list(all_unpacked(_NOTED, entries))
        states = self._repository.states([each.key for each in noted]) if noted else []
        return Daily(
            articles=len(noted),
            characters=sum(each.characters for each in noted),
            seconds=math.ceil(sum(state.duration or 0 for state in states if state)),
        )

    def note(self, site: str, record: ArticleRecord) -> None:
        """Count a version of a page, once."""
        noted = _Noted(_today(), record.id, record.key, len(record.article.text))
        self._ledger.note(day_name(site), _NOTED.encode(noted).decode(), b"", 2 * _DAY)


class Pace:
    """How often each network address may ask for something new: an allowance that comes back evenly.

    Args:
        ledger: where it is counted.
        most: a minute.
    """

    def __init__(self, ledger: Ledger, most: int) -> None:
        self._ledger = ledger
        self._most = most

    def admit(self, address: str) -> None:
        """Let an address ask once more, and note it.

        Raises:
            TooMany: it has asked too often; tells when it may again.
        """
        taken = self._ledger.take(PACE, subscriber(address), self._most, _MINUTE)
        if not taken.allowed:
            raise TooMany(
                f"At most {self._most} new pages a minute.",
                f"لا يُقبل أكثر من {self._most} صفحة جديدة في الدقيقة.",
                retry_after=math.ceil(taken.wait),
            )


def _today() -> int:
    return int(time.time()) // _DAY


def subscriber(address: str) -> str:
    """Whom an address belongs to; anything that is none is its own."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    return address if ip.version == 4 else str(IPv6Network((ip, _SUBSCRIBER), strict=False))  # noqa: PLR2004

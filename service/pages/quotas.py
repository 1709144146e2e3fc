"""Limits on readers' requests: of a site's pages in a day, from one network address in a minute.

A day is a table of the versions taken in, with their sizes, so that repeated requests count once. The ledger
checks and counts in one step: concurrent requests cannot exceed the limit.
"""

from __future__ import annotations

import math
import time
from ipaddress import IPv6Network, ip_address
from typing import NamedTuple

from cache.ledger import Ledger
from service.config.sites import Daily, Site
from service.model.article import ArticleRecord
from service.model.counting import NEW_PAGE, counted
from service.model.errors import TooMany
from service.storage.codec import Kind, unpacked
from service.storage.keys import PACE, day_name
from service.storage.repository import Repository

_DAY = 86_400
_MINUTE = 60.0
_CHARACTERS_A_SECOND = 14.0
"""A recording counts with a length estimated from its text until its real length is known."""
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
    """Usage of sites today (UTC)."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._ledger = repository.ledger

    def check(self, site: Site) -> None:
        """Check that a site's page may be fetched; ``take`` decides whether it may be taken in.

        Raises:
            TooMany: the site has used up one of its daily quotas.
        """
        used, most = self.used(site.name), site.daily
        for name in ("articles", "characters", "seconds"):
            limit = getattr(most, name)
            if limit is not None and getattr(used, name) >= limit:
                raise _used_up(site, name)

    def used(self, site: str) -> Daily:
        """Usage of today; seconds are of finished recordings."""
        noted = self._noted(site)
        return Daily(
            articles=len(noted),
            characters=sum(characters for characters, _ in noted),
            seconds=math.ceil(sum(duration or 0.0 for _, duration in noted)),
        )

    def take(self, site: Site, record: ArticleRecord) -> None:
        """Count a version of a page, once.

        Raises:
            TooMany: the site has used up one of its daily quotas; the version is not counted.
        """
        characters, most = len(record.article.text), site.daily
        amounts = {"articles": 1, "characters": characters, "seconds": _likely(characters)}
        limits = {name: float(limit) for name in amounts if (limit := getattr(most, name)) is not None}
        if "seconds" in limits:
            # The table has estimates from the time of intake: known lengths replace them here.
            limits["seconds"] -= sum(
                duration - _likely(characters)
                for characters, duration in self._noted(site.name)
                if duration is not None
            )
        entry, totals = _entry(record), {name: _total(name) for name in amounts}
        reached = self._ledger.spend(
            day_name(site.name),
            entry,
            {totals[name]: amount for name, amount in amounts.items()},
            {totals[name]: limit for name, limit in limits.items()},
            2 * _DAY,
        )
        for name in amounts:
            if reached == totals[name]:
                raise _used_up(site, name)

    def read(self, site: Site, accepted: ArticleRecord, key: str) -> None:
        """Note the recording of a page that was counted when it was accepted, before it was read."""
        self._ledger.note(day_name(site.name), _entry(accepted), key.encode(), 2 * _DAY)

    def _noted(self, site: str) -> list[tuple[int, float | None]]:
        """The characters of each version that was taken in today, and its seconds where it is finished."""
        today = f"{_today()} "
        # A value is the key of an article that was accepted unread, once it has been read.
        noted = [
            each._replace(key=key.decode(errors="replace")) if key else each
            for entry, key in self._ledger.every(day_name(site)).items()
            if entry.startswith(today) and (each := unpacked(_NOTED, entry))
        ]
        states = self._repository.states([each.key for each in noted]) if noted else []
        return [
            (each.characters, state.duration if state else None)
            for each, state in zip(noted, states, strict=True)
        ]


class Pace:
    """How often each network address may request a new page: an allowance that refills evenly.

    Args:
        ledger: where it is counted.
        most: requests a minute.
    """

    def __init__(self, ledger: Ledger, most: int) -> None:
        self._ledger = ledger
        self._most = most

    def admit(self, address: str) -> None:
        """Count one more request of an address.

        Raises:
            TooMany: too many requests; says when to retry.
        """
        taken = self._ledger.take(PACE, subscriber(address), self._most, _MINUTE)
        if not taken.allowed:
            raise TooMany(
                f"At most {self._most} new pages a minute.",
                f"لا يُقبل أكثر من {counted(self._most, NEW_PAGE)} في الدقيقة.",
                retry_after=max(1, math.ceil(taken.wait)),
            )


def _entry(record: ArticleRecord) -> str:
    return _NOTED.encode(_Noted(_today(), record.id, record.key, len(record.article.text))).decode()


def _used_up(site: Site, name: str) -> TooMany:
    return TooMany(
        f"{site.name} has used up today's {getattr(site.daily, name)} {name}.",
        f"استنفد الموقع {site.name} حصّته لهذا اليوم.",
        retry_after=_DAY - int(time.time()) % _DAY,
    )


def _likely(characters: int) -> float:
    return characters / _CHARACTERS_A_SECOND


def _today() -> int:
    return int(time.time()) // _DAY


def _total(name: str) -> str:
    """The entry of a day's table that sums one amount over its versions."""
    return f"{_today()}:{name}"


def subscriber(address: str) -> str:
    """The subscriber of an IP address; any other text stays unchanged."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    return address if ip.version == 4 else str(IPv6Network((ip, _SUBSCRIBER), strict=False))  # noqa: PLR2004

"""Lists the articles of all sites, of a site or of a section, newest first.

Each list is an ordered set of ids in the store, by the arrival time of the article's first version. A list is
only an index; the article's record decides whether it still belongs there. So articles that expire, are
evicted, deleted or moved need no update of the list: a reader of the list removes them.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from service.model.article import Entry, Episode
from service.model.recording import Status
from service.storage.codec import Kind, packed, unpacked
from service.storage.keys import list_name, seen_name
from service.storage.repository import Repository

_ROOM = 1000
"""Maximum number of articles in a list; more than a feed shows, because not all have a finished recording."""


class Listing:
    """Lists of articles."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._store = repository.store

    def add(self, entry: Entry) -> None:
        """Add a stored article to every list that it belongs to."""
        for name in _names(entry):
            self._place(name, entry)

    def episodes(self, site: str | None, section: str | None, most: int) -> list[Episode]:
        """Return the newest articles with a finished recording.

        Args:
            site: host name of the site; ``None`` for all.
            section: section of the site; ``None`` for all.
            most: maximum number of articles.
        """
        name = list_name(site, section)
        found: list[Episode] = []
        gone: list[str] = []
        for start in range(0, _ROOM, most):
            ids = self._store.highest(name, start, start + most)
            entries = self._belonging(name, ids)
            found += self._ready(entries.values())
            gone += (article for article in ids if article not in entries)
            if len(found) >= most or len(ids) < most:
                break
        self._take_out(name, gone)
        return found[:most]

    def changed(self, site: str | None, section: str | None, version: str) -> int:
        """Return the time of a list's last change, in whole seconds since 1970.

        Some changes leave no trace in an article (one is deleted, another expires), so this is the time at
        which this version of the list was first seen.
        """
        name = seen_name(site, section)
        while True:
            value = self._store.get(name)
            seen, since = unpacked(_SEEN, value) or ("", 0)
            if seen == version:
                return since
            # Two versions within the same second must get different times.
            now = max(int(time.time()), since + 1)
            if self._store.swap(
                name, value, packed(_SEEN, (version, now), self._repository.lifetimes.article)
            ):
                return now

    def _belonging(self, name: str, articles: Sequence[str]) -> dict[str, Entry]:
        """Return those articles that still exist and belong to a list, by id, in order."""
        if not articles:
            return {}
        entries = self._repository.entries(articles)
        return {entry.id: entry for entry in entries if entry and name in _names(entry)}

    def _ready(self, entries: Iterable[Entry]) -> list[Episode]:
        entries = list(entries)
        if not entries:
            return []
        states = self._repository.states([entry.key for entry in entries])
        return [
            Episode(entry, state.duration, state.size)
            for entry, state in zip(entries, states, strict=True)
            if state and state.status is Status.READY and state.duration and state.size
        ]

    def _take_out(self, name: str, articles: Sequence[str]) -> None:
        if not articles:
            return
        self._store.displace(name, *articles)
        # An article that was stored again between the two reads has just been removed wrongly.
        for entry in self._belonging(name, articles).values():
            self._place(name, entry)

    def _place(self, name: str, entry: Entry) -> None:
        lifetime = self._repository.lifetimes.article
        self._store.place(name, entry.id, entry.since, most=_ROOM, ttl=lifetime)


def _names(entry: Entry) -> set[str]:
    """Return the names of the lists that an article belongs to."""
    if not entry.listed:
        return set()
    return {list_name(site, section) for site in (None, entry.site) for section in (None, entry.section)}


def _decoded(value: bytes) -> tuple[str, int]:
    version, second = value.decode().split(" ")
    return version, int(second)


_SEEN = Kind("version of a list", lambda seen: " ".join(map(str, seen)).encode(), _decoded)
"""Version of a list, and the time since which it is current, in seconds since 1970."""

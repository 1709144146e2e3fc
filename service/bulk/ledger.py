"""Records articles seen and finished, any number of them, in little memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

from service.bulk.item import Ending, Item

_TABLES = """
CREATE TABLE met (id TEXT PRIMARY KEY, fingerprint TEXT) WITHOUT ROWID;
CREATE TABLE made (key TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE done (id TEXT PRIMARY KEY, fingerprint TEXT) WITHOUT ROWID;
CREATE TABLE failed (source TEXT PRIMARY KEY) WITHOUT ROWID;
"""


class Ledger:
    """A temporary database of this run, beyond its cache in a file that is deleted when the run ends."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_TABLES}")

    def recall(self, lines: Iterable[dict[str, Any]]) -> None:
        """Load a report; of two lines on one article the later counts."""
        self._database.execute("BEGIN")
        for line in lines:
            if line["status"] == Ending.FAILED:
                self._put("failed", line["source"])
                continue
            self._put("done", line.get("id"), line.get("fingerprint"))
            self._database.execute("DELETE FROM failed WHERE source = ?", (line["source"],))
        self._database.execute("COMMIT")

    def meet(self, item: Item) -> bool:
        """Note an article; whether its id is its own, or another's in the same archive."""
        self._database.execute("INSERT OR IGNORE INTO met VALUES (?, ?)", (item.id, item.fingerprint))
        return self._has("met", item)

    def made(self, key: str) -> bool:
        """Note a recording; whether it is the first of this key."""
        return self._database.execute("INSERT OR IGNORE INTO made VALUES (?)", (key,)).rowcount == 1

    def done(self, item: Item) -> bool:
        """Whether an earlier run brought this article, as it now is, to a good end."""
        return self._has("done", item)

    def failed(self, source: str) -> bool:
        """Whether an earlier run failed at this place, and none after it did better."""
        found = self._database.execute("SELECT 1 FROM failed WHERE source = ?", (source,))
        return found.fetchone() is not None

    def _has(self, table: str, item: Item) -> bool:
        # The table is one of our own.
        query = f"SELECT 1 FROM {table} WHERE id = ? AND fingerprint = ?"  # noqa: S608  # nosec B608
        found = self._database.execute(query, (item.id, item.fingerprint))
        return found.fetchone() is not None

    def _put(self, table: str, *values: str | None) -> None:
        places = ", ".join("?" * len(values))
        self._database.execute(f"INSERT OR REPLACE INTO {table} VALUES ({places})", values)  # noqa: S608

"""Progress bars: a download file by file, an archive article by article."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)


class Install:
    """An install on the terminal: one bar per file, and a line for everything that takes long.

    Args:
        shown: the bars.
    """

    def __init__(self, shown: Progress) -> None:
        self._shown = shown
        self._tasks: dict[str, TaskID] = {}

    def progress(self, path: str, done: int, total: int | None) -> None:
        """Show how much of a file has come."""
        if path not in self._tasks:
            self._tasks[path] = self._shown.add_task(path, total=total)
        self._shown.update(self._tasks[path], completed=done, total=total)

    def say(self, line: str) -> None:
        """Print a line above the bars."""
        self._shown.console.print(line, markup=False, highlight=False)


@contextmanager
def bars() -> Generator[Install]:
    """Shows an install on the terminal, and how long it takes."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as shown:
        yield Install(shown)


@contextmanager
def articles(total: int | None) -> Generator[Callable[[int, int], None]]:
    """One bar for an archive, on a terminal; yields a callback for the numbers of ended and failed articles.

    Args:
        total: number of articles; ``None`` if unknown.
    """
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("[red]{task.fields[failed]}"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as shown:
        task = shown.add_task("articles", total=total, rate="", failed="")
        begun = time.monotonic()

        def tell(ended: int, failed: int) -> None:
            rate = f"{ended / (time.monotonic() - begun) * 60:.1f}/min"
            shown.update(task, completed=ended, rate=rate, failed=f"{failed} failed" if failed else "")

        yield tell

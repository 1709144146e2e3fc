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


@contextmanager
def bars() -> Generator[Callable[[str, int, int | None], None]]:
    """One bar per file on the terminal; yields the progress callback of ``installer.install``."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True)) as shown:
        tasks: dict[str, TaskID] = {}

        def tell(path: str, done: int, total: int | None) -> None:
            if path not in tasks:
                tasks[path] = shown.add_task(path, total=total)
            shown.update(tasks[path], completed=done, total=total)

        yield tell


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

"""How far a download is: size and rate, file by file."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn


@contextmanager
def bars() -> Generator[Callable[[str, int, int | None], None]]:
    """A bar a file on the terminal; gives what ``installer.install`` tells its progress to."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True)) as shown:
        tasks: dict[str, TaskID] = {}

        def tell(path: str, done: int, total: int | None) -> None:
            if path not in tasks:
                tasks[path] = shown.add_task(path, total=total)
            shown.update(tasks[path], completed=done, total=total)

        yield tell

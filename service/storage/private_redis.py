"""Runs the private Redis when none is configured: starts it, restarts it if it dies, saves and stops it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from cache import server
from cache.errors import NoServer, NotSaved, ServerFailed
from service.model.errors import ChildFailed, IstamiError, MissingPart
from service.model.errors import NotSaved as LeftRunning
from service.util.supervision import Supervisor


@contextmanager
def running(folder: Path, memory: str, policy: str, gave_up: Callable[[], None]) -> Generator[str]:
    """Run a folder's Redis, restart it if it dies, and yield its address.

    Args:
        folder: its data folder.
        memory: its ``maxmemory``.
        policy: its ``maxmemory-policy``.
        gave_up: called, from another thread, when it cannot be restarted.

    Raises:
        MissingPart: there is no server program.
        ChildFailed: it does not start, or was given up.
        NotSaved: at the end, it could not save its data; it was left running.
        OSError: the folder cannot be written.
    """
    try:
        with (
            server.running(folder, max_memory=memory, policy=policy) as url,
            Supervisor(_Redis(folder, memory, policy), gave_up),
        ):
            yield url
    except (NoServer, ServerFailed) as error:
        raise _said(error, folder) from error
    except NotSaved as error:
        lose = f"`redis-cli -s {error.socket} shutdown nosave`"
        raise LeftRunning(
            f"The private Redis cannot write to disk ({error}). It was left running, because its data is in "
            f"memory only: free disk space in {folder}, then `istami serve` continues with it and saves it. "
            f"To discard its data instead: {lose}.",
            "تعذّر على Redis الخاص الكتابة إلى القرص، فتُرك يعمل لأنّ ما فيه في الذاكرة وحدها: أفرغ مساحة في "
            f"{folder} ثم شغّل `istami serve` ليواصل ويحفظه. وللتخلّي عنه: {lose}.",
        ) from error


class _Redis:
    name = "the private Redis"
    arabic_name = "Redis الخاص"

    def __init__(self, folder: Path, memory: str, policy: str) -> None:
        self._folder = folder
        self._memory = memory
        self._policy = policy

    def start(self) -> None:
        try:
            server.start_again(self._folder, max_memory=self._memory, policy=self._policy)
        except (NoServer, ServerFailed) as error:
            raise _said(error, self._folder) from error

    def ended(self) -> IstamiError | None:
        if server.listens(self._folder):
            return None
        words = server.last_words(self._folder)
        return ChildFailed(
            f"{words}." if words else "it was killed (the system may have run out of memory).",
            f"{words}." if words else "أُنهي قسرًا (ربّما نفدت ذاكرة الجهاز).",
        )

    def end(self) -> None:
        """Do nothing: other processes may use it. The last of them stops it (``cache.server``)."""


def _said(error: NoServer | ServerFailed, folder: Path) -> IstamiError:
    if isinstance(error, NoServer):
        return MissingPart(
            f"No Redis: {error}. Install redis-server or valkey-server, or set REDIS_URL.",
            f"لا يوجد Redis: {error}. ثبّت redis-server أو valkey-server، أو اضبط REDIS_URL.",
        )
    file = folder / server.DATA
    if error.damaged:
        return ChildFailed(
            f"The private Redis cannot read its data: {error}. See {error.log}; restore {file} from a "
            "backup, or move it away to start with no data.",
            f"تعذّر على Redis الخاص قراءة بياناته: {error}. راجع {error.log}، ثم استعِد {file} من نسخة "
            "احتياطية، أو انقله من موضعه لتبدأ بلا بيانات.",
        )
    return ChildFailed(
        f"The private Redis does not start: {error}. See {error.log}.",
        f"تعذّر تشغيل Redis الخاص: {error}. راجع {error.log}.",
    )

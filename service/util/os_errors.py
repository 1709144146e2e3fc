"""Converts operating system errors to user messages: the path, the reason and the remedy."""

from __future__ import annotations

import errno
import multiprocessing
import os
from collections.abc import Mapping

from service.model.errors import MissingPart, Refused

_FULL = ("make room on the disk", "أفرغ مساحة على القرص")
_LOCKED = (
    "let this user write there, or name another folder (ISTAMI_DATA_DIR)",
    "امنح هذا المستخدم صلاحية الكتابة فيه، أو عيّن مجلّدًا آخر بالإعداد ISTAMI_DATA_DIR",
)
_SHAPE = (
    "something else is in the place of a folder or file: move it, or name another folder (ISTAMI_DATA_DIR)",
    "في موضع المجلّد أو الملفّ شيء آخر: انقله، أو عيّن مجلّدًا آخر بالإعداد ISTAMI_DATA_DIR",
)
_FEW = (
    "allow more open files (`ulimit -n`, LimitNOFILE)",
    "اسمح بفتح ملفّات أكثر (`ulimit -n` أو LimitNOFILE)",
)
_LITTLE = ("give the machine more memory, or start less on it", "زد ذاكرة الجهاز، أو شغّل عليه برامج أقلّ")
_OTHER = ("check the path and its disk", "تحقّق من المسار ومن القرص")
_CURES: Mapping[int | None, tuple[str, str]] = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EACCES: _LOCKED,
    errno.EPERM: _LOCKED,
    errno.EROFS: _LOCKED,
    errno.ENOENT: _LOCKED,
    errno.EEXIST: _SHAPE,
    errno.ENOTDIR: _SHAPE,
    errno.EISDIR: _SHAPE,
    errno.ENOTEMPTY: _SHAPE,
    errno.ELOOP: _SHAPE,
    errno.EMFILE: _FEW,
    errno.ENFILE: _FEW,
    errno.ENOMEM: _LITTLE,
    errno.EAGAIN: _LITTLE,
}


def cure_of(error: OSError) -> tuple[str, str]:
    """Return the remedy, in English and in Arabic."""
    return _CURES.get(error.errno, _OTHER)


def refused(error: OSError) -> Refused:
    """Convert a system error: with its path, the system's reason and a remedy."""
    path = error.filename if error.filename is not None else error.filename2
    reason = error.strerror or str(error) or type(error).__name__
    en, ar = cure_of(error)
    shown = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else None
    if shown is None:
        return Refused(
            f"The system refused: {reason}. Fix: {en}.", f"رفض النظام العملية: {reason}. الحل: {ar}."
        )
    return Refused(f"{shown}: {reason}. Fix: {en}.", f"تعذّر الوصول إلى {shown}: {reason}. الحل: {ar}.")


def check_semaphores() -> None:
    """Check that this machine supports semaphores, which workers need.

    Raises:
        MissingPart: the machine has no semaphores.
    """
    try:
        multiprocessing.Semaphore()
    except (OSError, ImportError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MissingPart(
            f"No semaphore can be made: {reason}. /dev/shm must be mounted, writable, and not full "
            "(containers: --shm-size; `mount -t tmpfs tmpfs /dev/shm`).",
            f"تعذّر إنشاء semaphore: {reason}. يجب أن يكون ‎/dev/shm موصولًا وقابلًا للكتابة وغير ممتلئ "
            "(في الحاويات: ‎--shm-size).",
        ) from error

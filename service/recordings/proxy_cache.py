"""Deletes recordings from nginx's cache on this machine."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from service.model.errors import Unwritable

_SLICE = 256 * 1024
"""Bytes; as ``slice`` in deploy/nginx.conf."""
_SLICES = 4096
"""A gigabyte: longer than any recording."""


class ProxyCache:
    """nginx's cache.

    Args:
        folder: its ``proxy_cache_path``; ``None`` if there is no cache on this machine.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def check(self) -> None:
        """Check, before anything is deleted, that this user may change the cache.

        Raises:
            Unwritable: it belongs to another user.
        """
        if self._folder is None or os.access(self._folder, os.R_OK | os.W_OK | os.X_OK):
            return
        owner = self._folder.owner()
        raise Unwritable(
            f"nginx's cache {self._folder} belongs to {owner}: run this command as root, or as {owner}. "
            "Nothing was deleted.",
            f"ذاكرة nginx المخبّأة {self._folder} ملك للمستخدم {owner}: نفّذ الأمر بصلاحية root أو باسم "
            f"{owner}. لم يُحذف شيء.",
        )

    def forget(self, key: str) -> int:
        """Delete a recording's slices; returns their number.

        Raises:
            Unwritable: this user may not change the cache.
        """
        if self._folder is None:
            return 0
        try:
            return sum(_removed(path) for path in _slices(key, self._folder))
        except OSError as error:
            raise Unwritable(
                f"The recording was deleted from the service, but not from nginx's cache ({error.strerror}). "
                f"As a user with write access to it: istami purge {key} --nginx-cache FOLDER",
                "أُزيل التسجيل من الخدمة، لكنه لا يزال في ذاكرة nginx. نفّذ بحساب يملك حقّ تغييرها: "
                f"istami purge {key} --nginx-cache FOLDER",
            ) from error


def _removed(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def _slices(key: str, cache: Path) -> Iterator[Path]:
    """Yield nginx's files for a recording's slices: MD5 of ``proxy_cache_key``, under ``levels=1:2``."""
    for first in range(0, _SLICES * _SLICE, _SLICE):
        name = f"/audio/{key}.mp3bytes={first}-{first + _SLICE - 1}"
        digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
        yield cache / digest[-1] / digest[-3:-1] / digest

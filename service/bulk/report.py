"""The report: a line of JSON for every finished article; earlier lines can be read back."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from service.bulk.item import Ending, Outcome
from service.model.errors import BadArticle, Unwritable


class Report:
    """A report written by one process at a time; lines are appended atomically."""

    def __init__(self, path: Path, *, go_on: bool) -> None:
        """Open a report.

        Args:
            path: made if absent.
            go_on: whether to add to one that is there.

        Raises:
            Unwritable: it cannot be opened, another process writes it, or it exists without ``go_on``.
        """
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | (0 if go_on else os.O_EXCL)
        try:
            self._file = os.open(path, flags, 0o666)
        except FileExistsError as error:
            raise Unwritable(
                f"The report {path} already exists. Continue with --resume or --retry-failed, "
                "or choose another file with --report.",
                f"يوجد تقرير سابق: {path}. "
                "تابِع بالخيار ‎--resume أو ‎--retry-failed، أو سمِّ غيره بالخيار ‎--report.",
            ) from error
        except OSError as error:
            raise _unwritable(path, error) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            raise Unwritable(
                f"Another `istami batch` is writing {path}.", f"أمر آخر يكتب في {path} الآن."
            ) from error
        self._path = path
        self._drop_torn_line()

    def lines(self) -> Iterator[dict[str, Any]]:
        """The lines written before.

        Raises:
            BadArticle: the file is not a report.
        """
        with closing(os.fdopen(os.dup(self._file), "rb")) as file:
            file.seek(0)
            for number, line in enumerate(file, 1):
                try:
                    told = json.loads(line)
                    told["source"], Ending(told["status"])
                except (ValueError, KeyError, TypeError) as error:
                    raise BadArticle(
                        f"{self._path}, line {number}: not a report of `istami batch`.",
                        f"{self._path}، السطر {number}: ليس هذا تقريرًا كتبه هذا الأمر.",
                    ) from error
                yield told

    def add(self, outcome: Outcome) -> None:
        """Write a line.

        Raises:
            Unwritable: for example, the disk is full.
        """
        line = json.dumps(_told(outcome), ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        try:
            while line:
                line = line[os.write(self._file, line) :]
        except OSError as error:
            raise _unwritable(self._path, error) from error

    def _drop_torn_line(self) -> None:
        """Remove an incomplete line, left by a process that was killed or had a full disk."""
        end = os.fstat(self._file).st_size
        while end:
            start = max(0, end - 4096)
            piece = os.pread(self._file, end - start, start)
            if (newline := piece.rfind(b"\n")) >= 0:
                end = start + newline + 1
                break
            end = start
        os.ftruncate(self._file, end)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)


def _told(outcome: Outcome) -> dict[str, Any]:
    error = outcome.error
    return {
        "id": outcome.id,
        "source": outcome.source,
        "status": outcome.status.value,
        "key": outcome.key,
        "duration": outcome.duration,
        "file": outcome.file,
        "fingerprint": outcome.fingerprint,
        "error": {"code": error.code, "message": {"ar": error.ar, "en": error.en}} if error else None,
    }


def _unwritable(path: Path, error: OSError) -> Unwritable:
    return Unwritable(f"{path}: {error.strerror}.", f"تعذّرت الكتابة إلى {path}.")

"""A note in the data folder that API keys were made: it outlives a store that loses them.

Keys lie in the store. A store that is emptied must not open the service, so this file says on disk, where
the store's fate does not reach, that the service asks for a key.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from service.errors import Unwritable

log = logging.getLogger(__name__)

_TEXT = """\
API keys were made for this service. While this file is here, the service asks for a key, even if its Redis
has lost them all. To have it open to this machine without a key again, remove the file and start it anew.

أُنشئت لهذه الخدمة مفاتيح. ما دام هذا الملف هنا تطلب الخدمة مفتاحًا، وإن ضاعت المفاتيح من Redis.
"""


@dataclass(frozen=True, slots=True)
class Latch:
    """Closes once, and stays closed.

    Args:
        path: of the note.
    """

    path: Path

    @property
    def closed(self) -> bool:
        """Whether keys were ever made. A folder that cannot be looked into counts as closed."""
        try:
            self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            log.warning("%s cannot be read, so a key is asked for: %s", self.path, error.strerror)
        return True

    def close(self) -> bool:
        """Write the note, so that a power failure does not lose it; whether it is new.

        Raises:
            Unwritable: the data folder takes no file.
        """
        if self.closed:
            return False
        part = self.path.with_suffix(f".{os.getpid()}.part")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("w", encoding="utf-8") as file:
                file.write(_TEXT)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.path)
            self._settle()
        except OSError as error:
            with suppress(OSError):
                part.unlink()
            raise Unwritable(
                f"{self.path}: {error.strerror}. Without this file, which keeps the service closed, "
                "no key is made.",
                f"تعذّرت الكتابة إلى {self.path}، وبدونه لا يُنشأ مفتاح.",
            ) from error
        return True

    @contextmanager
    def closing(self) -> Generator[None]:
        """Close before the first key is shown; a first key that comes to nothing leaves it open.

        Raises:
            Unwritable: the data folder takes no file.
        """
        new = self.close()
        try:
            yield
        except BaseException:
            if new:
                self.path.unlink(missing_ok=True)
                self._settle()
            raise

    def _settle(self) -> None:
        """Have the folder's own entry on disk."""
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

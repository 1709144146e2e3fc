"""A note in the data folder that API keys were made: it outlives a store that loses them.

Keys are in the store. A store that is emptied must not open the service, so this file on disk, independent of
the store, records that the service requires a key.
"""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from service.model.errors import Unwritable
from service.util.files import replace
from voices.files import locked, synced

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
        """Whether keys were ever made. A folder that cannot be read counts as closed."""
        try:
            self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            log.warning("%s cannot be read, so a key is required: %s", self.path, error.strerror)
        return True

    def close(self) -> bool:
        """Write the note, so that a power failure does not lose it; whether it is new.

        Raises:
            Unwritable: no file can be written to the data folder.
        """
        if self.closed:
            return False
        try:
            replace(self.path, _TEXT)
        except Unwritable as error:
            raise Unwritable(
                f"{error.en} Without this file, which keeps the service closed, no key is created.",
                f"{error.ar} وبدون هذا الملف لا يُنشأ مفتاح.",
            ) from error
        return True

    @contextmanager
    def closing(self) -> Generator[None]:
        """Close before the first key is shown; reopen if the creation of that key fails.

        Raises:
            Unwritable: no file can be written to the data folder.
        """
        with ExitStack() as alone:  # a concurrent creation would rely on the note
            with suppress(OSError):  # closing reports the error
                alone.enter_context(locked(self.path))
            new = self.close()
            try:
                yield
            except BaseException:
                if new:
                    self.path.unlink(missing_ok=True)
                    synced(self.path.parent)
                raise

"""Why a child exits, sent to its supervisor through a pipe. The supervisor logs it once, not the child."""

from __future__ import annotations

import json
import os
from contextlib import suppress

from service.model.errors import ChildFailed, IstamiError

_END = "ISTAMI_FAREWELL_FD"
"""Environment variable with the number of the pipe's end in the child."""


class Farewell:
    """The supervisor's end of the pipe; ``descriptor`` and ``environment`` are for the child.

    The child's children may hold the other end after the child has exited, so nothing waits for it to close.
    """

    def __init__(self) -> None:
        self._read, self.descriptor = os.pipe()
        os.set_blocking(self._read, False)
        self.environment = {_END: str(self.descriptor)}

    def begun(self) -> None:
        """The child has been started, or could not be."""
        os.close(self.descriptor)

    def heard(self) -> IstamiError | None:
        """Return the child's message before it exited. Can be called once: it closes the pipe."""
        with suppress(OSError, ValueError):
            try:
                en, ar = json.loads(os.read(self._read, 65_536))
            finally:
                os.close(self._read)
            return ChildFailed(en, ar)
        return None


def told(error: IstamiError) -> bool:
    """Report to this process's supervisor why it exits. Returns whether there is a supervisor."""
    if not (descriptor := os.environ.pop(_END, "")):
        return False
    try:
        os.write(int(descriptor), json.dumps([error.en, error.ar]).encode())
    except (OSError, ValueError):
        return False
    return True

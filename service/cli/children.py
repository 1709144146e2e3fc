"""The worker process of ``istami serve`` and ``istami batch``, as seen by its supervisor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping

from service.model.errors import ChildFailed, IstamiError
from service.util.farewell import Farewell

PROCESSES = os.cpu_count() or 1
"""That speak, unless another number was given."""
_STOP_SECONDS = 5.0
"""What a worker is at then is taken up again later, behind the last piece that it spoke."""


class Worker:
    """A worker over a Redis address, with so many speaking processes."""

    name = "the worker"
    arabic_name = "عملية المعالجة"

    def __init__(self, url: str, processes: int, environment: Mapping[str, str]) -> None:
        """Prepare to start it; ``environment`` goes over this process's own."""
        # -P: no module of the working folder takes the place of ours, or of the standard library's.
        self._command = [sys.executable, "-P", "-m", "service", "worker", "--tied"]
        self._command += ["--processes", str(processes)]
        self._environment = {**environment, "REDIS_URL": url}
        self._process: subprocess.Popen[bytes] | None = None
        self._farewell: Farewell | None = None

    def start(self) -> None:
        """Start it; standard input ties its life to that of this process."""
        self._farewell = farewell = Farewell()
        try:
            self._process = subprocess.Popen(
                self._command,
                env={**os.environ, **self._environment, **farewell.environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,  # what is to be read goes into the log
                pass_fds=(farewell.descriptor,),
                start_new_session=True,
            )
        finally:
            farewell.begun()

    def ended(self) -> IstamiError | None:
        """What it said before it ended, else what the system says of its end."""
        process, farewell = self._process, self._farewell
        if process is None or farewell is None or process.poll() is None:
            return None
        if process.stdin:
            process.stdin.close()
        self._process = None
        return farewell.heard() or _fate(process.returncode)

    def end(self) -> None:
        """Let it finish the pieces at hand; not for ever."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def _fate(status: int) -> ChildFailed:
    if status == -signal.SIGKILL:
        return ChildFailed(
            "it was killed (the system may have run out of memory).",
            "أُنهي قسرًا (ربّما نفدت ذاكرة الجهاز).",
        )
    if status < 0:
        name = _signal(-status)
        return ChildFailed(f"it was ended by {name}.", f"أنهته الإشارة {name}.")
    return ChildFailed(f"it ended with status {status}.", f"انتهى برمز الخروج {status}.")


def _signal(number: int) -> str:
    """A signal's name; its number where Python has no name for it, as for real-time signals."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"

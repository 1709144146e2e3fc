"""Termination signals are never lost, even if Python ignores the exception of their handler."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping

_AGAIN_SECONDS = 0.05
"""Until the signal comes again: by then the destructor has returned."""
_SIGNALS: Mapping[type[BaseException], signal.Signals] = {
    KeyboardInterrupt: signal.SIGINT,
    SystemExit: signal.SIGTERM,
}
"""What handlers raise, and for which signal."""


def are_not_lost(report: Callable[[sys.UnraisableHookArgs], object] = sys.__unraisablehook__) -> None:
    """Send a signal again if Python has ignored what its handler raised.

    Python does so in destructors, such as that of redis-py's connections: Ctrl-C would have no effect.

    Args:
        report: called with every other exception that Python ignores.
    """

    def ignored(args: sys.UnraisableHookArgs) -> None:
        number = _SIGNALS.get(args.exc_type)
        if number is None:
            report(args)
            return
        # From another thread: raised here, it would be ignored as well.
        again = threading.Timer(_AGAIN_SECONDS, os.kill, (os.getpid(), number))
        again.daemon = True
        again.start()

    sys.unraisablehook = ignored

"""Unloads a voice after a period without use, and reloads it for the next utterance."""

from __future__ import annotations

import threading
from collections.abc import Callable

from service.engines.engine import Engine
from service.model.reading import Utterance
from service.model.recording import Clip


class Resting:
    """An engine that uses memory only while it is in use.

    It may be closed from a timer's thread, never while it speaks.

    Args:
        load: makes the engine; called at the first utterance, and again after each unloading.
        sample_rate: sample rate of the voice's card.
        idle_seconds: how long after an utterance the engine is unloaded.
    """

    def __init__(self, load: Callable[[], Engine], sample_rate: int, idle_seconds: float) -> None:
        self._load = load
        self._sample_rate = sample_rate
        self._idle_seconds = idle_seconds
        self._engine: Engine | None = None
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()

    @property
    def sample_rate(self) -> int:
        """Samples a second."""
        return self._sample_rate

    def speak(self, utterance: Utterance, speed: float) -> Clip:
        """Say one utterance, loading the engine first if it is unloaded."""
        with self._lock:
            self._stop_timer()
            if self._engine is None:
                self._engine = self._load()
            try:
                return self._engine.speak(utterance, speed)
            finally:
                self._timer = threading.Timer(self._idle_seconds, self._rest)
                self._timer.daemon = True
                self._timer.start()

    def close(self) -> None:
        """Unload the engine now. The next utterance reloads it."""
        with self._lock:
            self._stop_timer()
            self._let_go()

    def _rest(self) -> None:
        with self._lock:
            # A timer that fired during the next utterance must not unload the engine in use.
            if self._timer is threading.current_thread():
                self._let_go()

    def _let_go(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

"""The client for threads. Made from ``asynchronous.py`` by `make client`: change that."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Self, TypeVar, Unpack

import httpx

from istami_client import calls
from istami_client.answers import Article, ExplainedSentence, Marks, Voices
from istami_client.calls import Call, NewArticle, Text
from istami_client.files import whole

T = TypeVar("T")

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0


class Client:
    """A client of one service: tasks may share an ``AsyncClient``, threads a ``Client``.

    Every method raises ``Unreachable`` if the service does not respond, ``Refused`` (or a subclass)
    if it returns an error, ``BadAnswer`` if another server responds.

    Args:
        base_url: address of the service.
        api_key: sent as a bearer token, if given.
        timeout: seconds without a byte after which the service counts as unreachable.
        retries: how often a request is retried when the service is busy (429 and 503), each time after
            ``Retry-After``.
    """

    def __init__(
        self,
        base_url: str = "http://127.0.0.1:8000",
        *,
        api_key: str | None = None,
        timeout: float = 60.0,
        retries: int = 3,
    ) -> None:
        self._http = httpx.Client(**calls.options(base_url, api_key, timeout))
        self._retries = retries

    def submit(self, **article: Unpack[NewArticle]) -> Article:
        """Submit an article; if its recording exists already, it is ready immediately."""
        return self._do(calls.submit(article))

    def article(self, article: str | Article) -> Article:
        """Return an article with its status."""
        return self._do(calls.show(article))

    def delete(self, article: str | Article, *, recording: bool = False, force: bool = False) -> None:
        """Delete an article; its audio stays until it expires, unless ``recording`` is set.

        Args:
            article: which.
            recording: also delete its recordings, with their marks, captions and chapters.
            force: with ``recording``: even if other articles share the recording.

        Raises:
            Refused: (409, ``conflict``) another article shares the recording; nothing has changed.
        """
        self._do(calls.delete(article, recording=recording, force=force))

    def wait(
        self,
        article: str | Article,
        within: float = 600.0,
        progress: Callable[[Article], object] | None = None,
    ) -> Article:
        """Wait until an article is ready.

        Args:
            article: which.
            within: seconds.
            progress: called with the article at every poll.

        Raises:
            NotSpoken: it could not be synthesised.
            Late: it was not ready in time.
        """
        deadline, pause = monotonic() + within, _FIRST_PAUSE
        while True:
            now = self.article(article)
            if progress:
                progress(now)
            if calls.finished(now):
                return now
            if monotonic() + pause > deadline:
                raise calls.late(now, within)
            sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def audio(self, article: str | Article) -> bytes:
        """Return the complete MP3; waits during synthesis."""
        return b"".join([chunk for chunk in self.stream(article)])

    def stream(self, article: str | Article) -> Iterator[bytes]:
        """Stream the MP3 from its first sentence on, during synthesis."""
        with calls.reaching():
            with self._opened(calls.path(article, "/audio.mp3")) as response:
                for chunk in response.iter_bytes():
                    yield chunk

    def save(self, article: str | Article, path: str | Path) -> None:
        """Write the MP3 to a file atomically."""
        with whole(Path(path)) as file:
            for chunk in self.stream(article):
                file.write(chunk)

    def marks(self, article: str | Article) -> Marks:
        """Return the time of each sentence and its position in the text."""
        return self._do(calls.marks(article))

    def captions(self, article: str | Article) -> str:
        """Return the sentences as WebVTT captions."""
        return self._do(calls.captions(article))

    def explain(self, **text: Unpack[Text]) -> tuple[ExplainedSentence, ...]:
        """Return how each sentence of a text will be read; nothing is synthesised."""
        return self._do(calls.explain(text))

    def voices(self) -> Voices:
        """Return the available voices."""
        return self._do(calls.voices())

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        self.close()

    def _do(self, call: Call[T]) -> T:
        for attempt in count():
            with calls.reaching():
                response = self._http.request(call.method, call.path, json=call.json)
            wait = calls.pause(response, attempt, self._retries)
            if wait is None:
                break
            sleep(wait)
        calls.check(response)
        return call.read(response.content)

    @contextmanager
    def _opened(self, path: str) -> Generator[httpx.Response]:
        for attempt in count():
            with self._http.stream("GET", path) as response:
                wait = calls.pause(response, attempt, self._retries)
                if wait is None:
                    if not response.is_success:
                        response.read()
                        calls.check(response)
                    yield response
                    return
            sleep(wait)

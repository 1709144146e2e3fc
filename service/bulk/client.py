"""A client of the service's HTTP API: submits articles and downloads recordings."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import IO, Any

import httpx
from httpx_sse import EventSource

from service.api import addresses
from service.api.problems import Problem
from service.api.schemas.articles import ArticleIn
from service.model.counting import SECOND, counted
from service.model.errors import IstamiError, Unavailable
from service.model.recording import Status
from service.recordings.plan import PRIVATE

log = logging.getLogger(__name__)

_ENDED = {Status.READY, Status.FAILED}
_LATER = {429, 502, 503, 504}
"""Statuses of a service that is temporarily unavailable or busy."""
_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
"""Seconds between attempts."""
_PARTS = {"mp3": "/audio.mp3", "json": "/marks.json", "vtt": "/captions.vtt"}
_PIECE = 64 * 1024
_CONNECT_SECONDS = 10.0


class Refused(IstamiError):  # noqa: N818
    """The service refused a request, with the reason."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.en, problem.ar, field=problem.field)
        self.problem = problem


class Evicted(Exception):  # noqa: N818
    """A ready recording was evicted."""


class Client:
    """Client of one service; waits and retries while it is unavailable.

    Args:
        http: with the service's address as its base.
        patience: seconds without a successful response to any request, after which it counts as unavailable.
    """

    def __init__(self, http: httpx.AsyncClient, patience: float) -> None:
        self._http = http
        self._patience = patience
        self._heard = time.monotonic()

    async def greet(self) -> None:
        """Check that the service responds.

        Raises:
            Unavailable: it does not.
        """
        try:
            answer = await self._http.get("/healthz")
        except httpx.TransportError as error:
            raise Unavailable(
                f"No server responds at {self._http.base_url}: {error}",
                f"لا شيء يجيب على {self._http.base_url}.",
            ) from error
        if not answer.is_success:
            raise Unavailable(
                f"{self._http.base_url} is not an istami service: it returned {answer.status_code}.",
                f"ليست على {self._http.base_url} خدمة «استمع».",
            )

    async def submit(self, article: ArticleIn) -> tuple[dict[str, Any], bool]:
        """Post an article. Returns the service's response, and whether the recording existed already.

        Raises:
            Refused: the article cannot be synthesised.
            Unavailable: the service has been away for too long.
        """
        body = article.model_dump(exclude_unset=True, exclude_none=True)
        # Posted again while the service still reads it, it would be found there, though it was made for this.
        patient = httpx.Timeout(self._patience, connect=_CONNECT_SECONDS)
        async with self._answer("POST", "/v1/articles", json=body, timeout=patient) as answer:
            told = json.loads(await answer.aread())
            return told, answer.status_code == httpx.codes.OK

    async def ended(self, article: str) -> dict[str, Any]:
        """Wait until an article is ready or has failed. Returns its state then.

        Raises:
            Refused: it was deleted.
            Unavailable: the service has been away for too long.
        """
        while True:
            path = addresses.article_path(article, "/events")
            try:
                async with self._answer("GET", path) as answer:
                    async for event in EventSource(answer).aiter_sse():
                        told: dict[str, Any] = event.json()
                        self._heard = time.monotonic()
                        if told["status"] in _ENDED:
                            return told
            except httpx.TransportError as error:
                # The service stopped responding, or sent nothing for long: a new request tells which.
                log.info("no status of %s: %s", article, error)
            await asyncio.sleep(_PAUSE)

    async def download(self, article: str, key: str, file: IO[bytes]) -> None:
        """Download a finished recording to a file.

        Raises:
            Evicted: the service no longer has it, or the response is incomplete.
            Unavailable: the service has been away for too long.
        """
        try:
            async with self._answer("GET", _path(article, key, "mp3")) as answer:
                if answer.headers.get("etag") != f'"{key}"':
                    raise Evicted(key)  # the response is an unfinished recording
                async for piece in answer.aiter_bytes(_PIECE):
                    file.write(piece)
        except (httpx.TransportError, Refused) as error:
            raise Evicted(key) from error

    async def beside(self, article: str, key: str, kind: str) -> bytes:
        """Download a file of a recording: ``json`` (marks) or ``vtt`` (captions).

        Raises:
            Evicted, Unavailable: as ``download``.
        """
        try:
            async with self._answer("GET", _path(article, key, kind)) as answer:
                return await answer.aread()
        except (httpx.TransportError, Refused) as error:
            raise Evicted(key) from error

    @asynccontextmanager
    async def _answer(self, method: str, path: str, **request: Any) -> AsyncGenerator[httpx.Response]:
        """A successful response whose body is streamed.

        Raises:
            Refused: any other response.
            httpx.TransportError: the body is incomplete.
            Unavailable: there was none for too long.
        """
        pause = _PAUSE
        while True:
            try:
                answer = await self._http.send(self._http.build_request(method, path, **request), stream=True)
            except httpx.TransportError as error:
                self._lose_patience(str(error) or type(error).__name__)
            else:
                try:
                    if answer.is_success:
                        self._heard = time.monotonic()
                        yield answer
                        return
                    problem = _problem(answer.status_code, await answer.aread())
                    if answer.status_code not in _LATER:
                        raise Refused(problem)
                    self._lose_patience(problem.en)
                    pause = max(pause, _seconds(answer.headers.get("retry-after")))
                finally:
                    await answer.aclose()
            await asyncio.sleep(min(pause, _LONGEST_PAUSE))
            pause *= 2

    def _lose_patience(self, why: str) -> None:
        silent = time.monotonic() - self._heard
        if silent > self._patience:
            raise Unavailable(
                f"{self._http.base_url} has not responded correctly for {silent:.0f} s: {why}",
                f"لم يُجب {self._http.base_url} إجابة سليمة منذ {counted(round(silent), SECOND)}.",
            )
        log.info("retrying: %s", why)


def _path(article: str, key: str, kind: str) -> str:
    """The path of a recording or one of its files; a private one only under its article."""
    if key.startswith(PRIVATE):
        return addresses.article_path(article, _PARTS[kind])
    return addresses.audio_path(key, kind)


def _problem(status: int, body: bytes) -> Problem:
    """The error in a response, which may come from a proxy."""
    try:
        told = json.loads(body)
        message = told["message"]
        return Problem(status, str(told["code"]), str(message["en"]), str(message["ar"]), told.get("field"))
    except (ValueError, KeyError, TypeError):
        return Problem(
            status, f"http_{status}", f"The service returned {status}.", f"ردّت الخدمة بالرمز {status}."
        )


def _seconds(told: str | None) -> float:
    return float(told) if told and told.isdecimal() else 0.0

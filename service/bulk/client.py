"""A service, as its HTTP clients see it: an article goes in, its recording comes out."""

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
from service.model.errors import IstamiError, Unavailable
from service.model.recording import Status
from service.recordings.plan import PRIVATE

log = logging.getLogger(__name__)

_ENDED = {Status.READY, Status.FAILED}
_LATER = {429, 502, 503, 504}
"""What a service answers that is away, or has too much to do, for now."""
_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
"""Seconds between attempts."""
_PARTS = {"mp3": "/audio.mp3", "json": "/marks.json", "vtt": "/captions.vtt"}
_PIECE = 64 * 1024
_CONNECT_SECONDS = 10.0


class Refused(IstamiError):  # noqa: N818
    """The service says no, and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.en, problem.ar, field=problem.field)
        self.problem = problem


class Evicted(Exception):  # noqa: N818
    """A recording that was ready is there no longer."""


class Client:
    """Talks to one service; waits and tries again while it is away.

    Args:
        http: with the service's address as its base.
        patience: seconds without any good answer, to whatever was asked, after which it counts as gone.
    """

    def __init__(self, http: httpx.AsyncClient, patience: float) -> None:
        self._http = http
        self._patience = patience
        self._heard = time.monotonic()

    async def greet(self) -> None:
        """See whether anybody is there.

        Raises:
            Unavailable: nobody is.
        """
        try:
            answer = await self._http.get("/healthz")
        except httpx.TransportError as error:
            raise Unavailable(
                f"Nothing answers at {self._http.base_url}: {error}",
                f"لا شيء يجيب على {self._http.base_url}.",
            ) from error
        if not answer.is_success:
            raise Unavailable(
                f"At {self._http.base_url} there is no istami: it answers {answer.status_code}.",
                f"ليست على {self._http.base_url} خدمة «استمع».",
            )

    async def submit(self, article: ArticleIn) -> tuple[dict[str, Any], bool]:
        """Post an article: the service's answer, and whether the recording was there already.

        Raises:
            Refused: the article cannot be read aloud.
            Unavailable: the service has been away for too long.
        """
        body = article.model_dump(exclude_unset=True, exclude_none=True)
        # Posted again while the service still reads it, it would be found there, though it was made for this.
        patient = httpx.Timeout(self._patience, connect=_CONNECT_SECONDS)
        async with self._answer("POST", "/v1/articles", json=body, timeout=patient) as answer:
            told = json.loads(await answer.aread())
            return told, answer.status_code == httpx.codes.OK

    async def ended(self, article: str) -> dict[str, Any]:
        """Wait until an article is ready or has failed: what the service says of it then.

        Raises:
            Refused: somebody has deleted it.
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
                # The service went away, or was silent for long: asking again tells which.
                log.info("no news of %s: %s", article, error)
            await asyncio.sleep(_PAUSE)

    async def download(self, article: str, key: str, file: IO[bytes]) -> None:
        """Write a finished recording into a file.

        Raises:
            Evicted: the service has it no longer, or broke off.
            Unavailable: the service has been away for too long.
        """
        try:
            async with self._answer("GET", _path(article, key, "mp3")) as answer:
                if answer.headers.get("etag") != f'"{key}"':
                    raise Evicted(key)  # what comes is a recording that grows
                async for piece in answer.aiter_bytes(_PIECE):
                    file.write(piece)
        except (httpx.TransportError, Refused) as error:
            raise Evicted(key) from error

    async def beside(self, article: str, key: str, kind: str) -> bytes:
        """What lies beside a recording: ``json`` (marks) or ``vtt`` (captions).

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
        """A good answer, while its body comes in.

        Raises:
            Refused: another one.
            httpx.TransportError: the body broke off.
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
                f"{self._http.base_url} has not answered well for {silent:.0f} s: {why}",
                f"لم يُجب {self._http.base_url} إجابة سليمة منذ {silent:.0f} ثانية.",
            )
        log.info("trying again: %s", why)


def _path(article: str, key: str, kind: str) -> str:
    """Where a recording is, or what lies beside it; a private one only with its article."""
    if key.startswith(PRIVATE):
        return addresses.article_path(article, _PARTS[kind])
    return addresses.audio_path(key, kind)


def _problem(status: int, body: bytes) -> Problem:
    """What an answer says is wrong; some come from a proxy on the way."""
    try:
        told = json.loads(body)
        message = told["message"]
        return Problem(status, str(told["code"]), str(message["en"]), str(message["ar"]), told.get("field"))
    except (ValueError, KeyError, TypeError):
        return Problem(
            status, f"http_{status}", f"The service answered {status}.", f"ردّت الخدمة بالرمز {status}."
        )


def _seconds(told: str | None) -> float:
    return float(told) if told and told.isdecimal() else 0.0

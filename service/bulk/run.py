"""The run: articles are read, posted, awaited and downloaded, a bounded number at a time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from service.api.problems import Problem, of_error
from service.api.schemas.articles import ArticleIn
from service.bulk.client import Client, Evicted, Refused
from service.bulk.item import Ending, Flaw, Item, Outcome
from service.bulk.ledger import Ledger
from service.model.errors import BadArticle, IstamiError, Unavailable, Unwritable
from service.util.files import whole

T = TypeVar("T")

_ROUNDS = 3
"""How often an article is posted whose audio is evicted before it can be fetched."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The files of each recording to download."""

    folder: Path | None = None
    """``None``: no files; recordings stay with the service."""
    marks: bool = False
    captions: bool = False

    def kept(self, article: str) -> bool:
        """Whether all files of a recording exist here."""
        folder = self.folder
        return folder is None or all(
            (folder / f"{article}.{kind}").is_file() for kind in ("mp3", *self.beside)
        )

    @property
    def beside(self) -> tuple[str, ...]:
        """The files to write beside each MP3."""
        return ("json",) * self.marks + ("vtt",) * self.captions


class Run:
    """Submits articles to a service and downloads their recordings.

    Args:
        client: the service.
        page: fetches the page of an article that has only a ``url``; raises ``IstamiError``.
        wanted: the files to download.
        ledger: the articles seen.
        ended: called for every finished article.
    """

    def __init__(
        self,
        client: Client,
        page: Callable[[ArticleIn], Awaitable[ArticleIn]],
        wanted: Wanted,
        ledger: Ledger,
        ended: Callable[[Outcome], None],
    ) -> None:
        self._client = client
        self._page = page
        self._wanted = wanted
        self._ledger = ledger
        self._ended = ended

    async def all(self, items: AsyncIterator[Item | Flaw], window: int) -> None:
        """Process all articles, a limited number at a time.

        Raises:
            Unavailable: the service is unavailable; unfinished articles were not reported.
            Unwritable: a file cannot be written.
        """
        room = asyncio.Semaphore(window)

        async def one(item: Item | Flaw) -> None:
            try:
                self._ended(await self._outcome(item))
            finally:
                room.release()

        try:
            async with asyncio.TaskGroup() as group:
                await room.acquire()
                async for item in items:
                    group.create_task(one(item))
                    await room.acquire()
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors

    async def _outcome(self, item: Item | Flaw) -> Outcome:
        if isinstance(item, Flaw):
            return _failed(item, of_error(item.error))
        if not self._ledger.meet(item):
            twice = BadArticle(
                f"Another article of this archive has the id “{item.id}”.",
                f"في هذا الأرشيف مقال آخر بالمعرّف «{item.id}».",
                field="id",
            )
            return _failed(item, of_error(twice))
        try:
            article = await self._page(item.article) if item.page else item.article
            return await self._narrated(item, article)
        except (Unavailable, Unwritable):
            raise
        except Refused as error:
            return _failed(item, error.problem)
        except IstamiError as error:
            return _failed(item, of_error(error))

    async def _narrated(self, item: Item, article: ArticleIn) -> Outcome:
        for _ in range(_ROUNDS):
            told, there = await self._client.submit(article)
            if not there:
                told = await self._client.ended(item.id)
            if error := told["error"]:
                problem = Problem(500, error["code"], error["message"]["en"], error["message"]["ar"])
                return _failed(item, problem)
            if await self._kept(item.id, told["key"]):
                first = self._ledger.made(told["key"]) and not there
                return Outcome(
                    source=item.source,
                    status=Ending.MADE if first else Ending.THERE,
                    id=item.id,
                    fingerprint=item.fingerprint,
                    key=told["key"],
                    duration=told["duration_seconds"],
                    file=f"{item.id}.mp3" if self._wanted.folder else None,
                )
        gone = Problem(
            503,
            "evicted",
            "The service evicted the audio before it could be fetched: its Redis has too little memory.",
            "أزاحت الخدمة التسجيل قبل تنزيله: ذاكرة Redis فيها أصغر من اللازم.",
        )
        return _failed(item, gone)

    async def _kept(self, id_: str, key: str) -> bool:
        """Download the wanted files of a recording. Returns whether the service still had it."""
        if self._wanted.folder is None:
            return True
        # An id has no slash and does not begin with a dot: it names a file in this folder and no other.
        target = self._wanted.folder / f"{id_}.mp3"
        with suppress(Evicted):
            with whole(target) as file:
                await self._client.download(id_, key, file)
            for kind in self._wanted.beside:
                with whole(target.with_suffix(f".{kind}")) as file:
                    file.write(await self._client.beside(id_, key, kind))
            return True
        return False


async def drawn(items: Iterator[T]) -> AsyncIterator[T]:
    """The items of an iterator that may block: a daemon thread reads one ahead."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[tuple[T] | Exception | None] = asyncio.Queue(1)

    def put(what: tuple[T] | Exception | None) -> None:
        asyncio.run_coroutine_threadsafe(queue.put(what), loop).result()

    def draw() -> None:
        with suppress(RuntimeError, CancelledError):  # the loop has ended
            try:
                for item in items:
                    put((item,))
            except Exception as error:  # noqa: BLE001  # raised again in the waiting task
                put(error)
            put(None)

    threading.Thread(target=draw, name="archive", daemon=True).start()
    while (what := await queue.get()) is not None:
        if isinstance(what, Exception):
            raise what
        yield what[0]


def _failed(item: Item | Flaw, problem: Problem) -> Outcome:
    if isinstance(item, Flaw):
        return Outcome(item.source, Ending.FAILED, error=problem)
    return Outcome(item.source, Ending.FAILED, item.id, item.fingerprint, error=problem)

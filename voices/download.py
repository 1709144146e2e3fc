"""Downloads one file over HTTP: resumes, verifies sizes and ranges, and times out."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from socket import gaierror
from typing import BinaryIO
from urllib.error import HTTPError, URLError
from urllib.request import Request, build_opener

from voices.errors import InstallFailed
from voices.files import UNWRITTEN

Progress = Callable[[str, int, int | None], None]
"""Receives the file's path, the bytes downloaded, and the total bytes (``None``: unknown)."""

HUB = "https://huggingface.co"
_BLOCK = 1 << 18
_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")
_GONE = (401, 403, 404, 410, 451)


@dataclass(frozen=True, slots=True)
class Patience:
    """Timeouts and retries."""

    silence: float = 30.0
    """Seconds without a byte after which a connection is closed."""
    attempts: int = 5
    """Maximum number of failed connections without a new byte."""
    pause: float = 1.0
    """Seconds before the second attempt; doubled before each later one."""
    refusals: int = 3
    """The same of a server that refuses connections, or whose name is unknown: waiting rarely helps."""
    changes: int = 2
    """How often a server may change the file while it is fetched."""


def silent(_: str) -> None:
    """Nobody wants to know of retries."""


def fetch(  # where from, where to, and how: each is one
    url: str,
    target: Path,
    size: int | None,
    progress: Progress,
    patience: Patience,
    say: Callable[[str], None] = silent,
) -> None:
    """Download ``url`` to ``target``, resuming the partial file that an earlier attempt left beside it.

    ``HF_ENDPOINT`` replaces huggingface.co; ``HTTPS_PROXY`` and similar variables are honoured.

    Args:
        url: the file's URL.
        target: the path to write; its folder exists.
        size: the required size in bytes, if known.
        progress: called after each block.
        patience: timeouts and retries.
        say: receives a line before each retry.

    Raises:
        InstallFailed: the file could not be downloaded completely.
    """
    url = _mirrored(url)
    part = target.with_name(target.name + ".part")
    changed = _Changes(url, patience.changes, say)
    failed, most, trouble = 0, patience.attempts, ("", "")
    while failed < most:
        had = part.stat().st_size if part.exists() else 0
        try:
            _receive(url, part, size, progress, patience.silence, changed)
        except HTTPError as error:
            trouble = (f"HTTP {error.code}",) * 2
            if error.code in _GONE:
                break
            if error.code == 416:  # noqa: PLR2004  # the partial file does not match the remote one
                part.unlink(missing_ok=True)
        except (OSError, URLError, HTTPException) as error:
            trouble, most = _trouble(error), _attempts(error, patience)
        else:
            part.replace(target)
            _tag(part).unlink(missing_ok=True)
            return
        grown = part.exists() and part.stat().st_size > had
        failed = 0 if grown else failed + 1
        if 0 < failed < most:
            pause = patience.pause * 2 ** (failed - 1)
            say(f"{target.name}: {trouble[0]}; retrying in {pause:g} s ({failed + 1} of {most})")
            time.sleep(pause)
    en, ar = trouble
    raise InstallFailed(f"{url} could not be fetched: {en}.", f"تعذّر تنزيل {url}: {ar}.")


class _Changes:
    """Counts how often the server had another file than the one whose beginning is here."""

    def __init__(self, url: str, most: int, say: Callable[[str], None]) -> None:
        self._url = url
        self._left = most
        self._say = say

    def __call__(self, had: int) -> None:
        """Note a change after ``had`` bytes.

        Raises:
            InstallFailed: there were too many.
        """
        self._left -= 1
        if self._left < 0:
            raise InstallFailed(
                f"{self._url} could not be fetched: the server changes the file while it is fetched.",
                f"تعذّر تنزيل {self._url}: يغيّر الخادم الملف في أثناء تنزيله.",
            )
        self._say(
            f"The server changed the file after {had} bytes had come; it is fetched from the beginning."
        )


def _attempts(error: Exception, patience: Patience) -> int:
    """How often to try: waiting makes no room on a disk, and rarely brings a server that is not there."""
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, OSError) and reason.errno in UNWRITTEN:
        return 1
    return patience.refusals if isinstance(reason, (ConnectionRefusedError, gaierror)) else patience.attempts


def _trouble(error: Exception) -> tuple[str, str]:
    """An error in English and in Arabic; urllib wraps those of the network."""
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, gaierror):
        return "the server's name is unknown", "اسم الخادم غير معروف"
    if isinstance(reason, ConnectionRefusedError):
        return "the server refuses connections", "الخادم يرفض الاتصال"
    told = str(reason) or type(reason).__name__
    return told, told


def _receive(  # as ``fetch``
    url: str,
    part: Path,
    size: int | None,
    progress: Progress,
    silence: float,
    changed: Callable[[int], None],
) -> None:
    headers = {"User-Agent": "istami", "Accept-Encoding": "identity"}
    had = part.stat().st_size if part.exists() else 0
    tag = _tag(part).read_text() if _tag(part).exists() else ""
    if had and tag:
        headers |= {"Range": f"bytes={had}-", "If-Range": tag}
    # Our own opener, since the shared one caches the proxies of its first use.
    with build_opener().open(Request(url, headers=headers), timeout=silence) as answer:  # noqa: S310  # cards are ours or the publisher's own
        start, total = _extent(answer)
        now = _strong(answer.headers.get("ETag", ""))
        if had and tag and now and now != tag:
            changed(had)
        if size is not None and total not in {None, size}:
            raise InstallFailed(
                f"{url} has {total} bytes; its card says {size}.",
                f"حجم {url} هو {total} بايت، وفي بطاقته {size}.",
            )
        need_room(part.parent, (total or size or 0) - start)
        _tag(part).write_text(now)
        with part.open("r+b" if start else "wb") as file:
            file.seek(start)
            file.truncate()
            _copy(answer, file, size or total, lambda done: progress(part.name[: -len(".part")], done, total))
        done = part.stat().st_size
    expected = size if size is not None else total
    if expected is not None and done != expected:
        raise OSError(f"cut off after {done} of {expected} bytes")


def _copy(source: HTTPResponse, file: BinaryIO, limit: int | None, tell: Callable[[int], None]) -> None:
    while block := source.read1(_BLOCK):
        file.write(block)
        if limit is not None and file.tell() > limit:
            raise OSError(f"more than {limit} bytes were received")
        tell(file.tell())


def _extent(answer: HTTPResponse) -> tuple[int, int | None]:
    """The offset at which the response begins, and the file's total size."""
    if answer.status == 206 and (match := _CONTENT_RANGE.match(answer.headers.get("Content-Range", ""))):  # noqa: PLR2004
        return int(match[1]), int(match[2])
    length = answer.headers.get("Content-Length", "")
    return 0, int(length) if length.isdecimal() else None


def need_room(folder: Path, size: int) -> None:
    """Check that a disk has room.

    Raises:
        InstallFailed: it has less than ``size`` bytes.
    """
    free = shutil.disk_usage(folder).free
    if size > free:
        raise InstallFailed(
            f"{size >> 20} MiB are needed in {folder} and {free >> 20} MiB are free.",
            f"يلزم {size >> 20} ميبي بايت في {folder} والمتاح {free >> 20}.",
        )


def _mirrored(url: str) -> str:
    mirror = os.environ.get("HF_ENDPOINT", "").rstrip("/")
    return mirror + url.removeprefix(HUB) if mirror and url.startswith(f"{HUB}/") else url


def _strong(tag: str) -> str:
    """A strong entity tag, required for resuming; a weak one does not guarantee the same bytes."""
    return "" if tag.startswith("W/") else tag


def _tag(part: Path) -> Path:
    return part.with_name(part.name + ".etag")

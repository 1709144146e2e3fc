"""``istami purge``: take recordings off the air."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from service import wiring
from service.api.addresses import audio_path
from service.errors import NotFound, Unavailable, Unwritable
from service.names import claim_name
from service.repository import Repository
from service.settings import Settings

_KEY = re.compile(r"[0-9a-f]{64}")
_SLICE = 256 * 1024
"""Bytes; as ``slice`` in deploy/nginx.conf."""
_SLICES = 4096
"""A gigabyte: no recording is so long."""


def purge(
    names: Annotated[list[str], typer.Argument(help="Ids of articles, or keys of recordings.")],
    nginx_cache: Annotated[
        Path | None,
        typer.Option(
            file_okay=False,
            exists=True,
            readable=False,  # ``_check`` has more to say
            help="nginx's proxy_cache_path, to take its slices out of: as root, or as nginx's user.",
        ),
    ] = None,
) -> None:
    """Take recordings off the air: out of Redis and, on nginx's machine, out of its cache.

    DELETE of an article leaves its recording, which others may share, until it expires. This does not:
    articles that share it must be posted again. What browsers and CDNs have kept is theirs.
    """
    settings = Settings()
    if nginx_cache:
        _check(nginx_cache)
    with wiring.redis_address(settings) as url:
        repository = wiring.repository(settings, url)
        for name in names:
            key = name if _KEY.fullmatch(name) else _forget(repository, name)
            if repository.store.claimed(claim_name(key)):
                raise Unavailable(
                    f"{key} is being made: purge it when it is ready.",
                    f"التسجيل {key} قيد الإعداد: أزِله بعد أن يكتمل.",
                )
            repository.forget_recording(key)
            kept = [path for path in _slices(key, nginx_cache) if path.exists()] if nginx_cache else []
            for path in kept:
                path.unlink(missing_ok=True)
            typer.echo(f"{key}: forgotten; {len(kept)} slices out of nginx's cache", err=True)


def _check(cache: Path) -> None:
    """Do not forget a recording whose slices would stay on the air.

    Raises:
        Unwritable: this user may not take files out of nginx's cache.
    """
    if not os.access(cache, os.R_OK | os.W_OK | os.X_OK):
        owner = cache.owner()
        raise Unwritable(
            f"nginx's cache {cache} belongs to {owner}: run this command as root, or as {owner}. "
            "Nothing was forgotten.",
            f"ذاكرة nginx المخبّأة {cache} ملك للمستخدم {owner}: نفّذ الأمر بصلاحية root أو باسم {owner}. "
            "لم يُحذف شيء.",
        )


def _forget(repository: Repository, article: str) -> str:
    """Forget an article; the key of its recording."""
    record = repository.article(article)
    if record is None:
        raise NotFound(f"There is no article “{article}”.", f"لا يوجد مقال بالمعرّف «{article}».")
    repository.forget_article(article)
    return record.key


def _slices(key: str, cache: Path) -> Iterator[Path]:
    """Where nginx keeps the slices of a recording: MD5 of ``proxy_cache_key``, under ``levels=1:2``."""
    for first in range(0, _SLICES * _SLICE, _SLICE):
        name = f"{audio_path(key)}bytes={first}-{first + _SLICE - 1}"
        digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
        yield cache / digest[-1] / digest[-3:-1] / digest

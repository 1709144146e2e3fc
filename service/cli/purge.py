"""``istami purge``: delete recordings from Redis and nginx's cache."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Annotated

import typer

from service.config.settings import Settings
from service.model.errors import NotFound
from service.recordings.proxy_cache import ProxyCache
from service.server.container import Container, redis_address

_KEY = re.compile(r"[0-9a-f]{64}")
_BY = "the command line"


def purge(
    names: Annotated[list[str], typer.Argument(help="Ids of articles, or keys of recordings.")],
    nginx_cache: Annotated[
        Path | None,
        typer.Option(
            file_okay=False,
            exists=True,
            readable=False,  # ``ProxyCache.check`` has more to say
            help="nginx's proxy_cache_path, from which slices are deleted, as root or as nginx's user; "
            "by default ISTAMI_NGINX_CACHE.",
        ),
    ] = None,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Also delete recordings that other articles share.")
    ] = False,
) -> None:
    """Delete recordings from Redis and, on nginx's machine, from its cache.

    The same as `DELETE /v1/articles/ID?recording=true`. An article id deletes the article and its recordings.
    A key deletes the recording alone, for every article that has it: they must be posted again. Copies in
    browsers and CDNs are not affected.
    """
    settings = Settings()
    if nginx_cache:
        settings = settings.model_copy(update={"nginx_cache": nginx_cache})
    ProxyCache(settings.nginx_cache).check()
    with redis_address(settings) as url:
        parts = Container(settings, url)
        takedown, repository = parts.takedown, parts.repository
        # Ids are kept composed, and keys stay as they are.
        for name in (unicodedata.normalize("NFC", told) for told in names):
            if _KEY.fullmatch(name):
                slices = takedown.recording(name, _BY)
            else:
                entry = repository.entry(name)
                if entry is None:
                    raise NotFound(f"There is no article “{name}”.", f"لا يوجد مقال بالمعرّف «{name}».")
                slices = takedown.article(entry, _BY, force=force)
            typer.echo(f"{name}: deleted; {slices} slices deleted from nginx's cache", err=True)

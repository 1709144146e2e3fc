"""``istami keys``: create, list and revoke API keys."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.table import Table

from cache import saving
from service.auth.api_keys import Key, Keys, Scope
from service.cli.output import Json, print_json
from service.cli.shown import check_output
from service.config.settings import Settings
from service.config.sites import Name as SiteName
from service.model.errors import BadSites
from service.server.container import Container, redis_address

app = typer.Typer(
    help="API keys: create, list, revoke. A change takes effect immediately in every web process, on every "
    "machine that uses the same Redis. A service on 127.0.0.1 needs no key until the first is created.",
    no_args_is_help=True,
)

_LONGEST_NAME = 100
_SITE: TypeAdapter[str] = TypeAdapter(SiteName)


class Scopes(StrEnum):
    """The scopes as typed on the command line."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


@contextmanager
def _keys() -> Generator[Keys]:
    settings = Settings()
    with redis_address(settings) as url:
        yield Container(settings, url).keys


def _save(settings: Settings) -> None:
    """Make a private Redis save its data to disk now; it would do so only a minute later.

    Raises:
        Unsaved: it cannot.
    """
    if settings.redis_url is None:
        saving.save(settings.data_dir / "redis")


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Name of the client, such as «newsroom CMS».")],
    scope: Annotated[
        Scopes,
        typer.Option(
            help="read: see batches and how texts are read; write: also submit and delete articles; "
            "admin: also see the state of the service."
        ),
    ] = Scopes.WRITE,
    site: Annotated[str | None, typer.Option(help="Limit the key to one site, such as news.example.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Create a key and show it once; only its hash is stored.

    `istami keys create "newsroom CMS" --site news.example`
    """
    if not 0 < len(name) <= _LONGEST_NAME:
        raise typer.BadParameter(f"1 to {_LONGEST_NAME} characters are required", param_hint="NAME")
    check_output()
    settings, site = Settings(), _checked(site)
    with _keys() as keys:
        _save(settings)  # if the disk is full this fails, before anything has changed
        with keys.creating(name, Scope[scope.name], site) as (key, whole):
            _save(settings)
            # Recorded on disk before the key is shown: data loss in Redis cannot open the service afterwards.
            with Container(settings).latch.closing():
                typer.echo(json.dumps({**_told(key), "key": whole}, ensure_ascii=False) if as_json else whole)
    if as_json:
        return
    typer.echo(f"Key {key.id} for {scope}. Keep it: it is not shown again.", err=True)
    typer.echo("احفظ المفتاح، فلن يُعرض مرة أخرى.", err=True)


@app.command("list")
def list_(*, as_json: Json = False) -> None:
    """List all keys by id and name; the keys themselves are never shown."""
    with _keys() as keys:
        found = keys.all()
    if as_json:
        print_json([_told(key) for key in found])
        return
    table = Table("id", "name", "scope", "site", "created", "last used", "", box=None, header_style="bold")
    for key in found:
        told = _told(key)
        table.add_row(
            key.id,
            key.name,
            key.scope.label,
            key.site or "all",
            told["created"],
            told["used"] or "never",
            "revoked" if key.revoked else "",
        )
    Console(soft_wrap=True).print(table)


@app.command()
def revoke(key: Annotated[str, typer.Argument(metavar="ID", help="Id from `istami keys list`.")]) -> None:
    """Revoke a key immediately."""
    settings = Settings()
    with _keys() as keys:
        _save(settings)
        with keys.revoking(key) as revoked:
            _save(settings)
    typer.echo(f"{revoked.id} ({revoked.name}) is revoked.", err=True)


def _checked(site: str | None) -> str | None:
    try:
        return site and _SITE.validate_python(site)
    except ValidationError as error:
        raise BadSites(f"“{site}” is not a host name.", f"«{site}» ليس اسم مضيف.") from error


def _told(key: Key) -> dict[str, Any]:
    """A key as JSON, without its digest."""
    shown = {field: value for field, value in asdict(key).items() if field != "digest"}
    times = {field: _when(shown[field]) for field in ("created", "revoked", "used")}
    return {**shown, "scope": key.scope.label, **times}


def _when(moment: float | None) -> str | None:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None

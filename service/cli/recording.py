"""``istami voices record``: a page on which a reader records the sentences for a voice of one's own."""

from __future__ import annotations

import re
import secrets
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from service.config.settings import Settings
from service.model.errors import IstamiError, Unguarded

_NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_AT_ONCE = 32
"""Connections at the same time: a page needs a handful."""


def record(  # noqa: PLR0913, PLR0917  # each is an option
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the new voice: a-z, 0-9, -.")],
    sentences: Annotated[
        int,
        typer.Option(min=1, max=1000, help="120 check room and reader; 1000 (75 minutes) train a voice."),
    ] = 120,
    folder: Annotated[
        Path | None,
        typer.Option(help="Folder of the recordings; default: recordings/NAME in the data folder."),
    ] = None,
    host: Annotated[
        str,
        typer.Option(help="Address to listen on. For a phone: this machine's own address in the network."),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0: any free one.")] = 8020,
    certificate: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="TLS certificate (PEM).")
    ] = None,
    private_key: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="The certificate's private key (PEM).")
    ] = None,
) -> None:
    """Record a reader, sentence by sentence, for a voice of your own.

    Prints the address of a page that asks for the reader's consent, shows the sentences, records them, and
    checks each for level, clipping, noise and length. Stop at any time: the same command continues. The
    folder is in the format of LJSpeech, with vowels and phonemes; docs/own-voice.md says how it is trained.
    Other machines reach the page only with `--host`, and with a certificate: browsers give a microphone to
    pages over HTTPS alone.
    """
    import uvicorn

    from service.cli import closing, connections, logs
    from service.studio.recording_app import application
    from service.studio.session import Session
    from service.studio.takes import MOST_BYTES

    if not _NAME.fullmatch(name):
        raise IstamiError(
            f"{name!r} is not a name: use a-z, 0-9 and single hyphens.",
            f"«{name}» ليس اسمًا صالحًا: استعمل a-z و0-9 والواصلة.",
        )
    _check_reach(host, certificate, private_key)
    home = folder or Settings().data_dir / "recordings" / name
    session = Session(home, sentences)
    config = uvicorn.Config(
        "",  # set below, when the port is known
        host=host,
        port=port,
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_AT_ONCE,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=5,
        ssl_certfile=certificate,
        ssl_keyfile=private_key,
        http=partial(connections.Patient, 60.0, MOST_BYTES),  # type: ignore[arg-type]  # called alike
    )
    listener = config.bind_socket()
    listener.listen(config.backlog)  # a browser that is quicker than the server waits
    authority = f"{_shown(host)}:{listener.getsockname()[1]}"
    reached = {authority, *(f"{each}:{listener.getsockname()[1]}" for each in _LOOPBACK)}
    key = secrets.token_urlsafe(24)
    config.app = application(session, name, key, frozenset(reached))
    scheme = "https" if certificate else "http"
    logs.announce(f"\n  {scheme}://{authority}/#key={key}\n\n  {home}\n")
    try:
        closing.serve(config, [listener])
    finally:  # a signal ends the server, and then the command
        done, all_ = len(session.done()), len(session.prompts)
        typer.echo(f"{done} of {all_} sentences are recorded: {home}", err=True)


def _check_reach(host: str, certificate: Path | None, private_key: Path | None) -> None:
    """Refuse what no browser would record on, and an address that anybody's traffic could be read on.

    Raises:
        Unguarded: another machine could reach the page without TLS.
        IstamiError: a certificate without its key; or no single address.
    """
    if (certificate is None) != (private_key is None):
        raise IstamiError(
            "--certificate and --private-key belong together.",
            "الخياران --certificate و--private-key متلازمان.",
        )
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104  # nosec B104  # refused
        raise IstamiError(
            "Name one address of this machine: the page is served there alone.",
            "اذكر عنوانًا واحدًا لهذا الجهاز، فلا تُتاح الصفحة إلا عليه.",
        )
    if certificate is None and _shown(host) not in _LOOPBACK:
        raise Unguarded(
            f"On {host} a browser gives no microphone without HTTPS: add --certificate and --private-key.",
            f"لا يتيح المتصفح الميكروفون على {host} بلا HTTPS: أضف --certificate و--private-key.",
        )


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host.lower()

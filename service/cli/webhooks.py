"""``istami webhooks``: servers that receive events of articles and batches, and their deliveries."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from service.cli.output import Json, print_json
from service.cli.shown import check_output
from service.config.settings import Settings
from service.fetching import Url
from service.model.errors import BadWebhooks, Unreachable
from service.server.container import Container, redis_address
from service.webhooks import Outbox
from service.webhooks.delivery import sent
from service.webhooks.models import EVENTS, TEST, Attempt, Delivery, DeliveryStatus, Event, Health
from service.webhooks.signing import new_secret

app = typer.Typer(
    help="Webhooks: servers that receive an event when an article is ready or has failed, or a batch is "
    "done. A running service applies a change immediately; the file is webhooks.toml in the data folder.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="A name for the webhook, such as cms.")]
Events = Annotated[
    list[str] | None,
    typer.Option("--event", help=f"Event type: {', '.join(EVENTS)}; default: all. Repeatable."),
]
Sites = Annotated[
    list[str] | None,
    typer.Option("--site", help="Site of the articles, such as news.example; default: all. Repeatable."),
]
OnRequest = Annotated[
    bool,
    typer.Option("--on-request", help="Send events only for requests that name an address on this server."),
]
Hours = Annotated[float, typer.Option(min=0, max=8760, help="Hours during which the old secret also signs.")]
Of = Annotated[str | None, typer.Option("--webhook", help="Only deliveries to this webhook.")]
Failed = Annotated[bool, typer.Option("--failed", help="Only failed deliveries.")]
Most = Annotated[int, typer.Option("--most", "-n", min=1, max=100_000, help="Maximum number of deliveries.")]
Ids = Annotated[
    list[str] | None, typer.Argument(metavar="[ID]…", help="Ids from `istami webhooks deliveries`.")
]


@app.command()
def add(
    name: Name,
    url: Annotated[str, typer.Argument(metavar="URL", help="Address that receives events: https.")],
    event: Events = None,
    site: Sites = None,
    *,
    on_request: OnRequest = False,
) -> None:
    """Add a webhook and show, once, the secret that signs its events."""
    check_output()
    parts = Container(Settings())
    endpoints = parts.endpoints
    parts.poster.check(Url.parse(url))
    changes = {
        "url": url,
        "secret": new_secret(),
        "events": [] if on_request else event or None,
        "sites": site,
    }
    with endpoints.locked():
        if name in endpoints.all():
            raise BadWebhooks(
                f"“{name}” already exists: istami webhooks remove.", f"خطّاف الويب «{name}» موجود من قبل."
            )
        endpoint = endpoints.keep(name, changes)
    typer.echo(endpoint.secret)
    typer.echo(f"{endpoints.path}: {name}; keep the secret, it is not shown again", err=True)
    if not parts.settings.public_url:
        typer.echo("Events contain paths, not URLs, until ISTAMI_PUBLIC_URL is set.", err=True)


@app.command("list")
def list_(*, as_json: Json = False) -> None:
    """List all webhooks: address, events, sites and state."""
    settings = Settings()
    with _outbox(settings) as outbox:
        if as_json:
            print_json(
                [
                    {
                        "name": each.name,
                        "url": each.url,
                        "events": each.events,
                        "sites": each.sites,
                        "health": asdict(outbox.health(each.name)),
                    }
                    for each in Container(settings).endpoints.all().values()
                ]
            )
            return
        for each in Container(settings).endpoints.all().values():
            events = ", ".join(each.events) or "on request"
            sites = ", ".join(each.sites) or "all sites"
            typer.echo(f"{each.name}  {each.url}")
            typer.echo(f"    {events}; {sites}; {state(outbox.health(each.name))}")


@app.command()
def remove(name: Name) -> None:
    """Remove a webhook; its pending deliveries are dropped."""
    Container(Settings()).endpoints.remove(name)


@app.command()
def rotate(name: Name, hours: Hours = 24.0) -> None:
    """Create a new secret and show it; for a day both sign, so that the server can switch over."""
    check_output()
    endpoint = Container(Settings()).endpoints.rotate(name, hours)
    typer.echo(endpoint.secret)
    typer.echo(f"{name}: keep the secret, it is not shown again; both sign for {hours:g} h", err=True)


@app.command()
def enable(name: Name) -> None:
    """Enable a disabled webhook again; `replay` sends the events that it missed."""
    settings = Settings()
    Container(settings).endpoints.existing(name)
    with _outbox(settings) as outbox:
        outbox.keep_health(name, Health())


@app.command()
def test(name: Name) -> None:
    """Send an event of type webhook.test now, from this machine; exits with 1 if it is not accepted."""
    parts = Container(Settings())
    endpoint = parts.endpoints.existing(name)
    now = time.time()
    event = Event.of(TEST, (name, now), now, {"webhook": name})
    delivery = Delivery(event.id, event.id, TEST, name, endpoint.url, event.body(), now, now)
    attempt = asyncio.run(sent(parts.poster, endpoint, delivery))[0]
    typer.echo(f"{endpoint.url}: {_said(attempt)} ({attempt.seconds:.2f} s)")
    if not attempt.taken:
        raise Unreachable(f"“{name}” did not accept the test.", f"لم يقبل «{name}» الرسالة التجريبية.")


@app.command()
def deliveries(webhook: Of = None, *, failed: Failed = False, most: Most = 20, as_json: Json = False) -> None:
    """List sent and pending deliveries, newest first."""
    with _outbox(Settings()) as outbox:
        found = outbox.newest(most, _of(webhook), DeliveryStatus.FAILED if failed else None)
        if as_json:
            print_json([_without_body(each) for each in found])
            return
        for each in found:
            last = each.attempts[-1] if each.attempts else None
            told = f"{_clock(last.when)} {_said(last)}" if last else "no attempt yet"
            typer.echo(f"{each.id}  {each.endpoint}  {each.type}  {each.status}  {told}")


@app.command()
def replay(ids: Ids = None, webhook: Of = None, *, failed: Failed = False, most: Most = 10_000) -> None:
    """Send deliveries again now: those named, or with --failed all failed ones."""
    if not ids and not failed:
        raise typer.BadParameter("name deliveries, or use --failed")
    with _outbox(Settings()) as outbox:
        found = (
            [each.id for each in outbox.newest(most, _of(webhook), DeliveryStatus.FAILED)] if failed else []
        )
        for each in dict.fromkeys([*(ids or ()), *found]):
            outbox.replay(each)
            typer.echo(each)


def state(health: Health) -> str:
    """The state of an endpoint in a word or two."""
    if health.disabled:
        return f"disabled: {health.reason}"
    return f"failing since {_clock(health.failing_since)}" if health.failing_since else "fine"


def _without_body(delivery: Delivery) -> dict[str, Any]:
    return {name: value for name, value in asdict(delivery).items() if name != "body"}


def _of(webhook: str | None) -> list[str] | None:
    return None if webhook is None else [webhook]


@contextmanager
def _outbox(settings: Settings) -> Generator[Outbox]:
    with redis_address(settings) as url:
        yield Container(settings, url).outbox


def _said(attempt: Attempt) -> str:
    return attempt.error or f"HTTP {attempt.status}"


def _clock(when: float) -> str:
    return f"{datetime.fromtimestamp(when, UTC).astimezone():%Y-%m-%d %H:%M}"

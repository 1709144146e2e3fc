"""The metrics endpoint of ``istami serve``: a separate address, never reachable by the public."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, start_http_server

from service.cli import logs
from service.config.settings import Settings
from service.model.errors import MissingPart
from service.server.container import Container


@contextmanager
def at(settings: Settings, url: str) -> Generator[None]:
    """Serve metrics at the configured address, if there is one, from a thread of this process.

    Raises:
        MissingPart: the address cannot be bound.
    """
    if not settings.metrics_address:
        yield
        return
    host, _, port = settings.metrics_address.rpartition(":")
    registry = CollectorRegistry()
    registry.register(Container(settings, url).scrape)
    try:
        server, thread = start_http_server(int(port), host.strip("[]"), registry)
    except (OSError, OverflowError) as error:
        raise MissingPart(
            f"ISTAMI_METRICS_ADDRESS={settings.metrics_address}: {error}.",
            f"تعذّر الاستماع على العنوان المضبوط في ISTAMI_METRICS_ADDRESS: {settings.metrics_address}.",
        ) from error
    logs.announce(f"  metrics          http://{host}:{server.server_port}/metrics")
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

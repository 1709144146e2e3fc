"""Converts a Redis address to Celery's broker settings."""

from __future__ import annotations

from typing import Any

from cache.address import several
from service.model.errors import MissingPart


def broker(url: str) -> tuple[str, dict[str, Any]]:
    """Return Celery's form of a Redis address, and the matching transport options.

    Raises:
        MissingPart: it is a cluster, for which Celery has no transport.
    """
    address = several(url)
    if address is None:
        return url.replace("unix://", "redis+socket://", 1), {}
    if address.cluster:
        raise MissingPart(
            "Celery cannot queue in a Redis Cluster: set ISTAMI_BROKER_URL to a single Redis or a Sentinel.",
            "لا يستطيع Celery أن يضع العمل في Redis Cluster: اضبط ISTAMI_BROKER_URL على خادم Redis منفرد "
            "أو على Sentinel.",
        )
    login = ":".join(address.credentials.get(name, "") for name in ("username", "password"))
    begun = f"sentinel://{login}@" if address.credentials else "sentinel://"
    hosts = (f"{begun}{host}:{port}/{address.database}" for host, port in address.hosts)
    return ";".join(hosts), {"master_name": address.master}

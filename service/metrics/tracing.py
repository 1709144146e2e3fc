"""OpenTelemetry traces of request, sentence and engine. OpenTelemetry is imported only if configured.

The settings are OpenTelemetry's own, such as ``OTEL_EXPORTER_OTLP_ENDPOINT``
(https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/).
"""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from service.model.errors import MissingPart

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

_ASKED = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_providers: list[TracerProvider] = []
"""The only provider of this process; empty while traces are not configured."""

Kind = Literal["INTERNAL", "SERVER", "CONSUMER"]


def begin(process: str) -> None:
    """Start sending traces, if they are configured.

    Args:
        process: ``web`` or ``worker``: part of the service's name unless ``OTEL_SERVICE_NAME`` is set.

    Raises:
        MissingPart: they are configured, but OpenTelemetry is not installed.
    """
    if _providers or not any(os.environ.get(name) for name in _ASKED):
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise MissingPart(
            "Tracing is enabled, but OpenTelemetry is not installed: pip install 'istami[otel]'.",
            "طُلب تتبّع الطلبات، وOpenTelemetry غير مثبّت: pip install 'istami[otel]'.",
        ) from error
    named = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": f"istami-{process}"}
    provider = TracerProvider(resource=Resource.create(named))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    _providers.append(provider)


def wanted() -> bool:
    """Whether traces are sent."""
    return bool(_providers)


def end() -> None:
    """Send the remaining traces before the process ends."""
    while _providers:
        _providers.pop().shutdown()


@contextmanager
def span(
    name: str,
    kind: Kind = "INTERNAL",
    carrier: Mapping[str, str] | None = None,
    **attributes: str | int,
) -> Generator[Span | None]:
    """Record the block as a span; yields ``None`` while traces are not configured.

    Args:
        name: name of the span.
        kind: which end of a call it is.
        carrier: headers of the incoming call; the span continues the trace that they name.
        attributes: further attributes; ``_`` in their names stands for ``.``.
    """
    if not _providers:
        yield None
        return
    from opentelemetry.propagate import extract
    from opentelemetry.trace import SpanKind

    context = None if carrier is None else extract(carrier)
    named = {attribute.replace("_", "."): value for attribute, value in attributes.items()}
    tracer = _providers[0].get_tracer("istami")
    with tracer.start_as_current_span(name, context, SpanKind[kind], named, record_exception=False) as begun:
        yield begun


def carry(headers: MutableMapping[str, str]) -> None:
    """Add the current trace to a call's headers."""
    if _providers:
        from opentelemetry.propagate import inject

        inject(headers)

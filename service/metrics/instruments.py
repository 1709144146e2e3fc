"""All metrics of a process.

Labels are bounded: names from our own tables, never from a request.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
"""The metrics of this process."""

REQUESTS = Histogram(
    "istami_http_request_seconds",
    "Seconds until a response begins",
    ("method", "route", "status"),
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
"""``route`` is the template of the path; ``none`` for a path without a route."""

REQUESTS_OPEN = Gauge("istami_http_requests_open", "Requests in progress", registry=REGISTRY)

STREAMS_OPEN = Gauge(
    "istami_streams_open", "Listeners who are streaming an unfinished recording", registry=REGISTRY
)

LOOKUPS = Counter(
    "istami_lookups",
    "Cache look-ups by result",
    ("of", "result"),
    registry=REGISTRY,
)
"""``of``: a ``recording`` requested by a listener, an ``article``'s recording requested by its publisher, a
``sentence`` needed by a recording. ``result``: ``hit`` or ``miss``."""

SENTENCES = Counter("istami_sentences", "Sentences synthesised", ("voice", "engine"), registry=REGISTRY)

AUDIO_SECONDS = Counter(
    "istami_audio_seconds", "Seconds of audio that engines produced", ("voice", "engine"), registry=REGISTRY
)

ENGINE_SECONDS = Counter(
    "istami_engine_seconds", "Seconds that engines took for it", ("voice", "engine"), registry=REGISTRY
)

PAID_CALLS = Counter(
    "istami_remote_calls", "Calls to the servers of remote voices", ("voice", "result"), registry=REGISTRY
)
"""``result``: as ``service.engines.remote.meter.Result``."""

PAID_CHARACTERS = Counter(
    "istami_remote_characters", "Characters that these servers bill", ("voice",), registry=REGISTRY
)

PAID_COST = Counter(
    "istami_remote_cost", "Their price, by the voices' cards", ("voice", "currency"), registry=REGISTRY
)

RECORDINGS = Counter("istami_recordings", "Finished recordings by result", ("result",), registry=REGISTRY)
"""``result``: ``ready``, or the name of the error."""

WEBHOOKS = Counter(
    "istami_webhook_attempts", "Requests to webhooks", ("webhook", "result"), registry=REGISTRY
)
"""``result``: ``taken`` or ``failed``."""

BACKGROUND_FAULTS = Counter(
    "istami_background_faults",
    "Rounds of background work that failed",
    ("work",),
    registry=REGISTRY,
)

MEMORY = Gauge(
    "istami_process_memory_bytes",
    "Resident memory of a process",
    ("kind", "process"),
    registry=REGISTRY,
)
"""``kind``: ``web`` or ``worker``; ``process``: its host and number."""

PROCESSES = Gauge("istami_processes", "Running processes", ("kind", "version"), registry=REGISTRY)

"""A running service is watched from the outside: numbers, log lines and traces of what it really did."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families

Numbers = dict[tuple[str, frozenset[tuple[str, str]]], float]
TEXT = "هطلت أمطار غزيرة على زنقطور. ثم صحا الجو. وعاد الناس إلى حقولهم."
"""Three sentences; the name is no word that a log could hold by chance."""
NAME = "زنقطور"


class Receiver(ThreadingHTTPServer):
    """Takes OTLP over HTTP, as a collector does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.spans: list[tuple[str, Any]] = []
        """Each with the name of the service that sent it."""


class _Taking(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        for sent in ExportTraceServiceRequest.FromString(body).resource_spans:
            named = {each.key: each.value.string_value for each in sent.resource.attributes}
            for scope in sent.scope_spans:
                self.server.spans += ((named["service.name"], span) for span in scope.spans)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing: it is not what is tried here."""


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        yield receiver
        receiver.shutdown()


@pytest.fixture(scope="module")
def watched(start: Callable[..., Any], receiver: Receiver) -> Any:
    """A service of two web processes and two speaking ones."""
    settings = {
        "ISTAMI_METRICS_ADDRESS": "127.0.0.1:0",
        "ISTAMI_LOG_FORMAT": "json",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{receiver.server_address[1]}",
        "OTEL_BSP_SCHEDULE_DELAY": "200",
    }
    return start("--workers", "2", "--web-workers", "2", **settings)


@pytest.fixture(scope="module")
def client(watched: Any) -> Iterator[httpx.Client]:
    with watched.client as client:
        yield client


@pytest.fixture
def numbers(watched: Any) -> Callable[[], Numbers]:
    (address,) = re.findall(r"metrics +(http://\S+)", (watched.data / "log").read_text())

    def numbers() -> Numbers:
        told = httpx.get(address, trust_env=False).text
        families = text_string_to_metric_families(told)
        return {(s.name, frozenset(s.labels.items())): s.value for each in families for s in each.samples}

    return numbers


def at(numbers: Numbers, name: str, **labels: str) -> float:
    """The sum of all samples of a name with these labels."""
    return sum(
        value
        for (each, has), value in numbers.items()
        if each == name and labels.items() <= dict(has).items()
    )


@pytest.fixture
def spoken(client: httpx.Client, until: Callable[..., None]) -> Callable[[str, str, str], dict[str, Any]]:
    """Sends an article under a request id and waits until it can be heard: its last answer."""

    def spoken(name: str, text: str, request: str) -> dict[str, Any]:
        sent = client.post("/v1/articles", json={"id": name, "text": text}, headers={"X-Request-ID": request})
        assert sent.headers["X-Request-ID"] == request
        until(lambda: client.get(f"/v1/articles/{name}").json()["status"] == "ready", 60, "ready")
        return client.get(f"/v1/articles/{name}").json()

    return spoken


def test_a_cold_article_a_hit_and_an_error_are_counted_for_what_they_are(
    client: httpx.Client,
    numbers: Callable[[], Numbers],
    spoken: Callable[..., Any],
    until: Callable[..., None],
) -> None:
    before = numbers()
    article = spoken("rain", TEXT, "first-request")
    for _ in range(2):
        assert client.get(f"/audio/{article['key']}.mp3").status_code == 200
    part = {"Range": "bytes=0-99"}
    assert client.get(f"/audio/{article['key']}.mp3", headers=part).status_code == 206
    assert client.post("/v1/articles", json={"text": TEXT}).status_code == 200
    assert client.get("/v1/articles/nobody").status_code == 404

    def more(name: str, **labels: str) -> float:
        return at(numbers(), name, **labels) - at(before, name, **labels)

    def seen(route: str, method: str, status: str) -> float:
        return more("istami_http_request_seconds_count", route=route, method=method, status=status)

    def counted() -> list[float]:
        return [
            seen("/v1/articles", "POST", "202"),
            seen("/v1/articles", "POST", "200"),
            seen("/v1/articles/{id}", "GET", "404"),
            seen("/audio/{key}.mp3", "GET", "200"),
            seen("/audio/{key}.mp3", "GET", "206"),
            more("istami_recordings_total", result="ready"),
            more("istami_lookups_total", of="recording", result="hit"),
            more("istami_lookups_total", of="article", result="miss"),
            more("istami_lookups_total", of="article", result="hit"),
            more("istami_lookups_total", of="sentence", result="miss"),
            more("istami_sentences_total", voice="espeak-ar", engine="espeak"),
        ]

    # Each process adds what it has counted when its turn comes, not at once.
    until(lambda: counted() == [1, 1, 1, 2, 1, 1, 3, 1, 1, 3, 3], 15, "counted, each for what it is")
    voice = {"voice": "espeak-ar", "engine": "espeak"}
    sound = more("istami_audio_seconds_total", **voice)
    assert 0.5 * article["duration_seconds"] < sound < article["duration_seconds"], "the rest are pauses"
    assert more("istami_engine_seconds_total", **voice) > 0


def test_processes_tell_of_themselves(numbers: Callable[[], Numbers], until: Callable[..., None]) -> None:
    for kind in ("web", "worker"):
        until(lambda kind=kind: at(numbers(), "istami_processes", kind=kind) == 2, 10, "two of each kind")
        assert at(numbers(), "istami_process_memory_bytes", kind=kind) > 2 * 50e6
    now = numbers()
    assert at(now, "istami_workers", state="ready") == 2
    assert 0 < at(now, "istami_redis_memory_bytes") < at(now, "istami_redis_memory_max_bytes")


def test_listeners_of_what_grows_are_counted_while_they_listen(
    client: httpx.Client, numbers: Callable[[], Numbers], until: Callable[..., None]
) -> None:
    text = "\n".join(f"هذه الجملة {number} من حديث طويل عن البحر والسفر." for number in range(400))
    client.post("/v1/articles", json={"id": "long", "text": text, "priority": "batch"})
    with client.stream("GET", "/v1/articles/long/audio.mp3") as stream:
        heard = stream.iter_bytes(1024)  # whose end would be the stream's
        next(heard)
        until(lambda: at(numbers(), "istami_streams_open") == 1, 10, "one listener")
        until(lambda: at(numbers(), "istami_lookups_total", of="recording", result="miss") == 1, 10, "a miss")
    client.delete("/v1/articles/long")
    until(lambda: at(numbers(), "istami_streams_open") == 0, 20, "nobody listens")


def test_a_request_is_called_the_same_in_the_logs_of_every_process_and_no_text_is_told(
    watched: Any, spoken: Callable[..., Any]
) -> None:
    article = spoken("followed", f"{TEXT} ولم يبق إلا الندى.", "followed-request")
    log = (watched.data / "log").read_text()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    mine = [line for line in lines if line["request_id"] == "followed-request"]
    told = [line["message"] for line in mine if article["key"] in line["message"]]
    assert any("4 sentences to synthesise" in each for each in told), "the web process's line"
    assert any("ready" in each for each in told), "a worker's line"
    assert len({line["process"] for line in mine}) >= 2
    assert {"timestamp", "level", "logger"} <= mine[0].keys()
    assert NAME not in log
    assert json.dumps(NAME)[1:-1] not in log


def test_an_explained_text_is_not_in_the_logs_either(client: httpx.Client, watched: Any) -> None:
    assert client.post("/v1/explain", json={"text": f"{NAME} مدينة بعيدة."}).status_code == 200
    log = (watched.data / "log").read_text()
    assert NAME not in log
    assert json.dumps(NAME)[1:-1] not in log


@pytest.mark.parametrize(
    "sent", ["short", "with space in it", "x" * 129, "line\tbreak-line", "نعمنعمنعم".encode()]
)
def test_an_id_that_could_not_stand_in_a_log_is_replaced(client: httpx.Client, sent: str | bytes) -> None:
    answer = client.get("/v1/articles/nobody", headers={"X-Request-ID": sent})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-ID"])
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"]


def test_the_trace_goes_from_the_request_through_sentences_to_the_engine(
    receiver: Receiver, client: httpx.Client, until: Callable[..., None]
) -> None:
    trace, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    text = "قصة قصيرة عن أثر يُتبع. ولها جملتان."
    client.post("/v1/articles", json={"text": text}, headers={"traceparent": f"00-{trace}-{parent}-01"})

    def spans() -> list[tuple[str, Any]]:
        return [(sender, span) for sender, span in receiver.spans if span.trace_id.hex() == trace]

    def ways() -> list[list[tuple[str, str]]]:
        """Each engine's span and those that it is within, from the inside out: who sent it, and its name."""
        by_id = {span.span_id: (sender, span) for sender, span in spans()}
        found = []
        for _, span in spans():
            if span.name == "engine":
                found.append([])
                within = span.span_id
                while within in by_id:
                    sender, at = by_id[within]
                    found[-1].append((sender, at.name))
                    within = at.parent_span_id
        return found

    def whole() -> bool:
        """Processes send when their turn comes: what is within first, at times."""
        return len(ways()) >= 2 and all(way[-1][1] == "POST /v1/articles" for way in ways())

    until(whole, 30, "both sentences traced back to the request")
    for way in ways():
        assert way[:2] == [("istami-worker", "engine"), ("istami-worker", "sentence")]
        assert way[-2:] == [("istami-web", "accept"), ("istami-web", "POST /v1/articles")]
    (request,) = (span for _, span in spans() if span.name == "POST /v1/articles")
    assert request.parent_span_id.hex() == parent


def test_nothing_of_opentelemetry_is_imported_unless_it_is_asked_for(tmp_path: Any) -> None:
    program = (
        "import sys; from service.metrics import tracing; from service.server import app, worker\n"
        "tracing.begin('web')\n"
        "with tracing.span('x'): pass\n"
        "tracing.carry({}); tracing.end()\n"
        "sys.exit(any(name in sys.modules for name in ('opentelemetry.exporter', 'opentelemetry.sdk.trace')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, cwd=tmp_path).returncode == 0

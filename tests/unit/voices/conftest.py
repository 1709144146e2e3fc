import hashlib
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass
class Fault:
    """What goes wrong with the next answers, one after the other; then all goes well."""

    cut_after: int | None = None
    stall_after: int | None = None
    claim: int | None = None
    status: int | None = None
    body: bytes | None = None


@dataclass
class Shop:
    """What a local HTTP server offers, and what it was asked for."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    ranges: list[str | None] = field(default_factory=list)
    resumes: bool = True
    closing: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    shop: Shop

    def do_GET(self):
        shop = self.shop
        fault = shop.faults.pop(0) if shop.faults else Fault()
        shop.ranges.append(self.headers.get("Range"))
        body = shop.files.get(self.path) if fault.body is None else fault.body
        if fault.status or body is None:
            self.send_error(fault.status or 404)
            return
        tag = f'"{hashlib.sha256(body).hexdigest()}"'
        start = 0
        if shop.resumes and self.headers.get("Range") and self.headers.get("If-Range") == tag:
            start = int(self.headers["Range"].removeprefix("bytes=").rstrip("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        else:
            self.send_response(200)
        length = len(body) - start if fault.claim is None else fault.claim
        self.send_header("Content-Length", str(length))
        if shop.resumes:
            self.send_header("ETag", tag)
        self.end_headers()
        end = fault.cut_after if fault.cut_after is not None else fault.stall_after
        with suppress(ConnectionError):  # a client that has seen enough
            self.wfile.write(body[start : None if end is None else start + end])
            self.wfile.flush()
        if fault.stall_after is not None:
            shop.closing.wait(20)
        self.close_connection = True

    def log_message(self, *_):
        """Tests stay quiet."""


@pytest.fixture
def shop():
    shop = Shop()
    handler = type("ShopHandler", (Handler,), {"shop": shop})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    shop.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield shop
    shop.closing.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def faults(shop):
    """Queue faults: one by its fields, or several as dictionaries."""

    def queue(*several, **one):
        shop.faults += [Fault(**what) for what in (several or (one,))]

    return queue

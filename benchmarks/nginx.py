"""nginx: by itself with a file, and with the configuration that we ship."""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.loading import find
from benchmarks.processes import free_port, running, until_answered

_SHIPPED = Path(__file__).parents[1] / "deploy" / "nginx.conf"
_ALONE = """
worker_processes auto;
pid PLACE/pid;
error_log PLACE/error.log;
events { worker_connections 1024; }
http {
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    open_file_cache max=100;
    server { listen 127.0.0.1:PORT; root PLACE; }
}
"""


@contextmanager
def alone(content: bytes, cores: Sequence[int]) -> Generator[str]:
    """Serve a file from nginx by sendfile. Yields the file's address.

    Raises:
        MissingPart: nginx is not installed.
    """
    with _place() as place:
        (place / "recording.mp3").write_bytes(content)
        port = free_port()
        with _running(_ALONE.replace("PORT", str(port)), place, cores, port) as base:
            yield f"{base}/recording.mp3"


@contextmanager
def ours(service: str, cores: Sequence[int]) -> Generator[str]:
    """Run nginx in front of a service, as shipped except for paths and ports. Yields its address.

    Raises:
        MissingPart: nginx is not installed.
    """
    port = free_port()
    here: Mapping[str, str] = {
        "listen 80;": f"listen 127.0.0.1:{port};",
        "web:8000": service.removeprefix("http://"),
        "/run/nginx.pid": "PLACE/pid",
        "/var/log/nginx": "PLACE",
        "/var/cache/nginx": "PLACE",
    }
    configuration = _SHIPPED.read_text()
    for shipped, other in here.items():
        configuration = configuration.replace(shipped, other)
    with _place() as place, _running(configuration, place, cores, port) as base:
        yield base


@contextmanager
def _place() -> Generator[Path]:
    with tempfile.TemporaryDirectory(prefix="bench-nginx-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def _running(configuration: str, place: Path, cores: Sequence[int], port: int) -> Generator[str]:
    """One nginx process a core."""
    processes = f"worker_processes {len(cores)};"
    text = configuration.replace("PLACE", str(place)).replace("worker_processes auto;", processes)
    (place / "nginx.conf").write_text(text)
    base = f"http://127.0.0.1:{port}"
    with running([find("nginx"), "-c", f"{place}/nginx.conf", "-g", "daemon off;"], cores):
        until_answered(base)
        yield base

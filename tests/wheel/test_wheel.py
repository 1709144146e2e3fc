"""What is published works where it is installed: in fresh environments, by old and new pips, anywhere.

Takes minutes and asks PyPI: ``make test-wheel``.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PIPS = ("23.0.1", "latest")
"""That of Debian 12 and of Python 3.11, and whichever is the newest."""
ADDRESS = re.compile(r"http://\S+/")
SENTENCE = "هطلت أمس أمطار غزيرة على المدينة."
PAGE = f"""<!doctype html><html lang="ar"><head><meta charset="utf-8"><title>أمطار الخير</title></head>
<body><nav>الرئيسية · رياضة</nav><article><h1>أمطار الخير</h1>
<p>{SENTENCE} وقال رئيس البلدية إن الشوارع فُتحت كلها قبل الفجر، وإن المدارس تعمل كالمعتاد.</p>
<p>وتتوقع الأرصاد أن يتحسن الطقس ابتداء من يوم الخميس، على أن تعود الأمطار نهاية الأسبوع.</p>
</article><footer>جميع الحقوق محفوظة</footer></body></html>"""

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of both distributions, built as for a release."""
    folder = tmp_path_factory.mktemp("dist")
    for source in (ROOT, ROOT / "clients" / "python"):
        options = ["--quiet", "--no-deps", "--wheel-dir", folder]
        subprocess.run([sys.executable, "-m", "pip", "wheel", *options, source], check=True)
    return folder


class Installed:
    """A fresh environment, and an empty folder to work in.

    Args:
        folder: of both.
        pip: its version.
        wheel: what is installed there.
    """

    def __init__(self, folder: Path, pip: str, wheel: Path) -> None:
        self.bin, self.cwd = folder / "venv" / "bin", folder / "cwd"
        self.cwd.mkdir()
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("ISTAMI_", "PYTHON"))
        }
        self.environment = {**kept, "HOME": str(self.cwd), "XDG_DATA_HOME": str(folder / "data")}
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        self("python", "-m", "pip", "install", "--quiet", "pip" if pip == "latest" else f"pip=={pip}")
        self("python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel))

    def __call__(self, *words: str, stdin: str | None = None) -> str:
        """Run one of its programs; what that prints."""
        return subprocess.run(
            [self.bin / words[0], *words[1:]],
            cwd=self.cwd,
            env=self.environment,
            input=stdin,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve with one worker; the address."""
        command = [self.bin / "istami", "serve", "--port", "0", "--workers", "1"]
        options: dict[str, Any] = {"cwd": self.cwd, "env": self.environment, "text": True}
        with subprocess.Popen(command, stdout=subprocess.PIPE, **options) as process:
            assert process.stdout
            try:
                yield next(found[0].rstrip("/") for line in process.stdout if (found := ADDRESS.search(line)))
            finally:
                process.terminate()
                process.wait(60)


@pytest.fixture(scope="module", params=PIPS)
def installed(request: Any, wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The server, installed by each of the pips."""
    wheel = next(wheels.glob("istami-*.whl"))
    return Installed(tmp_path_factory.mktemp("installed"), request.param, wheel)


def asked(address: str, body: dict[str, Any] | None = None) -> bytes:
    told = json.dumps(body).encode() if body else None
    request = urllib.request.Request(address, told, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
        return bytes(answer.read())


def test_a_page_is_read(installed: Installed) -> None:
    (installed.cwd / "page.html").write_text(PAGE, encoding="utf-8")
    sentences = json.loads(installed("istami", "explain", "page.html", "--json"))
    written = " ".join(sentence["text"] for sentence in sentences)
    assert SENTENCE in written
    assert "رياضة" not in written
    assert all(sentence["phonemes"] for sentence in sentences)


def test_doctor_finds_what_a_page_needs(installed: Installed) -> None:
    told = json.loads(installed("istami", "doctor", "--json"))
    pages = next(found for found in told["findings"] if found["part"] == "pages")
    assert pages["fine"], pages


def test_an_article_is_spoken(installed: Installed) -> None:
    installed("istami", "speak", "-", "-o", "rain.mp3", stdin=SENTENCE)
    assert (installed.cwd / "rain.mp3").read_bytes().startswith(b"ID3")


def test_pages_are_taken_in_and_heard(installed: Installed, until: Callable[..., None]) -> None:
    with installed.serving() as base:
        assert asked(f"{base}/")  # the demo article
        asked(f"{base}/v1/articles", {"id": "rain", "html": PAGE})
        until(lambda: b'"ready"' in asked(f"{base}/v1/articles/rain"), 120, "ready")
        assert asked(f"{base}/v1/articles/rain/audio.mp3").startswith(b"ID3")


def test_the_client_comes_without_the_server(wheels: Path, tmp_path: Path) -> None:
    client = Installed(tmp_path, "23.0.1", next(wheels.glob("istami_client-*.whl")))
    modules = "istami_client, importlib.util; print(importlib.util.find_spec('service'))"
    assert client("python", "-c", f"import {modules}") == "None\n"
    there = json.loads(client("python", "-m", "pip", "list", "--format", "json"))
    assert len(there) < 20, there

"""A real service, a publisher's site on another origin, and Debian's Chromium between them."""

from __future__ import annotations

import functools
import http.server
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis

from service.player import demo, demo_page
from service.storage.keys import audio_name

if os.environ.get("CI") == "true":
    from playwright import sync_api
else:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

ARTEFACTS = Path(__file__).parents[1] / "artefacts"
AXE = Path(__file__).parent / "node_modules/axe-core/axe.min.js"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TITLE, *PARAGRAPHS = [paragraph for paragraph in demo().split("\n\n") if paragraph.strip()]
STATE = """player => {
    const { playback, view, controls } = player;
    const follow = controls?.follow;
    const { audio } = playback;
    return {
        time: playback.time, duration: playback.duration, phase: playback.phase, paused: player.paused,
        source: audio.currentSrc, rate: audio.playbackRate,
        sentence: playback.sentence, marks: playback.marks,
        status: view.status.textContent,
        found: follow ? follow.reading.sentences.map(Boolean) : [],
    };
}"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def data(tmp_path_factory) -> Path:
    """The data folder of the service."""
    return Path(os.environ.get("ISTAMI_TEST_DATA") or tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def publishing() -> int:
    """The port of the publisher's site. The service must be told to fetch pages from loopback."""
    return int(os.environ.get("ISTAMI_TEST_PUBLISHER") or free_port())


@pytest.fixture(scope="session")
def service(data, publishing, tmp_path_factory) -> Iterator[str]:
    """The address of a running service: its own, or the one that ``ISTAMI_TEST_URL`` names.

    The latter's data folder is told by ``ISTAMI_TEST_DATA``, and ``ISTAMI_TEST_PUBLISHER`` the port on
    127.0.0.1 from which it fetches pages (its ``ISTAMI_FETCH_PRIVATE_HOSTS``).
    """
    if url := os.environ.get("ISTAMI_TEST_URL"):
        yield url.rstrip("/")
        return
    port = free_port()
    private = f"127.0.0.1:{publishing}"
    environment = os.environ | {"ISTAMI_DATA_DIR": str(data), "ISTAMI_FETCH_PRIVATE_HOSTS": private}
    log = (tmp_path_factory.mktemp("log") / "serve.log").open("w")
    command = [sys.executable, "-m", "service", "serve", "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: answers(f"{url}/readyz"), seconds=90)
        yield url
    finally:
        process.terminate()
        process.wait(30)
        log.close()


def absent(what: str) -> None:
    """What is missing skips a test at home and fails it in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).is_success
    except httpx.TransportError:
        return False


def wait_for(condition: Callable[[], Any], seconds: float = 10) -> Any:
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"waited {seconds} s in vain"
        time.sleep(0.05)
    return value


@pytest.fixture(scope="session")
def ready(service) -> str:
    """The id of an article whose recording is whole."""
    article = post(service, {"html": demo_page()}, "browser-demo")
    wait_for(lambda: status(service, article)["status"] == "ready", seconds=90)
    return article


@pytest.fixture
def fresh(service) -> str:
    """The id of an article that nobody has heard yet, and that takes a while to make."""
    return post(service, {"text": unheard(copies=8)}, f"fresh-{uuid.uuid4().hex[:8]}")


@pytest.fixture
def hour(service) -> str:
    """The id of an article that takes an hour to read."""
    return post(service, {"text": unheard(copies=18)}, f"hour-{uuid.uuid4().hex[:8]}")


def unheard(copies: int) -> str:
    """A text with no sentence that has been spoken before: clips that are kept would make it at once."""
    first = uuid.uuid4().int % 10**6
    return "\n\n".join(re.sub(r"\.(?=\s|$)", f"، {first + copy}.", demo()) for copy in range(copies))


def post(service: str, body: dict[str, str], article: str) -> str:
    answer = httpx.post(f"{service}/v1/articles", json={"id": article, **body}, timeout=30)
    assert answer.is_success, answer.text
    return answer.json()["id"]


def status(service: str, article: str) -> dict:
    return httpx.get(f"{service}/v1/articles/{article}", timeout=30).json()


@pytest.fixture
def evict(data, service) -> Callable[[str], None]:
    """Have the store lose an article's finished audio, as it does when memory runs short."""

    def forget(article: str) -> None:
        with redis.Redis(unix_socket_path=str(data / "redis/redis.sock")) as store:
            assert store.delete(audio_name(status(service, article)["key"]))

    return forget


class Publisher:
    """A news site on an origin of its own."""

    def __init__(self, url: str, service: str) -> None:
        self.url = url
        self.service = service
        self.pages: dict[str, tuple[str, dict[str, str]]] = {}

    def publish(self, html: str, headers: dict[str, str] | None = None) -> str:
        """Put a page up; gives its address."""
        path = f"/{uuid.uuid4().hex}"
        self.pages[path] = (html, headers or {})
        return self.url + path

    def line(self, article: str, attributes: str = "") -> str:
        """The one line of the embed."""
        source = f"{self.service}/embed.js"
        return f'<script async src="{source}" data-article="{article}" {attributes}></script>'

    def news(self, *articles: str, lang: str = "ar", attributes: str = "") -> str:
        """Put up an article page with embed lines under its headline."""
        lines = [self.line(article, attributes) for article in articles]
        return self.publish(self.page("".join(lines), lang=lang))

    def page(self, player: str, *, lang: str = "ar", head: str = "", filling: str = "") -> str:
        """An article page with ``player`` under its headline."""
        direction = "rtl" if lang == "ar" else "ltr"
        paragraphs = "".join(
            f"<h2>{text}</h2>" if text.strip()[-1] not in ".»" else f"<p>{text}</p>" for text in PARAGRAPHS
        )
        return (
            f'<!doctype html><html lang="{lang}" dir="{direction}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<meta name="color-scheme" content="light dark"><title>{TITLE}</title>'
            f'<meta property="og:site_name" content="صحيفة الجبل">{head}</head><body><main><article>'
            f"<h1>{TITLE}</h1>{player}{paragraphs}</article></main>{filling}</body></html>"
        )


class _Handler(http.server.BaseHTTPRequestHandler):
    def __init__(self, publisher: Publisher, *arguments: Any) -> None:
        self.publisher = publisher
        super().__init__(*arguments)

    def do_GET(self) -> None:
        html, headers = self.publisher.pages.get(self.path.split("?")[0], ("", {}))
        self.send_response(200 if html else 404)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(html.encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="session")
def publisher(service, publishing) -> Iterator[Publisher]:
    publisher = Publisher(f"http://127.0.0.1:{publishing}", service)
    handler = functools.partial(_Handler, publisher)
    with http.server.ThreadingHTTPServer(("127.0.0.1", publishing), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield publisher
        server.shutdown()


SITE = """
["127.0.0.1"]
pages = ["127.0.0.1"]
origins = ["{origin}"]
page_mode = {switched}
"""


@pytest.fixture
def switch(data, publisher) -> Iterator[Callable[..., None]]:
    """The publisher's pages may be fetched; switches page mode on or off for them. It is on at first."""

    def write(*, on: bool) -> None:
        text = SITE.format(origin=publisher.url, switched=str(on).lower())
        (data / "sites.toml").write_text(text, encoding="utf-8")

    write(on=True)
    yield write
    (data / "sites.toml").unlink()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not Path(path).exists() and not shutil.which(path):
        absent("chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Where screenshots go."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    return ARTEFACTS


@pytest.fixture(scope="session")
def flags() -> list[str]:
    """Chromium's, for tests that start one of their own."""
    return FLAGS


class Reader:
    """Someone at a browser, on a page with a player."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.errors.append(message.text)

    def open(self, url: str) -> Reader:
        self.page.goto(url)
        return self.arrive()

    def reload(self) -> Reader:
        self.page.reload()
        return self.arrive()

    def arrive(self) -> Reader:
        """Wait until the player is there. (Playwright's own waiting is stopped by strict policies.)"""
        wait_for(lambda: self.page.evaluate("!!document.querySelector('listen-article')?.shadowRoot"))
        return self

    def player(self, index: int = 0) -> Any:
        return self.page.locator("listen-article").nth(index)

    def press(self, label: str, index: int = 0) -> None:
        self.player(index).locator(".card").get_by_role("button", name=label, exact=True).click()

    def state(self, index: int = 0) -> dict:
        return self.player(index).evaluate(STATE)

    def until(self, condition: Callable[[dict], Any], seconds: float = 10, index: int = 0) -> dict:
        found: dict = {}

        def met() -> bool:
            found.update(self.state(index))
            return bool(condition(found))

        wait_for(met, seconds)
        return found

    @staticmethod
    def wait(condition: Callable[[], Any], seconds: float = 10) -> Any:
        return wait_for(condition, seconds)

    def play(self, index: int = 0) -> dict:
        """Press play and wait for sound."""
        before = self.state(index)["time"]
        self.press("تشغيل", index)
        return self.until(lambda s: s["phase"] == "playing" and s["time"] > before, 30, index)

    def lit(self) -> str | None:
        return self.page.evaluate(
            "() => [...(CSS.highlights.get('istami-sentence') ?? [])].map(String)[0] ?? null"
        )

    @staticmethod
    def note(name: str, figures: dict[str, Any]) -> None:
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        (ARTEFACTS / f"{name}.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")

    def shoot(self, name: str, **options: Any) -> None:
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png", **options)


@pytest.fixture
def visit(browser, service) -> Iterator[Callable[..., Reader]]:
    """Open a page (an address, or a path of the service) as a new reader; any script error fails the test."""
    contexts, readers = [], []

    def open_page(url: str, **options: Any) -> Reader:
        defaults = {"viewport": {"width": 900, "height": 900}, "base_url": f"{service}/"}
        contexts.append(browser.new_context(**(defaults | options)))
        readers.append(Reader(contexts[-1].new_page()))
        return readers[-1].open(url)

    yield open_page
    for context in contexts:
        context.close()
    assert [error for reader in readers for error in reader.errors] == []


@pytest.fixture(scope="session")
def axe() -> Path:
    """axe-core, the accessibility checker; ``npm ci`` in this folder brings it."""
    if not AXE.exists():
        absent("axe-core is not installed: npm ci in tests/browser")
    return AXE

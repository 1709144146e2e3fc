"""Where only a robot speaks, the home page says so, and one click installs a natural voice."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.browser.conftest import answers, free_port, wait_for
from tests.humming import MODEL, furnish


@pytest.fixture(scope="module")
def mirror() -> Iterator[tuple[str, threading.Event]]:
    """A server that sends half of a file, and the rest once it may."""
    may = threading.Event()

    class Mirror(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(MODEL)))
            self.end_headers()
            self.wfile.write(MODEL[: len(MODEL) // 2])
            may.wait(60)
            self.wfile.write(MODEL[len(MODEL) // 2 :])

        def log_message(self, *_: object) -> None:
            """Tests stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", may
    may.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def robot(mirror, tmp_path_factory) -> Iterator[str]:
    """A service whose catalogue has a natural voice that needs a licence to be accepted."""
    folder, port = tmp_path_factory.mktemp("robot"), free_port()
    settings = furnish(folder, mirror[0], hum=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ISTAMI_")}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "service", "serve", "--port", str(port), "--workers", "1"],
            env=environment | settings,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(lambda: answers(f"http://127.0.0.1:{port}/readyz"), seconds=90)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


def test_one_click_installs_a_natural_voice_and_the_article_is_heard_in_it(visit, robot, mirror):
    reader = visit(f"{robot}/")
    offer = reader.page.locator(".offer")
    offer.get_by_text("هذا صوت آليّ").wait_for()
    assert "هامس" in offer.inner_text()
    assert "Apache-2.0" in offer.inner_text()
    assert not offer.get_by_label("قرأت الترخيص وأقبله").is_visible(), "it permits commercial use"
    reader.shoot("offer")
    first = reader.player().get_attribute("src")
    offer.get_by_role("button", name="ثبّت هذا الصوت").click()
    offer.get_by_text("جارٍ التثبيت: 50").wait_for(timeout=60_000)
    assert offer.get_by_role("button", name="ثبّت هذا الصوت").is_disabled()
    reader.shoot("offer-installing")
    mirror[1].set()
    wait_for(lambda: reader.player().get_attribute("src") != first, seconds=60)
    wait_for(lambda: reader.page.locator("select[name=voice]").input_value() == "hum")
    assert offer.get_by_text("ISTAMI_VOICE=hum").is_visible()
    assert reader.play()["phase"] == "playing"
    reader.shoot("offer-installed")


def test_a_voice_that_is_installed_is_offered_to_be_heard(visit, robot):
    reader = visit(f"{robot}/")
    offer = reader.page.locator(".offer")
    offer.get_by_role("button", name="اسمع المقال بهذا الصوت").click()
    wait_for(lambda: "~demo" not in reader.player().get_attribute("src"), seconds=30)
    assert reader.play()["phase"] == "playing"


def test_why_an_install_is_refused_is_said_on_the_page(visit):
    """The catalogue's own voice cannot be reached here, and its licence must be accepted first."""
    reader = visit("")
    offer = reader.page.locator(".offer")
    offer.get_by_text("هذا صوت آليّ").wait_for()
    install = offer.get_by_role("button", name="ثبّت هذا الصوت")
    assert install.is_disabled()
    offer.get_by_label("قرأت الترخيص وأقبله").check()
    assert install.is_enabled()
    reader.page.route("**/install", lambda route: route.abort())
    install.click()
    offer.get_by_text("تعذّر الاتصال بالخدمة").wait_for()
    reader.shoot("offer-refused")

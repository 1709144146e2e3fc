"""What a reader waits for in Chromium, and how text and voice keep together, against a running service.

    make run                                            # in one terminal
    python -m benchmarks.player http://127.0.0.1:8000   # in another; wants `make test-browser`'s packages

First listens are of articles that nobody has heard; second listens are of recordings that are whole, in a
browser that has not loaded them. The wait ends when the media clock runs. The long recording is sought
through; a sentence lights when its highlight is set, and it should when the clock passes its mark.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import uuid
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, sync_playwright

_COPIES = 18
"""Of the demo article: an hour."""
_PLACES = 12
_LISTENS = 5
_WAIT = """async (player) => {
    const { audio } = player.playback;
    const main = player.shadowRoot.querySelector(".main");
    const pressed = new Promise((done) => main.addEventListener("click", () => done(performance.now())));
    main.click();
    const begun = await pressed;
    while (!audio.currentTime) await new Promise(requestAnimationFrame);
    return performance.now() - begun;
}"""
LIT = """async (player, places) => {
    // The clock at the frame in which a sentence is first lit, against its mark; milliseconds. Told by its
    // letters: right after a jump whatever is said there lights up too, and that is no turn of sentences.
    const { playback } = player;
    const bare = (text) => text.replace(/[^\\p{L}\\p{N}]/gu, "");
    const lit = () => bare(String([...(CSS.highlights.get("istami-sentence") ?? [])][0] ?? ""));
    const frame = () => new Promise(requestAnimationFrame);
    const drifts = [];
    for (const place of places) {
        const mark = playback.marks.find(({ start }) => start > place);
        player.currentTime = mark.start - 1;
        while (playback.audio.seeking || Math.abs(playback.time - mark.start + 1) > 0.5) await frame();
        while (lit() !== bare(mark.text)) await frame();
        drifts.push((playback.audio.currentTime - mark.start) * 1000);
    }
    return drifts;
}"""


def main() -> None:
    """Measure, print a table, write the figures as JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("service", help="its address")
    parser.add_argument("--json", type=Path, help="where the figures go as JSON")
    options = parser.parse_args()
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with (
        httpx.Client(base_url=options.service, timeout=120, trust_env=False) as client,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"]) as browser,
    ):
        figures = {"embed_bytes_gzipped": _size(client), **_waits(browser, client), **_drift(browser, client)}
    for name, value in figures.items():
        print(f"{name:<28} {value}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _size(client: httpx.Client) -> int:
    with client.stream("GET", "/embed.js", headers={"Accept-Encoding": "gzip"}) as response:
        return sum(map(len, response.iter_raw()))


def _waits(browser: Browser, client: httpx.Client) -> dict[str, Any]:
    articles = [_new(client, 1) for _ in range(_LISTENS)]
    first = [_wait(browser, client, article) for article in articles]
    for article in articles:
        _made(client, article)
    second = [_wait(browser, client, article) for article in articles]
    return {
        "first_listen_milliseconds": [round(wait) for wait in first],
        "first_listen_median": round(statistics.median(first)),
        "second_listen_milliseconds": [round(wait) for wait in second],
        "second_listen_median": round(statistics.median(second)),
    }


def _wait(browser: Browser, client: httpx.Client, article: str) -> float:
    with browser.new_context(bypass_csp=True) as context:
        page = context.new_page()
        page.goto(f"{client.base_url}/player/{article}")
        page.wait_for_load_state("networkidle")
        return float(page.locator("listen-article").evaluate(_WAIT))


def _drift(browser: Browser, client: httpx.Client) -> dict[str, Any]:
    article = _new(client, _COPIES)
    duration = _made(client, article)
    places = [duration * place / _PLACES for place in range(_PLACES)]
    with browser.new_context(bypass_csp=True) as context:
        page = context.new_page()
        page.goto(f"{client.base_url}/player/{article}")
        player = page.locator("listen-article")
        player.evaluate("player => player.play()")
        page.wait_for_function("document.querySelector('listen-article').follow?.reading.found")
        drifts = player.evaluate(LIT, places)
    return {"recording_seconds": duration, "highlight_drift_milliseconds": round(max(map(abs, drifts)), 1)}


def _new(client: httpx.Client, copies: int) -> str:
    """The id of an article without a sentence that has been spoken before."""
    from service import player

    first = uuid.uuid4().int % 10**6
    texts = (re.sub(r"\.(?=\s|$)", f"، {first + copy}.", player.demo()) for copy in range(copies))
    body = {"text": "\n\n".join(texts), "listed": False}
    answer = client.post("/v1/articles", json=body).raise_for_status()
    return str(answer.json()["id"])


def _made(client: httpx.Client, article: str) -> float:
    """Wait until a recording is whole; its seconds."""
    with client.stream("GET", f"/v1/articles/{article}/audio.mp3", follow_redirects=True) as response:
        for _ in response.iter_bytes():
            pass
    return float(client.get(f"/v1/articles/{article}").raise_for_status().json()["duration_seconds"])


if __name__ == "__main__":
    main()

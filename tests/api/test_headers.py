"""What every answer tells browsers to keep from, and that no text is in the logs."""

from __future__ import annotations

import json
import logging
import re

import pytest

from cache.store import Put
from service.auth.api_keys import Scope
from service.config.sites import Sites
from service.model.article import Entry
from service.storage.codec import noun, packed, unpacked

TEXT = "هطلت أمس أمطار غزيرة على المدينة."
WORD = "قنطرستان"
"""Stands in no word list, no message and no other test."""


def policy(answer) -> dict[str, str]:
    """A content security policy, directive by directive."""
    told = answer.headers["Content-Security-Policy"]
    return {name: values for name, _, values in (each.strip().partition(" ") for each in told.split(";"))}


@pytest.fixture(scope="module")
def article(service) -> str:
    with service.client as client:
        return client.post("/v1/articles", json={"id": "headed", "text": TEXT}).json()["id"]


PAGES = ("/", "/player/headed", "/docs", "/redoc", "/docs/oauth2-redirect")
OTHERS = (
    "/v1/articles/headed",
    "/v1/voices",
    "/healthz",
    "/openapi.json",
    "/nowhere",
    "/v1/articles/nowhere",
)
FILES = ("/embed.js", "/embed-more.js", "/assets/page.css", "/assets/icon.svg", "/feed.xml")


@pytest.mark.usefixtures("article")
class TestEveryAnswer:
    @pytest.mark.parametrize("path", PAGES + OTHERS + FILES)
    def test_is_taken_for_what_it_is_and_tells_no_other_site_its_address(self, client, path) -> None:
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"

    @pytest.mark.parametrize("path", PAGES)
    def test_that_is_a_page_may_load_what_it_names_and_ask_for_nothing(self, client, path) -> None:
        answer = client.get(path)
        assert answer.headers["content-type"].startswith("text/html")
        assert policy(answer)["default-src"] == "'none'"
        assert policy(answer)["base-uri"] == "'none'"
        assert "frame-ancestors" in policy(answer)
        for denied in ("camera=()", "microphone=()", "geolocation=()"):
            assert denied in answer.headers["Permissions-Policy"]
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"

    @pytest.mark.parametrize("path", ["/docs", "/redoc"])
    def test_that_documents_the_api_may_load_all_that_is_in_it(self, client, path) -> None:
        answer = client.get(path)
        sources = set(re.findall(r'(?:src|href)="(https://[^/"]+)', answer.text))
        assert sources
        assert all(source in answer.headers["Content-Security-Policy"] for source in sources)

    @pytest.mark.parametrize("path", OTHERS)
    def test_that_is_for_programs_shows_nothing_and_stands_in_no_frame(self, client, path) -> None:
        assert policy(client.get(path)) == {"default-src": "'none'", "frame-ancestors": "'none'"}

    def test_that_is_a_recording_has_no_policy_that_would_silence_it(self, client, ready) -> None:
        audio = client.get(ready(id="headed-audio", text=TEXT)["audio_url"])
        assert audio.headers["X-Content-Type-Options"] == "nosniff"
        assert "Content-Security-Policy" not in audio.headers

    def test_that_refuses_has_them_too(self, closed) -> None:
        with closed.client as client:
            refused = client.get("/v1/batches")
        assert refused.status_code == 401
        assert refused.headers["X-Content-Type-Options"] == "nosniff"
        assert policy(refused)["default-src"] == "'none'"


def test_a_player_is_framed_by_its_own_site_where_that_is_known(client, service) -> None:
    site = {"pages": ["framed.example", "*.framed.example"], "origins": ["https://app.framed.example"]}
    Sites(service.data / "sites.toml").keep("framed.example", site)
    for name in ("framed.example", "other.example"):
        client.post("/v1/articles", json={"id": name, "text": TEXT, "site": name})
    assert policy(client.get("/player/framed.example"))["frame-ancestors"].split() == [
        "'self'",
        "https://app.framed.example",
        "framed.example",
        "*.framed.example",
    ]
    assert policy(client.get("/player/other.example"))["frame-ancestors"] == "*"
    assert policy(client.get("/"))["frame-ancestors"] == "'none'"


@pytest.fixture(scope="module")
def named(start):
    """A client of a service for one named origin."""
    service = start("--workers", "0", ready=False, ISTAMI_CORS_ORIGINS="https://news.example")
    with service.client as client:
        yield client


class TestOrigins:
    """Which pages' scripts may read what (CORS)."""

    @pytest.mark.parametrize(
        ("origin", "allowed"),
        [
            ("https://news.example", True),
            ("http://news.example", False),
            ("https://news.example:8443", False),
            ("https://news.example.evil.example", False),
            ("https://evil.example", False),
            ("null", False),
        ],
    )
    def test_are_those_that_are_set_and_none_that_look_like_them(self, named, origin, allowed) -> None:
        answer = named.get("/v1/voices", headers={"Origin": origin})
        assert answer.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
        assert "Origin" in answer.headers["Vary"]

    def test_may_not_send_keys_or_have_things_made(self, named) -> None:
        asked = {"Origin": "https://news.example", "Access-Control-Request-Method": "POST"}
        assert named.options("/v1/articles", headers=asked).status_code == 400
        asked["Access-Control-Request-Method"] = "GET"
        asked["Access-Control-Request-Headers"] = "authorization"
        assert named.options("/v1/batches", headers=asked).status_code == 400

    def test_are_never_sent_cookies(self, named) -> None:
        answer = named.get("/v1/voices", headers={"Origin": "https://news.example", "Cookie": "a=b"})
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_no_text_is_ever_in_the_log(closed, keys, until) -> None:
    key = keys.create("log", Scope.WRITE)[1]
    text = f"زار الوزير {WORD} ثم عاد."
    page = f"<html><title>{WORD}</title><article><p>{text}</p></article>"
    with closed.client as client:
        client.headers["Authorization"] = f"Bearer {key}"
        for body in (
            {"id": "logged", "text": text, "title": WORD},
            {"html": page},
            {"text": text, "voice": WORD},
            {"text": text, "speed": 9},
            {"text": text, WORD: 1},
            {"text": text, "private": True, "author": WORD},
        ):
            client.post("/v1/articles", json=body)
        client.post("/v1/articles", content=f'{{"text": "{text}'.encode())
        client.post("/v1/explain", json={"text": text})
        client.post("/v1/audio/speech", json={"model": "istami", "input": text}).read()
        client.post("/v1/audio/speech", json={"model": WORD, "input": text})
        lines = "\n".join([json.dumps({"id": "logged-line", "text": text}), f"{WORD} is no JSON"])
        client.post("/v1/batches", content=lines.encode(), headers={"Content-Type": "application/jsonl"})
        until(lambda: client.get("/v1/articles/logged").json()["status"] == "ready", 60, "ready")
        client.get("/v1/articles/logged/marks.json")
        client.get(f"/v1/articles/{WORD}")
    log = (closed.data / "log").read_text(encoding="utf-8")
    assert log
    assert WORD not in log
    assert WORD.encode("unicode_escape").decode() not in log


def test_a_damaged_value_is_logged_without_its_words(caplog) -> None:
    value: Put = packed(noun("article", dict, squeezed=True), {"text": WORD, "id": [WORD]}, 60)
    with caplog.at_level(logging.DEBUG):
        assert unpacked(noun("article", Entry, squeezed=True), value.value) is None
    assert "damaged" in caplog.text
    assert WORD not in caplog.text

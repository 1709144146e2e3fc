"""Who may ask for what: every address against the one table."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter

from cache.redis_store import RedisStore
from service.api import access, openai
from service.api.routes import about, articles, audio, batches, feed, page_mode, player_pages, webhooks
from service.auth.api_keys import Keys, Scope
from service.config.settings import Settings
from service.server import app

GUARD = {"key_missing", "bad_key", "key_too_weak"}
BODIES = {
    "/v1/articles/{id}/address": {},
    "/v1/articles": {"text": "هطلت أمس أمطار غزيرة."},
    "/v1/audio/speech": {"model": "istami", "input": "هطلت أمس أمطار غزيرة."},
    "/v1/explain": {"text": "هطلت أمس أمطار غزيرة."},
    "/v1/pages": {"url": "https://nowhere.example/rain"},
}
EVERYWHERE = "0.0.0.0"  # noqa: S104  # what is tried here
ISTAMI = (sys.executable, "-m", "service")
VALUES = {"id": "nothing", "key": "0" * 64, "name": "page.css", "model": "istami"}


def lines() -> list[tuple[str, str, Scope | None]]:
    return [(*line.split(" "), needed) for line, needed in access.TABLE.items()]


@pytest.fixture(scope="module")
def ask(closed, keys):
    """Asks with a new key of a scope, or with what is given as one."""
    made = {scope: keys.create(scope.label, scope)[1] for scope in Scope}
    with closed.client as client:

        def ask(method: str, path: str, key: Scope | str | None = None, **more) -> httpx.Response:
            headers = more.pop("headers", {})
            if key is not None:
                headers = {**headers, "Authorization": f"Bearer {made.get(key, key)}"}
            return client.request(method, path, headers=headers, **more)

        yield ask


def request(ask, method: str, path: str, key=None) -> httpx.Response:
    """A request that its route would accept."""
    return ask(method, path.format_map(VALUES), key, json=BODIES.get(path) if method == "POST" else None)


def code(answer: httpx.Response) -> str | None:
    """Why it was refused."""
    if answer.headers.get("content-type", "").partition(";")[0] not in {
        "application/problem+json",
        "application/json",
    }:
        return None
    told = answer.json()
    return told.get("code") or (told.get("error") or {}).get("code")


class TestTheTable:
    def test_has_every_address_that_there_is(self) -> None:
        there = {
            f"{method} {route.path}"
            for room in (about, articles, audio, batches, feed, openai, page_mode, player_pages, webhooks)
            for route in routes(room.router)
            for method in route.methods - {"HEAD"}
        }
        described = app.build(Settings(), "redis://127.0.0.1:1/0").openapi()["paths"]
        there |= {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}
        docs = {"/docs", "/docs/oauth2-redirect", "/redoc", "/openapi.json"}
        there |= {f"GET {path}" for path in docs}
        assert {line for line in there if not line.startswith("HEAD")} == set(access.TABLE)

    def test_is_what_the_document_says(self) -> None:
        text = (Path(__file__).parents[2] / "docs" / "security.md").read_text(encoding="utf-8")
        shown = dict(re.findall(r"^\| `(\w+ /\S*)` \| (\w+) \|", text, re.MULTILINE))
        assert shown == {line: needed.label if needed else "public" for line, needed in access.TABLE.items()}

    def test_is_what_the_description_says(self) -> None:
        described = app.build(Settings(), "redis://127.0.0.1:1/0").openapi()
        assert described["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
        for path, methods in described["paths"].items():
            for method, operation in methods.items():
                needed = access.TABLE[f"{'GET' if method == 'head' else method.upper()} {path}"]
                assert operation.get("security") == (None if needed is None else [{"key": []}]), path
                assert "401" in operation["responses"]
                assert ("403" in operation["responses"]) >= (needed is not None)


def routes(router: APIRouter) -> list:
    """Those of a router and of all in it."""
    return [
        each
        for route in router.routes
        for each in (routes(route.original_router) if hasattr(route, "original_router") else [route])
    ]


@pytest.mark.parametrize(("method", "path", "needed"), lines())
class TestEveryAddress:
    def test_without_a_key(self, ask, method, path, needed) -> None:
        answer = request(ask, method, path)
        if needed is None:
            assert code(answer) not in GUARD
            return
        assert (answer.status_code, code(answer)) == (401, "key_missing")
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="istami"'
        assert answer.headers["Cache-Control"] == "no-store"

    def test_with_a_key_of_each_scope(self, ask, method, path, needed) -> None:
        for scope in Scope:
            answer = request(ask, method, path, scope)
            if needed is None or scope >= needed:
                assert code(answer) not in GUARD, scope
            else:
                assert (answer.status_code, code(answer)) == (403, "key_too_weak")
                told = f'Bearer realm="istami", error="insufficient_scope", scope="{needed.label}"'
                assert answer.headers["WWW-Authenticate"] == told

    def test_with_what_is_no_key(self, ask, method, path, needed) -> None:  # noqa: ARG002  # as for the others
        if re.fullmatch(r"/audio/{key}\.mp3", path):
            return  # see `test_recordings_need_no_key`
        answer = request(ask, method, path, "istami_" + "0" * 12 + "_" + "A" * 43)
        assert (answer.status_code, code(answer)) == (401, "bad_key")
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


ARABIC = re.compile(r"[\u0621-\u064a]")


class TestAKey:
    def test_is_asked_for_in_arabic_and_english(self, ask) -> None:
        told = ask("POST", "/v1/articles", json={"text": "نص."}).json()
        assert told["status"] == 401
        assert ARABIC.search(told["message"]["ar"])
        assert "Authorization: Bearer" in told["message"]["en"]

    def test_is_asked_for_as_openai_s_clients_expect_it(self, ask) -> None:
        for answer in (ask("GET", "/v1/models"), ask("POST", "/v1/audio/speech", json={})):
            assert answer.status_code == 401
            assert answer.headers["content-type"] == "application/json"
            assert answer.json()["error"]["code"] == "key_missing"

    def test_is_asked_for_before_a_body_is_read(self, closed) -> None:
        host, port = closed.base.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=20) as line:
            line.sendall(b"POST /v1/articles HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n{")
            assert line.recv(1000).startswith(b"HTTP/1.1 401 ")

    def test_is_good_until_it_is_revoked(self, ask, keys) -> None:
        key, whole = keys.create("a", Scope.WRITE)
        assert ask("GET", "/v1/batches", whole).status_code == 200
        keys.revoke(key.id)
        assert ask("GET", "/v1/batches", whole).status_code == 401

    @pytest.mark.parametrize("header", ["{}", "Basic {}", "bearer", "Bearer", "Token {}"])
    def test_comes_as_a_bearer_token_alone(self, ask, keys, header) -> None:
        _, whole = keys.create("a", Scope.WRITE)
        answer = ask("GET", "/v1/batches", headers={"Authorization": header.format(whole)})
        assert answer.status_code == 401

    def test_comes_under_any_spelling_of_bearer(self, ask, keys) -> None:
        _, whole = keys.create("a", Scope.WRITE)
        assert ask("GET", "/v1/batches", headers={"Authorization": f"bEaReR {whole}"}).status_code == 200

    def test_is_never_in_the_log(self, ask, keys, closed) -> None:
        _, whole = keys.create("a", Scope.READ)
        ask("GET", "/v1/batches", whole)
        ask("POST", "/v1/articles", whole, json={"text": "نص."})
        assert whole.split("_", 2)[2] not in (closed.data / "log").read_text()

    def test_is_taken_by_the_client_of_openai(self, closed, keys) -> None:
        from openai import AuthenticationError, OpenAI, PermissionDeniedError

        def speak(key: str) -> bytes:
            with OpenAI(base_url=f"{closed.base}/v1", api_key=key, max_retries=0) as client:
                return client.audio.speech.create(model="istami", voice="espeak-ar", input="مرحبا.").content

        read, write = (keys.create("a", scope)[1] for scope in (Scope.READ, Scope.WRITE))
        assert speak(write).startswith(b"ID3")
        with pytest.raises(PermissionDeniedError):
            speak(read)
        with pytest.raises(AuthenticationError):
            speak("-")

    def test_is_taken_by_the_client_for_python(self, closed, keys) -> None:
        from istami_client import Client, Refused

        with Client(closed.base, api_key=keys.create("a", Scope.WRITE)[1]) as client:
            assert client.wait(client.submit(text="هطلت أمس أمطار غزيرة.")).status == "ready"
        with Client(closed.base) as client, pytest.raises(Refused) as caught:
            client.submit(text="نص.")
        assert caught.value.status == 401


def test_recordings_need_no_key(ask, until) -> None:
    article = ask(
        "POST", "/v1/articles", Scope.WRITE, json={"id": "heard", "text": "هطلت أمس أمطار غزيرة."}
    ).json()
    until(lambda: ask("GET", "/v1/articles/heard").json()["status"] == "ready", 60, "ready")
    assert ask("GET", f"/audio/{article['key']}.mp3").content.startswith(b"ID3")
    assert ask("GET", f"/audio/{article['key']}.mp3", "anything").status_code == 200


class TestAServiceWithoutKeys:
    def test_is_open_on_loopback_until_the_first_is_made(self, start, until) -> None:
        service = start("--workers", "0", ready=False)
        with service.client as client:
            assert client.get("/v1/batches").status_code == 200
            assert client.get("/v1/batches", headers={"Authorization": "Bearer -"}).status_code == 200
            store = RedisStore(service.redis_url)
            Keys(store).create("a", Scope.READ)
            until(lambda: client.get("/v1/batches").status_code == 401, 10, "closed")
            store._redis.flushall()
            assert client.get("/v1/batches").status_code == 401, "lost keys open nothing"

    def test_does_not_start_where_others_could_reach_it(self, tmp_path) -> None:
        done = subprocess.run(
            [*ISTAMI, "serve", "--port", "0", "--workers", "0", "--host", EVERYWHERE],
            env={**os.environ, "ISTAMI_DATA_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 1
        for told in (EVERYWHERE, "istami keys create", "ISTAMI_OPEN", "مفتاح"):
            assert told in done.stderr

    @pytest.mark.parametrize(("is_open", "status"), [("true", 200), ("", 401)])
    def test_starts_there_with_a_key_and_asks_for_it_unless_it_is_set_to_be_open(
        self, start, tmp_path, is_open, status
    ) -> None:
        settings = {"ISTAMI_DATA_DIR": str(tmp_path), "ISTAMI_OPEN": is_open}
        subprocess.run(
            [*ISTAMI, "keys", "create", "a"], env={**os.environ, **settings}, check=True, timeout=300
        )
        service = start("--host", EVERYWHERE, "--workers", "0", ready=False, **settings)
        with httpx.Client(
            base_url=service.base.replace(EVERYWHERE, "127.0.0.1"), timeout=60, trust_env=False
        ) as client:
            assert client.get("/healthz").status_code == 200
            assert client.get("/v1/batches").status_code == status

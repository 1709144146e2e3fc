"""What a page has a browser send is not what its user sends: every address, every way of asking."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from service.api import access
from service.auth.api_keys import Keys, Scope
from service.config.sites import Sites

VALUES = {"id": "nothing", "key": "0" * 64, "name": "page.css", "model": "istami"}
LINES = [tuple(line.split(" ")) for line in access.TABLE]
UNSAFE = [line for line in LINES if line[0] not in access.SAFE]
SITE, SITES_ORIGIN = "news.example", "https://news.example"
PUBLIC = "https://listen.example"
OWN = ("http://127.0.0.1:8000", "https://127.0.0.1:8000", PUBLIC)
FOREIGN = (
    "http://evil.example",
    "https://evil.example",
    "http://127.0.0.1:3000",
    "http://127.0.0.1",
    "http://localhost:8000",
    "https://listen.example.evil.example",
    "https://listen.example:8443",
    "http://listen.example",
    "https://other.listen.example",
    "null",
    "",
    "chrome-extension://abc",
)
OUR_HOSTS = (
    *("127.0.0.1:8000", "127.0.0.1", "localhost", "LOCALHOST:8000", "localhost.:8000", "istami.localhost"),
    *("[::1]:8000", "[::1]", "192.0.2.7:8000", "10.1.2.3", "[2001:db8::1]:8000"),
    *("listen.example", "listen.example:8000", "Listen.Example."),
)
FOREIGN_HOSTS = (
    *(
        "rebind.evil.example",
        "rebind.evil.example:8000",
        "evil",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
    ),
    *("notlocalhost", "listen.example.evil.example", "xlisten.example", "2130706433", "0x7f.1", "127.1"),
    *("evil.example@127.0.0.1x", "[::1", "[::1].evil.example", "é.example".encode()),
)


@pytest.fixture
def data(tmp_path) -> Path:
    """A data folder with a site in it."""
    Sites(tmp_path / "sites.toml").keep(SITE, {"pages": [SITE], "origins": [SITES_ORIGIN], "page_mode": True})
    return tmp_path


@pytest.fixture
def ask(machine, data):
    """Asks a service on loopback that has no key."""
    return machine(data, public_url=PUBLIC, explain_seconds=1)


@pytest.fixture
def key(store) -> dict[str, str]:
    """A key for everything, as it is sent."""
    return {"Authorization": f"Bearer {Keys(store).create('a', Scope.ADMIN)[1]}"}


def code(answer: httpx.Response) -> str | None:
    if "json" not in answer.headers.get("content-type", ""):
        return None
    told = answer.json()
    return told.get("code") or (told.get("error") or {}).get("code") if isinstance(told, dict) else None


def asked(ask, method: str, path: str, **headers) -> httpx.Response:
    body = {"json": {}} if method == "POST" else {}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return ask(method, path.format_map(VALUES), headers=named, **body)


def refused(answer: httpx.Response) -> bool:
    """Whether it was for where the request came from, said in Arabic and in English."""
    if code(answer) not in {"foreign_origin", "foreign_host", "not_allowed"}:
        return False
    assert answer.status_code in {403, 421}
    assert "ISTAMI_PUBLIC_URL" in answer.text or "istami sites set" in answer.text
    assert any("ء" <= letter <= "ي" for letter in answer.text)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return True


class TestWhatChangesSomething:
    def test_is_asked_for_by_programs_and_by_our_own_pages(self, ask) -> None:
        for method, path in UNSAFE:
            for headers in (
                {},
                {"Sec_Fetch_Site": "none"},
                *({"Origin": origin} for origin in OWN),
                *({"Origin": origin, "Sec_Fetch_Site": "same-origin"} for origin in OWN),
            ):
                if f"{method} {path}" in access.FROM_PAGES:
                    continue  # see below
                assert not refused(asked(ask, method, path, **headers)), (method, path, headers)

    def test_is_refused_to_pages_of_others(self, ask, key) -> None:
        for method, path in UNSAFE:
            if f"{method} {path}" in access.FROM_PAGES:
                continue
            for headers in (
                *({"Origin": origin} for origin in FOREIGN),
                {"Sec_Fetch_Site": "cross-site"},
                {"Sec_Fetch_Site": "same-site"},
                {"Sec_Fetch_Site": "Cross-Site", "Origin": OWN[0]},
                {"Sec_Fetch_Site": "same-origin", "Origin": FOREIGN[0]},
                {"Origin": SITES_ORIGIN},
                {"Origin": FOREIGN[0], **key},
                {"Origin": FOREIGN[0], "Content_Type": "text/plain"},
            ):
                answer = asked(ask, method, path, **headers)
                assert refused(answer), (method, path, headers)
                assert code(answer) == "foreign_origin"
                assert "access-control-allow-origin" not in answer.headers

    def test_is_nothing_where_no_route_takes_the_method(self, ask) -> None:
        taken = {path: {"HEAD", "OPTIONS"} for _, path in LINES}
        for method, path in LINES:
            taken[path].add(method)
        for path, methods in taken.items():
            for method in {"POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY"} - methods:
                answer = asked(ask, method, path, Origin=FOREIGN[0])
                assert answer.status_code == 405, (method, path)

    def test_is_refused_to_them_where_keys_are_asked_for_too(self, machine, data, key) -> None:
        ask = machine(data, open=False)
        for method, path in UNSAFE:
            if f"{method} {path}" not in access.FROM_PAGES:
                assert refused(asked(ask, method, path, Origin=FOREIGN[0], **key)), (method, path)
                assert not refused(asked(ask, method, path, **key)), (method, path)

    def test_on_sites_pages_is_for_these_alone_and_a_key_gives_nothing(self, ask, key) -> None:
        marked = [line for line in UNSAFE if " ".join(line) in access.FROM_PAGES]
        assert ("POST", "/v1/pages") in marked
        for method, path in marked:
            for credentials in ({}, key):
                for origin in FOREIGN:
                    assert refused(asked(ask, method, path, Origin=origin, **credentials)), origin
                from_site = {"Origin": SITES_ORIGIN, "Sec_Fetch_Site": "cross-site", **credentials}
                assert not refused(asked(ask, method, path, **from_site))
        for headers in ({}, key):
            told = ask("POST", "/v1/pages", json={"url": f"{SITES_ORIGIN}/a"}, headers=headers)
            assert (told.status_code, code(told)) == (403, "not_allowed"), "without an origin"

    def test_is_open_with_a_key_to_origins_that_are_named(self, machine, data, key) -> None:
        ask = machine(data, cors_origins=("https://desk.example", "*"))
        named = {"Origin": "https://desk.example", "Sec_Fetch_Site": "cross-site"}
        assert not refused(asked(ask, "POST", "/v1/articles", **named, **key))
        assert refused(asked(ask, "POST", "/v1/articles", **named))
        assert refused(asked(ask, "POST", "/v1/articles", Origin="https://evil.example", **key))
        assert refused(asked(ask, "POST", "/v1/articles", Origin="*", **key))


class TestWhatIsRead:
    def test_is_readable_by_other_pages_where_the_table_calls_it_public(self, ask) -> None:
        for (method, path), needed in zip(LINES, access.TABLE.values(), strict=True):
            if method != "GET":
                continue
            for origin in ("https://evil.example", SITES_ORIGIN, "null"):
                for tried in ("GET", "HEAD"):
                    allowed = asked(ask, tried, path, Origin=origin).headers.get(
                        "access-control-allow-origin"
                    )
                    own = f"GET {path}" in access.FROM_PAGES
                    expected = (origin if origin == SITES_ORIGIN else None) if own else "*"
                    assert allowed == (None if needed else expected), (path, origin)

    def test_that_is_not_there_is_readable_by_nobody_else(self, ask) -> None:
        answer = asked(ask, "GET", "/nowhere", Origin="https://evil.example")
        assert "access-control-allow-origin" not in answer.headers

    def test_is_asked_for_beforehand_as_the_table_has_it(self, ask) -> None:
        for (method, path), needed in zip(LINES, access.TABLE.values(), strict=True):
            for origin in ("https://evil.example", SITES_ORIGIN):
                headers = {"Origin": origin, "Access_Control_Request_Method": method}
                answer = asked(ask, "OPTIONS", path, **headers)
                marked = f"{method} {path}" in access.FROM_PAGES
                allowed = needed is None and (origin == SITES_ORIGIN or not marked)
                assert answer.status_code == (200 if allowed else 400), (method, path, origin)
                assert ("access-control-allow-origin" in answer.headers) == allowed
                with_key = asked(
                    ask, "OPTIONS", path, **headers, Access_Control_Request_Headers="authorization"
                )
                assert with_key.status_code == 400


class TestHost:
    def test_of_ours_is_served_while_no_key_is_needed(self, ask) -> None:
        for method, path in LINES:
            for host in OUR_HOSTS if path == "/v1/batches" else OUR_HOSTS[:2]:
                assert code(asked(ask, method, path, Host=host)) != "foreign_host", (method, path, host)

    def test_of_others_is_not(self, ask) -> None:
        lines = [*LINES, ("OPTIONS", "/v1/articles"), ("HEAD", "/"), ("PUT", "/nowhere")]
        for method, path in lines:
            for host in FOREIGN_HOSTS if path == "/v1/batches" else FOREIGN_HOSTS[:2]:
                answer = asked(ask, method, path, Host=host)
                assert answer.status_code == 421, (method, path, host)
                if method != "HEAD":
                    assert refused(answer)
        rebound = {"Host": "rebind.evil.example:8000", "Origin": "http://rebind.evil.example:8000"}
        assert asked(ask, "POST", "/v1/articles", **rebound, Sec_Fetch_Site="same-origin").status_code == 421

    def test_is_looked_at_wherever_the_service_is_open(self, machine, data) -> None:
        ask = machine(data, open=True)
        for peer in ("127.0.0.1", "192.0.2.1"):
            assert ask(peer=peer, headers={"Host": "evil.example"}).status_code == 421
            assert ask(peer=peer, headers={"Host": "192.0.2.7:8000"}).status_code == 200
        assert (
            machine(data, open=True, public_url="https://evil.example/x")(
                headers={"Host": "evil.example"}
            ).status_code
            == 200
        )

    def test_is_anybody_s_where_a_key_is_needed(self, machine, data, key) -> None:
        for ask in (machine(data), machine(data, open=False), machine(data, exposed=True)):
            for method, path in LINES:
                answer = asked(ask, method, path, Host="listen.example", **key)
                assert code(answer) != "foreign_host", (method, path)
            assert ask(path="/healthz", headers={"Host": "listen.example"}).status_code == 200

    def test_behind_a_proxy_is_the_proxy_s_matter(self, ask) -> None:
        headers = {"Host": "anything.example", "X-Forwarded-For": "203.0.113.9"}
        assert ask(path="/healthz", headers=headers).status_code == 200
        assert ask(headers=headers).status_code == 401


def test_a_recording_that_is_there_is_not_served_under_a_foreign_name(start, until) -> None:
    """Recordings are answered before all else: by a socket, as a browser would ask."""
    service = start("--workers", "1")
    with service.client as client:
        key = client.post("/v1/articles", json={"id": "heard", "text": "مرّ القطار بالوادي."}).json()["key"]
        until(lambda: client.get("/v1/articles/heard").json()["status"] == "ready", 120, "ready")
        for headers in ({}, {"Range": "bytes=0-99"}):
            for _ in range(3):  # the second time it is known to be whole
                assert client.get(f"/audio/{key}.mp3", headers=headers).status_code in {200, 206}
            foreign = client.get(f"/audio/{key}.mp3", headers={**headers, "Host": "evil.example"})
            assert foreign.status_code == 421

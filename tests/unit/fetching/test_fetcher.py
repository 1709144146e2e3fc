"""Pages are fetched from real servers: good ones, slow ones, hostile ones."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import ssl
import time
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
import trustme

from service.fetching import Fetched, Fetcher, Guard, Limits, Url, Validators
from service.model.errors import BadUrl, NotAllowed, TooSlow, Unavailable, Unfit, Unreachable

HTML = "<html><body><article><p>هطلت أمس أمطار غزيرة.</p></article></body></html>"
LIMITS = Limits(seconds=2, size=200_000, at_once=2)


def fetcher(*publishers: Any, limits: Limits = LIMITS, trust: ssl.SSLContext | None = None) -> Fetcher:
    """Knows ``page.test`` and its like, which lie on loopback, at the ports of these servers alone."""
    private = frozenset(
        f"{name}.test:{publisher.port}" for publisher in publishers for name in ("page", "other")
    )

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return [publishers[0].address] if publishers else ["127.0.0.1"]

    return Fetcher(Guard(private, resolve), limits, "https://listen.example", trust)


def fetch(
    publisher: Any,
    path: str = "/",
    allowed: Callable[[str], bool] = lambda _host: True,
    known: Validators | None = None,
    limits: Limits = LIMITS,
) -> Fetched | None:
    url = Url.parse(f"http://page.test:{publisher.port}{path}")
    return asyncio.run(fetcher(publisher, limits=limits).fetch(url, allowed, known))


class TestPage:
    def test_it_comes_with_where_it_was_and_what_it_is_known_by(self, publisher: Any) -> None:
        publisher.page("/a", HTML.encode(), "Content-Type: text/html", 'ETag: "1"', "Last-Modified: now")
        page = fetch(publisher, "/a")
        assert page == Fetched(
            Url.parse(f"http://page.test:{publisher.port}/a"),
            HTML,
            markup=True,
            validators=Validators('"1"', "now"),
        )

    def test_we_say_who_we_are_and_carry_no_cookie(self, publisher: Any) -> None:
        publisher.page("/next", HTML.encode())
        publisher.page("/", b"", "Location: /next", "Set-Cookie: a=b", status="302 Found")
        fetch(publisher)
        head = publisher.asked[-1].lower()
        assert "user-agent: istami/" in head
        assert "(+https://listen.example)" in head
        assert f"host: page.test:{publisher.port}" in head
        assert "cookie" not in head
        assert "authorization" not in head

    @pytest.mark.parametrize(
        ("encoded", "kind"),
        [
            (HTML.encode("windows-1256"), "text/html; charset=windows-1256"),
            (HTML.encode("utf-16"), "text/html"),
            (f'<meta charset="windows-1256">{HTML}'.encode("windows-1256"), "text/html"),
            (
                f'<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-6">{HTML}'.encode(
                    "iso-8859-6"
                ),
                "text/html",
            ),
            (HTML.encode(), "application/xhtml+xml"),
        ],
    )
    def test_its_charset_is_the_one_it_tells(self, publisher: Any, encoded: bytes, kind: str) -> None:
        publisher.page("/", encoded, f"Content-Type: {kind}")
        page = fetch(publisher)
        assert page is not None
        assert "هطلت أمس أمطار غزيرة." in page.text

    def test_plain_text_is_no_markup(self, publisher: Any) -> None:
        publisher.page("/", "نص قصير.".encode(), "Content-Type: text/plain; charset=utf-8")
        page = fetch(publisher)
        assert page is not None
        assert (page.text, page.markup) == ("نص قصير.", False)

    def test_it_is_unpacked(self, publisher: Any) -> None:
        publisher.page("/", gzip.compress(HTML.encode()), "Content-Type: text/html", "Content-Encoding: gzip")
        page = fetch(publisher)
        assert page is not None
        assert page.text == HTML

    def test_what_is_known_still_does_not_come_again(self, publisher: Any) -> None:
        publisher.page("/", b"", status="304 Not Modified")
        assert fetch(publisher, known=Validators('"1"', "then")) is None
        assert 'if-none-match: "1"' in publisher.asked[-1].lower()
        assert "if-modified-since: then" in publisher.asked[-1].lower()

    def test_not_modified_without_having_asked_is_no_page(self, publisher: Any) -> None:
        publisher.page("/", b"", status="304 Not Modified")
        with pytest.raises(Unreachable):
            fetch(publisher)


class TestRedirects:
    def test_five_are_followed_and_a_sixth_is_not(self, publisher: Any) -> None:
        for hop in range(6):
            publisher.moved(f"/{hop}", f"/{hop + 1}")
        publisher.page("/6", HTML.encode())
        page = fetch(publisher, "/1")
        assert page is not None
        assert page.url.target == "/6"
        with pytest.raises(Unreachable, match="redirects"):
            fetch(publisher, "/0")

    def test_a_loop_ends(self, publisher: Any) -> None:
        publisher.moved("/", "/")
        with pytest.raises(Unreachable, match="redirects"):
            fetch(publisher)

    @pytest.mark.parametrize(
        "host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1"]
    )
    def test_none_leads_into_a_private_network(self, publisher: Any, host: str) -> None:
        publisher.moved("/", f"http://{host}:{publisher.port}/secret")
        with pytest.raises(NotAllowed):
            fetch(publisher)
        publisher.moved("/", f"http://{host}/secret")
        with pytest.raises(NotAllowed):
            fetch(publisher)
        assert "/secret" not in publisher.paths

    def test_none_leads_to_a_name_on_a_private_network(self, publisher: Any) -> None:
        publisher.moved("/", f"http://evil.test:{publisher.port}/secret")
        with pytest.raises(NotAllowed):
            fetch(publisher)
        assert "/secret" not in publisher.paths

    @pytest.mark.parametrize(
        "to",
        [
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "file:///etc/passwd",
            "ftp://page.test/",
            "",
        ],
    )
    def test_none_leads_to_what_is_no_page(self, publisher: Any, to: str) -> None:
        publisher.moved("/", to)
        with pytest.raises((BadUrl, Unreachable)):
            fetch(publisher)

    def test_another_host_must_be_allowed_too(self, publisher: Any) -> None:
        publisher.moved("/", f"http://other.test:{publisher.port}/next")
        publisher.page("/next", HTML.encode())
        assert fetch(publisher) is not None
        with pytest.raises(NotAllowed, match=r"other\.test.*istami sites add"):
            fetch(publisher, allowed=lambda host: host == "page.test")


class TestNetwork:
    def test_a_name_is_looked_up_once_a_connection_and_connected_to_there(self, serve) -> None:
        first = serve("127.0.0.1")
        second = serve("127.0.0.2", first.port)
        first.page("/", HTML.encode())
        second.page("/", b"rebound")
        answers = itertools.chain([["127.0.0.1"], ["127.0.0.1"]], itertools.repeat(["127.0.0.2"]))
        looked_up = []

        async def resolve(host: str, _port: int) -> Sequence[str]:
            looked_up.append(host)
            return next(answers)

        guard = Guard(frozenset({f"page.test:{first.port}"}), resolve)
        url = Url.parse(f"http://page.test:{first.port}/")
        page = asyncio.run(Fetcher(guard, LIMITS).fetch(url, lambda _host: True))
        assert page is not None
        assert page.text == HTML
        assert looked_up == ["page.test", "page.test"]  # for robots.txt, and for the page
        assert second.asked == []

    def test_an_address_that_does_not_answer_gives_way_to_the_next(self, publisher: Any) -> None:
        publisher.page("/", HTML.encode())

        async def resolve(_host: str, _port: int) -> Sequence[str]:
            return ["127.0.0.9", publisher.address]

        guard = Guard(frozenset({f"page.test:{publisher.port}"}), resolve)
        url = Url.parse(f"http://page.test:{publisher.port}/")
        assert asyncio.run(Fetcher(guard, LIMITS).fetch(url, lambda _host: True)) is not None

    def test_nobody_there_is_told(self, free_tcp_port: int) -> None:
        with pytest.raises(Unreachable):
            fetch(SimpleNamespace(address="127.0.0.1", port=free_tcp_port))

    def test_a_resolver_that_hangs_is_given_up(self) -> None:
        async def resolve(_host: str, _port: int) -> Sequence[str]:
            await asyncio.sleep(60)
            return []

        limits = Limits(seconds=0.3, size=1000, at_once=1)
        with pytest.raises(TooSlow):
            asyncio.run(
                Fetcher(Guard(resolve=resolve), limits).fetch(
                    Url.parse("http://page.test/"), lambda _host: True
                )
            )

    @pytest.mark.parametrize(("name", "fits"), [("page.test", True), ("other.test", False)])
    def test_a_certificate_must_be_of_the_name_that_was_asked_for(self, serve, name: str, fits: bool) -> None:  # noqa: FBT001
        authority = trustme.CA()
        theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("page.test").configure_cert(theirs)
        ours = ssl.create_default_context()
        authority.configure_trust(ours)
        publisher = serve(trust=theirs)
        publisher.page("/", HTML.encode())
        fetching = fetcher(publisher, trust=ours).fetch(
            Url.parse(f"https://{name}:{publisher.port}/"), lambda _host: True
        )
        if fits:
            assert asyncio.run(fetching) is not None
        else:
            with pytest.raises(Unreachable, match="certificate"):
                asyncio.run(fetching)

    def test_a_certificate_of_nobody_we_trust_is_refused(self, serve) -> None:
        theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("page.test").configure_cert(theirs)
        publisher = serve(trust=theirs)
        with pytest.raises(Unreachable, match="certificate"):
            asyncio.run(
                fetcher(publisher).fetch(
                    Url.parse(f"https://page.test:{publisher.port}/"), lambda _host: True
                )
            )

    def test_more_at_once_than_is_allowed_are_turned_away(self, publisher: Any) -> None:
        publisher.answers["/"] = lambda: slowly(HTML.encode())
        ours, url = fetcher(publisher), Url.parse(f"http://page.test:{publisher.port}/")

        async def all_at_once() -> list[object]:
            fetches = (ours.fetch(url, lambda _host: True) for _ in range(3))
            return await asyncio.gather(*fetches, return_exceptions=True)

        outcomes = [type(outcome) for outcome in asyncio.run(all_at_once())]
        assert outcomes == [TooSlow, TooSlow, Unavailable]


class TestHostileServers:
    @pytest.mark.parametrize(
        "pieces",
        [
            [b""],
            [b"HTTP/1.1 200 OK\r\nX: "],
            [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"],
        ],
        ids=["connection", "head", "body"],
    )
    def test_one_that_drips_is_given_up(self, publisher: Any, pieces: list[bytes]) -> None:
        publisher.answers["/"] = lambda: itertools.chain(pieces, slowly(b"x" * 1000))
        begun = time.monotonic()
        with pytest.raises(TooSlow):
            fetch(publisher)
        assert time.monotonic() - begun < 30  # the drip would take 100 s

    def test_a_body_without_end_is_cut_off(self, publisher: Any) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
        publisher.answers["/"] = lambda: itertools.chain([head], itertools.repeat(b"x" * 10_000))
        with pytest.raises(Unfit, match="larger than 200000"):
            fetch(publisher)

    def test_a_bomb_is_cut_off_while_it_unpacks(self, publisher: Any) -> None:
        bomb = gzip.compress(bytes(50_000_000))
        assert len(bomb) < LIMITS.size
        publisher.page("/", bomb, "Content-Type: text/html", "Content-Encoding: gzip")
        with pytest.raises(Unfit, match="larger than 200000"):
            fetch(publisher)

    @pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip", "x-unknown"])
    def test_what_we_did_not_ask_for_is_not_unpacked(self, publisher: Any, encoding: str) -> None:
        publisher.page("/", b"\x00" * 10, "Content-Type: text/html", f"Content-Encoding: {encoding}")
        with pytest.raises(Unfit, match="encoding"):
            fetch(publisher)
        assert "br" not in publisher.asked[-1].partition("Accept-Encoding:")[2].partition("\r\n")[0]

    @pytest.mark.parametrize("packed", [b"no gzip", gzip.compress(HTML.encode(), mtime=0)[:-9]])
    def test_a_damaged_body_is_no_page(self, publisher: Any, packed: bytes) -> None:
        publisher.page("/", packed, "Content-Type: text/html", "Content-Encoding: gzip")
        with pytest.raises(Unfit, match="damaged"):
            fetch(publisher)

    @pytest.mark.parametrize(
        "kind", ["image/png", "application/pdf", "application/json", "text/html-x", "audio/mpeg", ""]
    )
    def test_other_content_is_no_page(self, publisher: Any, kind: str) -> None:
        publisher.page("/", b"...", f"Content-Type: {kind}")
        with pytest.raises(Unfit):
            fetch(publisher)

    @pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "206 Partial Content", "204 No Content"])
    def test_another_status_is_no_page(self, publisher: Any, status: str) -> None:
        publisher.page("/", b"" if status.startswith("204") else b"<p>x</p>", status=status)
        with pytest.raises(Unreachable, match=status[:3]):
            fetch(publisher)

    def test_a_head_without_end_is_cut_off(self, publisher: Any) -> None:
        head = (f"X-{number}: {'x' * 1000}\r\n".encode() for number in itertools.count())
        publisher.answers["/"] = lambda: itertools.chain([b"HTTP/1.1 200 OK\r\n"], head)
        with pytest.raises(Unreachable):
            fetch(publisher)

    @pytest.mark.parametrize(
        "answer",
        [
            b"",
            b"SSH-2.0-OpenSSH_9\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Type: text/html\r\n\r\nx",
        ],
    )
    def test_one_that_breaks_off_or_speaks_otherwise_is_no_web_server(
        self, publisher: Any, answer: bytes
    ) -> None:
        publisher.at("/", answer)
        with pytest.raises(Unreachable):
            fetch(publisher)


class TestRobots:
    def test_what_is_disallowed_is_not_fetched(self, publisher: Any) -> None:
        publisher.page(
            "/robots.txt", b"User-agent: *\nDisallow: /\nUser-agent: istami\nDisallow: /no\nAllow: /no/yes"
        )
        for path in ("/", "/no", "/no/yes"):
            publisher.page(path, HTML.encode())
        assert fetch(publisher, "/") is not None
        assert fetch(publisher, "/no/yes") is not None
        with pytest.raises(NotAllowed, match=r"robots\.txt"):
            fetch(publisher, "/no")
        assert "/no" not in publisher.paths

    @pytest.mark.parametrize(
        ("status", "passes"),
        [("404 Not Found", True), ("403 Forbidden", True), ("429 Slow Down", False), ("503 Away", False)],
    )
    def test_none_is_none_and_a_failing_server_forbids(
        self,
        publisher: Any,
        status: str,
        passes: bool,  # noqa: FBT001
    ) -> None:
        publisher.page("/", HTML.encode())
        publisher.page("/robots.txt", b"", status=status)
        if passes:
            assert fetch(publisher) is not None
        else:
            with pytest.raises(NotAllowed, match=r"robots\.txt"):
                fetch(publisher)

    def test_it_is_asked_for_once_a_while(self, publisher: Any) -> None:
        publisher.page("/", HTML.encode())
        ours, url = fetcher(publisher), Url.parse(f"http://page.test:{publisher.port}/")
        for _ in range(3):
            assert asyncio.run(ours.fetch(url, lambda _host: True)) is not None
        assert publisher.paths.count("/robots.txt") == 1

    def test_a_redirect_of_it_leads_no_farther_than_one_of_the_page(self, publisher: Any) -> None:
        publisher.page("/", HTML.encode())
        publisher.moved("/robots.txt", f"http://127.0.0.1:{publisher.port}/secret")
        with pytest.raises(NotAllowed):
            fetch(publisher)
        assert "/secret" not in publisher.paths

    def test_one_that_is_too_large_forbids(self, publisher: Any) -> None:
        publisher.page("/", HTML.encode())
        publisher.page("/robots.txt", b"#" * 600_000)
        with pytest.raises(NotAllowed, match=r"robots\.txt"):
            fetch(publisher)


def slowly(content: bytes):
    for number in range(len(content)):
        time.sleep(0.1)
        yield content[number : number + 1]


class TestIndex:
    def index(self, publisher: Any, path: str) -> bytes:
        url = Url.parse(f"http://page.test:{publisher.port}{path}")
        return asyncio.run(fetcher(publisher).index(url, lambda _host: True))

    def test_it_comes_as_it_lies_there(self, publisher: Any) -> None:
        packed = gzip.compress(b"<urlset/>")
        publisher.page("/map.xml.gz", packed, "Content-Type: application/x-gzip")
        publisher.moved("/map", "/map.xml.gz")
        assert self.index(publisher, "/map") == packed

    def test_a_page_is_none(self, publisher: Any) -> None:
        publisher.page("/", HTML.encode())
        with pytest.raises(Unfit):
            self.index(publisher, "/")

    def test_robots_are_told_of_it_too(self, publisher: Any) -> None:
        publisher.page("/robots.txt", b"User-agent: *\nDisallow: /map.xml", "Content-Type: text/plain")
        publisher.page("/map.xml", b"<urlset/>", "Content-Type: text/xml")
        with pytest.raises(NotAllowed):
            self.index(publisher, "/map.xml")

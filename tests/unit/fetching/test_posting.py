"""What is sent goes to the server that was checked, to no other, and to none on a private network."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Sequence
from typing import Any

import pytest
import trustme

from service.fetching import Guard, Posted, Poster, Url
from service.model.errors import NotAllowed, TooSlow, Unreachable

BODY = b'{"type":"article.ready"}'


def poster(*private: str, seconds: float = 5, trust: ssl.SSLContext | None = None) -> Poster:
    """Knows ``hook.test``, which lies on loopback."""

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    return Poster(Guard(frozenset(private), resolve), seconds, "https://listen.example", trust)


def post(receiver: Any, told: Poster | None = None, scheme: str = "http") -> Posted:
    told = told or poster(f"hook.test:{receiver.port}")
    url = Url.parse(f"{scheme}://hook.test:{receiver.port}/hooks?a=1")
    return asyncio.run(told.post(url, {"webhook-id": "msg_1"}, BODY))


class TestWhatIsSent:
    def test_it_comes_to_the_letter_with_its_headers_and_who_sends_it(self, receiver: Any) -> None:
        assert post(receiver) == Posted(204, None)
        (got,) = receiver.got
        assert (got.path, got.body) == ("/hooks?a=1", BODY)
        assert got.headers["webhook-id"] == "msg_1"
        assert got.headers["content-type"] == "application/json"
        assert got.headers["host"] == f"hook.test:{receiver.port}"
        assert got.headers["user-agent"].startswith("istami/")
        assert "cookie" not in got.headers

    def test_over_tls_the_certificate_must_be_the_name_s(self, receive: Any) -> None:
        authority = trustme.CA()
        server, client = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
        authority.issue_cert("hook.test").configure_cert(server)
        authority.configure_trust(client)
        receiver = receive(trust=server)
        private = f"hook.test:{receiver.port}"
        assert post(receiver, poster(private, trust=client), "https").status == 204
        with pytest.raises(Unreachable, match="certificate"):
            post(receiver, poster(private), "https")
        assert len(receiver.got) == 1

    def test_what_it_answers_is_told_with_how_long_to_wait(self, receiver: Any) -> None:
        receiver.next += [500, 410, {"Retry-After": "120"}, {"Retry-After": "9" * 50}]
        assert [post(receiver) for _ in range(4)] == [
            Posted(500, None),
            Posted(410, None),
            Posted(503, 120),
            Posted(503, None),
        ]

    def test_a_redirect_is_an_answer_and_is_not_followed(self, receiver: Any, receive: Any) -> None:
        other = receive()
        receiver.next.append({"Location": other.address})
        assert post(receiver).status == 302
        assert not other.got

    def test_no_answer_is_said_so(self, receiver: Any) -> None:
        receiver.next.append(0)
        with pytest.raises(Unreachable):
            post(receiver)

    def test_a_server_that_is_slow_is_not_waited_for(self, receiver: Any) -> None:
        receiver.next.append(lambda: time.sleep(1.5) or 204)
        with pytest.raises(TooSlow):
            post(receiver, poster(f"hook.test:{receiver.port}", seconds=0.3))

    def test_an_endless_answer_is_not_read(self, publisher: Any) -> None:
        def endless():
            yield b"HTTP/1.1 200 OK\r\n\r\n"
            while True:
                yield b"x" * 65536

        publisher.answers["/hooks?a=1"] = endless
        assert post(publisher).status == 200

    def test_an_endless_head_is_an_error(self, publisher: Any) -> None:
        def endless():
            yield b"HTTP/1.1 200 OK\r\n"
            while True:
                yield b"X-More: " + b"x" * 8000 + b"\r\n"

        publisher.answers["/hooks?a=1"] = endless
        with pytest.raises(Unreachable):
            post(publisher)


class TestWhereNothingIsSent:
    def test_loopback_is_refused_unless_it_is_set(self, receiver: Any) -> None:
        with pytest.raises(NotAllowed):
            post(receiver, poster(), "https")
        url = Url.parse(receiver.address)
        with pytest.raises(NotAllowed):
            asyncio.run(Poster(Guard(), 5).post(url, {}, BODY))
        assert not receiver.got

    @pytest.mark.parametrize(
        "address",
        ["10.0.0.7", "127.0.0.1", "169.254.169.254", "192.168.1.1", "::1", "::ffff:10.0.0.1", "fd00::1"],
    )
    def test_a_name_of_a_private_address_is_refused(self, address: str) -> None:
        async def resolve(_host: str, _port: int) -> Sequence[str]:
            return ["93.184.215.14", address]

        with pytest.raises(NotAllowed, match="private network"):
            asyncio.run(Poster(Guard(resolve=resolve), 5).post(Url.parse("https://hook.test/"), {}, BODY))

    def test_a_name_that_answers_otherwise_the_second_time_is_not_asked_a_second_time(
        self, receiver: Any
    ) -> None:
        asked: list[str] = []
        private = frozenset({f"hook.test:{receiver.port}"})

        async def turning(host: str, _port: int) -> Sequence[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

        url = Url.parse(f"http://hook.test:{receiver.port}/")
        assert asyncio.run(Poster(Guard(private, turning), 5).post(url, {}, BODY)).status == 204
        assert asked == ["hook.test"]

    def test_what_others_could_read_along_is_refused(self) -> None:
        with pytest.raises(NotAllowed, match="https"):
            poster().check(Url.parse("http://hook.example/"))
        poster().check(Url.parse("https://hook.example/"))
        poster("hook.example").check(Url.parse("http://hook.example/"))

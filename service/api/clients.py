"""The source of a request: the client that a trusted proxy names, or this machine itself.

uvicorn's own middleware reads ``X-Forwarded-For``. An address in that header never counts as this machine:
only the peer of the socket can, and only if no header shows that the request was forwarded.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address
from typing import cast

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

_LOCAL = "istami.local"
_PEER = "istami.peer"

_PASSED_ON_PREFIXES = (
    b"x-forward",
    b"x-original-",
    b"x-envoy-",
    b"x-azure-",
    b"x-arr-",
    b"x-appengine-",
    b"x-amz-cf-",
    b"x-proxy",
    b"x-varnish",
    b"x-nginx",
    b"x-vercel-",
    b"x-nf-",
    b"cf-",
    b"cdn-",
    b"fastly-",
    b"fly-",
    b"tailscale-",
    b"akamai-",
    b"incap-",
)
_PASSED_ON = frozenset(
    (
        *(b"forwarded", b"forwarded-for", b"forwarded-for-ip", b"via", b"max-forwards", b"client-ip"),
        *(b"true-client-ip", b"x-real-ip", b"x-real-port", b"x-real-host", b"x-client-ip", b"x-remote-ip"),
        *(b"x-remote-addr", b"x-originating-ip", b"x-cluster-client-ip", b"x-host", b"x-via", b"x-scheme"),
        *(b"x-coming-from", b"x-rewrite-url", b"x-amzn-trace-id", b"x-cloud-trace-context"),
        *(b"proxy-client-ip", b"wl-proxy-client-ip", b"ali-cdn-real-ip", b"x-bluecoat-via", b"x-url-scheme"),
        *(b"x-client-address", b"x-client-host", b"x-sucuri-clientip", b"x-zscaler-ip", b"x-true-client-ip"),
        b"front-end-https",
    )
)
"""Headers that proxies, tunnels and content networks add, in lower case."""


class Clients:
    """Records the source of each request in its scope.

    Args:
        app: the next application.
        trusted: addresses and networks of proxies whose ``X-Forwarded-For`` is believed.
    """

    def __init__(self, app: ASGIApp, trusted: Sequence[str]) -> None:
        self._app = app
        self._believing = cast(ASGIApp, ProxyHeadersMiddleware(self._named, list(trusted)))  # type: ignore[arg-type]  # noqa: TC006

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        peer = scope["client"] = _unmapped(scope.get("client"))
        passed_on = passing_header(scope) is not None
        scope[_LOCAL] = peer is not None and not passed_on and _is_loopback(peer[0])
        scope[_PEER] = peer
        await (self._believing if passed_on else self._app)(scope, receive, send)

    async def _named(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Continue with the client that a proxy named, if that is an IP address."""
        scope["client"] = _unmapped(scope["client"])
        try:
            ip_address(address(scope))
        except ValueError:
            scope["client"] = scope[_PEER]
        await self._app(scope, receive, send)


def local(scope: Scope) -> bool:
    """Whether a request comes from this machine itself, and from no proxy on it."""
    return bool(scope.get(_LOCAL, False))


def address(scope: Scope) -> str:
    """The network address of the client; empty if there is none."""
    return str(scope["client"][0]) if scope.get("client") else ""


def passing_header(scope: Scope) -> str | None:
    """A header that shows that a request was forwarded, if there is one."""
    for name, _ in scope["headers"]:
        if name in _PASSED_ON or name.startswith(_PASSED_ON_PREFIXES):
            return str(name.decode("latin-1"))
    return None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _unmapped(peer: tuple[str, int] | None) -> tuple[str, int] | None:
    """A peer by its own address: a socket for IPv6 that takes IPv4 too calls it ``::ffff:192.0.2.1``."""
    try:
        ip = ip_address(peer[0]) if peer else None
    except ValueError:
        return peer
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return (str(mapped), peer[1]) if peer and mapped else peer

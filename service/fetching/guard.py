"""Decides which network addresses may be connected to. A name is looked up once, here."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from service.model.errors import NotAllowed, Unreachable

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""From a host's name and a port to its IP addresses."""

_PORTS = frozenset({80, 443})
_UNICAST = IPv6Network("2000::/3")
"""All IPv6 that is allocated to the public (IANA, IPv6 address space)."""
_TRANSLATED = IPv6Network("64:ff9b::/96")
"""NAT64 (RFC 6052): the last four bytes are the IPv4 address."""
_PARTS = tuple(
    ip_network(network)
    for network in (
        *("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32"),  # protocols, 6to4 relays, Azure's own
        *("2001::/23", "2002::/16"),  # Teredo, ORCHID and other protocols; 6to4
        *("3fff::/20", "5f00::/16"),  # documentation, segment routing
    )
)
"""Not public, but not known to every version of ``ipaddress`` (IANA, special-purpose registries)."""


async def by_system(host: str, port: int) -> Sequence[str]:
    """Look a name up as the machine does.

    Raises:
        OSError: there is no such name, or no name server answers.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


def is_public(address: str) -> bool:
    """Whether an IP address is public, reachable from the internet.

    IPv6 addresses that contain an IPv4 address (mapped, compatible, 6to4, Teredo) are not; for NAT64 the
    contained address decides.
    """
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        if ip in _TRANSLATED:
            return is_public(str(IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip not in _UNICAST:
            return False
    return ip.is_global and not ip.is_multicast and not any(ip in part for part in _PARTS)


@dataclass(frozen=True, slots=True)
class Guard:
    """Resolves hosts to addresses that may be connected to.

    Args:
        private: hosts, or ``host:port``, that may lie on a private network. Dangerous: anyone who may
            name a page can then make the service send requests to these machines.
        resolve: how names are looked up.
    """

    private: frozenset[str] = frozenset()
    resolve: Resolve = by_system

    def trusts(self, host: str, port: int) -> bool:
        """Whether a host may lie on a private network."""
        shown = f"[{host}]" if ":" in host else host
        return f"{shown}:{port}" in self.private or (shown in self.private and port in _PORTS)

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a host, each checked.

        Raises:
            NotAllowed: the port, or any of the addresses, is not public.
            Unreachable: the name has no address.
        """
        trusted = self.trusts(host, port)
        if not trusted and port not in _PORTS:
            raise NotAllowed(
                f"Pages are not fetched from port {port}.",
                f"لا تُجلب الصفحات من المنفذ {port}.",
                field="url",
            )
        try:
            found = list(dict.fromkeys(await self.resolve(host, port)))
        except OSError as error:
            raise _nowhere(host) from error
        if not found:
            raise _nowhere(host)
        if not trusted and not all(map(is_public, found)):
            raise NotAllowed(
                f"“{host}” is on a private network.", f"المضيف «{host}» في شبكة خاصّة.", field="url"
            )
        return found


def _nowhere(host: str) -> Unreachable:
    return Unreachable(f"There is no host named “{host}”.", f"لا يوجد مضيف باسم «{host}».", field="url")

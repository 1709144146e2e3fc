"""URLs of pages, parsed once and strictly, so that the host contacted is the host checked."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address
from typing import Self
from urllib.parse import urljoin, urlsplit

import idna
from w3lib.url import safe_url_string

from service.model.errors import BadUrl

MOST = 2048
"""Characters of an address."""
_PORTS = {"http": 80, "https": 443}
_REFUSED = re.compile(r"[\x00-\x1f\x7f\\]")
_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_TRACKER = re.compile(
    r"(?:utm_|mtm_|pk_|hsa_|at_)\w*|(?:fb|g|d|y|tw|tt)clid|msclkid|li_fat_id|gbraid|wbraid|igshid|igsh|"
    r"mc_[ce]id|_ga|_gl|_hsenc|_hsmi|ref_src|ref_url|cmpid|xtor|__twitter_impression"
)
"""Parameters that record where a reader came from, and never identify the page."""


@dataclass(frozen=True, slots=True)
class Url:
    """The URL of a page on the web, without its fragment."""

    scheme: str
    """``http`` or ``https``."""
    host: str
    """A name in lower-case ASCII, or an IP address in canonical form, without brackets."""
    port: int
    target: str
    """Path and query, percent-encoded; begins with a slash."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an absolute address.

        Raises:
            BadUrl: a page on the web cannot have it.
        """
        text = text.strip(" ")
        if len(text) > MOST or _REFUSED.search(text):
            raise _bad(text)
        try:
            parts = urlsplit(safe_url_string(text))
            port = parts.port
        except ValueError as error:
            raise _bad(text) from error
        if parts.scheme not in _PORTS or "@" in parts.netloc or not parts.hostname or port == 0:
            raise _bad(text)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(parts.scheme, _host(parts.hostname, text), port or _PORTS[parts.scheme], target)

    def joined(self, reference: str) -> Url:
        """The address that a reference on this page leads to.

        Raises:
            BadUrl: it leads to none.
        """
        try:
            return Url.parse(urljoin(str(self), reference))
        except ValueError as error:
            raise _bad(reference) from error

    def canonical(self) -> Url:
        """The same page without the parameters that only record where a reader came from."""
        path, _, query = self.target.partition("?")
        kept = [part for part in query.split("&") if part and not _TRACKER.fullmatch(part.partition("=")[0])]
        return replace(self, target="?".join(filter(None, (path, "&".join(kept)))))

    @property
    def authority(self) -> str:
        """Host, and port if it is not the scheme's own: as in the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme and authority, as in the Origin header."""
        return f"{self.scheme}://{self.authority}"

    def __str__(self) -> str:
        return self.origin + self.target


def ascii_host(host: str) -> str:
    """A host's name as it is sent (IDNA 2008).

    Raises:
        ValueError: the name cannot be encoded.
    """
    return host if host.isascii() else idna.encode(host, uts46=True).decode()


def _host(host: str, text: str) -> str:
    """A host in canonical form; refuses numbers that only some programs accept as an address."""
    try:
        if ":" in host:
            return str(IPv6Address(host)) if "%" not in host else _refuse(text)
        name = ascii_host(host).lower().removesuffix(".")
        # The URL Standard takes any host that ends in a number for an IPv4 address; so does inet_aton.
        if _NUMBER.fullmatch(name.rpartition(".")[2]):
            return str(IPv4Address(name))
    except ValueError as error:
        raise _bad(text) from error
    return name if _NAME.fullmatch(name) else _refuse(text)


def _refuse(text: str) -> str:
    raise _bad(text)


def _bad(text: str) -> BadUrl:
    shown = text if len(text) <= 100 else f"{text[:100]}…"  # noqa: PLR2004  # enough to know it by
    return BadUrl(
        f"“{shown}” is not the address of a public page: http or https, a host name, nothing else.",
        f"«{shown}» ليس عنوان صفحة عامّة: المقبول http أو https ثم اسم المضيف.",
        field="url",
    )

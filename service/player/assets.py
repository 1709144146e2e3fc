"""The files that browsers load, read once and cached."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from zopfli.gzip import compress

from service.player.linker import link

_WEB = files("service.player.web")
_PLAIN = {
    "page.css": "text/css; charset=utf-8",
    "home.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


class Asset(NamedTuple):
    """A file as it is sent."""

    content: bytes
    content_type: str
    etag: str
    """Strong, with its quotes; computed from ``content``."""
    gzipped: bytes
    """``content`` for clients that accept ``Content-Encoding: gzip``."""


def read(name: str) -> str:
    """A source file of the player's browser side."""
    return (_WEB / name).read_text(encoding="utf-8")


def demo() -> str:
    """The article that the home page plays: its title is the first line."""
    return files("service.player").joinpath("demo.txt").read_text(encoding="utf-8")


def demo_page() -> str:
    """The same article as on a publisher's page, with its headings marked up."""
    title, *paragraphs = (escape(paragraph.strip()) for paragraph in demo().split("\n\n"))
    body = "".join(
        f"<p>{text}</p>" if text.endswith((".", "»")) else f"<h2>{text}</h2>" for text in paragraphs
    )
    return f'<html lang="ar" dir="rtl"><body><article><h1>{title}</h1>{body}</article></body></html>'


@cache
def assets() -> Mapping[str, Asset]:
    """Every file by its name: ``embed.js`` for publishers' pages, the others for our own."""
    made = {"embed.js": _asset(link("embed.js", read), "text/javascript; charset=utf-8")}
    made |= {name: _asset(read(name), content_type) for name, content_type in _PLAIN.items()}
    return MappingProxyType(made)


def _asset(text: str, content_type: str) -> Asset:
    content = text.encode()
    etag = f'"{sha256(content).hexdigest()[:32]}"'
    return Asset(content, content_type, etag, compress(content))

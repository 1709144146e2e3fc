"""The files that browsers load, read once and cached."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256, sha384
from html import escape
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from zopfli.gzip import compress

from service.player.linker import link

_EMBED = ("embed.js", "embed-more.js")
"""The player for publishers' pages, and what it loads when a reader first presses it."""

_WEB = files("service.player.web")
_PLAIN = {
    "page.css": "text/css; charset=utf-8",
    "home.js": "text/javascript; charset=utf-8",
    "offer.js": "text/javascript; charset=utf-8",
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
    """Every file by its name: those of ``_EMBED`` for publishers' pages, the others for our own."""
    first, second = _EMBED
    more = link(second, read)
    manifest = {"embed-more.json": _manifest(second, more)}
    scripts = {first: link(first, lambda name: manifest.get(name) or read(name)), second: more}
    made = {name: _asset(script, "text/javascript; charset=utf-8") for name, script in scripts.items()}
    made |= {name: _asset(read(name), content_type) for name, content_type in _PLAIN.items()}
    return MappingProxyType(made)


def _manifest(name: str, script: str) -> str:
    """The JSON module by which the first file loads the second: its name with a version, and its hash."""
    digest = sha384(script.encode()).digest()
    return json.dumps(
        {"file": f"{name}?v={digest.hex()[:12]}", "integrity": f"sha384-{b64encode(digest).decode()}"}
    )


def _asset(text: str, content_type: str) -> Asset:
    content = text.encode()
    etag = f'"{sha256(content).hexdigest()[:32]}"'
    return Asset(content, content_type, etag, compress(content))

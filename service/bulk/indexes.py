"""Sitemaps and feeds: the pages that they list."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator

import feedparser
from lxml import etree

from service.model.errors import BadArticle

MOST_BYTES = 50 * 1024 * 1024
"""Of a sitemap, unpacked: the limit of the sitemaps protocol."""
_GZIP = b"\x1f\x8b"


def unpacked(content: bytes) -> bytes:
    """Decompress a document that may be gzipped.

    Raises:
        BadArticle: it cannot be decompressed, or is larger than a sitemap may be.
    """
    if content.startswith(_GZIP):
        try:
            with gzip.open(io.BytesIO(content)) as file:
                content = file.read(MOST_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise BadArticle("The file cannot be unpacked.", "تعذّر فكّ ضغط الملف.") from error
    if len(content) > MOST_BYTES:
        raise BadArticle(
            f"The sitemap or feed is larger than {MOST_BYTES} bytes.",
            f"خريطة الموقع أو الخلاصة أكبر من {MOST_BYTES} بايت.",
        )
    return content


def sitemaps(content: bytes) -> list[str]:
    """The sitemaps that a sitemap index names; none if it is no index."""
    return list(_locations(content, "sitemap"))


def pages(content: bytes) -> list[str]:
    """The pages that a sitemap or feed lists, in its order, each once.

    Raises:
        BadArticle: it is neither, or lists none.
    """
    found = list(_locations(content, "url"))
    if not found:
        # Not a name or an address: feedparser would open either.
        entries = feedparser.parse(io.BytesIO(content)).entries
        found = [entry.link for entry in entries if entry.get("link")]
    if not found:
        raise BadArticle(
            "This is neither a sitemap nor a feed with pages.",
            "ليس هذا خريطة موقع ولا خلاصة فيها رابط إلى صفحة.",
        )
    return list(dict.fromkeys(found))


def _locations(content: bytes, entry: str) -> Iterator[str]:
    """The ``loc`` of each entry of a sitemap."""
    # Entities and document types are ignored, and nothing is fetched.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return
    for location in root.iterfind(f"{{*}}{entry}/{{*}}loc") if root is not None else ():
        if address := (location.text or "").strip():
            yield address

"""Which pages sitemaps and feeds name."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from service.bulk import indexes
from service.model.errors import BadArticle

SITEMAP = b"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
  <url><loc> https://news.example/1 </loc><lastmod>2026-01-01</lastmod></url>
  <url><loc>https://news.example/2?a=1&amp;b=2</loc></url>
  <url><loc>https://news.example/1</loc></url>
</urlset>"""
INDEX = b"""<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
  <sitemap><loc>https://news.example/a.xml</loc></sitemap>
  <sitemap><loc>https://news.example/b.xml.gz</loc></sitemap>
</sitemapindex>"""
RSS = """<?xml version="1.0" encoding="windows-1256"?>
<rss version="2.0"><channel><title>أخبار</title><link>https://news.example/</link>
  <item><title>خبر</title><link>https://news.example/1</link></item>
  <item><title>بلا رابط</title></item>
</channel></rss>""".encode("windows-1256")
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>
  <entry><title>y</title><link rel="alternate" href="https://news.example/1"/></entry>
</feed>"""


def test_a_sitemap_names_each_page_once_in_its_order() -> None:
    assert indexes.pages(SITEMAP) == ["https://news.example/1", "https://news.example/2?a=1&b=2"]
    assert indexes.sitemaps(SITEMAP) == []


def test_an_index_names_sitemaps() -> None:
    assert indexes.sitemaps(INDEX) == ["https://news.example/a.xml", "https://news.example/b.xml.gz"]


@pytest.mark.parametrize("feed", [RSS, ATOM])
def test_a_feed_names_the_pages_of_its_entries(feed: bytes) -> None:
    assert indexes.sitemaps(feed) == []
    assert indexes.pages(feed) == ["https://news.example/1"]


@pytest.mark.parametrize(
    "content", [b"", b"no xml", b"<html><body>page</body></html>", b"\x00\xff", b"<urlset/>"]
)
def test_what_names_no_page_is_refused(content: bytes) -> None:
    with pytest.raises(BadArticle):
        indexes.pages(content)


def test_entities_bring_nothing_in(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("https://news.example/secret")
    evil = f"""<!DOCTYPE urlset [<!ENTITY x SYSTEM "file://{secret}">]>
    <urlset><url><loc>&x;</loc></url><url><loc>https://news.example/1</loc></url></urlset>"""
    assert indexes.pages(evil.encode()) == ["https://news.example/1"]


def test_what_is_packed_is_unpacked() -> None:
    assert indexes.unpacked(gzip.compress(SITEMAP)) == SITEMAP
    assert indexes.unpacked(SITEMAP) == SITEMAP


def test_what_is_packed_to_burst_is_refused() -> None:
    with pytest.raises(BadArticle, match="larger"):
        indexes.unpacked(gzip.compress(b" " * (indexes.MOST_BYTES + 1)))


def test_what_is_packed_badly_is_refused() -> None:
    with pytest.raises(BadArticle, match="unpacked"):
        indexes.unpacked(gzip.compress(SITEMAP)[:-20])

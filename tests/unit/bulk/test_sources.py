"""What each kind of source gives."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from service.bulk.item import Flaw, Item, Source, Wishes
from service.bulk.sources import open_source
from service.model.errors import BadArticle, NotFound

WEB = {
    "https://news.example/map.xml": b"<urlset><url><loc>https://news.example/1</loc></url></urlset>",
    "https://news.example/more.xml.gz": gzip.compress(
        b"<urlset><url><loc>https://news.example/2</loc></url><url><loc>ftp://x</loc></url></urlset>"
    ),
    "https://news.example/index.xml": b"<sitemapindex><sitemap><loc>https://news.example/map.xml</loc></sitemap>"
    b"<sitemap><loc>https://news.example/gone.xml</loc></sitemap>"
    b"<sitemap><loc>https://news.example/more.xml.gz</loc></sitemap></sitemapindex>",
}


def fetch(address: str) -> bytes:
    if address not in WEB:
        raise NotFound(f"{address} is gone.", "غير موجود.")
    return WEB[address]


def opened(name: object, **wishes: object) -> Source:
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123
        return open_source(str(name), Wishes(**wishes), fetch, nothing)


def articles(source: Source) -> list[Item]:
    items = list(source.items)
    assert all(isinstance(each, Item) for each in items), items
    return items


def test_a_folder_is_walked_in_a_lasting_order(tmp_path: Path) -> None:
    hidden = (".hidden.txt", ".git/d.txt", "notes.pdf", "deep/.e.md")
    for name in ("b.txt", "a.html", "deep/c.md", "d.ssml", *hidden):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("نص.", encoding="utf-8")
    source = opened(tmp_path)
    assert source.total == 4
    found = articles(source)
    assert [Path(each.source).name for each in found] == ["a.html", "b.txt", "d.ssml", "c.md"]
    assert [bool(each.article.html) for each in found] == [True, False, False, True]
    assert found[2].article.ssml == "نص."
    assert found[1].article.text == "نص."


def test_a_folder_that_links_to_itself_ends(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("نص.", encoding="utf-8")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert len(articles(opened(tmp_path))) == 1


def test_a_file_that_cannot_be_read_is_a_flaw_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe\xfa")
    (tmp_path / "b.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "c.txt").write_text("نص.", encoding="utf-8")
    first, second, third = opened(tmp_path).items
    assert isinstance(first, Flaw)
    assert "UTF-8" in first.error.en
    assert isinstance(second, Flaw)
    assert isinstance(third, Item)


def test_json_lines_are_articles_and_bad_ones_are_told_by_number(tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    good = json.dumps({"id": "rain", "text": "نص."})
    path.write_text(
        f'{good}\n\nnope\n{{"text": "x", "colour": 1}}\n[1]\n{{"text": "آخر."}}', encoding="utf-8"
    )
    source = opened(path, voice="v")
    assert source.total == 5
    items = list(source.items)
    assert [each.source.rpartition(":")[2] for each in items] == ["1", "3", "4", "5", "6"]
    assert [type(each) for each in items] == [Item, Flaw, Flaw, Flaw, Item]
    assert "colour" in items[2].error.en
    assert items[0].id == "rain"
    assert items[0].article.voice == "v"


def test_standard_input_gives_a_line_as_soon_as_it_comes() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as end:
        source = open_source("-", Wishes(), fetch, end)
        os.write(writing, b'{"text": "one"}\n{"te')
        assert next(source.items).source == "-:1"
        os.write(writing, b'xt": "two"}')
        os.close(writing)
        assert [each.source for each in source.items] == ["-:2"]
    assert source.total is None


def test_an_address_of_a_sitemap_names_pages() -> None:
    source = opened("https://news.example/map.xml", site="news.example")
    assert source.total == 1
    [page] = articles(source)
    assert page.page
    assert page.article.url == "https://news.example/1"
    assert page.article.site == "news.example"


def test_an_index_is_followed_and_what_is_gone_stops_nothing() -> None:
    items = list(opened("https://news.example/index.xml").items)
    assert [each.source for each in items] == [
        "https://news.example/1",
        "https://news.example/gone.xml",
        "https://news.example/2",
        "ftp://x",
    ]
    assert [type(each) for each in items] == [Item, Flaw, Item, Flaw]


def test_a_sitemap_may_lie_in_a_file(tmp_path: Path) -> None:
    for name, content in (("map.xml", "map.xml"), ("map.xml.gz", "more.xml.gz")):
        (tmp_path / name).write_bytes(WEB[f"https://news.example/{content}"])
        assert next(opened(tmp_path / name).items).page


@pytest.mark.parametrize("name", ["nowhere.txt", "nowhere.jsonl", "nowhere.xml", "nowhere", "song.mp3"])
def test_what_is_not_there_is_said_before_any_work(tmp_path: Path, name: str) -> None:
    (tmp_path / "song.mp3").write_bytes(b"ID3")
    with pytest.raises(BadArticle, match=name):
        opened(tmp_path / name)

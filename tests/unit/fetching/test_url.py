"""Addresses are read once, strictly, into one form."""

from __future__ import annotations

import pytest

from service.fetching import Url
from service.model.errors import BadUrl


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("https://news.example", "https://news.example/"),
        ("HTTP://News.Example:80/a?b=1#part", "http://news.example/a?b=1"),
        ("https://news.example.:443/", "https://news.example/"),
        (
            "http://news.example/أخبار اليوم",
            "http://news.example/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1%20%D8%A7%D9%84%D9%8A%D9%88%D9%85",
        ),
        ("http://أخبار.example/", "http://xn--igbicxr.example/"),
        ("http://[2001:DB8::0:1]:8080/", "http://[2001:db8::1]:8080/"),
        ("http://１２７.0.0.1/", "http://127.0.0.1/"),
    ],
)
def test_what_is_a_page_s_address_has_one_form(text: str, read: str) -> None:
    assert str(Url.parse(text)) == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "news.example",
        "//news.example/",
        "ftp://news.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "http://user@news.example/",
        "http://user:word@news.example/",
        "http://news.example:0/",
        "http://news.example:65536/",
        "http://news..example/",
        "http://-news.example/",
        "http://news.example\\@evil.example/",
        "http://news.example\r\nHost: evil.example/",
        "http://news%2eexample/",
        "http://[::1",
        "http://[fe80::1%25eth0]/",
        f"http://{'a' * 64}.example/",
        f"http://news.example/{'a' * 2048}",
    ],
)
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadUrl):
        Url.parse(text)


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "127.0.1",
        "0x7f.0.0.1",
        "017700000001",
        "1.2.3.4.5",
        "0",
        "127.0.0.0x1",
    ],
)
def test_numbers_that_only_some_programs_take_for_an_address_are_refused(host: str) -> None:
    with pytest.raises(BadUrl):
        Url.parse(f"http://{host}/")


def test_a_reference_leads_on_from_where_it_stands() -> None:
    page = Url.parse("https://news.example/a/b?c=1")
    assert str(page.joined("d")) == "https://news.example/a/d"
    assert str(page.joined("//other.example/e")) == "https://other.example/e"
    with pytest.raises(BadUrl):
        page.joined("gopher://news.example/")
    with pytest.raises(BadUrl):
        page.joined("http://[")


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("/a?utm_source=x&utm_medium=y", "/a"),
        ("/a?id=3&fbclid=x&b", "/a?id=3&b"),
        ("/a?gclid=1&msclkid=2&igshid=3&mc_cid=4&_ga=5&ref_src=6", "/a"),
        ("/a?cid=1&source=2&ref=3&session=4&p=5", "/a?cid=1&source=2&ref=3&session=4&p=5"),
        ("/a?b=2&a=1&a=3", "/a?b=2&a=1&a=3"),
        ("/a?myutm_source=1&gclidx=2", "/a?myutm_source=1&gclidx=2"),
        ("/a?", "/a"),
        ("/a?q=a%20b%26c#d", "/a?q=a%20b%26c"),
    ],
)
def test_where_a_reader_came_from_is_no_part_of_the_page(text: str, canonical: str) -> None:
    assert Url.parse(f"https://news.example{text}").canonical().target == canonical

"""What browsers load is small, whole and valid."""

import gzip
import re
import subprocess
from base64 import b64encode
from hashlib import sha384

import pytest

from service.player import assets, demo, demo_page

LIMITS = {"embed.js": 12_000, "embed-more.js": 12_000}
"""Bytes, gzipped: for every article page; and for a page whose reader listens."""


@pytest.mark.parametrize("name", LIMITS)
def test_each_file_of_the_player_is_a_script_within_its_limit(name):
    embed = assets()[name]
    assert len(embed.gzipped) <= LIMITS[name]
    assert gzip.decompress(embed.gzipped) == embed.content
    assert not re.search(rb"^(import|export)\b", embed.content, re.MULTILINE)


@pytest.mark.parametrize("name", LIMITS)
def test_the_player_asks_no_third_party_for_anything(name):
    addresses = set(re.findall(rb"https?://[^\s\"'`]+", assets()[name].content))
    assert addresses == {b"http://www.w3.org/2000/svg"}  # the name of a namespace


def test_the_first_file_names_the_second_by_its_hash():
    digest = sha384(assets()["embed-more.js"].content).digest()
    assert b"sha384-" + b64encode(digest) in assets()["embed.js"].content
    assert f"embed-more.js?v={digest.hex()[:12]}".encode() in assets()["embed.js"].content


@pytest.mark.parametrize("name", [name for name in assets() if name.endswith(".js")])
def test_scripts_are_valid(name, tmp_path, program):
    script = tmp_path / "script.mjs"
    script.write_bytes(assets()[name].content)
    subprocess.run([program("node"), "--check", script], check=True)


def test_an_etag_is_strong_and_tells_contents_apart():
    tags = [asset.etag for asset in assets().values()]
    assert len(set(tags)) == len(tags)
    assert all(re.fullmatch(r'"[0-9a-f]{32}"', tag) for tag in tags)


def test_the_demo_article_has_what_a_listener_should_hear():
    text = demo()
    assert 380 <= len(text.split()) <= 420
    assert re.search(r"[A-Za-z]{3,}", text)
    assert "«" in text
    assert re.search(r"\d+ أبريل \d{4}", text)
    assert len([line for line in text.splitlines() if line and line[-1] not in ".»"]) >= 3  # title, headings


def test_the_demo_page_marks_its_title_and_headings():
    page = demo_page()
    assert page.count("<h1>") == 1
    assert page.count("<h2>") == 3
    assert [text for text in demo().split("\n\n") if text.strip() not in page] == []

"""Fills the studio's pages: one file each, with its style, scripts and sounds inside."""

from __future__ import annotations

import json
from base64 import b64encode
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from service.audio.frames import Format
from service.audio.join import stretched
from service.audio.mp3 import Wrapping
from service.audio.tag import Tag
from service.model.recording import Clip, Tags
from service.player.assets import read as read_player

_KBPS = 64
_WEB = files("service.studio.web")


def read(name: str) -> str:
    """A source file of the studio's pages."""
    return (_WEB / name).read_text(encoding="utf-8")


def self_contained(name: str, title: str, data: dict[str, Any]) -> str:
    """A page that needs no other file and no network.

    Args:
        name: of the page: ``NAME.html`` is its content, ``NAME.js`` its script.
        title: of the document.
        data: what its script shows; the script finds it as JSON in the element ``data``.
    """
    inside = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    content = Template(read(f"{name}.html")).substitute(title=escape(title)).rstrip("\n")
    return Template(read("frame.html")).substitute(
        title=escape(title), style=style(), content=content, script=read(f"{name}.js"), data=inside
    )


def style() -> str:
    """The style of all pages: that of the service's pages, and what the studio adds."""
    return read_player("page.css") + read("studio.css")


def data_uri(clip: Clip, gain_db: float) -> str:
    """A clip as an MP3 within the page.

    Args:
        clip: at a sample rate of MP3.
        gain_db: applied to it.
    """
    layout = Format(clip.sample_rate, _KBPS)
    stretch = stretched(clip, gain_db, layout)
    mp3 = Wrapping(layout, Tag(Tags())).around(stretch.mp3, stretch.samples)
    return f"data:audio/mpeg;base64,{b64encode(mp3).decode()}"

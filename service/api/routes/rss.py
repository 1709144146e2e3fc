"""A podcast as XML: RSS 2.0 with the namespaces of iTunes and of Podcasting 2.0."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate

from lxml import etree

from service.api.addresses import AUDIO_TYPE, CAPTIONS_TYPE, CHAPTERS_TYPE, FEED_TYPE

_ATOM = "http://www.w3.org/2005/Atom"
_ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
_PODCAST = "https://podcastindex.org/namespace/1.0"

_LANGUAGE = "ar"
_CATEGORY = "News"
"""As Apple Podcasts calls it."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, even escaped."""


@dataclass(frozen=True, slots=True)
class Item:
    """An article that can be heard."""

    guid: str
    title: str
    link: str
    description: str
    author: str | None
    category: str | None
    published: float
    """Seconds since 1970, UTC."""
    duration: float
    audio: str
    size: int
    """Bytes of the audio."""
    transcript: str
    chapters: str | None


@dataclass(frozen=True, slots=True)
class Channel:
    """A podcast."""

    title: str
    link: str
    description: str
    author: str
    address: str
    """URL of the feed itself."""
    cover: str | None
    items: tuple[Item, ...]


def render(channel: Channel) -> bytes:
    """The feed. The same channel gives the same bytes."""
    root = etree.Element("rss", version="2.0", nsmap={"atom": _ATOM, "itunes": _ITUNES, "podcast": _PODCAST})
    top = etree.SubElement(root, "channel")
    _text(top, "title", channel.title)
    _text(top, "link", channel.link)
    _text(top, "description", channel.description)
    _text(top, "language", _LANGUAGE)
    _text(top, "generator", "istami")
    own = {"href": channel.address, "rel": "self", "type": FEED_TYPE}
    _empty(top, f"{{{_ATOM}}}link", own)
    _text(top, f"{{{_ITUNES}}}author", channel.author)
    _text(top, f"{{{_ITUNES}}}type", "episodic")
    _text(top, f"{{{_ITUNES}}}explicit", "false")
    _empty(top, f"{{{_ITUNES}}}category", {"text": _CATEGORY})
    if channel.cover:
        _empty(top, f"{{{_ITUNES}}}image", {"href": channel.cover})
        image = etree.SubElement(top, "image")
        _text(image, "url", channel.cover)
        _text(image, "title", channel.title)
        _text(image, "link", channel.link)
    for item in channel.items:
        _item(etree.SubElement(top, "item"), item)
    feed: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return feed


def _item(element: etree._Element, item: Item) -> None:
    _text(element, "title", item.title)
    _text(element, "link", item.link)
    _text(element, "guid", item.guid).set("isPermaLink", "false")
    _text(element, "pubDate", formatdate(item.published, usegmt=True))
    _text(element, "description", item.description)
    if item.category:
        _text(element, "category", item.category)
    _empty(element, "enclosure", {"url": item.audio, "length": str(item.size), "type": AUDIO_TYPE})
    if item.author:
        # RSS's own author must be an e-mail address.
        _text(element, f"{{{_ITUNES}}}author", item.author)
    _text(element, f"{{{_ITUNES}}}duration", str(round(item.duration)))
    transcript = {"url": item.transcript, "type": CAPTIONS_TYPE, "language": _LANGUAGE}
    _empty(element, f"{{{_PODCAST}}}transcript", transcript)
    if item.chapters:
        _empty(element, f"{{{_PODCAST}}}chapters", {"url": item.chapters, "type": CHAPTERS_TYPE})


def _text(parent: etree._Element, tag: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, tag)
    element.text = _NOT_XML.sub("", text)
    return element


def _empty(parent: etree._Element, tag: str, attributes: Mapping[str, str]) -> None:
    values = {name: _NOT_XML.sub("", value) for name, value in attributes.items()}
    etree.SubElement(parent, tag, values)

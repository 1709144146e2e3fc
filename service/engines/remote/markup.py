"""SSML for servers that read it: the words escaped, inside one ``prosody`` for the speed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr  # nosec B406  # they write XML, and parse none

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML 1.0 document may contain, escaped or not."""


def escaped(text: str) -> str:
    """A text as content of an element."""
    return escape(_NOT_XML.sub(" ", text))


def paced(text: str, rate: str = "") -> str:
    """Escaped words at a speed, as the server writes it; empty: at the voice's own, with no element."""
    words = escaped(text)
    return element("prosody", {"rate": rate}, words) if rate else words


def element(name: str, attributes: Mapping[str, str], content: str) -> str:
    """An element; its content is markup already."""
    told = "".join(f" {attribute}={quoteattr(value)}" for attribute, value in attributes.items())
    return f"<{name}{told}>{content}</{name}>"

"""``?download=1``: an answer that a browser saves under the article's title (RFC 6266)."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated
from urllib.parse import parse_qs, quote

from fastapi import Query
from starlette.types import Scope

Download = Annotated[
    bool, Query(description="Whether browsers save the file, named after the title.", examples=[True])
]

_NAME = "download"
_NO = frozenset({"0", "f", "false", "n", "no", "off"})
"""Values that pydantic reads as false."""
_UNFIT = re.compile(r'[\\/:*?"<>|%\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\s]+')
"""Characters that file systems, headers or readers of file names cannot handle."""
_LONGEST = 100
"""Characters of a name; in UTF-8 with its ending no more than the 255 bytes that file systems take."""
_MOST_BYTES = 240


def asked(scope: Scope) -> bool:
    """Whether a request asks for a download, validly or not: only the routes answer downloads."""
    query: bytes = scope["query_string"]
    values = parse_qs(query.decode("latin-1"), keep_blank_values=True).get(_NAME, ["0"]) if query else ["0"]
    return values[-1].lower() not in _NO


def disposition(title: str | None, name: str, ending: str) -> str:
    """The header ``Content-Disposition`` of a file.

    Args:
        title: of the article; in any script.
        name: of the article or the recording, where there is no title.
        ending: of the file's name, without its dot.
    """
    told = _fit(title or "") or _fit(name) or "istami"
    plain = _ascii(told) or _ascii(_fit(name)) or "istami"
    if plain == told:
        return f'attachment; filename="{plain}.{ending}"'
    return f"attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''{quote(f'{told}.{ending}', safe='')}"


def _fit(text: str) -> str:
    """As much of a text as a file name can hold."""
    words = _UNFIT.sub(" ", unicodedata.normalize("NFC", text)).strip(" .")[:_LONGEST]
    return words.encode()[:_MOST_BYTES].decode(errors="ignore").strip(" .")


def _ascii(text: str) -> str:
    """The same for clients that know only ASCII; empty if letters or digits would be lost."""
    parts = unicodedata.normalize("NFKD", text)
    plain = " ".join(parts.encode("ascii", "ignore").decode().split()).strip(" .-_")
    return plain if sum(map(str.isalnum, plain)) == sum(map(str.isalnum, parts)) > 0 else ""

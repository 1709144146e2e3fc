"""Publishers' own words: a file for all sites and one for each, read anew whenever it changes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from service.errors import BadArticle
from service.text.entries import render
from service.text.lexicon import Lexicon

COMMON = "common"
"""The file whose words hold for all sites."""
_SITE = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Lexicons:
    """The shipped words, under the publisher's, under those of one site.

    Args:
        folder: holds ``common.tsv`` and ``{site}.tsv``; need not exist.
    """

    folder: Path

    def of(self, site: str | None) -> Lexicon:
        """The words that hold for a site's articles.

        Raises:
            BadArticle: that is no name of a site.
            BadLexicon: a file cannot be read; the message names the line and the cure.
        """
        names = (COMMON,) if site is None else (COMMON, site)
        return _layered(tuple((path, _stamp(path)) for path in map(self.path, names)))

    def own(self, site: str | None) -> Lexicon:
        """What the publisher has written for a site, or for all of them.

        Raises:
            BadLexicon: the file cannot be read.
        """
        path = self.path(site or COMMON)
        return Lexicon.load([path] if path.exists() else [])

    def keep(self, lexicon: Lexicon, site: str | None) -> Path:
        """Write a site's file, whole; where it is. Articles read from now on follow it."""
        path = self.path(site or COMMON)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text("".join(f"{line}\n" for line in render(lexicon.entries)), encoding="utf-8")
        return part.replace(path)

    def path(self, site: str) -> Path:
        """Where a site's words stand.

        Raises:
            BadArticle: that is no name of a site; nothing else can become a path.
        """
        if not _SITE.fullmatch(site) or ".." in site:
            raise BadArticle(
                f"“{site}” is no name of a site: use its host, such as news.example.",
                f"«{site}» ليس اسم موقع: استعمل اسم المضيف، مثل news.example.",
                field="site",
            )
        return self.folder / f"{site}.tsv"


def _stamp(path: Path) -> tuple[int, int] | None:
    """Changes when the file does; ``None`` when there is none."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_mtime_ns, seen.st_size


@lru_cache(maxsize=64)
def _layered(files: tuple[tuple[Path, tuple[int, int] | None], ...]) -> Lexicon:
    return Lexicon.shipped() | Lexicon.load([path for path, stamp in files if stamp])

"""Publishers' own words: a file for all sites and one for each, read anew whenever it changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from service.model.errors import BadArticle
from service.text.lexicon.entries import render
from service.text.lexicon.lexicon import Lexicon
from service.util import files

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
        return _layered(self.stamps(site))

    def stamps(self, site: str | None) -> tuple[tuple[Path, files.Stamp], ...]:
        """The files that hold for a site's articles, with what changes when they do.

        Raises:
            BadArticle: that is no name of a site.
        """
        names = (COMMON,) if site is None else (COMMON, site)
        return tuple((path, files.stamp(path)) for path in map(self.path, names))

    def own(self, site: str | None) -> Lexicon:
        """What the publisher has written for a site, or for all of them.

        Raises:
            BadLexicon: the file cannot be read.
        """
        path = self.path(site or COMMON)
        return Lexicon.load([path] if path.exists() else [])

    def change(self, site: str | None, act: Callable[[Lexicon], Lexicon]) -> Path:
        """Change what the publisher has written, while nobody else does; where it is.

        Raises:
            BadLexicon: the file cannot be read.
            Unwritable: it cannot be written; it is as it was.
        """
        with files.locked(self.path(site or COMMON)):
            return self.keep(act(self.own(site)), site)

    def keep(self, lexicon: Lexicon, site: str | None) -> Path:
        """Write a site's file, whole; where it is. Articles read from now on follow it.

        Raises:
            Unwritable: it cannot be written; what there was is as it was.
        """
        lines = "".join(f"{line}\n" for line in render(lexicon.entries))
        return files.replace(self.path(site or COMMON), lines)

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


@lru_cache(maxsize=64)
def _layered(stamped: tuple[tuple[Path, files.Stamp], ...]) -> Lexicon:
    return Lexicon.shipped() | Lexicon.load([path for path, stamp in stamped if stamp])

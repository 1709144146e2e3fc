"""Publishers' lexicons: a file for all sites and one for each, read again whenever it changes."""

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
"""The file whose words apply to all sites."""
_SITE = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Lexicons:
    """The shipped words, overridden by the publisher's, overridden by those of one site.

    Args:
        folder: holds ``common.tsv`` and ``{site}.tsv``; need not exist.
    """

    folder: Path

    def of(self, site: str | None) -> Lexicon:
        """The words that apply to a site's articles.

        Raises:
            BadArticle: that is no name of a site.
            BadLexicon: a file cannot be read; the message names the line and the remedy.
        """
        return _layered(self.stamps(site))

    def stamps(self, site: str | None) -> tuple[tuple[Path, files.Stamp], ...]:
        """The files that apply to a site's articles, with stamps that change when the files do.

        Raises:
            BadArticle: that is no name of a site.
        """
        names = (COMMON,) if site is None else (COMMON, site)
        return tuple((path, files.stamp(path)) for path in map(self.path, names))

    def own(self, site: str | None) -> Lexicon:
        """The publisher's words for a site, or for all sites.

        Raises:
            BadLexicon: the file cannot be read.
        """
        path = self.path(site or COMMON)
        return Lexicon.load([path] if path.exists() else [])

    def change(self, site: str | None, act: Callable[[Lexicon], Lexicon]) -> Path:
        """Change the publisher's words under a lock; the path of the file.

        Raises:
            BadLexicon: the file cannot be read.
            Unwritable: it cannot be written; it is unchanged.
        """
        with files.locked(self.path(site or COMMON)):
            return self.keep(act(self.own(site)), site)

    def keep(self, lexicon: Lexicon, site: str | None) -> Path:
        """Write a site's whole file; its path. Articles read from now on follow it.

        Raises:
            Unwritable: it cannot be written; the old file is unchanged.
        """
        lines = "".join(f"{line}\n" for line in render(lexicon.entries))
        return files.replace(self.path(site or COMMON), lines)

    def path(self, site: str) -> Path:
        """The path of a site's file.

        Raises:
            BadArticle: that is no name of a site, and only those become paths.
        """
        if not _SITE.fullmatch(site) or ".." in site:
            raise BadArticle(
                f"“{site}” is not the name of a site: use its host, such as news.example.",
                f"«{site}» ليس اسم موقع: استعمل اسم المضيف، مثل news.example.",
                field="site",
            )
        return self.folder / f"{site}.tsv"


@lru_cache(maxsize=64)
def _layered(stamped: tuple[tuple[Path, files.Stamp], ...]) -> Lexicon:
    return Lexicon.shipped() | Lexicon.load([path for path, stamp in stamped if stamp])

"""Sources of articles: folders, files, JSON Lines, sitemaps, feeds, standard input."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from service.api.schemas import batch_lines
from service.api.schemas.articles import ArticleIn
from service.bulk import indexes, markdown
from service.bulk.item import Flaw, Item, Source, Wishes, item
from service.model.errors import BadArticle, IstamiError
from service.util.jsonl import Lines

MOST_LINE_BYTES = 4_000_000
"""Of one article in JSON; beyond what a service takes."""
_PIECE = 64 * 1024
_HTML = (".html", ".htm", ".xhtml")
_MARKDOWN = (".md", ".markdown")
_SSML = ".ssml"
_ARTICLES = (".txt", *_HTML, *_MARKDOWN, _SSML)
_LINES = (".jsonl", ".ndjson")
_INDEXES = (".xml", ".rss", ".atom", ".rdf", ".gz")

Fetch = Callable[[str], bytes]
"""Fetches the content of a public address; raises ``IstamiError``."""


def open_source(name: str, wishes: Wishes, fetch: Fetch, standard_input: IO[bytes]) -> Source:
    """A source by its name on the command line.

    Args:
        name: a folder, a file, an address, or ``-``.
        wishes: defaults for its articles.
        fetch: fetches sitemaps and feeds.
        standard_input: the stream for ``-``.

    Raises:
        BadArticle: it contains no articles.
        IstamiError: it cannot be fetched.
    """
    path = Path(name)
    if name == "-":
        return Source(_lines(name, standard_input, wishes), None)
    if name.startswith(("http://", "https://")):
        return _index(fetch(name), wishes, fetch)
    if path.is_dir():
        return Source((_file(each, wishes) for each in _walk(path)), sum(1 for _ in _walk(path)))
    suffix = path.suffix.lower()
    try:
        if suffix in _LINES:
            return Source(_lines_of(path, wishes), _count_lines(path))
        if suffix in _INDEXES:
            return _index(path.read_bytes(), wishes, fetch)
        if suffix in _ARTICLES:
            path.stat()
            return Source(iter([_file(path, wishes)]), 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    raise BadArticle(
        f"{name} is not a folder, an address or a file with articles "
        f"({', '.join((*_ARTICLES, *_LINES, *_INDEXES))}).",
        f"ليس {name} مجلدًا ولا عنوانًا ولا ملفًّا من الأنواع المعروفة.",
    )


def _walk(folder: Path) -> Iterator[Path]:
    """The articles below a folder in a stable order; hidden files and links to folders are skipped."""
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.lower().endswith(_ARTICLES) and not name.startswith("."):
                yield Path(root, name)


def _file(path: Path, wishes: Wishes) -> Item | Flaw:
    suffix = path.suffix.lower()
    try:
        text = path.read_bytes().decode("utf-8-sig")
        if suffix in _MARKDOWN:
            article = markdown.article(text)
        else:
            field = "html" if suffix in _HTML else "ssml" if suffix == _SSML else "text"
            article = ArticleIn.model_validate({field: text})
    except OSError as error:
        return Flaw(str(path), _unreadable(path, error))
    except UnicodeDecodeError:
        flaw = BadArticle(f"{path} is not UTF-8 text.", f"الملف {path} ليس نصًّا بترميز UTF-8.")
        return Flaw(str(path), flaw)
    except ValidationError as error:
        return Flaw(str(path), batch_lines.refusal(error))
    return item(str(path), article, wishes, name=path.as_posix())


def _lines_of(path: Path, wishes: Wishes) -> Iterator[Item | Flaw]:
    with path.open("rb") as file:
        yield from _lines(str(path), file, wishes)


def _lines(name: str, file: IO[bytes], wishes: Wishes) -> Iterator[Item | Flaw]:
    parted = Lines(MOST_LINE_BYTES)
    # Read as soon as data arrives: the writer of the pipe may be slow.
    pieces = iter(lambda: os.read(file.fileno(), _PIECE), b"")
    for line in chain(chain.from_iterable(map(parted.feed, pieces)), parted.end()):
        source = f"{name}:{line.number}"
        try:
            yield item(source, batch_lines.article(line, MOST_LINE_BYTES), wishes)
        except BadArticle as error:
            yield Flaw(source, error)


def _count_lines(path: Path) -> int:
    """The number of lines of a file that are not blank."""
    parted = Lines(MOST_LINE_BYTES)
    with path.open("rb") as file:
        ended = sum(1 for piece in iter(lambda: file.read(_PIECE), b"") for _ in parted.feed(piece))
    return ended + sum(1 for _ in parted.end())


def _index(content: bytes, wishes: Wishes, fetch: Fetch) -> Source:
    content = indexes.unpacked(content)
    if named := indexes.sitemaps(content):
        return Source(_of_sitemaps(named, wishes, fetch), None)
    found = indexes.pages(content)
    return Source((_page(address, wishes) for address in found), len(found))


def _of_sitemaps(addresses: list[str], wishes: Wishes, fetch: Fetch) -> Iterator[Item | Flaw]:
    """The pages of one sitemap after the other; the protocol has no index within an index."""
    for address in addresses:
        try:
            for page in indexes.pages(indexes.unpacked(fetch(address))):
                yield _page(page, wishes)
        except IstamiError as error:
            yield Flaw(address, error)


def _page(address: str, wishes: Wishes) -> Item | Flaw:
    try:
        return item(address, ArticleIn(url=address), wishes, name=address, page=True)
    except ValidationError as error:
        return Flaw(address, batch_lines.refusal(error))


def _unreadable(path: Path, error: OSError) -> BadArticle:
    return BadArticle(f"{path}: {error.strerror}.", f"تعذّرت قراءة {path}.")

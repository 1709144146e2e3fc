"""Sources of articles on the command line: a file, standard input, or the address of a page."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import unquote

import typer
from rich.console import Console

from service.config.settings import Settings
from service.model.article import Submission
from service.model.errors import BadArticle, Unfit
from service.model.reading import CaseEndings, Locale
from service.server.container import Container

if TYPE_CHECKING:  # for pages alone
    from service.fetching import Url

_HTML = (".html", ".htm", ".xhtml")
_SSML = ".ssml"
_MARKUP = re.compile(r"\s*<")
_SPEAK = re.compile(r"\s*(?:<\?xml[^>]*>|<!--.*?-->|\s)*<speak[\s>]", re.DOTALL)
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f/\\:*?\"<>|]+")
_LONGEST_NAME = 80

Source = Annotated[
    str,
    typer.Argument(
        metavar="FILE|URL|-",
        help="A .txt, .html or .ssml file, or the address of a public page; `-` reads standard input.",
    ),
]

CaseEndingsOption = Annotated[
    CaseEndings | None,
    typer.Option(
        show_default="the site's",
        help="Case endings of nouns and adjectives that are said within a phrase; cautious: not the unsure "
        "ones.",
    ),
]

LocaleOption = Annotated[
    Locale | None,
    typer.Option(
        show_default="the site's, or else the service's",
        help="Regional variant for month names and the currency at home; auto: as the page and the text "
        "tell; ar: neutral.",
    ),
]


def request(source: str, *, ssml: bool = False, **options: Any) -> Submission:
    """Build the submission; HTML and SSML are detected by name or, on standard input, by how the text begins.

    Args:
        source: a file, ``-`` or an address.
        ssml: read it as SSML, whatever its name.
        options: further fields of the request.

    Raises:
        BadArticle: there is no such file, or it is not UTF-8.
        BadUrl, FetchError: the page cannot be fetched.
    """
    if _ADDRESS.match(source):
        return _fetched(_url(source), **options)
    try:
        content = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise BadArticle(f"{source}: {error.strerror}.", f"تعذّرت قراءة الملف {source}.") from error
    except UnicodeDecodeError as error:
        raise BadArticle(f"{source} is not UTF-8 text.", f"الملف {source} ليس نصًّا بترميز UTF-8.") from error
    options["ssml" if ssml else _field(source, text)] = text
    return Submission(listed=False, **options)


def _field(source: str, text: str) -> str:
    """The field of the request for such a text."""
    name = source.lower()
    if name.endswith(_SSML) or (source == "-" and _SPEAK.match(text)):
        return "ssml"
    return "html" if name.endswith(_HTML) or (source == "-" and _MARKUP.match(text)) else "text"


def beside(source: str) -> Path:
    """The default output file: beside the source file; for a page, here, under the page's name."""
    if source == "-":
        raise typer.BadParameter("needed with standard input", param_hint="--output")
    if not _ADDRESS.match(source):
        return Path(source).with_suffix(".mp3")
    url = _url(source)
    last = unquote(url.target.partition("?")[0].rstrip("/").rpartition("/")[2])
    name = _NOT_IN_NAMES.sub("-", last).strip("-. ").removesuffix(".html")[:_LONGEST_NAME]
    return Path(f"{name or url.host}.mp3")


def _url(source: str) -> Url:
    from service.fetching import Url

    return Url.parse(source)


def _fetched(url: Url, **options: Any) -> Submission:
    """Fetch any public page for a person; the guard against private networks applies here too."""
    from service.pages.page import requested

    console = Console(stderr=True)
    with console.status(f"fetching {url.host}"):
        page = asyncio.run(Container(Settings()).fetcher.fetch(url, lambda _host: True))
    if page is None:
        raise Unfit(f"{url} returned no page.", f"لم تصل صفحة من {url}.")
    return requested(page, Submission(url=str(page.url), listed=False, **options))

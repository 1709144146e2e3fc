"""The configured sites: pages that may be fetched, origins, voices, and daily quotas.

They are in ``sites.toml``, which is read again whenever it changes:

    ["news.example"]
    pages = ["news.example", "*.news.example"]
    origins = ["https://news.example"]
    page_mode = true
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import tomlkit
from pydantic import Field, TypeAdapter, ValidationError
from tomlkit.exceptions import TOMLKitError

from service.model.article import Submission
from service.model.errors import BadSites
from service.model.reading import CaseEndings, Locale
from service.util import files

_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = rf"{_LABEL}(?:\.{_LABEL})*"
_HOST = rf"{_NAME}|[0-9a-f:]*:[0-9a-f:]*"
Name = Annotated[str, Field(pattern=rf"^(?:{_NAME})$", max_length=253)]
Pages = Annotated[str, Field(pattern=rf"^(?:\*\.{_NAME}|{_HOST})$", max_length=255)]
Origin = Annotated[str, Field(pattern=rf"^https?://(?:{_NAME}|\[[0-9a-f:]+\])(?::\d{{1,5}})?$")]
Language = Literal["ar", "en", "fr"]
"""Languages of articles that voices can be set for."""
Most = Annotated[int, Field(ge=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """Daily quotas (UTC) of a site's pages for readers; ``None``: no limit."""

    articles: Most | None = None
    characters: Most | None = None
    seconds: Most | None = None
    """Of audio."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """A site's rules for voices, by what an article says of itself."""

    authors: dict[str, str] = field(default_factory=dict)
    """Voice by author."""
    sections: dict[str, str] = field(default_factory=dict)
    """Voice by section."""
    languages: dict[Language, str] = field(default_factory=dict)
    """Voice by language."""

    @property
    def any(self) -> bool:
        """Whether there is a rule."""
        return bool(self.named)

    @property
    def named(self) -> tuple[str, ...]:
        """The voices of all rules."""
        return (*self.authors.values(), *self.sections.values(), *self.languages.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One site."""

    name: Name
    """Its host; the value of ``site`` in articles."""
    pages: tuple[Pages, ...] = ()
    """Hosts whose pages are fetched; ``*.news.example`` stands for all below that name."""
    origins: tuple[Origin, ...] = ()
    """Origins whose scripts may submit a page."""
    voice: str | None = None
    """For its articles that name none."""
    voices: Voices = Voices()
    """For its articles that name none, before ``voice``."""
    section: str | None = None
    """For its articles that name none."""
    locale: Locale | None = None
    """Regional variant of its articles; ``None``: the service's."""
    case_endings: CaseEndings | None = None
    """For its articles that ask for none; ``None``: the service's."""
    commercial: bool = False
    """Whether it earns money, and so refuses voices whose licence does not surely allow commercial use."""
    page_mode: bool = False
    """Whether readers' browsers may submit its pages."""
    daily: Daily = Daily()

    def has(self, host: str) -> bool:
        """Whether pages of a host are this site's."""
        return any(
            host.endswith(pages[1:]) if pages.startswith("*.") else host == pages for pages in self.pages
        )


_SITE: TypeAdapter[Site] = TypeAdapter(Site)


@dataclass(frozen=True, slots=True)
class Sites:
    """All sites.

    Args:
        path: of ``sites.toml``; need not exist. Every method but ``path`` raises ``BadSites`` when it cannot
            be read.
    """

    path: Path

    def all(self) -> Mapping[str, Site]:
        """By name, in the order of the file."""
        return _read(self.path, files.stamp(self.path))

    def get(self, name: str | None) -> Site | None:
        """A site by its name."""
        return self.all().get(name) if name else None

    def of_page(self, host: str) -> Site | None:
        """The first site that has pages of this host."""
        return next((site for site in self.all().values() if site.has(host)), None)

    def has_origin(self, origin: str) -> bool:
        """Whether an origin is one of any site."""
        return any(origin in site.origins for site in self.all().values())

    def is_commercial(self, site: str | None, url: str | None = None) -> bool:
        """Whether an article belongs to a commercial site, by its site or else by the host of its page."""
        found = self.get(site) if site else self.of_page(_host(url))
        return found is not None and found.commercial

    def completed(self, request: Submission) -> Submission:
        """A request with its site's defaults for fields that it leaves empty."""
        site = self.get(request.site)
        if site is None:
            return request
        return replace(
            request,
            # Rules need the article: `articles.casting` applies them.
            voice=request.voice or (None if site.voices.any else site.voice),
            section=request.section or site.section,
            case_endings=request.case_endings or site.case_endings,
        )

    def locked(self) -> AbstractContextManager[None]:
        """Lock the file, so that no other process changes it between a read and the write that follows.

        Raises:
            Unwritable: its folder cannot be created or opened.
        """
        return files.locked(self.path)

    def keep(self, name: str, changes: Mapping[str, Any]) -> Site:
        """Change a site, or add one; comments and order of the file stay.

        Args:
            name: which.
            changes: fields of ``Site``, as in the file; ``None`` removes a field.

        Raises:
            BadSites: the site would be invalid; the field is named.
            Unwritable: the file cannot be written; it is unchanged.
        """
        with self.locked():
            told = {**_plain(self.get(name)), **changes}
            site = _checked(name, {field: value for field, value in told.items() if value not in (None, {})})
            document = self._document()
            table = document.setdefault(name, tomlkit.table())
            for field, value in changes.items():
                if value is None:
                    table.pop(field, None)
                else:
                    table[field] = value
            files.replace(self.path, tomlkit.dumps(document))
        return site

    def remove(self, name: str) -> None:
        """Remove a site.

        Raises:
            BadSites: there is none of that name.
            Unwritable: the file cannot be written; it is unchanged.
        """
        with self.locked():
            document = self._document()
            if document.pop(name, None) is None:
                raise BadSites(f"There is no site “{name}”.", f"لا يوجد موقع باسم «{name}».")
            files.replace(self.path, tomlkit.dumps(document))

    def _document(self) -> tomlkit.TOMLDocument:
        self.all()  # a file that cannot be read is not overwritten
        return tomlkit.parse(self.path.read_text(encoding="utf-8") if self.path.exists() else "")


def _plain(site: Site | None) -> dict[str, Any]:
    """The fields that are set, as in the file."""
    if site is None:
        return {}
    told = _SITE.dump_python(site, mode="json", exclude_defaults=True, exclude={"name"})
    return dict(told)


@lru_cache(maxsize=4)
def _read(path: Path, stamp: files.Stamp) -> Mapping[str, Site]:
    if stamp is None:
        return {}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, TOMLKitError) as error:
        raise BadSites(f"{path}: {error}.", f"تعذّرت قراءة {path}.") from error
    return {name: _checked(name, table) for name, table in tables.items()}


def _checked(name: str, table: Any) -> Site:
    if not isinstance(table, dict):
        raise BadSites(f'sites.toml: “{name}” is not a site: write ["{name}"].', f"«{name}» ليس موقعًا.")
    try:
        return _SITE.validate_python({"name": name, **table}, strict=False, extra="forbid")
    except ValidationError as error:
        fault = error.errors()[0]
        field = ".".join(map(str, fault["loc"]))
        raise BadSites(
            f"Site “{name}”, {field}: {fault['msg']}.",
            f"الموقع «{name}»: قيمة {field} غير صالحة.",
            field=field,
        ) from error


def _host(url: str | None) -> str:
    """The host of an address; empty if there is none."""
    try:
        return urlsplit(url or "").hostname or ""
    except ValueError:  # brackets that hold no IPv6 address
        return ""

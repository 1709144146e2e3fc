"""``istami sites``: which sites' pages may be fetched, for which origins, and the daily limits."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, get_args

import typer
from rich.console import Console
from rich.table import Table

from service.cli.output import Json, print_json
from service.config.settings import Settings
from service.config.sites import Language, Site, Sites
from service.model.errors import BadSites
from service.model.reading import Locale
from service.server import available_voices, lawful_voices
from service.server.container import Container
from voices.card import primary

app = typer.Typer(
    help="Sites: which pages may be fetched, which origins may request it, which voice is used. A running "
    "service applies a change immediately; the file is sites.toml in the data folder.",
    no_args_is_help=True,
)

_UNLIMITED = -1
Name = Annotated[str, typer.Argument(metavar="SITE", help="Host name, such as news.example.")]
Pages = Annotated[
    list[str] | None,
    typer.Option(
        "--pages", help="A host whose pages may be fetched; *.HOST: all its subdomains. Repeatable."
    ),
]
Origin = Annotated[
    list[str] | None,
    typer.Option(help="An origin of its pages, such as https://news.example. Repeatable."),
]
Voice = Annotated[str | None, typer.Option(help="Default voice of its articles; empty: the service's.")]
Section = Annotated[str | None, typer.Option(help="Default section of its articles; empty: none.")]
SiteLocale = Annotated[
    str | None,
    typer.Option(
        "--locale",
        help=f"Regional variant: {', '.join(get_args(Locale))}; empty: the service's.",
    ),
]
SiteEndings = Annotated[
    str | None,
    typer.Option(
        "--case-endings",
        help="Case endings that its articles are read with: full, cautious or none; empty: the service's.",
    ),
]
PageMode = Annotated[
    bool | None,
    typer.Option("--page-mode/--no-page-mode", help="Allow readers' browsers to request its pages."),
]
Commercial = Annotated[
    bool | None,
    typer.Option(
        "--commercial/--no-commercial",
        help="Whether it earns money: then it refuses voices whose commercial use is no or unknown.",
    ),
]
Articles = Annotated[
    int | None, typer.Option(min=_UNLIMITED, help="Pages that readers may request a day; -1: no limit.")
]
Characters = Annotated[
    int | None, typer.Option(min=_UNLIMITED, help="Characters of such pages a day; -1: no limit.")
]
Seconds = Annotated[
    int | None, typer.Option(min=_UNLIMITED, help="Seconds of their audio a day; -1: no limit.")
]


def _sites() -> Sites:
    return Container(Settings()).sites


@app.command("list")
def list_(*, as_json: Json = False) -> None:
    """List all sites."""
    if as_json:
        print_json([asdict(site) for site in _sites().all().values()])
        return
    table = Table("site", "pages", "origins", "page mode", box=None, header_style="bold")
    for site in _sites().all().values():
        mode = "on" if site.page_mode else "off"
        table.add_row(site.name, ", ".join(site.pages), ", ".join(site.origins), mode)
    Console(soft_wrap=True).print(table)


@app.command()
def show(name: Name, *, as_json: Json = False) -> None:
    """Show all settings of one site."""
    site = _existing(name)
    if as_json:
        print_json(asdict(site))
        return
    lines = {
        "site": site.name,
        "pages": ", ".join(site.pages) or "-",
        "origins": ", ".join(site.origins) or "-",
        "voice": site.voice or "the service's",
        "voices": f"{len(site.voices.named)} rules: istami sites voices {site.name}"
        if site.voices.any
        else "-",
        "section": site.section or "-",
        "locale": site.locale or "the service's",
        "case endings": site.case_endings or "the service's",
        "commercial": "yes" if site.commercial else "no",
        "page mode": "on" if site.page_mode else "off",
        "articles a day": _most(site.daily.articles),
        "characters a day": _most(site.daily.characters),
        "seconds a day": _most(site.daily.seconds),
    }
    for key, value in lines.items():
        typer.echo(f"{key + ':':18}{value}")


@app.command()
def add(  # noqa: PLR0913, PLR0917  # one option a field
    name: Name,
    pages: Pages = None,
    origin: Origin = None,
    voice: Voice = None,
    section: Section = None,
    locale: SiteLocale = None,
    case_endings: SiteEndings = None,
    *,
    commercial: Commercial = None,
    page_mode: PageMode = None,
    articles: Articles = None,
    characters: Characters = None,
    seconds: Seconds = None,
) -> None:
    """Add a site. Its pages and origins are by default those of its host, with and without www."""
    sites = _sites()
    hosts = [name, f"www.{name}"]
    changes = {"pages": pages or hosts, "origins": origin or [f"https://{host}" for host in hosts]}
    changes |= _changes(
        voice=voice,
        section=section,
        locale=locale,
        case_endings=case_endings,
        commercial=commercial,
        page_mode=page_mode,
    )
    changes |= _daily({}, articles=articles, characters=characters, seconds=seconds)
    with sites.locked():
        if sites.get(name):
            raise BadSites(f"“{name}” already exists: istami sites set.", f"الموقع «{name}» موجود من قبل.")
        _check(Site(name=name), changes)
        site = sites.keep(name, changes)
    _tell(sites, site)


@app.command("set")
def change(  # noqa: PLR0913, PLR0917  # one option a field
    name: Name,
    pages: Pages = None,
    origin: Origin = None,
    voice: Voice = None,
    section: Section = None,
    locale: SiteLocale = None,
    case_endings: SiteEndings = None,
    *,
    commercial: Commercial = None,
    page_mode: PageMode = None,
    articles: Articles = None,
    characters: Characters = None,
    seconds: Seconds = None,
) -> None:
    """Change the given settings of a site; others stay as they are."""
    sites = _sites()
    changes = _changes(
        pages=pages,
        origins=origin,
        voice=voice,
        section=section,
        locale=locale,
        case_endings=case_endings,
        commercial=commercial,
        page_mode=page_mode,
    )
    with sites.locked():
        site = _existing(name)
        _check(site, changes)
        daily = site.daily
        known = {"articles": daily.articles, "characters": daily.characters, "seconds": daily.seconds}
        changes |= _daily(known, articles=articles, characters=characters, seconds=seconds)
        site = sites.keep(name, changes)
    _tell(sites, site)


@app.command()
def voices(
    name: Name,
    voice: Annotated[
        str | None, typer.Argument(metavar="[VOICE]", help="A voice's id; empty: remove the rule.")
    ] = None,
    *,
    author: Annotated[str | None, typer.Option(help="For articles by this author.")] = None,
    section: Annotated[str | None, typer.Option(help="For articles of this section.")] = None,
    language: Annotated[
        str | None, typer.Option(help=f"For articles in this language: {', '.join(get_args(Language))}.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Set the voice of an author, a section or a language; without VOICE, list the rules.

    The first rule that names a voice for an article's language decides: what the request asks for, its
    author, its section, its language, the site's voice, the service's. Example: istami sites voices
    news.example espeak-ar --section رياضة
    """
    sites = _sites()
    if voice is None:
        _list_voices(_existing(name), as_json=as_json)
        return
    given = {"authors": author, "sections": section, "languages": language}
    chosen = [(field, value) for field, value in given.items() if value]
    if len(chosen) != 1:
        raise BadSites(
            "Name one of --author, --section and --language.",
            "اذكر واحدًا من --author و--section و--language.",
        )
    ((field, value),) = chosen
    with sites.locked():
        site = _existing(name)
        rules = {rule: dict(getattr(site.voices, rule)) for rule in given}
        rules[field].pop(value, None)
        if voice:
            _check(site, {"voice": voice})
            _check_language(voice, language)
            rules[field][value] = voice
        kept = {rule: told for rule, told in rules.items() if told}
        site = sites.keep(name, {"voices": kept or None})
    _list_voices(site, as_json=as_json)


def _list_voices(site: Site, *, as_json: bool) -> None:
    """The rules of a site, in the order in which they are tried."""
    if as_json:
        print_json({**asdict(site.voices), "voice": site.voice})
        return
    table = Table("for", "", "voice", box=None, header_style="bold")
    for kind in ("authors", "sections", "languages"):
        for value, voice in getattr(site.voices, kind).items():
            table.add_row(kind.removesuffix("s"), value, voice)
    table.add_row("all others", "", site.voice or "the service's")
    Console(soft_wrap=True).print(table)


@app.command()
def remove(name: Name) -> None:
    """Remove a site; its articles remain."""
    _sites().remove(name)


def _existing(name: str) -> Site:
    site = _sites().get(name)
    if site is None:
        raise BadSites(f"There is no site “{name}”: istami sites add.", f"لا يوجد موقع باسم «{name}».")
    return site


def _check(site: Site, changes: dict[str, Any]) -> None:
    """Reject a voice that cannot be used on a site, after these changes to it.

    Raises:
        UnknownVoice, VoiceNotInstalled: there is no such voice, or it is not installed.
        UnlawfulVoice: the site is commercial, and the voice that it would use is not allowed to be.
    """
    settings = Settings()
    voices = Container(settings).catalogue
    named = changes.get("voice")
    if named:
        available_voices.ready(settings, voices, named)
    if changes.get("commercial", site.commercial) or settings.commercial:
        own = changes.get("voice", site.voice) or settings.voice
        lawful_voices.check(settings, voices, filter(None, (own, *site.voices.named, settings.latin_voice)))


def _check_language(voice: str, language: str | None) -> None:
    """Reject a rule for a language that its voice doesn't speak.

    Raises:
        BadSites: it doesn't.
    """
    card = available_voices.card(Container(Settings()).catalogue, voice)
    if language and primary(card.language) != language:
        raise BadSites(
            f"The voice {voice} speaks {card.language}, not {language}.",
            f"الصوت {voice} لغته {card.language} لا {language}.",
        )


def _changes(**told: Any) -> dict[str, Any]:
    """The given fields; an empty value removes the field."""
    return {field: None if value == "" else value for field, value in told.items() if value is not None}


def _daily(known: dict[str, int | None], **told: int | None) -> dict[str, Any]:
    """The daily limits, if one was given."""
    if not _changes(**told):
        return {}
    both = {**known, **_changes(**told)}
    kept = {field: most for field, most in both.items() if most is not None and most != _UNLIMITED}
    return {"daily": kept or None}


def _most(limit: int | None) -> str:
    return "no limit" if limit is None else str(limit)


def _tell(sites: Sites, site: Site) -> None:
    mode = "on" if site.page_mode else "off"
    typer.echo(f"{sites.path}: {site.name}, page mode {mode}", err=True)

"""``/feed.xml``: articles that are ready, for podcast players; and the cover of the feed."""

from __future__ import annotations

import hashlib
from email.utils import formatdate
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from service.api import addresses
from service.api.access import AtGate
from service.api.dependencies import AppContext, ContextDep
from service.api.middleware.conditional import matches, not_modified
from service.api.routes import rss
from service.api.routes.rss import Channel, Item
from service.api.schemas.articles import Section
from service.api.schemas.openapi_responses import COVER, FEED
from service.api.schemas.wire import Site
from service.audio.tag import picture_type, uri
from service.model.article import Episode
from service.model.document import RESERVED, Role
from service.model.errors import NotFound
from service.player import Recorded

router = APIRouter(tags=["feed"])

_LONGEST_DESCRIPTION = 300


@router.get("/feed.xml", response_class=Response, responses=FEED)
def feed(
    request: Request,
    context: ContextDep,
    caller: AtGate,
    site: Annotated[Site | None, Query(description="Only articles of this host name.")] = None,
    section: Annotated[Section | None, Query(description="Only articles of this section.")] = None,
) -> Response:
    """Return a podcast of the newest articles that are ready, as RSS 2.0."""
    if caller.site is not None:
        if site not in {None, caller.site}:
            raise NotFound("There is no such feed.", "لا توجد خلاصة بهذا العنوان.")
        site = caller.site
    episodes = _once(context.listing.episodes(site, section, context.feed_length))
    for episode in episodes:
        context.check_on_air(episode.entry.site, episode.entry.voice)
    body = rss.render(_channel(episodes, site, section, request, context))
    version = hashlib.sha256(body).hexdigest()[:32]
    headers = {"ETag": f'"{version}"', "Cache-Control": "no-cache"}
    # Nothing is stored for an empty feed: any client can request sites that do not exist.
    changed = context.listing.changed(site, section, version) if episodes else None
    if changed is not None:
        headers["Last-Modified"] = formatdate(changed, usegmt=True)
    if not_modified(request, headers["ETag"], changed):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=addresses.FEED_TYPE)


@router.get("/cover", response_class=Response, responses=COVER)
@router.get("/cover.jpg", response_class=Response, include_in_schema=False)
@router.get("/cover.png", response_class=Response, include_in_schema=False)
def cover(request: Request, context: ContextDep) -> Response:
    """Return the cover of all recordings, if one is configured."""
    if context.cover is None:
        raise NotFound("No cover is set.", "لم تُضبط صورة غلاف.")
    tag = f'"{hashlib.sha256(context.cover).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "public, max-age=3600"}
    if matches(request.headers.get("if-none-match"), tag, there=True):
        return Response(status_code=304, headers=headers)
    return Response(context.cover, headers=headers, media_type=picture_type(context.cover))


def _channel(
    episodes: list[Episode], site: str | None, section: str | None, request: Request, context: AppContext
) -> Channel:
    base = addresses.base(request, context)
    publisher = site or context.site or "استمع"
    title = f"{publisher}: {section}" if section else publisher
    asked = urlencode({name: value for name, value in (("site", site), ("section", section)) if value})
    return Channel(
        title=title,
        link=f"https://{site}/" if site else f"{base}/",
        description=f"مقالات مسموعة من {title}",
        author=publisher,
        address=f"{base}/feed.xml" + (f"?{asked}" if asked else ""),
        cover=base + addresses.cover_path(picture_type(context.cover)) if context.cover else None,
        items=tuple(_item(episode, base) for episode in episodes),
    )


def _item(episode: Episode, base: str) -> Item:
    entry, article = episode.entry, episode.entry.article
    shown = Recorded(entry.id, article)
    sectioned = any(paragraph.role is Role.HEADING for paragraph in article.paragraphs)
    return Item(
        guid=entry.id,
        title=shown.title,
        link=uri(article.url) if article.url else base + addresses.player_path(entry.id),
        description=_shortened(shown.body[0].text if shown.body else shown.title),
        author=article.author,
        category=entry.section,
        published=entry.since,
        duration=episode.duration,
        audio=base + addresses.audio_path(entry.key),
        size=episode.size,
        transcript=base + addresses.audio_path(entry.key, "vtt"),
        chapters=base + addresses.audio_path(entry.key, "chapters.json") if sectioned else None,
    )


def _once(episodes: list[Episode]) -> list[Episode]:
    """Drops pages under their ids of 0.1 if they are also listed under today's ids."""
    today = {episode.entry.id for episode in episodes}
    return [episode for episode in episodes if f"{RESERVED}{episode.entry.id}" not in today]


def _shortened(text: str) -> str:
    """At most so many characters, cut between words."""
    if len(text) <= _LONGEST_DESCRIPTION:
        return text
    return text[:_LONGEST_DESCRIPTION].rpartition(" ")[0] + "…"

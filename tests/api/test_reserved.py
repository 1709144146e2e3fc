"""No reader writes a publisher's name: ids that istami makes for readers are none that can be sent."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter, ValidationError

from service.api.schemas.articles import ArticleId, KnownId
from service.auth.api_keys import Keys, Scope
from service.config.settings import Settings
from service.config.sites import Site, Sites
from service.fetching import Url
from service.model.article import Submission
from service.model.document import RESERVED
from service.pages.fetch_log import FetchLog, Visit
from service.pages.page import Page
from service.server.container import Container

SENDABLE, KNOWN = TypeAdapter(ArticleId), TypeAdapter(KnownId)
NEWS, ORIGIN = "news.example", "https://news.example"
SITE = Site(name=NEWS)
REFRESH = 60
LINES = {"Content-Type": "application/x-ndjson"}


@pytest.fixture
def data(tmp_path) -> Any:
    """A data folder with a site whose pages a publisher's server has."""
    told = {"pages": ["127.0.0.1"], "origins": [ORIGIN], "page_mode": True}
    Sites(tmp_path / "sites.toml").keep(NEWS, told)
    return tmp_path


@pytest.fixture
def page(publisher) -> str:
    """The address of a page."""
    body = "<article><p>نزل المطر على الحقل.</p></article>"
    publisher.page("/rain", f"<html><head><title>خبر</title></head><body>{body}</body></html>".encode())
    return f"http://127.0.0.1:{publisher.port}/rain"


@pytest.fixture
def ask(machine, data, publisher):
    """Asks a service that asks for keys and reads pages."""
    hosts = frozenset({f"127.0.0.1:{publisher.port}"})
    return machine(data, open=False, fetch_private_hosts=hosts, page_refresh=REFRESH)


@pytest.fixture
def key(store) -> dict[str, str]:
    """A site's own key, as it is sent."""
    return {"Authorization": f"Bearer {Keys(store).create('a', Scope.WRITE, NEWS)[1]}"}


def page_of(address: str) -> Page:
    """What page mode calls the page at an address."""
    return Page(Url.parse(address).canonical(), SITE)


def read_pages(ask, page: str, reader: int = 1) -> httpx.Response:
    """What readers do: the home page, and page mode."""
    assert ask(path="/").status_code == 200
    return ask("POST", "/v1/pages", f"192.0.2.{reader}", json={"url": page}, headers={"Origin": ORIGIN})


def test_every_id_of_istami_s_own_can_be_asked_for_and_not_sent() -> None:
    for made in (f"{RESERVED}demo", page_of("https://news.example/rain").id, f"{RESERVED}speech-{'0' * 24}"):
        assert KNOWN.validate_python(made) == made
        with pytest.raises(ValidationError):
            SENDABLE.validate_python(made)


@pytest.mark.parametrize("name", ["~demo", "~page-00", "~speech-00", "~x", "~"])
def test_they_are_refused_wherever_an_id_is_sent(ask, key, name) -> None:
    article = {"id": name, "text": "نص."}
    assert ask("POST", "/v1/articles", json=article, headers=key).status_code == 422
    batch = ask("POST", "/v1/batches", content=json.dumps(article).encode(), headers={**key, **LINES})
    assert batch.json()["rejected"] == 1
    told = ask("POST", f"/v1/batches?id={name}", content=b"{}", headers={**key, **LINES})
    assert told.status_code == 422


def test_nothing_that_readers_do_changes_what_a_publisher_has(ask, key, page, store) -> None:
    names = ["demo", page_of(page).former_id, "page-0", "home", "index"]
    for name in names:
        posted = ask("POST", "/v1/articles", json={"id": name, "text": f"خبر {name}."}, headers=key)
        assert posted.status_code in {200, 202}, posted.text

    def seen() -> list[str]:
        articles = Container(Settings(), store._url).repository
        return [repr((articles.article(name), articles.owner(name))) for name in names]

    before = seen()
    for reader in range(3):
        assert read_pages(ask, page, reader).status_code in {200, 202}
        for name in names:
            for method in ("GET", "HEAD"):
                for path in (f"/v1/articles/{name}", f"/player/{name}", f"/v1/articles/{name}/marks.json"):
                    ask(method, path)
            assert ask("DELETE", f"/v1/articles/{name}").status_code == 401
        store.delete(f"istami:page:{page_of(page).id}")  # so that it is read again
    assert seen() == before


def test_the_other_way_round_a_publisher_takes_any_id_after_readers_came(ask, key, page) -> None:
    told = read_pages(ask, page).json()
    for name in ("demo", told["id"].removeprefix(RESERVED)):
        posted = ask("POST", "/v1/articles", json={"id": name, "text": "خبر الناشر."}, headers=key)
        assert posted.status_code in {200, 202}, posted.text
    assert read_pages(ask, page).json()["key"] == told["key"]


def test_what_readers_have_made_can_be_asked_for(ask, page) -> None:
    told = read_pages(ask, page).json()
    for name in (told["id"], "~demo"):
        assert name.startswith(RESERVED)
        for path in (f"/v1/articles/{name}", f"/player/{name}", f"/v1/articles/{name}/marks.json"):
            assert ask(path=path).status_code == 200, path
        oembed = ask(path="/oembed", params={"url": f"http://127.0.0.1:8000/player/{name}"})
        assert f"/player/{name}" in oembed.json()["html"]


def test_pages_that_an_older_version_took_in_go_on_until_they_are_read_again(ask, page, redis_url) -> None:
    old = page_of(page).former_id

    def send(*_: object) -> None:
        """Nobody speaks."""

    article_service = Container(Settings(), redis_url, send, lambda _pieces: []).article_service
    known = article_service.submit(Submission(id=old, text="نزل المطر على الحقل.", url=page, site=NEWS))
    fetch_log = FetchLog(Container(Settings(), redis_url).repository)
    fetch_log.keep(old, Visit(old, time.time(), ""))
    assert ask(path="/v1/pages", params={"url": page}).json()["id"] == old
    assert read_pages(ask, page).json()["id"] == old, "it is fresh"
    fetch_log.keep(old, Visit(old, time.time() - 2 * REFRESH, ""))
    assert read_pages(ask, page).json()["id"] == f"{RESERVED}{old}"
    assert ask(path="/v1/pages", params={"url": page}).json()["id"] == f"{RESERVED}{old}"
    assert article_service.article(old) == known, "readers leave the old one as it is"


def test_what_another_site_has_under_an_old_id_is_not_heard_as_the_page(ask, page, redis_url) -> None:
    old = page_of(page).former_id

    def send(*_: object) -> None:
        """Nobody speaks."""

    article_service = Container(Settings(), redis_url, send, lambda _pieces: []).article_service
    article_service.submit(Submission(id=old, text="نص موقع آخر.", site="other.example"))
    FetchLog(Container(Settings(), redis_url).repository).keep(old, Visit(old, time.time(), ""))
    assert ask(path="/v1/pages", params={"url": page}).status_code == 404
    assert read_pages(ask, page).json()["id"] == f"{RESERVED}{old}"

"""A page that its publisher has taken down is off the air; one whose server is ill is not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pytest

from service.articles.playback import Playback
from service.articles.service import ArticleService
from service.config.settings import Settings
from service.config.sites import Site
from service.fetching import Url
from service.model.article import UNREAD, Receipt, Submission
from service.model.errors import FetchError, NotFound, Withdrawn
from service.pages.fetch_log import FetchLog, Visit
from service.pages.page import Page
from service.pages.service import PageMode
from service.server.container import Container
from service.server.web_container import WebContainer
from service.storage.keys import REFUSALS

ORIGIN = "https://news.example"
HTML = "Content-Type: text/html; charset=utf-8"
GONE_AFTER = 120
REFRESH = 60
"""Seconds."""


@dataclass
class Newsroom:
    """Page mode over a publisher's server, and what it is asked for by readers."""

    paper: Any
    settings: Settings
    url: str
    article_service: ArticleService = field(init=False)
    playback: Playback = field(init=False)
    pages: PageMode = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """A process that remembers nothing, robots.txt neither."""
        parts = WebContainer(self.settings, self.url, lambda *_: None)
        self.article_service, self.playback = parts.article_service, parts.playback

        async def submit(request: Submission, site: Site) -> Receipt:
            admit = partial(parts.quotas.take, site)
            return await asyncio.to_thread(self.article_service.take_in, request, admit=admit)

        self.pages = parts.pages(submit)

    def put(
        self, path: str = "/story", text: str = "هذا خبر الصفحة كما كتبه المحرّر.", head: str = ""
    ) -> None:
        html = (
            f"<html><head><title>خبر</title>{head}</head><body><article><p>{text}</p></article></body></html>"
        )
        self.paper.page(path, html.encode(), HTML)

    def answer(self, status: str, path: str = "/story") -> None:
        self.paper.page(path, b"", status=status)

    def address(self, path: str = "/story") -> str:
        return f"http://127.0.0.1:{self.paper.port}{path}"

    def ask(self, path: str = "/story") -> Any:
        return asyncio.run(self.pages.article(self.address(path), ORIGIN, "192.0.2.1"))

    def ask_later(self, path: str = "/story", seconds: float = REFRESH + 1) -> Any:
        """So much later: as if all that was noted had been noted so much earlier."""
        fetch_log = FetchLog(Container(self.settings, self.url).repository)
        page = Page(Url.parse(self.address(path)).canonical(), Site(name="news.example")).id
        visit = fetch_log.last(page)
        assert visit is not None
        absent = visit.absent and visit.absent - seconds
        fetch_log.keep(page, replace(visit, seen=visit.seen - seconds, absent=absent))
        return self.ask(path)


@pytest.fixture
def newsroom(store, redis_url, publisher, tmp_path, monkeypatch) -> Newsroom:  # noqa: ARG001  # an empty one
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ISTAMI_FETCH_PRIVATE_HOSTS", f"127.0.0.1:{publisher.port}")
    monkeypatch.setenv("ISTAMI_PAGE_GONE_AFTER", str(GONE_AFTER))
    monkeypatch.setenv("ISTAMI_PAGE_RATE", "1000")
    monkeypatch.setenv("ISTAMI_PAGE_REFRESH", str(REFRESH))
    settings = Settings()
    told = {"pages": ["127.0.0.1"], "origins": [ORIGIN], "page_mode": True}
    Container(settings).sites.keep("news.example", told)
    return Newsroom(publisher, settings, redis_url)


def withdrawn(newsroom: Newsroom, path: str = "/story") -> None:
    """Assert that nothing of a page is left but the reason."""
    with pytest.raises(Withdrawn):
        newsroom.pages.known(newsroom.address(path))
    with pytest.raises(Withdrawn):
        newsroom.ask(path)


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
def test_one_that_is_gone_twice_some_time_apart_is_withdrawn(newsroom, status) -> None:
    newsroom.put()
    record = newsroom.ask()
    newsroom.answer(status)
    assert newsroom.ask_later().key == record.key, "once may be a slip"
    assert newsroom.ask_later().key == record.key, "again, but too soon"
    assert newsroom.ask_later(seconds=1).key == record.key, "not even looked at"
    with pytest.raises(Withdrawn):
        newsroom.ask_later(seconds=GONE_AFTER)
    withdrawn(newsroom)
    with pytest.raises(NotFound):
        newsroom.article_service.article(record.id)
    with pytest.raises(NotFound):
        newsroom.playback.state(record.key)
    with pytest.raises(NotFound):
        newsroom.playback.marks(record.key)


def test_the_second_sight_does_not_wait_until_a_page_is_no_longer_fresh(newsroom) -> None:
    newsroom.settings = newsroom.settings.model_copy(update={"page_gone_after": 5.0})
    newsroom.restart()
    newsroom.put()
    newsroom.ask()
    newsroom.answer("404 Not Found")
    newsroom.ask_later()
    with pytest.raises(Withdrawn):
        newsroom.ask_later(seconds=6)


@pytest.mark.parametrize(
    "status", ["500 Oops", "502 Bad Gateway", "503 Busy", "403 No", "401 Who", "429 Slow"]
)
def test_a_server_that_is_ill_or_refuses_us_takes_nothing_down(newsroom, status) -> None:
    newsroom.put()
    record = newsroom.ask()
    newsroom.answer(status)
    for _ in range(3):
        assert newsroom.ask_later(seconds=GONE_AFTER).key == record.key


def test_neither_does_one_that_closes_the_connection(newsroom) -> None:
    newsroom.put()
    record = newsroom.ask()
    newsroom.paper.at("/story")
    for _ in range(3):
        assert newsroom.ask_later(seconds=GONE_AFTER).key == record.key


def test_a_page_that_was_there_in_between_begins_anew(newsroom) -> None:
    newsroom.put()
    record = newsroom.ask()
    newsroom.answer("404 Not Found")
    newsroom.ask_later()
    newsroom.put()
    assert newsroom.ask_later().key == record.key
    newsroom.answer("404 Not Found")
    assert newsroom.ask_later(seconds=GONE_AFTER).key == record.key


def test_so_does_one_that_was_no_article_in_between(newsroom) -> None:
    newsroom.put()
    record = newsroom.ask()
    newsroom.answer("404 Not Found")
    newsroom.ask_later()
    newsroom.put(text="")
    assert newsroom.ask_later().key == record.key
    newsroom.answer("404 Not Found")
    assert newsroom.ask_later(seconds=GONE_AFTER).key == record.key


def test_an_illness_in_between_does_not(newsroom) -> None:
    newsroom.put()
    newsroom.ask()
    newsroom.answer("404 Not Found")
    newsroom.ask_later()
    newsroom.answer("500 Oops")
    newsroom.ask_later()
    newsroom.answer("404 Not Found")
    with pytest.raises(Withdrawn):
        newsroom.ask_later(seconds=GONE_AFTER)


def test_a_page_that_comes_back_is_read_again(newsroom, ledger) -> None:
    newsroom.put()
    record = newsroom.ask()
    newsroom.answer("404 Not Found")
    newsroom.ask_later()
    with pytest.raises(Withdrawn):
        newsroom.ask_later(seconds=GONE_AFTER)
    newsroom.put()
    ledger.forget(REFUSALS, record.id)  # as after a minute
    assert newsroom.ask().key == record.key
    assert newsroom.pages.known(newsroom.address()).id == record.id


def test_one_that_was_taken_in_before_ids_of_pages_were_reserved_is_withdrawn(newsroom) -> None:
    url = Url.parse(newsroom.address()).canonical()
    name = Page(url, Site(name="news.example")).former_id
    newsroom.article_service.take_in(Submission(id=name, text="خبر قديم.", url=str(url), site="news.example"))
    fetch_log = FetchLog(Container(newsroom.settings, newsroom.url).repository)
    fetch_log.keep(name, Visit(name, 0.0, ""))
    newsroom.answer("404 Not Found")
    assert newsroom.ask().id == name
    with pytest.raises(Withdrawn):
        newsroom.ask_later(seconds=GONE_AFTER)
    withdrawn(newsroom)
    with pytest.raises(NotFound):
        newsroom.article_service.article(name)


def test_a_new_rule_of_robots_txt_withdraws_at_once(newsroom) -> None:
    newsroom.put()
    record = newsroom.ask()
    newsroom.paper.page("/robots.txt", b"User-agent: *\nDisallow: /story", "Content-Type: text/plain")
    newsroom.restart()
    with pytest.raises(Withdrawn):
        newsroom.ask_later()
    withdrawn(newsroom)
    with pytest.raises(NotFound):
        newsroom.article_service.article(record.id)


def test_a_redirect_to_where_robots_may_not_go_takes_nothing_down(newsroom) -> None:
    newsroom.paper.page("/robots.txt", b"User-agent: *\nDisallow: /login", "Content-Type: text/plain")
    newsroom.put()
    record = newsroom.ask()
    newsroom.paper.moved("/story", "/login")
    for _ in range(3):
        assert newsroom.ask_later(seconds=GONE_AFTER).key == record.key


def test_a_robots_txt_that_cannot_be_had_takes_nothing_down(newsroom) -> None:
    newsroom.put()
    record = newsroom.ask()
    newsroom.answer("503 Busy", "/robots.txt")
    newsroom.restart()
    assert newsroom.ask_later().key == record.key
    assert newsroom.ask_later(seconds=GONE_AFTER).key == record.key


def test_a_copy_that_is_gone_leaves_the_page_that_it_named(newsroom) -> None:
    newsroom.put("/real")
    newsroom.put("/copy", head=f'<link rel="canonical" href="{newsroom.address("/real")}">')
    record = newsroom.ask("/copy")
    newsroom.answer("404 Not Found", "/copy")
    newsroom.ask_later("/copy")
    with pytest.raises(Withdrawn):
        newsroom.ask_later("/copy", GONE_AFTER)
    assert newsroom.ask("/real").key == record.key


def test_a_page_that_was_never_known_is_refused_for_what_it_is(newsroom) -> None:
    with pytest.raises(FetchError) as refused:
        newsroom.ask("/never")
    assert "404" in refused.value.en


def test_one_that_was_accepted_and_could_not_be_read_is_taken_in_again(newsroom) -> None:
    newsroom.put()
    record = newsroom.ask()
    repository = Container(newsroom.settings, newsroom.url).repository
    repository.replace_article(replace(record, key=f"{UNREAD}-1"))
    assert newsroom.ask().key == record.key

"""``/feed.xml``: a podcast of what can be heard."""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import feedparser
import httpx
import pytest
from lxml import etree
from mutagen.id3 import ID3

from cache.redis_store import RedisStore

NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
}
PARTS = (
    "<h2>ما قبل المطر</h2><p>جفت السواقي شهورا طويلة.</p><h2>ما بعده</h2><p>اخضرّت الحقول وفرح أهل القرية.</p>"
)
PAGE = f"<article><p>هطلت أمس أمطار غزيرة على الساحل.</p>{PARTS}</article>"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture
def site() -> str:
    """A site that no other test has."""
    return f"{secrets.token_hex(4)}.example"


@pytest.fixture
def feed(client: httpx.Client, site: str) -> Callable[..., Any]:
    """Fetches the site's feed: its channel."""

    def feed(**query: str) -> Any:
        answer = client.get("/feed.xml", params={"site": site, **query})
        assert answer.status_code == 200, answer.text
        return etree.fromstring(answer.content).find("channel")

    return feed


@pytest.fixture(scope="module")
def other(start, tmp_path_factory) -> Iterator[httpx.Client]:
    """A service with a cover, a name, and a feed of two."""
    cover: Path = tmp_path_factory.mktemp("cover") / "cover.png"
    cover.write_bytes(PNG)
    settings = {"ISTAMI_COVER": str(cover), "ISTAMI_SITE": "صدى الأخبار", "ISTAMI_FEED_LENGTH": "2"}
    with start("--workers", "1", **settings).client as client:
        yield client


def texts(channel: Any, path: str) -> list[str]:
    return [element.text for element in channel.findall(path, NAMES)]


class TestChannel:
    def test_it_is_rss_that_says_whose_it_is(self, client, feed, site) -> None:
        answer = client.get("/feed.xml", params={"site": site})
        assert answer.headers["content-type"].startswith("application/rss+xml")
        root = etree.fromstring(answer.content)
        assert (root.tag, root.get("version")) == ("rss", "2.0")
        channel = feed()
        for required in ("title", "link", "description", "language"):
            assert len(texts(channel, required)) == 1, required
        assert texts(channel, "language") == ["ar"]
        assert texts(channel, "itunes:explicit") == ["false"]
        assert channel.find("itunes:category", NAMES).get("text") == "News"

    def test_it_says_where_it_is(self, client, site) -> None:
        answer = client.get("/feed.xml", params={"site": site, "section": "رياضة"})
        own = etree.fromstring(answer.content).find("channel/atom:link", NAMES)
        assert (own.get("rel"), own.get("type")) == ("self", "application/rss+xml")
        assert own.get("href") == str(answer.url)
        assert client.get(own.get("href")).content == answer.content

    def test_one_without_articles_is_a_feed_all_the_same(self, client, feed, site) -> None:
        assert feed().findall("item") == []
        assert "last-modified" not in client.get("/feed.xml", params={"site": site}).headers

    @pytest.mark.parametrize("query", [{"site": "Not A Host"}, {"section": ""}, {"section": "x" * 101}])
    def test_what_can_be_no_site_or_section_is_refused(self, client, query) -> None:
        answer = client.get("/feed.xml", params=query)
        assert answer.status_code == 422
        assert answer.json()["field"] == next(iter(query))

    def test_head_tells_the_same_without_the_bytes(self, client, site) -> None:
        got, told = (client.request(method, "/feed.xml", params={"site": site}) for method in ("GET", "HEAD"))
        assert (told.status_code, told.content) == (200, b"")
        assert told.headers["etag"] == got.headers["etag"]


class TestItems:
    def test_an_item_tells_all_that_players_want(self, client, ready, feed, site) -> None:
        url = "https://news.example/خبر?a=1&b=2"
        last = ready(
            id=f"full-{site}", html=PAGE, title="أمطار <الخير> & البركة", author="ليلى", url=url,
            site=site, section="طقس",
        )  # fmt: skip
        (item,) = feed().findall("item")
        assert texts(item, "title") == ["أمطار <الخير> & البركة"]
        assert texts(item, "guid") == [last["id"]]
        assert item.find("guid").get("isPermaLink") == "false"
        (link,) = texts(item, "link")
        assert link.isascii()
        assert httpx.URL(link) == httpx.URL(url)
        assert texts(item, "description") == ["هطلت أمس أمطار غزيرة على الساحل."]
        assert texts(item, "category") == ["طقس"]
        assert texts(item, "itunes:author") == ["ليلى"]
        assert texts(item, "itunes:duration") == [str(round(last["duration_seconds"]))]
        assert parsedate_to_datetime(texts(item, "pubDate")[0]).tzinfo is not None

        enclosure = item.find("enclosure")
        mp3 = client.get(enclosure.get("url"))
        assert enclosure.get("type") == mp3.headers["content-type"] == "audio/mpeg"
        assert enclosure.get("length") == mp3.headers["content-length"] == str(len(mp3.content))
        transcript = item.find("podcast:transcript", NAMES)
        assert (transcript.get("type"), transcript.get("language")) == ("text/vtt", "ar")
        assert client.get(transcript.get("url")).text.startswith("WEBVTT")
        chapters = item.find("podcast:chapters", NAMES)
        assert chapters.get("type") == "application/json+chapters"
        assert len(client.get(chapters.get("url")).json()["chapters"]) == 3

    def test_an_article_without_any_of_it_has_what_an_item_needs(self, ready, feed, site) -> None:
        last = ready(text="خبر بلا عنوان ولا كاتب.", site=site)
        (item,) = feed().findall("item")
        assert texts(item, "title") == ["مقال مسموع"]
        assert texts(item, "link") == [last["player_url"]]
        assert item.find("podcast:chapters", NAMES) is None

    def test_podcast_players_read_it(self, client, ready, site) -> None:
        ready(html=PAGE, title="أمطار الخير", author="ليلى", site=site)
        read = feedparser.parse(client.get("/feed.xml", params={"site": site}).content)
        assert not read.bozo, read.get("bozo_exception")
        assert read.version == "rss20"
        (entry,) = read.entries
        assert entry.title == "أمطار الخير"
        assert entry.author == "ليلى"
        assert entry.published_parsed
        assert entry.enclosures[0].type == "audio/mpeg"
        assert int(entry.enclosures[0].length) > 0

    def test_characters_that_xml_cannot_hold_do_no_harm(self, ready, feed, site) -> None:
        ready(text="خبر في عنوانه محرف غريب.", title="عنوان\ufffe", url="https://a.example/\x01x", site=site,
              section="قسم\x01")  # fmt: skip
        (item,) = feed().findall("item")
        assert texts(item, "title") == ["عنوان"]
        assert texts(item, "category") == ["قسم"]


class TestLists:
    def test_the_newest_come_first_each_once(self, ready, feed, site) -> None:
        for number in (1, 2, 3):
            ready(id=f"{number}-{site}", text=f"الخبر رقم {number} لهذا اليوم.", site=site)
        assert texts(feed(), "item/guid") == [f"{number}-{site}" for number in (3, 2, 1)]

    def test_a_new_version_stays_in_its_place(self, ready, feed, site) -> None:
        for name in "ab":
            ready(id=f"{name}-{site}", text=f"الخبر {name} أول مرة.", site=site)
        dates = texts(feed(), "item/pubDate")
        edited = ready(id=f"a-{site}", text="الخبر بعد تصحيحه.", site=site)
        assert texts(feed(), "item/guid") == [f"b-{site}", f"a-{site}"]
        assert texts(feed(), "item/pubDate") == dates
        assert edited["key"] in feed().findall("item/enclosure")[1].get("url")

    def test_sites_and_sections_have_feeds_of_their_own(self, ready, feed, site, client) -> None:
        ready(id=f"sport-{site}", text="فاز الفريق أمس.", site=site, section="رياضة")
        ready(id=f"art-{site}", text="افتتح المعرض أمس.", site=site, section="ثقافة")
        elsewhere = f"other.{site}"
        ready(id=f"other-{site}", text="خبر من موقع آخر.", site=elsewhere, section="رياضة")
        assert texts(feed(), "item/guid") == [f"art-{site}", f"sport-{site}"]
        assert texts(feed(section="رياضة"), "item/guid") == [f"sport-{site}"]
        assert texts(feed(site=elsewhere), "item/guid") == [f"other-{site}"]
        of_all = etree.fromstring(client.get("/feed.xml", params={"section": "رياضة"}).content)
        assert {f"sport-{site}", f"other-{site}"} <= set(texts(of_all, "channel/item/guid"))

    def test_what_moves_to_another_section_leaves_the_first(self, ready, feed, site) -> None:
        article = {"id": f"moved-{site}", "text": "خبر ينتقل من قسم إلى قسم.", "site": site}
        ready(**article, section="ثقافة")
        ready(**article, section="رياضة")
        assert texts(feed(section="ثقافة"), "item/guid") == []
        assert texts(feed(section="رياضة"), "item/guid") == [f"moved-{site}"]
        assert texts(feed(), "item/guid") == [f"moved-{site}"]

    def test_what_is_not_to_be_listed_is_not(self, ready, feed, site, client) -> None:
        article = {"id": f"quiet-{site}", "text": "خبر لا يذكر في القائمة.", "site": site}
        ready(**article, listed=False)
        assert texts(feed(), "item/guid") == []
        ready(**article)
        assert texts(feed(), "item/guid") == [f"quiet-{site}"]
        ready(**article, listed=False)
        assert texts(feed(), "item/guid") == []
        assert client.get("/").status_code == 200
        everything = etree.fromstring(client.get("/feed.xml").content)
        assert "~demo" not in texts(everything, "channel/item/guid")

    def test_what_is_still_being_made_waits(self, client, feed, site, long_text, until) -> None:
        article = {"id": f"slow-{site}", "text": long_text(f"الانتظار {site}", 30), "site": site}
        assert client.post("/v1/articles", json=article).status_code == 202
        assert texts(feed(), "item/guid") == []
        until(lambda: texts(feed(), "item/guid") == [f"slow-{site}"], 60, "listed")

    def test_what_is_deleted_or_expired_vanishes_and_may_come_back(
        self, client, ready, feed, site, service
    ) -> None:
        redis = RedisStore(service.redis_url)._redis
        for name in ("kept", "deleted", "expired"):
            ready(id=f"{name}-{site}", text=f"خبر {name} قصير.", site=site)
        client.delete(f"/v1/articles/deleted-{site}")
        redis.delete(f"istami:article:expired-{site}")
        assert texts(feed(), "item/guid") == [f"kept-{site}"]
        assert redis.zcard(f"istami:list:{site}:") == 1
        ready(id=f"deleted-{site}", text="خبر deleted قصير.", site=site)
        assert texts(feed(), "item/guid") == [f"deleted-{site}", f"kept-{site}"]

    def test_audio_that_was_evicted_is_still_offered(self, client, ready, feed, site, service) -> None:
        last = ready(id=f"evicted-{site}", text="خبر أزيح صوته وبقي ذكره.", site=site)
        length = feed().find("item/enclosure").get("length")
        RedisStore(service.redis_url)._redis.delete(f"istami:{{{last['key']}}}:audio")
        enclosure = feed().find("item/enclosure")
        assert enclosure.get("length") == length
        assert len(client.get(enclosure.get("url")).content) == int(length)

    def test_a_lost_state_is_told_from_what_else_is_kept(self, ready, feed, site, service) -> None:
        last = ready(id=f"stateless-{site}", text="خبر ضاعت حالته وبقي صوته.", site=site)
        before = etree.tostring(feed())
        RedisStore(service.redis_url)._redis.delete(f"istami:{{{last['key']}}}:state")
        assert etree.tostring(feed()) == before


class TestConditional:
    def test_who_has_it_is_not_sent_it_again(self, client, ready, site) -> None:
        query = {"site": site}
        ready(text="خبر للمشتركين.", site=site)
        first = client.get("/feed.xml", params=query)
        for header in (
            {"If-None-Match": first.headers["etag"]},
            {"If-Modified-Since": first.headers["last-modified"]},
        ):
            again = client.get("/feed.xml", params=query, headers=header)
            assert (again.status_code, again.content) == (304, b""), header
            # Weak where the client's tag was that of gzipped bytes.
            assert again.headers["etag"].removeprefix("W/") == first.headers["etag"].removeprefix("W/")
            assert again.headers["last-modified"] == first.headers["last-modified"]

    @pytest.mark.parametrize("change", ["another", "deleted"])
    def test_who_has_an_older_one_is_sent_the_new(self, client, ready, site, change) -> None:
        for name in ("first", "second"):
            ready(id=f"{name}-{site}", text=f"خبر {name} للمشتركين.", site=site)
        old = client.get("/feed.xml", params={"site": site}).headers
        if change == "another":
            ready(text="خبر جديد للمشتركين.", site=site)
        else:
            client.delete(f"/v1/articles/first-{site}")
        for header in (
            {"If-None-Match": old["etag"]},
            {"If-Modified-Since": old["last-modified"]},
            {"If-None-Match": old["etag"], "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
        ):
            assert client.get("/feed.xml", params={"site": site}, headers=header).status_code == 200, header

    def test_a_date_that_is_none_is_ignored(self, client, ready, site) -> None:
        ready(text="خبر للمشتركين.", site=site)
        for date in ("yesterday", "", "Fri, 99 Foo 2020"):
            header = {"If-Modified-Since": date}
            assert client.get("/feed.xml", params={"site": site}, headers=header).status_code == 200


class TestChapters:
    def test_headings_are_chapters_beside_the_audio_and_in_it(self, client, ready) -> None:
        last = ready(html=PAGE, title="أمطار الخير")
        answer = client.get(f"/audio/{last['key']}.chapters.json")
        assert answer.headers["content-type"] == "application/json+chapters"
        assert "immutable" in answer.headers["cache-control"]
        chapters = answer.json()["chapters"]
        assert [each["title"] for each in chapters] == ["أمطار الخير", "ما قبل المطر", "ما بعده"]
        marks = client.get(last["marks_url"]).json()
        starts = [mark["start"] for mark in marks["sentences"] if mark["role"] in {"title", "heading"}]
        assert [each["startTime"] for each in chapters] == pytest.approx(starts, abs=0.001)
        assert chapters[-1]["endTime"] == pytest.approx(marks["duration"], abs=0.001)

        tag = ID3(io.BytesIO(client.get(last["audio_url"]).content))
        in_file = sorted(tag.getall("CHAP"), key=lambda chapter: chapter.start_time)
        assert [each.sub_frames["TIT2"].text[0] for each in in_file] == [each["title"] for each in chapters]
        for told, heard in zip(in_file, chapters, strict=True):
            assert told.start_time == pytest.approx(heard["startTime"] * 1000, abs=1)
            assert told.end_time == pytest.approx(heard["endTime"] * 1000, abs=1)

    def test_an_article_without_headings_has_none(self, client, ready) -> None:
        last = ready(text="خبر قصير بلا عناوين.")
        assert client.get(f"/audio/{last['key']}.chapters.json").json()["chapters"] == []
        assert client.get(f"/audio/{'0' * 64}.chapters.json").status_code == 404

    def test_a_stream_of_what_has_chapters_is_continued_in_the_finished_file(
        self, client, long_text, decoded_seconds, until
    ) -> None:
        name = f"grown-{secrets.token_hex(4)}"
        text = f"مقدمة طويلة.\n## العنوان الأول\n{long_text(name, 20)}\n## العنوان الثاني\nخاتمة."
        client.post("/v1/articles", json={"id": name, "title": "حكاية", "text": text})
        heard = client.get(f"/v1/articles/{name}/audio.mp3", follow_redirects=True).content
        until(lambda: client.get(f"/v1/articles/{name}").json()["status"] == "ready", 60, "ready")
        last = client.get(f"/v1/articles/{name}").json()
        whole = client.get(last["audio_url"]).content
        behind = ID3(io.BytesIO(whole)).size + 576 * 64 * 125 // 22050
        assert len(ID3(io.BytesIO(whole)).getall("CHAP")) == 3
        assert len(heard) == len(whole)
        assert heard[behind:] == whole[behind:]
        assert decoded_seconds(heard) == pytest.approx(last["duration_seconds"], abs=0.06)


class TestSettings:
    def test_the_cover_is_the_artwork(self, other) -> None:
        channel = etree.fromstring(other.get("/feed.xml").content).find("channel")
        address = channel.find("itunes:image", NAMES).get("href")
        assert address.endswith("/cover.png")
        assert texts(channel, "image/url") == [address]
        for path in (address, "/cover"):
            answer = other.get(path)
            assert answer.content == PNG
            assert answer.headers["content-type"] == "image/png"
            tag = {"If-None-Match": answer.headers["etag"]}
            assert other.get(path, headers=tag).status_code == 304
        assert texts(channel, "title") == ["صدى الأخبار"]

    def test_without_a_cover_there_is_none(self, client, feed) -> None:
        assert feed().find("itunes:image", NAMES) is None
        assert client.get("/cover").status_code == 404

    def test_it_is_as_long_as_is_set_even_behind_many_that_are_gone(self, other, until) -> None:
        for number in range(7):
            article = {"id": f"n{number}", "text": f"الخبر رقم {number} في هذا اليوم."}
            assert other.post("/v1/articles", json=article).status_code in {200, 202}
            path = f"/v1/articles/n{number}"
            until(lambda path=path: other.get(path).json()["status"] == "ready", 60, "ready")

        def listed() -> list[str]:
            return texts(etree.fromstring(other.get("/feed.xml").content), "channel/item/guid")

        assert listed() == ["n6", "n5"]
        for number in (6, 5, 4, 3, 1):
            other.delete(f"/v1/articles/n{number}")
        assert listed() == ["n2", "n0"]

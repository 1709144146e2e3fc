"""Page mode: the line without an id finds the article on its own page, and the service fetches that page."""

import json
import time
import uuid
from urllib.parse import urlsplit

import httpx
import pytest
import redis

from service.player import demo

pytestmark = pytest.mark.usefixtures("switch")


@pytest.fixture
def line(service):
    return f'<script async src="{service}/embed.js"></script>'


@pytest.fixture
def article(publisher, line):
    """The address of an article page that the service has not seen."""
    return publisher.publish(new(publisher.page(line)))


def new(page):
    """The same article with a sentence of its own, which nobody has spoken before."""
    return page.replace("</article>", f"<p>ورقم العدد {uuid.uuid4().int % 10**6}.</p></article>")


def test_a_press_has_the_page_read_aloud(visit, service, article):
    reader = visit(article)
    assert reader.until(lambda s: s["status"])["status"] == "يُحضَّر الصوت عند طلب الاستماع"
    reader.shoot("page-mode-unmade")
    state = reader.play()
    path = urlsplit(state["source"]).path
    assert path.startswith(("/v1/articles/~page-", "/audio/"))
    state = reader.until(lambda s: s["found"] and s["duration"] > 60, seconds=60)
    assert all(state["found"])
    known = httpx.get(f"{service}/v1/pages", params={"url": article}).json()
    assert known["status"] == "ready"


def test_nothing_is_fetched_before_the_reader_asks(visit, service, article):
    reader = visit(article)
    reader.until(lambda s: s["status"])
    assert httpx.get(f"{service}/v1/pages", params={"url": article}).status_code == 404


def test_a_page_that_is_known_tells_its_length_at_once(visit, article):
    first = visit(article)
    first.play()
    first.until(lambda s: s["duration"] > 60, seconds=60)
    second = visit(article)
    assert "دقائق" in second.until(lambda s: s["status"])["status"]
    assert urlsplit(second.play()["source"]).path.startswith("/audio/")


def test_it_is_remembered_by_the_pages_address(visit, article):
    reader = visit(article)
    reader.play()
    reader.until(lambda s: s["duration"] > 60, seconds=60)
    reader.player().evaluate("player => player.currentTime = 40")
    reader.until(lambda s: s["time"] > 40.2)
    reader.reload()
    assert reader.until(lambda s: s["status"].startswith("المتابعة من"))["time"] == pytest.approx(40, abs=1)


def test_a_reader_who_takes_the_press_back_is_not_spoken_to(visit, article):
    reader = visit(article)
    reader.player().evaluate("player => { player.play(); player.pause(); }")
    reader.page.wait_for_timeout(1500)
    state = reader.state()
    assert state["paused"]
    assert state["time"] == 0
    assert reader.play()["phase"] == "playing"


def test_where_page_mode_is_off_there_is_no_dead_button(visit, switch, article):
    switch(on=False)
    reader = visit(article)
    reader.wait(lambda: not reader.player().is_visible())


def test_on_a_site_that_is_not_served_there_is_no_dead_button(visit, article):
    reader = visit(article.replace("127.0.0.1", "localhost"))
    reader.wait(lambda: not reader.player().is_visible())
    reader.errors.clear()  # the browser says on its console that the answer may not be read


def test_switched_off_after_the_look_it_says_so(visit, switch, article):
    reader = visit(article)
    reader.until(lambda s: s["status"])
    switch(on=False)
    reader.press("تشغيل")
    state = reader.until(lambda s: s["phase"] == "error")
    assert state["status"] == "الاستماع غير متاح لهذه الصفحة."
    assert not reader.player().get_by_role("button", name="إعادة المحاولة").is_visible()
    reader.shoot("page-mode-forbidden")


def test_a_busy_service_is_asked_again_when_it_says(visit, data, article):
    reader = visit(article)
    reader.until(lambda s: s["status"])
    now = time.time()
    with redis.Redis(unix_socket_path=str(data / "redis/redis.sock")) as store:
        # So many have asked within this minute that the next may in four seconds.
        seconds, microseconds = store.time()
        empty = (seconds + 58) * 1_000_000 + microseconds
        store.hset("istami:{ledger:pace}:values", "127.0.0.1", empty)
        store.zadd("istami:{ledger:pace}:ends", {"127.0.0.1": empty})
    reader.press("تشغيل")
    reader.page.wait_for_timeout(1000)
    waiting = reader.state()
    assert (waiting["phase"], waiting["status"]) == ("loading", "جارٍ تحضير الصوت…")
    reader.until(lambda s: s["phase"] == "playing" and s["time"] > 0.2, seconds=20)
    assert time.time() > now + 3


@pytest.mark.parametrize(
    "page",
    [
        "<ul><li><a href='/1'>خبر</a></li></ul>",
        "<article><h2>خبر</h2></article><article><h2>خبر آخر</h2></article>",
    ],
)
def test_a_page_that_is_no_article_gets_no_player(browser, publisher, line, page):
    html = f"<!doctype html><html lang='ar' dir='rtl'><body>{page}{line}</body></html>"
    tab = browser.new_page()
    tab.goto(publisher.publish(html))
    tab.wait_for_function("customElements.get('listen-article') && document.readyState === 'complete'")
    assert tab.locator("listen-article").count() == 0
    tab.close()


def test_an_element_by_hand_asks_for_its_page_too(visit, publisher, service, line):
    element = f'{line}<listen-article page host="{service}/"></listen-article>'
    reader = visit(publisher.publish(new(publisher.page(element))))
    assert reader.page.locator("listen-article").count() == 1
    assert reader.play()["phase"] == "playing"


@pytest.mark.parametrize(
    ("canonical", "own"), [("/news/1#top", True), ("https://elsewhere.example/1", False)]
)
def test_the_canonical_address_counts_if_it_is_the_sites_own(visit, publisher, line, canonical, own):
    head = f'<link rel="canonical" href="{canonical}">'
    url = publisher.publish(publisher.page(line, head=head))
    asked = visit(f"{url}?from=feed#t=0").player().evaluate("player => player.playback.recording.page")
    assert asked == (f"{publisher.url}/news/1" if own else f"{url}?from=feed")


def test_json_ld_tells_where_the_text_stands(visit, publisher, line):
    title, *paragraphs = demo().split("\n\n")
    told = {"@context": "https://schema.org", "@type": "NewsArticle", "articleBody": "\n".join(paragraphs)}
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    teaser = "<article><p>خبر آخر</p></article>"
    body = f"{line}{teaser}{teaser}<div id='story'><h1>{title}</h1><div id='text'>{text}</div></div>"
    data = f'<script type="application/ld+json">{json.dumps({"@graph": [told]})}</script>'
    html = f"<!doctype html><html lang='ar' dir='rtl'><head>{data}</head><body>{body}</body></html>"
    reader = visit(publisher.publish(html))
    reader.play()
    reader.until(lambda s: any(s["found"]), seconds=30)
    assert reader.player().evaluate("player => player.controls.follow.reading.page.root.id") == "text"

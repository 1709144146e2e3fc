"""Pages are fetched for readers and for publishers: for whom, how often, and what comes of it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

ORIGIN = "https://news.example"
SITES = """
["news.example"]
pages = ["127.0.0.1", "localhost"]
origins = ["https://news.example", "https://www.news.example"]
section = "رياضة"
page_mode = true

["bare.example"]
pages = ["127.0.0.4"]
origins = ["https://bare.example"]
page_mode = true
case_endings = "none"

["closed.example"]
pages = ["127.0.0.2"]
origins = ["https://closed.example"]

["small.example"]
pages = ["127.0.0.3"]
origins = ["https://small.example"]
page_mode = true
daily = {articles = 1}
"""
PLAIN = "Content-Type: text/html; charset=utf-8"
_names = itertools.count()
_readers = itertools.count()


@pytest.fixture(scope="module")
def paper(serve) -> Any:
    """A publisher's server; it listens on all of loopback."""
    return serve("0.0.0.0")  # noqa: S104


@pytest.fixture(scope="module")
def running(start, paper, tmp_path_factory) -> Any:
    """A service that may fetch from it, and looks at pages again after a second."""
    data = tmp_path_factory.mktemp("data")
    (data / "sites.toml").write_text(SITES, encoding="utf-8")
    hosts = ",".join(f"{host}:{paper.port}" for host in (*(f"127.0.0.{n}" for n in range(1, 5)), "localhost"))
    return start(
        *("--workers", "1"),
        ISTAMI_DATA_DIR=str(data),
        ISTAMI_FETCH_PRIVATE_HOSTS=hosts,
        ISTAMI_FETCH_SECONDS="3",
        ISTAMI_FETCH_AT_ONCE="2",
        ISTAMI_PAGE_REFRESH="1",
        ISTAMI_PAGE_RATE="3",
    )


@pytest.fixture
def client(running) -> Iterator[httpx.Client]:
    with running.client as client:
        yield client


@pytest.fixture
def new(paper) -> Any:
    """Puts a page that was never there: its address."""

    def new(text: str = "", *headers: str, head: str = "", host: str = "127.0.0.1") -> str:
        path = f"/{next(_names)}"
        put(
            paper, path, text or f"هذا خبر الصفحة {path[1:]} من الجريدة كما كتبه المحرّر.", *headers, head=head
        )
        return f"http://{host}:{paper.port}{path}"

    return new


def put(paper: Any, path: str, text: str, *headers: str, head: str = "") -> None:
    html = f"<html><head><title>خبر</title>{head}</head><body><article><p>{text}</p></article></body></html>"
    paper.page(path, html.encode(), PLAIN, *headers)


def ask(
    client: httpx.Client, url: str, origin: str | None = ORIGIN, reader: str | None = None
) -> httpx.Response:
    """Ask as a reader's browser does, through a proxy in front; every time another reader's, unless told."""
    headers = {"X-Forwarded-For": reader or f"2001:db8:0:{next(_readers):x}::1"}
    return client.post(
        "/v1/pages", json={"url": url}, headers=headers | ({"Origin": origin} if origin else {})
    )


def text_of(client: httpx.Client, told: dict[str, Any], until: Any) -> str:
    """What is read of an article, as its marks have it when it is ready."""
    until(lambda: client.get(f"/v1/articles/{told['id']}").json()["status"] == "ready", 60, "ready")
    return " ".join(sentence["text"] for sentence in client.get(told["marks_url"]).json()["sentences"])


def path(url: str) -> str:
    return url[url.index("/", 8) :]


class TestTakingIn:
    def test_a_page_becomes_an_article_that_can_be_heard(self, client, new, until) -> None:
        url = new()
        assert client.get("/v1/pages", params={"url": url}).status_code == 404
        answer = ask(client, url)
        assert answer.status_code in {200, 202}, answer.text
        told = answer.json()
        assert answer.headers["location"] == f"/v1/articles/{told['id']}"
        until(lambda: client.get("/v1/pages", params={"url": url}).json()["status"] == "ready", 60, "ready")
        again = ask(client, url)
        assert (again.status_code, again.json()["id"]) == (200, told["id"])
        assert client.get(again.json()["audio_url"]).headers["content-type"] == "audio/mpeg"
        assert client.get(told["marks_url"]).json()["sentences"][-1]["text"].startswith("هذا خبر الصفحة")

    def test_it_is_its_site_s_with_what_the_site_has_set(self, client, new, until) -> None:
        told = ask(client, new()).json()
        text_of(client, told, until)
        feed = client.get("/feed.xml", params={"site": "news.example", "section": "رياضة"})
        assert told["id"] in feed.text

    def test_it_is_read_with_the_case_endings_of_its_site(self, client, new, until) -> None:
        text = "زار الوزير الجديد المدينة القديمة صباح اليوم."
        asked = [
            ask(client, new(text)),
            ask(client, new(f"{text} ")),
            ask(client, new(text, host="127.0.0.4"), origin="https://bare.example"),
        ]

        def told() -> list[dict[str, Any]]:
            return [client.get(f"/v1/articles/{answer.json()['id']}").json() for answer in asked]

        until(lambda: all(each["status"] == "ready" for each in told()), 60, "ready")
        full, same, bare = (each["duration_seconds"] for each in told())
        assert bare < full == same

    def test_the_part_that_is_marked_is_read_and_nothing_else(self, client, paper, until) -> None:
        html = (
            "<html><body><article><p>كلام لا يقرأ.</p><div data-istami-body><h2>فصل</h2>"
            "<p>هذا هو النص وحده.</p></div>ذيل لا يقرأ.</article></body></html>"
        )
        paper.page("/marked", html.encode(), PLAIN)
        told = ask(client, f"http://127.0.0.1:{paper.port}/marked").json()
        assert text_of(client, told, until) == "فصل هذا هو النص وحده."

    def test_many_readers_at_once_cost_one_fetch(self, client, paper, new) -> None:
        url = new()
        body = b"".join(paper.answers[path(url)]())

        def slow():
            time.sleep(0.5)
            yield body

        paper.answers[path(url)] = slow
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: ask(client, url), range(20)))
        assert {answer.status_code for answer in answers} <= {200, 202}
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert paper.paths.count(path(url)) == 1

    def test_trackers_and_fragments_are_the_same_page(self, client, paper, new) -> None:
        url = new()
        one = ask(client, url).json()
        for more in ("?utm_source=mail&fbclid=1", "#part", "?gclid=x#y"):
            assert ask(client, url + more).json()["id"] == one["id"]
        assert not any("utm" in path for path in paper.paths)

    def test_other_parameters_are_other_pages(self, client, paper) -> None:
        for number in (1, 2):
            put(paper, f"/story?cid={number}", f"خبر رقمه {number} في الجريدة.")
        base = f"http://127.0.0.1:{paper.port}/story"
        assert ask(client, f"{base}?cid=1").json()["id"] != ask(client, f"{base}?cid=2").json()["id"]

    def test_what_a_page_names_as_the_real_one_is_read_from_there(self, client, new, until) -> None:
        for host in ("127.0.0.1", "localhost"):
            real = new("نص الصفحة الأصلية وحده هو المقروء.", host=host)
            copies = [new("نسخة لا تقرأ.", head=f'<link rel="canonical" href="{real}">') for _ in range(2)]
            told = [ask(client, url).json() for url in (*copies, copies[0], real)]
            assert len({each["id"] for each in told}) == 1
            assert text_of(client, told[0], until) == "خبر نص الصفحة الأصلية وحده هو المقروء."

    @pytest.mark.parametrize(
        "link",
        ["https://other.example/x", "http://127.0.0.2/", "/", "http://[", "mailto:a@b", "/nothing-there"],
    )
    def test_what_leads_nowhere_or_out_of_the_site_is_not_believed(self, client, new, link: str) -> None:
        first, second = (new(head=f'<link rel="canonical" href="{link}">') for _ in range(2))
        assert ask(client, first).json()["id"] != ask(client, second).json()["id"]

    def test_what_stands_in_the_body_is_not_believed(self, client, new) -> None:
        real = new()
        comment = new(f'تعليق القارئ.<link rel="canonical" href="{real}">')
        assert ask(client, comment).json()["id"] != ask(client, real).json()["id"]

    def test_two_that_name_each_other_are_taken_in_all_the_same(self, client, paper, new) -> None:
        one, two = new(), new()
        for here, there in ((one, two), (two, one)):
            put(
                paper,
                path(here),
                f"صفحة {path(here)} تسمّي الأخرى.",
                head=f'<link rel="canonical" href="{there}">',
            )
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda url: ask(client, url), (one, two)))
        assert {answer.status_code for answer in answers} <= {200, 202}

    def test_a_redirect_within_the_site_is_the_page_that_it_leads_to(self, client, paper, new) -> None:
        url = new()
        paper.moved("/old", path(url))
        assert ask(client, f"http://127.0.0.1:{paper.port}/old").json()["id"] == ask(client, url).json()["id"]


class TestLookingAgain:
    def test_an_edited_page_is_a_new_version_of_the_same_article(self, client, paper, new) -> None:
        url = new()
        first = ask(client, url).json()
        put(paper, path(url), "نص جديد تمامًا حلّ محلّ الخبر القديم.")
        assert ask(client, url).json()["key"] == first["key"]  # fresh still
        time.sleep(1.2)
        second = ask(client, url).json()
        assert second["id"] == first["id"]
        assert second["key"] != first["key"]

    def test_a_page_that_is_the_same_is_not_sent_again(self, client, paper, new) -> None:
        url = new("", 'ETag: "v1"')
        first = ask(client, url).json()
        paper.page(path(url), b"", status="304 Not Modified")
        time.sleep(1.2)
        assert ask(client, url).json()["key"] == first["key"]
        assert 'if-none-match: "v1"' in paper.asked[-1].lower()
        seen = len(paper.asked)
        assert ask(client, url).json()["key"] == first["key"]
        assert len(paper.asked) == seen

    def test_a_changed_lexicon_has_it_read_anew(self, client, paper, running, new) -> None:
        url = new("زار الوفد زرقطون أمس.", 'ETag: "v1"')
        first = ask(client, url).json()
        folder = running.data / "lexicons"
        folder.mkdir(exist_ok=True)
        (folder / "news.example.tsv").write_text("grapheme\treading\nزرقطون\tزُرْقُطُون\n", encoding="utf-8")
        time.sleep(1.2)
        assert ask(client, url).json()["key"] != first["key"]
        assert "if-none-match" not in paper.asked[-1].lower()

    def test_a_page_whose_server_fails_stays_as_it_was(self, client, paper, new) -> None:
        url = new()
        first = ask(client, url).json()
        paper.page(path(url), b"", status="500 Oops")
        time.sleep(1.2)
        assert ask(client, url).json()["key"] == first["key"]

    def test_one_that_cannot_be_taken_in_is_not_tried_again_at_once(self, client, paper, new) -> None:
        url = new()
        paper.page(path(url), b"", status="404 Not Found")
        answers = [ask(client, url) for _ in range(3)]
        assert {answer.status_code for answer in answers} == {502}
        assert answers[0].json()["message"] == answers[2].json()["message"]
        assert paper.paths.count(path(url)) == 1


class TestRefusals:
    def test_another_origin_or_none_is_refused(self, client, paper, new) -> None:
        url = new()
        for origin in ("https://evil.example", "http://news.example", "null", None, "https://closed.example"):
            answer = ask(client, url, origin)
            assert answer.status_code == 403
            assert answer.json()["code"] == "not_allowed"
            assert answer.json()["message"]["ar"]
        assert path(url) not in paper.paths

    @pytest.mark.parametrize(
        "url",
        [
            "https://unknown.example/a",
            "http://127.0.0.2/a",
            "http://10.0.0.1/",
            "http://169.254.169.254/latest",
        ],
    )
    def test_a_page_of_no_site_or_of_one_without_page_mode_is_refused(self, client, url: str) -> None:
        for answer in (ask(client, url), client.get("/v1/pages", params={"url": url})):
            assert answer.status_code == 403
            assert "istami sites" in answer.json()["detail"]

    def test_another_port_of_an_allowed_host_is_refused(self, client) -> None:
        assert ask(client, "http://127.0.0.1:6379/").status_code == 403

    @pytest.mark.parametrize(
        "url", ["http://2130706433/", "http://0x7f.1/", "http://a@127.0.0.1/", "ftp://x/", "", 1]
    )
    def test_what_is_no_address_is_refused_as_such(self, client, url: Any) -> None:
        assert ask(client, url).status_code == 422

    def test_a_redirect_out_of_the_site_is_refused(self, client, paper) -> None:
        paper.moved("/out", f"http://127.0.0.2:{paper.port}/secret")
        assert ask(client, f"http://127.0.0.1:{paper.port}/out").status_code == 403
        assert "/secret" not in paper.paths

    def test_a_slow_page_is_given_up_and_too_many_at_once_come_again(self, client, paper) -> None:
        def never():
            time.sleep(20)
            yield b""

        urls = []
        for number in range(3):
            paper.answers[f"/never{number}"] = never
            urls.append(f"http://127.0.0.1:{paper.port}/never{number}")
        with ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(lambda url: ask(client, url), urls))
        assert sorted(answer.status_code for answer in answers) == [503, 504, 504]
        busy = next(answer for answer in answers if answer.status_code == 503)
        assert int(busy.headers["retry-after"]) > 0

    def test_a_reader_s_minute_has_an_end_but_known_pages_are_free(self, client, new, paper) -> None:
        urls = [new() for _ in range(4)]
        answers = [ask(client, url, reader="192.0.2.7") for url in urls]
        assert all(answer.status_code in {200, 202} for answer in answers[:3])
        assert answers[3].status_code == 429
        assert 0 < int(answers[-1].headers["retry-after"]) <= 60
        assert answers[-1].headers["access-control-allow-origin"] == ORIGIN
        assert path(urls[-1]) not in paper.paths
        assert ask(client, urls[-1], reader="192.0.2.8").status_code in {200, 202}
        assert ask(client, urls[-1], reader="192.0.2.7").status_code in {200, 202}

    def test_the_site_s_day_has_an_end(self, client, new) -> None:
        first, second = new(host="127.0.0.3"), new(host="127.0.0.3")
        assert ask(client, first, "https://small.example").status_code in {200, 202}
        answer = ask(client, second, "https://small.example")
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= 86_400
        assert ask(client, first, "https://small.example").status_code in {200, 202}


class TestCors:
    def preflight(self, client: httpx.Client, origin: str, path: str = "/v1/pages") -> httpx.Response:
        asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
        return client.options(path, headers={"Origin": origin, **asked})

    def test_a_site_s_page_may_ask_and_read(self, client, new) -> None:
        for origin in (ORIGIN, "https://www.news.example"):
            assert self.preflight(client, origin).headers["access-control-allow-origin"] == origin
            answer = ask(client, new(), origin)
            assert answer.headers["access-control-allow-origin"] == origin
            assert "Origin" in answer.headers["vary"]
            assert "Retry-After" in answer.headers["access-control-expose-headers"]

    def test_nobody_else_s_may(self, client, new) -> None:
        assert self.preflight(client, "https://evil.example").status_code == 400
        assert "access-control-allow-origin" not in ask(client, new(), "https://evil.example").headers

    def test_articles_are_not_sent_from_pages(self, client) -> None:
        assert self.preflight(client, ORIGIN, "/v1/articles").status_code == 400

    def test_a_site_that_is_added_may_at_once(self, client, running) -> None:
        assert self.preflight(client, "https://late.example").status_code == 400
        with (running.data / "sites.toml").open("a", encoding="utf-8") as file:
            file.write('["late.example"]\norigins = ["https://late.example"]\n')
        assert self.preflight(client, "https://late.example").status_code == 200


class TestAddressAlone:
    def test_an_article_s_page_is_fetched(self, client, new, paper) -> None:
        url = new("نص المقال كما جاء في الصفحة.")
        answer = client.post("/v1/articles", json={"id": "by-address", "url": url})
        assert answer.status_code in {200, 202}, answer.text
        assert answer.json()["title"] == "خبر"
        assert path(url) in paper.paths

    def test_with_a_text_it_is_a_link_and_nothing_is_fetched(self, client, new, paper) -> None:
        url = new()
        answer = client.post("/v1/articles", json={"text": "نص مرسل مع رابطه.", "url": url})
        assert answer.status_code in {200, 202}
        assert path(url) not in paper.paths

    def test_a_page_of_no_site_is_refused_with_the_cure(self, client) -> None:
        answer = client.post("/v1/articles", json={"url": "https://unknown.example/a"})
        assert answer.status_code == 403
        assert "istami sites add unknown.example" in answer.json()["detail"]

    def test_a_page_of_another_site_than_the_article_s_is_refused(self, client, new) -> None:
        assert client.post("/v1/articles", json={"url": new(), "site": "closed.example"}).status_code == 403

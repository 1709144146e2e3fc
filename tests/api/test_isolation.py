"""A key of one site sees, changes and lists what is that site's, and nothing else."""

from __future__ import annotations

import json
import re
from itertools import count

import httpx
import pytest

from service.auth.api_keys import Scope

TEXT = "هطلت أمس أمطار غزيرة على المدينة."
LINES = {"Content-Type": "application/x-ndjson"}
NEWS, OTHER = "news.example", "other.example"
NUMBERS = count()


def client_of(service, key: str | None) -> httpx.Client:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.Client(base_url=service.base, headers=headers, timeout=60, trust_env=False)


@pytest.fixture(scope="module")
def news(closed, keys):
    """A client whose key is one site's."""
    with client_of(closed, keys.create("news", Scope.WRITE, NEWS)[1]) as client:
        yield client


@pytest.fixture(scope="module")
def other(closed, keys):
    """A client whose key is another's."""
    with client_of(closed, keys.create("other", Scope.WRITE, OTHER)[1]) as client:
        yield client


@pytest.fixture(scope="module")
def everybody(closed, keys):
    """A client whose key is good for all sites."""
    with client_of(closed, keys.create("all", Scope.WRITE)[1]) as client:
        yield client


@pytest.fixture
def name() -> str:
    """An id that nothing has yet."""
    return f"apart-{next(NUMBERS)}"


def post(client: httpx.Client, **article) -> httpx.Response:
    return client.post("/v1/articles", json={"text": TEXT, **article})


def send(client: httpx.Client, batch: str, *articles: dict) -> httpx.Response:
    lines = "\n".join(json.dumps({"text": TEXT, **article}, ensure_ascii=False) for article in articles)
    return client.post(f"/v1/batches?id={batch}", content=lines.encode(), headers=LINES)


ARTICLE = ("", "/events", "/audio.mp3", "/marks.json", "/captions.vtt")
BATCH = ("", "/report.jsonl")


def asked(client: httpx.Client, name: str) -> list[tuple[str, httpx.Response]]:
    """All that can be asked about an article."""
    paths = [f"/v1/articles/{name}{part}" for part in ARTICLE] + [f"/player/{name}"]
    answers = [(f"GET {path}", client.get(path)) for path in paths]
    oembed = client.get("/oembed", params={"url": f"http://listen.example/player/{name}"})
    address = client.post(f"/v1/articles/{name}/address", json={})
    return [*answers, ("oembed", oembed), ("address", address)]


def without(body: httpx.Response, name: str) -> str:
    """What was answered, but for the id that was asked for, and the request's own."""
    return re.sub(r'"request_id":"\w+"', "", body.text.replace(name, "ID"))


class TestAnArticle:
    def test_of_a_site_s_key_is_that_site_s(self, news, everybody, name) -> None:
        assert post(news, id=name).status_code in {200, 202}
        moved = post(everybody, id=name, site=OTHER)
        assert moved.status_code in {200, 202}
        assert news.get(f"/v1/articles/{name}").status_code == 404

    def test_is_there_for_its_site(self, news, name) -> None:
        post(news, id=name)
        for what, answer in asked(news, name):
            assert answer.status_code in {200, 307}, what

    def test_is_not_there_for_another_in_the_very_words_of_what_there_is_not(self, news, other, name) -> None:
        post(news, id=name)
        there, nowhere = asked(other, name), asked(other, "nowhere")
        for (what, hidden), (_, missing) in zip(there, nowhere, strict=True):
            assert hidden.status_code == missing.status_code == 404, what
            assert without(hidden, name) == without(missing, "nowhere")
            assert list(hidden.headers) == list(missing.headers)

    def test_of_no_site_is_there_for_none_s_key(self, everybody, news, name) -> None:
        post(everybody, id=name)
        assert news.get(f"/v1/articles/{name}").status_code == 404

    def test_is_deleted_by_its_own_site_alone(self, news, other, name) -> None:
        post(news, id=name)
        assert other.delete(f"/v1/articles/{name}").status_code == 404
        assert news.get(f"/v1/articles/{name}").status_code == 200
        assert news.delete(f"/v1/articles/{name}").status_code == 204
        assert news.get(f"/v1/articles/{name}").status_code == 404

    def test_is_not_written_over_by_another(self, news, other, name) -> None:
        before = post(news, id=name).json()["key"]
        answer = post(other, id=name, text="نص آخر تمامًا.")
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (409, "conflict", "id")
        assert news.get(f"/v1/articles/{name}").json()["key"] == before

    def test_without_an_id_is_another_on_another_site(self, news, other) -> None:
        text = "لا يعرف أحد أن هذا النص في موقعين."
        assert post(news, text=text).json()["id"] != post(other, text=text).json()["id"]

    def test_of_another_site_cannot_be_sent(self, news) -> None:
        answer = post(news, site=OTHER)
        assert (answer.status_code, answer.json()["field"]) == (422, "site")
        assert NEWS in answer.json()["message"]["ar"]
        assert post(news, site=NEWS).status_code in {200, 202}

    def test_is_explained_in_its_own_site_s_words_alone(self, news) -> None:
        assert news.post("/v1/explain", json={"text": TEXT}).status_code == 200
        assert news.post("/v1/explain", json={"text": TEXT, "site": OTHER}).status_code == 422

    def test_is_there_for_readers_who_have_no_key(self, closed, news, name) -> None:
        post(news, id=name)
        with client_of(closed, None) as reader:
            assert reader.get(f"/v1/articles/{name}").status_code == 200


class TestABatch:
    def test_is_there_for_its_site_alone(self, news, other, everybody, name) -> None:
        assert send(news, name, {"id": f"{name}-a"}).status_code == 202
        for part in BATCH:
            path = f"/v1/batches/{name}{part}"
            assert news.get(path).status_code == everybody.get(path).status_code == 200
            hidden, missing = other.get(path), other.get(f"/v1/batches/nowhere{part}")
            assert hidden.status_code == missing.status_code == 404
            assert without(hidden, name) == without(missing, "nowhere")
        assert other.delete(f"/v1/batches/{name}").status_code == 404
        assert news.delete(f"/v1/batches/{name}").status_code == 202

    def test_is_listed_to_its_site_alone(self, news, other, everybody, name) -> None:
        send(news, name, {"id": f"{name}-a"})

        def listed(client: httpx.Client) -> list[str]:
            return [batch["id"] for batch in client.get("/v1/batches").json()["batches"]]

        assert name in listed(news)
        assert name in listed(everybody)
        assert name not in listed(other)

    def test_of_another_site_s_id_is_refused(self, news, other, name) -> None:
        send(news, name, {"id": f"{name}-a"})
        assert send(other, name, {"id": f"{name}-b"}).status_code == 409

    def test_has_no_articles_of_other_sites(self, news, everybody, until, name) -> None:
        post(everybody, id=f"{name}-taken", site=OTHER)
        before = everybody.get(f"/v1/articles/{name}-taken").json()["key"]
        lines = [
            {"id": f"{name}-own"},
            {"id": f"{name}-other", "site": OTHER},
            {"id": f"{name}-taken", "text": "نص آخر تمامًا."},
        ]
        assert send(news, name, *lines).json()["rejected"] == 1
        until(lambda: news.get(f"/v1/batches/{name}").json()["status"] == "done", 60, "done")
        failures = news.get(f"/v1/batches/{name}").json()["failures"]["items"]
        assert {(each["line"], each["error"]["code"]) for each in failures} == {
            (2, "bad_article"),
            (3, "conflict"),
        }
        assert news.get(f"/v1/articles/{name}-own").status_code == 200
        assert everybody.get(f"/v1/articles/{name}-taken").json()["key"] == before


class TestAFeed:
    def test_is_of_the_key_s_site(self, news, other, until, name) -> None:
        post(news, id=name, title="خبر من الموقع الأول")

        def shown(client: httpx.Client, **asked: str) -> str:
            return client.get("/feed.xml", params=asked).text

        until(lambda: "خبر من الموقع الأول" in shown(news), 60, "listed")
        assert "خبر من الموقع الأول" in shown(news, site=NEWS)
        assert "خبر من الموقع الأول" not in shown(other)

    def test_of_another_site_is_not_there(self, other) -> None:
        there, nowhere = (other.get("/feed.xml", params={"site": site}) for site in (NEWS, "no.example"))
        assert there.status_code == nowhere.status_code == 404
        assert without(there, NEWS) == without(nowhere, NEWS)

"""What the service says of itself, and what people see."""

from __future__ import annotations

import re

import pytest

SENTENCE = {"text", "span", "spoken", "diacritised", "phonemes", "pieces", "words", "steps"}


def test_voices_are_those_that_are_installed(client) -> None:
    told = client.get("/v1/voices").json()
    assert told["default"] == "espeak-ar"
    voices = {voice["id"]: voice for voice in told["voices"]}
    espeak = voices["espeak-ar"]
    assert espeak["licence"] == "GPL-3.0-or-later"
    assert espeak["sample_rate"] == 22050
    assert espeak["name"]["ar"]


def test_how_an_article_will_be_read_is_explained(client, page) -> None:
    answer = client.post("/v1/explain", json={"text": page})
    assert answer.status_code == 200
    sentences = answer.json()["sentences"]
    assert len(sentences) == 7
    for sentence in sentences:
        assert set(sentence) >= SENTENCE
        assert page[slice(*sentence["span"])] == sentence["text"]
        assert sentence["spoken"]
        assert sentence["phonemes"]
        assert not any(char.isdigit() for char in sentence["spoken"])
        assert {piece["voice"] for piece in sentence["pieces"]} == {"espeak-ar"}
        assert " ".join(word["diacritised"] for word in sentence["words"]) == re.sub(
            r"[.،؛:؟!…]", "", sentence["diacritised"]
        )
    assert "ألفين وست" in sentences[1]["spoken"]


def test_case_endings_are_explained_as_asked_for(client) -> None:
    def explained(**asked: str) -> str:
        body = {"text": "حضر الوزير الجديد حفل الافتتاح أمس.", **asked}
        return client.post("/v1/explain", json=body).json()["sentences"][0]["phonemes"]

    assert explained() == explained(case_endings="full")
    assert "lwaˈziːru ldʒaˈdiːdu" in explained(case_endings="full")
    assert "lwaˈziːr aldʒaˈdiːd" in explained(case_endings="none")


def test_the_regional_variant_is_the_one_asked_for(client) -> None:
    def explained(**asked: str) -> str:
        body = {"text": "افتتح المعرض في 5/8/2024.", **asked}
        return client.post("/v1/explain", json=body).json()["sentences"][0]["spoken"]

    assert explained() == explained(locale="auto")
    assert "غُشْت" in explained(locale="ar-MA")
    assert "أُوت" in explained(locale="ar-TN")


def test_what_decided_each_word_and_what_else_it_could_be_is_explained(client) -> None:
    text = "كَتَبَ السيد زعطوطي عن مدينة صور، ونشر صور الحادث."
    [sentence] = client.post("/v1/explain", json={"text": text}).json()["sentences"]
    words = sentence["words"]
    assert [text[slice(*word["span"])] for word in words] == [word["text"] for word in words]
    told = {(word["text"], word["source"], *word["doubts"]) for word in words}
    assert told >= {
        ("كَتَبَ", "author"),
        ("صور", "lexicon", "homograph"),
    }
    [name] = [word for word in words if word["text"] == "زعطوطي"]
    assert name["source"] == "models"
    assert "name" in name["doubts"]
    assert words[0]["margin"] is None
    assert words[0]["alternatives"] == []
    assert [word["alternatives"][0] for word in words if word["text"] == "صور"] == ["صُوَر", "صُور"]
    assert all(word["margin"] is None or word["margin"] >= 0 for word in words)


def test_explaining_leaves_no_article_behind(client) -> None:
    article = {"text": "نص يشرح ولا يقرأ.", "title": "عنوان"}
    id_ = client.post("/v1/articles", json=article).json()["id"]  # made of the text: the same each time
    assert client.delete(f"/v1/articles/{id_}").status_code == 204
    assert client.post("/v1/explain", json=article).status_code == 200
    assert client.get(f"/v1/articles/{id_}").status_code == 404


def test_it_is_up_and_ready(client) -> None:
    assert client.get("/healthz").json() == {"status": "up"}
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {
        "status": "ready",
        "reasons": {"redis": None, "worker": None, "voice": None},
        "warnings": [],
        "background": {},
    }


def test_without_a_worker_it_is_up_but_not_ready(start) -> None:
    with start("--workers", "0", ready=False).client as client:
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["reasons"]["worker"]
        assert "retry-after" in answer.headers


def test_every_address_of_the_api_is_described(client) -> None:
    described = client.get("/openapi.json").json()
    paths = {(method, path) for path, each in described["paths"].items() for method in each}
    assert paths >= {
        ("post", "/v1/articles"),
        ("get", "/v1/articles/{id}"),
        ("delete", "/v1/articles/{id}"),
        ("get", "/v1/articles/{id}/events"),
        ("get", "/v1/articles/{id}/audio.mp3"),
        ("get", "/v1/articles/{id}/marks.json"),
        ("get", "/v1/articles/{id}/captions.vtt"),
        ("get", "/audio/{key}.mp3"),
        ("get", "/audio/{key}.json"),
        ("get", "/audio/{key}.vtt"),
        ("get", "/v1/voices"),
        ("post", "/v1/explain"),
        ("get", "/healthz"),
        ("get", "/readyz"),
    }


def test_the_home_page_plays_a_demo(client, until) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "استمع" in page.text
    assert "content-security-policy" in page.headers
    until(lambda: client.get("/v1/articles/~demo").json()["status"] == "ready", 60, "ready")


def test_an_article_has_a_page_of_its_own_and_sites_are_told_of_it(client, ready) -> None:
    last = ready(id="paged", title="عنوان <الصفحة>", text="نص له صفحة.")
    page = client.get(last["player_url"])
    assert page.status_code == 200
    assert "عنوان &lt;الصفحة&gt;" in page.text
    told = client.get("/oembed", params={"url": last["player_url"]}).json()
    assert told["type"] == "rich"
    assert told["version"] == "1.0"
    assert last["player_url"] in told["html"]


@pytest.mark.parametrize("path", ["/embed.js"])
def test_the_player_is_served_and_not_sent_twice(client, path) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "javascript" in answer.headers["content-type"]
    assert client.get(path, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_addresses_are_told_as_the_proxy_in_front_has_them(start) -> None:
    service = start("--workers", "0", ready=False, ISTAMI_PUBLIC_URL="https://audio.example/istami/")
    with service.client as client:
        told = client.post("/v1/articles", json={"id": "proxied", "text": "نص."}).json()
    assert told["audio_url"].startswith("https://audio.example/istami/v1/")
    assert told["player_url"] == "https://audio.example/istami/player/proxied"

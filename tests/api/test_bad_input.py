"""Whatever is sent: a refusal that names the field and the limit, or audio that is right; never a 500."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.article.checks import MAX_TAGS, MAX_TITLE

JSON = {"Content-Type": "application/json"}
ARTICLES = "/v1/articles"


def refused(answer: httpx.Response, *, field: str | None = None, limit: object = "") -> None:
    """Holds an answer to be a refusal that a person can act upon."""
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["message"]["en"] == body["detail"]
    assert any("\u0600" <= char <= "\u06ff" for char in body["message"]["ar"])
    assert body.get("field") == field
    assert str(limit) in body["message"]["en"]
    assert str(limit) in body["message"]["ar"]


class TestTexts:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            " \n\t ",
            "\u200b\u200f\u202e",
            "…!؟ – «»",
            "😀🎉👍🏽",
            "ـــ",
            "\x00\x01\x02",
            "\ud800",
            "—" * 10_000,
        ],
    )
    def test_nothing_to_say(self, client, text) -> None:
        refused(post(client, {"text": text}), field="text")

    def test_a_text_beyond_the_limit(self, client) -> None:
        refused(post(client, {"text": "كلمة " * 30_000}), field="text", limit=100_000)

    def test_two_megabytes(self, client) -> None:
        refused(post(client, {"text": "كلمة " * 500_000}), field="body", limit=2_000_000)

    def test_a_title_beyond_the_limit(self, client) -> None:
        refused(post(client, {"text": "نص.", "title": "ع" * 501}), field="title", limit=500)

    def test_ten_thousand_characters_without_punctuation_are_read(
        self, client, ready, decoded_seconds
    ) -> None:
        text = ("كان البحر هادئا والريح تحمل رائحة الملح الى البيوت القديمة " * 200)[:10_000]
        last = ready(text=text)
        heard = decoded_seconds(client.get(last["audio_url"]).content)
        assert heard == pytest.approx(last["duration_seconds"], abs=0.03)
        assert heard > 300

    def test_a_word_of_four_hundred_characters_is_read(self, client, ready, decoded_seconds) -> None:
        last = ready(text="قال: " + "بتسمكلدرن" * 45 + ".")
        assert decoded_seconds(client.get(last["audio_url"]).content) > 20

    def test_ten_thousand_lines_of_nothing_around_one_word(self, ready) -> None:
        assert ready(text="\n" * 5_000 + "كلمة" + "\n-" * 5_000)["progress"]["sentences_total"] == 1

    @pytest.mark.parametrize(
        "text",
        [
            "نص\x00فيه\x07محارف\x1bتحكم\x7f.",
            "نص \u202eفيه \u2067محارف\u2069 اتجاه\u202c.",
            "نص\ufeff فيه\u200d واصل\u200c وفاصل.",
            "نص مع رمز 😀 في وسطه.",
            "Only Latin letters here.",
            "123",
            "٪ ٣٫٥ ٬",
            "نَصٌّ مُشَكَّلٌ بِالْكَامِلِ.",
            "<b>ليس</b> &amp; وسما.",
        ],
    )
    def test_odd_text_is_read(self, client, ready, decoded_seconds, text) -> None:
        last = ready(text=text)
        assert decoded_seconds(client.get(last["audio_url"]).content) == pytest.approx(
            last["duration_seconds"], abs=0.03
        )
        for mark in client.get(last["marks_url"]).json()["sentences"]:
            assert 0 <= mark["span"][0] < mark["span"][1] <= len(text)
            assert client.get(last["captions_url"]).status_code == 200

    def test_half_a_character_is_passed_over(self, client) -> None:
        assert post(client, {"text": "نص فيه نصف محرف\ud83d ثم يكمل."}).status_code in {200, 202}

    def test_odd_titles_and_addresses_are_kept_in_the_file(self, client, ready) -> None:
        last = ready(
            text="نص له عنوان غريب.",
            title="عنوان\x00\u202e 😀 <b>",
            url="https://example.com/خبر/٢٠٢٤?س=1&x=%20#أ",
            author="\x07كاتب",
        )
        assert client.get(last["audio_url"]).status_code == 200
        assert client.get(last["player_url"]).status_code == 200


class TestPages:
    @pytest.mark.parametrize(
        "html",
        [
            "",
            "<html></html>",
            "<p></p>",
            "<script>alert(1)</script>",
            "<img src=x>",
            "<!-- نص -->",
            "<p>😀</p>",
        ],
    )
    def test_no_article_in_it(self, client, html) -> None:
        refused(post(client, {"html": html}), field="html")

    @pytest.mark.parametrize(
        "html",
        [
            "<p>فقرة بلا إغلاق <b>وسم <i>متداخل</p></b> ثم نص كاف ليقرأ.",
            "<<<p>نص بين <> أقواس كثيرة <p <p> ثم نص كاف ليقرأ.",
            "نص بلا وسوم ولكنه أرسل على أنه صفحة.",
            "<p>نص \x00 فيه \ud800 محارف &#0; &#xD800; &#1114112; غريبة ثم نص كاف.</p>",
            "<?xml version='1.0' encoding='utf-16'?><p>نص كاف ليقرأ كله.</p>",
            "<!DOCTYPE x [<!ENTITY a 'ها'><!ENTITY b '&a;&a;&a;&a;'>]><p>نص &b; كاف ليقرأ كله.</p>",
        ],
    )
    def test_broken_pages_are_read(self, client, html) -> None:
        assert post(client, {"html": html}).status_code in {200, 202}

    @pytest.mark.parametrize(
        ("html", "limit"),
        [
            ("<p>نص" * 100_000, MAX_TAGS),
            ("<div>" * 300_000 + "نص", MAX_TAGS),
            ("<b>" * (MAX_TAGS + 1), MAX_TAGS),
        ],
    )
    def test_too_many_tags(self, client, html, limit) -> None:
        refused(post(client, {"html": html}), field="html", limit=limit)

    def test_tags_nested_as_deep_as_is_allowed(self, client) -> None:
        answer = post(client, {"html": "<div>" * (MAX_TAGS - 1) + "<p>نص في القاع كاف ليقرأ كله.</p>"})
        assert answer.status_code in {200, 202, 422}


class TestFields:
    @pytest.mark.parametrize(
        ("body", "field", "limit"),
        [
            ({}, "text", ""),
            ({"text": None}, "text", ""),
            ({"text": "نص.", "html": "<p>نص</p>"}, "html", ""),
            ({"text": 5}, "text", ""),
            ({"text": ["نص"]}, "text", ""),
            ({"text": {"a": "نص"}}, "text", ""),
            ({"html": True}, "html", ""),
            ({"text": "نص.", "title": 5}, "title", ""),
            ({"text": "نص.", "title": "ع" * 2000}, "title", MAX_TITLE),
            ({"text": "نص.", "author": "ع" * 301}, "author", 300),
            ({"text": "نص.", "url": "javascript:alert(1)"}, "url", ""),
            ({"text": "نص.", "url": "https://" + "a" * 3000}, "url", 2048),
            ({"text": "نص.", "voice": "nobody"}, "voice", "espeak-ar"),
            ({"text": "نص.", "voice": "../../etc/passwd"}, "voice", ""),
            ({"text": "نص.", "voice": "\ud800"}, "voice", ""),
            ({"text": "نص.", "voice": "\x00"}, "voice", ""),
            ({"text": "نص.", "voice": 7}, "voice", ""),
            ({"text": "نص.", "case_endings": "some"}, "case_endings", "cautious"),
            ({"text": "نص.", "case_endings": 1}, "case_endings", ""),
            ({"text": "نص.", "locale": "ar-XX"}, "locale", "ar-TN"),
            ({"text": "نص.", "locale": 1}, "locale", ""),
            ({"text": "نص.", "speed": 0.49}, "speed", 0.5),
            ({"text": "نص.", "speed": 2.01}, "speed", 2.0),
            ({"text": "نص.", "speed": -1}, "speed", 0.5),
            ({"text": "نص.", "speed": 10**400}, "speed", ""),
            ({"text": "نص.", "speed": "1.5"}, "speed", ""),
            ({"text": "نص.", "speed": True}, "speed", ""),
            ({"text": "نص.", "speed": [1]}, "speed", ""),
            ({"text": "نص.", "id": ""}, "id", ""),
            ({"text": "نص.", "id": "a/b"}, "id", ""),
            ({"text": "نص.", "id": "../x"}, "id", ""),
            ({"text": "نص.", "id": "مقال؟"}, "id", ""),
            ({"text": "نص.", "id": "a" * 129}, "id", ""),
            ({"text": "نص.", "id": 12}, "id", ""),
            ({"text": "نص.", "pitch": 3}, "pitch", ""),
        ],
    )
    def test_what_is_wrong_is_named(self, client, body, field, limit) -> None:
        refused(post(client, body), field=field, limit=limit)

    def test_not_a_number_and_beyond_all_numbers(self, client) -> None:
        for number in ("NaN", "Infinity", "-Infinity", "1e999"):
            answer = client.post(
                ARTICLES, content=f'{{"text": "نص.", "speed": {number}}}'.encode(), headers=JSON
            )
            refused(answer, field="speed")


class TestBodies:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            '{"text": "نص'.encode(),
            '{"text": "نص."}}'.encode(),
            b"[]",
            b"null",
            b'"text"',
            b"5",
            b'{"text": "\xff\xfe\xc3"}',
            b"[" * 100_000,
            b'{"a":' * 100_000,
            b'{"text": 1' + b"0" * 10_000 + b"}",
            b'{"\\ud800": 1}',
            b"\x00" * 100,
        ],
    )
    def test_what_is_no_article_in_json(self, client, body) -> None:
        answer = client.post(ARTICLES, content=body, headers=JSON)
        assert 400 <= answer.status_code < 500
        assert set(answer.json()["message"]) == {"ar", "en"}

    def test_json_that_does_not_say_so(self, client) -> None:
        refused(
            client.post(ARTICLES, content='{"text": "نص."}'.encode(), headers={"Content-Type": "text/plain"})
        )
        refused(client.post(ARTICLES, data={"text": "نص."}))

    def test_a_body_beyond_the_limit_announced(self, client) -> None:
        refused(client.post(ARTICLES, content=b" " * 20_000_000, headers=JSON), field="body", limit=2_000_000)

    def test_a_body_beyond_the_limit_unannounced(self, client) -> None:
        def chunks() -> Iterator[bytes]:
            for _ in range(300):
                yield b" " * 10_000

        refused(client.post(ARTICLES, content=chunks(), headers=JSON), field="body", limit=2_000_000)

    def test_bodies_of_all_addresses_are_limited(self, client) -> None:
        refused(
            client.post("/v1/explain", content=b" " * 3_000_000, headers=JSON), field="body", limit=2_000_000
        )

    def test_the_service_still_serves_afterwards(self, client) -> None:
        assert client.get("/readyz").status_code == 200


class TestAddresses:
    @pytest.mark.parametrize(
        "path",
        [
            "/nothing",
            "/v1/articles/%D8%9F",
            "/v1/articles/a%2Fb",
            "/v1/articles/%00",
            "/audio/short.mp3",
            f"/audio/{'A' * 64}.mp3",
            "/audio/../../etc/passwd",
            "/player/%2e%2e",
            "/player/nobody",
            "/assets/..%2f..%2fsettings.py",
            "/oembed?url=http://x/player/nobody",
            "/oembed?url=http://%5B",
            "/oembed?url=/player/nobody:recordings",
            "/oembed?url=/player/",
        ],
    )
    def test_nothing_is_there(self, client, path) -> None:
        answer = client.get(path)
        assert answer.status_code == 404, path
        refused(answer, field=answer.json().get("field"))

    def test_all_methods_that_an_address_takes_are_told(self, client) -> None:
        answer = client.put("/v1/articles/nobody")
        assert answer.headers["allow"] == "DELETE, GET, HEAD"

    def test_methods_that_an_address_does_not_take(self, client) -> None:
        for method, path in (("PUT", ARTICLES), ("POST", "/healthz"), ("DELETE", "/v1/voices")):
            answer = client.request(method, path)
            assert answer.status_code == 405
            assert method not in answer.headers["allow"]
            refused(answer)


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_NAMES = ["id", "text", "html", "title", "url", "author", "voice", "speed", "case_endings", "locale"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(st.sampled_from(_NAMES) | st.text(max_size=5), _ANYTHING, max_size=6))
def test_any_json_at_all(client, body) -> None:
    answer = post(client, body)
    assert answer.status_code in {200, 202, 400, 422}, body
    if answer.status_code >= 400:
        assert set(answer.json()["message"]) == {"ar", "en"}


def post(client: httpx.Client, body: dict[str, Any]) -> httpx.Response:
    """Post what json.dumps makes of anything, lone surrogates and all."""
    return client.post(ARTICLES, content=json.dumps(body).encode(), headers=JSON)

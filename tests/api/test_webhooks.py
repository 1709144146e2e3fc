"""Events as publishers get them from the running service, and what can be asked about them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from cache.redis_store import RedisStore
from service.auth.api_keys import Keys, Scope
from service.webhooks import Endpoints
from service.webhooks.signing import new_secret

LINES = {"Content-Type": "application/x-ndjson"}


@dataclass
class Told:
    """A service that tells a receiver, and one that is told on request alone."""

    client: httpx.Client
    receiver: Any
    asked: Any
    secret: str
    service: Any

    def articles(self, name: str) -> list[dict[str, Any]]:
        """What was told of articles whose ids begin so, every signature verified."""
        got = list(self.receiver.got)
        events = [Webhook(self.secret).verify(each.body, each.headers) for each in got]
        return [event for event in events if event["data"]["id"].startswith(name)]


@pytest.fixture(scope="module")
def told(
    start: Callable[..., Any], receive: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    receiver, asked, data = receive(), receive(), Path(tmp_path_factory.mktemp("webhooks"))
    endpoints, secret = Endpoints(data / "webhooks.toml"), new_secret()
    endpoints.keep("cms", {"url": f"{receiver.address}?token=hush", "secret": secret})
    endpoints.keep("asked", {"url": asked.address, "secret": secret, "events": []})
    service = start(
        "--workers",
        "1",
        ISTAMI_DATA_DIR=str(data),
        ISTAMI_WEBHOOK_PRIVATE_HOSTS=f"127.0.0.1:{receiver.port},127.0.0.1:{asked.port}",
        ISTAMI_WEBHOOK_RETRIES="0.5,1",
        ISTAMI_PUBLIC_URL="https://listen.example",
        ISTAMI_OPEN="true",
    )
    with service.client as client:
        yield Told(client, receiver, asked, secret, service)


def test_an_article_is_told_once_though_many_sent_it_and_many_listen(told: Told, until: Any) -> None:
    article = {"id": "many", "text": "هطلت أمس أمطار غزيرة. ثم صحت السماء."}
    with ThreadPoolExecutor(8) as pool:
        posted = list(pool.map(lambda _: told.client.post("/v1/articles", json=article).json(), range(10)))
        address = "/v1/articles/many/audio.mp3"
        heard = list(pool.map(lambda _: told.client.get(address, follow_redirects=True).content, range(10)))
    assert all(heard)
    until(lambda: bool(told.articles("many")), 60, "told")
    marker = {"id": "many-later", "text": "خبر لاحق قصير."}
    told.client.post("/v1/articles", json=marker)
    until(lambda: len(told.articles("many")) > 1, 60, "the later one told")
    first, later = told.articles("many")
    assert (first["type"], first["data"]["key"]) == ("article.ready", posted[0]["key"])
    assert first["data"]["audio_url"] == f"https://listen.example/audio/{posted[0]['key']}.mp3"
    assert first["data"]["duration_seconds"] > 1
    assert later["data"]["id"] == "many-later"


def test_what_was_not_taken_is_sent_again_and_every_attempt_is_shown(told: Told, until: Any) -> None:
    told.receiver.next += [500, 0]
    told.client.post("/v1/articles", json={"id": "again", "text": "خبر يعاد إرساله."})
    until(lambda: len(told.articles("again")) == 3, 60, "sent three times")
    ids = {each.headers["webhook-id"] for each in told.receiver.got if each.event["data"]["id"] == "again"}
    assert len(ids) == 1

    def shown() -> dict[str, Any]:
        found = told.client.get("/v1/webhooks/deliveries?webhook=cms&most=50").json()["deliveries"]
        return next(each for each in found if each["event"] in ids)

    until(lambda: shown()["status"] == "delivered", 20, "delivered")
    delivery = shown()
    assert [each["status"] for each in delivery["attempts"]] == [500, None, 204]
    assert delivery["attempts"][1]["error"]
    assert delivery["next_attempt"] is None
    assert "hush" not in json.dumps(delivery)


def test_a_delivery_is_replayed_under_the_same_id(told: Told, until: Any) -> None:
    told.client.post("/v1/articles", json={"id": "replayed", "text": "خبر يرسل مرتين."})
    until(lambda: len(told.articles("replayed")) == 1, 60, "told")
    event = told.articles("replayed")[0]["id"]

    def of_event(status: str) -> list[dict[str, Any]]:
        found = told.client.get(f"/v1/webhooks/deliveries?status={status}").json()["deliveries"]
        return [each for each in found if each["event"] == event]

    until(lambda: bool(of_event("delivered")), 20, "delivered")
    (delivery,) = of_event("delivered")
    answer = told.client.post(f"/v1/webhooks/deliveries/{delivery['id']}/replay")
    assert (answer.status_code, answer.json()["status"]) == (202, "waiting")
    until(lambda: len(told.articles("replayed")) == 2, 20, "told again")
    assert [each["id"] for each in told.articles("replayed")] == [event, event]
    absent = told.client.post(f"/v1/webhooks/deliveries/msg_{'0' * 32}-{'0' * 12}/replay")
    assert absent.status_code == 404


def test_a_request_is_told_where_it_asks_besides(told: Told, until: Any) -> None:
    article = {"id": "asked", "text": "خبر بعنوان خاص.", "webhook": told.asked.address + "/mine"}
    assert told.client.post("/v1/articles", json=article).status_code in {200, 202}
    until(lambda: bool(told.asked.got) and bool(told.articles("asked")), 60, "told in both places")
    (got,) = told.asked.got
    assert got.path == "/hooks/mine"
    assert Webhook(told.secret).verify(got.body, got.headers)["data"]["id"] == "asked"


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/", "http://127.0.0.1:1/", "https://169.254.169.254/"]
)
def test_a_request_that_asks_for_another_server_is_refused_in_both_languages(
    told: Told, address: str
) -> None:
    answers = (
        told.client.post("/v1/articles", json={"id": "no", "text": "خبر.", "webhook": address}),
        told.client.post("/v1/batches", params={"webhook": address}, content=b"{}", headers=LINES),
    )
    for answer in answers:
        assert answer.status_code == 403, answer.text
        problem = answer.json()
        assert (problem["code"], problem["field"]) == ("not_allowed", "webhook")
        assert "istami webhooks add" in problem["message"]["ar"]
    assert told.client.get("/v1/articles/no").status_code == 404


def test_a_batch_is_told_of_once_when_all_of_it_has_ended(told: Told, until: Any) -> None:
    lines = [json.dumps({"id": f"line-{number}", "text": f"الخبر رقم {number}."}) for number in range(3)]
    content = "\n".join([*lines, "no article"]).encode()
    query = {"id": "told", "webhook": told.asked.address + "/batch"}
    assert told.client.post("/v1/batches", params=query, content=content, headers=LINES).status_code == 202
    until(lambda: bool(told.articles("told")), 90, "told")
    (event,) = told.articles("told")
    assert event["type"] == "batch.done"
    data = event["data"]
    assert (data["status"], data["accepted"], data["rejected"], data["ready"]) == ("done", 3, 1, 3)
    assert data["report_url"] == "https://listen.example/v1/batches/told/report.jsonl"
    until(lambda: len(told.articles("line-")) == 3, 20, "its articles told")
    assert [each.path for each in told.asked.got if each.event["type"] == "batch.done"] == ["/hooks/batch"]
    again = told.client.post("/v1/batches", params={"id": "told"}, content=content, headers=LINES)
    assert again.status_code == 200
    assert len(told.articles("told")) == 1


def test_who_is_told_is_shown_without_secrets(told: Told) -> None:
    shown = told.client.get("/v1/webhooks").json()
    assert [each["name"] for each in shown["webhooks"]] == ["cms", "asked"]
    assert shown["webhooks"][0]["url"] == told.receiver.address
    assert "whsec_" not in json.dumps(shown)
    assert told.secret not in json.dumps(told.client.get("/v1/webhooks/deliveries").json())


def test_what_openai_s_clients_ask_for_is_told_to_nobody(told: Told, until: Any) -> None:
    body = {"model": "istami", "voice": "espeak-ar", "input": "كلام عابر لا يُعلن."}
    assert told.client.post("/v1/audio/speech", json=body).status_code == 200
    told.client.post("/v1/articles", json={"id": "after-speech", "text": "خبر بعد الكلام."})
    until(lambda: bool(told.articles("after-speech")), 60, "told")
    assert not told.articles("~speech-")


def test_a_site_s_key_sees_and_replays_what_is_that_site_s_alone(told: Told, until: Any) -> None:
    endpoints = Endpoints(told.service.data / "webhooks.toml")
    for site in ("a", "b"):
        changes = {"url": f"{told.asked.address}/{site}", "secret": told.secret, "sites": [f"{site}.example"]}
        endpoints.keep(site, changes)
        told.client.post("/v1/articles", json={"text": f"خبر موقع {site}.", "site": f"{site}.example"})
    until(lambda: {"/hooks/a", "/hooks/b"} <= {each.path for each in told.asked.got}, 60, "both told")
    _, key = Keys(RedisStore(told.service.redis_url)).create("a", Scope.ADMIN, "a.example")
    as_a = {"Authorization": f"Bearer {key}"}

    def seen(query: str, headers: dict[str, str]) -> list[dict[str, Any]]:
        return told.client.get(f"/v1/webhooks/deliveries?{query}", headers=headers).json()["deliveries"]

    listed = told.client.get("/v1/webhooks", headers=as_a).json()["webhooks"]
    assert [each["name"] for each in listed] == ["a"]
    assert {each["webhook"] for each in seen("", {})} >= {"a", "b", "cms"}
    assert {each["webhook"] for each in seen("", as_a)} == {"a"}
    assert seen("webhook=b", as_a) == []
    until(lambda: seen("webhook=a", {})[0]["status"] == "delivered", 20, "delivered")
    for webhook, status in (("a", 202), ("b", 404)):
        (delivery,) = seen(f"webhook={webhook}", {})
        answer = told.client.post(f"/v1/webhooks/deliveries/{delivery['id']}/replay", headers=as_a)
        assert answer.status_code == status

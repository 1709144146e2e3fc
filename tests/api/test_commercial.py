"""A commercial site refuses a voice that it may not use, with one problem at every door."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable

import httpx
import pytest

CARD = """
    id = "{id}"
    engine = "espeak"
    language = "ar"
    dialect = "standard"
    gender = "male"
    sample_rate = 22050
    licence = "a licence"
    commercial_use = {use}
    attribution = "us"
    name = {{ ar = "صوت", en = "Voice" }}
    limits = {{ characters = 600 }}
    options = {{ voice = "ar" }}
    """
CONSENT = """
[consent]
who = "ليلى المراكشي"
on = 2020-01-01
purpose = "our articles"
until = 2020-12-31
"""
REFUSED = {
    "forbidden": ('"no"', "its licence forbids it"),
    "old-forbidden": ("false", "its licence forbids it"),
    "undeclared": ('"unknown"', "no licence that allows it"),
    "ended": ('"yes"', "consent has ended"),
}
CODE = "voice_not_commercial"
TEXT = "عاد الصيادون إلى المرفأ قبل العاصفة."
PAPER = '["paper.example"]\npages = ["paper.example"]\ncommercial = true\n\n'
BLOG = '["blog.example"]\npages = ["blog.example"]\n\n'


def site(voice: str, name: str = "", *, commercial: bool = True) -> str:
    name = name or f"{voice}.example"
    return (
        f'["{name}"]\npages = ["{name}"]\norigins = ["http://{name}"]\nvoice = "{voice}"\n'
        f"page_mode = true\ncommercial = {str(commercial).lower()}\n\n"
    )


SITES = PAPER + BLOG + "".join(map(site, REFUSED))


def furnish(data) -> None:
    for id_, use in (*((id_, use) for id_, (use, _) in REFUSED.items()), ("ours", '"yes"')):
        (data / "voices" / id_).mkdir(parents=True)
        card = textwrap.dedent(CARD.format(id=id_, use=use)) + CONSENT * (id_ == "ended")
        (data / "voices" / id_ / "card.toml").write_text(card, encoding="utf-8")
    (data / "sites.toml").write_text(SITES, encoding="utf-8")


@pytest.fixture(scope="module")
def publisher(serve):
    return serve()


@pytest.fixture(scope="module")
def service(start, tmp_path_factory, publisher):
    data = tmp_path_factory.mktemp("data")
    furnish(data)
    return start(
        *("--workers", "1"),
        ISTAMI_DATA_DIR=str(data),
        ISTAMI_FETCH_PRIVATE_HOSTS=f"localhost:{publisher.port}",
        ISTAMI_RATE_MAKING="0",
    )


@pytest.fixture
def client(service):
    with service.client as client:
        yield client


PAPER_S = {"text": TEXT, "site": "paper.example"}
Asking = Callable[[httpx.Client, str], httpx.Response]
DOORS: dict[str, Asking] = {
    "articles": lambda client, voice: client.post("/v1/articles", json={**PAPER_S, "voice": voice}),
    "by the page's address": lambda client, voice: client.post(
        "/v1/articles", json={"text": TEXT, "url": "https://paper.example/rain", "voice": voice}
    ),
    "ssml": lambda client, voice: client.post(
        "/v1/articles", json={"ssml": f"<speak>{TEXT}</speak>", "site": "paper.example", "voice": voice}
    ),
    "the site's own voice": lambda client, voice: client.post(
        "/v1/articles", json={"text": TEXT, "site": f"{voice}.example"}
    ),
    "explain": lambda client, voice: client.post("/v1/explain", json={**PAPER_S, "voice": voice}),
}


def check(message: str, voice: str) -> None:
    assert voice in message
    assert "espeak-ar, ours" in message.replace("،", ",")
    assert "mms-ar" not in message


@pytest.mark.parametrize("voice", REFUSED)
class TestEveryDoor:
    @pytest.mark.parametrize("door", DOORS)
    def test_answers_one_problem(self, client, voice, door) -> None:
        answer = DOORS[door](client, voice)

        problem = answer.json()
        assert (answer.status_code, problem["code"], problem["field"]) == (422, CODE, "voice"), answer.text
        assert REFUSED[voice][1] in problem["detail"]
        for said in problem["message"].values():
            check(said, voice)

    def test_a_page_is_refused_so(self, client, service, voice, publisher) -> None:
        publisher.page(f"/{voice}", f"<h1>العاصفة</h1><p>{TEXT}</p>".encode())
        (service.data / "sites.toml").write_text(SITES + site(voice, "localhost"), encoding="utf-8")
        page = {"url": f"http://localhost:{publisher.port}/{voice}"}

        answer = client.post("/v1/pages", json=page, headers={"Origin": "http://localhost"})

        assert (answer.status_code, answer.json()["code"]) == (422, CODE), answer.text
        check(answer.json()["detail"], voice)

    def test_a_line_of_a_batch_fails_so(self, client, voice, until) -> None:
        lines = "\n".join(json.dumps(line) for line in ({**PAPER_S, "voice": voice}, PAPER_S))
        sent = {"content": lines, "headers": {"Content-Type": "application/jsonl"}}
        batch = client.post("/v1/batches", **sent).json()["id"]
        until(lambda: client.get(f"/v1/batches/{batch}").json()["status"] == "done", 60, "done")

        (failure,) = client.get(f"/v1/batches/{batch}").json()["failures"]["items"]
        assert failure["error"]["code"] == CODE
        check(failure["error"]["message"]["en"], voice)

    def test_another_site_may_use_it(self, client, voice) -> None:
        answer = client.post("/v1/articles", json={"text": TEXT, "site": "blog.example", "voice": voice})

        assert answer.status_code in {200, 202}

    def test_a_feed_with_it_is_refused_once_the_site_is_commercial(
        self, client, service, voice, until
    ) -> None:
        name = f"{voice}-feed.example"
        told = {"id": f"feed-{voice}", "text": TEXT, "site": name, "voice": voice, "title": "العاصفة"}
        sites = service.data / "sites.toml"
        sites.write_text(SITES + site("ours", name, commercial=False), encoding="utf-8")
        assert client.post("/v1/articles", json=told).status_code in {200, 202}
        until(lambda: client.get(f"/v1/articles/feed-{voice}").json()["status"] == "ready", 60, "ready")
        assert "<item>" in client.get("/feed.xml", params={"site": name}).text

        sites.write_text(SITES + site("ours", name), encoding="utf-8")
        answer = client.get("/feed.xml", params={"site": name})

        assert (answer.status_code, answer.json()["code"]) == (422, CODE), answer.text
        check(answer.json()["detail"], voice)


def test_a_commercial_site_may_use_what_is_allowed(client) -> None:
    for voice in ("espeak-ar", "ours", None):
        assert client.post("/v1/articles", json={**PAPER_S, "voice": voice}).status_code in {200, 202}


class TestCommands:
    @pytest.fixture
    def istami(self, tmp_path):
        data = tmp_path / "data"
        data.mkdir()
        furnish(data)
        (tmp_path / "خبر.txt").write_text(TEXT, encoding="utf-8")

        def istami(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
            environment = {**os.environ, "ISTAMI_DATA_DIR": str(data), **settings}
            command = [sys.executable, "-m", "service", *words]
            return subprocess.run(
                command,
                env=environment,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
                cwd=tmp_path,
            )

        return istami

    @pytest.mark.parametrize(
        "command",
        [
            ("sites", "add", "new.example", "--commercial", "--voice", "forbidden"),
            ("sites", "set", "paper.example", "--voice", "forbidden"),
            ("explain", "خبر.txt", "--site", "forbidden.example"),
            ("speak", "خبر.txt", "--site", "paper.example", "--voice", "forbidden"),
        ],
        ids=lambda words: " ".join(words[:2]),
    )
    def test_say_the_same(self, istami, command) -> None:
        done = istami(*command)

        said = " ".join((done.stderr + done.stdout).split())
        assert done.returncode == 1, said
        assert "Traceback" not in said
        check(said, "forbidden")

    def test_a_site_whose_voice_is_refused_cannot_become_commercial(self, istami, tmp_path) -> None:
        assert istami("sites", "set", "blog.example", "--voice", "undeclared").returncode == 0
        before = (tmp_path / "data" / "sites.toml").read_text(encoding="utf-8")

        done = istami("sites", "set", "blog.example", "--commercial")

        assert done.returncode == 1
        check(" ".join(done.stderr.split()), "undeclared")
        assert (tmp_path / "data" / "sites.toml").read_text(encoding="utf-8") == before
        assert istami("sites", "set", "blog.example", "--commercial", "--voice", "ours").returncode == 0
        assert "commercial:       yes" in istami("sites", "show", "blog.example").stdout

    def test_doctor_finds_a_commercial_site_whose_voice_is_not_allowed(self, istami) -> None:
        told = json.loads(istami("doctor", "--json").stdout)["findings"]

        wrong = [finding for finding in told if "is commercial" in finding["part"] and not finding["fine"]]
        assert {finding["part"].split()[0] for finding in wrong} == {f"{voice}.example" for voice in REFUSED}
        assert all("espeak-ar, ours" in finding["found"] for finding in wrong)

    def test_the_whole_service_can_be_commercial(self, istami) -> None:
        done = istami("explain", "خبر.txt", "--site", "blog.example", ISTAMI_COMMERCIAL="true")
        assert done.returncode == 0, done.stderr

        refused = istami("explain", "خبر.txt", ISTAMI_COMMERCIAL="true", ISTAMI_VOICE="undeclared")

        assert refused.returncode == 1
        check(" ".join(refused.stderr.split()), "undeclared")


def test_a_commercial_service_offers_and_speaks_only_what_is_allowed(start, tmp_path) -> None:
    furnish(tmp_path)
    with start(ISTAMI_DATA_DIR=str(tmp_path), ISTAMI_COMMERCIAL="true").client as client:
        offered = [voice["id"] for voice in client.get("/v1/voices").json()["voices"]]
        answer = client.post("/v1/audio/speech", json={"model": "tts-1", "input": TEXT, "voice": "forbidden"})

    assert offered == ["espeak-ar", "ours"]
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, CODE)

"""A takedown: one call, after which no address has any part of a recording, in any web process."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import httpx
import pytest

from cache.redis_store import RedisStore
from service.auth.api_keys import Keys, Scope

PROCESSES = 2
SHARED = "هذه الجملة مشتركة بين خبرين مختلفين في كل ما سواها."


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    """nginx's cache of recordings."""
    return tmp_path_factory.mktemp("nginx")


@pytest.fixture(scope="module")
def house(start, cache):
    """A closed service of several web processes."""
    return start(
        *("--workers", "1", "--web-workers", str(PROCESSES)),
        ISTAMI_OPEN="false",
        ISTAMI_NGINX_CACHE=str(cache),
    )


@pytest.fixture(scope="module")
def redis(house) -> RedisStore:
    return RedisStore(house.redis_url)


@pytest.fixture(scope="module")
def callers(house, redis):
    """Clients by what their key is good for, and `nobody`, who has none."""
    keys = Keys(redis)
    made = {
        "admin": keys.create("admin", Scope.ADMIN)[1],
        "a": keys.create("a", Scope.WRITE, "a.example")[1],
        "b": keys.create("b", Scope.WRITE, "b.example")[1],
        "reader": keys.create("reader", Scope.READ)[1],
        "nobody": None,
    }
    clients = {}
    for name, key in made.items():
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        clients[name] = httpx.Client(base_url=house.base, headers=headers, timeout=60, trust_env=False)
    yield clients
    for client in clients.values():
        client.close()


@pytest.fixture
def post(callers, until):
    """Posts an article and waits until it is ready: its last answer."""

    def post(who: str = "admin", **article):
        client = callers[who]
        assert client.post("/v1/articles", json=article).status_code in {200, 202}
        path = f"/v1/articles/{article['id']}"
        until(lambda: client.get(path).json()["status"] == "ready", 60, "ready")
        return client.get(path).json()

    return post


def addresses(article: dict[str, str]) -> list[str]:
    """Every address that serves a part of an article or its recording."""
    own, lasting = f"/v1/articles/{article['id']}", f"/audio/{article['key']}"
    return [
        own,
        *(f"{own}{part}" for part in ("/events", "/audio.mp3", "/marks.json", "/captions.vtt")),
        f"/player/{article['id']}",
        f"/oembed?url=http://x/player/{article['id']}",
        *(f"{lasting}{part}" for part in (".mp3", ".json", ".vtt", ".chapters.json")),
    ]


def answers(house, address: str, headers: dict[str, str] | None = None) -> set[int]:
    """What every web process answers: new connections until each has very likely been asked."""
    return {
        httpx.get(house.base + address, headers=headers, trust_env=False, timeout=60).status_code
        for _ in range(4 * PROCESSES)
    }


def test_after_it_no_address_has_any_part_in_any_process(house, callers, post, redis, cache) -> None:
    article = post("admin", id="gone", title="عنوان الخبر", text="خبر يُسحب بعد قليل.\n\nوله خاتمة طويلة.")
    conditions = (
        {},
        {"Range": "bytes=0-99"},
        {"If-None-Match": f'"{article["key"]}"'},
        {"If-None-Match": "*"},
        {"Cache-Control": "only-if-cached", "Range": "bytes=0-99"},
    )
    for address in addresses(article):
        assert answers(house, address) <= {200, 307}, address
    lasting = f"/audio/{article['key']}.mp3"
    assert answers(house, lasting, {"Range": "bytes=0-99"}) == {206}
    assert f"/audio/{article['key']}.mp3" in callers["nobody"].get("/feed.xml").text
    part = slice_of(cache, lasting)
    other = slice_of(cache, f"/audio/{'0' * 64}.mp3")

    taken = callers["admin"].delete("/v1/articles/gone", params={"recording": "true"})

    assert (taken.status_code, taken.content) == (204, b"")
    for address in addresses(article):
        assert answers(house, address) == {404}, address
    for condition in conditions:
        left = answers(house, lasting, condition)
        assert left == ({504} if "Cache-Control" in condition else {404}), condition
    assert article["key"] not in callers["nobody"].get("/feed.xml").text
    assert not part.exists()
    assert other.exists()
    assert not redis._redis.keys(f"*{article['key']}*")
    assert not redis._redis.keys("istami:clip:*:[0-9]*")


def slice_of(cache: Path, path: str) -> Path:
    """The first slice of a recording where nginx would put it."""
    digest = hashlib.md5(f"{path}bytes=0-262143".encode(), usedforsecurity=False).hexdigest()
    where = cache / digest[-1] / digest[-3:-1] / digest
    where.parent.mkdir(parents=True, exist_ok=True)
    where.write_bytes(b"a slice")
    return where


def test_it_is_logged_without_a_word_of_the_text(house, callers, post, redis) -> None:
    article = post("a", id="logged", site="a.example", title="سرّ العنوان", text="كلمات لا تُكتب في السجل.")
    assert callers["a"].delete("/v1/articles/logged?recording=true").status_code == 204
    [key] = [key for key in Keys(redis).all() if key.name == "a"]
    log = (house.data / "log").read_text()
    assert f"recording {article['key']} of article logged: taken down by key {key.id}" in log
    assert "سرّ" not in log
    assert "كلمات" not in log


@pytest.mark.parametrize(("who", "status"), [("nobody", 401), ("reader", 403), ("b", 404)])
def test_others_cannot(callers, post, who, status) -> None:
    article = post("a", id="kept", site="a.example", text="خبر لا يسحبه إلا أهله.")
    for query in ("recording=true", "recording=true&force=true"):
        assert callers[who].delete(f"/v1/articles/kept?{query}").status_code == status
    assert callers["nobody"].get(f"/audio/{article['key']}.mp3").status_code == 200


def test_a_plain_delete_leaves_the_recording_as_before(callers, post) -> None:
    article = post("admin", id="plain", text="خبر يُنسى ويبقى صوته.")
    assert callers["admin"].delete("/v1/articles/plain").status_code == 204
    assert callers["nobody"].get(f"/audio/{article['key']}.mp3").status_code == 200


class TestSharing:
    def test_a_recording_that_another_article_has_stays_unless_forced(self, callers, post) -> None:
        text = "خبر واحد نشرته صفحتان من موقع واحد."
        one, other = (post("a", id=name, site="a.example", text=text) for name in ("one", "other"))
        assert one["key"] == other["key"]
        refused = callers["a"].delete("/v1/articles/one?recording=true")
        assert refused.status_code == 409
        assert "other" in refused.json()["message"]["en"]
        assert "other" in refused.json()["message"]["ar"]
        assert callers["a"].get("/v1/articles/one").json()["status"] == "ready"
        assert callers["a"].get(f"/audio/{one['key']}.mp3").status_code == 200
        assert callers["a"].delete("/v1/articles/one?recording=true&force=true").status_code == 204
        assert callers["a"].get(f"/audio/{one['key']}.mp3").status_code == 404
        assert post("a", id="other", site="a.example", text=text)["key"] == one["key"]

    def test_another_sites_article_is_not_named_and_not_silenced_by_force(self, callers, post) -> None:
        text = "خبر واحد نشره موقعان مختلفان."
        own = post("a", id="of-a", site="a.example", text=text)
        foreign = post("b", id="of-b", site="b.example", text=text)
        assert own["key"] == foreign["key"]
        for query in ("recording=true", "recording=true&force=true"):
            refused = callers["a"].delete(f"/v1/articles/of-a?{query}")
            assert refused.status_code == 409
            assert "of-b" not in refused.text
            assert "b.example" not in refused.text
        assert callers["b"].get(f"/audio/{own['key']}.mp3").status_code == 200
        assert callers["admin"].delete("/v1/articles/of-a?recording=true&force=true").status_code == 204
        assert callers["b"].get(f"/audio/{own['key']}.mp3").status_code == 404

    def test_an_article_that_has_other_words_by_now_shares_nothing(self, callers, post) -> None:
        text = "خبر تغيّر نصّه في إحدى الصفحتين."
        one = post("admin", id="stays", text=text)
        post("admin", id="changes", text=text)
        post("admin", id="changes", text="نصّ جديد كلّ الجدّة.")
        assert callers["admin"].delete("/v1/articles/stays?recording=true").status_code == 204
        assert callers["nobody"].get(f"/audio/{one['key']}.mp3").status_code == 404

    def test_clips_of_shared_sentences_stay(self, callers, post, redis) -> None:
        def clips() -> set[bytes]:
            return set(redis._redis.keys("istami:clip:*:[0-9]*"))

        before = clips()
        post("admin", id="with-1", text=SHARED)
        shared = clips() - before
        post("admin", id="with-2", text=f"{SHARED}\nوهذه جملة لا تُسمع في سواه.")
        own = clips() - before - shared
        assert shared
        assert own
        assert callers["admin"].delete("/v1/articles/with-2?recording=true").status_code == 204
        assert clips() - before == shared
        assert callers["admin"].delete("/v1/articles/with-1?recording=true").status_code == 204
        assert clips() == before

    def test_who_posts_the_same_words_meanwhile_has_a_recording_in_the_end(self, callers, post) -> None:
        text = "خبر يُسحب ويُنشر في اللحظة نفسها."
        for _ in range(5):
            post("admin", id="leaves", text=text)
            posting = threading.Thread(
                target=lambda: callers["a"].post(
                    "/v1/articles", json={"id": "comes", "site": "a.example", "text": text}
                )
            )
            posting.start()
            taken = callers["admin"].delete("/v1/articles/leaves?recording=true&force=true")
            posting.join()
            assert taken.status_code == 204
            found = callers["a"].get("/v1/articles/comes")
            # Where it came first, it has lost its recording by force; where it came later, it has one.
            if found.status_code != 404:
                assert post("a", id="comes", site="a.example", text=text)["status"] == "ready"
                heard = callers["a"].get("/v1/articles/comes/audio.mp3", follow_redirects=True)
                assert heard.status_code == 200
            callers["a"].delete("/v1/articles/comes?recording=true&force=true")


class TestEarlierVersions:
    def test_their_recordings_go_too(self, callers, post) -> None:
        first = post("admin", id="edited", text="الصيغة الأولى من الخبر.")
        second = post("admin", id="edited", text="الصيغة الثانية من الخبر.")
        assert callers["nobody"].get(f"/audio/{first['key']}.mp3").status_code == 200
        assert callers["admin"].delete("/v1/articles/edited?recording=true").status_code == 204
        for version in (first, second):
            assert callers["nobody"].get(f"/audio/{version['key']}.mp3").status_code == 404

    def test_an_article_that_becomes_private_closes_its_public_recordings(self, house, callers, post) -> None:
        told = [
            post("admin", id="closes", text=f"الصيغة {word} من خبر صار خاصّا.")
            for word in ("الأولى", "الثانية")
        ]
        private = post("admin", id="closes", text="الصيغة الثانية من خبر صار خاصّا.", private=True)
        for public in told:
            for part in (".mp3", ".json", ".vtt", ".chapters.json"):
                assert answers(house, f"/audio/{public['key']}{part}") == {404}
        assert private["key"].startswith("private-")
        assert callers["admin"].get("/v1/articles/closes/audio.mp3").status_code == 200

    def test_also_where_the_store_has_lost_which_they_were(self, house, post, redis) -> None:
        public = post("admin", id="forgotten", text="صيغة خبر ضاع ما نُقش عنها.")
        redis.delete("istami:article:forgotten:recordings")
        post("admin", id="forgotten", text="صيغة خبر ضاع ما نُقش عنها.", private=True)
        assert answers(house, f"/audio/{public['key']}.mp3") == {404}

    def test_private_ones_go_as_well(self, callers, post, redis) -> None:
        told = [
            post("admin", id="hidden", text=f"الصيغة {word} من خبر للمشتركين.", private=True)
            for word in ("الأولى", "الثانية")
        ]
        assert callers["admin"].delete("/v1/articles/hidden?recording=true").status_code == 204
        for version in told:
            assert redis._redis.keys(f"*{version['key']}*:audio") == []

    def test_but_for_one_that_another_article_has(self, callers, post) -> None:
        text = "خبر خاصّ عند واحد وعامّ عند غيره."
        public = post("admin", id="public", text=text)
        post("admin", id="half", text=text)
        post("admin", id="half", text=text, private=True)
        assert callers["nobody"].get(f"/audio/{public['key']}.mp3").status_code == 200


def test_one_that_is_being_made_is_stopped_and_its_listeners_are_told(
    house, callers, long_text, until
) -> None:
    callers["admin"].post("/v1/articles", json={"id": "making", "text": long_text("تُسحب", 300)})
    until(
        lambda: callers["admin"].get("/v1/articles/making").json()["progress"]["sentences_done"] > 2,
        60,
        "begun",
    )
    key = callers["admin"].get("/v1/articles/making").json()["key"]
    ended = threading.Event()

    def listen() -> None:
        with httpx.stream("GET", f"{house.base}/audio/{key}.mp3", timeout=60, trust_env=False) as stream:
            try:
                for _ in stream.iter_raw():
                    pass
            except httpx.HTTPError:
                pass
        ended.set()

    listener = threading.Thread(target=listen)
    listener.start()
    assert callers["admin"].delete("/v1/articles/making?recording=true").status_code == 204
    assert ended.wait(10)
    listener.join()
    assert answers(house, f"/audio/{key}.mp3") == {404}
    until(lambda: not RedisStore(house.redis_url)._redis.keys(f"*{key}*"), 20, "forgotten")


def test_a_cache_that_cannot_be_changed_is_told_of(callers, post, cache) -> None:
    article = post("admin", id="stuck", text="خبر بقي في ذاكرة الوسيط.")
    stuck = slice_of(cache, f"/audio/{article['key']}.mp3")
    stuck.unlink()
    stuck.mkdir()  # what no unlink removes, root's neither
    answer = callers["admin"].delete("/v1/articles/stuck?recording=true")
    assert answer.status_code == 500
    assert f"istami purge {article['key']}" in answer.json()["message"]["en"]
    assert callers["nobody"].get(f"/audio/{article['key']}.mp3").status_code == 404
    stuck.rmdir()

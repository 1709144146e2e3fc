"""What goes wrong is said in Arabic, with one button to try again."""

import pytest


def test_an_article_that_is_not_there_says_so(visit, publisher, service):
    element = (
        f'<script async src="{service}/embed.js"></script>'
        f'<listen-article src="{service}/v1/articles/not-there"></listen-article>'
    )
    reader = visit(publisher.publish(publisher.page(element)))
    reader.press("تشغيل")
    state = reader.until(lambda s: s["phase"] == "error")
    assert state["status"]
    assert not any("a" <= letter <= "z" for letter in state["status"].lower())
    assert reader.player().get_by_role("button", name="إعادة المحاولة").is_visible()
    reader.shoot("error-missing")


def test_the_page_is_told_of_an_error(visit, publisher, service):
    element = (
        f'<script async src="{service}/embed.js"></script>'
        f'<listen-article src="{service}/v1/articles/not-there"></listen-article>'
    )
    reader = visit(publisher.publish(publisher.page(element)))
    reader.player().evaluate(
        "player => player.addEventListener('error', ({ detail }) => player.heard = detail.kind)"
    )
    reader.press("تشغيل")
    assert reader.wait(lambda: reader.player().evaluate("player => player.heard")) == "missing"


def test_without_a_network_it_says_so_and_goes_on_by_itself_when_it_is_back(visit, publisher, ready):
    reader = visit(publisher.news(ready))
    reader.page.context.set_offline(True)
    reader.press("تشغيل")
    state = reader.until(lambda s: s["phase"] == "error")
    assert state["status"].startswith("تعذّر الاتصال")
    reader.shoot("error-network")
    reader.page.context.set_offline(False)
    reader.until(lambda s: s["phase"] == "playing" and s["time"] > 0.3)


def test_a_network_cut_in_the_middle_is_mended_at_the_same_moment(visit, publisher, fresh):
    reader = visit(publisher.news(fresh))
    reader.play()
    reader.until(lambda s: s["duration"] > 60, seconds=120)
    reader.page.context.set_offline(True)
    reader.player().evaluate("player => player.currentTime = 150")
    reader.until(lambda s: s["phase"] in {"error", "loading"})
    reader.page.wait_for_timeout(500)
    reader.page.context.set_offline(False)
    if reader.state()["phase"] == "error":
        reader.player().get_by_role("button", name="إعادة المحاولة").click()
    state = reader.until(lambda s: s["phase"] == "playing" and s["time"] > 150.3, seconds=30)
    assert state["time"] < 160


def test_an_audio_that_was_evicted_in_the_middle_is_made_again_and_goes_on(visit, publisher, fresh, evict):
    reader = visit(publisher.news(fresh))
    reader.play()
    reader.until(lambda s: s["duration"] > 60, seconds=120)
    evict(fresh)
    reader.player().evaluate("player => player.currentTime = 300")
    state = reader.until(lambda s: s["phase"] == "playing" and s["time"] > 300.3, seconds=60)
    assert state["time"] < 310


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_retry_is_in_the_readers_language(visit, publisher, ready, lang):
    reader = visit(publisher.news(ready, lang=lang))
    reader.page.context.set_offline(True)
    reader.press({"ar": "تشغيل", "en": "Play"}[lang])
    reader.until(lambda s: s["phase"] == "error")
    reader.page.context.set_offline(False)
    name = {"ar": "إعادة المحاولة", "en": "Try again"}[lang]
    button = reader.player().get_by_role("button", name=name)
    if button.is_visible():
        button.click()
    reader.until(lambda s: s["phase"] == "playing")

"""One line on any page: twice, in the head, by hand, under strict policies, in a frame."""

import httpx
import pytest


def test_the_line_puts_the_player_in_its_place(visit, publisher, ready):
    reader = visit(publisher.news(ready))
    assert reader.page.evaluate("document.querySelector('h1 + script + listen-article') !== null")


def test_the_same_line_twice_is_one_player(visit, publisher, ready):
    reader = visit(publisher.news(ready, ready))
    reader.page.wait_for_timeout(300)
    assert reader.page.locator("listen-article").count() == 1


def test_many_articles_on_a_page_are_many_players(visit, publisher, ready, fresh):
    reader = visit(publisher.news(ready, fresh))
    reader.wait(lambda: reader.page.evaluate("document.querySelectorAll('listen-article').length === 2"))


def test_a_line_in_the_head_goes_before_the_article(visit, publisher, ready):
    reader = visit(publisher.publish(publisher.page("", head=publisher.line(ready))))
    assert (
        reader.page.evaluate("document.querySelector('article').firstElementChild.localName")
        == "listen-article"
    )


def test_an_element_by_hand_plays_too(visit, publisher, service, ready):
    element = (
        f'<script async src="{service}/embed.js"></script>'
        f'<listen-article src="{service}/v1/articles/{ready}" digits="arab"></listen-article>'
    )
    reader = visit(publisher.publish(publisher.page(element)))
    reader.play()
    assert "٠:" in reader.player().locator(".clock").first.text_content()


def test_a_private_article_plays_by_its_signed_address(visit, publisher, service):
    with httpx.Client(base_url=f"{service}/v1/", trust_env=False, timeout=60) as client:
        text = "\n".join(f"هذه الجملة رقم {number} من خبر للمشتركين وحدهم." for number in range(12))
        client.post("articles", json={"id": "subscribers", "text": text, "private": True})
        signed = client.post("articles/subscribers/address", json={}).json()
    element = (
        f'<script async src="{service}/embed.js"></script>'
        f'<listen-article src="{signed["url"].replace("&", "&amp;")}"></listen-article>'
    )
    for address in (publisher.publish(publisher.page(element)), signed["player_url"]):
        reader = visit(address)
        reader.play()
        player = reader.player()
        reader.wait(lambda player=player: player.evaluate("player => player.duration > 10"))


def test_scripts_of_the_page_can_play_pause_and_seek(visit, publisher, ready):
    reader = visit(publisher.news(ready))
    reader.play()
    player = reader.player()
    player.evaluate("player => { player.pause(); player.currentTime = 50; player.playbackRate = 1.25; }")
    assert player.evaluate("player => [player.paused, player.currentTime, player.playbackRate]") == [
        True,
        50,
        1.25,
    ]
    assert player.evaluate("player => player.duration") > 60


def test_a_player_taken_off_the_page_falls_silent(visit, publisher, ready):
    reader = visit(publisher.news(ready))
    reader.play()
    silent = (
        "async player => { const { audio } = player.playback; player.remove();"
        " await new Promise(r => setTimeout(r, 100)); return audio.paused && !audio.getAttribute('src'); }"
    )
    assert reader.player().evaluate(silent)
    assert reader.page.evaluate("CSS.highlights.size") == 0


def test_marks_that_come_once_the_player_is_gone_trouble_nobody(visit, publisher, ready):
    reader = visit(publisher.news(ready))
    held = []
    # Playwright writes on the function that it is given, and a method of a list cannot be written on.
    reader.page.route("**/marks*", lambda route: held.append(route))  # noqa: PLW0108
    reader.play()
    while not held:
        reader.page.wait_for_timeout(20)
    reader.player().evaluate("player => player.remove()")
    with reader.page.expect_response("**/marks*"):
        held[0].continue_()
    reader.page.wait_for_timeout(100)
    assert reader.errors == []


def test_a_player_moved_on_the_page_plays_on(visit, publisher, ready):
    reader = visit(publisher.news(ready))
    reader.play()
    reader.player().evaluate("player => document.body.append(player)")
    reader.page.wait_for_timeout(200)
    assert not reader.state()["paused"]


@pytest.mark.parametrize("source", ["'nonce-abc'", "{service}", "'nonce-abc' 'strict-dynamic'"])
@pytest.mark.parametrize("types", ["", "; trusted-types istami"])
def test_the_strictest_policies_have_nothing_to_object_to(visit, publisher, service, ready, source, types):
    policy = (
        f"default-src 'none'; script-src {source.format(service=service)}; connect-src {service}; "
        f"media-src {service}; style-src 'none'; base-uri 'none'; require-trusted-types-for 'script'{types}"
    )
    html = publisher.page(publisher.line(ready, 'nonce="abc"'))
    reader = visit(publisher.publish(html, {"Content-Security-Policy": policy}))
    reader.play()
    assert reader.wait(reader.lit)
    reader.shoot("csp")


def test_the_line_vouched_for_by_its_hash_plays(visit, publisher, service, ready):
    import base64
    import hashlib

    digest = hashlib.sha384(httpx.get(f"{service}/embed.js").content).digest()
    attributes = f'integrity="sha384-{base64.b64encode(digest).decode()}" crossorigin="anonymous"'
    reader = visit(publisher.news(ready, attributes=attributes))
    reader.play()
    reader.wait(lambda: reader.player().locator(".panel").is_visible())


@pytest.mark.parametrize("beside", [True, False])
def test_a_copy_on_the_publishers_own_host_finds_the_service(visit, publisher, service, ready, beside):
    publisher.pages.pop("/embed-more.js", None)
    typed = {"Content-Type": "text/javascript", "Access-Control-Allow-Origin": "*"}
    copy = publisher.publish(httpx.get(f"{service}/embed.js").text, typed)
    if beside:
        publisher.pages["/embed-more.js"] = (httpx.get(f"{service}/embed-more.js").text, typed)
    line = f'<script async src="{copy}" data-host="{service}/" data-article="{ready}"></script>'
    reader = visit(publisher.publish(publisher.page(line)))
    sources = seconds(reader)
    reader.play()
    reader.wait(lambda: reader.player().locator(".panel").is_visible())
    assert {source.rpartition("/")[0] for source in sources} == (
        {publisher.url} if beside else {publisher.url, service}
    )


def seconds(reader) -> list[str]:
    """Addresses from which the player's second file is asked for, from now on."""
    found: list[str] = []
    reader.page.on("request", lambda request: "/embed-more.js" in request.url and found.append(request.url))
    return found


def test_the_second_file_comes_once_when_a_reader_first_listens(visit, publisher, ready, fresh):
    page = publisher.news(ready, fresh)
    reader = visit(page)
    sources = seconds(reader)
    reader.page.wait_for_timeout(500)
    assert sources == []
    reader.play()
    reader.wait(reader.lit)
    reader.press("تشغيل", 1)
    reader.wait(lambda: reader.player(1).locator(".panel").is_visible())
    assert len(sources) == 1


def test_without_the_second_file_it_plays_and_the_next_press_asks_again(visit, publisher, ready):
    reader = visit(publisher.news(ready))
    reader.page.route("**/embed-more.js*", lambda route: route.abort())
    reader.play()
    reader.page.wait_for_timeout(300)
    assert reader.player().locator(".panel").count() == 0
    assert reader.state()["phase"] == "playing"
    reader.page.unroute("**/embed-more.js*")
    reader.press("إيقاف مؤقّت")
    reader.play()
    reader.wait(lambda: reader.player().locator(".panel").is_visible())
    reader.wait(reader.lit)


def test_a_second_file_of_another_hash_is_not_run(visit, publisher, service, ready):
    reader = visit(publisher.news(ready))
    changed = httpx.get(f"{service}/embed-more.js").text + "document.title = 'changed';"
    headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "text/javascript"}
    reader.page.route("**/embed-more.js*", lambda route: route.fulfill(body=changed, headers=headers))
    reader.play()
    reader.wait(lambda: any("integrity" in error for error in reader.errors))
    assert reader.page.title() != "changed"
    assert reader.player().locator(".panel").count() == 0
    reader.errors.clear()


def test_the_player_page_in_a_frame_plays(browser, publisher, service, ready):
    frame = f'<iframe src="{service}/player/{ready}" width="720" height="232" allow="autoplay"></iframe>'
    page = browser.new_page()
    page.goto(publisher.publish(publisher.page(frame)))
    inner = page.frame_locator("iframe")
    inner.get_by_role("button", name="تشغيل", exact=True).first.click()
    inner.get_by_role("button", name="إيقاف مؤقّت").first.wait_for()
    fits = "() => document.documentElement.scrollHeight <= innerHeight"
    assert page.frames[1].evaluate(fits)
    page.close()


def test_a_site_that_is_given_an_address_finds_the_frame(service, ready):
    address = f"{service}/player/{ready}"
    told = httpx.get(f"{service}/oembed", params={"url": address, "maxwidth": 500}).json()
    assert told["type"] == "rich"
    assert told["width"] == 500
    assert address in told["html"]


def test_colours_can_be_chosen_from_outside(visit, publisher, ready):
    page = publisher.page(
        publisher.line(ready), head="<style>listen-article{--istami-accent:rgb(120,20,60)}</style>"
    )
    reader = visit(publisher.publish(page))
    button = reader.player().get_by_role("button", name="تشغيل", exact=True).first
    assert button.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(120, 20, 60)"


def test_the_line_carries_the_players_settings(visit, publisher, ready):
    settings = {
        "theme": "dark",
        "lang": "en",
        "digits": "arab",
        "follow": "off",
        "heading": "عنوان آخر",
        "site": "صحيفة أخرى",
    }
    attributes = " ".join(f'data-{name}="{value}"' for name, value in settings.items())
    reader = visit(publisher.news(ready, attributes=attributes))
    reader.press("Play")
    state = reader.until(lambda s: s["phase"] == "playing" and s["marks"] and s["time"] > 0.3)
    assert state["found"] == []
    assert reader.lit() is None
    player = reader.player()
    assert player.evaluate("player => getComputedStyle(player).colorScheme") == "dark"
    assert "٠:" in player.locator(".clock").first.text_content()
    told = "[navigator.mediaSession.metadata.title, navigator.mediaSession.metadata.artist]"
    assert reader.page.evaluate(told) == [settings["heading"], settings["site"]]


def test_parts_can_be_dressed_from_outside(visit, publisher, ready):
    style = (
        "<style>listen-article::part(title){color:rgb(1,2,3)}listen-article::part(play){width:70px}</style>"
    )
    reader = visit(publisher.publish(publisher.page(publisher.line(ready), head=style)))
    title = reader.player().locator(".title").first
    assert title.evaluate("e => getComputedStyle(e).color") == "rgb(1, 2, 3)"
    button = reader.player().get_by_role("button", name="تشغيل", exact=True).first
    assert button.evaluate("e => getComputedStyle(e).width") == "70px"


def test_an_element_with_room_kept_for_it_moves_nothing(visit, publisher, service, ready):
    room = "<style>listen-article{display:block;min-height:90px;margin-block:1.5rem}</style>"
    element = (
        f'<listen-article src="{service}/v1/articles/{ready}"></listen-article>'
        f'<script async src="{service}/embed.js"></script>'
    )
    reader = visit(publisher.publish(publisher.page(element, head=room)))
    reader.until(lambda s: s["duration"] > 60)
    shifts = """() => new Promise((done) => {
        const watch = (list) => done(list.getEntries().map(({ value }) => value));
        new PerformanceObserver(watch).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => done([]), 500);
    })"""
    assert reader.page.evaluate(shifts) == []


def test_paper_shows_no_player(visit, publisher, ready):
    reader = visit(publisher.news(ready))
    reader.page.emulate_media(media="print")
    assert not reader.player().is_visible()

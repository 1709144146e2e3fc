"""Play, seek, speed, sentences, resume: what a listener does, in a page of another origin."""

from urllib.parse import urlsplit

import pytest


@pytest.fixture
def reader(visit, publisher, ready):
    return visit(publisher.news(ready))


def test_a_second_listen_plays_the_finished_recording(reader):
    state = reader.play()
    assert urlsplit(state["source"]).path.startswith("/audio/")
    assert state["duration"] > 60
    reader.until(lambda s: len(s["marks"]) > 15)


def test_pause_stops_time_and_play_goes_on_from_there(reader):
    reader.play()
    reader.press("إيقاف مؤقّت")
    stopped = reader.until(lambda s: s["phase"] == "paused")["time"]
    reader.page.wait_for_timeout(400)
    assert reader.state()["time"] == stopped
    assert reader.play()["time"] >= stopped


def test_a_first_listen_sounds_while_the_rest_is_made_and_then_is_whole(visit, publisher, fresh):
    reader = visit(publisher.news(fresh))
    first = reader.play()
    assert urlsplit(first["source"]).path.endswith(f"/v1/articles/{fresh}/audio.mp3")
    assert reader.until(lambda s: s["duration"] > 60, seconds=120)["phase"] == "playing"


def test_a_seek_beyond_what_exists_waits_and_then_plays_there(visit, publisher, fresh):
    reader = visit(publisher.news(fresh))
    reader.play()
    reader.player().evaluate("player => player.currentTime = 1200")
    assert reader.state()["phase"] in {"loading", "waiting"}
    state = reader.until(lambda s: s["phase"] == "playing" and s["time"] > 1200.5, seconds=150)
    assert state["time"] < 1230


def test_fifteen_seconds_and_sentences_each_way(reader):
    reader.play()
    reader.press("التقديم 15 ثانية")
    assert 14.9 < reader.until(lambda s: s["time"] > 14)["time"] < 25
    reader.press("الرجوع 15 ثانية")
    reader.until(lambda s: s["time"] < 10)
    marks = reader.state()["marks"]
    before = reader.state()["sentence"]
    reader.press("الجملة التالية")
    assert reader.until(lambda s: s["sentence"] == before + 1)["time"] >= marks[before + 1]["start"]
    reader.press("الجملة السابقة")
    reader.until(lambda s: s["sentence"] == before)


@pytest.mark.parametrize(
    ("key", "least", "most"),
    [("ArrowLeft", 64.9, 66), ("ArrowRight", 54.9, 56), ("l", 74.9, 76), ("j", 44.9, 46), ("Home", 0, 1)],
)
def test_in_arabic_the_left_arrow_leads_onward(reader, key, least, most):
    reader.play()
    reader.press("إيقاف مؤقّت")
    reader.player().evaluate("player => player.currentTime = 60")
    reader.player().get_by_role("slider", name="موضع الاستماع").focus()
    reader.page.keyboard.press(key)
    assert least <= reader.until(lambda s: abs(s["time"] - 60) > 1)["time"] <= most


@pytest.mark.parametrize(("key", "second"), [("ArrowLeft", 55), ("ArrowRight", 65)])
def test_in_english_the_right_arrow_leads_onward(visit, publisher, ready, key, second):
    reader = visit(publisher.news(ready, lang="en"))
    reader.press("Play")
    reader.until(lambda s: s["marks"])
    reader.press("Pause")
    reader.player().evaluate("player => player.currentTime = 60")
    reader.player().get_by_role("slider", name="Listening position").focus()
    reader.page.keyboard.press(key)
    assert reader.until(lambda s: abs(s["time"] - 60) > 1)["time"] == pytest.approx(second, abs=0.1)


def test_digits_lead_to_tenths_and_k_and_space_toggle(reader):
    reader.play()
    slider = reader.player().get_by_role("slider", name="موضع الاستماع")
    slider.focus()
    reader.page.keyboard.press("5")
    state = reader.until(lambda s: s["time"] > 30)
    assert state["time"] == pytest.approx(state["duration"] / 2, abs=2)
    for key in ("k", " "):
        paused = reader.state()["paused"]
        reader.page.keyboard.press(key)
        assert reader.until(lambda s, was=paused: s["paused"] is not was)


@pytest.mark.parametrize(("share", "expected"), [(0.25, 0.75), (0.75, 0.25)])
def test_a_press_near_the_right_end_is_near_the_beginning(reader, share, expected):
    reader.play()
    box = reader.player().get_by_role("slider", name="موضع الاستماع").bounding_box()
    reader.page.mouse.click(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
    state = reader.until(lambda s: s["time"] > 20)
    assert state["time"] / state["duration"] == pytest.approx(expected, abs=0.04)


def test_the_slider_tells_its_place_in_arabic_words(reader):
    reader.play()
    reader.player().evaluate("player => player.currentTime = 62")
    slider = reader.player().get_by_role("slider", name="موضع الاستماع")
    told = reader.wait(lambda: (text := slider.get_attribute("aria-valuetext")).startswith("دقيقة") and text)
    assert told.startswith(("دقيقة واحدة وثانيتان من", "دقيقة واحدة و3 ثوانٍ من"))


def test_speed_keeps_pitch_and_is_heard(reader):
    reader.play()
    reader.player().get_by_label("سرعة القراءة").select_option("1.5")
    assert reader.until(lambda s: s["rate"] == 1.5)
    assert reader.player().evaluate("player => player.playback.audio.preservesPitch")


def test_chapter_ticks_stand_where_headings_are_read(reader):
    reader.play()
    headings = [m for m in reader.state()["marks"] if m["role"] == "heading"]
    ticks = reader.player().locator(".ticks i")
    assert ticks.count() == len(headings) > 0


def test_where_one_left_off_is_remembered_and_forgotten_at_the_end(reader):
    reader.play()
    reader.player().evaluate("player => player.currentTime = 40")
    reader.until(lambda s: s["time"] > 40.2)
    reader.reload()
    assert reader.until(lambda s: s["status"].startswith("المتابعة من"))["time"] == pytest.approx(40, abs=1)
    assert reader.play()["time"] == pytest.approx(41, abs=3)
    reader.player().evaluate("player => player.currentTime = player.duration - 0.6")
    reader.until(lambda s: s["phase"] == "paused")
    assert reader.page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('istami:'))") == []


def test_a_place_older_than_thirty_days_is_forgotten(visit, publisher, ready):
    reader = visit(publisher.news(ready))
    reader.page.evaluate(
        "name => localStorage.setItem('istami:' + name, JSON.stringify([40, Date.now() - 31 * 864e5]))",
        reader.player().evaluate("player => player.playback.recording.name"),
    )
    reader.reload()
    assert reader.until(lambda s: s["duration"])["time"] == 0
    assert reader.page.evaluate("localStorage.length") == 0


def test_it_can_be_made_quieter_and_silent(reader):
    reader.play()
    reader.press("خيارات أخرى")
    heard = "player => [player.playback.audio.volume, player.playback.audio.muted]"
    volume = reader.player().get_by_label("مستوى الصوت")
    volume.fill("0.4")
    assert reader.player().evaluate(heard) == [0.4, False]
    reader.press("كتم الصوت")
    assert reader.player().evaluate(heard) == [0.4, True]
    reader.press("إلغاء كتم الصوت")
    assert reader.player().evaluate(heard) == [0.4, False]


def test_a_link_leads_to_its_moment(visit, publisher, ready):
    reader = visit(publisher.news(ready) + "#t=1m5s")
    assert reader.play()["time"] == pytest.approx(66, abs=2.5)


def test_the_link_of_this_moment_is_copied(visit, publisher, ready):
    url = publisher.news(ready)
    reader = visit(url, permissions=["clipboard-read", "clipboard-write"])
    reader.play()
    reader.player().evaluate("player => player.currentTime = 33")
    reader.press("خيارات أخرى")
    reader.press("نسخ رابط هذه اللحظة")
    reader.until(lambda s: s["status"] == "نُسخ الرابط")
    assert reader.page.evaluate("navigator.clipboard.readText()") == f"{url}#t=33"


def test_the_whole_recording_can_be_downloaded(reader):
    reader.play()
    reader.press("خيارات أخرى")
    link = reader.player().get_by_role("link", name="تنزيل الملف الصوتي")
    assert reader.page.request.get(link.get_attribute("href")).headers["content-type"] == "audio/mpeg"


def test_the_sleep_timer_stops_after_the_sentence(reader):
    reader.play()
    mark = reader.state()["marks"][2]
    reader.press("خيارات أخرى")
    reader.player().evaluate("(player, to) => player.currentTime = to", mark["end"] - 1)
    reader.until(lambda s: s["sentence"] == 2)
    reader.player().get_by_label("مؤقّت النوم").select_option("sentence")
    state = reader.until(lambda s: s["paused"])
    assert state["status"] == "توقّفت القراءة بمؤقّت النوم"
    assert state["sentence"] == 3


def test_two_players_never_sound_together(visit, publisher, ready, fresh):
    reader = visit(publisher.news(ready, fresh))
    reader.play(0)
    reader.play(1)
    assert reader.state(0)["paused"]
    reader.play(0)
    assert reader.state(1)["paused"]


def test_the_devices_own_keys_move_the_recording(visit, publisher, ready):
    url = publisher.news(ready)
    reader = visit(url)
    reader.page.add_init_script(
        "globalThis.handlers = {};"
        "const set = navigator.mediaSession.setActionHandler.bind(navigator.mediaSession);"
        "navigator.mediaSession.setActionHandler = (a, f) => { handlers[a] = f; set(a, f); };"
    )
    reader.open(url)
    reader.play()
    evaluate = reader.page.evaluate
    assert evaluate("navigator.mediaSession.metadata.title") == "قطار الكتب يعود إلى بلدات الجبل"
    assert evaluate("navigator.mediaSession.metadata.artist") == "صحيفة الجبل"
    evaluate("handlers.seekto({ seekTime: 70 })")
    reader.until(lambda s: 70 <= s["time"] < 73)
    evaluate("handlers.seekbackward({ seekOffset: 20 })")
    reader.until(lambda s: 49 <= s["time"] < 55)
    before = reader.state()["sentence"]
    evaluate("handlers.nexttrack({})")
    reader.until(lambda s: s["sentence"] == before + 1)
    evaluate("handlers.pause()")
    reader.until(lambda s: s["paused"])


def test_events_tell_the_page_what_is_heard(reader):
    reader.player().evaluate(
        "player => { player.log = []; for (const type of ['play', 'pause', 'timeupdate', 'sentence'])"
        " player.addEventListener(type, ({ detail }) => player.log.push([type, detail?.text])); }"
    )
    reader.play()
    reader.until(lambda s: s["sentence"] >= 0)
    reader.press("إيقاف مؤقّت")
    log = reader.wait(lambda: (told := reader.player().evaluate("p => p.log"))[-1][0] == "pause" and told)
    assert {"play", "pause", "timeupdate", "sentence"} <= {kind for kind, _ in log}
    assert ["sentence", "قطار الكتب يعود إلى بلدات الجبل"] in log

"""The page's own text lights up as it is heard, and stays what it was."""

import pytest

from benchmarks.player import LIT

DRIFT = """async (player, seconds) => {
    // The moment a sentence lights up against the moment the marks say, in milliseconds of sound.
    const { playback } = player;
    const drifts = [];
    player.addEventListener("sentence", ({ detail }) =>
        drifts.push((playback.audio.currentTime - detail.start) * 1000));
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return drifts;
}"""


HEARD = """async (player, times) => {
    // Where in the recording the sound at the loudspeaker stands, against what the player says; milliseconds.
    const RATE = 22050;
    const LENGTH = 16384;
    const { playback } = player;
    const context = new AudioContext({ sampleRate: RATE });
    const bytes = await (await fetch(playback.recording.whole)).arrayBuffer();
    const whole = (await context.decodeAudioData(bytes)).getChannelData(0);
    const tap = context.createScriptProcessor(LENGTH, 1, 1);
    context.createMediaElementSource(playback.audio).connect(tap).connect(context.destination);
    const taken = () => new Promise((resolve) => {
        tap.onaudioprocess = ({ inputBuffer }) => {
            tap.onaudioprocess = null;
            resolve([inputBuffer.getChannelData(0).slice(), playback.audio.currentTime]);
        };
    });
    const place = (sound, about) => {
        const first = Math.max(0, Math.round((about - 3) * RATE));
        let best = [-Infinity, 0];
        for (let at = first; at < first + 4 * RATE; at += 1) {
            let likeness = 0;
            let loudness = 1e-9;
            for (let i = 0; i < sound.length; i += 16) {
                likeness += sound[i] * whole[at + i];
                loudness += whole[at + i] ** 2;
            }
            const score = likeness / Math.sqrt(loudness);
            if (score > best[0]) best = [score, at];
        }
        return (best[1] + sound.length) / RATE;
    };
    const drifts = [];
    for (const time of times) {
        player.currentTime = time;
        await new Promise((resolve) => setTimeout(resolve, 1500));
        await taken();
        const [sound, said] = await taken();
        drifts.push((place(sound, said) - said) * 1000);
    }
    await context.close();
    return drifts;
}"""


@pytest.fixture
def reader(visit, publisher, ready):
    return visit(publisher.news(ready))


def seek(reader, sentence, inside=0.05):
    start = reader.state()["marks"][sentence]["start"]
    reader.player().evaluate("(player, to) => player.currentTime = to", start + inside)
    reader.until(lambda s: s["sentence"] == sentence)


def bare(text):
    return "".join(char for char in text if char.isalnum())


def test_every_sentence_is_found_on_the_page(reader):
    reader.play()
    state = reader.until(lambda s: s["found"])
    assert len(state["found"]) == len(state["marks"])
    assert all(state["found"])


def test_the_sentence_that_is_heard_is_the_one_that_is_lit(reader):
    reader.play()
    marks = reader.until(lambda s: s["found"])["marks"]
    for index in (1, 4, len(marks) - 1, 2):
        seek(reader, index)
        assert bare(reader.wait(reader.lit)) == bare(marks[index]["text"])


def test_the_text_its_markup_and_what_is_copied_stay_the_same(visit, publisher, ready):
    reader = visit(publisher.news(ready))
    whole = "() => document.querySelector('article').innerHTML"
    before = reader.page.evaluate(whole)
    reader.play()
    reader.until(lambda s: s["found"])
    seek(reader, 3)
    reader.wait(reader.lit)
    assert reader.page.evaluate(whole) == before


def test_links_within_a_sentence_do_not_part_it(visit, publisher, ready):
    page = publisher.page(publisher.line(ready)).replace(
        "«قطار الكتب»", '«<a href="#x">قطار</a> <b>الكتب</b>»'
    )
    reader = visit(publisher.publish(page))
    reader.play()
    assert all(reader.until(lambda s: s["found"])["found"])
    seek(reader, 1)
    assert "«قطار الكتب»" in reader.wait(reader.lit)


def test_what_the_publisher_put_in_between_is_passed_over(visit, publisher, ready):
    page = publisher.page(publisher.line(ready)).replace(
        "<h2>", "<aside>اقرأ أيضًا: خبر آخر عن قطار آخر.</aside><h2>"
    )
    reader = visit(publisher.publish(page))
    reader.play()
    assert all(reader.until(lambda s: s["found"])["found"])


def test_a_click_on_a_sentence_is_heard_from_there(reader):
    reader.play()
    reader.until(lambda s: s["found"])
    reader.page.get_by_text("الحاج إدريس").click(position={"x": 300, "y": 12})
    state = reader.until(lambda s: s["sentence"] > 5)
    mark = state["marks"][state["sentence"]]
    assert "إدريس" in mark["text"]
    assert mark["start"] <= state["time"] < mark["start"] + 2


def test_a_click_on_a_link_stays_the_links(visit, publisher, ready):
    page = publisher.page(publisher.line(ready)).replace("الحاج إدريس", '<a href="#there">الحاج إدريس</a>')
    reader = visit(publisher.publish(page))
    reader.play()
    reader.until(lambda s: s["found"])
    reader.page.get_by_role("link", name="الحاج إدريس").click()
    assert reader.page.url.endswith("#there")
    assert reader.state()["sentence"] < 3


def test_the_page_follows_until_the_reader_scrolls(reader):
    reader.page.set_viewport_size({"width": 900, "height": 500})
    reader.play()
    reader.until(lambda s: s["found"])
    seek(reader, 12)
    reader.wait(lambda: reader.page.evaluate("scrollY") > 100)
    reader.page.wait_for_timeout(700)
    reader.page.mouse.move(450, 300)
    reader.page.mouse.wheel(0, -2000)
    reader.wait(lambda: reader.page.evaluate("scrollY") == 0)
    seek(reader, 18)
    reader.page.wait_for_timeout(700)
    assert reader.page.evaluate("scrollY") == 0


def test_following_can_be_switched_off(reader):
    reader.play()
    reader.wait(reader.lit)
    reader.press("خيارات أخرى")
    reader.player().get_by_label("تتبّع النص أثناء القراءة").uncheck()
    assert reader.lit() is None
    reader.player().get_by_label("تتبّع النص أثناء القراءة").check()
    assert reader.wait(reader.lit)


def test_without_highlights_spans_light_the_sentence_and_leave_no_trace(visit, publisher, ready):
    url = publisher.news(ready)
    reader = visit(url)
    reader.page.add_init_script("delete globalThis.Highlight")
    reader.open(url)
    body = "() => document.querySelector('article').innerHTML"
    before = reader.page.evaluate(body)
    reader.play()
    marks = reader.until(lambda s: s["found"])["marks"]
    for index in (2, 1, 3):
        seek(reader, index)
        lit = "() => [...document.querySelectorAll('.istami-sentence')].map(e => e.textContent).join('')"
        assert bare(reader.wait(lambda lit=lit: reader.page.evaluate(lit))) == bare(marks[index]["text"])
    reader.press("خيارات أخرى")
    reader.player().get_by_label("تتبّع النص أثناء القراءة").uncheck()
    assert reader.page.evaluate(body) == before


def test_text_and_voice_never_part(reader):
    reader.play()
    marks = reader.until(lambda s: s["found"])["marks"]
    reader.player().evaluate("(player, to) => player.currentTime = to", marks[0]["end"] - 0.5)
    reader.player().evaluate("player => player.playbackRate = 2")
    drifts = reader.player().evaluate(DRIFT, 12)
    assert drifts
    assert max(map(abs, drifts)) < 100


def test_over_an_hour_text_voice_and_clock_never_part(visit, hour):
    reader = visit(f"player/{hour}", bypass_csp=True)
    reader.play()
    duration = reader.until(lambda s: s["duration"] > 60, seconds=400)["duration"]
    assert duration > 3600
    reader.reload()
    reader.play()
    reader.until(lambda s: s["found"], seconds=30)
    lit = reader.player().evaluate(LIT, [duration * share for share in (0, 0.3, 0.6, 0.96)])
    heard = reader.player().evaluate(HEARD, [duration * share for share in (0.9, 0.1, 0.5, 0.97)])
    figures = {"duration": duration, "lit_milliseconds": lit, "heard_milliseconds": heard}
    reader.note("hour", figures)
    assert max(map(abs, lit + heard)) < 100


def test_what_has_no_mark_yet_is_not_taken_for_the_sentence_before(reader):
    reader.play()
    marks = reader.until(lambda s: s["found"])["marks"]
    reader.player().evaluate(
        "({ playback }) => { playback.complete = false; playback.marks = playback.marks.slice(0, 3); }"
    )
    seek(reader, 2)
    assert bare(reader.wait(reader.lit)) == bare(marks[2]["text"])
    reader.player().evaluate("(player, to) => player.currentTime = to", marks[3]["start"] + 0.2)
    reader.wait(lambda: reader.lit() is None)


def test_a_first_listen_is_followed_while_the_rest_is_made(visit, publisher, fresh):
    reader = visit(publisher.news(fresh))
    reader.play()
    state = reader.until(lambda s: any(s["found"]), seconds=20)
    assert state["phase"] == "playing"

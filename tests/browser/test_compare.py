"""The page that compares voices: made by the command, opened as a file, voted on."""

import json
import os
import subprocess
import sys

import pytest

CARD = """
id = "{id}"
engine = "espeak"
language = "ar"
dialect = "standard"
gender = "male"
sample_rate = 22050
licence = "CC0-1.0"
commercial_use = {commercial}
attribution = "nobody"
gain_db = {gain}
name = {{ ar = "{name}", en = "Deep" }}
limits = {{ characters = 2000 }}
options = {{ voice = "ar", pitch = {pitch} }}
"""
TEXT = "افتتحت البلدية أمس حديقة جديدة. وتضم الحديقة أشجار زيتون."


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A data folder with two more voices, of which one is far too loud."""
    folder = tmp_path_factory.mktemp("compared")
    for id_, name, pitch, gain, commercial in (
        ("deep", "عميق", 10, 20, "true"),
        ("high", "رفيع", 90, 0, "false"),
    ):
        home = folder / "data" / "voices" / id_
        home.mkdir(parents=True)
        card = CARD.format(id=id_, name=name, pitch=pitch, gain=gain, commercial=commercial)
        (home / "card.toml").write_text(card, encoding="utf-8")
    return folder


@pytest.fixture
def opened(browser, folder):
    """Make a page with these options, and open it."""
    contexts, errors = [], []

    def make(*options):
        target = folder / "compare.html"
        command = [sys.executable, "-m", "service", "voices", "compare", TEXT, "-o", str(target), *options]
        environment = os.environ | {"ISTAMI_DATA_DIR": str(folder / "data")}
        subprocess.run(command, env=environment, check=True, timeout=120)
        contexts.append(browser.new_context(viewport={"width": 900, "height": 1000}, accept_downloads=True))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: said.type == "error" and errors.append(said.text))
        page.goto(target.as_uri())
        return page

    yield make
    for context in contexts:
        context.close()
    assert errors == []


def vote(page, marks):
    """Give each voice, from the top, a mark."""
    for number, mark in enumerate(marks):
        page.locator(".voice").nth(number).locator(f"input[value='{mark}']").check()
    page.get_by_role("button", name="أدلِ بصوتك").click()


def saved(page):
    with page.expect_download() as download:
        page.get_by_role("button", name="تنزيل تصويتك").click()
    return json.loads(download.value.path().read_text(encoding="utf-8"))


def test_a_blind_vote_hides_the_names_until_it_is_cast_and_can_be_saved(opened, artefacts):
    page = opened("--blind")
    assert page.locator(".voice").count() == 3
    assert "عميق" not in page.locator("main").inner_text()
    page.screenshot(path=artefacts / "compare-blind.png", full_page=True)

    vote(page, [5, 1, 3])

    names = page.locator(".voice h2").all_inner_texts()
    assert set(names) == {"عميق", "رفيع", "إي سبيك"}
    rows = page.locator("#rows tr").all_inner_texts()
    assert rows[0].startswith(names[0])
    assert rows[2].startswith(names[1])
    kept = saved(page)
    assert sorted(kept["scores"].values()) == [1, 3, 5]
    assert kept["scores"][kept["order"][0]] == 5
    page.screenshot(path=artefacts / "compare-result.png", full_page=True)


def test_a_voice_without_a_mark_is_named_and_nothing_is_cast(opened):
    page = opened("--voice", "deep", "--voice", "high")

    vote(page, [4])

    assert "رفيع" in page.get_by_role("alert").first.inner_text()
    assert page.locator("#result").is_hidden()


def test_the_votes_of_others_are_added_and_foreign_files_are_refused(opened, tmp_path):
    page = opened("--voice", "deep", "--voice", "high")
    vote(page, [5, 2])
    other = saved(page) | {"id": "another", "scores": {"deep": 2, "high": 2}}
    foreign = saved(page) | {"ballot": "0" * 16}
    beyond = saved(page) | {"id": "third", "scores": {"deep": 900}}
    files = []
    for name, content in {"other": other, "foreign": foreign, "beyond": beyond}.items():
        files.append(tmp_path / f"{name}.json")
        files[-1].write_text(json.dumps(content), encoding="utf-8")

    page.locator("#others").set_input_files(files)

    page.get_by_text("عدد بطاقات التصويت: 2").wait_for()
    assert "3.5" in page.locator("#rows tr").first.inner_text()
    refused = page.locator("#unread").inner_text()
    assert "foreign.json" in refused
    assert "beyond.json" in refused
    assert "other.json" not in refused


def test_the_next_listener_of_a_blind_page_sees_no_names(opened):
    page = opened("--blind")
    vote(page, [1, 2, 3])

    page.get_by_role("button", name="تصويت مستمع آخر").click()

    assert not {"عميق", "رفيع"} & set(page.locator(".voice h2").all_inner_texts())
    vote(page, [3, 3, 3])
    assert "2" in page.locator("#count").inner_text()


def test_every_voice_is_played_alone_and_to_its_end(opened):
    page = opened("--voice", "deep", "--voice", "high")
    first, second = page.locator("audio").nth(0), page.locator("audio").nth(1)
    first.evaluate("audio => audio.play()")
    assert 2 < first.evaluate("audio => audio.duration") < 20

    second.evaluate("audio => audio.play()")

    page.wait_for_function("document.querySelector('audio').paused")
    assert not second.evaluate("audio => audio.paused")


def test_the_page_has_no_faults_that_keep_people_out(opened, axe):
    page = opened("--voice", "deep", "--voice", "high")
    vote(page, [4, 2])

    # The page's own policy allows inline scripts, and no others.
    page.evaluate(axe.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then(result => result.violations.map(each => each.id))")

    assert found == []

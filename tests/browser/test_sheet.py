"""The listening sheet of a judged voice, opened as a file."""

import json
import re

import pytest

from service.engines.engine import Surroundings
from service.engines.registry import load
from service.studio import sheet
from voices.catalogue import Catalogue


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The sheet of the included voice."""
    catalogue = Catalogue(tmp_path_factory.mktemp("voices"))
    card = catalogue.get("espeak-ar")
    engine = load(card, Surroundings(catalogue.folder(card)))
    file = tmp_path_factory.mktemp("sheet") / "listening.html"
    file.write_text(sheet.page(card, "f" * 64, engine), encoding="utf-8")
    engine.close()
    return file


@pytest.fixture
def page(browser, written):
    context = browser.new_context(viewport={"width": 900, "height": 900}, accept_downloads=True)
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: said.type == "error" and errors.append(said.text))
    page.goto(written.as_uri())
    yield page
    context.close()
    assert errors == []


def test_a_listener_tells_which_word_was_said_and_the_answers_are_counted(page, artefacts):
    pairs = page.locator(".pair")
    assert pairs.count() == len(list(sheet.pairs()))
    for number in range(4):
        pairs.nth(number).locator(".answer").first.click()

    right = page.locator(".told.good").count()
    assert f"{right} من 4" in page.locator("#count").inner_text()
    assert pairs.first.locator("audio").count() == 3
    assert pairs.first.locator(".answer").first.is_disabled()
    with page.expect_download() as download:
        page.get_by_role("button", name="تنزيل الأجوبة").click()
    kept = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert kept["fingerprint"] == "f" * 64
    assert sum(answer["right"] for answer in kept["answers"]) == right
    assert all(answer["right"] == (answer["said"] == answer["heard"]) for answer in kept["answers"])
    page.screenshot(
        path=artefacts / "sheet.png", clip={"x": 0, "y": 0, "width": 900, "height": 1400}, full_page=True
    )


def test_the_words_are_heard_and_no_answer_can_be_read_off_the_page(page):
    first = page.locator(".trial").first
    first.evaluate("audio => audio.play()")
    assert 0.8 < first.evaluate("audio => audio.duration") < 6
    assert not re.search("أصبت|قيلت", page.locator("main").inner_text())


def test_the_sheet_has_no_faults_that_keep_people_out(browser, written, axe):
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(written.as_uri())
    page.locator(".answer").first.click()
    page.add_script_tag(path=axe)

    found = page.evaluate("axe.run().then(result => result.violations.map(each => each.id))")

    context.close()
    assert found == []

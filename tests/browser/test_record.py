"""The page that records a reader: a real browser, whose microphone plays a file."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest

from service.audio import wav
from service.model.recording import Clip

RATE = 48_000
NAME, PUBLISHER = "سلمى حداد", "صحيفة الجبل"


@pytest.fixture(scope="module")
def microphone(tmp_path_factory):
    """A second of a quiet room, three of a voice, and the room again."""
    rng = np.random.default_rng(3)
    time = np.arange(3 * RATE) / RATE
    voice = 0.2 * np.sin(2 * np.pi * 180 * time) * (1 + 0.3 * np.sin(2 * np.pi * 4 * time))
    heard = np.concatenate([np.zeros(RATE), voice, np.zeros(20 * RATE)])
    heard += 0.0004 * rng.standard_normal(heard.size)
    file = tmp_path_factory.mktemp("microphone") / "voice.wav"
    file.write_bytes(wav.of(Clip((heard * 32767).astype("<i2").tobytes(), RATE)))
    return file


@pytest.fixture(scope="module")
def studio(browser, flags, microphone):
    """A browser with that microphone."""
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    fake = (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}%noloop",
    )
    launched = browser.browser_type.launch(executable_path=path, args=[*flags, *fake])
    yield launched
    launched.close()


@pytest.fixture
def command(tmp_path):
    """Run the command; yields a function that starts it and returns its address."""
    running = []

    def start(*options):
        line = [sys.executable, "-m", "service", "voices", "record", "ours", "--port", "0", *options]
        environment = os.environ | {"ISTAMI_DATA_DIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
        running.append(
            subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        )
        for printed in running[-1].stdout:
            if found := re.search(r"https?://\S+", printed):
                return found.group()
        raise AssertionError(running[-1].stderr.read())

    start.running = running
    yield start
    for process in running:
        process.terminate()
        process.wait(20)
        process.stdout.close()
        process.stderr.close()


@pytest.fixture
def opened(studio):
    contexts, errors = [], []

    def go(address, **options):
        contexts.append(studio.new_context(**{"viewport": {"width": 900, "height": 900}} | options))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        return page

    yield go
    for context in contexts:
        context.close()
    assert errors == []


def agree(page):
    page.get_by_label("اسم القارئ كاملًا").fill(NAME)
    page.get_by_label("الناشر الذي يُسجَّل الصوت له").fill(PUBLISHER)
    page.get_by_label("التوقيع").fill(NAME)
    page.get_by_role("button", name="أوقّع وأبدأ").click()
    page.locator("#prompt").wait_for()


def take(page, seconds):
    page.get_by_role("button", name="ابدأ التسجيل").click()
    page.get_by_text("يُسجَّل الآن").wait_for()
    page.wait_for_timeout(1000 * seconds)
    page.get_by_role("button", name="أوقف التسجيل").click()
    page.locator("#told.good, #told.bad").wait_for()


def test_a_reader_agrees_and_records_and_a_bad_take_is_refused(command, opened, tmp_path, artefacts):
    page = opened(command("--sentences", "3"))
    assert "#" not in page.url
    page.get_by_label("اسم القارئ كاملًا").fill(NAME)
    assert NAME in page.locator("#statement").inner_text()
    page.screenshot(path=artefacts / "record-consent.png", full_page=True)
    agree(page)

    take(page, 5)

    folder = tmp_path / "recordings" / "ours"
    assert page.locator("#told").inner_text().startswith("حُفظ")
    assert (folder / "metadata.csv").read_text(encoding="utf-8").count("\n") == 1
    assert (folder / "originals" / "0001.wav").stat().st_size > 2 * 4 * 44_100
    assert page.locator("#heard").evaluate("audio => audio.duration") > 4
    page.screenshot(path=artefacts / "record-take.png", full_page=True)

    page.get_by_role("button", name="الجملة التالية").click()
    take(page, 1)  # by now the microphone hears only the room

    assert "خافت" in page.locator("#told").inner_text()
    assert (folder / "metadata.csv").read_text(encoding="utf-8").count("\n") == 1
    assert "المسجَّل 1" in page.locator("#count").inner_text()
    page.screenshot(path=artefacts / "record-refused.png", full_page=True)


def test_the_session_goes_on_where_it_stopped_after_a_reload_and_after_a_restart(command, opened, artefacts):
    page = opened(command("--sentences", "3"))
    agree(page)
    take(page, 5)

    page.reload()

    page.locator("#prompt").wait_for()
    assert "الجملة 2 من 3، والمسجَّل 1" in page.locator("#count").inner_text()
    page.get_by_role("button", name="ابدأ التسجيل").click()
    page.get_by_text("يُسجَّل الآن").wait_for()
    command.running[0].terminate()
    _, told = command.running[0].communicate(timeout=20)
    assert "1 of 3 sentences" in told
    page.get_by_role("button", name="أوقف التسجيل").click()
    page.get_by_text("تعذّر الوصول إلى البرنامج").wait_for()

    phone = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
    again = opened(command("--sentences", "4"), **phone)
    again.locator("#prompt").wait_for()
    assert "الجملة 2 من 4، والمسجَّل 1" in again.locator("#count").inner_text()
    assert again.evaluate("document.documentElement.scrollWidth <= innerWidth")
    again.screenshot(path=artefacts / "record-phone.png", full_page=True)


def test_a_wrong_signature_and_a_lost_key_are_told_in_arabic(command, opened):
    address = command("--sentences", "2")
    page = opened(address)
    page.get_by_label("اسم القارئ كاملًا").fill(NAME)
    page.get_by_label("الناشر الذي يُسجَّل الصوت له").fill(PUBLISHER)
    page.get_by_label("التوقيع").fill("شخص آخر")
    page.get_by_role("button", name="أوقّع وأبدأ").click()
    page.get_by_text("التوقيع ليس اسم القارئ").wait_for()

    stranger = opened(address.partition("#")[0])

    stranger.get_by_text("ففيه المفتاح").wait_for()


def test_keys_move_and_record_and_marks_can_be_hidden(command, opened):
    page = opened(command("--sentences", "3"))
    agree(page)
    vowelled = page.locator("#prompt").inner_text()

    page.get_by_label("إظهار التشكيل").uncheck()
    page.locator("h1").click()
    page.keyboard.press("ArrowLeft")

    assert "الجملة 2" in page.locator("#count").inner_text()
    assert not re.search("[\u064b-\u0652]", page.locator("#prompt").inner_text())
    page.keyboard.press("ArrowRight")
    assert page.locator("#prompt").inner_text() != vowelled
    page.keyboard.press(" ")
    page.get_by_text("يُسجَّل الآن").wait_for()
    page.keyboard.press(" ")
    page.locator("#told.good, #told.bad").wait_for()


@pytest.mark.usefixtures("studio")
def test_the_page_has_no_faults_that_keep_people_out(command, opened, axe):
    page = opened(command("--sentences", "2"), bypass_csp=True)
    agree(page)
    page.add_script_tag(path=axe)

    found = page.evaluate("axe.run().then(result => result.violations.map(each => each.id))")

    assert found == []

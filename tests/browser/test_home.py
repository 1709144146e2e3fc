"""The home page: the demo, and the newsroom's quick tool."""

import pytest

TEXT = "افتتحت البلدية أمس حديقة جديدة. وتضم الحديقة 12 شجرة زيتون."


@pytest.fixture
def reader(visit):
    return visit("")


def test_the_demo_article_plays_on_the_home_page(reader):
    assert reader.play()["phase"] == "playing"
    assert all(reader.until(lambda s: s["found"])["found"])
    reader.shoot("home-playing")


def test_a_pasted_text_is_heard_and_its_embed_line_is_given(reader, service):
    reader.page.get_by_label("نص المقال").fill(TEXT)
    reader.page.get_by_role("button", name="حوّله إلى صوت").click()
    reader.page.get_by_text("الصوت جاهز.").wait_for(timeout=60_000)
    line = reader.page.locator("#line").text_content()
    assert line.startswith(f'<script async src="{service}/embed.js" data-article="')
    assert reader.page.get_by_role("link", name="تنزيل MP3").is_visible()
    assert reader.play()["phase"] == "playing"
    reader.shoot("home-made")


def test_markup_is_taken_for_its_words_alone(reader):
    html = "<article><h1>عنوان</h1><p>نص <b>مهم</b> هنا.</p><script>document.title = 1</script></article>"
    reader.page.get_by_label("نص المقال").fill(html)
    reader.page.get_by_role("button", name="حوّله إلى صوت").click()
    reader.page.locator("#reader h1", has_text="عنوان").wait_for()
    assert reader.page.locator("#reader .text").inner_text() == "نص مهم هنا."
    assert reader.page.title() != "1"


@pytest.mark.usefixtures("switch")
def test_an_address_is_fetched_and_heard(reader, publisher):
    reader.page.get_by_label("عنوان المقال على الويب").fill(publisher.publish(publisher.page("")))
    reader.page.get_by_role("button", name="حوّله إلى صوت").click()
    reader.page.get_by_text("الصوت جاهز.").wait_for(timeout=60_000)
    assert "القطار من ثلاث عربات" in reader.page.locator("#reader .text").inner_text()
    reader.play()
    assert all(reader.until(lambda s: s["found"])["found"])
    reader.shoot("home-address")


def test_an_address_of_a_site_that_is_not_served_is_refused_in_arabic(reader):
    reader.page.get_by_label("عنوان المقال على الويب").fill("news.example/1")
    reader.page.get_by_role("button", name="حوّله إلى صوت").click()
    problem = reader.page.get_by_role("alert")
    reader.wait(problem.is_visible)
    assert "news.example" in problem.text_content()
    assert "لا تُجلب" in problem.text_content()


def test_an_empty_form_says_what_it_wants(reader):
    reader.page.get_by_role("button", name="حوّله إلى صوت").click()
    reader.page.get_by_role("alert").get_by_text("ألصق نص المقال أو اكتب عنوانه أولًا.").wait_for()


def test_a_dropped_file_fills_the_form(reader, tmp_path):
    file = tmp_path / "article.txt"
    file.write_text(TEXT, encoding="utf-8")
    reader.page.locator("[type=file]").set_input_files(file)
    reader.wait(lambda: reader.page.evaluate("document.querySelector('#text').value.includes('زيتون')"))
    drop = """() => {
        const data = new DataTransfer();
        data.items.add(new File(["نص آخر."], "b.txt", { type: "text/plain" }));
        dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
    }"""
    reader.page.evaluate(drop)
    reader.wait(lambda: reader.page.evaluate("document.querySelector('#text').value === 'نص آخر.'"))


def test_what_cannot_be_read_is_said_in_arabic(reader):
    reader.page.get_by_label("نص المقال").fill("!!!")
    reader.page.get_by_role("button", name="حوّله إلى صوت").click()
    problem = reader.page.get_by_role("alert")
    reader.wait(problem.is_visible)
    assert any("\u0600" <= letter <= "\u06ff" for letter in problem.text_content())
    reader.shoot("home-problem")


def test_voices_can_be_chosen(reader):
    reader.wait(lambda: reader.page.locator("[name=voice]").input_value())


def test_how_each_sentence_is_read_is_shown(reader):
    reader.page.get_by_text("كيف تُقرأ كل جملة؟").click()
    first = reader.page.locator(".readings li").first
    first.locator(".phonemes").wait_for(timeout=60_000)
    assert "قطار" in first.locator(".written").text_content()
    assert first.locator(".phonemes").text_content()
    reader.shoot("home-readings", full_page=True)

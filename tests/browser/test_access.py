"""Anyone can use it: by screen reader, by keyboard, on any screen, in light and dark, without motion."""

import pytest

AXE_RUN = """async (names) => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => [id, nodes.map(({ target, failureSummary }) =>
        [target.flat().join(" "), failureSummary])]);
}"""
NAMED = """player => [...player.shadowRoot.querySelectorAll("button, input, select, a")].map(control => [
    control.getAttribute("aria-label") || control.labels?.[0]?.textContent || control.textContent,
    control.outerHTML.slice(0, 80),
])"""
TARGETS = """player => [...player.shadowRoot.querySelectorAll("button, select, input, a, label")]
    .map(control => [control.closest("label") ?? control, control.getBoundingClientRect()])
    .filter(([control, box]) => box.width)
    .map(([control]) => [control.outerHTML.slice(0, 60), control.getBoundingClientRect()])
    .filter(([_, box]) => box.width < 44 || box.height < 44)
    .map(([html, box]) => [html, box.width, box.height])"""
TOOL_LINES = """player => new Set(
    [...player.shadowRoot.querySelectorAll(".tools > :not(.gap)")].map(tool => tool.offsetTop)).size"""
COLOURS = """() => {
    // What is painted behind lit text, and the text, as [red, green, blue] of 0 to 1.
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const paint = (...colours) => {
        for (const colour of colours) {
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
        }
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((value) => value / 255);
    };
    const text = document.querySelector("article p");
    const lit = (name) => getComputedStyle(text, `::highlight(${name})`).backgroundColor;
    document.body.style.backgroundColor = "Canvas";
    const page = getComputedStyle(document.body).backgroundColor;
    return {
        page: paint(page),
        sentence: paint(page, lit("istami-sentence")),
        word: paint(page, lit("istami-sentence"), lit("istami-word")),
        text: paint(getComputedStyle(text).color),
    };
}"""
WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def opened(visit, publisher, ready):
    def open_all(lang="ar", **options):
        reader = visit(publisher.news(ready, lang=lang), **options)
        play, more = {"ar": ("تشغيل", "خيارات أخرى"), "en": ("Play", "More options")}[lang]
        reader.press(play)
        reader.until(lambda s: s["phase"] == "playing" and s["marks"])
        reader.press(more)
        return reader

    return open_all


def audit(page, axe):
    page.add_script_tag(path=axe)
    return page.evaluate(AXE_RUN)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["ar", "en"])
def test_axe_finds_nothing_in_the_player(opened, axe, lang, scheme):
    reader = opened(lang, color_scheme=scheme)
    assert audit(reader.page, axe) == []
    reader.shoot(f"open-{lang}-{scheme}")


def test_axe_finds_nothing_in_an_error(visit, publisher, ready, axe):
    reader = visit(publisher.news(ready))
    reader.page.context.set_offline(True)
    reader.press("تشغيل")
    reader.until(lambda s: s["phase"] == "error")
    assert audit(reader.page, axe) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "player/{ready}"])
def test_axe_finds_nothing_in_our_own_pages(visit, ready, axe, path, scheme):
    reader = visit(path.format(ready=ready), bypass_csp=True, color_scheme=scheme)
    assert audit(reader.page, axe) == []


def test_every_control_has_an_arabic_name(opened):
    for name, html in opened().player().evaluate(NAMED):
        assert any("\u0600" <= letter <= "\u06ff" for letter in name), html


def test_targets_are_44_pixels_or_more(opened):
    assert opened(viewport={"width": 320, "height": 700}).player().evaluate(TARGETS) == []


def test_tab_goes_through_the_controls_in_reading_order(opened):
    reader = opened()
    reader.player().get_by_role("button", name="إيقاف مؤقّت", exact=True).first.focus()
    names = []
    for _ in range(8):
        reader.page.keyboard.press("Tab")
        names.append(
            reader.player().evaluate("player => player.shadowRoot.activeElement.getAttribute('aria-label')")
        )
    assert names == [
        "موضع الاستماع",
        "الجملة السابقة",
        "الرجوع 15 ثانية",
        "التقديم 15 ثانية",
        "الجملة التالية",
        "سرعة القراءة",
        "خيارات أخرى",
        "كتم الصوت",
    ]


@pytest.mark.parametrize("width", [320, 375, 768, 1280, 1920])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_every_screen(opened, width, scheme):
    reader = opened(viewport={"width": width, "height": 900}, color_scheme=scheme)
    assert not reader.page.evaluate(WIDE)
    assert reader.player().evaluate(TOOL_LINES) == 1
    reader.shoot(f"article-{width}-{scheme}")


@pytest.mark.parametrize("width", [320, 768, 1280, 1920])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_our_own_pages_fit_every_screen(visit, service, ready, width, scheme):
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    for name, path in (("home", ""), ("page", f"player/{ready}")):
        reader = visit(f"{service}/{path}", **options)
        assert not reader.page.evaluate(WIDE)
        reader.shoot(f"{name}-{width}-{scheme}")


def test_a_light_page_keeps_a_light_player_on_a_dark_device(visit, publisher, ready):
    light = publisher.page(publisher.line(ready)).replace('content="light dark"', 'content="light"')
    reader = visit(publisher.publish(light), color_scheme="dark")
    ink = reader.player().locator(".title").first.evaluate("e => getComputedStyle(e).color")
    assert ink == "rgb(0, 0, 0)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lit_text_is_legible_and_seen_to_be_lit(opened, scheme):
    colours = opened(color_scheme=scheme).page.evaluate(COLOURS)
    for lit in ("sentence", "word"):
        assert contrast(colours["text"], colours[lit]) >= 4.5
    assert contrast(colours["page"], colours["sentence"]) > 1.15
    assert contrast(colours["sentence"], colours["word"]) > 1.15


def contrast(one, other):
    """As WCAG 2.2 has it: the ratio of relative luminances."""
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_with_forced_colours_everything_can_still_be_seen(opened, axe, scheme):
    reader = opened(forced_colors="active", color_scheme=scheme)
    colours = reader.page.evaluate(COLOURS)
    assert contrast(colours["page"], colours["sentence"]) > 3
    main = reader.player().locator(".main").first
    button, icon = main.evaluate("e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]")
    assert button != icon
    assert audit(reader.page, axe) == []
    reader.shoot(f"forced-colours-{scheme}")


def test_the_keyboards_place_is_ringed(visit, publisher, ready):
    reader = visit(publisher.news(ready))
    reader.page.keyboard.press("Tab")
    main = reader.player().locator(".main").first
    assert main.evaluate("e => e.matches(':focus-visible')")
    style, width = main.evaluate("e => [getComputedStyle(e).outlineStyle, getComputedStyle(e).outlineWidth]")
    assert (style, width) == ("solid", "3px")
    reader.shoot("focus-ring")


def test_motion_is_calm_where_the_reader_asks(visit, publisher, ready):
    reader = visit(publisher.news(ready), reduced_motion="reduce", viewport={"width": 900, "height": 500})
    main = reader.player().locator(".main").first
    assert main.evaluate("e => getComputedStyle(e).transitionDuration") == "0s"
    reader.page.evaluate(
        "() => void (globalThis.scrollBy = ({ behavior }) => (globalThis.scrolled = behavior))"
    )
    reader.play()
    marks = reader.until(lambda s: s["found"])["marks"]
    reader.player().evaluate("(player, to) => player.currentTime = to", marks[14]["start"] + 0.1)
    assert reader.wait(lambda: reader.page.evaluate("globalThis.scrolled")) == "auto"


def test_the_mini_bar_comes_when_the_player_leaves_the_screen_and_can_be_closed(visit, publisher, ready, axe):
    reader = visit(publisher.news(ready), viewport={"width": 375, "height": 700})
    bar = reader.player().get_by_role("region", name="شريط الاستماع")
    reader.page.mouse.move(100, 400)
    reader.page.mouse.wheel(0, 1500)
    reader.page.wait_for_timeout(300)
    assert not bar.is_visible()  # nothing has been played
    reader.page.mouse.wheel(0, -1500)
    reader.play()
    reader.page.mouse.wheel(0, 1500)
    bar.wait_for()
    assert audit(reader.page, axe) == []
    reader.shoot("mini-375")
    bar.get_by_role("button", name="إيقاف مؤقّت").click()
    reader.until(lambda s: s["paused"])
    bar.get_by_role("button", name="إغلاق شريط الاستماع").click()
    assert not bar.is_visible()
    assert reader.player().evaluate("player => player.shadowRoot.activeElement?.className") == "main"

"""The pages say what was published, and nothing in an article can speak for the page."""

from html.parser import HTMLParser

import pytest

from service.model.document import Article, Paragraph, Role
from service.player import Recorded, embed_line, home, oembed, player_page

BASE = "https://audio.example/"
RECORDED = Recorded(
    id="2026-11-23~أ",
    article=Article(
        text="",
        paragraphs=(
            Paragraph("قطار الكتب", None, Role.TITLE),
            Paragraph("عاد القطار.", None),
            Paragraph("كيف تعمل؟", None, Role.HEADING),
        ),
        title="قطار الكتب",
        url="https://news.example/1?a=1&b=2",
        site="صحيفة الجبل",
    ),
)
HOSTILE = Recorded(
    id='x"><script>alert(1)</script>',
    article=Article("", (Paragraph("</p><script>alert(2)</script>", None),), title='"><img onerror=1> $base'),
)


class Tags(HTMLParser):
    def __init__(self, html: str):
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def named(self, tag):
        return [attrs for name, attrs in self.found if name == tag]


@pytest.mark.parametrize("page", [home, player_page])
def test_a_page_plays_the_article_and_shows_its_text(page):
    html = page(RECORDED, base=BASE)
    tags = Tags(html)
    assert tags.named("listen-article") == [
        {"src": "https://audio.example/v1/articles/2026-11-23~%D8%A3"},
    ]
    assert "<p>عاد القطار.</p>" in html
    assert "<h2>كيف تعمل؟</h2>" in html
    assert tags.named("html")[0]["dir"] == "rtl"


@pytest.mark.parametrize("page", [home, player_page])
def test_a_page_holds_no_inline_script_or_style(page):
    tags = Tags(page(HOSTILE, base=BASE))
    assert not tags.named("style")
    assert all(attrs.get("src", "").startswith(BASE) for attrs in tags.named("script"))
    attributes = {name for _, attrs in tags.found for name in attrs}
    assert "style" not in attributes
    assert not any(name.startswith("on") for name in attributes)


@pytest.mark.parametrize("page", [home, player_page])
def test_nothing_in_an_article_becomes_markup(page):
    html = page(HOSTILE, base=BASE)
    assert "alert(1)</script>" not in html
    assert "&lt;script&gt;alert(2)" in html
    assert "&lt;img onerror=1&gt; $base" in html


def test_the_player_page_can_be_found_by_oembed():
    (link,) = [a for a in Tags(player_page(RECORDED, base=BASE)).named("link") if a["rel"] == "alternate"]
    assert link["type"] == "application/json+oembed"
    assert link["href"].startswith(
        "https://audio.example/oembed?url=https%3A%2F%2Faudio.example%2Fplayer%2F2026"
    )


def test_the_player_page_names_the_publisher_as_the_source():
    (link,) = [a for a in Tags(player_page(RECORDED, base=BASE)).named("link") if a["rel"] == "canonical"]
    assert link["href"] == "https://news.example/1?a=1&b=2"


def test_oembed_tells_a_rich_frame_within_what_was_asked():
    told = oembed(RECORDED, base=BASE, max_width=400, max_height=150)
    assert (told["type"], told["version"], told["width"], told["height"]) == ("rich", "1.0", 400, 150)
    (frame,) = Tags(told["html"]).named("iframe")
    assert frame["src"] == "https://audio.example/player/2026-11-23~%D8%A3"
    assert frame["title"] == "قطار الكتب"


def test_oembed_gives_the_whole_player_its_height_where_nothing_is_asked():
    told = oembed(RECORDED, base=BASE)
    assert (told["width"], told["height"]) == (720, 232)


@pytest.mark.parametrize(
    ("first", "title"),
    [("قطار الكتب يعود", "قطار الكتب يعود"), ("عاد القطار أمس.", "مقال مسموع"), ("", "مقال مسموع")],
)
def test_an_article_without_a_title_is_called_by_its_headline(first, title):
    html = player_page(Recorded("x", Article("", (Paragraph(first, None),))), base=BASE)
    assert f"<title>{title}</title>" in html
    assert (f"<p>{first}</p>" in html) is (title != first)


def test_a_headline_that_comes_again_in_the_text_stands_there_too():
    paragraphs = (Paragraph("عودة المطر", None), Paragraph("هطل أمس.", None), Paragraph("عودة المطر", None))
    html = player_page(Recorded("x", Article("", paragraphs)), base=BASE)
    assert html.count("<h1>عودة المطر</h1>") == 1
    assert [each.text for each in Recorded("x", Article("", paragraphs)).body] == ["هطل أمس.", "عودة المطر"]


def test_the_embed_line_is_the_one_that_readme_shows():
    assert embed_line("42", base=BASE) == (
        '<script async src="https://audio.example/embed.js" data-article="42"></script>'
    )

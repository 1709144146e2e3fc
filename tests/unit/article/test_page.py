"""HTML → article."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.article import canonical_link, from_html
from service.model.document import Article, Role
from service.model.errors import BadArticle

CORPUS = Path(__file__).parents[2] / "corpus" / "html"
SENTENCE = "أعلنت الجماعة عن مشروع جديد لتزويد القرى بالماء."


def article(html: str, **about: str) -> Article:
    return from_html(html, max_characters=100_000, **about)


def told(made: Article) -> str:
    about = [f"{name}: {getattr(made, name)}" for name in ("title", "author", "site", "published")]
    lines = [f"{paragraph.role.name[0]} {paragraph.text}" for paragraph in made.paragraphs]
    return "\n".join([*(line for line in about if not line.endswith("None")), "", *lines])


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.html")), ids=lambda path: path.stem)
def test_page_is_read_as_its_editor_would_have_it(path: Path) -> None:
    made = article(path.read_text("utf-8"))
    assert told(made) == path.with_suffix(".txt").read_text("utf-8").rstrip("\n")
    for paragraph in made.paragraphs:
        if paragraph.span:
            assert made.text[paragraph.span.start : paragraph.span.end] == paragraph.text


def test_what_is_sent_beside_the_page_goes_before_what_the_page_tells() -> None:
    page = (CORPUS / "wordpress.html").read_text("utf-8")
    made = article(page, title="عنوان آخر", author="كاتب آخر", site="موقع آخر", url="https://a.ma/1")
    assert (made.title, made.author, made.site, made.url) == (
        "عنوان آخر",
        "كاتب آخر",
        "موقع آخر",
        "https://a.ma/1",
    )
    assert made.paragraphs[0].role is Role.TITLE
    assert made.paragraphs[0].span is None


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<p>مرحبا بكم</p>", ["مرحبا بكم"]),
        ("نص بلا وسوم", ["نص بلا وسوم"]),
        ("<h2>عنوان</h2>نص <b>غليظ</b> هنا<p>فقرة", ["عنوان", "نص غليظ هنا", "فقرة"]),
        ("<p>سطر<br>آخر</p>", ["سطر", "آخر"]),
        ("<p>ك&zwnj;لمة &nbsp; أخرى</p>", ["ك\u200cلمة أخرى"]),
        ("<p>\u202bنص\u202c \u200fيمين</p>", ["\u202bنص\u202c \u200fيمين"]),
        ("<p>أ &lt;ب&gt; &amp;amp; ج</p>", ["أ <ب> &amp; ج"]),
        ("<p>قبل<script>alert('لا')</script> بعد</p>", ["قبل بعد"]),
        ("<p>قبل</p><style>p{content:'لا'}</style><!-- لا --><?php لا ?>", ["قبل"]),
        ("<p>كلمة<b>وأخرى</b></p>", ["كلمةوأخرى"]),
        ("<P>حرف كبير</P><IMG alt='لا'>", ["حرف كبير"]),
        ("<p>غير مغلق <b>هنا <i>وهناك</p><p>تال", ["غير مغلق هنا وهناك", "تال"]),
        ("</div></p>مقلوب<p>", ["مقلوب"]),
        ("<p a=<b c='>نص</p>'>آخر", ["آخر"]),
        ("<<p>>نص<</p", [">نص<"]),
        ("<p>أ\x00ب \ud800 ج</p>", ["أ ب ج"]),
        ('<?xml version="1.0" encoding="utf-8"?><html><body><p>نص</p></body></html>', ["نص"]),
        ('<html><head><meta charset="windows-1256"></head><body><p>نص</p></body></html>', ["نص"]),
        ("<html><body><p>نص<html><body><p>آخر", ["نص", "آخر"]),
    ],
)
def test_small_and_broken_markup(html: str, lines: list[str]) -> None:
    assert [paragraph.text for paragraph in article(html).paragraphs] == lines


def test_article_in_a_class_that_tells_of_tags_is_read() -> None:
    html = f'<div class="post tags comments"><p>{SENTENCE}</p></div>'
    assert [paragraph.text for paragraph in article(html).paragraphs] == [SENTENCE]


def test_entities_that_a_document_declares_are_not_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "هاهاها"><!ENTITY b "&a;&a;&a;">]>'
    assert "هاها" not in article(f"{bomb}<p>&b; {SENTENCE}</p>").paragraphs[-1].text


def test_files_and_addresses_that_a_page_names_are_not_fetched() -> None:
    declared = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
    html = f'{declared}<link href="http://127.0.0.1:9/x.css"><p>&f; {SENTENCE}</p>'
    assert article(html).text.endswith(SENTENCE)


@pytest.mark.parametrize("html", ["", " \n", "\u00a0"])
def test_empty_page_is_refused(html: str) -> None:
    with pytest.raises(BadArticle, match="empty") as refusal:
        article(html)
    assert refusal.value.field == "html"


@pytest.mark.parametrize(
    "html",
    [
        "<p></p>",
        "<html></html>",
        "<script>alert(1)</script>",
        "<p>😀</p>",
        "<!-- نص -->",
        "<",
        "<!DOCTYPE html>",
        "<html><body><p>...</p></body></html>",
        '<script type="application/ld+json">{"articleBody": "نص"}</script>',
        '<html><script type="application/ld+json">{"articleBody":</script></html>',
    ],
)
def test_page_without_an_article_is_refused(html: str) -> None:
    with pytest.raises(BadArticle, match="No article") as refusal:
        article(html)
    assert refusal.value.field == "html"
    assert "مقال" in refusal.value.ar


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 14_000 + SENTENCE,
        "<html><body>" + "<div>" * 14_000 + SENTENCE,
        "<html><body>" + "<b>" * 14_000 + SENTENCE + "</b>" * 14_000,
        "<table>" * 7_000 + SENTENCE,
        "<html><body>" + "<ul><li>" * 7_000 + SENTENCE,
        "<" * 1_000_000,
        "&" * 1_000_000,
        "<html>" + "[" * 100_000,
        '<html><script type="application/ld+json">' + '{"articleBody":[' * 60_000 + "</script></html>",
        "<p>" + "</b></i>" * 100_000,
        "<!--" * 400_000,
        "<![CDATA[" * 200_000,
        "&#x" + "9" * 1_000_000 + ";",
        '<html><script type="application/ld+json">{"author":{"name":"'
        + "x" * 1_000_000
        + f"</script>{SENTENCE}",
        '<html><script type="application/ld+json">' + '"author":[' * 100_000 + f"</script><p>{SENTENCE}",
        f'<html><meta name="date" content="{"2024 " * 300_000}"><p>{SENTENCE}',
    ],
    ids=range(16),
)
def test_bomb_is_read_or_refused_in_time(html: str) -> None:
    try:
        made = article(html)
    except BadArticle as refusal:
        made = None
        field = refusal.field
    assert made.text if made else field == "html"


@pytest.mark.parametrize(
    ("html", "limit"),
    [
        ("<p>" * 15_001 + SENTENCE, "15000"),
        (f"<p {' '.join(f'a{n}' for n in range(1001))}>{SENTENCE}", "1000"),
        ("<p " + "/".join(f"a{n}='>'" for n in range(1001)) + f">{SENTENCE}", "1000"),
        ("<script>'<a x=\"'</script><p x='\">' " + " ".join(f"a{n}=1" for n in range(99_999)), "1000"),
        ("<p>" + "ا" * 2_000_000, "2000000"),
        (f'<a title="{"x" * 2_000_000}">{SENTENCE}</a>', "2000000"),
        (f"<p>{'ا' * 100_001}</p>", "100000"),
    ],
)
def test_page_over_a_limit_is_refused_with_the_limit(html: str, limit: str) -> None:
    with pytest.raises(BadArticle, match=limit) as refusal:
        article(html)
    assert limit in refusal.value.ar
    assert refusal.value.field == "html"


def test_long_tag_of_few_attributes_is_no_crowd() -> None:
    attributes = " ".join(f"a{number}='{'x ' * 9}'" for number in range(999))
    assert article(f"<p {attributes}>{SENTENCE}").text == SENTENCE


def test_huge_attribute_does_no_harm() -> None:
    assert article(f'<html><body><p title="{"x" * 1_900_000}">{SENTENCE}</p>').text == SENTENCE


MARKUP = st.sampled_from(
    [
        *("<p>", "</p>", "<div ", ">", "<", "&", "&#0;", ";", "<html>", "<body>", "<h1>", "</h1>", "<br>"),
        *("نص هنا. ", '"', "'", "=", "<!--", "-->", "<script>", "</script>", "<table>", "<tr>", "<td>"),
        *("\x00", "\ud800", "\n", "<li>", "<svg>", "]]>", "<?", "class=tags ", "hidden "),
    ]
)


@settings(deadline=None)
@given(st.lists(MARKUP, max_size=40).map("".join))
def test_any_markup_is_read_truly_or_refused(html: str) -> None:
    try:
        made = article(html)
    except BadArticle:
        return
    made.text.encode()
    for paragraph in made.paragraphs:
        paragraph.text.encode()
        if paragraph.span:
            assert made.text[paragraph.span.start : paragraph.span.end] == paragraph.text


class TestMarkedBody:
    @pytest.mark.parametrize("frame", ["{}", "<html><head><title>خبر</title></head><body>{}</body></html>"])
    def test_it_alone_is_read_wherever_it_stands(self, frame: str) -> None:
        inner = f"<p>قبله.</p><div data-istami-body><h2>فصل</h2><p>{SENTENCE}</p></div>ذيل<p>بعده.</p>"
        made = article(frame.format(inner))
        said = [(paragraph.text, paragraph.role) for paragraph in made.paragraphs]
        assert said[-2:] == [("فصل", Role.HEADING), (SENTENCE, Role.BODY)]
        assert not any(word in made.text for word in ("قبله", "ذيل", "بعده"))

    def test_several_are_read_in_order_and_one_within_another_once(self) -> None:
        made = article(
            "<div data-istami-body><p>أول.</p><div data-istami-body><p>ثان.</p></div></div><p>بينهما.</p>"
            "<div data-istami-body=''><p>ثالث.</p></div>"
        )
        assert [paragraph.text for paragraph in made.paragraphs] == ["أول.", "ثان.", "ثالث."]

    def test_an_empty_one_is_as_none(self) -> None:
        made = article(f"<div data-istami-body><img></div><p>{SENTENCE}</p>")
        assert made.paragraphs[-1].text == SENTENCE


@pytest.mark.parametrize(
    ("html", "link"),
    [
        ('<html><head><link rel="canonical" href=" /a "></head></html>', "/a"),
        ('<head><LINK REL="nofollow Canonical" HREF="https://news.example/a">', "https://news.example/a"),
        ('<head><link rel="canonical"><link rel="canonical" href="/b">', "/b"),
        ('<head><link rel="alternate" href="/a">', None),
        ('<body><link rel="canonical" href="/a"></body>', None),
        ("", None),
        ("<", None),
    ],
)
def test_a_page_names_its_own_address_in_its_head(html: str, link: str | None) -> None:
    assert canonical_link(html) == link

"""Which voice reads an article: its request, or the rules of its site."""

from __future__ import annotations

import shutil

import pytest

from service.articles.casting import written_in
from service.config.settings import Settings
from service.model.article import Submission
from service.model.errors import BadSites, UnknownVoice, UnlawfulVoice, UnspokenLanguage
from service.server.container import Container

CARD = """
id = "{id}"
engine = "espeak"
language = "{language}"
dialect = "standard"
gender = "male"
sample_rate = 22050
licence = "ours"
commercial_use = "{use}"
attribution = "us"
name = {{ ar = "صوت", en = "Voice" }}
limits = {{ characters = 600 }}
options = {{ voice = "{language}" }}
"""
VOICES = {"layla": "ar", "sport": "ar", "house": "ar", "joe": "en", "jane": "en-GB", "marie": "fr"}
SITE = """
["news.example"]
voice = "house"
[\"news.example\".voices]
authors = {"ليلى المراكشي" = "layla", "Jane Doe" = "jane"}
sections = {"رياضة" = "sport", "World" = "joe"}
languages = {en = "joe"}

["arabic.example"]
voices = {sections = {"رياضة" = "sport"}}

["plain.example"]
voice = "house"

["with-section.example"]
voice = "house"
section = "أخبار"
voices = {sections = {"رياضة" = "sport"}}
"""
ARABIC = "عاد الصيادون إلى المرفأ قبل العاصفة، كما قالت BBC."
ENGLISH = "The minister, who lives in الدار البيضاء with his family, said on Monday that 25 people returned."
FRENCH = "Les pêcheurs sont rentrés au port avant la tempête, selon le ministère."
PAGE = (
    '<html lang="{lang}"><head>{head}</head>'
    "<body><article><h1>{title}</h1><p>{text}</p></article></body></html>"
)
OPEN_GRAPH = '<meta property="article:section" content=" رياضة ">'
LINKED = (
    '<script type="application/ld+json">{"@type": "NewsArticle", "articleSection": ["World", "x"]}</script>'
)
AUTHOR = '<meta name="author" content="بقلم: ليلى المراكشي">'


@pytest.fixture
def parts(tmp_path) -> Container:
    for id_, language in VOICES.items():
        (tmp_path / "voices" / id_).mkdir(parents=True)
        card = CARD.format(id=id_, language=language, use="unknown" if id_ == "jane" else "yes")
        (tmp_path / "voices" / id_ / "card.toml").write_text(card, encoding="utf-8")
    (tmp_path / "sites.toml").write_text(SITE, encoding="utf-8")
    return Container(Settings(data_dir=tmp_path))


def cast(parts: Container, **fields) -> tuple[str | None, str | None]:
    request = parts.intake.completed(Submission(**{"site": "news.example", **fields}))
    done = parts.casting.cast(request, parts.intake.extract(request))
    return done.voice, done.latin_voice


@pytest.mark.parametrize(
    ("fields", "voice"),
    [
        ({}, "house"),
        ({"section": "رياضة"}, "sport"),
        ({"section": " رِياضة "}, "sport"),
        ({"section": "سياسة"}, "house"),
        ({"author": "ليلى المراكشي"}, "layla"),
        ({"author": "بقلم ليلى  المراكشي"}, "layla"),
        ({"author": "سعيد العلمي، ليلى المراكشي"}, "layla"),
        ({"author": "ليلى"}, "house"),
        ({"author": "ليلى المراكشي", "section": "رياضة"}, "layla"),
        ({"author": "ليلى المراكشي", "section": "رياضة", "voice": "espeak-ar"}, "espeak-ar"),
        ({"author": "Jane Doe"}, "house"),
        ({"section": "World"}, "house"),
        ({"site": "plain.example", "section": "رياضة"}, "house"),
        ({"site": "arabic.example"}, "espeak-ar"),
        ({"site": None}, None),
    ],
)
def test_the_most_particular_rule_that_speaks_arabic_decides(parts, fields, voice):
    assert cast(parts, text=ARABIC, **fields) == (voice, None)


@pytest.mark.parametrize(
    ("fields", "latin"),
    [
        ({}, "joe"),
        ({"author": "jane doe"}, "jane"),
        ({"author": "ليلى المراكشي"}, "joe"),
        ({"section": "world"}, "joe"),
        ({"voice": "jane"}, "jane"),
    ],
)
def test_an_english_article_gets_an_english_voice(parts, fields, latin):
    assert cast(parts, text=ENGLISH, **fields) == ("house", latin)


def test_what_is_in_arabic_in_it_is_read_by_the_arabic_voice(parts):
    request = parts.intake.completed(Submission(text=ENGLISH, site="news.example"))
    readings, sound = parts.article_service.read(request)

    assert (sound.voice, sound.latin.voice) == ("house", "joe")
    assert [(piece.text, piece.latin) for reading in readings for piece in reading.pieces] == [
        ("The minister, who lives in", True),
        ("الدار البيضاء", False),
        ("with his family, said on Monday that 25 people returned.", True),
    ]


def test_an_article_without_a_voice_for_its_language_is_refused_by_name(parts):
    with pytest.raises(UnspokenLanguage, match=r"English.*arabic\.example.*Installed: jane, joe") as refused:
        cast(parts, text=ENGLISH, site="arabic.example")
    assert "بالإنجليزية" in refused.value.ar
    with pytest.raises(UnspokenLanguage, match=r"French.*--language fr.*marie"):
        cast(parts, text=FRENCH)


def test_a_site_without_rules_reads_foreign_text_as_before(parts):
    assert cast(parts, text=ENGLISH, site=None) == (None, None)
    assert cast(parts, text=ENGLISH, site="plain.example") == ("house", None)


def test_an_english_voice_is_not_given_arabic(parts):
    with pytest.raises(UnspokenLanguage, match=r"Arabic.*joe does not speak"):
        cast(parts, text=ARABIC, voice="joe")


@pytest.mark.parametrize(
    ("head", "voice"),
    [("", "house"), (OPEN_GRAPH, "sport"), (AUTHOR, "layla"), (AUTHOR + OPEN_GRAPH, "layla")],
)
def test_section_and_author_are_taken_from_the_page(parts, head, voice):
    page = PAGE.format(lang="ar", head=head, title="العاصفة", text=ARABIC * 5)

    assert cast(parts, html=page, url="https://news.example/rain") == (voice, None)


def test_the_section_in_linked_data_counts_too(parts):
    page = PAGE.format(lang="ar", head=LINKED, title="Storm", text=ENGLISH * 5)
    request = Submission(html=page)

    assert parts.intake.extract(request).section == "World"
    assert cast(parts, html=page) == ("house", "joe")


def test_the_request_s_section_wins_over_the_page_s(parts):
    page = PAGE.format(lang="ar", head=OPEN_GRAPH, title="العاصفة", text=ARABIC * 5)

    assert cast(parts, html=page, section="سياسة") == ("house", None)


@pytest.mark.parametrize(
    ("text", "lang", "language"),
    [
        (ARABIC, "en", "ar"),
        (ENGLISH, "ar", "en"),
        (FRENCH, "ar", "fr"),
        (ENGLISH, "fr-FR", "fr"),
        ("هبط سهم Alphabet.", "ar", "ar"),
    ],
)
def test_the_letters_decide_the_script_and_the_page_the_language(parts, text, lang, language):
    page = PAGE.format(lang=lang, head="", title=text[:20], text=text * 5)

    assert written_in(parts.intake.extract(Submission(html=page)), "ar") == language


def test_a_rule_whose_voice_is_gone_is_refused_by_name_and_not_replaced(parts, tmp_path):
    shutil.rmtree(tmp_path / "voices" / "sport")

    with pytest.raises(UnknownVoice, match=r"no voice “sport”.*Installed: espeak-ar, house"):
        cast(parts, text=ARABIC, section="رياضة")


def test_a_commercial_site_refuses_the_voice_of_a_rule(parts, tmp_path):
    file = tmp_path / "sites.toml"
    file.write_text(
        SITE.replace('voice = "house"', 'commercial = true\nvoice = "house"', 1), encoding="utf-8"
    )

    with pytest.raises(UnlawfulVoice, match="jane"):
        parts.article_service.read(Submission(text=ENGLISH, site="news.example", author="Jane Doe"))


@pytest.mark.parametrize(
    "voices", ['{languages = {de = "joe"}}', '{colours = {red = "joe"}}', '{authors = ["joe"]}']
)
def test_a_rule_that_means_nothing_is_refused_by_name(parts, tmp_path, voices):
    (tmp_path / "sites.toml").write_text(f'["news.example"]\nvoices = {voices}\n', encoding="utf-8")

    with pytest.raises(BadSites, match="voices"):
        parts.sites.get("news.example")


def test_the_section_of_a_page_counts_before_that_of_its_site(parts: Container) -> None:
    page = PAGE.format(lang="ar", head=OPEN_GRAPH, title="خبر", text=ARABIC)
    assert cast(parts, site="with-section.example", html=page) == ("sport", None)
    assert cast(parts, site="with-section.example", text=ARABIC)[0] == "house"


@pytest.mark.parametrize("url", ["https://[abc/x", "https://", "", "x", None])
def test_an_address_without_a_host_belongs_to_no_site(parts: Container, url: str | None) -> None:
    assert not parts.sites.is_commercial(None, url)

"""In which variant an article is read whose site sets none."""

import pytest

from service.article import from_html, from_text
from service.config.settings import Settings
from service.model.article import Submission
from service.server.container import Container
from service.text.pipeline.locales import resolve

TEXT = "افتتح المعرض في 1/9/2024 بكلفة 20 €."
PAGE = "<html lang='{lang}'><body><article><p>{text}</p></article></body></html>"


@pytest.mark.parametrize("wanted", ["ar", "ar-MA", "ar-DZ", "ar-TN", "ar-EG", "ar-SA", "ar-LB"])
def test_a_setting_outweighs_all_that_an_article_tells(wanted):
    assert resolve(wanted, language="ar-EG", url="https://a.ma/", text="في شتنبر") == wanted


@pytest.mark.parametrize(
    ("told", "locale"),
    [
        ({"language": "ar-MA"}, "ar-MA"),
        ({"language": "ar_EG"}, "ar-EG"),
        ({"language": "ar-Arab-SA"}, "ar-SA"),
        ({"language": "ar-SY"}, "ar-LB"),
        ({"language": "ar-AE", "url": "https://a.ma/"}, "ar"),
        ({"language": "ar"}, "ar"),
        ({"language": "fr-MA"}, "ar"),
        ({"language": "ar", "url": "https://www.news.example.ma/1"}, "ar-MA"),
        ({"url": "https://news.example.sa/1"}, "ar-SA"),
        ({"url": "https://news.example.jo"}, "ar-LB"),
        ({"url": "https://news.example.qa"}, "ar"),
        ({"language": "ar-DZ"}, "ar-DZ"),
        ({"language": "ar-tn"}, "ar-TN"),
        ({"url": "https://news.example.dz/1"}, "ar-DZ"),
        ({"url": "https://www.news.example.tn"}, "ar-TN"),
        ({"language": "ar-DZ", "url": "https://news.example.tn"}, "ar-DZ"),
        ({"language": "ar-LY"}, "ar"),
        ({"url": "https://news.example.com"}, "ar"),
        ({"url": "http://[broken"}, "ar"),
    ],
)
def test_the_page_tells_its_country(told, locale):
    assert resolve("auto", **told) == locale


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("في شتنبر الماضي", "ar-MA"),
        ("من غشت إلى نونبر، بكلفة 20 DH", "ar-MA"),
        ("وفي أيلول، وفي تموز", "ar-LB"),
        ("خلال أيلول/سبتمبر", "ar"),
        ("في سبتمبر", "ar"),
        ("في سبتمبر، بقيمة 20 ج.م", "ar-EG"),
        ("بقيمة 300 ر.س", "ar-SA"),
        ("300 SAR أو 500 EGP", "ar"),
        ("في يناير", "ar"),
        ("لا شيء يدل على بلد", "ar"),
        ("ذهب الشتنبري إلى السوق", "ar"),
        ("التقت تيريزا ماي وزراءها", "ar"),
        ("سافر إلى شيانغ ماي", "ar"),
        ("خلال شهر ماي", "ar-MA"),
        ("في 12 ماي", "ar-MA"),
        ("منذ ماي 2019", "ar-MA"),
        ("بين ماي وغشت", "ar-MA"),
        ("استقال حميد شباط", "ar"),
        ("نقلت LE MONDE الخبر", "ar"),
        ("غنى LL COOL J أمس", "ar"),
        ("سيارة SR الجديدة", "ar"),
        ("بسعر 40LE", "ar-EG"),
        ("بكلفة 3 ملايين LL", "ar-LB"),
        ("بثمن SR 90", "ar-SA"),
        ("بسعر 900 د.ج", "ar-DZ"),
        ("بثمن 12,500 د.ت", "ar-TN"),
        ("في سبتمبر، بسعر 900 DA", "ar-DZ"),
        ("خلال شهر ماي، بسعر 40 DT", "ar-TN"),
        ("في جويلية، افتتح المعرض في تونس", "ar-TN"),
        ("من جانفي إلى سبتمبر، قال وزير جزائري", "ar-DZ"),
        ("في فيفري وماي", "ar-DZ"),
        ("منذ 5 أوت، بسعر 20 د.ت", "ar-TN"),
        ("في جويلية، بكلفة 20 DH", "ar-DZ"),
        ("في 12 ماي، ثم في سبتمبر", "ar"),
        ("في غشت وجويلية", "ar"),
        ("خلال أوت/أغسطس 2024", "ar"),
        ("أوت العائلة لاجئين في سبتمبر", "ar"),
        ("غنت أفريل لافين", "ar"),
        ("في سبتمبر، في تونس", "ar"),
    ],
)
def test_the_text_tells_where_the_page_does_not(text, locale):
    assert resolve("auto", text=text) == locale


@pytest.fixture
def intake(monkeypatch, tmp_path):
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path))
    return Container(Settings()).intake


def heard(intake, article, site=None, locale=None):
    readings = intake.read(article, site, locale=locale)
    return " ".join(piece.spoken for reading in readings for piece in reading.pieces)


def test_a_bare_install_is_neutral(intake):
    said = heard(intake, intake.extract(Submission(text=TEXT)))

    assert "سِبْتَمْبِر" in said
    assert "يُورُو" in said


@pytest.mark.parametrize(
    ("lang", "month"), [("ar-MA", "شُتَنْبِر"), ("ar-LB", "أَيْلُول"), ("ar-TN", "سِبْتَمْبِر"), ("ar", "سِبْتَمْبِر")]
)
def test_the_language_of_a_page_decides(intake, lang, month):
    page = intake.extract(Submission(html=PAGE.format(lang=lang, text=TEXT)))

    assert page.language == lang
    assert month in heard(intake, page)


def test_a_site_has_a_variant_of_its_own(intake):
    intake.sites.keep("news.example", {"locale": "ar-MA"})
    article = from_text(TEXT, max_characters=1000)

    assert "شُتَنْبِر" in heard(intake, article, "news.example")
    assert "سِبْتَمْبِر" in heard(intake, article)


def test_a_request_outweighs_its_site(intake):
    intake.sites.keep("news.example", {"locale": "ar-MA"})
    article = from_text(TEXT, max_characters=1000)

    assert "أَيْلُول" in heard(intake, article, "news.example", "ar-LB")
    assert "سِبْتَمْبِر" in heard(intake, article, "news.example", "auto")
    assert "شُتَنْبِر" in heard(intake, article, "news.example", None)


def test_metadata_tell_the_language_where_the_element_does_not():
    head = "<head><meta property='og:locale' content='ar_EG'></head>"
    page = f"<html>{head}<body><p>نص طويل هنا.</p></body></html>"

    assert from_html(page, max_characters=1000).language == "ar_EG"

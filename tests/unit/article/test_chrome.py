"""Which lines of a page are read."""

from pathlib import Path

import pytest

from service.article import from_text

CORPUS = Path(__file__).parents[2] / "corpus" / "chrome" / "lines.tsv"
ABOVE = "أعلنت الجماعة، اليوم، عن مشروع لتزويد القرى المجاورة بالماء الصالح للشرب ابتداء من الصيف المقبل."
BELOW = "وقال رئيسها إن الأشغال ستنطلق قبل نهاية الشهر، وإن كلفتها لن تتجاوز ما رصد لها في الميزانية."


def cases() -> list[list[str]]:
    lines = CORPUS.read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def read(text: str) -> list[str]:
    return [paragraph.text for paragraph in from_text(text, max_characters=10_000).paragraphs]


@pytest.mark.parametrize(("place", "fate", "line"), cases())
def test_line_is_read_or_left_out(place: str, fate: str, line: str) -> None:
    lines = {"head": [line, ABOVE, BELOW], "middle": [ABOVE, line, BELOW], "tail": [ABOVE, BELOW, line]}[
        place
    ]
    kept = [line] if fate == "keep" else []
    assert read("\n".join(lines)) == [shown for shown in lines if shown != line or kept]


@pytest.mark.parametrize(
    "label",
    [
        "الخط : إستمع للمقال ",
        "الخط: استمع للمقال ",
        "إستمع للمقال ",
        "حجم الخط A+ A- استمع للمقال ",
        "استمع إلى المقال 03:45 ",
        "استمع للمقال: ",
        "استمع للخبر - ",
        "▶ استمع للمقال | ",
    ],
)
def test_player_on_the_line_of_the_first_sentence_is_not_read(label: str) -> None:
    assert read(label + ABOVE + "\n" + BELOW) == [ABOVE, BELOW]
    assert read("أول سطر من العنوان\n" + label + ABOVE + "\n" + BELOW) == ["أول سطر من العنوان", ABOVE, BELOW]


@pytest.mark.parametrize(
    "opening",
    [
        "استمع للمقال كاملا ثم اكتب رأيك فيه.",
        "استمع للمقال الذي قرأه الكاتب بصوته.",
        "استمع للخبر وهو في طريقه إلى البيت.",
        "الخط العربي فن أصيل.",
        "الخط : أصله وتاريخه.",
        "استمع للمقالات كلها.",
        "استمعنا للمقال معا.",
    ],
)
def test_prose_that_opens_like_a_player_is_read(opening: str) -> None:
    assert read(opening + "\n" + BELOW) == [opening, BELOW]


@pytest.mark.parametrize(
    "tags",
    ["الوسوم الأمن المغرب الحموشي", "الوسوم: الأمن، المغرب", "Tags: Maroc", "كلمات مفتاحية الماء الجفاف"],
)
def test_tags_on_the_line_of_the_last_sentence_are_not_read(tags: str) -> None:
    assert read(f"{ABOVE}\n{BELOW} {tags}") == [ABOVE, BELOW]


@pytest.mark.parametrize(
    "ending",
    [
        "الوسوم التي وزعت أمس كثيرة",
        "الوسوم وزعت أمس.",
        "هذه هي الوسوم الجديدة",
        "الكلمات المفتاحية في الخطاب ثلاث",
    ],
)
def test_prose_after_the_last_stop_is_read(ending: str) -> None:
    assert read(f"{ABOVE} {ending}") == [f"{ABOVE} {ending}"]


def test_a_list_of_tags_below_the_article_is_not_read() -> None:
    assert read(f"{ABOVE}\n{BELOW}\nالوسوم:\nالماء\nالقرى\nبرنامج التزويد") == [ABOVE, BELOW]


def test_the_link_below_read_also_is_not_read() -> None:
    assert read(f"{ABOVE}\nاقرأ أيضا:\nالحكومة تقر قانون المالية الجديد\n{BELOW}") == [ABOVE, BELOW]


def test_prose_below_read_also_is_read() -> None:
    assert read(f"{ABOVE}\nاقرأ أيضا\n{BELOW}") == [ABOVE, BELOW]


def test_a_bar_of_networks_with_one_on_each_line_is_not_read() -> None:
    assert read(f"{ABOVE}\nشارك\nفيسبوك\nتويتر\nواتساب\n{BELOW}") == [ABOVE, BELOW]


def test_a_page_of_nothing_but_chrome_is_read_as_it_is() -> None:
    assert read("اقرأ أيضا") == ["اقرأ أيضا"]
    assert read("شارك\nطباعة") == ["شارك", "طباعة"]


def test_a_whole_page_with_chrome_all_around() -> None:
    page = [
        "الرئيسية » مجتمع",
        "الماء يصل إلى القرى",
        "الثلاثاء 5 مارس 2024 - 12:30",
        "شارك فيسبوك تويتر",
        "الخط : إستمع للمقال " + ABOVE,
        "اقرأ أيضا: السدود تمتلئ",
        BELOW,
        "الوسوم الماء القرى",
        "اقرأ أيضا",
        "التعليقات (3)",
        "جميع الحقوق محفوظة © 2024",
    ]
    assert read("\n".join(page)) == ["الماء يصل إلى القرى", ABOVE, BELOW]

"""Texts that leave out hamzas, or the dots of final yāʾ, are read as if they had them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from service.config.settings import Settings
from service.model.article import Submission
from service.server.container import Container
from service.text.core.orthography import skeleton
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.normalisation.final_ya import is_undotted

INTAKE = Container(Settings()).intake
OWN = Path(__file__).parents[3] / "benchmarks" / "data" / "news_diacritised.txt"


@cache
def _diacritiser() -> Diacritiser:
    return Diacritiser()


def spelt(text: str) -> str:
    """What an article is read as, without vowels, with all its letters."""
    readings = INTAKE.read(INTAKE.extract(Submission(text=text)))
    spoken = (" ".join(piece.spoken for piece in reading.pieces) for reading in readings)
    return " ".join(skeleton(_diacritiser().diacritise(each)) for each in spoken)


HAMZAS = [
    "أعلن الأمين العام للأمم المتحدة أن الأوضاع تتحسن في أفريقيا.",
    "وأكد أن حقوق الإنسان أولوية.",
    "قال أحد أفراد الأسرة إنه سمع إطلاق نار أمس.",
    "أدى انفجار إلى إصابة أربعة أشخاص.",
    "أفاد مصدر أمني أو عسكري أن الجيش انسحب.",
    "إذا استمر الأمر فإن الأزمة ستطول.",
    "انتخب الاتحاد رئيسا آخر.",
    "استقبل الوزير الوفد لأن الاجتماع تأجل.",
    "اجتمع أعضاء اللجنة الأولمبية في الإسكندرية.",
    "وقال أيضاً إن الأمر انتهى.",
]


@pytest.mark.parametrize("text", HAMZAS)
def test_hamzas_that_are_left_out_are_read(text: str) -> None:
    without = text.translate(str.maketrans("أإآ", "ااا"))
    assert without != text
    assert spelt(without) == skeleton(text)


@pytest.mark.parametrize(
    "text",
    [
        "اجتمع المجلس واتخذ القرار.",
        "كان اسم الابن واحدا من الأسماء.",
        "لابد من كامل الاحترام.",
        "استمر الاجتماع ساعة.",
        "واصل الفريق انتصاراته.",
        "انتخب الاتحاد رئيسا.",
        "زار الوفد فاس وساحة جامع الفنا.",
        "رسم خطاً على الورق.",
    ],
)
def test_an_alif_without_hamza_stays(text: str) -> None:
    assert spelt(text) == skeleton(text)


def test_no_letter_of_well_spelt_news_changes() -> None:
    lines = [skeleton(line) for line in OWN.read_text("utf-8").splitlines() if line]
    assert len(lines) > 20
    assert [skeleton(_diacritiser().diacritise(line)) for line in lines] == lines


def test_what_decides_a_word_is_known_by_its_whole_spelling() -> None:
    said, decisions = _diacritiser().explain("اعلن الوزير الخبر.")
    assert skeleton(said) == "أعلن الوزير الخبر."
    assert len(decisions) == 3


EGYPTIAN = {
    "قال المتحدث الرسمى فى القاهرة إن الأهلى تعادل مع الإسماعيلى.": (
        "قال المتحدث الرسمي في القاهرة إن الأهلي تعادل مع الإسماعيلي."
    ),
    "وهى الزيارة التى تأتى فى إطار التعاون العربى وتبقى على مستوى عال حتى النهاية.": (
        "وهي الزيارة التي تأتي في إطار التعاون العربي وتبقى على مستوى عال حتى النهاية."
    ),
    "لقى شاب مصرعه وتوفى آخر فى مستشفى الجامعة.": "لقي شاب مصرعه وتوفي آخر في مستشفى الجامعة.",
    "أجرى الوزير مباحثات مع الجانب الروسى فى موسكو، ويجرى العمل على مبنى آخر.": (
        "أجرى الوزير مباحثات مع الجانب الروسي في موسكو، ويجري العمل على مبنى آخر."
    ),
    "أدى الحادث الذى وقع أمس إلى إصابة مصطفى وليلى.": "أدى الحادث الذي وقع أمس إلى إصابة مصطفى وليلى.",
    "تعادل نادى الزمالك فى أسوان، وقال القاضى إن أحدا لا يعنى ذلك.": (
        "تعادل نادي الزمالك في أسوان، وقال القاضي إن أحدا لا يعني ذلك."
    ),
    "انتهى الدورى المصرى للدرجة الأولى، وهو الأعلى مستوى فى القارة.": (
        "انتهى الدوري المصري للدرجة الأولى، وهو الأعلى مستوى في القارة."
    ),
}


@pytest.mark.parametrize(("written", "read"), EGYPTIAN.items())
def test_final_ya_without_dots_is_ya_and_alif_maqsura_stays(written: str, read: str) -> None:
    assert spelt(written) == read


@pytest.mark.parametrize(
    "text",
    [
        "انتهى اللقاء في مستشفى المدينة الكبرى.",
        "تلقى مصطفى الدعوى من المستوى الأعلى.",
        "يعنى الكتاب بقرى لم يأت على ذكرها أحد في منتدى الفتوى.",
        "على الجدوى أن ترى القوى.",
    ],
)
def test_a_text_with_its_dots_stays(text: str) -> None:
    assert not is_undotted(text)
    assert spelt(text) == text


def test_a_single_word_without_dots_is_read_if_it_cannot_be_another() -> None:
    assert spelt("وصل الفريق فى موعده إلى المدينة التي زارها في الماضي.").startswith("وصل الفريق في موعده")


def test_marks_of_the_author_say_that_it_is_alif_maqsura() -> None:
    assert "هُدًى" in " ".join(
        piece.spoken
        for reading in INTAKE.read(INTAKE.extract(Submission(text="فى المصرى التى كانت هُدًى.")))
        for piece in reading.pieces
    )

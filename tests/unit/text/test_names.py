"""Names of people: their vowels, clitics and endings, and who is known from elsewhere in the article."""

from __future__ import annotations

import re
from functools import cache

import pytest

from service.config.settings import Settings
from service.model.article import Submission
from service.server.container import Container
from service.text.core.orthography import FATHATAN, KASRA, TANWIN
from service.text.core.spelling import letters
from service.text.core.tables import rows
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.names.registry import all_names

INTAKE = Container(Settings()).intake
MARKS = "ًٌٍَُِّْٰ"
SUN = set("تثدذرزسشصضطظلن")


def readings(text: str) -> list[str]:
    """What each sentence of an article is read as, before the endings."""
    article = INTAKE.extract(Submission(text=text))
    return [" ".join(piece.spoken for piece in reading.pieces) for reading in INTAKE.read(article)]


@cache
def _diacritiser() -> Diacritiser:
    return Diacritiser()


def vowelled(text: str) -> str:
    return " ".join(_diacritiser().diacritise(sentence) for sentence in readings(text))


ALWAYS = [
    ("سافرت شذى إلى باريس", "شَذَى"),
    ("التقى المدير بشذى صباحا", "بِشَذَى"),
    ("سلمت الجائزة لميسون", "لِمَيْسُون"),
    ("حضرت ميسون وسهى الحفل", "وَسُهَى"),
    ("تحدث مع خديجة طويلا", "خَدِيجَة"),
    ("وصل عبد الرحمن مساء", "عَبْد الرَّحْمَنِ"),
    ("وصل عبدالرحمن مساء", "عَبْد الرَّحْمَنِ"),
    ("تحدث مع خالد وعبد الله عن المشروع", "وَعَبْد اللَّه"),
    ("كتب إلى نور الدين رسالة", "نُور الدِّينِ"),
    ("قدم الحلبوسي استقالته", "الْحَلْبُوسِي"),
    ("نسب القرار للحلبوسي", "لِلْحَلْبُوسِي"),
    ("عاد احمد من السفر", "أَحْمَد"),
    ("اجتمع الوفد ببوريطة", "بِبُورِيطَة"),
    ("رأيت محمدا وزيدا في السوق", "وَزَيْدًا"),
]


@pytest.mark.parametrize(("sentence", "name"), ALWAYS)
def test_letters_that_are_no_word_are_the_name(sentence: str, name: str) -> None:
    assert f" {name} " in f" {readings(sentence)[0]} "


SHOWN = [
    ("وقالت هدى إن المشروع جاهز", "هُدَى"),
    ("وأكدت السيدة منى أن القرار نهائي", "مُنَى"),
    ("وصلت زوجته منى إلى القاعة", "مُنَى"),
    ("كرم المهرجان الفنانة سحر أمس", "سَحَر"),
    ("كرم المهرجان الفنانة وعد، وهي من حلب", "وَعْد"),
    ("غنت منى زكي في الحفل", "مُنَى"),
    ("كتبت هدى بركات رواية جديدة", "هُدَى"),
    ("حضرت خديجة ومنى وفاطمة", "وَمُنَى"),
    ("حضرت منى وخديجة", "مُنَى"),
    ("قال محمد مزور إن الطلب ارتفع", "مَزُّور"),
    ("قال وزير العدل كريم سعيد إن القانون جاهز", "كَرِيم سَعِيد"),
    ("وأوضح مزور أن الطلب ارتفع", "مَزُّور"),
    ("تحدثت هدى بنت سالم عن تجربتها", "هُدَى"),
    ("هدى تؤكد أن العمل مستمر", "هُدَى"),
    ("قال أحمد العلمي إن الطلب ارتفع", "الْعَلَمِي"),
    ("شارك كل من منى وهدى ووعد في الورشة", "مُنَى وَهُدَى وَوَعْد"),
    ("كرم الاتحاد الشقيقتين أمل وسحر أمس", "أَمَل وَسَحَر"),
    ("أهدى المدير الكتاب لمنى", "لِمُنَى"),
    ("سافر المدير مع هدى أمس", "هُدَى"),
    ("أعلنت وزيرة الصحة نبيلة الرميلي عن الحملة", "نَبِيلَة"),
]


@pytest.mark.parametrize(("sentence", "name"), SHOWN)
def test_a_homograph_is_the_name_where_the_sentence_shows_it(sentence: str, name: str) -> None:
    assert f" {name} " in re.sub("[،.]", " ", f" {readings(sentence)[0]} ")


WORDS = [
    ("كانت منى النفس أن يعود", "منى"),
    ("سار الطالب على هدى من ربه", "هدى"),
    ("ضبط الحارس جواز سفر مزور", "مزور"),
    ("وعد الوزير بحل قريب", "وعد"),
    ("وصلت إلى الأسرة أخبار سارة", "سارة"),
    ("أكد نجاح المؤتمر أهمية الحوار", "نجاح"),
    ("قال المستشار العلمي إن الدراسة نشرت", "العلمي"),
    ("شهد محمد المباراة", "شهد"),
    ("صافح المدير كل من شهد الحفل", "شهد"),
    ("أسعدت اللاعبات سحر وجدت فيه فرصة", "وجدت"),
    ("واصل محمد عمله", "واصل"),
    ("باع المصنع ألف برقية", "برقية"),
    ("توفي عن عمر يناهز سبعين سنة", "عمر"),
    ("يقدر عمر الكون بالمليارات", "عمر"),
    ("بحث اليسار عن مرشح", "اليسار"),
    ("وصل في وقت لاحق", "لاحق"),
    ("قال لي أنا موافق", "أنا"),
    ("هذا عدد كثير", "كثير"),
    ("كان الرجل سعيد الحظ", "سعيد"),
    ("وقع الطرفان سلام الشجعان", "سلام"),
]


@pytest.mark.parametrize(("sentence", "word"), WORDS)
def test_a_homograph_stays_the_word_without_evidence(sentence: str, word: str) -> None:
    assert word in readings(sentence)[0].rstrip(".").split()


def test_the_writers_vowels_come_first() -> None:
    assert "سُعَاد" in readings("قالت سُعاد إن العمل جاهز.")[0]
    assert "مُزوَّر" in readings("وقال مُزوَّر إن العمل جاهز.")[0]


PLACES = [
    "{} تعمل في الشركة منذ سنة.",
    "قالت {} إن العمل جاهز.",
    "رأى المدير {} في المكتب.",
    "تحدث المدير مع {} عن العمل.",
    "كتب المدير رسالة إلى {}.",
    "نشر الموقع مقالا عن {} أمس.",
    "أهدى المدير الكتاب لـ{} أمس.",
    "حضر سعيد و{} الحفل.",
]
DIPTOTES = ["فاطمة", "زينب", "سعاد", "خديجة", "مريم", "سارة", "عثمان", "إبراهيم", "أحمد", "مروان"]


@pytest.mark.parametrize("name", DIPTOTES)
def test_a_diptote_never_takes_tanwin_or_i(name: str) -> None:
    for place in PLACES:
        found = [
            word for word in vowelled(place.format(name)).split() if letters(word).rstrip("،.").endswith(name)
        ]
        assert found
        assert not TANWIN & set(found[0])
        assert not found[0].rstrip("،.").endswith(KASRA)


@pytest.mark.parametrize("name", ["شذى", "سهى", "ليلى", "موسى", "الحلبوسي", "حكيمي"])
def test_nothing_follows_a_or_i_at_the_end_of_a_name(name: str) -> None:
    for place in PLACES[1:6]:
        found = [
            word for word in vowelled(place.format(name)).split() if letters(word).rstrip("،.").endswith(name)
        ]
        assert found
        assert found[0].rstrip("،.").endswith(name[-1])
        assert FATHATAN not in found[0]


CONSTRUCT = [
    ("حضر أحمد وعبد الله الحفل.", "وَعَبْدُ اللَّهِ"),
    ("تحدث مع أحمد وعبد الرحمن عن المشروع.", "وَعَبْدِ الرَّحْمَنِ"),
    ("قال محمد العلوي إن العمل جاهز.", "مُحَمَّدُ"),
]


@pytest.mark.parametrize(("sentence", "said"), CONSTRUCT)
def test_a_name_before_its_second_part_has_a_case_without_tanwin(sentence: str, said: str) -> None:
    assert said in vowelled(sentence)


def test_a_nisba_that_is_a_surname_too_keeps_its_case() -> None:
    assert "الْمَغْرِبِيُّ" in vowelled("صادق البرلمان المغربي على القانون.")


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("هذه أسرة كريمة.", "كَرِيمَةٌ"),
        ("حصل على هدية كريمة من جاره.", "كَرِيمَةٍ"),
    ],
)
def test_an_everyday_word_spelt_like_a_name_keeps_its_tanwin(sentence: str, said: str) -> None:
    assert said in vowelled(sentence)


REMEMBERED = [
    ("قال رياض مزور إن الإنتاج ارتفع. وأضاف مزور أن الطلب جيد.", "مَزُّور"),
    ("قال رياض مزور إن الإنتاج ارتفع. واستقبل مزور وفدا من الشركات.", "مَزُّور"),
    ("استقبل مزور وفدا. وكان رياض مزور قد زار المصنع.", "مَزُّور"),
    ("استقبل قيس سعيد رئيسة الحكومة. وأكد سعيد أن البلاد بخير.", "سُعَيِّد"),
    ("قال خالد الدوري إن الحل قريب. وأوضح الدوري أن العمل بدأ.", "الدُّورِي"),
    ("قال أحمد العلمي إن الحل قريب. واعتبر آخرون أن العلمي محق.", "الْعَلَمِي"),
    ("كتب رياض مزور كتابا. ورد القراء على مزور.", "مَزُّور"),
]


@pytest.mark.parametrize(("article", "name"), REMEMBERED)
def test_who_is_named_in_full_is_known_in_the_other_sentences(article: str, name: str) -> None:
    assert all(name in sentence for sentence in readings(article))


def test_the_word_stays_a_word_beside_the_name() -> None:
    *_, last = readings("قال رياض مزور إن الإنتاج ارتفع. ضبط الحارس جواز سفر مزور.")
    assert last.endswith("سفر مزور.")
    *_, last = readings("قال خالد الدوري إن الحل قريب. فاز الفريق بلقب الدوري الممتاز.")
    assert "لقب الدوري" in last


def test_nobody_is_remembered_from_another_article() -> None:
    alone = readings("ورد القراء على مزور.")
    assert alone == ["ورد القراء على مزور."]
    readings("كتب رياض مزور كتابا. ورد القراء على مزور.")
    assert readings("ورد القراء على مزور.") == alone


def test_a_reading_depends_on_the_remembered_names_in_its_sentence_alone() -> None:
    sentence = "ارتفعت صادرات السيارات في الربع الأول."
    *_, last = readings(f"قال رياض مزور إن الإنتاج ارتفع. {sentence}")
    assert [last] == readings(sentence)


NAMES = [(file, *row) for file in ("given_names", "surnames") for row in rows(f"names/{file}.tsv")]
LETTER = re.compile(rf"([^{MARKS}])([{MARKS}]*)")


def test_there_are_as_many_names_as_news_needs() -> None:
    assert len([row for row in NAMES if row[0] == "given_names"]) >= 1500
    assert len([row for row in NAMES if row[0] == "surnames"]) >= 1000


def test_no_name_stands_twice_and_all_columns_are_known() -> None:
    for file, columns in (("given_names", 1), ("surnames", 0)):
        listed = [row[1:] for row in NAMES if row[0] == file]
        written = [letters(row[0]) for row in listed]
        assert sorted(written) == sorted(set(written))
        assert {row[1] for row in listed} <= (
            {"m", "f", "b"} if columns else {"triptote", "diptote", "invariable"}
        )
        assert {row[1 + columns] for row in listed} == {"triptote", "diptote", "invariable"}
        assert {row[2 + columns] for row in listed if len(row) > 2 + columns} == {"noun", "verb"}


ENDINGS = {"triptote", "diptote", "invariable"}


def test_a_surname_that_is_a_mans_name_has_its_ending() -> None:
    men = {row[1]: row[3] for row in NAMES if row[0] == "given_names" and row[2] == "m"}
    surnames = [row[1:3] for row in NAMES if row[0] == "surnames"]
    shared = [(name, ending) for name, ending in surnames if name in men]
    assert len(shared) > 100
    assert [(name, ending) for name, ending in shared if ending != men[name]] == []


_ROOT = "[^اىةآ\u064b-\u0652]"
PATTERNS = re.compile(
    f"{_ROOT}\u064f{_ROOT}\u064eي\u0652{_ROOT}"  # fuʿayl
    f"|{_ROOT}\u064e{_ROOT}\u0651\u064eا{_ROOT}"  # faʿʿāl
    f"|م\u064e{_ROOT}\u0652{_ROOT}\u064fو{_ROOT}"  # mafʿūl
)
NO_PATTERN = {"حَسَّان", "غَسَّان", "عَفَّان", "رَيَّان", "عَبَّان"}
"""Of the pattern faʿlān, whose -ān is no part of the root (ḥss, ghss, ʿff, rwy, ʿbb): Wright § 309."""


def test_arabic_patterns_take_tanwin() -> None:
    endings = {
        row[1].split()[-1]: row[-1] if row[-1] in ENDINGS else row[-2]
        for row in NAMES
        if row[0] == "surnames" or row[2] == "m"
    }
    found = {word: ending for word, ending in endings.items() if PATTERNS.fullmatch(word)}
    assert len(found) > 50
    assert {word for word, ending in found.items() if ending != "triptote"} == NO_PATTERN


def fault(word: str) -> str:
    """What is wrong with the vowels of a name, if anything."""
    pairs = LETTER.findall(word)
    for at, (letter, marks) in enumerate(pairs):
        before = pairs[at - 1] if at else ("", "")
        last = at == len(pairs) - 1
        if letter in "اىة" and at and "َ" not in before[1] and not (letter == "ة" and before[0] == "ا"):
            return f"{letter} without a before it"
        if letter == "ل" and at == 1 and before == ("ا", ""):
            assimilated = pairs[2][0] in SUN
            if assimilated != ("ّ" in pairs[2][1]) or assimilated == bool(marks):
                return "the article"
        elif (
            letter not in "اىآ"
            and not marks
            and not last
            and (letter, before[1][-1:]) not in {("و", "ُ"), ("ي", "ِ")}
        ):
            return f"{letter} is open"
        if "ّ" in marks and marks[0] != "ّ":
            return "a vowel before its shadda"
    return ""


def test_every_letter_but_the_last_has_its_vowel() -> None:
    words = {word for name in all_names() for word in name.reading.split()} - {"عَمْرو"}
    assert {word: fault(word) for word in words if fault(word)} == {}


@pytest.mark.parametrize("wrong", ["الشَمْس", "الْشَّمْس", "سعَاد", "سُعُاد", "خَدِيجِة"])
def test_a_fault_is_seen_where_it_is(wrong: str) -> None:
    assert fault(wrong)


def test_what_is_counted_is_no_name():
    assert not any("دَارَا" in each for each in readings("شاركت 120 دار نشر."))

"""Latin script that a voice of its own says: which runs are its, and what stays Arabic around them."""

from unicodedata import normalize

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.model.document import Boundary, Sentence, Span
from service.model.reading import Phrase, SpokenText
from service.text.core.spelling import letters
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.lexicon.entries import Entry
from service.text.lexicon.lexicon import Lexicon
from service.text.normalisation.transliteration import Language
from service.text.phonetics.utterance import utter_all
from service.text.pipeline.spoken import ReadingOptions, read

SHIPPED = Lexicon.shipped()


def pieces(
    text: str, locale: str = "ar-EG", language: Language | None = Language.ENGLISH, limit: int = 600
) -> tuple[Phrase, ...]:
    options = ReadingOptions(locale=locale, latin=language, latin_limit=limit, lexicon=SHIPPED)
    return read(Sentence(text, Span(0, len(text)), Boundary.SENTENCE), options).pieces


def latin(text: str, locale: str = "ar-EG", language: Language | None = Language.ENGLISH) -> list[str]:
    return [piece.spoken for piece in pieces(text, locale, language) if piece.latin]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("عرضت القاعة أمس فيلم «The Quiet Harbour» للمخرج.", "The Quiet Harbour"),
        ("اشترت شركة Barnes & Noble مخازن جديدة.", "Barnes & Noble"),
        ("نالت Smith & Wesson حصة السوق.", "Smith & Wesson"),
        ("افتتح معرض في فندق The Ritz-Carlton Hotel أمس.", "The Ritz-Carlton Hotel"),
        ("ألقت J. K. Winterbourne Smith كلمة.", "J. K. Winterbourne Smith"),
        ('وصف الأمر بأنه "game changer" في القطاع.', "game changer"),
        ("شاهدنا «Gravity» مرتين.", "Gravity"),
        ("شاهدنا (Gravity) مرتين.", ""),
        ("مجموعة (Gravity) توسع نشاطها.", "Gravity,"),
        ("كتب: “Thank you, Morocco!”، ثم أغلق حسابه.", "Thank you, Morocco!"),
        ("هل شاهدتم «Who Painted the Lighthouse?»؟", "Who Painted the Lighthouse?"),
        ("The Rolling Hills تعود إلى الرباط.", "The Rolling Hills"),
        ("Read more about the weather", "Read more about the weather"),
        ("حملة #Black_Friday_Sale بدأت.", "Black Friday Sale"),
        ("صدر كتاب «Mission: Lighthouse» أمس.", "Mission: Lighthouse"),
        ("صدر كتاب «The Google Harbour» أمس.", "The Google Harbour"),
    ],
)
def test_titles_company_names_and_quotations_are_its(text: str, said: str) -> None:
    assert " ".join(latin(text)) == said


@pytest.mark.parametrize(
    "text",
    [
        "تستعمل الشركة blockchain في عملها.",  # a single word flows better in Arabic
        "وقال موقع Harbour.com إن الأسعار ارتفعت.",  # written as one
        "بثت قناة BBC وقناة CNN الخبر.",
        "قالت «NTSB» إن التحقيق مستمر.",  # an acronym, quoted or not
        "كتبت صحيفة The Guardian الخبر.",  # a brand with an Arabic reading
        "كتبت صحيفة «The Guardian» الخبر.",
        "فازت Google Cloud Platform بالعقد.",  # a part of it is one
        "طلب طائرات F-14 Tomcat Fighter أمس.",  # a code
        "طلب طائرات Tomcat Fighter F-14 أمس.",
        "جرب GPT-9 Turbo Preview أمس.",
        "اشترى Bright Watch 6 بسعر زهيد.",  # a number that may count what follows
        "في 2023 Harbour Business School نشرت دراسة.",
        "لعب Mohamed Salah Stevenson أمس.",  # a name that Arabic writes itself
        "نظمتها Chambre de Commerce et d'Industrie أمس.",  # French
        "بسرعة 100 Mbps وطول 5 km.",
        "محمد VI ولويس XIV.",
    ],
)
def test_the_rest_stays_arabic(text: str) -> None:
    assert latin(text) == []
    assert [piece.spoken for piece in pieces(text)] == [piece.spoken for piece in pieces(text, language=None)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("صدر كتاب «The Lighthouse 11» أمس.", "The Lighthouse 11"),
        ("صدر فيلم «12 Angry Sailors» أمس.", "12 Angry Sailors"),
        ("صدر فيلم «Apollo 13: The Lost Moon» أمس.", "Apollo 13: The Lost Moon"),
        ("نشرت The 100 Best Lighthouses أمس.", "The 100 Best Lighthouses"),
        ("صدر كتاب «The Lighthouse ١١» أمس.", "The Lighthouse 11"),
    ],
)
def test_a_number_in_a_title_is_said_in_its_language(text: str, said: str) -> None:
    assert latin(text) == [said]


def test_a_number_alone_in_quotation_marks_is_arabic() -> None:
    assert latin('صدرت رواية "1984" أمس.') == []


@pytest.mark.parametrize(
    ("text", "arabic"),
    [
        ("قرأ لـ«The Morning Ship» مقالا.", ["قرأ لِ", "مقالا."]),
        ("اهتم بـThe Morning Ship كثيرا.", ["اهتم بِ", "كثيرا."]),
        ("مول الـWorld Harbour Fund المشروع.", ["مول أَلْ", "المشروع."]),
        ("رحبت بالـWorld Harbour Fund أمس.", ["رحبت بِلْ", "أمس."]),
        ('اتصل ب"The Morning Ship" أمس.', ["اتصل بِ", "أمس."]),
        ("اشترى Silver Ship وGolden Ship أمس.", ["اشترى", "وَ", "أمس."]),
        ("رحبت والـWorld Harbour Fund أمس.", ["رحبت وَلْ", "أمس."]),
    ],
)
def test_clitics_before_it_stay_arabic(text: str, arabic: list[str]) -> None:
    assert [piece.spoken for piece in pieces(text) if not piece.latin] == arabic
    assert latin(text)


def test_the_language_is_that_of_the_voice() -> None:
    french, english = "افتتح معرض «Les Bateaux du Matin» أمس.", "افتتح معرض «The Morning Ships» أمس."
    assert latin(french, language=Language.FRENCH) == ["Les Bateaux du Matin"]
    assert latin(english, language=Language.FRENCH) == []
    assert latin(french) == []


def test_what_tells_no_language_follows_the_locale() -> None:
    text = "زارت Corinto Vela المدينة."
    assert latin(text, "ar-EG") == ["Corinto Vela"]
    assert latin(text, "ar-MA") == []
    assert latin(text, "ar-MA", Language.FRENCH) == ["Corinto Vela"]


def test_a_publishers_own_word_goes_before_the_voice() -> None:
    text = "زارت Silver Harbour المدينة."
    own = Lexicon((Entry("Silver Harbour", "الميناء الفضي"),))
    options = ReadingOptions(locale="ar-EG", latin=Language.ENGLISH, lexicon=own)
    [piece] = read(Sentence(text, Span(0, len(text)), Boundary.SENTENCE), options).pieces
    assert letters(piece.spoken) == "زارت الميناء الفضي المدينة."


def test_every_word_knows_its_place() -> None:
    text = "صدر كتاب «Mission: The Silver & Gold Ship»، ثم نفد."
    [piece] = [piece for piece in pieces(text) if piece.latin]
    assert [text[span.start : span.end] for span in piece.words if span] == [
        "Mission:",
        "The",
        "Silver",
        "&",
        "Gold",
        "Ship»،",
    ]
    assert len(piece.words) == len(piece.spoken.split())
    assert piece.spoken == "Mission: The Silver & Gold Ship,"


def test_another_voice_goes_on_after_a_pause_of_its_own_unless_one_is_written() -> None:
    text = "قال: «The ship has left», ثم زار «The Morning Harbour» وغادر."
    assert [(piece.latin, piece.boundary) for piece in pieces(text)] == [
        (False, Boundary.CLAUSE),
        (True, Boundary.CLAUSE),
        (False, Boundary.VOICE),
        (True, Boundary.VOICE),
        (False, Boundary.SENTENCE),
    ]


def test_a_long_quotation_is_cut_at_what_its_voice_takes() -> None:
    quotation = "the ship has left the harbour, " * 8 + "and will return"
    said = [piece for piece in pieces(f"قال: «{quotation}».", limit=80) if piece.latin]
    assert len(said) > 2
    assert all(len(piece.spoken) <= 80 for piece in said)
    assert " ".join(piece.spoken for piece in said) == f"{quotation}."
    assert {piece.boundary for piece in said[:-1]} == {Boundary.CLAUSE}


def test_a_long_run_is_read_at_once() -> None:
    words = ["ship"] * 5000
    assert " ".join(latin(f"قال {' '.join(words)} أمس")).split() == words


_BITS = st.sampled_from(
    [
        *("The", "ship", "Harbour", "Google", "BBC", "F-16", "12", "Mohamed", "école", "km"),
        *("لـ", "و", "الـ", "قال", "كتاب"),
        *'&-.،«»"()$:!؟’/_%',
    ]
)


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.tuples(_BITS, st.sampled_from(["", " "])), max_size=16).map(
        lambda bits: "".join(map("".join, bits))
    )
)
@example("و«Harbour & ship»-12")
def test_whatever_is_written_pieces_are_of_one_script_and_words_have_places(text: str) -> None:
    for piece in pieces(text):
        assert len(piece.words) == len(piece.spoken.split())
        arabic = any("\u0621" <= char <= "\u064a" for char in piece.spoken)
        assert arabic != piece.latin or not any(map(str.isalpha, piece.spoken))
        assert piece.latin or not any(char.isascii() and char.isalpha() for char in piece.spoken)


class TestUtterances:
    def test_the_arabic_around_is_read_as_one_sentence(self) -> None:
        said = utter_all(
            [
                SpokenText("كتبت صحيفة"),
                SpokenText("The Morning Ship", latin=True),
                SpokenText("أن السفينة غادرت."),
            ],
            Diacritiser(),
        )
        assert [normalize("NFC", each.diacritised) for each in said] == [
            normalize("NFC", "كَتَبَتْ صَحِيفَةُ"),
            "The Morning Ship",
            normalize("NFC", "أَنَّ السَّفِينَةَ غَادَرَتْ."),
        ]
        assert [bool(each.phonemes) for each in said] == [True, False, True]

    def test_a_noun_before_a_name_governs_it_and_a_written_pause_is_one(self) -> None:
        ship = SpokenText("The Morning Ship", latin=True)
        before, after = (
            utter_all([SpokenText(f"شاهدت أغنية{mark}"), ship], Diacritiser())[0].phonemes
            for mark in ("", "،")
        )
        assert before.endswith("ta")
        assert after.endswith("ja,")

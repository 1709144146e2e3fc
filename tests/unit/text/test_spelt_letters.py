"""Letters that are read by name: one alphabet a reading, and names whose end no model changes."""

from unicodedata import normalize

import pytest

from service.model.document import Boundary, Sentence, Span
from service.text.core.spelling import letters
from service.text.core.tables import mapping
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.lexicon.lexicon import Lexicon
from service.text.normalisation.transliteration import Language, spell
from service.text.pipeline.spoken import ReadingOptions, read

DIACRITISER = Diacritiser()
SHIPPED = Lexicon.shipped()
LOCALES = {
    "ar-MA": Language.FRENCH,
    "ar-TN": Language.FRENCH,
    "ar-EG": Language.ENGLISH,
    "ar-SA": Language.ENGLISH,
}


def spoken(text: str, locale: str = "ar-MA") -> str:
    sentence = Sentence(text, Span(0, len(text)), Boundary.SENTENCE)
    options = ReadingOptions(locale=locale, breath_limit=10_000, lexicon=SHIPPED)
    return " ".join(piece.spoken for piece in read(sentence, options).pieces)


@pytest.mark.parametrize("language", list(Language))
def test_the_name_of_a_letter_ends_in_sukun_or_a_long_a(language: Language):
    names = spell("abcdefghijklmnopqrstuvwxyz", language).split()
    assert [name for name in names if not name.endswith(("ْ", "ا", "آ"))] == []


def test_the_name_of_an_arabic_letter_ends_in_sukun():
    assert [name for name in mapping("core/letters.tsv").values() if not name.endswith("ْ")] == []


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("acronym", ["HPV", "XRS", "KTM", "HRJ", "QWZ", "BTPH"])
@pytest.mark.parametrize("frame", ["تلقت {} لقاحا.", "أعلن عن {} أمس.", "بين {} وغيره."])
def test_an_acronym_is_spelt_in_one_alphabet_which_no_model_changes(locale: str, acronym: str, frame: str):
    said = spell(acronym, LOCALES[locale])
    normalised = spoken(frame.format(acronym), locale)
    assert said in normalised
    assert said in DIACRITISER.diacritise(normalised)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("فاز فريق في بطولة NBA أمس.", "إِنْ بِيْ إِيهْ"),
        ("قالت CNN إن القمة تأجلت.", "سِيْ إِنْ إِنْ"),
        ("ظهر فيروس H5N1 في المزرعة.", "إِتْشْ خَمْسَةْ إِنْ وَاحِدْ"),
        ("تعتمد على تقنية mRNA الحديثة.", "إِمْ آرْ إِنْ إِيهْ"),
        ("المعادلة بين x و y بسيطة.", "إِكْسْ وَوَايْ"),
        ("ينتمون إلى جيل Z اليوم.", "زِدْ"),
        ("استحوذت مجموعة إل في إم إتش (LVMH) على الشركة.", "مَجْمُوعَة إِلْ فِيْ إِمْ إِتْشْ عَلَى"),
        ("قال رئيس بي بي سي إن القناة مستقلة.", "بِيْ بِيْ سِيْ إِنَّ"),
        ("قال ص لرجال الشرطة إنه بريء.", "صَادْ لِرِجَالِ"),
        ("قال ص: كنت نائما.", "صَادْ"),
        ("اعترف المتهم ع. م. بما نسب إليه.", "عَيْنْ مِيمْ بِمَا"),
        ("أوقف المدعو ع.م في الرباط.", "عَيْنْ مِيمْ فِي"),
        ("تقول ر. وهي أم لطفلين.", "رَاءْ وَهِيَ"),
        ("يعاني من نقص فيتامين د منذ سنة.", "دَالْ"),
        ("هو من فصيلة ب السالبة.", "بَاءْ"),
        ("رتبوا في الدرجة أ أمس.", "أَلِفْ"),
        ("يشمل البرنامج: أ) التعليم، ب) الصحة.", "بَاءْ"),
    ],
)
def test_letters_keep_their_names_through_the_chain(text: str, said: str):
    heard = normalize("NFC", DIACRITISER.diacritise(spoken(text)))
    said = normalize("NFC", said)
    # The case of a noun before the letters is the models' business.
    first, _, rest = said.partition(" ")
    assert said in heard or (letters(first) in letters(heard) and rest and rest in heard)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("قال م. سعيد إن المشروع جاهز.", "المهندس سعيد"),
        ("قال د. أحمد إن اللقاح آمن.", "الدكتور أحمد"),
        ("حضر السيد د. علي الندوة.", "الدكتور علي"),
        ("شهد أ. د. محمود الندوة.", "الأستاذ الدكتور محمود"),
        ("بدأ الاجتماع (المجموعة ب) أمس.", "المجموعة باء"),
    ],
)
def test_letters_that_stand_for_a_title_are_the_title(text: str, said: str):
    assert said in letters(spoken(text))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("أعلنت شركة SNRT عن برنامج.", "أعلنت الشركة الوطنية للإذاعة والتلفزة عن"),
        ("أكدت وكالة UNHCR ذلك.", "أكدت مفوضية اللاجئين ذلك"),
        ("حضرت اليونسكو ووكالة UNHCR معا.", "ومفوضية اللاجئين معا"),
        ("رحبت الرباط ومنظمة WHO بالقرار.", "ومنظمة الصحة العالمية بالقرار"),
        ("قدم تقريرا لوكالة IAEA أمس.", "للوكالة الدولية للطاقة الذرية أمس"),
        ("عقدت لجنة WHO اجتماعا.", "لجنة منظمة الصحة العالمية"),
        ("يفوز حزب RNI بالمقاعد.", "حزب التجمع الوطني للأحرار"),
        ("اشترى ذاكرة RAM جديدة.", "ذاكرة رام جديدة"),
        ("سافر مع شركة RAM أمس.", "شركة الخطوط الملكية المغربية"),
        ("وصل إلى مطار CDG مساء.", "مطار شارل ديغول"),
    ],
)
def test_the_noun_before_an_acronym_is_said_once_and_decides_its_meaning(text: str, said: str):
    assert said in letters(spoken(text))

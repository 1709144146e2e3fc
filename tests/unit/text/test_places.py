"""Places and organisations keep their letters and vowels through the whole chain, and take no tanwīn."""

from collections.abc import Iterator
from unicodedata import normalize

import pytest

from service.model.document import Boundary, Sentence, Span
from service.text.core.orthography import TANWIN, Letter, letters, skeleton
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.lexicon.entries import AMBIGUOUS, DIPTOTES, Entry, Role
from service.text.lexicon.lexicon import Lexicon
from service.text.pipeline.spoken import ReadingOptions, read

SHIPPED = Lexicon.shipped()
DIACRITISER = Diacritiser()
OPTIONS = ReadingOptions(breath_limit=10_000, lexicon=SHIPPED)
NAMES = [entry for entry in SHIPPED.entries if entry.role in DIPTOTES and skeleton(entry.grapheme) >= "ء"]
PLACES = [entry for entry in NAMES if entry.role != Role.DIPTOTE]
FRAMES = (
    "يقيم السفير في {} منذ سنة.",
    "عاد الوفد من {} مساء أمس.",
    "سافر الوزير إلى بغداد و{} في يوم واحد.",
    "عقد اللقاء بمدينة {} أمس.",
    "{} تستعد لاستقبال الزوار.",
)
OF_A_PLACE = 3
"""The frame in which every homograph is a name."""


def vowelled(text: str) -> str:
    sentence = Sentence(text, Span(0, len(text)), Boundary.SENTENCE)
    return DIACRITISER.diacritise(" ".join(piece.spoken for piece in read(sentence, OPTIONS).pieces))


def name_in(text: str, entry: Entry) -> list[str] | None:
    """The words of the name in a vowelled text, without the clitics of the first."""
    said, bones = text.rstrip(".").split(), skeleton(entry.reading).split()
    for at in range(len(said) - len(bones) + 1):
        words = said[at : at + len(bones)]
        first = letters(words[0])
        extra = len(first) - len(bones[0])
        if extra in {0, 1} and [skeleton(words[0])[extra:], *map(skeleton, words[1:])] == bones:
            return ["".join(map(str, first[extra:])), *words[1:]]
    return None


def faults(words: list[str], entry: Entry) -> Iterator[str]:
    """Where the words differ from the entry in more than the case that it leaves open."""
    for word, expected in zip(words, entry.reading.split(), strict=True):
        pairs = list(zip(letters(word), letters(expected), strict=True))
        *inner, (last, open_end) = pairs
        # The tables leave the yāʾ of «سوريا» open: it is also the accusative of «سوري».
        ends_in_ya = expected.endswith("ِيا")
        for at, (said, known) in enumerate(inner):
            if not same(said, known) and not (ends_in_ya and at == len(inner) - 1):
                yield f"{word} for {expected}"
        if last.vowel in TANWIN:
            yield f"{word} has tanwīn"
        nisba = open_end.char == "ي" and expected.startswith("ال")
        if last.shadda != open_end.shadda and not nisba:
            yield f"{word} doubles its last letter"


def same(said: Letter, known: Letter) -> bool:
    """Whether a letter has its vowel; sukūn on a long vowel is another spelling of it."""
    return said.shadda == known.shadda and (said.vowel or "ْ") == (known.vowel or "ْ")


def wrong(frame: str, entry: Entry) -> list[str]:
    said = vowelled(frame.format(entry.grapheme))
    words = name_in(said, entry)
    return [f"not found in {said}"] if words is None else list(faults(words, entry))


def frame_of(number: int, entry: Entry) -> str:
    """Each name in one of the frames; a homograph in one that shows the name («وجدة» is a town too)."""
    return FRAMES[OF_A_PLACE if entry.role in AMBIGUOUS else number % len(FRAMES)]


@pytest.mark.parametrize("part", range(4))
def test_a_place_is_read_with_its_vowels_and_without_tanwin(part: int):
    numbered = list(enumerate(entry for entry in PLACES if entry.grapheme != "ميتا"))
    assert [fault for n, entry in numbered[part::4] for fault in wrong(frame_of(n // 4, entry), entry)] == []


@pytest.mark.parametrize("frame", FRAMES)
def test_towns_of_all_kinds_are_read_so_in_every_frame(frame: str):
    some = [entry for entry in PLACES if entry.role == Role.PLACE][::40]
    assert len(some) >= 50
    assert [fault for entry in some for fault in wrong(frame, entry)] == []


def test_an_organisation_is_read_with_its_vowels_and_without_tanwin():
    some = [entry for entry in NAMES if entry.role == Role.DIPTOTE]
    assert len(some) >= 400
    assert [fault for entry in some for fault in wrong("أعلن متحدث باسم {} ذلك أمس.", entry)] == []


def test_the_checks_above_see_a_fault():
    beirut = Entry("بيروت", "بَيْرُوت", role=Role.PLACE)
    assert list(faults(["بِيرُوتَ"], beirut)) != []
    assert list(faults(["بَيْرُوتٍ"], beirut)) != []
    assert list(faults(["بَيْرُوتَ"], beirut)) == []


def test_the_tables_are_as_large_as_news_needs():
    assert len(PLACES) >= 1500
    others = [entry for entry in SHIPPED.entries if entry.role in {Role.NAME, Role.DIPTOTE}]
    assert len(others) >= 400


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("في قضاء صور سقط جريحان.", "صُورَ"),
        ("أقيم الحفل في صور.", "صُورَ"),
        ("وصل إلى صور وصيدا أمس.", "صُورَ وَصَيْدَا"),
        ("قصف جنوب صور فجر اليوم.", "صُورَ"),
        ("استهدف بيروت، صور وصيدا بعد الظهر.", "صُور"),
        ("زارت الوفود صور اللبنانية.", "صُور"),
        ("نشرت صور الحادث.", "صُوَر"),
        ("ظهر في صور نشرتها الصحيفة.", "صُوَر"),
        ("أرفق رسالته بصور.", "بِصُوَر"),
        ("شاركت في قمة جدة.", "جِدَّةَ"),
        ("وصل إلى جدة قادما من مصر.", "جِدَّةَ"),
        ("توفيت جدة الطفل أمس.", "جَدَّة"),
        ("وصل أمير قطر إلى جدة.", "قَطَرَ إِلَى جِدَّةَ"),
        ("يبلغ قطر الدائرة مترا.", "قُطْر"),
        ("تعاني مالي والنيجر من الجفاف.", "مَالِيْ وَالنَّيْجَرُ"),
        ("سافر إلى كوبا أمس.", "كُوبَا"),
        ("شرب كوبا من الماء.", "كُوبًا"),
        ("قتل شخصان في بلدة دورا جنوب الخليل.", "بَلْدَةِ دُورَا"),
        ("لعب دورا مهما.", "دَوْرًا"),
        ("عاد اللاجئون إلى سورية.", "إِلَى سُورِيَةَ"),
        ("تدمر الحرب المدن.", "تُدَمِّرُ"),
        ("وقع الهجوم في محافظة تدمر.", "تَدْمُرَ"),
        ("العاصمة الكورية الجنوبية سيول تحتضن القمة.", "سِيُولُ"),
        ("خرج نادي ليل من الكأس.", "لِيلَ"),
        ("كان وكيل الملك حاضرا.", "وَكِيلُ"),
        ("رفض الطلب بحجة الإهمال.", "بِحُجَّةِ"),
        ("تعلم لغات كثيرة.", "لُغَاتٍ"),
        ("توجه للحج.", "لِلْحَج"),
        ("جاء في الخبر أن الحريق أخمد.", "الْخَبَر"),
        ("تقع محافظة الخبر شرقا.", "الْخُبَر"),
        ("أعلنت ميتا عن أرباحها.", "مِيتَا"),
        ("تراجعت أسهم غوغل وميتا.", "وَمِيتَا"),
        ("عثر على الرجل ميتا.", "مَيِّتًا"),
    ],
)
def test_a_homograph_is_the_name_where_the_sentence_shows_it(text: str, said: str):
    assert normalize("NFC", f" {said}") in normalize("NFC", f" {vowelled(text)}")


def test_a_governed_diptote_ends_in_fatha():
    assert vowelled("سافر إلى بيروت من محافظة درعا.").endswith("إِلَى بَيْرُوتَ مِنْ مُحَافَظَةِ دَرْعَا.")


def test_several_vowels_on_a_letter_are_alternatives():
    said = letters(DIACRITISER.diacritise("بَيْرُوتَُ كبيرة.").split()[0])
    assert said[-1].vowel in set("َُ")

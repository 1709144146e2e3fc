from unicodedata import normalize

import pytest

from service.text.phonetics.pausal import pausal


@pytest.mark.parametrize(
    ("connected", "paused"),
    [
        ("كِتَابُ", "كِتَابْ"),
        ("كِتَابٌ", "كِتَابْ"),
        ("كِتَابٍ", "كِتَابْ"),
        ("كِتَابًا", "كِتَابَا"),
        ("كِتَاباً", "كِتَابَا"),
        ("مُسْتَوًى", "مُسْتَوَى"),
        ("هُدىً", "هُدَى"),
        ("مَسَاءً", "مَسَاءٰ"),
        ("مَدْرَسَةٍ", "مَدْرَسَةْ"),
        ("مُقَارَنَةً", "مُقَارَنَةْ"),
        ("دَوْلِيَّةِ", "دَوْلِيَّةْ"),
        ("مُمَثِّلَاتٍ", "مُمَثِّلَاتْ"),
        ("الْحَقُّ", "الْحَقّْ"),
        ("مِصْرِيٌّ", "مِصْرِيّْ"),
        ("كِتَابُهُ", "كِتَابُهْ"),
        ("لَهُمْ", "لَهُمْ"),
        ("يَدْعُوَ", "يَدْعُوْ"),
        ("قَالُوا", "قَالُوا"),
        ("عَلَى", "عَلَى"),
        ("عَمْرٌو", "عَمْرْو"),
        ("هُوَ", "هُوَ"),
        ("لِمَ", "لِمَ"),
    ],
)
def test_a_word_before_a_pause_takes_its_pausal_form(connected: str, paused: str) -> None:
    assert normalize("NFC", pausal(connected)) == normalize("NFC", paused)


def test_words_within_a_breath_keep_their_endings() -> None:
    text = "قَالَ الْوَزِيرُ، إِنَّ الْعَمَلِيَّةَ الْإِرْهَابِيَّةَ: انْتَهَتْ أَمْسِ؟"

    paused = "قَالَ الْوَزِيرْ، إِنَّ الْعَمَلِيَّةَ الْإِرْهَابِيَّةْ: انْتَهَتْ أَمْسْ؟"
    assert normalize("NFC", pausal(text)) == normalize("NFC", paused)


def test_a_closing_quote_stands_between_a_word_and_its_pause() -> None:
    assert pausal("«دَاعِشُ»، ثُمَّ (الْبَيْتُ) بَعِيدٌ") == "«دَاعِشْ»، ثُمَّ (الْبَيْتُ) بَعِيدْ"


def test_where_another_voice_goes_on_the_end_is_no_pause() -> None:
    assert pausal("كَتَبَتْ، صَحِيفَةُ", ends=False) == "كَتَبَتْ، صَحِيفَةُ"
    assert pausal("صَحِيفَةُ، كَتَبَتُ", ends=False) == "صَحِيفَةْ، كَتَبَتُ"

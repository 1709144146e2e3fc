import pytest

from service.text.phonetics.phonemes import phonemise, to_reference


@pytest.mark.parametrize(
    ("text", "ipa"),
    [
        # The article: sun letters assimilate its lām, moon letters don't.
        ("الشَّمْسُ", "ʔaʃˈʃamsu"),
        ("الْقَمَرُ", "ʔalˈqamaru"),
        ("لِلطُّلَّابِ", "litˤtˤulˈlaːbi"),
        ("وَاللُّغَةِ", "walˈluɣati"),
        ("بِالتَّعَاوُنِ", "bittaˈʕaːwuni"),
        # Hamzat al-waṣl is said after a pause alone, and its vowel follows the stem's.
        ("اسْتَقْبَلَ", "ʔisˈtaqbala"),
        ("وَاسْتَقْبَلَ", "wasˈtaqbala"),
        ("قَالَ الْوَزِيرُ", "ˈqaːla lwaˈziːru"),
        ("فِي الْبَيْتِ", "fiː lˈbajti"),
        ("ثُمَّ انْتُخِبَ", "θumma nˈtuxiba"),
        ("انْتُخِبَ", "ʔunˈtuxiba"),
        ("قَالَ، الْيَوْمَ", "ˈqaːla, ʔalˈjawma"),
        ("الِاسْتِقْلَالُ", "ʔalistiqˈlaːlu"),
        ("بِاسْمِ", "ˈbismi"),
        # A helping vowel parts a last consonant from it.
        ("قَالَتْ الْحُكُومَةُ", "ˈqaːlati lħuˈkuːmatu"),
        ("مِنْ الْبَيْتِ", "mina lˈbajti"),
        ("هُمْ الْفَائِزُونَ", "ˈhumu lfaːʔiˈzuːna"),
        ("مُحَمَّدٌ الْأَمِينُ", "muˈħammaduni lʔaˈmiːnu"),
        ("مِنْ ابْنِهِ", "mini bˈnihi"),
        ("مُحَمَّدٌ بْنُ سَعِيدٍ", "muˈħammaduni bnu saˈʕiːdin"),
        ("رَأَوْا الرَّجُلَ", "ˈraʔawu rˈradʒula"),
        # wa- and fa- before a root's alif are not hamzat al-waṣl.
        ("وَاحِدٌ", "ˈwaːħidun"),
        ("وَالِدٌ", "ˈwaːlidun"),
        ("فَانْطَلَقَ", "fanˈtˤalaqa"),
        ("وَاعْلَمُوا", "ˈwaʕlamuː"),
        ("وَالْتِزَامٌ", "waltiˈzaːmun"),
        ("وَالِتْشِيكِيُّ", "walitʃiːˈkijju"),
        ("كَانْسَاسُ", "kaːnˈsaːsu"),
        # Spelling that hides or shows what isn't said.
        ("هَذَا", "ˈhaːðaː"),
        ("ذَلِكَ", "ˈðaːlika"),
        ("وَلَكِنَّهُمْ", "walaːˈkinnahum"),
        ("لَكُنَّ", "laˈkunna"),
        ("أُولَئِكَ", "ʔuˈlaːʔika"),
        ("قَالُوا", "ˈqaːluː"),
        ("رَأَوْا", "ˈraʔaw"),
        ("مِائَةٌ", "ˈmiʔatun"),
        ("مَائِدَةٌ", "maːˈʔidatun"),
        ("عَمْرٌو", "ˈʕamrun"),
        ("دَاوُدُ", "daːˈwuːdu"),
        ("الرَّحْمَنِ", "ʔarraħˈmaːni"),
        # The lām of الله is dark, except after i.
        ("وَاللَّهُ", "walˤˈlˤaːhu"),
        ("لِلَّهِ", "lilˈlaːhi"),
        ("عَبْدُ اللَّهِ", "ˈʕabdu lˤˈlˤaːhi"),
        ("بِسْمِ اللَّهِ", "ˈbismi lˈlaːhi"),
        # Stress: what the table above shows for words of one stem, and prefixes that don't take it.
        ("وَهُوَ", "waˈhuwa"),
        ("الْأَبْ", "ʔalˈʔab"),
        ("يَكْتُبُونَ", "jaktuˈbuːna"),
        ("مَكْتَبَةٌ", "makˈtabatun"),
        # Endings.
        ("كِتَابًا", "kiˈtaːban"),
        ("كِتَاباً", "kiˈtaːban"),
        ("هُدًى", "ˈhudan"),
        ("عَلَى", "ˈʕalaː"),
        ("مِصْرِيَّةٌ", "misˤˈrijjatun"),
        ("عَدُوٌّ", "ʕaˈduwwun"),
        ("مَدْرَسَةْ", "ˈmadrasa"),
        ("حَيَاةْ", "ħaˈjaːh"),
        ("آخَرُ", "ˈʔaːxaru"),
        # Letters of other tongues, and words that nobody has vowelled.
        ("ڤِيزَا", "ˈviːzaː"),
        ("فيروس", "fiːˈruːs"),
    ],
)
def test_a_vowelled_word_is_said(text: str, ipa: str) -> None:
    assert phonemise(text) == ipa


def test_pauses_stay_with_the_word_before_them() -> None:
    said = phonemise("نَعَمْ، هُنَا؛ وَهُنَاكَ؟ لَا! كَلَّا… انْتَهَى.")

    assert said == "ˈnaʕam, ˈhunaː; wahuˈnaːka? laː! ˈkallaː… ˈʔintahaː."


def test_phonemes_fold_to_the_reference_symbols() -> None:
    assert to_reference("ˈθumma ðˤˈðˤaːhiru, ʔalˈdʒadʒiːʃ") == (
        ["^", "u", "m", "m", "a", "Z", "Z", "aa", "h", "i", "r", "u", "<", "a", "l", "j", "a", "j", "ii", "$"]
    )

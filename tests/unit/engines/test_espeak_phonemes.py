import re
import subprocess
import sys
from pathlib import Path

from service.engines.espeak_phonemes import DARK, MNEMONICS, to_espeak

SAYS = Path(__file__).with_name("espeak_says.py")
IPA = [
    "ˈsˤaraːħ ʔalˈħurra θˈθulaːθaː ˈðahab ʔaˈðˤaːfir, ʔalʕaˈdʒuːz ʔalˈɣaːz! ˈqamar ˈkaːn, ˈʃuɣl ˈnuːr?",
    "ˈqaːla waˈziːru lxaːriˈdʒijjati ʔinna lħuˈkuːmata ˈtudriku ʔahamˈmijjata lˈʔamn.",
    "ˈmunðu ˈsanati ʔalˈfajni waˈsitta ˈʕaʃrata ˈnaħwa sittiˈmiʔatin waxamˈsiːna ˈʃaxsˤaː",
    "wasˈtaqbala rraˈʔiːsu fiː lidʒtiˈmaːʕi listiθnaːˈʔijji watˈtafaqaː ˈʕalaː ttaˈʕaːwun",
    "walˤˈlˤaːhi ˈlillaːhi ˈʔilaː lˈbajti fiː dˈdaːri ˈʔabuː lˈwafaːʔ; ˈmudˤtˤ: ˈtˤiːn ˈdˤuː ðˤˈðˤill… ˈsˤuː",
    "ˈviːzaː ˈtʃiːliː ˈʒaːk ˈɡuːɡil ˈpaːriːs",
]


def heard(lines: list[str]) -> list[str]:
    """What eSpeak's Arabic voice makes of each line."""
    run = subprocess.run(
        [sys.executable, SAYS], input="\n".join(lines), text=True, capture_output=True, check=True
    )
    return run.stdout.splitlines()


def asked(line: str) -> str:
    """The mnemonics of a line of input, with stress right before the vowel, where eSpeak writes it."""
    clauses = re.findall(r"\[\[(.*?)\]\]", line)
    return " | ".join(re.sub(r"'([^aiu ]*)([aiu])", r"\1'\2", clause) for clause in clauses)


def test_every_phone_is_one_that_espeak_knows() -> None:
    consonants = [ipa for ipa in MNEMONICS if ipa not in DARK and ipa != "ˈ"]
    lines = [to_espeak(f"ˈ{phone}a{phone}{phone}i {phone}{vowel}") for phone in consonants for vowel in DARK]

    assert heard(lines) == [asked(line) for line in lines]


def test_espeak_says_the_phonemes_that_it_is_given() -> None:
    lines = [to_espeak(ipa) for ipa in IPA]

    assert heard(lines) == [asked(line) for line in lines]


def test_each_clause_stands_in_brackets_before_its_pause() -> None:
    assert to_espeak("ˈqaːla, ʔinna lʔamn.") == "[['qa:la]], [[?inna l?amn]]."


def test_vowels_are_dark_after_an_emphatic_consonant() -> None:
    assert to_espeak("tˤaˈwiːl sˤˈsˤiːn") == "[[t[a.'wi:l s[:'i.:n]]"


def test_a_doubled_stop_has_one_release() -> None:
    assert to_espeak("watˈtafaqa ˈsitta ˈhadʒdʒa fiː dˈdaːr") == "[[wat:'afaqa 'sit:a 'hadZ:a fi d:'a:R]]"
    assert to_espeak("ˈθumma ʃˈʃams") == "[['Tumma SS'ams]]"


def test_a_long_vowel_is_short_before_two_consonants_of_the_next_word() -> None:
    assert to_espeak("fiː lˈbajti fiː ˈbajti fiː lidʒtiˈmaːʕ") == "[[fi l'bajti fi: 'bajti fi: lidZti'ma:A]]"


def test_what_the_table_does_not_know_is_left_out() -> None:
    assert to_espeak("#ba%") == "[[ba]]"
    assert to_espeak("") == ""

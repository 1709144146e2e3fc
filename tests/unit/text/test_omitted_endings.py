"""Which case endings are left out, which never, and how words without them are joined."""

import math
from pathlib import Path

import numpy as np
import pytest

from service.model.reading import CaseEndings, SpokenText
from service.text.core.orthography import (
    DAMMA,
    DAMMATAN,
    FATHA,
    KASRA,
    KASRATAN,
    MARKS,
    SHADDA,
    SHORT,
    SUKUN,
    TANWIN,
    letters,
    skeleton,
)
from service.text.core.wordlists import function_words
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.diacritisation.omitted_endings import LEAST_MARGIN, margins
from service.text.diacritisation.vowels import CLASSES
from service.text.phonetics.phonemes import phonemise
from service.text.phonetics.utterance import utter_all

DIACRITISER = Diacritiser()
ROOT = Path(__file__).parents[3]
VOWELLED = [
    line for line in (ROOT / "benchmarks/data/news_diacritised.txt").read_text("utf-8").splitlines() if line
]
SENTENCES = [skeleton(line) for line in VOWELLED]
FULL, CAUTIOUS, NONE = CaseEndings
_ENDINGS = SHORT | TANWIN


def vowelled(text: str, endings: CaseEndings) -> str:
    return DIACRITISER.diacritise(text, LEAST_MARGIN[endings])


def spoken(text: str, endings: CaseEndings, *, continues: bool = False) -> str:
    [utterance] = utter_all([SpokenText(text, continues=continues)], DIACRITISER, endings)
    return utterance.phonemes.replace("ˈ", "")


@pytest.mark.parametrize("endings", [CAUTIOUS, NONE])
@pytest.mark.parametrize("sentence", SENTENCES)
def test_nothing_but_the_mark_of_a_last_letter_is_left_out(sentence: str, endings: CaseEndings) -> None:
    full, less = vowelled(sentence, FULL).split(), vowelled(sentence, endings).split()
    assert [skeleton(word) for word in less] == sentence.split()
    for word, short in zip(full, less, strict=True):
        *inner, last = letters(word)
        *kept, end = letters(short)
        assert kept == inner
        assert (end.char, end.shadda) == (last.char, last.shadda)
        assert end.vowel == last.vowel or (last.vowel in _ENDINGS | {""} and end.vowel in {"", SUKUN})
        if skeleton(word).rstrip(".،") in function_words() or word.endswith((".", "،")):
            assert short == word


def test_none_leaves_out_more_than_cautious_and_both_leave_out_some() -> None:
    left_out = {}
    for endings in (FULL, CAUTIOUS, NONE):
        texts = enumerate(zip((vowelled(each, FULL) for each in SENTENCES), SENTENCES, strict=True))
        left_out[endings] = {
            (number, place)
            for number, (full, sentence) in texts
            for place, (one, other) in enumerate(
                zip(full.split(), vowelled(sentence, endings).split(), strict=True)
            )
            if one != other
        }
    assert not left_out[FULL]
    assert left_out[FULL] < left_out[CAUTIOUS] < left_out[NONE]
    assert len(left_out[NONE]) > 5 * len(left_out[CAUTIOUS])


@pytest.mark.parametrize("line", VOWELLED)
def test_a_written_ending_is_said(line: str) -> None:
    # Tāʾ marbūṭa without a written mark is that of a pause.
    assert vowelled(line, NONE).replace(f"ة{SUKUN}", "ة") == line.replace(f"ة{SUKUN}", "ة")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # nouns and adjectives
        ("حضر الوزير الجديد حفل الافتتاح أمس.", "ħadˤara lwaziːr aldʒadiːd ħafl aliftitaːħ ʔams."),
        ("وقف المهندسون قرب الجسر القديم.", "waqafa lmuhandisuːn qurb aldʒisr alqadiːm."),
        # tāʾ marbūṭa: with t before its genitive only
        ("زار مدينة الرباط ومدينة كبيرة أخرى.", "zaːra madiːnat arribaːtˤ wamadiːna kabiːra ʔuxraː."),
        ("في زيارة هذا البلد راحة كبيرة لنا.", "fiː zijaːrat haːðaː lbalad raːħa kabiːra lanaː."),
        ("جاءت والدة الطفل ووكالة الأنباء.", "dʒaːʔat waːlidat atˤtˤifl wawikaːlat alʔanbaːʔ."),
        # a written tanwīn of a, an adverb, a numeral of two parts
        ("شاهدت بيتا قديما في القرية.", "ʃaːhadtu bajtan qadiːman fiː lqarja."),
        ("عادة ما يصل القطار متأخرا.", "ʕaːdatan maː jasˤilu lqitˤaːr mutaʔaxxiraː."),
        ("وصل خمسة عشر عاملا.", "wasˤala xamsata ʕaʃara ʕaːmilaː."),
        # pronouns, verbs, function words
        ("فتح الرجل بابه ثم خرج مسرعا.", "fataħa rradʒul baːbahu θumma xaradʒa musriʕaː."),
        ("أنقذ أكبر الحراس أربعة بحارة.", "ʔanqaða ʔakbar alħurraːs ʔarbaʕat baħħaːra."),
        ("كيف يكتب التلميذ درسه الآن؟", "kajfa jaktubu ttilmiːð darsahu lʔaːn?"),
        # الله, and a dark lām
        ("سبحان الله العظيم.", "subħaːn alˤlˤaːh alʕaðˤiːm."),
    ],
)
def test_kinds(text: str, said: str) -> None:
    assert spoken(text, NONE) == said


def test_before_latin_script_and_at_a_breath_it_is_joined_and_in_pause_not() -> None:
    pieces = [SpokenText("قالت صحيفة"), SpokenText("The Observer", latin=True), SpokenText("أمس.")]
    assert utter_all(pieces, DIACRITISER, NONE)[0].phonemes.endswith("sˤaˈħiːfat")
    construct = [SpokenText("في مدينة", continues=True), SpokenText("الرباط.")]
    paused = [SpokenText("في مدينة"), SpokenText("الرباط.")]
    assert utter_all(construct, DIACRITISER, NONE)[0].phonemes == "fiː maˈdiːnat"
    assert utter_all(paused, DIACRITISER, NONE)[0].phonemes == "fiː maˈdiːna"


@pytest.mark.parametrize(
    ("text", "full", "omitted"),
    [
        ("كِتَاب الْوَلَدِ", "kiˈtaːbi lˈwaladi", "kiˈtaːb alˈwaladi"),
        ("سَاحَة السَّفَرِ", "ˈsaːħa sˈsafari", "ˈsaːħat asˈsafari"),
        ("بَيْت ابْنِهِ", "ˈbajti bˈnihi", "ˈbajt ˈibnihi"),
        ("الدَّوْلِيّ الْجَدِيدُ", "ʔaddawˈlijji ldʒaˈdiːdu", "ʔaddawˈlijj aldʒaˈdiːdu"),
        ("كِتَابْ الْوَلَدِ", "kiˈtaːbi lˈwaladi", "kiˈtaːbi lˈwaladi"),
        ("مِن الْبَيْتِ", "mina lˈbajti", "mina lˈbajti"),
    ],
)
def test_a_word_without_its_ending_takes_no_helping_vowel(text: str, full: str, omitted: str) -> None:
    assert phonemise(text) == full
    assert phonemise(text, endings_omitted=True) == omitted


def test_the_margin_is_that_of_the_case() -> None:
    rows = [{DAMMA: -1, DAMMATAN: -2, KASRA: -4}, {SHADDA + KASRATAN: -1, FATHA: -3}, {SUKUN: -1}]
    likely = np.array([[row.get(mark, -9.0) for mark in CLASSES] for row in rows], np.float32)
    best = likely.argmax(axis=1)
    assert margins(likely, best).tolist() == [3.0, 2.0, math.inf]
    best[0] = CLASSES.index(KASRA)
    assert margins(likely, best)[0] == -3.0


def test_a_mark_is_never_added() -> None:
    for sentence in SENTENCES:
        full, none = vowelled(sentence, FULL), vowelled(sentence, NONE)
        assert sum(char in MARKS - {SUKUN} for char in none) < sum(char in MARKS - {SUKUN} for char in full)

"""Text → symbols of Kokoro voices, with the symbols that Kokoro has, and those that Nabra adds."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engines.kokoro import runs
from service.engines.kokoro_symbols import Symbol, Symbols, read
from service.engines.word_alignment import sounds
from service.model.errors import EngineError
from service.model.phones import PHONES
from service.model.reading import Utterance
from service.testing.engines import LETTERS, MARKS
from service.text.phonetics.phonemes import phonemise

KOKORO = (
    ';:,.!?—…"()“” ̃ʣʥʦʨᵝꭧAIOQSTWYᵊabcdefhijklmnopqrstuvwxyzɑɐɒæβɔɕçɖðʤəɚɛɜɟɡɥɨɪʝɯɰŋɳɲɴøɸθœɹɾɻʁɽʂʃʈʧʊʋʌɣɤχʎʒʔ'
    "ˈˌːʰʲ↓→↗↘ᵻ"
)
NABRA = KOKORO + "ʕħ"
NEWS = Path(__file__).parents[3] / "benchmarks" / "data" / "news_diacritised.txt"


def spelt(text, *, own=False, known=NABRA, language="ar"):
    ids = {char: at for at, char in enumerate(known, 1)}
    return Symbols(ids, language, own=own).spell(Utterance(text, text, phonemise(text)))


def said(text, **how):
    return "".join(symbol.text for symbol in spelt(text, **how))


def words(symbols):
    return sorted({symbol.word for symbol in symbols if symbol.word is not None})


def test_kokoro_has_114_symbols():
    assert len(set(KOKORO)) == 114


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("letter", [*LETTERS, *"ڤپچگژکی"])
def test_every_letter_of_news_is_said(letter, own):
    without, with_it = (said(f"قَالَ {word} نَعَمْ", own=own) for word in ("بَ", f"بَ{letter}َ"))
    assert len(with_it) > len(without)


@pytest.mark.parametrize("mark", sorted({*MARKS} - {"\u0652", "\u064b"}))
def test_every_mark_is_heard(mark):
    assert said(f"كَتَب{mark} نَعَمْ") != said("كَتَب نَعَمْ")


def test_tanwin_with_its_alif_is_heard():
    assert said("كِتَابًا").endswith("an")
    assert re.search("ʔˌ?an$", said("مَسَاءً"))


@pytest.mark.parametrize("phone", [row[0] for row in PHONES])
def test_each_of_our_phones_has_a_symbol(phone):
    ids = {char: at for at, char in enumerate(NABRA)}
    [*symbols] = Symbols(ids, "ar", own=True).spell(Utterance("كلمة", "كلمة", f"a{phone}"))
    assert len(symbols) > 1


@pytest.mark.parametrize("own", [False, True])
def test_news_is_spelt_with_a_word_for_each_sound(own):
    for line in NEWS.read_text(encoding="utf-8").splitlines():
        symbols = spelt(line, own=own)
        assert words(symbols) == list(range(len(line.split())))
        assert len(symbols) < 1.4 * len(line)


def test_a_vowel_is_heard_on_either_side_of_its_shadda():
    assert said("النِّفْط") == said("النّ\u0650فْط".replace("\u0651\u0650", "\u0650\u0651"))
    assert said("ن\u0651\u0650ف") == said("ن\u0650\u0651ف")
    assert "i" in said("ن\u0650\u0651ف")


def test_emphatic_marks_ties_and_syllable_dots_are_not_symbols():
    assert not set("ˤ\u032a^.") & set(said("صَبَاحَ الطَّرِيقِ الضَّيِّقِ جَمِيلْ"))


def test_our_phonemes_are_written_as_espeak_writes_them():
    assert said("خَرَجَ صَبَاحًا", own=True) == "χˈaraʤa sabˈaːħan"


def test_pauses_are_symbols_after_their_word():
    assert re.fullmatch(r"[^ ,;?]+, [^ ,;?]+; [^ ,;?]+\?", said("نَعَمْ، هُنَا؛ هُنَاكْ؟"))
    assert said("نَعَمْ، هُنَا؟", own=True) == "nˈaʕam, hˈunaː?"


def test_letters_that_espeak_would_name_are_refused_by_name():
    with pytest.raises(EngineError, match=r"«ݐ» \(U\+0750\)"):
        spelt("بَݐَ")


def test_a_phone_without_a_symbol_is_refused_by_name():
    with pytest.raises(EngineError, match=r"«ħ» \(U\+0127\)"):
        spelt("صَبَاحْ", known=KOKORO)


def test_a_phone_without_a_symbol_is_replaced_by_its_nearest():
    assert "x" in said("خَبَرْ", known=NABRA.replace("χ", ""))
    assert said("جَبَلْ", known=NABRA.replace("ʤ", "")).startswith("dʒ")


def test_english_has_kokoro_s_symbols_for_its_diphthongs():
    symbols = spelt("The day of my boy", language="en-us")
    assert "".join(symbol.text for symbol in symbols).endswith("dˈA ʌv mI bˈY")
    assert words(symbols) == list(range(5))


def test_symbols_are_read_from_every_published_file(tmp_path):
    for content in ('{"a": 43}', '{"vocab": {"a": 43}}', '{"model": {"vocab": {"a": 43}}}'):
        (tmp_path / "table.json").write_text(content)
        assert read(tmp_path / "table.json", "ʕ=7 ħ=8") == {"a": 43, "ʕ": 7, "ħ": 8}


@pytest.mark.parametrize("added", ["ʕ", "ʕ=x", "="])
def test_added_symbols_that_are_no_pairs_are_refused(tmp_path, added):
    (tmp_path / "table.json").write_text("{}")
    with pytest.raises(EngineError, match=r"table\.json"):
        read(tmp_path / "table.json", added)


@given(st.text(alphabet="ab ,.", max_size=300), st.integers(1, 40))
def test_runs_are_short_enough_and_lose_no_sound(text, longest):
    symbols = [Symbol(char, at, None) for at, char in enumerate(text)]
    parted = [*runs(symbols, longest)]
    assert all(1 <= len(part) <= longest for part in parted)
    ids = [symbol.id for part in parted for symbol in part]
    assert ids == sorted(ids)
    assert {symbol.id for symbol in symbols if sounds(symbol.text)} <= {*ids}


def test_runs_end_at_pauses_rather_than_between_words_and_are_of_like_length():
    text = "aaa bbb ccc, ddd eee fff ggg"
    symbols = [Symbol(char, 0, None) for char in text]
    assert ["".join(symbol.text for symbol in part) for part in runs(symbols, 20)] == [
        "aaa bbb ccc,",
        " ddd eee fff ggg",
    ]

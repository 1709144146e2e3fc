"""What MBROLA is given to read."""

import itertools

import pytest

from service.engines.mbrola_script import SYMBOLS, Database, Melody, write
from service.text.phonetics.phonemes import phonemise

AR1 = Database(frozenset(), hamza_after_consonants=False)
AR2 = Database(frozenset(("aa", "ii", "uu", "g", "v")), hamza_after_consonants=True)
PLAIN = Melody(100, 1)


def symbols(ipa, database=AR1):
    return " ".join(sound.symbol for sound in write(ipa, database, PLAIN))


@pytest.mark.parametrize(
    ("ipa", "ar1", "ar2"),
    [
        ("qaːla", "_ q aa l a _", "_ q a l a _"),
        ("sˤabrun", "_ s. a. b r u n _", "_ s. a. b r u n _"),
        ("tˤaːba", "_ t. a. b a _", "_ t. a. b a _"),
        ("ʔanta", "_ _ a n t a _", "_ _ a n t a _"),
        ("saʔala", "_ s a ? a l a _", "_ s a ? a l a _"),
        ("masʔala", "_ m a s _ a l a _", "_ m a s ? a l a _"),
        ("ɡaːv", "_ g aa v _", "_ G a f _"),
        ("qul, naʕam", "_ q u l _ n a H a m _", "_ q u l _ n a H a m _"),
    ],
)
def test_only_pairs_of_sounds_that_were_recorded_are_written(ipa, ar1, ar2):
    assert symbols(ipa, AR1) == ar1
    assert symbols(ipa, AR2) == ar2


@pytest.mark.parametrize("database", [AR1, AR2])
def test_no_two_phones_make_a_pair_that_is_known_to_be_missing(database):
    dark, plain, emphatic = {"a.", "i.", "u."}, {"a", "i", "u", "aa", "ii", "uu"}, {"s.", "d.", "t.", "z."}
    for one, other in itertools.product(SYMBOLS, repeat=2):
        script = symbols(f"b{one}{other}a", database).split()
        for left, right in itertools.pairwise(script):
            assert (left in emphatic) == (right in dark) or right not in dark | plain, script
            assert right != "?" or left in plain or (database is AR2 and left != "_"), script
            assert right not in database.lacks


def vowels(ipa):
    return [sound for sound in write(ipa, AR1, PLAIN) if sound.symbol == "a"]


def test_a_stressed_vowel_is_longer_and_higher():
    plain, stressed = vowels("kataba")[1], vowels("kaˈtaba")[1]

    assert stressed.milliseconds > plain.milliseconds
    assert stressed.hertz > plain.hertz


def test_the_pitch_falls_through_a_breath_and_its_last_syllable_is_long():
    first, second, last = vowels("kataba.")

    assert first.hertz > second.hertz > last.hertz
    assert last.milliseconds > second.milliseconds == first.milliseconds


def test_a_question_ends_high_and_a_comma_level():
    stop, comma, question = (vowels(f"kataba{mark}")[-1].hertz for mark in ".,?")

    assert stop < comma < question


def test_a_faster_pace_shortens_every_sound():
    plain, fast = (write("qaːla, naʕam", AR1, Melody(100, pace)) for pace in (1, 2))

    assert [sound.symbol for sound in plain] == [sound.symbol for sound in fast]
    assert all(
        one.milliseconds / 2 == pytest.approx(other.milliseconds, abs=1)
        for one, other in zip(plain, fast, strict=True)
    )


def test_words_are_counted_through_pauses():
    ipa = phonemise("قَالَ نَعَمْ، ثُمَّ ذَهَبْ.")

    words = [sound.word for sound in write(ipa, AR1, PLAIN) if sound.word is not None]

    assert sorted(set(words)) == [0, 1, 2, 3]
    assert words == sorted(words)


@pytest.mark.parametrize("ipa", ["", " ", "...", "?"])
def test_where_no_sound_is_there_is_no_script(ipa):
    assert write(ipa, AR1, PLAIN) == []

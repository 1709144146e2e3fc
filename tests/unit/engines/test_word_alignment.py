"""Which written word a phoneme belongs to, whether eSpeak's words are the written ones or not."""

from service.engines.word_alignment import by_breaks, by_sound


def owners(text, *alone):
    return by_sound(list(text), [list(word) for word in alone])


def test_breaks_part_the_words_and_pauses_belong_to_none():
    assert by_breaks(list("ab, c."), 2) == [0, 0, None, None, 1, None]


def test_breaks_that_part_more_or_fewer_words_tell_nothing():
    assert by_breaks(list("ab c"), 3) == []
    assert by_breaks(list("ab c d"), 2) == []


def test_a_word_made_of_two_is_parted_by_its_sounds():
    assert owners("art ʌvðə brɪk", "art", "ʌv", "ðə", "brɪk") == [
        *(0, 0, 0, None),
        *(1, 1, 2, 2, None),
        *(3, 3, 3, 3),
    ]


def test_words_made_of_one_are_its_own():
    assert owners("fɔr siks", "fɔr siks") == [0, 0, 0, None, 0, 0, 0, 0]


def test_a_sound_that_no_word_has_by_itself_belongs_to_the_one_before():
    assert owners("ab xc", "ab", "c") == [0, 0, None, 0, 1]


def test_a_word_that_is_not_found_again_tells_nothing_of_any():
    assert owners("ab", "ab", "q") == []

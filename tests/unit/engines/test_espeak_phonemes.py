from service.engines.espeak_phonemes import to_espeak


def test_each_clause_stands_in_brackets_before_its_pause() -> None:
    assert to_espeak("ˈqaːla, ʔinna lʔamn.") == "[['qa:la]], [[?inna l?amn]]."


def test_vowels_are_dark_after_an_emphatic_consonant() -> None:
    assert to_espeak("tˤaˈwiːl sˤˈsˤiːn") == "[[t[a.'wi:l s['s[i.:n]]"


def test_a_long_vowel_is_short_before_two_consonants_of_the_next_word() -> None:
    assert to_espeak("fiː lˈbajti fiː ˈbajti fiː lidʒtiˈmaːʕ") == "[[fi l'bajti fi: 'bajti fi: lidZti'ma:A]]"


def test_what_the_table_does_not_know_is_left_out() -> None:
    assert to_espeak("#ba%") == "[[ba]]"
    assert to_espeak("") == ""

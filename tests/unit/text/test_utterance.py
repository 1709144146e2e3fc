from service.model.reading import SpokenText
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.phonetics.utterance import utter_all


def test_a_piece_is_vowelled_ends_in_pausal_form_and_has_its_phonemes() -> None:
    [said] = utter_all([SpokenText("ذهب الولد إلى المدرسة.")], Diacritiser())

    assert said.spoken == "ذهب الولد إلى المدرسة."
    assert said.diacritised == "ذَهَبَ الْوَلَدُ إِلَى الْمَدْرَسَةْ."
    assert said.phonemes == "ˈðahaba lˈwaladu ˈʔilaː lˈmadrasa."


def test_pieces_of_a_sentence_keep_their_own_words() -> None:
    spoken = ["قال الوزير إن الحكومة تدرك", "أهمية الأمن،", "وأضاف أن العمل مستمر."]

    said = utter_all(list(map(SpokenText, spoken)), Diacritiser())

    assert [utterance.spoken for utterance in said] == spoken
    assert [len(utterance.diacritised.split()) for utterance in said] == [5, 2, 4]
    assert [len(utterance.phonemes.split()) for utterance in said] == [5, 2, 4]


def test_nothing_to_say_makes_nothing() -> None:
    assert utter_all([], Diacritiser()) == []

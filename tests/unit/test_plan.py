"""The key of a recording: all that shapes the sound, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.articles.intake import Intake
from service.config.lexicons import Lexicons
from service.config.sites import Sites
from service.model.article import Submission
from service.model.document import Boundary
from service.model.reading import CaseEndings, SpokenText, Utterance
from service.model.recording import Plan, Speaker
from service.recordings import plan as planning
from service.recordings.plan import VoiceProfile
from service.text.normalisation.transliteration import Language
from service.text.pipeline.spoken import ReadingOptions

INTAKE = Intake("صحيفة", 100_000, ReadingOptions(), Lexicons(Path("none")), Sites(Path("none")))
PAUSES = {
    Boundary.BREATH: 0.09,
    Boundary.VOICE: 0.2,
    Boundary.CLAUSE: 0.3,
    Boundary.SENTENCE: 0.55,
    Boundary.PARAGRAPH: 0.9,
    Boundary.TITLE: 1.2,
}
ITSELF = Speaker("espeak-ar", "f" * 64)
SOUND = VoiceProfile("espeak-ar", "f" * 64, ITSELF, 600, 1.0, PAUSES, -16.0, 64, "d-1")
TEXT = "وصل القطار صباحا. وعاد مساء.\nثم نام الجميع."


def plan(request: Submission, sound: VoiceProfile = SOUND, intake: Intake = INTAKE) -> Plan:
    article = intake.extract(request)
    return planning.plan(article, intake.read(article), sound)


KEY = plan(Submission(text=TEXT)).key


@pytest.mark.parametrize(
    "request_",
    [
        Submission(text=TEXT, id="another"),
        Submission(text=TEXT, url="https://example.com/1"),
        Submission(text=TEXT, author="كاتب"),
        Submission(text=f"\n\n  {TEXT}  \n"),
        Submission(text=TEXT.replace(" ", "  ")),
        Submission(text=TEXT.replace("\n", "\r\n\r\n")),
        Submission(text=TEXT.replace(" ", "\u00a0")),
        Submission(text=f"الخط : إستمع للمقال\n{TEXT}\nالوسوم قطار سفر"),
        Submission(html=f"<article><p>{TEXT.replace(chr(10), '</p><p>')}</p></article>"),
    ],
)
def test_what_is_not_heard_is_not_in_it(request_: Submission) -> None:
    assert plan(request_).key == KEY


@pytest.mark.parametrize(
    "request_",
    [
        Submission(text=TEXT.replace("القطار", "القطاران")),
        Submission(text=TEXT, title="عنوان"),
        Submission(text=TEXT.replace("\n", " ")),
        Submission(text=TEXT.replace(". ", "، ")),
    ],
)
def test_every_word_and_pause_is_in_it(request_: Submission) -> None:
    assert plan(request_).key != KEY


@pytest.mark.parametrize(
    "change",
    [
        {"voice": "other"},
        {"voice_fingerprint": "e" * 64},
        {"speed": 1.1},
        {"loudness": -18.0},
        {"kbps": 96},
        {"diacritiser": "d-2"},
        {"pauses": {**PAUSES, Boundary.SENTENCE: 0.6}},
        {"pauses": {**PAUSES, Boundary.PARAGRAPH: 1.0}},
        {"case_endings": CaseEndings.CAUTIOUS},
        {"case_endings": CaseEndings.NONE},
    ],
)
def test_all_that_shapes_the_sound_is_in_it(change: dict[str, Any]) -> None:
    assert plan(Submission(text=TEXT), replace(SOUND, **change)).key != KEY


def test_a_pause_that_is_never_made_is_not_in_it() -> None:
    other = replace(SOUND, pauses={**PAUSES, Boundary.TITLE: 3.0})
    assert plan(Submission(text=TEXT), other).key == KEY


def test_the_case_endings_are_in_the_keys_and_the_id_unless_all_are_said() -> None:
    article = INTAKE.extract(Submission(text=TEXT))
    full, *others = (plan(Submission(text=TEXT), replace(SOUND, case_endings=each)) for each in CaseEndings)
    assert full.key == KEY
    made = [full, *others]
    assert len({each.key for each in made}) == 3
    assert len({spoken(each) for each in made}) == 3
    assert len({planning.record(article, each, Submission(), 1.0).id for each in made}) == 3
    assert [each.case_endings for each in made] == list(CaseEndings)


def test_a_variant_that_was_asked_for_is_in_the_id_alone() -> None:
    article = INTAKE.extract(Submission(text=TEXT))
    made = plan(Submission(text=TEXT), SOUND)
    requests = (Submission(), Submission(locale="ar-DZ"), Submission(locale="ar-TN"))
    assert len({planning.record(article, made, each, 1.0).id for each in requests}) == 3
    assert {planning.record(article, made, each, 1.0).key for each in requests} == {KEY}


_WORDS = st.lists(
    st.sampled_from(["قطار", "وصل", "مساء", "12", "بيت،", "نام.", "هل؟"]), min_size=1, max_size=30
)


@given(_WORDS, st.sampled_from([" ", "  ", "\t", "\u00a0 "]), st.text(" \n\t", max_size=4))
def test_no_white_space_is_ever_in_it(words: list[str], gap: str, around: str) -> None:
    one = plan(Submission(text=" ".join(words)))
    other = plan(Submission(text=around + gap.join(words) + around))
    assert one.key == other.key


@given(_WORDS, _WORDS)
def test_different_words_are_different_keys(some: list[str], others: list[str]) -> None:
    one, other = plan(Submission(text=" ".join(some))), plan(Submission(text=" ".join(others)))
    said: Callable[[Plan], Any] = lambda made: [sentence.pieces for sentence in made.sentences]  # noqa: E731
    assert (one.key == other.key) == (said(one) == said(other))


def spoken(made: Plan, number: int = 0) -> str:
    return planning.sentence_key(made.sentences[number], made)


class TestSentences:
    def test_the_same_sentence_elsewhere_is_spoken_once(self) -> None:
        one = plan(Submission(text="وصل القطار صباحا. وعاد مساء."))
        other = plan(Submission(text="مقدمة أخرى. وصل القطار صباحا. ثم خاتمة."))
        assert spoken(one) == spoken(other, 1)

    def test_pauses_are_no_part_of_it(self) -> None:
        last, first = plan(Submission(text="وصل القطار.")), plan(Submission(text="وصل القطار. وعاد."))
        assert spoken(last) == spoken(first)
        pauses = {**PAUSES, Boundary.CLAUSE: 0.9, Boundary.SENTENCE: 0.9}
        assert spoken(last) == spoken(plan(Submission(text="وصل القطار."), replace(SOUND, pauses=pauses)))

    def test_a_breath_is_a_short_pause_and_part_of_it(self) -> None:
        text = (
            "وصل قطار الكتب السريع إلى المدينة القديمة خلال الأسبوع الأول من الشهر الحالي، "
            "ثم عاد القطار إلى محطته في الغد."
        )
        [sentence] = plan(Submission(text=f"وصل. {text}")).sentences[1:]
        assert [(piece.continues, piece.pause) for piece in sentence.pieces] == [
            (True, 0.09),
            (False, 0.3),
            (False, 0.9),
        ]
        made = plan(Submission(text=text))
        paused = replace(sentence.pieces[0], continues=False)
        other = replace(sentence, pieces=(paused, *sentence.pieces[1:]))
        assert planning.sentence_key(other, made) != planning.sentence_key(sentence, made)

    @pytest.mark.parametrize(
        "change",
        [
            {"voice": "other"},
            {"voice_fingerprint": "e"},
            {"speed": 1.5},
            {"loudness": -18.0},
            {"kbps": 96},
            {"diacritiser": "d-2"},
        ],
    )
    def test_what_makes_it_sound_otherwise_makes_it_another(self, change: dict[str, Any]) -> None:
        one = plan(Submission(text="وصل القطار."))
        other = plan(Submission(text="وصل القطار."), replace(SOUND, **change))
        assert spoken(one) != spoken(other)


class TestLatinVoice:
    """Another voice says a title in Latin script."""

    INTAKE = Intake(
        "صحيفة",
        100_000,
        ReadingOptions("ar-EG", latin=Language.ENGLISH),
        Lexicons(Path("none")),
        Sites(Path("none")),
    )
    SOUND = replace(SOUND, latin=Speaker("joe", "1" * 64))
    MIXED = Submission(text="وصل القطار. عرض فيلم «The Silver Ship» أمس.")
    ARABIC = Submission(text="وصل القطار. عرض فيلم أمس.")

    def planned(self, request: Submission, **change: Any) -> Plan:
        return plan(request, replace(self.SOUND, **change), self.INTAKE)

    def test_each_piece_knows_who_says_it(self) -> None:
        made = self.planned(self.MIXED)
        assert [
            (made.voice_of(piece), piece.pause) for sentence in made.sentences for piece in sentence.pieces
        ] == [("espeak-ar", 0.55), ("espeak-ar", 0.2), ("joe", 0.2), ("espeak-ar", 0.9)]

    @pytest.mark.parametrize("other", [Speaker("joe", "2" * 64), Speaker("amy", "1" * 64)])
    def test_it_is_in_the_key_of_what_it_says_something_in_and_of_nothing_else(self, other: Speaker) -> None:
        mixed, arabic = self.planned(self.MIXED), self.planned(self.ARABIC)
        assert self.planned(self.MIXED, latin=other).key != mixed.key
        assert self.planned(self.ARABIC, latin=other).key == arabic.key
        assert arabic.key == plan(self.ARABIC, intake=self.INTAKE).key

    def test_it_is_in_the_key_of_the_sentence_it_says_something_in_and_of_no_other(self) -> None:
        one, other = self.planned(self.MIXED), self.planned(self.MIXED, latin=Speaker("joe", "2" * 64))
        assert spoken(one, 0) == spoken(other, 0)
        assert spoken(one, 1) != spoken(other, 1)

    def test_explaining_tells_who_says_what(self) -> None:
        asked = []

        def utter(sentences: Any, case_endings: CaseEndings) -> list[list[Utterance]]:
            assert case_endings is CaseEndings.FULL
            asked.extend(sentences)
            return [[Utterance(piece.words, piece.words, "") for piece in pieces] for pieces in sentences]

        article = self.INTAKE.extract(self.MIXED)
        told = planning.explain(self.INTAKE.read(article), self.SOUND, utter)
        assert [(piece.voice, piece.text) for piece in told[1].pieces] == [
            ("espeak-ar", "عرض فيلم"),
            ("joe", "The Silver Ship"),
            ("espeak-ar", "أمس."),
        ]
        assert asked[1][1] == SpokenText("The Silver Ship", latin=True)


class TestRecords:
    def test_without_an_id_it_is_known_by_what_it_says(self) -> None:
        article = INTAKE.extract(Submission(text=TEXT))
        made = plan(Submission(text=TEXT))
        assert (
            planning.record(article, made, Submission(), 1.0).id
            == planning.record(article, made, Submission(), 2.0).id
        )
        other = INTAKE.extract(Submission(text=f" {TEXT}"))
        assert (
            planning.record(other, made, Submission(), 1.0).id
            != planning.record(article, made, Submission(), 1.0).id
        )
        assert planning.record(article, made, Submission(id="mine"), 1.0).id == "mine"


def speak(inner: str) -> Plan:
    return plan(Submission(ssml=f"<speak>{inner}</speak>"))


class TestOfSsml:
    SAME = "<p>وصل القطار صباحا. وعاد مساء.</p><p>ثم نام الجميع.</p>"

    def test_the_same_sound_has_the_same_key(self) -> None:
        assert speak(self.SAME).key == KEY
        assert speak(self.SAME.replace("القطار", '<mark name="a"/>القطار')).key == KEY
        assert speak(f'<prosody rate="100%" volume="medium">{self.SAME}</prosody>').key == KEY
        assert speak(self.SAME.replace("القطار", '<sub alias="القطار">ق</sub>')).key == KEY

    @pytest.mark.parametrize(
        "inner",
        [
            SAME.replace("وعاد", '<break time="1s"/>وعاد'),
            SAME.replace("القطار", '<prosody rate="fast">القطار</prosody>'),
            SAME.replace("القطار", '<prosody pitch="high">القطار</prosody>'),
            SAME.replace("القطار", '<prosody volume="loud">القطار</prosody>'),
            SAME.replace("القطار", '<phoneme ph="ʔalqitˤaːr">القطار</phoneme>'),
            SAME.replace("القطار", '<say-as interpret-as="characters">القطار</say-as>'),
            SAME.replace("القطار", '<sub alias="القارب">القطار</sub>'),
        ],
    )
    def test_another_has_another(self, inner: str) -> None:
        assert speak(inner).key != KEY

    @pytest.mark.parametrize("told", ['rate="fast"', 'pitch="high"', 'volume="loud"'])
    def test_sentences_around_are_shared(self, told: str) -> None:
        plain = plan(Submission(text=TEXT))
        styled = speak(self.SAME.replace("وعاد مساء.", f"<prosody {told}>وعاد مساء.</prosody>"))
        keys = [
            [planning.sentence_key(sentence, each) for sentence in each.sentences] for each in (plain, styled)
        ]
        assert [one == other for one, other in zip(*keys, strict=True)] == [True, False, True]

    def test_a_break_between_sentences_speaks_none_anew(self) -> None:
        plain, paused = (
            plan(Submission(text=TEXT)),
            speak(self.SAME.replace("وعاد", '<break time="3s"/>وعاد')),
        )
        keys = [
            [planning.sentence_key(sentence, each) for sentence in each.sentences] for each in (plain, paused)
        ]
        assert keys[0] == keys[1]
        assert paused.sentences[0].pieces[-1].pause == 3.0

    def test_breaks_add_up_and_strengths_are_the_sites_pauses(self) -> None:
        breaks = '<break strength="x-strong"/><break time="1s"/>'
        assert speak(f"وصل. {breaks} ونام.").sentences[0].pieces[-1].pause == pytest.approx(2.2)
        assert speak('وصل. <break strength="none"/> ونام.').sentences[0].pieces[-1].pause == 0.0

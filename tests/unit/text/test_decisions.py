"""What decided the vowels of each word, its other readings, and the words to look at."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from service.config.settings import Settings
from service.model.article import Submission
from service.model.reading import Doubt, ExplainedWord, Source, SpokenText, Utterance
from service.recordings import plan
from service.server import voice_profile
from service.server.container import Container
from service.storage.codec import UTTERANCES, unpacked
from service.text.core.orthography import FATHA, MARKS, letters, skeleton
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.phonetics.phonemes import phonemise
from service.text.phonetics.utterance import explain_all, utter_all

PARTS = Container(Settings())
SOUND = voice_profile.sound(PARTS.settings, PARTS.catalogue, None, None)
PAGES = Path(__file__).parents[2] / "corpus" / "pages"
DIACRITISER = Diacritiser()


def words(text: str) -> list[ExplainedWord]:
    """All spoken words of a text."""
    readings = PARTS.intake.read(PARTS.intake.extract(Submission(text=text)))
    traces = plan.explain(
        readings, SOUND, lambda sentences, _: [explain_all(pieces, DIACRITISER) for pieces in sentences]
    )
    return [word for trace in traces for word in trace.words]


def word(text: str, written: str) -> ExplainedWord:
    return next(each for each in words(text) if each.spoken == written)


@cache
def article() -> list[ExplainedWord]:
    return words((PAGES / "olive_bank.txt").read_text("utf-8"))


class TestSource:
    @pytest.mark.parametrize("vowelled", ["كُتِبَ", "مُدَرِّسَةٌ", "رَفَعُوا", "قِمَّةٍ", "عَلَى"])
    def test_marks_of_the_author_leave_no_margin(self, vowelled: str) -> None:
        found = word(f"قال إن {vowelled} هنا.", skeleton(vowelled))
        assert (found.source, found.margin, found.alternatives) == (Source.AUTHOR, None, ())

    @pytest.mark.parametrize(
        ("sentence", "written", "source"),
        [
            ("تحدث عن الدُستور الجديد.", "الدستور", Source.AUTHOR),
            ("وصل القطار إلى كلميم مساء.", "كلميم", Source.LEXICON),
            ("زار الوفد قطر أمس.", "قطر", Source.LEXICON),
            ("قال رياض مزور كلمته.", "مزور", Source.LEXICON),
            ("تحدث المدير مع خديجة طويلا.", "خديجة", Source.NAME),
            ("نما الناتج بنسبة 3.5% سنويا.", "فاصلة", Source.PHRASE),
            ("أعلنت الحكومة عن مشروع.", "أعلنت", Source.VERB),
            ("وسيستقبلهم الرئيس غدا.", "وسيستقبلهم", Source.VERB),
            ("بدأ العمل في الموعد.", "الموعد", Source.MODELS),
            ("بدأ العمل في الموعد.", "في", Source.MODELS),
        ],
    )
    def test_what_decided(self, sentence: str, written: str, source: Source) -> None:
        assert word(sentence, written).source == source

    def test_latin_that_its_own_voice_reads(self) -> None:
        [_, latin] = explain_all([SpokenText("شاهدت فيلم"), SpokenText("The Ship.", latin=True)], DIACRITISER)
        assert [each.source for each in latin.decisions] == [Source.VOICE, Source.VOICE]


class TestAlternatives:
    def test_of_a_verb_are_its_other_forms(self) -> None:
        assert "عُقِدْ" in word("وقد عقد.", "عقد").alternatives

    def test_agree_with_the_marks_of_the_author(self) -> None:
        found = word("رُفع العلم في الساحة.", "رفع")
        assert found.margin is not None
        assert all(letters(each)[0].vowel == "ُ" for each in found.alternatives)

    def test_have_the_letters_of_the_word_and_another_sound(self) -> None:
        for each in article():
            assert len(each.alternatives) <= 3
            assert len(set(each.alternatives)) == len(each.alternatives)
            for other in each.alternatives:
                assert skeleton(other) == skeleton(each.diacritised)
                assert phonemise(other) != phonemise(each.diacritised)

    def test_have_vowels(self) -> None:
        others = [other for each in article() for other in each.alternatives]
        assert len(others) > 50
        assert all(letters(other)[0].vowel or other.startswith(("ا", "آ")) for other in others)

    def test_before_a_pause_the_ending_is_none(self) -> None:
        for ending in (".", "، ثم عاد."):
            said = word(f"وصلت الحافلة إلى المدينة{ending}", "المدينة")
            assert not {each[:-1] for each in said.alternatives} & {"الْمَدِينَة", "الْمَدِينَ"}

    def test_a_margin_is_not_below_nothing(self) -> None:
        margins = [each.margin for each in article() if each.margin is not None]
        assert len(margins) > 100
        assert min(margins) >= 0

    def test_a_margin_is_larger_where_the_sentence_tells(self) -> None:
        """A surer reading has a larger margin: one that the sentence shows, than one that it leaves open."""
        told, open_ = "كتب الطالب الدرس في دفتره.", "ثم كتب."
        assert (word(told, "كتب").margin or 0) > (word(open_, "كتب").margin or 0)


class TestNothingElseChanges:
    TEXTS = ("وقع الوزيران الاتفاق، ثم غادرا.", "شكراً جزيلاً لكم", "قُتل ثلاثة أشخاص.", "…", "", "إن")

    @pytest.mark.parametrize("text", TEXTS)
    def test_the_reading_is_the_same(self, text: str) -> None:
        pieces = [SpokenText(text, continues=True), SpokenText(text)]
        said, told = utter_all(pieces, DIACRITISER), explain_all(pieces, DIACRITISER)
        assert [each.diacritised for each in told] == [each.diacritised for each in said]
        assert [each.phonemes for each in told] == [each.phonemes for each in said]
        assert all(each.decisions == () for each in said)
        assert [len(each.decisions) for each in told] == [len(text.split())] * 2

    def test_every_word_has_a_decision_however_long_the_sentence(self) -> None:
        shuffled = random.Random(7).sample(self.TEXTS[0].split() * 60, 240)  # noqa: S311
        [told] = explain_all([SpokenText(" ".join(shuffled))], DIACRITISER)
        assert len(told.decisions) == 240
        assert sum(each.margin is not None for each in told.decisions) > 200


class TestOtherVersions:
    def test_an_older_workers_answer_tells_no_decisions(self) -> None:
        old = json.dumps([[{"spoken": "نعم.", "diacritised": "نَعَمْ.", "phonemes": "naʕam."}]]).encode()
        answer = unpacked(UTTERANCES, old)
        assert answer == [[Utterance("نعم.", "نَعَمْ.", "naʕam.")]]
        [reading] = PARTS.intake.read(PARTS.intake.extract(Submission(text="نعم.")))
        [trace] = plan.explain([reading], SOUND, lambda *_: answer)
        [found] = trace.words
        assert (found.diacritised, found.source, found.margin) == ("نَعَمْ", None, None)

    def test_a_newer_workers_source_is_passed_on(self) -> None:
        [told] = explain_all([SpokenText("نعم.")], DIACRITISER)
        newer = json.loads(UTTERANCES.encode([[told]]))
        newer[0][0]["decisions"][0] |= {"source": "omens", "more": 1}
        [[found]] = unpacked(UTTERANCES, json.dumps(newer).encode()) or [[]]
        assert found.decisions[0].source == "omens"


def doubted(text: str, doubt: Doubt) -> Iterator[str]:
    return (each.text for each in words(text) if doubt in each.doubts)


class TestDoubts:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("قال السيد زعطوطي كلمته.", "زعطوطي"),
            ("التقى محمد البنسعيدي بالوفد.", "البنسعيدي"),
            ("وصلت الدكتورة شلبوطة مساء.", "شلبوطة"),
            ("كتب أحمد بن زنكوط قصيدة.", "زنكوط"),
        ],
    )
    def test_a_name_in_no_lexicon(self, text: str, name: str) -> None:
        assert list(doubted(text, Doubt.NAME)) == [name]

    @pytest.mark.parametrize(
        "text",
        [
            "استقبل الرئيس الأميركي ضيوفه.",
            "قال محمد إنه عاد.",
            "التقى محمد بالوفد ووصل خالد والوزير.",
            "تحدث الوزير أمس عن الخطة.",
            "عاد محمد السادس إلى الرباط.",
            "قال السيد خالد المنصوري كلمته.",
            "سافرت فاطمة المغربية إلى تونس.",
        ],
    )
    def test_another_word_beside_a_name_is_none(self, text: str) -> None:
        assert list(doubted(text, Doubt.NAME)) == []

    def test_latin_is_looked_at_unless_the_lexicon_knows_it(self) -> None:
        assert list(doubted("وقعت شركة Zorblax اتفاقا مع NATO.", Doubt.LATIN)) == ["Zorblax"]

    @pytest.mark.parametrize(
        ("text", "chosen", "other"),
        [
            ("وصل الوفد إلى صور.", "صُور", "صُوَر"),
            ("نشرت الصحيفة صور الحادث.", "صُوَر", "صُور"),
            ("بلغ قطر الدائرة مترا.", "قُطْر", "قَطَر"),
        ],
    )
    def test_a_homograph_has_its_other_reading(self, text: str, chosen: str, other: str) -> None:
        found = next(each for each in words(text) if Doubt.HOMOGRAPH in each.doubts)
        assert found.diacritised.startswith(chosen)
        assert found.alternatives[0].startswith(other)

    @pytest.mark.parametrize("text", ["وصل السفير المصري.", "فاز المنتخب في كأس العالم."])
    def test_a_reading_that_differs_in_the_nisba_alone_or_a_part_of_a_longer_name_is_none(
        self, text: str
    ) -> None:
        assert list(doubted(text, Doubt.HOMOGRAPH)) == []

    def test_a_small_margin(self) -> None:
        small = [each for each in article() if Doubt.MARGIN in each.doubts]
        assert small
        assert all(each.margin is not None and each.margin < 1.5 and each.alternatives for each in small)
        assert len(small) < len(article()) / 5

    def test_marks_of_the_author_end_a_doubt(self) -> None:
        text = "سجلت الحكومة نموا قدره كبير."
        assert Doubt.MARGIN in word(text, "قدره").doubts
        assert word(text.replace("قدره", "قَدْرُهُ"), "قدره").doubts == ()


def test_a_word_is_traced_to_what_is_written() -> None:
    text = "وصل 12 مسافرا، ثم وصلت Zorblax."
    found = words(text)
    assert [each.text for each in found] == [
        "وصل",
        "12 مسافرا",
        "12 مسافرا",
        "12 مسافرا",
        "ثم",
        "وصلت",
        "Zorblax",
    ]
    assert all(each.span and text[each.span.start : each.span.end] == each.text for each in found)
    assert not any(MARKS & set(each.spoken) or each.diacritised.endswith(("،", ".")) for each in found)
    assert FATHA in found[0].diacritised


def test_signs_around_a_word_are_no_part_of_it() -> None:
    text = "قال «زعطوطي» (وهو شاعر) إن نسبة 3.5% كبيرة"
    assert [each.text for each in words(text)][:4] == ["قال", "زعطوطي", "وهو", "شاعر"]
    assert "3.5%" in {each.text for each in words(text)}


def test_a_title_beside_the_text_has_words_too() -> None:
    request = Submission(text="عاد الوفد.", title="وصول خديجة إلى كلميم")
    readings = PARTS.intake.read(PARTS.intake.extract(request))
    title, _ = plan.explain(
        readings, SOUND, lambda all_, _: [explain_all(each, DIACRITISER) for each in all_]
    )
    assert [(each.spoken, each.source, each.span) for each in title.words[1:]] == [
        ("خديجة", Source.NAME, None),
        ("إلى", Source.MODELS, None),
        ("كلميم", Source.LEXICON, None),
    ]

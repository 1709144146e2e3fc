"""What an SSML document says becomes an article, and what is to be said of it."""

from __future__ import annotations

from typing import Any

import pytest

from service.article import About
from service.model.document import Article, Boundary, Break, NamedMark, Prosody, Role
from service.model.errors import BadArticle
from service.model.reading import Phrase
from service.ssml import from_ssml
from service.text.lexicon.annotation import annotate
from service.text.normalisation.transliteration import Language
from service.text.pipeline.spoken import ReadingOptions, read
from service.text.segmentation.sentences import sentences

PLS = (
    "<lexicon xmlns='http://www.w3.org/2005/01/pronunciation-lexicon' version='1.0'>"
    "<lexeme><grapheme>زرقط</grapheme><alias>زُرْقُط</alias></lexeme>"
    "<lexeme><grapheme>XQ</grapheme><alias>إكس كيو</alias></lexeme></lexicon>"
)
INLINE = f'<lexicon uri="data:application/pls+xml,{PLS.replace("<", "&lt;")}"/>'


def article(inner: str, **options: Any) -> Article:
    given = {"about": About(), "ignore": False, "max_characters": 10_000, "locale": "ar-MA"} | options
    return from_ssml(f"<speak>{inner}</speak>", **given)


def pieces(inner: str, reading: ReadingOptions | None = None, **options: Any) -> list[Phrase]:
    made = article(inner, **options)
    options_ = reading or ReadingOptions()
    return [piece for sentence in sentences(made) for piece in read(sentence, options_).pieces]


def spoken(inner: str, reading: ReadingOptions | None = None, **options: Any) -> str:
    return " ".join(piece.spoken for piece in pieces(inner, reading, **options))


class TestStructure:
    def test_paragraphs_are_lines_and_white_space_counts_once(self) -> None:
        made = article("\n <p>وصل\n  القطار.</p>\n <p> وعاد <s>مساء.</s> </p>")
        assert made.text.split("\n") == ["وصل القطار.", "وعاد ", "مساء."]
        for paragraph in made.paragraphs:
            assert paragraph.span is not None
            assert made.text[paragraph.span.start : paragraph.span.end] == paragraph.text

    def test_a_paragraph_is_split_and_a_sentence_is_not(self) -> None:
        made = article("<p>وصل القطار. وعاد مساء.</p><p><s>قال: نعم. ثم نام!</s><s>وصمت</s></p>")
        told = [(sentence.text, sentence.boundary) for sentence in sentences(made)]
        assert told == [
            ("وصل القطار.", Boundary.SENTENCE),
            ("وعاد مساء.", Boundary.PARAGRAPH),
            ("قال: نعم. ثم نام!", Boundary.SENTENCE),
            ("وصمت", Boundary.PARAGRAPH),
        ]

    def test_a_title_beside_it_is_read_first_and_once(self) -> None:
        for inner in ("<p>وصل القطار.</p>", "<p>أمطار الخير</p><p>وصل القطار.</p>"):
            first, *rest = article(inner, about=About(title="أمطار الخير")).paragraphs
            assert (first.text, first.role) == ("أمطار الخير", Role.TITLE)
            assert [paragraph.text for paragraph in rest] == ["وصل القطار."]

    def test_nothing_is_taken_for_page_chrome(self) -> None:
        assert spoken("<p>الوسوم قطار سفر</p>") == "الوسوم قطار سفر"

    def test_the_namespace_comments_and_metadata_are_silent(self) -> None:
        made = from_ssml(
            '<?xml version="1.0" encoding="UTF-16"?><!-- لا --><speak version="1.1" xml:lang="ar" '
            'xmlns="http://www.w3.org/2001/10/synthesis"><meta name="a" content="b"/>'
            "<metadata><x>لا</x></metadata>وصل<!-- لا --> القطار.<![CDATA[ <نعم> ]]></speak>",
            about=About(),
            ignore=False,
            max_characters=100,
            locale="ar-MA",
        )
        assert made.text == "وصل القطار. <نعم> "

    def test_plain_text_in_it_has_no_instructions(self) -> None:
        made = article("<p>وصل القطار.</p>")
        assert made.script == Article("", ()).script


class TestBreaks:
    @pytest.mark.parametrize(
        ("told", "meant"),
        [
            ('time="500ms"', Break(4, 0.5)),
            ('time="1.5s" strength="weak"', Break(4, 1.5)),
            ('time="+.25s"', Break(4, 0.25)),
            ("", Break(4, None, Boundary.SENTENCE)),
            ('strength="none"', Break(4, 0.0)),
            ('strength="x-weak"', Break(4, None, Boundary.VOICE)),
            ('strength="weak"', Break(4, None, Boundary.CLAUSE)),
            ('strength="medium"', Break(4, None, Boundary.SENTENCE)),
            ('strength="strong"', Break(4, None, Boundary.PARAGRAPH)),
            ('strength="x-strong"', Break(4, None, Boundary.TITLE)),
        ],
    )
    def test_a_break_is_as_long_as_it_says(self, told: str, meant: Break) -> None:
        assert article(f"وصل <break {told}/>القطار.").script.breaks == (meant,)

    def test_the_piece_before_it_ends_there(self) -> None:
        first, second = pieces('وصل القطار <break time="1s"/> مساء.')
        assert (first.spoken, first.breaks) == ("وصل القطار،", (Break(11, 1.0),))
        assert (second.spoken, second.breaks) == ("مساء.", ())

    def test_between_sentences_it_belongs_to_the_first(self) -> None:
        first, second = pieces('<s>وصل القطار.</s><break time="1s"/><break time="2s"/><s>ونام.</s>')
        assert [each.seconds for each in first.breaks] == [1.0, 2.0]
        assert second.breaks == ()

    def test_a_number_does_not_count_over_it(self) -> None:
        assert spoken('وصل 12 <break time="1s"/> مسافرا.') == "وصل اثنا عشر، مسافرا."


class TestProsody:
    @pytest.mark.parametrize(
        ("told", "meant"),
        [
            ('rate="slow"', Prosody(rate=0.8)),
            ('rate="120%"', Prosody(rate=1.2)),
            ('pitch="+2st"', Prosody(semitones=2.0)),
            ('pitch="+50%"', Prosody(semitones=7.02)),
            ('pitch="x-high"', Prosody(semitones=4.0)),
            ('volume="-3.5dB"', Prosody(decibels=-3.5)),
            ('volume="soft"', Prosody(decibels=-6.0)),
            ('rate="fast" pitch="low" volume="loud"', Prosody(1.25, -2.0, 4.0)),
        ],
    )
    def test_a_stretch_is_said_so(self, told: str, meant: Prosody) -> None:
        before, within, after = pieces(f"وصل <prosody {told}>القطار الأخير</prosody> مساء.")
        assert (within.spoken, within.style) == ("القطار الأخير", meant)
        assert before.style == after.style == Prosody()

    def test_steps_add_up_and_rates_and_labels_do_not(self) -> None:
        outer = '<prosody rate="80%" pitch="+2st" volume="+3dB">'
        inner = '<prosody rate="90%" pitch="+1st" volume="+2dB">وصل</prosody>'
        label = '<prosody pitch="medium" volume="medium">القطار</prosody>'
        first, second, third = pieces(f"{outer}{inner} {label} مساء.</prosody>")
        assert first.style == Prosody(0.9, 3.0, 5.0)
        assert second.style == Prosody(0.8, 0.0, 0.0)
        assert third.style == Prosody(0.8, 2.0, 3.0)

    def test_it_reaches_over_sentences(self) -> None:
        found = pieces('<prosody rate="slow"><p>وصل. وعاد.</p><p>ونام.</p></prosody>')
        assert [piece.style.rate for piece in found] == [0.8, 0.8, 0.8]


class TestSayingOtherwise:
    def test_an_alias_is_read_as_any_text(self) -> None:
        assert spoken('قالت <sub alias="منظمة لها 3 فروع">م.3!ف.</sub> ذلك.') == (
            "قالت منظمة لها ثلاثة فروع ذلك."
        )

    def test_an_alias_without_text_is_the_text(self) -> None:
        assert article('قالت <sub alias="المنظمة"/> ذلك.').text == "قالت المنظمة ذلك."

    def test_clitics_before_an_alias_are_written_onto_it(self) -> None:
        assert spoken('قال ل<sub alias="القطار">ق</sub>.') == "قال للقطار."

    def test_phones_go_with_their_words(self) -> None:
        [piece] = pieces('قمة <phoneme alphabet="ipa" ph="naːtoː ʃiː">ناتو شي</phoneme>.')
        assert piece.spoken == f"قمة {annotate('ناتو', 'naːtoː')} {annotate('شي', 'ʃiː')}."

    def test_a_word_in_latin_script_has_letters_for_voices_that_read_letters(self) -> None:
        [piece] = pieces('من <phoneme ph="naiki">Nike</phoneme>.')
        assert piece.spoken == f"من {annotate('نايك', 'naiki')}."

    def test_clitics_before_phones_are_said_with_them(self) -> None:
        [piece] = pieces('قمة و<phoneme ph="naːtoː">ناتو</phoneme>.')
        assert "wanaːtoː" in piece.spoken

    def test_a_number_is_said_as_what_it_is(self) -> None:
        as_one, by_digits = (
            f'<say-as interpret-as="{each}">2024</say-as>' for each in ("cardinal", "characters")
        )
        assert (
            spoken(f"رقمه {as_one} أو {by_digits}.") == "رقمه ألفان وأربعة وعشرون أو اثنان صفر اثنان أربعة."
        )

    def test_no_sentence_ends_within(self) -> None:
        given = 'وصل يوم <say-as interpret-as="date">12. 3. 2024</say-as> مساء.'
        assert len(list(sentences(article(given)))) == 1
        assert len(list(sentences(article('وصل <sub alias="القطار">ق. ط؟ ر!</sub> مساء.')))) == 1

    def test_words_that_come_along_are_read_so(self) -> None:
        assert spoken(f"{INLINE}رأى زرقط شركة XQ.") == "رأى زُرْقُط شركة إِكْسْ كِيُوْ."


class TestLanguages:
    GIVEN = 'قرأ في <lang xml:lang="{}">Chicago Tribune</lang> أمس.'

    def test_latin_script_is_spelt_by_its_language(self) -> None:
        told = {language: spoken(self.GIVEN.format(language)) for language in ("en-US", "fr")}
        assert told["en-US"] != told["fr"]

    def test_it_is_said_by_the_voice_of_its_language(self) -> None:
        reading = ReadingOptions(latin=Language.ENGLISH)
        assert [piece.latin for piece in pieces(self.GIVEN.format("en"), reading)] == [False, True, False]
        assert not any(piece.latin for piece in pieces(self.GIVEN.format("fr"), reading))

    def test_even_a_single_word_is(self) -> None:
        reading = ReadingOptions(latin=Language.ENGLISH)
        given = 'قال <lang xml:lang="en">hello</lang>.'
        assert [piece.spoken for piece in pieces(given, reading) if piece.latin] == ["hello."]
        assert not any(piece.latin for piece in pieces("قال hello.", reading))


class TestLabels:
    def test_they_stand_where_the_text_goes_on(self) -> None:
        found = article('<s>وصل.</s><mark name="a"/><s>ونام <mark name="b"/>هنا.</s>').script.labels
        assert found == (NamedMark(5, "a", ended=False), NamedMark(10, "b", ended=False))

    def test_before_a_break_where_the_text_has_ended(self) -> None:
        found = article('وصل <mark name="a"/> <break/><mark name="b"/>ونام.').script.labels
        assert [(label.name, label.ended) for label in found] == [("a", True), ("b", False)]


class TestWhatIsNotSupported:
    GIVEN = (
        '<voice name="x"><emphasis>وصل</emphasis></voice> <audio src="x">القطار</audio> '
        '<prosody range="x">مساء.</prosody>'
    )

    def test_it_is_refused_and_listed_whole(self) -> None:
        with pytest.raises(BadArticle) as refused:
            article(self.GIVEN)
        for message in (refused.value.en, refused.value.ar):
            for name in ("<voice>", "<emphasis>", "<audio>", "range=… in <prosody>", "ssml_unknown"):
                assert name in message
        assert refused.value.field == "ssml"

    def test_or_its_text_is_read_when_that_is_asked_for(self) -> None:
        assert spoken(self.GIVEN, ignore=True) == "وصل القطار مساء."

    def test_so_it_is_with_values(self) -> None:
        given = (
            '<prosody rate="900%">وصل</prosody> <say-as interpret-as="foo">12</say-as> <lexicon uri="http://x.example/"/>'
            '<phoneme ph="1">قطارا</phoneme> <break time="99s"/> <lang xml:lang="de">هنا</lang>.'
        )
        assert spoken(given, ignore=True) == "وصل اثنا عشر قطارا هنا."

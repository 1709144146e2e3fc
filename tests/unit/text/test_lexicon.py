"""A publisher's words, said as the publisher wrote them down."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.model.errors import BadLexicon
from service.text.core.rule_walker import apply
from service.text.core.spelling import letters
from service.text.core.tokens import tokenise, written
from service.text.grammar.clitics import is_definite
from service.text.lexicon import annotation
from service.text.lexicon.endings import undeclined
from service.text.lexicon.entries import DIPTOTES, Entry, Role, parse, render
from service.text.lexicon.lexicon import Lexicon, rules

SHIPPED = Lexicon.shipped()
SHIPPED_RULES = rules(SHIPPED)


def lexicon(*lines: str) -> Lexicon:
    return Lexicon(tuple(parse(["grapheme\treading\tipa\trole", *lines], "lexicon.tsv")))


def said(text: str, words: Lexicon) -> str:
    tokens = list(tokenise(text))
    for name, rule in SHIPPED_RULES if words is SHIPPED else rules(words):
        tokens, _ = apply(name, rule, tokens)
    return written(tokens)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("المغرب", "الْمَغْرِب"),
        ("والمغرب", "وَالْمَغْرِب"),
        ("للمغرب", "لِلْمَغْرِب"),
        ("وبالمغرب", "وَبِالْمَغْرِب"),
        ("دولار", "دُولَار"),
        ("الدولار", "الدُّولَار"),
        ("بالدولار", "بِالدُّولَار"),
        ("فللدولار", "فَلِلدُّولَار"),
        ("كالبنك", "كَالْبَنْك"),
        ("للبنك", "لِلْبَنْك"),
        ("لبنك", "لِبَنْك"),
        ("اللوبي", "اللُّوبِي"),
        ("للوبي", "لِلُّوبِي"),
        ("الاتحاد", "الِاتِّحَاد"),
        ("للاتحاد", "لِلِاتِّحَاد"),
        ("سيوقع", "سَيُوَقِّع"),
        ("وسيوقع", "وَسَيُوَقِّع"),
    ],
)
def test_clitics_are_read_with_their_vowels(text: str, spoken: str):
    words = lexicon("المغرب\tالْمَغْرِب", "دولار\tدُولَار", "بنك\tبَنْك", "لوبي\tلُوبِي", "اتحاد\tاتِّحَاد", "يوقع\tيُوَقِّع")
    assert said(text, words) == spoken


def test_the_longest_entry_counts():
    words = lexicon(
        "الأمم\tالْأُمَم", "الأمم المتحدة\tالْأُمَم الْمُتَّحِدَة", "عمان\tعُمَان", "العاصمة عمان\tالْعَاصِمَة عَمَّان"
    )
    assert said("للأمم المتحدة", words) == "لِلْأُمَم الْمُتَّحِدَة"
    assert said("العاصمة عمان وخليج عمان", words) == "الْعَاصِمَة عَمَّان وخليج عُمَان"


def test_a_word_that_only_begins_like_an_entry_stays():
    words = lexicon("الأمم المتحدة\tالْأُمَم الْمُتَّحِدَة", "فاس\tفَاس")
    assert said("الأمم الأفريقية، وفاسد", words) == "الأمم الأفريقية، وفاسد"


def test_a_sign_between_the_words_of_an_entry_keeps_them_apart():
    words = lexicon("الأمم المتحدة\tالْأُمَم الْمُتَّحِدَة")
    assert said("بين الأمم، المتحدة", words) == "بين الأمم، المتحدة"


@pytest.mark.parametrize("text", ["NATO", "Nato", "nato"])
def test_latin_matches_in_any_case(text: str):
    assert said(text, lexicon("NATO\tالنَّاتُو")) == "النَّاتُو"


def test_short_capitals_match_in_capitals_alone():
    words = lexicon("WHO\tالصِّحَّة الْعَالَمِيَّة", "F-16\tإِف سِتَّةَ عَشَر")
    assert said("WHO", words) == "الصِّحَّة الْعَالَمِيَّة"
    assert said("who", words) == "who"


@pytest.mark.parametrize("text", ["COVID-19", "Covid 19", "covid19", "COVID‑19"])
def test_hyphens_and_spaces_within_a_code_count_for_nothing(text: str):
    assert said(text, lexicon("COVID-19\tكُوفِيد تِسْعَةَ عَشَر")) == "كُوفِيد تِسْعَةَ عَشَر"


@pytest.mark.parametrize("text", ["xG20", "G20x", "G200", "1/24/7", "24/7/2026"])
def test_a_longer_code_is_not_torn_apart(text: str):
    assert said(text, lexicon("G20\tمَجْمُوعَة الْعِشْرِين", "24/7\tعَلَى مَدَارِ السَّاعَة")) == text


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("الـNATO", "النَّاتُو"),
        ("لـNATO", "لِلنَّاتُو"),
        ("بـ NATO", "بِالنَّاتُو"),
        ("وNATO", "وَالنَّاتُو"),
        ('ل"NATO" و', "لِلنَّاتُو و"),
        ("الـiPhone", "الْآيْفُون"),
        ("الـG20", "مَجْمُوعَة الْعِشْرِين"),
        ("للـG20", "لِمَجْمُوعَة الْعِشْرِين"),
    ],
)
def test_a_prefix_in_a_token_of_its_own_is_joined(text: str, spoken: str):
    words = lexicon("NATO\tالنَّاتُو", "iPhone\tآيْفُون", "G20\tمَجْمُوعَة الْعِشْرِين\t\tname")
    assert said(text, words) == spoken


@pytest.mark.parametrize(
    "text", ["وفيات", "فروسية", "الفروسية", "سجينات", "وشيك", "خطر وشيك", "2 M", "إبل", "لغات", "وكيل"]
)
def test_common_words_are_not_taken_for_entries_behind_a_clitic(text: str):
    # Given that فيات, روسية, جينات, آبل, 2M, غات and كيل are entries
    spoken = letters(said(text, SHIPPED))
    assert spoken == text
    assert said(text, SHIPPED) in {text, "وَفَيَات", "فُرُوسِيَّة", "الْفُرُوسِيَّة", "لُغَات"}


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("حلف الناتو NATO", "حلف الناتو"),
        ("وللناتو NATO", "وللناتو"),
        ("منظمة الصحة العالمية WHO", "منظمة الصحة العالمية"),
        ("منظمة الصحة NATO", "منظمة الصحة النَّاتُو"),
    ],
)
def test_latin_after_the_words_it_stands_for_is_not_said_again(text: str, spoken: str):
    words = Lexicon(tuple(parse(["grapheme\treading", "NATO\tالنَّاتُو", "WHO\tمُنَظَّمَة الصِّحَّة الْعَالَمِيَّة"], "x")))
    assert said(text, words) == spoken


def test_a_name_takes_no_article():
    assert said("القطر", lexicon("قطر\tقَطَر\t\tname")) == "القطر"
    assert said("بقطر", lexicon("قطر\tقَطَر\t\tname")) == "بِقَطَر"


def test_the_authors_vowels_are_kept_where_they_agree():
    assert said("المغربُ", lexicon("المغرب\tالْمَغْرِب")) == "الْمَغْرِبُ"
    assert said("عُمان", lexicon("عمان\tعُمَان")) == "عُمَان"


def test_an_entry_that_contradicts_the_authors_vowels_is_silent():
    assert said("عَمّان", lexicon("عمان\tعُمَان")) == "عَمّان"
    assert said("لَلمغرب", lexicon("المغرب\tالْمَغْرِب")) == "لَلمغرب"


@pytest.mark.parametrize("text", ["الإتحاد", "الاتحاد"])
def test_hamza_on_alif_may_be_left_out_or_put_too_much(text: str):
    assert said(text, lexicon("الاتحاد\tالِاتِّحَاد")) == "الِاتِّحَاد"


def test_hamza_below_for_above_is_another_word():
    assert said("أنوي", lexicon("إنوي\tإِنْوِي")) == "أنوي"


def test_an_alias_is_said_in_other_letters():
    assert said("ووم ع", lexicon("وم ع\tوكالة الأنباء")) == "وَوكالة الأنباء"


def test_phones_travel_with_their_word():
    # Given an entry with IPA and a reading
    spoken = said("للناتو", lexicon("الناتو\tالنَّاتُو\tʔannaːtoː"))
    # Then the word is there for engines that read letters, the phones for those that do not
    assert annotation.plain(spoken) == "لِلنَّاتُو"
    assert annotation.phones(spoken) == "liʔannaːtoː"


def test_layers_lie_over_one_another():
    publisher = lexicon("الحموشي\tالْحَمُوشِي", "هسبريس\tهِسْبْرِس")
    site = lexicon("الحموشي\tالْحُمُوشِي")
    assert said("الحموشي هسبريس", SHIPPED | publisher | site) == "الْحُمُوشِي هِسْبْرِس"


def test_files_are_layered_in_the_order_given(tmp_path: Path):
    publisher, site = tmp_path / "publisher.tsv", tmp_path / "site.tsv"
    publisher.write_text("grapheme\treading\nفاس\tفَاس\nسلا\tسَلَا\n", encoding="utf-8-sig")
    site.write_text("grapheme\tipa\n# ours\nسلا\tsla\n", encoding="utf-8")
    loaded = Lexicon.load([publisher, site])
    assert loaded.entries == (Entry("فاس", "فَاس"), Entry("سلا", ipa="sla"))


def test_the_version_changes_with_a_reading_and_not_with_a_note():
    ours = Lexicon((Entry("فاس", "فَاس"),))
    assert ours.version == Lexicon((Entry("فاس", "فَاس", note="المدينة"),)).version
    assert ours.version != Lexicon((Entry("فاس", "فِاس"),)).version


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("فاس\tفَاس", "line 1: the first line must name the columns"),
        ("grapheme\treading\nفاس\tفَاس\tx", "line 2: 3 columns, but the header names 2"),
        ("grapheme\treading\n#\nفاس\t", "line 3: «فاس» has neither reading nor ipa"),
        ("grapheme\treading\n\tفَاس", "line 2: no grapheme"),
        ("grapheme\treading\n\n…\tفَاس", "line 3: no grapheme"),
        ("grapheme\treading\nNATO\tnato", "line 2: «nato» holds more than Arabic letters"),
        ("grapheme\treading\nفاس\tفَاس\nفاس\tفَاس", "line 3: «فاس» stands in line 2 already"),
        ("grapheme\tipa\nفاس\t/faːs/", "line 2: «/faːs/» is not IPA"),
        ("grapheme\tipa\nNATO\tnaːtoː", "line 2: «NATO» is not in Arabic letters"),
        ("grapheme\treading\tipa\nفاس\tفَاس\tfaːs faːs", "line 2: «faːs faːs» must have as many words"),
        (
            "grapheme\treading\trole\tword\nفاس\tفَاس\tname\tفَأْس",
            "line 2: «فَأْس» must have the letters of «فاس»",
        ),
        (
            "grapheme\treading\trole\tword\nصور\tصُور\tname\tصُوَر",
            "line 2: «صُوَر» must have the letters of «صور»",
        ),
        ("grapheme\treading\trole\nفاس\tفَاس\tverb", "line 2: role «verb» is unknown"),
    ],
)
def test_a_bad_line_is_named_with_its_cure(lines: str, message: str, tmp_path: Path):
    file = tmp_path / "lexicon.tsv"
    file.write_text(lines, encoding="utf-8")
    with pytest.raises(BadLexicon) as raised:
        Lexicon.load([file])
    assert raised.value.en.startswith(f"lexicon.tsv, {message}")
    assert "lexicon.tsv" in raised.value.ar


def test_a_file_in_another_encoding_is_named(tmp_path: Path):
    file = tmp_path / "lexicon.tsv"
    file.write_bytes("grapheme\treading\nفاس\tفَاس\n".encode("cp1256", errors="replace"))
    with pytest.raises(BadLexicon, match=r"lexicon\.tsv, line 2: not UTF-8; save the file as UTF-8"):
        Lexicon.load([file])


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(BadLexicon, match=r"none\.tsv: cannot be read"):
        Lexicon.load([tmp_path / "none.tsv"])


def test_what_is_rendered_is_read_back():
    assert tuple(parse(render(SHIPPED.entries), "out.tsv")) == SHIPPED.entries


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from('والبكلسفGg20 -"«ـNATOمغربا16Fَّ'), max_size=24))
def test_any_text_passes_and_keeps_its_letters(text: str):
    # Given words that the lexicon does not hold, it never changes what the letters are
    words = lexicon("المغرب\tالْمَغْرِب")
    assert letters(said(text, words)) == letters(written(tokenise(text)))


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.text(max_size=12), st.text(alphabet='فاسَّ بـG2-"ّ ', max_size=8)), max_size=4),
    st.text(),
)
@example([("A", "ـ")], "")
def test_any_lexicon_is_read_or_refused(lines: list[tuple[str, str]], text: str):
    # Then whatever it holds, any text passes, and nothing but an error of ours comes out
    with suppress(BadLexicon):
        words = parse(["grapheme\treading", *(f"{left}\t{right}" for left, right in lines)], "x.tsv")
        said(text + " ".join(left for left, _ in lines), Lexicon(tuple(words)))


@settings(deadline=None)
@given(st.text(max_size=60))
def test_the_shipped_lexicon_takes_any_text(text: str):
    said(text, SHIPPED)


def test_every_shipped_grapheme_is_found_and_said_as_it_stands():
    wrong = []
    for entry in SHIPPED.entries:
        # Given an entry, where nothing governs its case; a homograph where the sentence shows it
        shown = entry.role == Role.HOMOGRAPH
        spoken = said(f"مدينة {entry.grapheme}" if shown else entry.grapheme, SHIPPED).removeprefix("مدينة ")
        words = entry.reading.split()
        if entry.role in DIPTOTES:
            words = undeclined(words, definite=is_definite(words[0]), genitive=shown)
        if spoken != " ".join(words):
            wrong.append((entry.grapheme, spoken))
    assert wrong == []

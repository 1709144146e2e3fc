"""Latin script in Arabic articles: every line of the corpus, and what no table shows."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.model.document import Boundary, Sentence, Span
from service.text.core.rule_walker import apply
from service.text.core.spelling import letters
from service.text.core.tokens import Rule, tokenise, written
from service.text.lexicon import lexicon
from service.text.normalisation import latin
from service.text.normalisation.transliteration import (
    Language,
    _spelling,
    is_acronym,
    language_of,
    spell,
    table,
    transliterate,
)
from service.text.pipeline.spoken import ReadingOptions, read

CORPUS = Path(__file__).parents[2] / "corpus" / "latin"
LOCALES = ("ar-MA", "ar-DZ", "ar-TN", "ar-EG", "ar-SA", "ar-LB")
SHIPPED = lexicon.Lexicon.shipped()
EARLY = lexicon.rules(SHIPPED)[0]


def chain(locale: str) -> tuple[tuple[str, Rule], ...]:
    gloss, *rest = latin.rules(locale)
    return (gloss, EARLY, *rest)


def said(text: str, rules: tuple[tuple[str, Rule], ...]) -> str:
    tokens = list(tokenise(text))
    for name, rule in rules:
        tokens, _ = apply(name, rule, tokens)
    return written(tokens)


def cases() -> list[tuple[str, str, str, str]]:
    found = []
    for file in sorted(CORPUS.glob("*.tsv")):
        rows = [line.split("\t") for line in file.read_text(encoding="utf-8").split("\n")[2:] if line]
        found += [(file.stem, row[0], row[1], row[2]) for row in rows]
    return found


@pytest.mark.parametrize(("locale", "kind", "text", "spoken"), cases())
def test_the_corpus_is_said_as_it_was_checked(locale: str, kind: str, text: str, spoken: str):
    sentence = Sentence(text, Span(0, len(text)), Boundary.SENTENCE)
    options = ReadingOptions(locale=locale, breath_limit=10_000, lexicon=SHIPPED)
    heard = " ".join(piece.spoken for piece in read(sentence, options).pieces)
    assert letters(heard) == letters(spoken), kind


def test_the_corpus_is_large_enough_to_tell():
    assert len(cases()) >= 250


def test_glosses_are_said_where_the_site_wants_them():
    text = "الويب المظلم (Dark Web)"
    assert said(text, latin.rules("ar-SA", keep_glosses=True)) == "الويب المظلم (دارك ويب)"
    assert said(text, latin.rules("ar-SA")) == "الويب المظلم"


@pytest.mark.parametrize(
    "text",
    ["(100 Mbps)", "سرعة (100 Mbps)", "مسافة (km)", "شبكة (CNN)", "نهر ()", "قال (Jean قال)", "قال (Jean"],
)
def test_what_repeats_nothing_is_no_gloss(text: str):
    assert said(text, latin.rules("ar-MA")[:1]) == text


@pytest.mark.parametrize(
    ("words", "language"),
    [
        (["Élysée"], Language.FRENCH),
        (["Bordeaux"], Language.FRENCH),
        (["Shopping"], Language.ENGLISH),
        (["The", "Figaro"], Language.ENGLISH),
        (["Le", "Guardian"], Language.FRENCH),
        (["CNSS"], Language.FRENCH),
    ],
)
def test_letters_and_neighbours_tell_the_language(words: list[str], language: Language):
    assert language_of(words, "ar-MA") is language


def test_the_locale_tells_the_language_of_what_tells_none():
    assert language_of(["Ali"], "ar-MA") is Language.FRENCH
    assert language_of(["Ali"], "ar-EG") is Language.ENGLISH


def test_a_word_of_several_languages_follows_the_run():
    assert transliterate("Charles", language=Language.FRENCH) == "شارل"
    assert transliterate("Charles", language=Language.ENGLISH) == "تشارلز"


@pytest.mark.parametrize("word", ["CNSS", "gps", "X", "b"])
def test_acronyms_are_spelt(word: str):
    assert is_acronym(word)
    assert transliterate(word, locale="ar-EG") == spell(word, Language.ENGLISH)


@pytest.mark.parametrize("language", list(Language))
def test_every_example_beside_a_spelling_rule_uses_that_rule(language: Language):
    # Given each rule's own example
    pattern, rows = _spelling(language)
    examples = [example for _, _, example in table(language.value)]
    # Then the rule applies there, and no earlier one hides it
    hidden = [
        row
        for number, (row, example) in enumerate(zip(rows, examples, strict=True), 1)
        if number not in {match.lastindex for match in pattern.finditer(example)}
    ]
    assert hidden == []


def test_every_letter_has_a_name_in_both_languages():
    rows = {row[0]: row[1:] for row in table("alphabet")}
    assert "".join(sorted(rows)) == "abcdefghijklmnopqrstuvwxyz"
    assert all(all(names) for names in rows.values())


LATIN = "aeiouybcdfghjklmnpqrstvwxzABEGSéèêçàïœñğßøÐ'’"


@settings(deadline=None)
@given(st.text(alphabet=LATIN, min_size=1, max_size=30), st.sampled_from(LOCALES))
def test_any_latin_word_is_said_in_arabic_letters(word: str, locale: str):
    spoken = transliterate(word, locale=locale)
    assert re.fullmatch("[ء-ْ ]*", spoken)
    # Then nothing that can be said is lost
    assert spoken or not re.search("[A-Za-z]", word)


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from(LOCALES))
def test_any_text_passes(text: str, locale: str):
    said(text, chain(locale))


@settings(deadline=None)
@given(st.text(alphabet="ABaeGg7150.-–&+/() ـالوبل\"'é٪", max_size=40), st.sampled_from(LOCALES))
def test_no_latin_word_is_left_unsaid(text: str, locale: str):
    assert not re.search("[A-Za-z]", said(text, chain(locale)))


def test_a_long_run_of_latin_words_is_said():
    words = ["word"] * 5000
    assert said(" ".join(words), latin.rules("ar-EG")).split() == ["وورد"] * 5000

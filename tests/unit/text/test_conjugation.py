"""Verb forms: paradigms written by hand, and what is true of every form of every verb of the table."""

import re

from service.text.core.tables import rows
from service.text.grammar.conjugation import forms
from service.text.grammar.verb_sounds import sounds, spell, spelt
from service.text.grammar.verb_stems import pattern


def test_each_line_of_the_table_has_the_pattern_of_its_form():
    for past, present, _ in rows("grammar/verbs.tsv"):
        assert pattern(past, present).form
        for form in (past, present):
            assert spelt(spell(sounds(form))) == form


def test_no_verb_has_two_lines():
    lines = [row[:2] for row in rows("grammar/verbs.tsv")]
    assert len(lines) == len(set(lines))


def test_flags_are_those_of_the_head():
    for past, _, flags in rows("grammar/verbs.tsv"):
        assert re.fullmatch("(ti?|ip?)h?d?[123]", flags), past
        assert "h" not in flags or "t" in flags, past


def test_principal_forms_are_found_again():
    for past, present, _ in rows("grammar/verbs.tsv"):
        for form in (past, present):
            letters = re.sub("[\u064b-\u0652]", "", form)
            said = {found.vowelled for found in forms(letters) if found.lemma == past}
            assert form.replace("اِ", "ا", 1) in said, form

"""The adjective of a currency keeps its shadda, so that it is no country: لِيبِيًّا, not لِيبْيَا."""

import pytest

from service.model.document import Boundary, Sentence
from service.text.core.tables import rows
from service.text.lexicon.lexicon import Lexicon
from service.text.pipeline.spoken import ReadingOptions, read

OPTIONS = ReadingOptions(locale="ar-XX", lexicon=Lexicon.shipped())
ADJECTIVES = {row[0]: (row[4], row[5]) for row in rows("normalisation/currencies.tsv") if row[5] != "-"}


def heard(text):
    return read(Sentence(text, None, Boundary.SENTENCE), OPTIONS).pieces[0].spoken


@pytest.mark.parametrize("code", ADJECTIVES)
def test_an_amount_in_the_accusative_has_shadda_and_tanwin(code):
    gender, adjective = ADJECTIVES[code]
    ending = {"m": "ًا", "f": ("ة", "َة")}[gender]

    last = heard(f"دفع 50 {code}").split()[-1]

    assert last.endswith(ending)
    assert last.startswith(adjective)


@pytest.mark.parametrize("code", ADJECTIVES)
@pytest.mark.parametrize("amount", [1, 2, 5, 100, 2000])
def test_every_other_amount_has_the_shadda_too(code, amount):
    said = heard(f"في {amount} {code}").split()

    assert any("ِيّ" in word for word in said)


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("دفع 15 دينار ليبي", "لِيبِيًّا"),
        ("دفع 15 دينارا ليبيا", "لِيبِيًّا"),
        ("قيمته 20 روبل روسي", "رُوسِيًّا"),
        ("قيمته 40 جنيها سودانيا", "سُودَانِيًّا"),
        ("دفع 50 ليرة سورية", "سُورِيَّة"),
        ("دخلت قوات سورية", "سُورِيَّة"),
        ("رأى لاعبا مغربيا", "مَغْرِبِيًّا"),
        ("عاد إلى سورية", "سُورِيَةَ"),
        ("عاد من ليبيا", "لِيبْيَا"),
    ],
)
def test_the_country_and_its_adjective_are_told_apart(written, word):
    assert word in heard(written).split()

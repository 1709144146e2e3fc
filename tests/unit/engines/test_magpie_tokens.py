"""Text → tokens of Magpie, with its table and the vectors that are known of it."""

import pytest

from service.engines import magpie_tokens
from service.model.errors import EngineError
from service.testing.engines import LETTERS, MARKS
from tests import magpie_table


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    folder = tmp_path_factory.mktemp("magpie")
    magpie_table.write(folder)
    return folder / "tokenizer.json"


@pytest.fixture(scope="module")
def tokens(table):
    return magpie_tokens.read(table, magpie_table.LANGUAGES, "ar-MSA")


def ids(tokens, text):
    return [token.id for token in tokens.spell(text)]


def test_the_table_has_164_symbols_a_locale():
    assert len(magpie_table.SYMBOLS) == 164


def test_letters_without_marks_are_the_known_vector(table):
    tokens = magpie_tokens.read(table, magpie_table.LANGUAGES, "ar-AE")
    known = "1329 1405 1391 1387 1382 1381 1329 1382 1381 1404 1399 1381 1404 1405 1329"
    assert ids(tokens, "مرحبا بالعالم") == [*map(int, known.split()), 3358]


@pytest.mark.parametrize("order", ["\u0651\u0650", "\u0650\u0651"])
def test_a_vowel_comes_before_its_shadda_as_in_the_known_vector(tokens, order):
    known = "1657 1733 1743 1717 1742 1719 1744 1745 1721 1740 1657"
    assert ids(tokens, f"مُدَر{order}سٌ") == [*map(int, known.split()), 3358]


def test_spaces_are_single_and_one_is_at_each_end(tokens):
    assert ids(tokens, "  نعم \n هنا ") == ids(tokens, "نعم هنا")
    assert [token.word for token in tokens.spell("نعم، هنا.")] == [
        None,
        0,
        0,
        0,
        None,
        None,
        1,
        1,
        1,
        *[None] * 3,
    ]


@pytest.mark.parametrize("sign", [*LETTERS, *MARKS, *"،؛؟.:!"])
def test_every_letter_mark_and_pause_of_news_has_a_token(tokens, sign):
    assert len(ids(tokens, f"بَ{sign}َ")) > len(ids(tokens, "بََ")) - (sign == "َ")


def test_letters_of_other_sounds_are_said_with_their_nearest(tokens):
    assert ids(tokens, "غوگل في پاريس") == ids(tokens, "غوغل في باريس")
    assert ids(tokens, "ڤيتو چيلي ٱلآن الـبيت") == ids(tokens, "فيتو تشيلي الآن البيت")


@pytest.mark.parametrize("sign", ["ݐ", "ﷺ", "5", "٥", "é"])
def test_what_has_no_token_is_an_error_that_names_it(tokens, sign):
    with pytest.raises(EngineError, match=f"«{sign}» \\(U\\+{ord(sign):04X}\\)"):
        tokens.spell(f"نعم {sign}")


@pytest.mark.parametrize("text", ["", " ", "؟", "…", "«»"])
def test_nothing_to_say_is_no_tokens(tokens, text):
    assert tokens.spell(text) == []


def test_an_unknown_locale_and_a_damaged_table_are_errors(table, tmp_path):
    with pytest.raises(EngineError, match="ar-AE, ar-MSA, ar-SA"):
        magpie_tokens.read(table, magpie_table.LANGUAGES, "ar-EG")
    (tmp_path / "tokenizer.json").write_text('{"tokens": []}')
    with pytest.raises(EngineError, match=r"tokenizer\.json"):
        magpie_tokens.read(tmp_path / "tokenizer.json", magpie_table.LANGUAGES, "ar-MSA")

"""Signs, amounts, codes and abbreviations, from what is written to what is said."""

from pathlib import Path

import pytest

from service.model.document import Boundary, Sentence, Span
from service.text.core.spelling import letters
from service.text.pipeline.spoken import ReadingOptions, read

CORPUS = Path(__file__).parents[2] / "corpus" / "symbols"
DEFAULT = "ar-MA"


def spoken(text, locale=DEFAULT):
    sentence = Sentence(text, Span(0, len(text)), Boundary.SENTENCE)
    return " ".join(piece.spoken for piece in read(sentence, ReadingOptions(locale=locale)).pieces)


def lines():
    for path in sorted(CORPUS.glob("*.tsv")):
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("# "):
                continue
            kind, written, expected, _comment = line.split("\t")
            _, _, locale = kind.partition("@")
            yield pytest.param(written, expected, locale or DEFAULT, id=f"{kind}: {written}")


@pytest.mark.parametrize(("written", "expected", "locale"), list(lines()))
def test_a_sign_is_said_as_a_newsreader_says_it(written, expected, locale):
    said = spoken(written, locale)
    # The names of letters have vowels, which test_spelt_letters.py shows.
    assert expected in (said, letters(said))


def test_the_corpus_is_read_whole():
    assert len(list(lines())) >= 600

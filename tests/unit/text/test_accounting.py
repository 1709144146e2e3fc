"""No letter is lost: each one written is said as it is, or a named rule says what became of it."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.model.document import Paragraph, Span
from service.text.core.tokens import INVISIBLE
from service.text.lexicon.annotation import plain
from service.text.lexicon.lexicon import Lexicon
from service.text.pipeline.spoken import ReadingOptions, read
from service.text.segmentation.sentences import split

CORPUS = Path(__file__).parents[2] / "corpus"
PAGES = sorted((CORPUS / "pages").glob("*.txt"))
SHIPPED = ReadingOptions(lexicon=Lexicon.shipped())
PLAIN = ReadingOptions()
_LETTER = re.compile(rf"[^\W_ـ{INVISIBLE}]")
"""Letters and digits; tatweel only stretches a line."""
_MARKS = re.compile("[\u064b-\u0652\u0670\u0640]")
_LINES = st.sampled_from(
    [
        line.split("\t")[1]
        for table in sorted(CORPUS.glob("*/*.tsv"))
        for line in table.read_text("utf-8").splitlines()
        if "\t" in line and not line.startswith(("#", "class\t")) and table.parent.name != "chrome"
    ]
)


def lost(text, options):
    """The stretches with a letter or digit that are neither said nor named in a step."""
    paragraph = Paragraph(text, Span(0, len(text)))
    accounted = [False] * len(text)
    for sentence in split(paragraph):
        reading = read(sentence, options)
        for step in reading.steps:
            assert step.rule, "a step without a name"
            accounted[step.span.start : step.span.end] = [True] * (step.span.end - step.span.start)
        for piece in reading.pieces:
            for word, span in zip(piece.spoken.split(), piece.words, strict=True):
                # a dropped tag may stand between a word and the mark that is heard with it
                left = "".join(text[at] for at in range(span.start, span.end) if not accounted[at])
                if _same(_MARKS.sub("", left), word):
                    accounted[span.start : span.end] = [True] * (span.end - span.start)
    return [text[at] for at in range(len(text)) if _LETTER.match(text[at]) and not accounted[at]]


def _same(written, word):
    said = _MARKS.sub("", plain(word))
    return [sign for sign in said if _LETTER.match(sign)] == [sign for sign in written if _LETTER.match(sign)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_letter_of_a_page_is_said_or_dropped_by_a_named_rule(page):
    text = page.read_text("utf-8").strip()

    assert lost(text, SHIPPED) == []


@settings(max_examples=300, deadline=None)
@given(st.lists(_LINES, min_size=1, max_size=3).map(" ".join))
def test_every_letter_of_news_sentences_run_together_is_accounted_for(text):
    assert lost(text, SHIPPED) == []


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=80) | st.text("اب ج٣2.،-/%$()«»aZé\u200f\u0640ـلو\n", max_size=60))
def test_every_letter_of_any_text_is_accounted_for(text):
    assert lost(text, PLAIN) == []

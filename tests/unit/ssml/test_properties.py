"""Any document at all becomes a plan that holds together, or is refused."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from hypothesis import given, settings
from hypothesis import strategies as st

from service.articles.intake import Intake
from service.config.lexicons import Lexicons
from service.config.sites import Sites
from service.model.article import Submission
from service.model.errors import BadArticle
from service.recordings.ssml_marks import placed_labels
from service.text.normalisation.transliteration import Language
from service.text.pipeline.spoken import ReadingOptions

TEXTS = st.sampled_from(
    [
        "وصل",
        " القطار.",
        "12",
        " و",
        "ال",
        "hello ",
        "!",
        "؟ ",
        " \n ",
        "15:30",
        "ب",
        "«",
        "x@y.ma",
        "🙂",
        "٣٫٥ ",
        "",
    ]
)
VALUES = st.sampled_from([
    "slow", "90%", "+1st", "-3dB", "1s", "0s", "none", "cardinal", "date", "characters", "currency",
    "telephone", "ordinal", "time", "dmy", "en", "fr", "ar", "naːtoː", "a b", "الأمم المتحدة 3.", "x", "",
])  # fmt: skip
NAMES = ["p", "s", "lang", "break", "say-as", "sub", "phoneme", "prosody", "mark", "lexicon", "metadata", "x"]
ATTRIBUTES = [
    "rate",
    "pitch",
    "volume",
    "time",
    "strength",
    "interpret-as",
    "format",
    "alias",
    "ph",
    "name",
    "xml:lang",
]


def written(name: str, told: dict[str, str], parts: list[str]) -> str:
    attributes = "".join(f" {key}={quoteattr(value)}" for key, value in told.items())
    return f"<{name}{attributes}>{''.join(parts)}</{name}>"


def element(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    told = st.dictionaries(st.sampled_from(ATTRIBUTES), VALUES, max_size=3)
    return st.builds(written, st.sampled_from(NAMES), told, st.lists(inner, max_size=4))


DOCUMENTS = st.recursive(TEXTS.map(escape), element, max_leaves=20)
OPTIONS = ReadingOptions(latin=Language.ENGLISH)
INTAKE = Intake(None, 10_000, OPTIONS, Lexicons(Path("none")), Sites(Path("none")))


@settings(max_examples=300, deadline=None)
@given(st.lists(DOCUMENTS, max_size=6), st.sampled_from(["ignore", "refuse"]))
def test_it_is_read_or_refused(parts, unknown) -> None:
    request = Submission(ssml=f"<speak>{''.join(parts)}</speak>", ssml_unknown=unknown)
    try:
        article = INTAKE.extract(request)
        readings = INTAKE.read(article)
    except BadArticle:
        return
    at = 0
    for reading in readings:
        span = reading.sentence.span
        assert span is not None
        assert article.text[span.start : span.end] == reading.sentence.text
        for piece in reading.pieces:
            assert len(piece.spoken.split()) == len(piece.words)
            for word in piece.words:
                assert word is not None
                assert span.start <= word.start < word.end <= span.end
                assert word.start >= at
                at = word.start
    heard = [each for reading in readings for piece in reading.pieces for each in piece.breaks]
    assert len(heard) == len({id(each) for each in heard}) <= len(article.script.breaks)
    placed = [label for labels in placed_labels(article.script.labels, readings) for label in labels]
    assert [label.name for label in placed] == [label.name for label in article.script.labels]

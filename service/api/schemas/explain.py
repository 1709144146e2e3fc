"""Models that show how an article will be read."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from service.api.schemas.wire import SaidEndings, SaidLocale, Site, Wire
from service.model.article import Submission
from service.model.document import Span
from service.model.reading import ExplainedWord, ReadingTrace

Place = Annotated[
    list[int],
    Field(
        min_length=2,
        max_length=2,
        description="Start and end, in code points.",
        examples=[[0, 24]],
    ),
]

_TEXT = "هطلت أمطار على 12 مدينة."
_SPOKEN = "هطلت أمطار على اثنتي عشرة مدينة."
_DIACRITISED = "هَطَلَتْ أَمْطَارٌ عَلَى اثْنَتَيْ عَشْرَةَ مَدِينَةْ."
_PHONEMES = "hatˤalat ʔamtˤaːrun ʕala θnataj ʕaʃrata madiːna."


class ExplainIn(Wire):
    """A text to explain: exactly one of ``text``, ``html`` and ``ssml``."""

    text: str | None = Field(None, description="Plain text.", examples=[_TEXT])
    html: str | None = Field(
        None, description="A page or a part of one.", examples=["<p>هطلت أمطار على 12 مدينة.</p>"]
    )
    ssml: str | None = Field(
        None,
        description="SSML 1.1, as docs/ssml.md describes it.",
        examples=['<speak>هطلت أمس أمطار غزيرة. <break time="1s"/> وتوقفت اليوم.</speak>'],
    )
    ssml_unknown: Literal["refuse", "ignore"] = Field(
        "refuse",
        description="How to handle unsupported SSML; `ignore` reads its text.",
        examples=["refuse"],
    )
    title: str | None = Field(
        None,
        max_length=500,
        description="Read first, unless the text begins with it.",
        examples=["أمطار الخير"],
    )
    site: Site | None = Field(
        None, description="Host name of the site whose lexicon applies.", examples=["news.example"]
    )
    voice: str | None = Field(
        None,
        max_length=100,
        description="Voice whose phrase length applies; the site's default if absent.",
        examples=["espeak-ar"],
    )
    case_endings: SaidEndings = None
    locale: SaidLocale = None

    def request(self) -> Submission:
        """The request as a submission."""
        return Submission(**self.model_dump())


class _Said(Wire):
    """A part of the text, at each step towards the voice."""

    text: str = Field(description="As written.", examples=[_TEXT])
    span: Place | None = Field(description="Its position; null in a title sent beside the text.")
    spoken: str = Field(description="As a newsreader would say it.", examples=[_SPOKEN])
    diacritised: str = Field(description="The same with all vowels.", examples=[_DIACRITISED])
    phonemes: str = Field(description="The same in IPA.", examples=[_PHONEMES])


class PieceOut(_Said):
    """One phrase of a sentence, spoken in one breath."""

    voice: str = Field(description="The voice that speaks it.", examples=["espeak-ar"])


class StepOut(Wire):
    """One change that a rule made."""

    rule: str = Field(description="Name of the rule.", examples=["numerals"])
    written: str = Field(description="Text before the change.", examples=["12 مدينة"])
    spoken: str = Field(description="Text after it; empty: not spoken.", examples=["اثنتي عشرة مدينة"])
    span: Place | None = Field(description="Position of the text before.")


class WordOut(Wire):
    """One spoken word: how its vowels were decided, and what else it could be."""

    text: str = Field(
        description="As written; words that one rule produced together share it.", examples=["أمطار"]
    )
    span: Place | None = Field(description="Its position; null in a title sent beside the text.")
    spoken: str = Field(description="Without vowels and punctuation.", examples=["أمطار"])
    diacritised: str = Field(description="The chosen reading.", examples=["أَمْطَارٌ"])
    source: str | None = Field(
        description="What decided its vowels: `author` (marks in the article), `lexicon`, `name` (names of "
        "people), `rule` (another rule of reading), `phrase`, `verb` (the verb table), `stem` (the table of "
        "nouns), `models`, or `voice` (Latin script, read as written). Null if an older worker did not "
        "report it.",
        examples=["models"],
    )
    margin: float | None = Field(
        ge=0,
        description="Natural logarithm of how many times likelier it is than the best reading that sounds "
        "different: 0 as likely, 0.7 twice, 2.3 ten times. Null if its vowels are given.",
        examples=[1.48],
    )
    alternatives: list[str] = Field(
        description="Other readings of the same letters, the likeliest first; at most three.",
        examples=[["أَمْطَارًا"]],
    )
    doubts: list[str] = Field(
        description="Why an editor should look at it: `margin` (below 1.5), `name` (in no lexicon), `latin` "
        "(read by its letters), `homograph` (a name, or another word of the same letters).",
        examples=[["margin"]],
    )


class SentenceOut(_Said):
    """One sentence, and the changes that rules made to it."""

    pieces: list[PieceOut] = Field(description="Its phrases.")
    words: list[WordOut] = Field(description="Its spoken words.")
    steps: list[StepOut] = Field(description="Changes in order.")


class ExplainOut(Wire):
    """How each sentence will be read."""

    sentences: list[SentenceOut] = Field(description="In reading order.")


def explained(sentences: list[ReadingTrace]) -> ExplainOut:
    """Sentences as the response."""
    return ExplainOut(sentences=[_sentence(sentence) for sentence in sentences])


def word_out(word: ExplainedWord) -> WordOut:
    """A word as in the response."""
    return WordOut(
        text=word.text,
        span=_place(word.span),
        spoken=word.spoken,
        diacritised=word.diacritised,
        source=word.source,
        margin=word.margin,
        alternatives=list(word.alternatives),
        doubts=list(word.doubts),
    )


def _sentence(sentence: ReadingTrace) -> SentenceOut:
    return SentenceOut(
        text=sentence.text,
        span=_place(sentence.span),
        spoken=sentence.spoken,
        diacritised=sentence.diacritised,
        phonemes=sentence.phonemes,
        pieces=[
            PieceOut(
                text=piece.text,
                span=_place(piece.span),
                voice=piece.voice,
                spoken=piece.spoken,
                diacritised=piece.diacritised,
                phonemes=piece.phonemes,
            )
            for piece in sentence.pieces
        ],
        words=[word_out(word) for word in sentence.words],
        steps=[
            StepOut(rule=step.rule, written=step.written, spoken=step.spoken, span=_place(step.span))
            for step in sentence.steps
        ],
    )


def _place(span: Span | None) -> list[int] | None:
    return [span.start, span.end] if span else None

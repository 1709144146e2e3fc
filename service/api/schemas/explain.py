"""How an article will be read, on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from service.api.schemas.articles import Site, Wire
from service.model.article import Submission
from service.model.document import Span
from service.model.reading import ReadingTrace

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
    """Text whose reading is to be shown: ``text``, ``html`` or ``ssml``, one of the three."""

    text: str | None = Field(None, description="Plain text.", examples=[_TEXT])
    html: str | None = Field(
        None, description="A page or a part of one.", examples=["<p>هطلت أمطار على 12 مدينة.</p>"]
    )
    ssml: str | None = Field(
        None,
        description="SSML 1.1, as docs/ssml.md has it.",
        examples=['<speak>هطلت أمس أمطار غزيرة. <break time="1s"/> وتوقفت اليوم.</speak>'],
    )
    ssml_unknown: Literal["refuse", "ignore"] = Field(
        "refuse",
        description="What becomes of SSML that is not supported; ignored, its text is read.",
        examples=["refuse"],
    )
    title: str | None = Field(
        None,
        max_length=500,
        description="Read first, unless the text begins with it.",
        examples=["أمطار الخير"],
    )
    site: Site | None = Field(
        None, description="Host name of the site whose lexicon holds.", examples=["news.example"]
    )
    voice: str | None = Field(
        None,
        max_length=100,
        description="Whose breath is meant; the site's own if absent.",
        examples=["espeak-ar"],
    )

    def request(self) -> Submission:
        """What the narration understands."""
        return Submission(**self.model_dump())


class _Said(Wire):
    """A stretch of the text on its way to the voice."""

    text: str = Field(description="As written.", examples=[_TEXT])
    span: Place | None = Field(description="Where it stands; null in a title sent beside the text.")
    spoken: str = Field(description="As a newsreader would say it.", examples=[_SPOKEN])
    diacritised: str = Field(description="The same with all vowels.", examples=[_DIACRITISED])
    phonemes: str = Field(description="The same in IPA.", examples=[_PHONEMES])


class PieceOut(_Said):
    """One breath of a sentence."""

    voice: str = Field(description="Whose breath it is.", examples=["espeak-ar"])


class StepOut(Wire):
    """One change that a rule made."""

    rule: str = Field(description="Which rule.", examples=["numerals"])
    written: str = Field(description="What stood there.", examples=["12 مدينة"])
    spoken: str = Field(description="What is said instead; empty: nothing.", examples=["اثنتي عشرة مدينة"])
    span: Place | None = Field(description="Where it stood.")


class SentenceOut(_Said):
    """One sentence, and what each step made of it."""

    pieces: list[PieceOut] = Field(description="Its breaths.")
    steps: list[StepOut] = Field(description="What was changed on the way.")


class ExplainOut(Wire):
    """How each sentence will be read."""

    sentences: list[SentenceOut] = Field(description="In reading order.")


def explained(sentences: list[ReadingTrace]) -> ExplainOut:
    """Sentences as they go out."""
    return ExplainOut(sentences=[_sentence(sentence) for sentence in sentences])


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
        steps=[
            StepOut(rule=step.rule, written=step.written, spoken=step.spoken, span=_place(step.span))
            for step in sentence.steps
        ],
    )


def _place(span: Span | None) -> list[int] | None:
    return [span.start, span.end] if span else None

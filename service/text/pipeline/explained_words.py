"""The words of a reading: what decided each, what else it could be, and why an editor should look at it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from service.model.document import Span
from service.model.reading import Decision, Doubt, ExplainedWord, Reading, Source, Step, Utterance
from service.text.core.orthography import MARKS, PAUSES, SHADDA, skeleton, without_ending
from service.text.core.tokens import Kind, Token
from service.text.lexicon.annotation import plain
from service.text.lexicon.lexicon import BY_LEXICON
from service.text.names import homograph_readings, names, remembered
from service.text.names.unknown import is_unknown_name
from service.text.normalisation import latin

SMALL_MARGIN = 1.5
"""A margin below it is a doubt: the other reading is at least a fifth as likely.

Of 4,403 words of news without a lexicon it doubts 11 in 100, and 218 of the 352 that are wrong.
"""
_MOST = 3
_SOURCES = dict.fromkeys(BY_LEXICON, Source.LEXICON) | dict.fromkeys(
    (names.RULE, remembered.RULE), Source.NAME
)
_LATIN = frozenset({latin.RULE, latin.CODE})
_STOPS = "".join(PAUSES)
_AROUND = f'{_STOPS} \n()[]{{}}«»"“”-–—'
"""Signs that belong to the span of the word before them."""


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A spoken word on its way through the chain."""

    text: str
    """As written."""
    span: Span | None
    spoken: str
    """With the marks of the author, the lexicon or a rule, and its pause mark."""
    diacritised: str
    step: Step | None
    """The last rule that made it; ``None`` if it is as written."""
    decision: Decision | None

    @property
    def token(self) -> Token:
        return Token(skeleton(plain(self.spoken)).rstrip(_STOPS), Span(0, 0), Kind.WORD, spaced=True)

    @property
    def source(self) -> str | None:
        """What decided the vowels; of marks that the diacritiser was given, who gave them."""
        if self.decision is None:
            return None
        if self.decision.source != Source.AUTHOR or _has_marks(self.text):
            return self.decision.source
        return _SOURCES.get(self.step.rule, Source.RULE) if self.step else Source.AUTHOR

    @property
    def is_name_by_itself(self) -> bool:
        """Whether it was read as a name or lexicon word, not as a part of a longer one: «رياض مزور»."""
        return self.step is not None and self.step.rule in _SOURCES and " " not in self.step.written


def explained(reading: Reading, utterances: Sequence[Utterance]) -> tuple[ExplainedWord, ...]:
    """Every spoken word of a sentence, in order.

    Args:
        reading: of the sentence.
        utterances: of its pieces.
    """
    words = list(_words(reading, utterances))
    tokens: list[Token] = []
    places = []
    for word in words:
        places.append(len(tokens))
        tokens.append(word.token)
        if word.spoken.endswith(tuple(PAUSES)):
            tokens.append(Token(word.spoken[-1], Span(0, 0), Kind.PUNCTUATION, spaced=False))
    return tuple(_explained(word, tokens, at) for word, at in zip(words, places, strict=True))


def _words(reading: Reading, utterances: Sequence[Utterance]) -> Iterator[_Spoken]:
    sentence = reading.sentence
    offset = sentence.span.start if sentence.span else 0
    steps = _steps(reading.steps, placed=sentence.span is not None)
    for piece, utterance in zip(reading.pieces, utterances, strict=True):
        words = zip(piece.spoken.split(), piece.words, utterance.diacritised.split(), strict=True)
        for (spoken, span, diacritised), decision in zip_longest(words, utterance.decisions):
            step = steps.get((spoken.rstrip(_STOPS), span.start if span else None))
            text = step.written if step else spoken
            if span:
                text = sentence.text[span.start - offset : span.end - offset].rstrip(_AROUND)
                span = Span(span.start, span.start + len(text))  # noqa: PLW2901  # without the signs after it
            yield _Spoken(text, span, spoken, diacritised.rstrip(_STOPS), step, decision)


def _steps(steps: Sequence[Step], *, placed: bool) -> dict[tuple[str, int | None], Step]:
    """The last step that made each word, by the word and the place of what was written."""
    return {
        (word, step.span.start if placed and step.span else None): step
        for step in steps
        for word in step.spoken.split()
    }


def _explained(word: _Spoken, tokens: Sequence[Token], at: int) -> ExplainedWord:
    decision = word.decision or Decision("")
    is_name = word.is_name_by_itself
    homographs = (
        homograph_readings.readings(tokens, at, is_name=is_name) if is_name or word.step is None else []
    )
    chosen = _stem(word.diacritised)
    others = [each for each in homographs if _stem(each) != chosen and skeleton(each) == tokens[at].text]
    known = set(map(_stem, others))
    rest = (each for each in decision.alternatives if _stem(each) not in known)
    is_open = word.source in {Source.MODELS, Source.VERB, Source.STEM} and word.step is None
    doubts = {
        Doubt.MARGIN: decision.margin is not None and decision.margin < SMALL_MARGIN,
        Doubt.NAME: is_open and is_unknown_name(tokens, at),
        Doubt.LATIN: word.step is not None and word.step.rule in _LATIN,
        Doubt.HOMOGRAPH: bool(others) or bool(homographs and is_name and word.source == Source.NAME),
    }
    return ExplainedWord(
        text=word.text,
        span=word.span,
        spoken=tokens[at].text,
        diacritised=word.diacritised,
        source=word.source,
        margin=decision.margin,
        alternatives=(*others, *rest)[:_MOST],
        doubts=tuple(doubt for doubt, holds in doubts.items() if holds),
    )


def _stem(word: str) -> str:
    """A word without its ending, and without the shadda that only the nisba has: الْمِصْرِيّ."""
    return without_ending(word).rstrip(SHADDA)


def _has_marks(text: str) -> bool:
    return not MARKS.isdisjoint(text)

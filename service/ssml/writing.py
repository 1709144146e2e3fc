"""Builds a document's text, with the positions of its instructions."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from service.model.document import (
    Boundary,
    Break,
    Instruction,
    LexiconEntry,
    NamedMark,
    Paragraph,
    Prosody,
    Script,
    Span,
    Styled,
    Way,
)
from service.ssml.spans import Whole

_SPACE = re.compile(r"\s+")
_PLAIN = Prosody()


@dataclass(frozen=True, slots=True)
class Manner:
    """The style and language of text at a position in the document."""

    style: Prosody = _PLAIN
    language: str = "ar"


class Writer:
    """Takes text, breaks, labels and boundaries in document order."""

    def __init__(self) -> None:
        self.paragraphs: list[Paragraph] = []
        self.words: list[LexiconEntry] = []
        self._lines: list[str] = []
        self._parts: list[str] = []
        """Parts of the current paragraph."""
        self._begin = 0
        """Start of the current paragraph."""
        self.at = 0
        """Length of the text so far."""
        self._instructions: list[Instruction] = []
        self._styles: list[Styled] = []
        self._breaks: list[Break] = []
        self._labels: list[NamedMark] = []
        self._named = 0
        """Number of labels that are followed by text or a break."""

    @property
    def text(self) -> str:
        """The text so far."""
        return "\n".join(self._lines)

    @property
    def script(self) -> Script:
        """The instructions so far."""
        return Script(
            tuple(self._instructions),
            tuple(self._styles),
            tuple(self._breaks),
            tuple(self._labels),
            tuple(self.words),
        )

    def say(self, text: str, manner: Manner) -> None:
        """Add text as written, white space collapsed."""
        text = _SPACE.sub(" ", text)
        if not self._parts or self._parts[-1].endswith(" "):
            text = text.lstrip()
        if not text:
            return
        span = self._put(text, manner)
        if manner.language != "ar":
            self._instructions.append(Instruction(span, Way.LANG, manner.language))
        if text != " ":
            self._named = len(self._labels)

    def whole(self, way: Way, what: Whole, manner: Manner) -> None:
        """Add a span that is spoken as a unit."""
        span = self._put(what.text, manner)
        self._instructions.append(Instruction(span, way, what.value, what.format))
        self._named = len(self._labels)

    def pause(self, what: Break) -> None:
        """Add a break; the labels right before it belong to the end of the text before them."""
        self._labels[self._named :] = [replace(each, ended=True) for each in self._labels[self._named :]]
        self._named = len(self._labels)
        self._breaks.append(what)

    def label(self, name: str) -> None:
        """Add a label at the current position."""
        self._labels.append(NamedMark(self.at, name, ended=False))

    def end(self, boundary: Boundary, *, is_sentence: bool = False) -> None:
        """End the paragraph; if it is empty, the previous one takes the boundary."""
        if not self._parts:
            if self.paragraphs and boundary is Boundary.PARAGRAPH:
                self.paragraphs[-1] = replace(self.paragraphs[-1], boundary=boundary)
            return
        line = "".join(self._parts)
        self._lines.append(line)
        span = Span(self._begin, self._begin + len(line.rstrip()))
        self.paragraphs.append(Paragraph(line.rstrip(), span, boundary=boundary, is_sentence=is_sentence))
        self._parts = []
        self.at += 1
        self._begin = self.at

    def _put(self, text: str, manner: Manner) -> Span:
        span = Span(self.at, self.at + len(text))
        self._parts.append(text)
        self.at = span.end
        if manner.style != _PLAIN:
            self._styles.append(Styled(span, manner.style))
        return span

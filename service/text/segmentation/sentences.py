"""Splits text into sentences.

One pattern scans the text and stops only at signs that may end a sentence; ``stops.py`` decides each of them
within a window of fixed length, so that the time is linear for any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.model.document import Article, Boundary, Paragraph, Role, Sentence, Span
from service.text.core.tokens import INVISIBLE
from service.text.segmentation import ssml_spans
from service.text.segmentation.stops import Stop, ends

_ADDRESS = r"""[^\s<>«»"،؛؟]*[^\s<>«»"،؛؟.!?…)\]]"""
_CANDIDATE = re.compile(
    rf"""
    (?:
      (?P<address> h(?:ttps?://{_ADDRESS}) | w(?:ww\.{_ADDRESS}) )
    | (?P<line> [\n\r\v\f\x85\u2028\u2029] )
    | (?P<run> [.!?؟…] [.!?؟…{INVISIBLE}]* (?:[ \u00a0]{{1,2}}[.!?؟…]+(?![^\W_]))* )
      (?P<close> (?: (?: [”’»)\]}}›﴾﴿“{INVISIBLE}] | ["'](?![^\W_]) | [ \u00a0]» ) [.!?؟…]* )* )
    )
    """,
    re.VERBOSE,
)
_SPEAKABLE = re.compile(r"[^\W_ـ]")


def sentences(article: Article) -> Iterator[Sentence]:
    """The sentences of an article in reading order.

    Every speakable character of every paragraph is in exactly one of them. If a paragraph has a span, so do
    its sentences, and ``article.text[span.start:span.end]`` is their text.
    """
    if article.script == ssml_spans.NONE:
        for paragraph in article.paragraphs:
            yield from split(paragraph)
        return
    masked = [ssml_spans.masked(paragraph, article.script) for paragraph in article.paragraphs]
    found = [sentence for paragraph in masked for sentence in split(paragraph)]
    yield from ssml_spans.handed_out(found, article.text, article.script)


def split(paragraph: Paragraph) -> Iterator[Sentence]:
    """The sentences of a paragraph, without the white space around them.

    A sentence ends at ``. ! ? ؟ …`` (a run counts once) together with the quotes and brackets that close
    there, and at line ends; not within numbers, addresses, initials and abbreviations, nor if a verb of
    saying or a comma continues after a closed quotation. Parts without a letter or digit join the sentence
    before or after them; a paragraph of such parts only yields nothing.
    The last sentence has the paragraph's boundary. A paragraph marked as one sentence is not split.
    """
    text = paragraph.text
    base = paragraph.span.start if paragraph.span else None
    last = Boundary.TITLE if paragraph.role is Role.TITLE else paragraph.boundary
    stretches = [(0, len(text))] if paragraph.is_sentence else list(_stretches(text))
    for number, (start, end) in enumerate(stretches, 1):
        span = None if base is None else Span(base + start, base + end)
        boundary = last if number == len(stretches) else Boundary.SENTENCE
        yield Sentence(text[start:end], span, boundary, paragraph.role)


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every sentence, trimmed."""
    start, first = 0, _first_speakable(text, 0)
    for match in _CANDIDATE.finditer(text):
        if match["address"] or first >= match.start():
            continue
        if not ends(Stop(text, start, match)):
            continue
        following = _first_speakable(text, match.end())
        if following == len(text):
            break
        yield _trimmed(text, start, match.end())
        start, first = match.end(), following
    if first < len(text):
        yield _trimmed(text, start, len(text))


def _first_speakable(text: str, start: int) -> int:
    match = _SPEAKABLE.search(text, start)
    return match.start() if match else len(text)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    stretch = text[start:end]
    return start + len(stretch) - len(stretch.lstrip()), start + len(stretch.rstrip())

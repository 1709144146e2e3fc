"""``istami explain --uncertain``: the words whose reading an editor should look at."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from service.api.schemas.explain import word_out
from service.model.reading import Doubt, ExplainedWord, ReadingTrace
from service.text.core.orthography import without_ending

_AROUND = 40
"""Characters of the sentence that are shown on each side of a word."""
_LATIN = re.compile(r"[A-Za-zÀ-ɏ0-9](?:.*[A-Za-zÀ-ɏ0-9])?")
_WHY = {
    Doubt.MARGIN: "قراءة أخرى قريبة الاحتمال · another reading is nearly as likely ({margin})",
    Doubt.NAME: "اسم ليس في المعاجم · a name in no lexicon",
    Doubt.LATIN: "حروف لاتينية ليست في المعاجم · Latin letters in no lexicon",
    Doubt.HOMOGRAPH: "اسم أو كلمة أخرى بالحروف نفسها · a name, or another word of the same letters",
}


class _Finding(NamedTuple):
    sentence: ReadingTrace
    word: ExplainedWord


def lines(sentences: Sequence[ReadingTrace], site: str | None) -> Iterator[str]:
    """The report for people.

    Args:
        sentences: as they are read.
        site: whose lexicon was used.
    """
    findings = _findings(sentences)
    for finding in findings:
        word = finding.word
        yield _context(finding)
        yield f"  ← {' | '.join((word.diacritised, *word.alternatives))}"
        yield from (f"     {_WHY[doubt].format(margin=word.margin)}" for doubt in word.doubts)
        yield ""
    found, total = len(findings), _count(sentences)
    yield f"للمراجعة: {found} من {total} · {found} of {total} words to look at"
    if add := _add(findings, site):
        yield "إن أخطأت القراءة فصحّحها هنا · if a reading is wrong, set the right one:"
        yield add


def document(sentences: Sequence[ReadingTrace], site: str | None) -> dict[str, object]:
    """The same for programs."""
    findings = _findings(sentences)
    uncertain = [{"sentence": sentence.text, **word_out(word).model_dump()} for sentence, word in findings]
    return {"words": _count(sentences), "uncertain": uncertain, "add": _add(findings, site)}


def _findings(sentences: Sequence[ReadingTrace]) -> list[_Finding]:
    return [_Finding(each, word) for each in sentences for word in each.words if word.doubts]


def _count(sentences: Sequence[ReadingTrace]) -> int:
    return sum(len(sentence.words) for sentence in sentences)


def _context(finding: _Finding) -> str:
    """The word in quotation marks, and what is written around it."""
    text, span = finding.sentence.text, finding.word.span
    start = (
        span.start - finding.sentence.span.start
        if span and finding.sentence.span
        else text.find(finding.word.text)
    )
    end = start + len(finding.word.text)
    before, after = text[:start], text[end:]
    if len(before) > _AROUND:
        before = f"…{before[-_AROUND:].partition(' ')[2]}"
    if len(after) > _AROUND:
        after = f"{after[:_AROUND].rpartition(' ')[0]}…"
    return " ".join(f"{before}«{finding.word.text}»{after}".split())


def _add(findings: Sequence[_Finding], site: str | None) -> str | None:
    """The command for the first word that a lexicon can correct: not one of which only the ending is open."""
    for sentence, word in findings:
        together = [each for each in sentence.words if each.span == word.span] if word.span else [word]
        latin = _LATIN.search(word.text) if Doubt.LATIN in word.doubts else None
        others = [
            each for each in word.alternatives if without_ending(each) != without_ending(word.diacritised)
        ]
        if latin or (len(together) == 1 and (others or Doubt.NAME in word.doubts)):
            written = latin.group() if latin else word.spoken
            is_name = latin or Doubt.NAME in word.doubts
            readings = [each.diacritised for each in together] if is_name else others[:1]
            command = ["istami", "lexicon", "add", written, " ".join(map(without_ending, readings))]
            return shlex.join([*command, "--site", site] if site else command)
    return None

"""Reading takes time as the length of the text, whatever the text is made of.

What is counted is steps (lines that the interpreter runs), so a busy machine changes nothing. A text of one
unit, again and again, is one sentence or one word, which is where a rule may look along the whole of it.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

import pytest

from service.config.settings import Settings
from service.model.article import Submission
from service.model.errors import IstamiError
from service.server.container import Container
from service.text.segmentation.word_shapes import word

pytestmark = pytest.mark.growth

_LENGTH = 400
"""Of the shorter text, in characters; the longer one is four times as long."""
_MOST = 6.0
"""So many times the steps the longer text may take."""
_NOTHING = 20_000
"""Steps of the longer text that are too few to tell growth from what every article costs."""
_SEED = 12

LETTERS = ["ب", "لا", "ال", "و", "كلمة", "ـ", "ﷲ", "ﷺ", "پ", "ﻻ"]
MARKS = ["َ", "ّ", "ً", "ٰ", "ۖ", "ࣰ", "ٓ", "\u0301", "بَ", "بّ"]
DIGITS = ["1", "12", "٣", "۴", "٠", "0", "½", "²", "Ⅳ", "1.", "1,0"]
LATIN = ["a", "B", "é", "ß", "ab", "я", "中"]
EMOJI = ["😀", "👨‍👩‍👧", "🇲🇦", "1️⃣"]
UNSEEN = [*"\x00\x07\x1b\t\n\r\u2028\xa0\u200b\u200c\u200f\u00ad\u2066\ufeff\ufff9\ufffa\ufffb"]
SIGNS = [*"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", *"،؛؟«»“”‘’–—‑…•·°€£¥§©®™×÷±≈≤≥→←٪٫٬٭۔﴾﴿﷼‰′″"]
SINGLE = [*LETTERS, *MARKS, *DIGITS, *LATIN, *EMOJI, *UNSEEN, *SIGNS]
KNOWN = [
    "1-",
    "@a",
    "a@",
    "a_",
    "a-",
    "-1",
    "978-",
    "1-2-",
    "1.2.",
    "a.b",
    "1/",
    "a1",
    "1a",
    "(1",
    "1)",
    "و1",
    "1و",
]
"""Of which one or the other once took the square of its length."""
TRIPLES = [
    "a1-",
    "1:2",
    "«1»",
    "(a)",
    "و-1",
    "1 %",
    "1/2 ",
    "a.1-",
    "+1 ",
    "ص.ب.",
    "http://a ",
    "a@b.c ",
    "<b>",
    "&lt;",
]
WORDS = [
    *("و «1» ", 'و "1" ', "«1» و", "و 1 ", "1 و", "1، ", "1 و 2، ", "ألف و", "1 ألف ", "بين 1 و", "أو 1 "),
    *("قد ", "وقد ", "كان قد ", "قد سجلت 20 هدفا ", "بعدما كان 200 ", "الذي ", "التي 1 ", "لا ", "بل "),
    *("من 3 ", "في ", "إن 1 ", "أن ", "أكثر من 20 ", "مليون ", "دولار ", "عام 1 ", "ثم 1 ", "1 كلم "),
    *("رقم 1 ", "د. ", "أ. "),
    *(
        "خلال ",
        "وقال إن ",
        "الوزير ",
        "ووزير ",
        "بين المدينة و",
        "، اليوم، ",
        "الذي عاد ",
        "إلى أن ",
        "«بيت جار» ",
    ),
]
"""With their spaces, for rules that look from word to word."""
KINDS = [LETTERS, MARKS, DIGITS, LATIN, EMOJI, UNSEEN, SIGNS]


def _pairs(most: int) -> list[str]:
    """Pairs of every kind with every kind, drawn anew for each but always the same."""
    drawn = random.Random(_SEED)  # noqa: S311  # no secret
    pairs = [drawn.choice(one) + drawn.choice(other) for one in KINDS for other in KINDS]
    return sorted(drawn.sample(pairs, most))


INTAKE = Container(Settings()).intake
AS: dict[str, Callable[[str], Submission]] = {
    "text": lambda text: Submission(text=text),
    "title": lambda text: Submission(text="نص قصير.", title=text),
    "html": lambda text: Submission(html=f"<article><p>{text}</p></article>"),
    "ssml": lambda text: Submission(ssml=f"<speak>{text}</speak>"),
}


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """Tables of words are read before steps are counted."""
    _read(Submission(text="في 1 يناير 2026 قال 3 رجال إن F-16 أسرع من 900 كلم."))


@pytest.mark.parametrize("unit", [*SINGLE, *KNOWN, *TRIPLES, *WORDS, *_pairs(30)], ids=repr)
def test_four_times_the_length_takes_at_most_six_times_the_steps(unit: str) -> None:
    assert _growth(AS["text"], unit) <= _MOST


@pytest.mark.parametrize("unit", [*KNOWN, "1", "a", "ب", "-", ".", "(", "ﷺ", "َ", "كلمة"], ids=repr)
def test_the_same_holds_for_words_parted_by_spaces(unit: str) -> None:
    assert _growth(AS["text"], unit + " ") <= _MOST


@pytest.mark.parametrize("kind", ["title", "html", "ssml"])
@pytest.mark.parametrize(
    "unit", ["1-", "a_", "ب ", "1 ", ". ", "&amp;", "<b>ب</b>", "<p>ب</p>", "<i>", "«ب", "ﷺ"], ids=repr
)
def test_the_same_holds_for_titles_html_and_ssml(kind: str, unit: str) -> None:
    assert _growth(AS[kind], unit) <= _MOST


@pytest.mark.parametrize("unit", ["1-", "@a", "«", "َ", "(", "<b>", "ﷺ"], ids=repr)
def test_time_within_libraries_grows_as_slowly(unit: str) -> None:
    """Steps are not all: a copy of a long string is one. The best of several tries, in one run."""
    for tries in (1, 2, 4, 8):
        short = min(_seconds(unit * (6_000 // len(unit))) for _ in range(tries))
        long = min(_seconds(unit * (24_000 // len(unit))) for _ in range(tries))
        if long < 0.05 or long <= _MOST * short:
            return
    pytest.fail(f"{long:.3f} s instead of {short:.3f} s")


@pytest.mark.parametrize("unit", ["!", "،a", "ي", "يب", "وا", "1"], ids=repr)
def test_a_long_word_is_looked_at_once(unit: str) -> None:
    """The signs around it, and its beginnings that are those of nouns."""
    shape = word.__wrapped__
    for tries in (1, 2, 4, 8):
        short, long = (
            min(_took(lambda length=length: shape("ي" + unit * length + "ب!")) for _ in range(tries))
            for length in (5_000, 20_000)
        )
        if long < 0.05 or long <= _MOST * short:
            return
    pytest.fail(f"{long:.3f} s instead of {short:.3f} s")


def test_growth_is_seen_where_it_is() -> None:
    def square(text: str) -> int:
        found = 0
        for at in range(len(text)):
            for _ in text[at:]:
                found += 1
        return found

    assert _steps(lambda: square("a" * 400)) > _MOST * _steps(lambda: square("a" * 100))


def _growth(request: Callable[[str], Submission], unit: str) -> float:
    """How many times the steps four times the length takes; 0 where that is nearly nothing.

    A rule that begins to work beyond some length makes one step of growth steep, and the next one is flat
    again. What takes the square of its length is steep at every length, so the lower of two is returned.
    """
    found = []
    for shorter in (_LENGTH, 2 * _LENGTH):
        short, long = (
            _steps(lambda length=length: _read(request((unit * length)[:length])))
            for length in (shorter, 4 * shorter)
        )
        found.append(long / short if long > _NOTHING else 0.0)
        if found[-1] <= _MOST:
            break
    return min(found)


def _read(request: Submission) -> None:
    with suppress(IstamiError):  # a refusal, too, comes in time
        INTAKE.read(INTAKE.extract(request))


def _seconds(text: str) -> float:
    return _took(lambda: _read(Submission(text=text)))


def _took(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _steps(work: Callable[[], object]) -> int:
    counted = 0

    def step(_frame: FrameType, _event: str, _argument: Any) -> Any:
        nonlocal counted
        counted += 1
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        work()
    finally:
        sys.settrace(before)
    return counted

"""Each meaning that a publisher can give to a stretch, with its grammar."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.text.core.spelling import letters
from service.text.core.tokens import tokenise
from service.text.pipeline.say_as import KINDS, Stretch, said

SAID = [
    ("cardinal", "", "وصل {12}", "اثنا عشر"),
    ("cardinal", "", "في {12}", "اثني عشر"),
    ("cardinal", "", "زار {3} مدن", "ثلاث مدن"),
    ("cardinal", "", "رقم {007}", "سبعة"),
    ("cardinal", "", "بلغ {-5}", "ناقص خمسة"),
    ("cardinal", "", "بلغ {٣٫٥}", "ثلاثة فاصلة خمسة"),
    ("ordinal", "", "المادة {12}", "الثانية عشرة"),
    ("ordinal", "", "في الباب {3}", "الثالث"),
    ("ordinal", "", "محمد {VI}", "السادس"),
    ("ordinal", "", "أكمل عامه {45}", "الخامس والأربعين"),
    ("ordinal", "", "في دورتها {22}", "الثانية والعشرين"),
    ("date", "", "{12/3/2024}", "الثاني عشر من مارس ألفين وأربعة وعشرين"),
    ("date", "", "في {2024-03-12}", "الثاني عشر من مارس ألفين وأربعة وعشرين"),
    ("date", "mdy", "في {3/12/2024}", "الثاني عشر من مارس ألفين وأربعة وعشرين"),
    ("date", "my", "في {3/2024}", "مارس ألفين وأربعة وعشرين"),
    ("date", "md", "في {3.12}", "الثاني عشر من مارس"),
    ("date", "y", "في {1999}", "ألف وتسعمئة وتسعة وتسعين"),
    ("date", "", "في {8 مارس 2024}", "الثامن من مارس ألفين وأربعة وعشرين"),
    ("time", "", "في {15:30}", "الساعة الخامسة عشرة والنصف"),
    ("time", "hms12", "على الساعة {8:15 ص}", "الثامنة والربع صباحا"),
    (
        "telephone",
        "",
        "الرقم {0612345678}",
        "صفر ، ستة ، واحد ، اثنان ، ثلاثة ، أربعة ، خمسة ، ستة ، سبعة ، ثمانية",
    ),
    ("telephone", "", "الرقم {+212 522}", "زائد مئتان واثنا عشر ، خمسمئة واثنان وعشرون"),
    ("characters", "", "الفئة {ب-7}", "باء شرطة سبعة"),
    ("characters", "", "رمزه {إىء}", "ألف ألف مقصورة همزة"),
    ("currency", "", "بمبلغ {12.50 USD}", "اثني عشر دولارا وخمسين سنتا"),
    ("currency", "", "بلغ {€3}", "ثلاثة أورو"),
    ("currency", "", "بلغ {100 درهم}", "مئة درهم"),
]


def stretch(text: str) -> Stretch:
    """The braces hold the element."""
    before, _, rest = text.partition("{")
    own, _, after = rest.partition("}")
    first, second, third = (list(tokenise(part)) for part in (before, own, after))
    second[:1] = [replace(token, spaced=before.endswith(" ")) for token in second[:1]]
    return Stretch([*first, *second, *third], len(first), len(second))


@pytest.mark.parametrize(("kind", "form", "text", "words"), SAID)
def test_it_is_said_as_what_it_is(kind: str, form: str, text: str, words: str) -> None:
    answer = said(kind, form, stretch(text), "ar-MA")
    assert answer is not None
    assert letters(answer.words) == words


def test_every_meaning_is_tried() -> None:
    assert {kind for kind, *_ in SAID} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["{}", "{؟!}", "{كلام طويل}", "{1/2/3/4}", "{٪}", "{12}", "{🙂}"])
def test_what_it_is_not_is_said_to_be_none(kind: str, text: str) -> None:
    answer = said(kind, "", stretch(text), "ar-MA")
    assert answer is None or answer.words


def test_months_have_the_locales_names() -> None:
    told = {locale: said("date", "", stretch("{1/11/2024}"), locale) for locale in ("ar-MA", "ar-LB")}
    assert len({answer.words for answer in told.values() if answer}) == 2

"""Validates and sanitises input before it is parsed."""

from __future__ import annotations

import re

from service.model.errors import BadArticle

MAX_TITLE = 500
"""Code points."""
MAX_HTML = 2_000_000
"""Code points of markup."""
MAX_TAGS = 15_000
"""Opening tags. Extraction takes about 0.1 ms per tag; the longest news pages have half as many."""
MAX_ATTRIBUTES = 1_000
"""Attributes of one tag. The parser compares each with all before it: 40,000 take twelve seconds."""

_UNSAYABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_SPEAKABLE = re.compile(r"[^\W_ـ]")
_TAG = re.compile(r"<[A-Za-z]")
# The tokeniser of the HTML standard, from a tag's name to one attribute more than the limit.
_CROWDED = re.compile(
    rf"""<[A-Za-z][^ \t\n\f\r/>]*+
    (?: [ \t\n\f\r/]*+ [^ \t\n\f\r/>][^ \t\n\f\r/>=]*+
        (?: [ \t\n\f\r]*+ = [ \t\n\f\r]*+ (?: "[^"]*+"? | '[^']*+'? | [^ \t\n\f\r>"'][^ \t\n\f\r>]*+ )? )?+
    ){{{MAX_ATTRIBUTES + 1}}}""",
    re.VERBOSE,
)
_NAMES = {
    "text": ("text", "النص"),
    "html": ("page", "الصفحة"),
    "title": ("title", "العنوان"),
    "ssml": ("SSML", "SSML"),
}


def clean(text: str) -> str:
    """The text with every control character and lone surrogate replaced by a space.

    One for one, so that offsets stay valid; tabs and line ends stay. The result can be encoded in UTF-8.
    """
    return _UNSAYABLE.sub(" ", text)


def is_speakable(text: str) -> bool:
    """Whether the text contains a letter or digit of any script (a tatweel is neither)."""
    return _SPEAKABLE.search(text) is not None


def check_text(text: str, field: str, max_characters: int) -> None:
    """Reject a text that is empty, too long, or without a speakable character.

    Raises:
        BadArticle: names the field and the limit.
    """
    en, ar = _NAMES[field]
    if not text.strip():
        raise BadArticle(f"The {en} is empty.", f"{ar}: لا محتوى.", field=field)
    check_length(text, field, max_characters)
    if not is_speakable(text):
        raise BadArticle(
            f"There is nothing to say in the {en}: it has no letter and no digit.",
            f"{ar}: لا شيء يمكن نطقه، فلا حرف ولا رقم.",
            field=field,
        )


def check_length(text: str, field: str, limit: int) -> None:
    """Reject a text that is too long.

    Raises:
        BadArticle: names the field and the limit.
    """
    if len(text) > limit:
        en, ar = _NAMES[field]
        raise BadArticle(
            f"The {en} has {len(text)} characters; the limit is {limit}.",
            f"{ar}: الطول {len(text)} بعدد المحارف، والحد الأقصى {limit}.",
            field=field,
        )


def check_markup(html: str, field: str = "html") -> None:
    """Reject markup that would take too long to parse.

    Args:
        html: a page or other markup.
        field: the request field that holds it.

    Raises:
        BadArticle: names the limit.
    """
    en, ar = _NAMES[field]
    check_length(html, field, MAX_HTML)
    starts = [match.start() for match in _TAG.finditer(html)]
    if len(starts) > MAX_TAGS:
        raise BadArticle(
            f"The {en} has more than {MAX_TAGS} tags.",
            f"{ar}: عدد الوسوم يتجاوز الحد الأقصى {MAX_TAGS}.",
            field=field,
        )
    if any(_CROWDED.match(html, start) for start in starts):
        raise BadArticle(
            f"A tag of the {en} has more than {MAX_ATTRIBUTES} attributes.",
            f"{ar}: عدد الخصائص في أحد الوسوم يتجاوز الحد الأقصى {MAX_ATTRIBUTES}.",
            field=field,
        )

"""``say-as``, ``sub`` and ``phoneme``: spans with a prescribed reading."""

from __future__ import annotations

from typing import Any, NamedTuple

from service.model.counting import CHARACTER, counted
from service.model.document import Way
from service.ssml.refusals import refuse
from service.text.core.tokens import Kind, tokenise
from service.text.lexicon.annotation import annotate
from service.text.lexicon.entries import is_ipa
from service.text.phonetics.phonemes import phonemise
from service.text.pipeline import say_as

_MAX_SHOWN = 40
LONGEST = 200
"""Maximum characters of a span that is spoken as a unit; real ones are shorter."""


class Whole(NamedTuple):
    """A span that is spoken as a unit."""

    text: str
    """As it is written."""
    value: str
    """As ``Instruction.value``."""
    format: str = ""


def instruction(way: Way, element: Any, text: str, locale: str) -> Whole | None:
    """An element's instruction, validated; ``None`` if there is nothing to say.

    Args:
        way: which of the three elements it is.
        element: the element with its attributes.
        text: its text, white space collapsed.
        locale: regional variant for month names and currencies.

    Raises:
        BadArticle: the text cannot be read as requested.
    """
    if len(text) > LONGEST:
        raise refuse(
            element,
            f"“{text[:_MAX_SHOWN]}…” is longer than {LONGEST} characters, the most in <{way}>",
            f"«{text[:_MAX_SHOWN]}…» أطول من {counted(LONGEST, CHARACTER)}، وهو الحد الأقصى في ‎<{way}>‎",
        )
    match way:
        case Way.SUB:
            return _sub(element, text)
        case Way.PHONEME:
            return _phoneme(element, text)
    return _say_as(element, text, locale)


def _sub(element: Any, text: str) -> Whole | None:
    """§ 3.1.11: an alias is read like any text; if the element has no text, the alias is the text."""
    alias = " ".join(element.get("alias", "").split())
    if not any(map(str.isalnum, alias)):
        raise refuse(element, "<sub> needs an alias that can be said", "يلزم ‎<sub>‎ بديل alias يمكن نطقه")
    return Whole(text or alias, alias)


def _phoneme(element: Any, text: str) -> Whole | None:
    """§ 3.1.10: one group of phones per word, since voices that read letters need the words."""
    if element.get("alphabet", "ipa").strip() != "ipa":
        raise refuse(element, 'phonemes are written in IPA: alphabet="ipa"', "تُكتب الأصوات بالألفبائية ipa")
    ph = " ".join(element.get("ph", "").split())
    groups = ph.split()
    tokens = list(tokenise(text))
    if not all(is_ipa(group) and phonemise(annotate("ا", group)) for group in groups):
        raise refuse(
            element,
            f'ph="{ph[:_MAX_SHOWN]}" is not IPA',
            f'القيمة ph="{ph[:_MAX_SHOWN]}" ليست بالألفبائية الصوتية الدولية',
        )
    if not groups or len(groups) != len(tokens) or {token.kind for token in tokens} - {Kind.WORD, Kind.LATIN}:
        raise refuse(
            element,
            f'“{text[:_MAX_SHOWN]}” must be words, and ph="{ph[:_MAX_SHOWN]}" have a group for each',
            f"يجب أن يكون «{text[:_MAX_SHOWN]}» كلمات، ولكل كلمة مجموعة أصوات في ph",
        )
    return Whole(text, ph)


def _say_as(element: Any, text: str, locale: str) -> Whole | None:
    """§ 3.1.9."""
    kind, form = element.get("interpret-as", "").strip(), element.get("format", "").strip()
    if not text:
        return None
    if kind not in say_as.KINDS:
        listed = ", ".join(say_as.KINDS)
        raise refuse(
            element,
            f'interpret-as="{kind[:_MAX_SHOWN]}" is not supported: {listed}',
            f'القيمة interpret-as="{kind[:_MAX_SHOWN]}" غير مدعومة: {listed}',
        )
    if form and form not in say_as.FORMATS.get(kind, ()):
        listed = ", ".join(sorted(say_as.FORMATS.get(kind, ()))) or "—"
        raise refuse(
            element,
            f'format="{form[:_MAX_SHOWN]}" is not supported for {kind}: {listed}',
            f'القيمة format="{form[:_MAX_SHOWN]}" غير مدعومة مع {kind}: {listed}',
        )
    tokens = list(tokenise(text))
    if say_as.said(kind, form, say_as.Stretch(tokens, 0, len(tokens)), locale) is None:
        raise refuse(
            element,
            f"“{text[:_MAX_SHOWN]}” cannot be said as {kind}" + f" ({form})" * bool(form),
            f"لا يمكن نطق «{text[:_MAX_SHOWN]}» على أنه {kind}" + f" ({form})" * bool(form),
        )
    return Whole(text, kind, form)

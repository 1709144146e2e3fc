"""Parses an SSML document safely: it is checked before it is parsed.

Document types and so entities are rejected (billion laughs, XXE), nothing is fetched, and size, tags,
attributes and depth are limited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from service.article.checks import check_markup, clean
from service.ssml.refusals import refuse

MAX_DEPTH = 32
"""Maximum nesting depth of elements."""
NAMESPACE = "http://www.w3.org/2001/10/synthesis"
_XML = "{http://www.w3.org/XML/1998/namespace}"
LANG = f"{_XML}lang"
_ANYWHERE = frozenset({f"{_XML}base", f"{_XML}id", f"{_XML}space"})
_DECLARATION = re.compile(r"<!(?!--|\[CDATA\[)")
_SCHEMA = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_TONGUE = frozenset({LANG, "onlangfailure"})
KNOWN: dict[str, frozenset[str]] = {
    "speak": frozenset({"version", _SCHEMA}) | _TONGUE,
    "p": _TONGUE,
    "s": _TONGUE,
    "lang": _TONGUE,
    "break": frozenset({"time", "strength"}),
    "say-as": frozenset({"interpret-as", "format"}),
    "sub": frozenset({"alias"}),
    "phoneme": frozenset({"ph", "alphabet"}),
    "prosody": frozenset({"rate", "pitch", "volume"}),
    "mark": frozenset({"name"}),
    "lexicon": frozenset({"uri", "type"}),
    "meta": frozenset({"name", "http-equiv", "content"}),
    "metadata": frozenset(),
}
"""The supported elements, and their attributes."""
_SILENT = frozenset({"meta", "metadata"})
"""Elements whose content is not read aloud (§ 3.1.6, § 3.1.7)."""


def parse(ssml: str) -> Any:
    """Parse a document and return its root.

    Raises:
        BadArticle: it is too large, not well-formed, declares a document type, or is not SSML.
    """
    from lxml import etree

    check_markup(ssml, "ssml")
    if _DECLARATION.search(ssml):
        raise refuse(
            0,
            "a document type or an entity is declared; remove it (<!DOCTYPE>, <!ENTITY>)",
            "فيه تعريف لنوع المستند أو لكيان؛ احذف ‎<!DOCTYPE>‎ و‎<!ENTITY>‎",
        )
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )
    try:
        root = etree.fromstring(clean(ssml).strip().encode(), parser)
    except etree.XMLSyntaxError as error:
        raise refuse(
            error.lineno or 0, f"not well-formed XML ({error.msg})", "ليس XML سليم البنية"
        ) from error
    if name_of(root) != "speak":
        raise refuse(root, "the root element must be <speak>", "يجب أن يكون العنصر الأول ‎<speak>‎")
    if _is_deep(root):
        raise refuse(
            0, f"elements lie more than {MAX_DEPTH} deep", f"عمق تداخل العناصر يتجاوز الحد الأقصى {MAX_DEPTH}"
        )
    return root


def check_understood(root: Any) -> None:
    """Reject a document with unsupported elements or attributes.

    Raises:
        BadArticle: the message lists each of them once.
    """
    strange = list(dict.fromkeys(_strange(root)))
    if strange:
        listed = ", ".join(strange)
        raise refuse(
            0,
            f"not supported: {listed}. Remove them, or set “ssml_unknown” to “ignore”: their text is read.",
            f"غير مدعوم: {listed}. احذفها، أو أرسل ssml_unknown بقيمة ignore ليُقرأ ما فيها من نص.",
        )


def name_of(element: Any) -> str:
    """The element's name; elements of other namespaces get a prefix that no SSML element has."""
    name = str(element.tag)
    own = name.removeprefix(f"{{{NAMESPACE}}}")
    if not own.startswith("{"):
        return own
    prefix = element.prefix or "?"
    return f"{prefix}:{own.rpartition('}')[2]}"


def is_silent(element: Any) -> bool:
    """Whether an element's content is not read aloud."""
    return name_of(element) in _SILENT


def _is_deep(root: Any) -> bool:
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for element in level for child in element]
    return bool(level)


def _strange(element: Any) -> Iterator[str]:
    name = name_of(element)
    known = KNOWN.get(name)
    if known is None or (name == "speak" and element.getparent() is not None):
        yield f"<{name}>"
    else:
        for attribute in element.attrib:
            if attribute not in known | _ANYWHERE:
                yield f"{attribute.rpartition('}')[2]}=… in <{name}>"
    if not is_silent(element):
        for child in element:
            yield from _strange(child)

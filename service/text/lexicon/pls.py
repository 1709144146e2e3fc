"""Reads and writes the W3C's Pronunciation Lexicon Specification 1.0 (PLS).

A lexeme's ``<alias>`` is our reading, its ``<phoneme>`` our IPA, ``role="istami:name"`` our role; our word
and note are the attributes ``istami:word`` and ``istami:note``. Of several pronunciations the preferred one
counts, else the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from lxml import etree

from service.text.lexicon.entries import Entry, Place, Role, checked

_PLS = "http://www.w3.org/2005/01/pronunciation-lexicon"
_OURS = "https://github.com/istami/istami/lexicon"
_XML = "http://www.w3.org/XML/1998/namespace"
_LARGEST = 16 << 20
"""Bytes."""


def parse(data: bytes, file: str) -> Iterator[Entry]:
    """Read a PLS document; no DTD, no entities, no network.

    Args:
        data: the document, in any encoding that its XML declaration names.
        file: the file name for messages.

    Raises:
        BadLexicon: the document cannot be read; the message names file, line and remedy.
    """
    root = _root(data, file)
    alphabet = root.get("alphabet", "ipa")
    for lexeme in root.iterfind(f"{{{_PLS}}}lexeme"):
        place = Place(file, lexeme.sourceline or 0)
        entry = _entry(lexeme, alphabet, place)
        for grapheme in lexeme.iterfind(f"{{{_PLS}}}grapheme"):
            written = "".join(grapheme.itertext())
            yield checked(replace(entry, grapheme=written), place)


def render(entries: Iterable[Entry], language: str = "ar") -> bytes:
    """A PLS document that holds these entries."""
    root = etree.Element(f"{{{_PLS}}}lexicon", nsmap={None: _PLS, "istami": _OURS})
    root.set("version", "1.0")
    root.set("alphabet", "ipa")
    root.set(f"{{{_XML}}}lang", language)
    for entry in entries:
        lexeme = etree.SubElement(root, f"{{{_PLS}}}lexeme")
        if entry.role:
            lexeme.set("role", f"istami:{entry.role}")
        for name, text in (("word", entry.word), ("note", entry.note)):
            if text:
                lexeme.set(f"{{{_OURS}}}{name}", text)
        for tag, text in (("grapheme", entry.grapheme), ("alias", entry.reading), ("phoneme", entry.ipa)):
            if text:
                etree.SubElement(lexeme, f"{{{_PLS}}}{tag}").text = text
    document: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return document


def _root(data: bytes, file: str) -> etree._Element:
    if len(data) > _LARGEST:
        raise Place(file, 1).refuse("larger than 16 MiB; split it", "أكبر من 16 ميبيبايت؛ قسّمه")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise Place(file, line).refuse(f"not well-formed XML ({error.msg})", "ليس XML سليما") from error
    if root.getroottree().docinfo.doctype:
        raise Place(file, 1).refuse("a document type is declared; remove it", "فيه DOCTYPE؛ احذفه")
    if root.tag != f"{{{_PLS}}}lexicon":
        raise Place(file, 1).refuse(
            f"the root must be <lexicon xmlns='{_PLS}'>", f"يجب أن يكون الجذر <lexicon xmlns='{_PLS}'>"
        )
    return root


def _entry(lexeme: etree._Element, alphabet: str, place: Place) -> Entry:
    alias, phoneme = _preferred(lexeme, "alias"), _preferred(lexeme, "phoneme")
    if phoneme is not None and phoneme.get("alphabet", alphabet) != "ipa":
        raise place.refuse(
            "phones in another alphabet; write IPA", "أصوات بألفبائية أخرى؛ اكتبها بالدولية (IPA)"
        )
    roles = lexeme.get("role", "").split()
    role = next((role for role in Role if role and f"istami:{role}" in roles), Role.NONE)
    reading = "" if alias is None else "".join(alias.itertext())
    ipa = "" if phoneme is None else "".join(phoneme.itertext())
    word, note = (lexeme.get(f"{{{_OURS}}}{name}", "") for name in ("word", "note"))
    return Entry("", reading, ipa, role, note, word)


def _preferred(lexeme: etree._Element, tag: str) -> etree._Element | None:
    found = lexeme.findall(f"{{{_PLS}}}{tag}")
    return next((one for one in found if one.get("prefer") == "true"), found[0] if found else None)

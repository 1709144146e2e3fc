"""Lexicon entries, and the format of the file ``lexicon.tsv`` that a publisher writes.

A UTF-8 file with tab-separated columns. The first line that is not a comment names the columns::

    grapheme	reading	ipa	note
    # what is written, what is said, its phones, for your eyes only
    الحموشي	الْحَمُّوشِي
    ONEE	الْمَكْتَب الْوَطَنِي لِلْكَهْرَبَاء وَالْمَاء

``reading`` holds the spoken words, in Arabic letters, with any vowels that the diacritiser should not choose;
leave the last letter unmarked in a word that takes case endings. ``ipa`` specifies the phones directly. A
line has at least one of the two. ``role`` (another, optional column) is a :class:`Role`, ``word`` the reading
of an everyday word with the same letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from enum import StrEnum

from service.model.errors import BadLexicon
from service.text.core.spelling import letters
from service.text.core.tokens import LETTERS, MARKS

_READING = re.compile(rf"[{LETTERS}{MARKS} ]+")
_NOT_IPA = re.compile(rf"[0-9{LETTERS}{MARKS}<>&/\[\]{{}}\ufff9-\ufffb]")
_MARK_BEFORE_SHADDA = re.compile(f"([{MARKS}])\u0651")


class Role(StrEnum):
    """What a name is like. ``place``, ``absolute`` and ``homograph`` are diptotes, and those are names."""

    NONE = ""
    NAME = "name"
    """Never takes the article: the entry «مَالِي» does not apply to «المالي»."""
    DIPTOTE = "diptote"
    """Never takes tanwīn either, and ends in ḍamma or fatḥa: غُوغِلُ, غُوغِلَ."""
    PLACE = "place"
    """A diptote that shows its neighbours in a list to be places: «بيروت وصور»."""
    ABSOLUTE = "absolute"
    """A place whose letters are also a noun, which is meant where a definite noun follows («جدة الطفل»)."""
    HOMOGRAPH = "homograph"
    """A diptote whose letters are also a word: applies only where the sentence shows it («مدينة صور»)."""


_ROLES = frozenset(map(str, Role))
AMBIGUOUS = frozenset((Role.ABSOLUTE, Role.HOMOGRAPH))
DIPTOTES = frozenset((Role.DIPTOTE, Role.PLACE, Role.ABSOLUTE, Role.HOMOGRAPH))


@dataclass(frozen=True, slots=True)
class Entry:
    """A written form and its reading."""

    grapheme: str
    """The written form in articles: Arabic or Latin words, which may contain digits and signs."""
    reading: str = ""
    """The spoken words, in Arabic letters, vowelled or not; may be empty if ``ipa`` is given."""
    ipa: str = ""
    """The phones, one group per word of ``reading`` (or of ``grapheme``)."""
    role: str = Role.NONE
    """A :class:`Role`."""
    note: str = ""
    """The publisher's own words."""
    word: str = ""
    """The reading of the everyday word, where the context shows that the name is not meant."""


_COLUMNS = tuple(field.name for field in fields(Entry))


@dataclass(frozen=True, slots=True)
class Place:
    """The position of a line in a file, for messages."""

    file: str
    line: int

    def refuse(self, en: str, ar: str) -> BadLexicon:
        """The error to raise, with the problem and its remedy."""
        return BadLexicon(f"{self.file}, line {self.line}: {en}", f"{self.file}، السطر {self.line}: {ar}")


def parse(lines: Iterable[str], file: str) -> Iterator[Entry]:
    """Read ``lexicon.tsv``.

    Args:
        lines: with or without their line ends.
        file: the file name for messages.

    Raises:
        BadLexicon: a line cannot be read; the message names file, line and remedy.
    """
    columns: list[str] | None = None
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        place = Place(file, number)
        text = line.rstrip("\r\n")
        if not text.strip() or text.startswith("#"):
            continue
        cells = [cell.strip() for cell in text.split("\t")]
        if columns is None:
            columns = _header(cells, place)
            continue
        if len(cells) > len(columns):
            raise place.refuse(
                f"{len(cells)} columns, but the header names {len(columns)}; part columns by single tabs",
                f"عدد الأعمدة {len(cells)} والعناوين {len(columns)}؛ افصل بين الأعمدة بعلامة جدولة واحدة",
            )
        entry = checked(Entry(**dict(zip(columns, cells, strict=False))), place)
        if entry.grapheme in seen:
            raise place.refuse(
                f"«{entry.grapheme}» stands in line {seen[entry.grapheme]} already; keep one of the two",
                f"«{entry.grapheme}» موجود في السطر {seen[entry.grapheme]}؛ احتفظ بأحدهما",
            )
        seen[entry.grapheme] = number
        yield entry


def render(entries: Iterable[Entry]) -> Iterator[str]:
    """The lines of a ``lexicon.tsv`` that holds these entries, header first, without line ends."""
    yield "\t".join(_COLUMNS)
    for entry in entries:
        yield "\t".join(getattr(entry, column) for column in _COLUMNS).rstrip("\t")


def checked(entry: Entry, place: Place) -> Entry:
    """The entry in its normal form.

    Raises:
        BadLexicon: the entry is empty or unspeakable.
    """
    grapheme = " ".join(unicodedata.normalize("NFC", letters(entry.grapheme)).split())
    reading = _MARK_BEFORE_SHADDA.sub("\u0651\\1", " ".join(entry.reading.split()))
    ipa = " ".join(unicodedata.normalize("NFC", entry.ipa).split())
    if not any(map(str.isalnum, grapheme)):
        raise place.refuse(
            "no grapheme; write in the first column what articles write", "لا كلمة في عمود grapheme"
        )
    if not reading and not ipa:
        raise place.refuse(
            f"«{grapheme}» has neither reading nor ipa; fill one",
            f"«{grapheme}» بلا نطق؛ املأ reading أو ipa",
        )
    if reading and not _READING.fullmatch(reading):
        raise place.refuse(
            f"«{reading}» holds more than Arabic letters and vowels; write it as it is said",
            f"في «{reading}» ما ليس حرفا عربيا ولا حركة؛ اكتبه كما يُنطق",
        )
    if ipa and not is_ipa(ipa):
        raise place.refuse(
            f"«{ipa}» is not IPA; write phones only, without slashes, brackets or digits",
            f"«{ipa}» ليس بالألفبائية الصوتية الدولية؛ اكتب الأصوات وحدها",
        )
    if ipa and len(ipa.split()) != len((reading or grapheme).split()):
        raise place.refuse(
            f"«{ipa}» must have as many words as «{reading or grapheme}»",
            f"يجب أن يكون عدد الكلمات في «{ipa}» كعددها في «{reading or grapheme}»",
        )
    if ipa and not reading and not _READING.fullmatch(grapheme):
        raise place.refuse(
            f"«{grapheme}» is not in Arabic letters; fill reading too, for voices that read letters",
            f"«{grapheme}» بغير الحروف العربية؛ املأ reading أيضا للأصوات التي تقرأ الحروف",
        )
    word = _MARK_BEFORE_SHADDA.sub("\u0651\\1", entry.word)
    if word and (letters(word) != grapheme or entry.role not in AMBIGUOUS):
        raise place.refuse(
            f"«{word}» must have the letters of «{grapheme}», and the role absolute or homograph",
            f"يجب أن تكون حروف «{word}» كحروف «{grapheme}»، وrole إما absolute أو homograph",
        )
    if entry.role not in _ROLES:
        raise place.refuse(
            f"role «{entry.role}» is unknown; leave it empty or write {', '.join(filter(None, Role))}",
            f"role غير معروف؛ اتركه فارغا أو اكتب {' أو '.join(filter(None, Role))}",
        )
    return Entry(grapheme, reading, ipa, entry.role, entry.note, word)


def is_ipa(text: str) -> bool:
    """Whether the text is a valid phone string: no digits, brackets or Arabic letters.

    >>> is_ipa("naːtoː"), is_ipa("/nato/")
    (True, False)
    """
    return bool(text) and _NOT_IPA.search(text) is None


def _header(cells: list[str], place: Place) -> list[str]:
    unknown = [cell for cell in cells if cell not in _COLUMNS]
    if unknown or "grapheme" not in cells or len(set(cells)) != len(cells):
        raise place.refuse(
            f"the first line must name the columns: grapheme, reading, ipa, note; found {', '.join(cells)}",
            "يجب أن يسمي السطر الأول الأعمدة: grapheme وreading وipa وnote",
        )
    return cells

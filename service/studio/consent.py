"""A reader's consent to a voice made from their recordings: who, to whom, for what, until when."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from service.model.counting import CHARACTER, counted
from service.model.errors import IstamiError
from service.util.files import replace

CONSENT = "consent.json"
"""Name of the file within the recording's folder."""
_LONGEST = 300
"""Characters of one field."""
_MOST_YEARS = 30
STATEMENT = (
    "أنا {reader}، أوافق على تسجيل صوتي لدى {publisher}، وعلى أن يُصنع منه صوت آلي "
    "يُستعمل فيما يلي: {purpose}. تسري هذه الموافقة حتى \u2066{until}\u2069. "
    "ولي أن أسحبها كتابةً قبل ذلك، فتُحذف التسجيلات ولا يُستعمل الصوت بعدها."
)
"""What a reader signs, with the fields of the form in braces."""
_FIELDS = {
    "reader": ("the reader's name", "اسم القارئ"),
    "publisher": ("the publisher's name", "اسم الناشر"),
    "purpose": ("the purpose", "الغرض"),
}


class BadConsent(IstamiError):  # noqa: N818
    """A field of the consent is missing, or not as it must be; the message names it."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What the reader agreed to."""

    reader: str
    publisher: str
    purpose: str
    until: date
    """Last day on which it holds."""
    signed: datetime
    """In UTC."""

    @property
    def statement(self) -> str:
        """The sentence that the reader signed."""
        return STATEMENT.format(
            reader=self.reader, publisher=self.publisher, purpose=self.purpose, until=self.until.isoformat()
        )

    def holds(self, day: date) -> bool:
        """Whether recordings may be made and used on this day."""
        return day <= self.until


def signed(fields: Mapping[str, object], now: datetime) -> Consent:
    """The consent in a filled form.

    Args:
        fields: ``reader``, ``publisher``, ``purpose``, ``until`` (ISO 8601), and ``signature``: the reader's
            name, typed once more.
        now: when it was signed, in UTC.

    Raises:
        BadConsent: names the field at fault.
    """
    texts = {name: _text(fields, name) for name in _FIELDS}
    if " ".join(str(fields.get("signature", "")).split()) != texts["reader"]:
        raise BadConsent(
            "The signature is not the reader's name.",
            "التوقيع ليس اسم القارئ كما كُتب أعلاه.",
            field="signature",
        )
    try:
        until = date.fromisoformat(str(fields.get("until", "")))
    except ValueError as error:
        raise BadConsent(
            "“until” is not a date.", "تاريخ انتهاء الموافقة غير صحيح.", field="until"
        ) from error
    if not now.date() <= until <= now.date().replace(month=1, day=1, year=now.year + _MOST_YEARS):
        raise BadConsent(
            f"“until” must be a day within {_MOST_YEARS} years.",
            "يجب أن يكون تاريخ انتهاء الموافقة اليوم أو بعده، وخلال ثلاثين عامًا.",
            field="until",
        )
    return Consent(**texts, until=until, signed=now)


def write(folder: Path, consent: Consent) -> str:
    """Store a consent with its hash; returns the hash.

    Raises:
        Unwritable: it cannot be written.
    """
    table = _table(consent)
    digest = _digest(table)
    text = json.dumps(table | {"sha256": digest}, ensure_ascii=False, indent=1)
    replace(folder / CONSENT, f"{text}\n", private=True)
    return digest


def read(folder: Path) -> Consent | None:
    """The consent in a folder; ``None`` if there is none.

    Raises:
        BadConsent: it was changed after it was signed, or cannot be read.
    """
    try:
        table = json.loads((folder / CONSENT).read_text(encoding="utf-8"))
        digest = table.pop("sha256")
        consent = Consent(
            reader=table["reader"],
            publisher=table["publisher"],
            purpose=table["purpose"],
            until=date.fromisoformat(table["until"]),
            signed=datetime.fromisoformat(table["signed"]),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadConsent(f"{CONSENT} cannot be read.", f"تعذّرت قراءة {CONSENT}.") from error
    if digest != _digest(table) or table != _table(consent):
        raise BadConsent(f"{CONSENT} was changed after it was signed.", f"غُيّر {CONSENT} بعد توقيعه.")
    return consent


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    text = " ".join(value.split()) if isinstance(value, str) else ""
    en, ar = _FIELDS[name]
    if not text or len(text) > _LONGEST or not text.isprintable():
        raise BadConsent(
            f"Give {en}, in at most {_LONGEST} characters.",
            f"اكتب {ar}، بما لا يتجاوز {counted(_LONGEST, CHARACTER)}.",
            field=name,
        )
    return text


def _table(consent: Consent) -> dict[str, str]:
    table = asdict(consent) | {"until": consent.until.isoformat(), "signed": consent.signed.isoformat()}
    return {**table, "statement": consent.statement}


def _digest(table: Mapping[str, object]) -> str:
    text = json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

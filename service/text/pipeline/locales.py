"""The regional variant of an article whose site sets none: names of months, the currency at home.

What is said most reliably decides first: the region in the page's language, then the country of its host,
then the months and signs of currencies that the text uses itself. Where nothing tells, or the evidence is
contradictory, the variant is neutral: سبتمبر, يورو, and every currency with its country.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

AUTO, NEUTRAL = "auto", "ar"
_OF_COUNTRY = {
    "MA": "ar-MA",
    "EG": "ar-EG",
    "SA": "ar-SA",
    **dict.fromkeys(("LB", "SY", "JO", "PS", "IQ"), "ar-LB"),
    **dict.fromkeys(
        ("DZ", "TN", "LY", "MR", "SD", "AE", "KW", "QA", "BH", "OM", "YE", "DJ", "SO", "KM"), NEUTRAL
    ),
}
"""By ISO 3166 code. Syria, Jordan, Palestine and Iraq name the months as Lebanon does; the Gulf and the other
countries name them as neutral Arabic does, and have currencies of their own."""
_REGION = re.compile(r"ar[-_](?:[A-Za-z]{4}[-_])?([A-Za-z]{2})\b")
_MONTHS = {
    "ar-MA": "ماي يوليوز غشت شتنبر نونبر دجنبر",
    "ar-LB": "شباط آذار نيسان أيار حزيران تموز أيلول",
    NEUTRAL: "مايو يوليو أغسطس سبتمبر نوفمبر ديسمبر",
}
"""Names of months that only one of the variants uses; two names side by side are neutral."""
_SIGNS = {
    "ar-MA": ("د.م", "MAD", "DH", "DHS"),
    "ar-EG": ("ج.م", "EGP", "LE"),
    "ar-SA": ("ر.س", "SAR", "SR", "⃁"),
    "ar-LB": ("ل.ل", "LBP", "LL"),
}
_VARIANT = {month: locale for locale, months in _MONTHS.items() for month in months.split()}
_CURRENCY = {sign: locale for locale, signs in _SIGNS.items() for sign in signs}
_FOUND = re.compile(
    rf"(?<!\w)[وفبلك]?(?:{'|'.join(_VARIANT)})(?!\w)"
    rf"|(?<![\w.])(?:{'|'.join(map(re.escape, sorted(_CURRENCY, key=len, reverse=True)))})(?!\w)"
)


def resolve(wanted: str, *, language: str | None = None, url: str | None = None, text: str = "") -> str:
    """The variant in which an article is read.

    Args:
        wanted: the site's or the service's setting; anything but ``auto`` is the answer.
        language: the language of the page, a BCP 47 tag.
        url: the address of the page.
        text: the article, in whole or in part.

    >>> resolve("auto", language="ar-EG"), resolve("auto", url="https://news.example.ma/1")
    ('ar-EG', 'ar-MA')
    >>> resolve("auto", text="افتتح المعرض في شتنبر"), resolve("auto", text="افتتح المعرض أمس")
    ('ar-MA', 'ar')
    """
    if wanted != AUTO:
        return wanted
    return _of_region(language) or _of_host(url) or _of_text(text)


def _of_region(language: str | None) -> str | None:
    found = _REGION.match(language or "")
    return _OF_COUNTRY.get(found[1].upper()) if found else None


def _of_host(url: str | None) -> str | None:
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return None
    return _OF_COUNTRY.get(host.rpartition(".")[2].upper())


def _of_text(text: str) -> str:
    found = [match.group() for match in _FOUND.finditer(text)]
    by_month = _only(_VARIANT.get(word) or _VARIANT.get(word[1:]) for word in found)
    by_sign = _only(_CURRENCY.get(word) for word in found)
    if by_month == NEUTRAL or by_month is None:
        # Egypt and Saudi Arabia have the neutral months; Morocco and Lebanon would show theirs.
        fits = by_sign in {"ar-EG", "ar-SA"} or by_month is None
        return by_sign if by_sign and fits and not _is_mixed(found) else NEUTRAL
    return by_month


def _only(told: Iterable[str | None]) -> str | None:
    """The one variant that is told; ``None`` if there are none or several."""
    variants = set(filter(None, told))
    return variants.pop() if len(variants) == 1 else None


def _is_mixed(found: Iterable[str]) -> bool:
    """Whether months of several variants stand in the text, as in the press of many countries."""
    return len({_VARIANT.get(word) or _VARIANT.get(word[1:]) for word in found} - {None}) > 1

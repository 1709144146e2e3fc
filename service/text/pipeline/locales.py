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
_AMBIGUOUS = frozenset(["ماي", "مايو", "شباط", "نيسان", "تموز"])
"""Also names: تيريزا ماي, حميد شباط, سيارات نيسان."""
_MONTH = re.compile(
    r"(?P<dated>(?<![\w.])(?:\d{1,2}|فاتح|شهر|شهري)\s{1,3})?"
    rf"(?<!\w)[وفبلك]?(?P<month>{'|'.join(_VARIANT)})(?!\w)"
    r"(?P<year>\s{1,3}\d{4}(?!\w))?"
)
_SIGN = "|".join(map(re.escape, sorted(_CURRENCY, key=len, reverse=True)))
_SCALE = "ألف|آلاف|مليون|ملايين|مليار|مليارات"
_PRICE = re.compile(rf"\d\s?(?:(?:{_SCALE})\s)?(?P<after>{_SIGN})(?!\w)|(?<![\w.])(?P<before>{_SIGN})\s?\d")
"""A sign beside its amount; «LE MONDE» and «LL COOL J» are none."""


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
    told = {_VARIANT[month] for month in _months(text)}
    by_month = _only(told)
    by_sign = _only(_CURRENCY[price["after"] or price["before"]] for price in _found(_PRICE, _CURRENCY, text))
    if by_month == NEUTRAL or by_month is None:
        # Egypt and Saudi Arabia have the neutral months; Morocco and Lebanon would show theirs.
        fits = by_sign in {"ar-EG", "ar-SA"} or by_month is None
        return by_sign if by_sign and fits and len(told) <= 1 else NEUTRAL
    return by_month


def _months(text: str) -> set[str]:
    """The names of months in a text.

    One that is also another name counts only with a day, a year or «شهر», or where the text has another
    month of its variant.
    """
    found = [(match["month"], match["dated"] or match["year"]) for match in _found(_MONTH, _VARIANT, text)]
    names = {name for name, _ in found}
    return {
        name
        for name, dated in found
        if name not in _AMBIGUOUS
        or dated
        or any(_VARIANT[name] == _VARIANT[other] for other in names - {name})
    }


def _found(pattern: re.Pattern[str], words: Iterable[str], text: str) -> Iterable[re.Match[str]]:
    """The matches of a pattern that needs one of these words; most texts have none, which is known sooner."""
    return pattern.finditer(text) if any(word in text for word in words) else ()


def _only(told: Iterable[str]) -> str | None:
    """The only variant of these; ``None`` if there are none or several."""
    variants = set(told)
    return variants.pop() if len(variants) == 1 else None

"""The regional variant of an article whose site sets none: names of months, the currency at home.

What is said most reliably decides first: the region in the page's language, then the country of its host,
then the months and signs of currencies that the text uses itself. Where nothing tells, or the evidence
contradicts itself, the variant is neutral: سبتمبر, يورو, and every currency with its country.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

AUTO, NEUTRAL = "auto", "ar"
_OF_COUNTRY = {
    "MA": "ar-MA",
    "EG": "ar-EG",
    "SA": "ar-SA",
    "DZ": "ar-DZ",
    "TN": "ar-TN",
    **dict.fromkeys(("LB", "SY", "JO", "PS", "IQ"), "ar-LB"),
    **dict.fromkeys(("LY", "MR", "SD", "AE", "KW", "QA", "BH", "OM", "YE", "DJ", "SO", "KM"), NEUTRAL),
}
"""By ISO 3166 code. Syria, Jordan, Palestine and Iraq name the months as Lebanon does; the Gulf and the other
countries name them as neutral Arabic does, and have currencies of their own."""
_REGION = re.compile(r"ar[-_](?:[A-Za-z]{4}[-_])?([A-Za-z]{2})\b")
_CENTRAL = frozenset({"ar-DZ", "ar-TN"})
_MONTHS = {
    ("ar-MA",): "يوليوز غشت شتنبر نونبر دجنبر",
    ("ar-MA", *_CENTRAL): "ماي",
    tuple(_CENTRAL): "جانفي فيفري أفريل جوان جويلية أوت",
    ("ar-LB",): "شباط آذار نيسان أيار حزيران تموز أيلول",
    (NEUTRAL, "ar-EG", "ar-SA"): "مايو يوليو أغسطس",
    (NEUTRAL, "ar-EG", "ar-SA", *_CENTRAL): "سبتمبر نوفمبر ديسمبر",
}
"""Names of months that some variants do not use, by those that do."""
_PREFERRED = (NEUTRAL, "ar-MA", "ar-LB", "ar-DZ", "ar-TN")
"""Where several variants have all months of a text and no currency tells, the first of them. Algeria's and
Tunisia's differ in the currency alone."""
_SIGNS = {
    "ar-MA": ("د.م", "MAD", "DH", "DHS"),
    "ar-DZ": ("د.ج", "DZD", "DA"),
    "ar-TN": ("د.ت", "TND", "DT"),
    "ar-EG": ("ج.م", "EGP", "LE"),
    "ar-SA": ("ر.س", "SAR", "SR", "⃁"),
    "ar-LB": ("ل.ل", "LBP", "LL"),
}
_VARIANTS = {month: frozenset(locales) for locales, months in _MONTHS.items() for month in months.split()}
_COUNTRIES = {"ar-DZ": "جزائر", "ar-TN": "تونس"}
"""The stems of a country and its people, which tell where the months are those of two."""
_CURRENCY = {sign: locale for locale, signs in _SIGNS.items() for sign in signs}
_AMBIGUOUS = frozenset(["ماي", "مايو", "شباط", "نيسان", "تموز", "جوان", "أوت", "أفريل"])
"""Also names and words: تيريزا ماي, حميد شباط, سيارات نيسان, أوت اللاجئين."""
_MONTH = re.compile(
    r"(?P<dated>(?<![\w.])(?:\d{1,2}|فاتح|شهر|شهري)\s{1,3})?"
    rf"(?<!\w)[وفبلك]?(?P<month>{'|'.join(_VARIANTS)})(?!\w)"
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
    months = _months(text)
    by_month = frozenset[str].intersection(*map(_VARIANTS.__getitem__, months)) if months else None
    by_sign = _only(_CURRENCY[price["after"] or price["before"]] for price in _found(_PRICE, _CURRENCY, text))
    if by_month is None:
        return by_sign or NEUTRAL
    if by_sign in by_month:
        return by_sign
    if by_month == _CENTRAL:
        # «ماي» and «سبتمبر» contradict each other unless a name tells that only these two countries have.
        own = any(_VARIANTS[month] == _CENTRAL for month in months)
        named = _only(locale for locale in by_month if _COUNTRIES[locale] in text)
        return named or _first(by_month) if own else NEUTRAL
    return _first(by_month)


def _first(locales: Collection[str]) -> str:
    return next((locale for locale in _PREFERRED if locale in locales), NEUTRAL)


def _months(text: str) -> set[str]:
    """The names of months in a text.

    One that is also another name counts only with a day, a year or «شهر», or where the text has another
    month of one of its variants.
    """
    found = [(match["month"], match["dated"] or match["year"]) for match in _found(_MONTH, _VARIANTS, text)]
    names = {name for name, _ in found}
    return {
        name
        for name, dated in found
        if name not in _AMBIGUOUS or dated or any(_agree(name, other) for other in names - {name})
    }


def _agree(name: str, other: str) -> bool:
    """Whether two names of months are of one variant: «ماي» and «غشت», not «أوت» and «سبتمبر»."""
    one, two = _VARIANTS[name], _VARIANTS[other]
    return bool(one & two) and (NEUTRAL in one) == (NEUTRAL in two)


def _found(pattern: re.Pattern[str], words: Iterable[str], text: str) -> Iterable[re.Match[str]]:
    """The matches of a pattern that needs one of these words; most texts have none, which is known sooner."""
    return pattern.finditer(text) if any(word in text for word in words) else ()


def _only(told: Iterable[str]) -> str | None:
    """The only variant of these; ``None`` if there are none or several."""
    variants = set(told)
    return variants.pop() if len(variants) == 1 else None

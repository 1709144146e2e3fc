"""Cleans letters: ligatures, presentation forms, Persian letters, marks, tatweel, repeated letters.

First in the chain: every other rule may rely on plain letters. The author's own vowels stay. The only tatweel
that stays is the one that ends a prefix (الـ, بـ) or an abbreviation (هـ); ``prefixes`` handles it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from service.text.core.rule_walker import starts_at
from service.text.core.tokens import MARKS, SIGNS, Kind, Replacement, Rule, Token
from service.text.grammar.prefixes import CLITICS

_LIGATURES = {
    "\u0610": "صلى الله عليه وسلم",
    "\u0611": "عليه السلام",
    "\u0612": "رحمه الله",
    "\u0613": "رضي الله عنه",
    "\ufd40": "رحمه الله",
    "\ufd41": "رضي الله عنه",
    "\ufd42": "رضي الله عنها",
    "\ufd43": "رضي الله عنهم",
    "\ufd44": "رضي الله عنهما",
    "\ufd45": "رضي الله عنهن",
    "\ufd46": "صلى الله عليه وآله",
    "\ufd47": "عليه السلام",
    "\ufd48": "عليهم السلام",
    "\ufd49": "عليهما السلام",
    "\ufd4a": "عليه الصلاة والسلام",
    "\ufd4b": "قدس سره",
    "\ufd4c": "صلى الله عليه وآله وسلم",
    "\ufd4d": "عليها السلام",
    "\ufd4e": "تبارك وتعالى",
    "\ufd4f": "رحمهم الله",
    "\ufdcf": "سلامه علينا",
    "\ufdf3": "أكبر",
    "\ufdf5": "صلى الله عليه وسلم",
    "\ufdfa": "صلى الله عليه وسلم",
    "\ufdfb": "جل جلاله",
    "\ufdfd": "بسم الله الرحمن الرحيم",
    "\ufdfe": "سبحانه وتعالى",
    "\ufdff": "عز وجل",
}
"""By the characters' Unicode names; NFKC does not change most of them."""
_LIGATURE = re.compile(f"[{''.join(_LIGATURES)}]")

_LETTERS = {
    "ٱ": "ا",
    "ٲ": "أ",
    "ٳ": "إ",
    "ٵ": "أ",
    "ٶ": "ؤ",
    "ٸ": "ئ",
    "ی": "ي",
    "ې": "ي",
    "ێ": "ي",
    "ے": "ي",
    "ۓ": "ئ",
    "ک": "ك",
    "ڪ": "ك",
    **dict.fromkeys("ګڨڭݣ", "گ"),
    "ڥ": "ڤ",
    "ہ": "ه",
    "ھ": "ه",
    "ە": "ه",
    "ۀ": "ه",
    "ۂ": "ه",
    "ۃ": "ة",
    "ۆ": "و",
    "ۇ": "و",
    "ۈ": "و",
    "ۋ": "و",
    "ڕ": "ر",
    "ڵ": "ل",
    "ټ": "ت",
    "ٹ": "ت",
    "ډ": "د",
    "ڈ": "د",
    "ړ": "ر",
    "ڑ": "ر",
    "ں": "ن",
    **dict.fromkeys("ڼڱڻ", "ن"),
    **dict.fromkeys("ٻڀ", "ب"),
    **dict.fromkeys("ٽٿ", "ت"),
    **dict.fromkeys("ڄڃ", "ج"),
    "ڇ": "چ",
    **dict.fromkeys("ڊڌڍڏ", "د"),
    "ڙ": "ر",
    "ڦ": "ف",
    "ڳ": "گ",
    "ښ": "ش",
    "ږ": "ژ",
    "ځ": "ز",
    "څ": "س",
    "ۡ": "ْ",
    "ࣰ": "ً",
    "ࣱ": "ٌ",
    "ࣲ": "ٍ",
}
"""Letters of Persian, Urdu, Kurdish, Pashto, Sindhi and the Maghreb (ڨفصة) in Arabic text, and Koranic signs
with a plain equivalent."""


def _plain(code: int) -> str:
    """A presentation form as plain letters: NFKC, without the blank or tatweel that carries a mark."""
    return re.sub(r"[ \u0640]", "", unicodedata.normalize("NFKC", chr(code)))


_FORMS = {ord(letter): plain for letter, plain in _LETTERS.items()}
_FORMS |= {
    code: _plain(code).translate(_FORMS)
    for code in (*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFD))
    if unicodedata.category(chr(code)) in {"Lo", "Lm", "So"} and chr(code) not in _LIGATURES
}
_ODD = re.compile(f"[{''.join(map(chr, _FORMS))}{SIGNS}]")
_SIGN = re.compile(f"[{SIGNS}]")
_MAQSURA = re.compile(r"^([وفبلك]?(?:عل|إل|حت|لد|مت|موس|عيس|مصطف|مستشف|أخر|كبر|مد|سو))ی$")
"""Words ending in ى whose Persian ی must not become ي."""

_ENDED = frozenset({"ه", "اه"})
"""هـ and اهـ, abbreviations that include a tatweel."""
_UNORDERED = re.compile(f"[ً-ِْ]ّ|ا[ًٌٍ]|([{MARKS}])\\1")
_STRETCHED = re.compile(r"([ء-ي])\1\1+")


@starts_at(Kind.WORD, Kind.SYMBOL, text=_LIGATURE.search)
def _ligatures(tokens: Sequence[Token], at: int) -> Replacement | None:
    """ﷺ, ﷻ and similar ligatures as words."""
    return Replacement(1, _LIGATURE.sub(lambda found: f" {_LIGATURES[found.group()]} ", tokens[at].text))


@starts_at(Kind.WORD, text=_ODD.search)
def _letter_forms(tokens: Sequence[Token], at: int) -> Replacement | None:
    """Presentation forms, Persian letters and Koranic signs as plain Arabic letters."""
    token = tokens[at]
    text = _MAQSURA.sub(r"\1ى", token.text).translate(_FORMS)
    text = _SIGN.sub("", unicodedata.normalize("NFC", text))
    return Replacement(1, text) if text != token.text else None


@starts_at(Kind.WORD, text=_UNORDERED.search)
def _order_of_marks(tokens: Sequence[Token], at: int) -> Replacement | None:
    """Shadda before its vowel, tanwīn before its alif, no mark twice."""
    text = re.sub(f"([{MARKS}])\\1+", r"\1", tokens[at].text)
    text = re.sub("([ً-ِْ])ّ", r"ّ\1", text)
    return Replacement(1, re.sub(f"(?<=[^{MARKS}])اً$", "ًا", text))


@starts_at(Kind.WORD, text=lambda text: "ـ" in text)
def _tatweel(tokens: Sequence[Token], at: int) -> Replacement | None:
    """عـــاجل is عاجل; a prefix keeps one tatweel, an isolated one is a list mark."""
    token = tokens[at]
    text = token.text.replace("ـ", "")
    if text in CLITICS or text in _ENDED:
        text += "ـ" * token.text.endswith("ـ")
    return Replacement(1, text) if text and text != token.text else None


def _unstretched(found: re.Match[str]) -> str:
    letter, start = found.group(1), found.start()
    if letter == "ل" and found.string[found.end() :] == "ه":
        return "لل"
    if start == 0 and letter in "تلو" and len(found.group()) == 3:
        return found.group()
    return "مم" if letter == "م" and start == 0 else letter


@starts_at(Kind.WORD, text=_STRETCHED.search)
def _repeated_letters(tokens: Sequence[Token], at: int) -> Replacement | None:
    """جداااا is جدا; a word of a single repeated letter (هههه) is unchanged."""
    token = tokens[at]
    if len(set(token.text)) == 1:
        return None
    text = _STRETCHED.sub(_unstretched, token.text)
    return Replacement(1, text) if text != token.text else None


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """First of all rules."""
    return (
        ("ligature", _ligatures),
        ("letter forms", _letter_forms),
        ("order of marks", _order_of_marks),
        ("tatweel", _tatweel),
        ("repeated letters", _repeated_letters),
    )

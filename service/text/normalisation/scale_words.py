"""Two thousand and one thousand have the same letters before a noun and alone: أَلْفَا شخص, أَلْفًا.

After all number rules; the vowels that tell them apart are written, since no model knows which is meant.
"""

from __future__ import annotations

from collections.abc import Sequence

from service.text.core.rule_walker import starts_at
from service.text.core.tables import cues
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.grammar.case_effects import PREPOSITION, effect_of
from service.text.grammar.neighbours import is_noun, second_term
from service.text.grammar.nouns import Form, known

_RULE = "scale word"
_STEMS = {
    "ألفا": "أَلْف",
    "مليونا": "مِلْيُون",
    "مليارا": "مِلْيَار",
    "بليونا": "بِلْيُون",
    "تريليونا": "تِرِيلْيُون",
}
_AND = {"": "", "و": "وَ", "ف": "فَ"}
_WORDS = {before + word: vowel + stem for before, vowel in _AND.items() for word, stem in _STEMS.items()}
_TIMES = frozenset({"عام", "سنة", "يوم", "شهر", "ليلة"})
"""After an amount: «أنفق مليونا عام 2020»; counted where nothing tells which one is meant."""
_TWO_HUNDRED = "مئتا"
_TENS = ("ون", "ين", "عشر")
_ALPHA = "ألفا"
_ALPHA_NAMES = frozenset({"روميو", "بنك", "بيتا", "سنتوري"})
"""What follows it in names: «ألفا روميو»."""
_SIGN_RULES = frozenset({"sign", "governing sign"})
"""The rules that say α."""


@starts_at(Kind.WORD, text=_WORDS.__contains__)
def _ending(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«مليونا درهم» are two million, «أنفق مليونا» is one; «متحور ألفا» is none."""
    if tokens[at].text.endswith(_ALPHA) and not _is_thousand(tokens, at):
        return None
    tens = at > 0 and tokens[at - 1].text.endswith(_TENS)  # «خمسين ألفا»: tamyīz
    construct = not tens and at + 1 < len(tokens) and _is_counted(tokens, at + 1)
    return Replacement(1, _WORDS[tokens[at].text] + ("َا" if construct else "ًا"))


@starts_at(Kind.WORD)
def _genitive(tokens: Sequence[Token], at: int) -> Replacement | None:
    """The noun after such a dual is its second term: أَلْفَا شخصٍ, مئتا ليرةٍ."""
    before = tokens[at - 1] if at else None
    if before is None or not (before.text.endswith(_TWO_HUNDRED) or _is_dual(before)):
        return None
    word, after = tokens[at].text, tokens[at + 1].text if at + 1 < len(tokens) else ""
    if all(form is not Form.SINGULAR for _, form in known(word)) or word[-1] in "اىي":
        return None
    first_term = after.startswith("ال") or (after and second_term(after))
    return Replacement(1, word + ("ِ" if first_term else "ٍ"))


def _is_thousand(tokens: Sequence[Token], at: int) -> bool:
    """Whether «ألفا» is a number and not the name of the letter alpha.

    A preposition tells nothing: after it the number is «ألف» or «ألفي».
    """
    after = tokens[at + 1].text if at + 1 < len(tokens) else ""
    before = tokens[at - 1].text if at else ""
    if before in cues("alpha") or after in _ALPHA_NAMES or tokens[at].rule in _SIGN_RULES:
        return False
    if tokens[at].rule or (at and tokens[at - 1].kind is Kind.NUMBER):
        return True
    if after == "و" and at + 2 < len(tokens) and tokens[at + 2].rule:
        return True  # «بلغ ألفا و200 درهم»: digits continue the number
    if before.endswith("وا") or effect_of(before) not in (None, PREPOSITION):
        return True
    if before.endswith("عشر") or before in cues("tens in words") | cues("number said of"):
        return True
    return bool(known(after)) and _is_counted(tokens, at + 1)


def _is_dual(token: Token) -> bool:
    return token.rule == _RULE and token.text.endswith("َا")


def _is_counted(tokens: Sequence[Token], at: int) -> bool:
    word = tokens[at].text
    if tokens[at].kind is not Kind.WORD or not is_noun(word):
        return False
    forms = {form for _, form in known(word)}
    if word in _TIMES:
        return not (at + 1 < len(tokens) and tokens[at + 1].kind is Kind.WORD)
    if not forms:
        return not word.endswith(("ا", "ون", "ان")) and not effect_of(word)
    return bool(forms & {Form.SINGULAR, Form.PLURAL})


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After all number rules, before vowels of the lexicon."""
    return ((_RULE, _ending), ("counted by a scale word", _genitive))

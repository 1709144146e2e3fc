"""Numbers with the noun they count, each in the form that the other requires.

3 to 10 take the genitive plural and the opposite gender; 11 to 99 the accusative singular (tamyīz); round
hundreds and above the genitive singular; 1 and 2 are in the noun itself. Above a hundred the last two
digits decide, and 01 and 02 repeat the noun: «مئة كتاب وكتاب», as in «ألف ليلة وليلة».
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from service.text.core.figures import Number, number_at
from service.text.core.rule_walker import starts_at
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.core.wordlists import function_words
from service.text.grammar.governors import case_at
from service.text.grammar.grammar import Case, Gender
from service.text.grammar.neighbours import (
    VERB_LIKE,
    agreeing,
    by_neighbours,
    dual_adjective,
    following,
    is_adjective,
    is_noun,
    second_term,
)
from service.text.grammar.nouns import SCALES, Form, Noun, guess, known
from service.text.grammar.numerals import LIMIT, cardinal, deciding, decimal

_TWO = 2
_FEW = range(3, 11)
_SHARES = frozenset({"بالمئة", "بالمائة", "٪", "%"})


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """Numbers before a noun; after dates, units and money."""
    return (("counted", count),)


def counted(n: int, noun: Noun, *, case: Case, construct: bool = False) -> str:
    """A number and its noun.

    Args:
        n: zero or more.
        noun: the counted noun.
        case: the case that the governing word requires of the number.
        construct: the noun is the first term of an iḍāfa («خمسة عشر مليون درهم», «رجلا أمن»).

    >>> book = known("كتاب")[0][0]
    >>> [counted(n, book, case=Case.NOMINATIVE) for n in (2, 3, 15, 100, 103)]
    ['كتابان', 'ثلاثة كتب', 'خمسة عشر كتابا', 'مئة كتاب', 'مئة وثلاثة كتب']
    """
    rest = n % 100
    if rest in (1, 2):
        if n > 100:
            first = counted(n - rest, noun, case=case)
            return f"{first} و{noun.two(case, construct=construct) if rest == 2 else noun.one(case)}"
        if n == 2:
            return noun.two(case, construct=construct)
        return f"{noun.one(case)} {cardinal(1, gender=noun.gender, case=case)}"
    number = cardinal(n, gender=noun.gender, case=case, construct=True)
    if 3 <= rest <= 10:
        return f"{number} {noun.plural}"
    if rest and not construct:
        return f"{number} {noun.accusative}"
    return f"{number} {noun.singular}"


@starts_at(Kind.NUMBER)
def count(tokens: Sequence[Token], at: int) -> Replacement | None:
    """The rule: a number and the noun, or the thousands and millions, after it.

    >>> from service.text.core.tokens import tokenise, written
    >>> from service.text.core.rule_walker import apply
    >>> [written(apply("", count, list(tokenise(text)))[0]) for text in ("650 شخصا", "نحو 2 مليون درهم")]
    ['ستمئة وخمسون شخصا', 'نحو مليوني درهم']
    """
    found = number_at(tokens, at)
    if found is None:
        return None
    number, length = found
    after = at + length
    if after >= len(tokens) or tokens[after].kind is not Kind.WORD or _is_code(number):
        return None
    word = tokens[after].text
    case = case_at(tokens, at)
    options = known(word)
    if at and tokens[at - 1].text == "الرقم" and not (options and options[0][0].singular in SCALES):
        return None  # the number is a name: «صاحب الرقم 10 ركلة الجزاء»
    if (options and options[0][0].singular in SCALES) or _is_share(tokens, after):
        number = number.as_decimal()
    if number.fraction.strip("0"):
        return _broken(tokens, after, number, case, length)
    if options:
        return _known(tokens, after, number.value, case, length)
    return _unknown(word, number.value, case, length)


def _is_share(tokens: Sequence[Token], at: int) -> bool:
    """«12.500 في المئة»."""
    words = [token.text for token in tokens[at : at + 2]]
    return words[0] in _SHARES or (words[0] == "في" and words[-1] in ("المئة", "المائة"))


def _broken(tokens: Sequence[Token], after: int, number: Number, case: Case, length: int) -> Replacement:
    """Decimals: the noun and its adjective agree with the fraction; scale words stay as written."""
    options = known(tokens[after].text)
    if options and (number.value, number.fraction) == (0, "5"):
        return Replacement(length + 1, f"نصف {options[0][0].singular}")
    if options and options[0][0].singular in SCALES:
        return Replacement(length, decimal(number.whole, number.fraction, case=case))
    n = deciding(number.fraction)
    if not options:
        found = guess(tokens[after].text)
        gender = found.gender if found else Gender.MASCULINE
        return Replacement(length, decimal(number.whole, number.fraction, gender=gender, case=case))
    noun, form = _choose(options, n)
    words = decimal(number.whole, number.fraction, gender=noun.gender, case=case, counting=True)
    plural = tokens[after].text if form is Form.PLURAL else noun.plural
    agreed, its_case, word = (
        (Form.PLURAL, Case.GENITIVE, plural)
        if n % 100 in _FEW
        else (Form.ACCUSATIVE, Case.ACCUSATIVE, noun.accusative)
        if n % 100 > max(_FEW)
        else (Form.SINGULAR, Case.GENITIVE, noun.singular)
    )
    next_word = following(tokens, after)
    adjective = agreeing(next_word, noun, agreed, its_case) if next_word else ""
    return Replacement(length + 1 + bool(adjective), f"{words} {word} {adjective}".rstrip())


def _known(tokens: Sequence[Token], after: int, n: int, case: Case, length: int) -> Replacement | None:
    written = tokens[after].text
    noun, form = _choose(known(written), n)
    noun = by_neighbours(tokens, after) or noun
    if form is Form.PLURAL and not written.endswith(("ون", "ي")):
        noun = replace(noun, plural=written)  # of two plurals, the one in the text
    next_word = following(tokens, after)
    if n == _TWO and form is Form.DUAL and noun.singular not in SCALES:
        return Replacement(length + 1, written)  # «2 مباراتين»: the dual says it
    if noun.singular in SCALES:
        construct = next_word is not None and is_noun(next_word)
        words = noun.one(case) if n == 1 and not construct else noun.singular if n == 1 else ""
        return Replacement(length + 1, words or counted(n, noun, case=case, construct=construct))
    if n == _TWO and next_word and (adjective := dual_adjective(next_word, noun, case)):
        return Replacement(length + 2, f"{noun.two(case)} {adjective}")
    construct = form in (Form.SINGULAR, Form.DUAL) and next_word is not None and second_term(next_word)
    words = counted(n, noun, case=case, construct=construct)
    if n == 1 and construct:
        words = f"{noun.singular} {next_word} {cardinal(1, gender=noun.gender, case=case)}"
        return Replacement(length + 2, words)
    if (
        form is Form.SINGULAR
        and 11 <= n % 100 <= 99
        and not construct
        and next_word
        and is_adjective(next_word)
    ):
        ending = "ِيًّا" if next_word.endswith("ي") else f"{next_word[-1]}ا"
        return Replacement(length + 2, f"{words} {next_word[:-1]}{ending}")
    return Replacement(length + 1, words)


def _unknown(word: str, n: int, case: Case, length: int) -> Replacement | None:
    """A noun in no lexicon: its number agrees as far as its form shows; the noun stays as written."""
    if word in function_words() or word.startswith(("ال", "لل", "بال", "وال", "كال", "فال")):
        return None
    noun = guess(word)
    rest = n % 100
    if n == _TWO and word.endswith(("تي", "تا")) and known(word + "ن"):
        return Replacement(length + 1, word)  # «2 حالتي وفاة»: the dual says it
    if noun is None:
        if rest or n < 100 or VERB_LIKE.fullmatch(word) or word[0] in "وفبلك":
            return None
        return Replacement(length, cardinal(n, case=case, construct=True))
    sound = 3 <= rest <= 10 and word.endswith(("ات", "ين"))
    if (word[0] in "وب" and not sound) or (word[0] in "لكف" and known(word[1:])):
        return None  # the next phrase: «القرار 2797 بأغلبية»
    if n in (1, 2):
        return Replacement(length + 1, counted(n, noun, case=case)) if word.endswith("ة") else None
    return Replacement(length, cardinal(n, gender=noun.gender, case=case, construct=True))


def _choose(options: Sequence[tuple[Noun, Form]], n: int) -> tuple[Noun, Form]:
    """The reading of a written noun that fits the number: «أسرة» are families or beds."""
    plural = 3 <= n % 100 <= 10
    return next((option for option in options if (option[1] is Form.PLURAL) is plural), options[0])


def _is_code(number: Number) -> bool:
    return (len(number.whole) > 1 and number.whole[0] == "0") or number.value > LIMIT

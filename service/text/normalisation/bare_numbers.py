"""Numbers that no other rule has replaced: bare cardinals, decimals, codes.

>>> from service.text.core.tokens import tokenise, written
>>> from service.text.core.rule_walker import apply
>>> [written(apply("", bare, list(tokenise(text)))[0]) for text in ("بلغ 3,5", "الرمز 0042")]
['بلغ ثلاثة فاصلة خمسة', 'الرمز صفر ، صفر ، أربعة ، اثنان']
"""

from __future__ import annotations

from collections.abc import Sequence

from service.text.core.figures import number_at
from service.text.core.rule_walker import starts_at
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.grammar.governors import case_at
from service.text.grammar.grammar import Gender
from service.text.grammar.nouns import known
from service.text.grammar.numerals import LIMIT, cardinal, decimal, dictated

_OUT_OF = frozenset({"من", "أصل"})


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """The last of the number rules: it leaves no digit behind."""
    return (("number", bare),)


@starts_at(Kind.NUMBER)
def bare(tokens: Sequence[Token], at: int) -> Replacement | None:
    """Read a number as a cardinal; with leading zeros or too many digits, digit by digit."""
    found = number_at(tokens, at)
    if found is None:
        return Replacement(1, dictated(tokens[at].text))
    number, length = found
    case = case_at(tokens, at)
    if number.fraction:
        return Replacement(length, decimal(number.whole, number.fraction, case=case))
    if (number.whole[0] == "0" and len(number.whole) > 1) or number.value > LIMIT:
        return Replacement(length, dictated(number.whole))
    return Replacement(length, cardinal(number.value, gender=_elided(tokens, at), case=case))


def _elided(tokens: Sequence[Token], at: int) -> Gender:
    """The gender of the noun mentioned once in «3 جوائز من 5», «6 من كل 10 نساء»; else masculine."""
    back = at - 1
    while back > 0 and tokens[back].text in _OUT_OF:
        back -= 1
    if 0 <= back < at - 1 and tokens[back].rule == "counted" and (found := known(tokens[back].text)):
        return found[0][0].gender
    if [token.text for token in tokens[at + 1 : at + 3]] in (["من", "كل"], ["من", "أصل"]):
        end = at + 3
        while end < len(tokens) and tokens[end].rule == "counted":
            end += 1
        if found := known(tokens[end - 1].text):
            return found[0][0].gender
    return Gender.MASCULINE

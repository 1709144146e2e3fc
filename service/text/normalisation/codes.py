"""Numbers that identify: telephones, laws and decrees, IP addresses, versions, accounts.

After cleaning and before every rule that reads an amount or a date. A telephone number is recognised by its
+, its leading zero or the word before it; a law or a version by the word before it. The number rules handle
the other numbers (short ones, 141, and plain cardinals after رقم).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from service.text.core.figures import run_at
from service.text.core.rule_walker import starts_at
from service.text.core.tables import cues
from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.grammar.grammar import Case
from service.text.grammar.nouns import known
from service.text.grammar.numerals import cardinal, dictated, digits
from service.text.normalisation.quantities import DASHES

_PAUSE = " ، "
_PHONE = range(8, 16)
_SHORT_PHONE = range(4, 16)
_DATE = ((2, 2, 4), (4, 2, 2))
_IP = 4
_LONG = 6
_READ_WHOLE = 3
_MOST_GROUPS = 16
_TWO = 2
_SHORT_FROM = 2
_NEAR = 5
"""Maximum tokens between a number to dial and its cue."""


def _group(text: str) -> str:
    """A group as a number; with a leading zero or many digits, digit by digit."""
    if len(text) > _READ_WHOLE or (text[0] == "0" and len(text) > 1):
        return dictated(text)
    return cardinal(int(text))


def said_groups(parts: Iterable[str]) -> str:
    """Groups of digits as they are dictated, with a pause between them."""
    return _PAUSE.join(map(_group, parts))


def _parts(token: Token) -> list[str]:
    return token.text.replace(",", ".").replace("٫", ".").replace("٬", ".").split(".")


def _run(tokens: Sequence[Token], at: int) -> tuple[list[str], int]:
    """Digit groups separated by spaces, dots, dashes or a bracketed (0), and their end."""
    parts: list[str] = []
    while at < len(tokens) and len(parts) <= _MOST_GROUPS:
        if tokens[at].kind is Kind.NUMBER and (
            not parts or tokens[at].spaced or tokens[at - 1].text in DASHES | {")"}
        ):
            parts += _parts(tokens[at])
            at += 1
        elif parts and _joins(tokens, at):
            at += 1
        elif parts and [token.text for token in tokens[at : at + 3]] == ["(", "0", ")"]:
            at += 3
        else:
            break
    return parts, at


def _joins(tokens: Sequence[Token], at: int) -> bool:
    """Whether the token is a dash between two groups."""
    dash = tokens[at].text in DASHES and at + 1 < len(tokens) and tokens[at + 1].kind is Kind.NUMBER
    return dash and tokens[at].spaced == tokens[at + 1].spaced


@starts_at(Kind.NUMBER, Kind.SYMBOL, Kind.PUNCTUATION)
def _telephone(tokens: Sequence[Token], at: int) -> Replacement | None:
    """+212 6 12 34 56 78, 0522-20-30-40, (+33) 1 ..., and any digits after «الهاتف»."""
    token = tokens[at]
    if token.text in {"+", "("}:
        return _international(tokens, at)
    if token.kind is not Kind.NUMBER or (token.text[0] != "0" and not _follows(tokens, at, "telephone")):
        return None
    parts, end = _run(tokens, at)
    length = sum(map(len, parts))
    if token.text[0] == "0":
        shape = tuple(map(len, parts))
        if length not in _PHONE or len(parts) == 1 or shape in _DATE:
            return None
    elif length not in _SHORT_PHONE:
        return None
    return Replacement(end - at, said_groups(parts))


@starts_at(Kind.NUMBER)
def _short(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«الخط الساخن 15335», «الرقم المختصر: 5050», «اتصل على 19», «أرسل كلمة إلى 5030»: digit by digit."""
    if not tokens[at].text.isdecimal() or not _SHORT_FROM <= len(tokens[at].text) < min(_PHONE):
        return None
    back = at - 1
    while back > at - _NEAR and back > 0 and tokens[back].text in cues("dial link"):
        back -= 1
    cue = tokens[back].text if back >= 0 else ""
    called = tokens[back - 1].text if back > 0 else ""
    dialled = cue in cues("short number") or (
        cue in cues("dial") and (back < at - 1 or called in {"رقم", "هاتف", "خط"})
    )
    if not dialled and cue in cues("message"):
        dialled = any(token.text in cues("send") for token in tokens[max(back - _NEAR, 0) : back])
    after = tokens[at + 1].text if at + 1 < len(tokens) else ""
    if not dialled or known(after) or after in {"/", "%", "٪"}:
        return None
    return Replacement(1, dictated(tokens[at].text))


def _international(tokens: Sequence[Token], at: int) -> Replacement | None:
    bracket = tokens[at].text == "("
    plus = at + bracket
    if plus + 1 >= len(tokens) or tokens[plus].text != "+" or tokens[plus + 1].spaced:
        return None
    parts, end = _run(tokens, plus + 1)
    if bracket and end < len(tokens) and tokens[end].text == ")":
        more, end = _run(tokens, end + 1)
        parts += more
    if sum(map(len, parts)) not in _PHONE:
        return None
    return Replacement(end - at, f"زائد {said_groups(parts)}")


@starts_at(Kind.NUMBER)
def _law(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«القانون رقم 43.20», «ظهير 1.58.250», «المرسوم رقم 2-18-417», «القانون 05/2020»."""
    if not _is_law(tokens, at):
        return None
    end = at + 1
    if end < len(tokens) and tokens[end].text in {"لسنة", "لعام"} and tokens[at].text.isdecimal():
        return Replacement(1, _part(tokens[at].text))
    words = _dotted_parts(tokens[at])
    while (
        end + 1 < len(tokens) and tokens[end].text in DASHES | {"/"} and tokens[end + 1].kind is Kind.NUMBER
    ):
        if tokens[end].text == "/":
            words += f" على {_dotted_parts(tokens[end + 1], Case.GENITIVE)}"
        else:
            words += f" {_dotted_parts(tokens[end + 1])}"
        end += 2
    if end == at + 1 and "." not in tokens[at].text:
        return None
    return Replacement(end - at, words)


def _dotted_parts(token: Token, case: Case = Case.NOMINATIVE) -> str:
    return " نقطة ".join(_part(part, case) for part in _parts(token))


def _part(text: str, case: Case = Case.NOMINATIVE) -> str:
    return digits(text) if text[0] == "0" and len(text) > 1 else cardinal(int(text), case=case)


def _is_law(tokens: Sequence[Token], at: int) -> bool:
    before = at - 1
    if before >= 0 and tokens[before].text in {"رقم", "عدد", "رقمه", "برقم", ":"}:
        if "." in tokens[at].text and tokens[before].text == "رقم":
            return True
        before -= 1
    for back in range(before, max(before - 3, -1), -1):
        if tokens[back].text in cues("law"):
            return True
        if tokens[back].text not in cues("law adjective"):
            return False
    return False


@starts_at(Kind.NUMBER)
def _parted(tokens: Sequence[Token], at: int) -> Replacement | None:
    """«رقم 12-34», «بوينغ 737-800», «ملف رقم 1234-2023»: parts of one number, no range."""
    parts, length = run_at(tokens, at, "-‑–/" if _is_cited(tokens, at) else "-‑–")
    if len(parts) < _TWO or not (_is_cited(tokens, at) or _is_model(tokens, at)):
        return None
    return Replacement(length, " ".join(map(_part, parts)))


def _is_cited(tokens: Sequence[Token], at: int) -> bool:
    return at > 0 and (
        tokens[at - 1].text in cues("numbered code")
        or (tokens[at - 1].text == ":" and at > 1 and tokens[at - 2].text in cues("numbered code"))
        or (at > 1 and tokens[at - 2].text in {"رقم", "برقم"} and tokens[at - 1].kind is Kind.WORD)
    )


def _is_model(tokens: Sequence[Token], at: int) -> bool:
    return any(token.text in cues("aircraft") for token in tokens[max(at - _TWO, 0) : at])


@starts_at(Kind.NUMBER)
def _dotted(tokens: Sequence[Token], at: int) -> Replacement | None:
    """IP addresses by their four parts; versions after a word that introduces them."""
    if "." not in tokens[at].text:
        return None
    parts = tokens[at].text.split(".")
    if not all(map(str.isdecimal, parts)):
        return None
    address = len(parts) == _IP and all(int(part) < 256 for part in parts)
    if not address and not _follows(tokens, at, "version"):
        return None
    return Replacement(1, " نقطة ".join(map(_group, parts)))


@starts_at(Kind.NUMBER)
def _code(tokens: Sequence[Token], at: int) -> Replacement | None:
    """Accounts, cards, identity numbers: AB123456, MA64 0112 3456 …, رقم الحساب 123456789."""
    joined = (
        at > 0
        and not tokens[at].spaced
        and tokens[at - 1].kind is Kind.LATIN
        and tokens[at - 1].text.isupper()
    )
    if not joined and not _follows(tokens, at, "code"):
        return None
    parts, end = _run(tokens, at)
    if sum(map(len, parts)) < _LONG or "." in tokens[at].text:
        return None
    return Replacement(end - at, _PAUSE.join(map(dictated, parts)))


def _follows(tokens: Sequence[Token], at: int, cue: str) -> bool:
    """Whether a cue is among the three tokens before, with only words and a colon between."""
    for before in reversed(tokens[max(at - 3, 0) : at]):
        if before.text in cues(cue) or before.text.lower() in cues(cue):
            return True
        if before.kind not in {Kind.WORD, Kind.LATIN} and before.text not in {":", "(", "+"}:
            return False
    return False


def rules(_locale: str) -> tuple[tuple[str, Rule], ...]:
    """After cleaning; before dates, money, units and numbers."""
    return (
        ("law number", _law),
        ("telephone number", _telephone),
        ("short number", _short),
        ("number in parts", _parted),
        ("dotted number", _dotted),
        ("code", _code),
    )

"""The nūn of a dual has kasra, which tells it from the plural: الوَزِيرَيْنِ, المُدِيرِينَ.

Wright, A Grammar of the Arabic Language, vol. I § 299.
"""

from __future__ import annotations

import re

from service.text.core.orthography import ARTICLE, FATHA, KASRA, LETTER, SHADDA, SUKUN
from service.text.diacritisation.homophones import NUMBERS
from service.text.diacritisation.sequences import Indices
from service.text.diacritisation.verb_readings import attested
from service.text.diacritisation.written_marks import Written

_DUAL = re.compile(f"(?:{ARTICLE}|[وف]?[بكل]?)(?P<stem>[{LETTER}]{{3,}}ين)")
_WORD = re.compile(f"[{LETTER}]+")
_NO_DUALS = frozenset({"حسين", "حسنين", "معين", "متدين", "مازين", "هجين", "لجين", "بحرين"})
"""Words and names in -ayn, -ayyin that have all cases."""
_A = {NUMBERS[FATHA], NUMBERS[SHADDA + FATHA]}
_STILL = {NUMBERS[""], NUMBERS[SUKUN]}
_OPEN = _STILL | {NUMBERS[FATHA]}
"""What models choose for this nūn when they take it for that of a plural."""


def correct_duals(chars: str, written: Written, best: Indices) -> None:
    """Give the nūn of words in -ayn its kasra, in place.

    Args:
        chars: a text without its marks.
        written: its marks.
        best: the class chosen for each character.
    """
    for match in _WORD.finditer(chars):
        found = _DUAL.fullmatch(match.group())
        last = match.end() - 1
        if (
            found
            and found["stem"] not in _NO_DUALS
            and not written.marks[last]
            and best[last] in _OPEN
            and best[last - 1] in _STILL
            and best[last - 2] in _A
            and not attested(match.group(), best[match.start() : match.end()])
        ):
            best[last] = NUMBERS[KASRA]

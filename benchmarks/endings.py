"""How many case endings are left out, and how many of those that are said are wrong.

Only endings are counted that may be left out within a phrase, and that the reference has: a reference in
pausal form tells nothing of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from service.model.reading import CaseEndings
from service.text.core.orthography import SHORT, TANWIN, letters, skeleton
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.diacritisation.omitted_endings import LEAST_MARGIN

MARGINS = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0)
"""The thresholds that are compared with the chosen one."""


@dataclass(frozen=True, slots=True)
class Endings:
    """Counts of the endings of vowelled lines at one threshold."""

    least_margin: float
    """Natural logarithm; an ending with a smaller margin is left out."""
    omitted: int
    """Endings that are left out."""
    needlessly: int
    """Those of them that were right."""
    said: int
    wrong: int
    """Those said that are others in the reference."""

    @property
    def omitted_share(self) -> float:
        """Endings left out, in per cent of all."""
        return 100 * self.omitted / max(self.omitted + self.said, 1)

    @property
    def wrong_share(self) -> float:
        """Wrong endings, in per cent of those said."""
        return 100 * self.wrong / max(self.said, 1)


def curve(diacritiser: Diacritiser, lines: Sequence[str]) -> list[Endings]:
    """The counts over vowelled lines, from the threshold at which all endings are said upwards."""
    chosen = LEAST_MARGIN[CaseEndings.CAUTIOUS]
    ends = {at: _judged(diacritiser, line) for at, line in enumerate(lines)}
    found = []
    for least in (-math.inf, *sorted({chosen, *MARGINS})):
        omitted = needlessly = said = wrong = 0
        for at, line in enumerate(lines):
            marks = letters(diacritiser.diacritise(skeleton(line), least))
            for place, is_right in ends[at].items():
                if marks[place].vowel in SHORT | TANWIN:
                    said += 1
                    wrong += not is_right
                else:
                    omitted += 1
                    needlessly += is_right
        found.append(Endings(least, omitted, needlessly, said, wrong))
    return found


def _judged(diacritiser: Diacritiser, line: str) -> dict[int, bool]:
    """The places of endings that may be left out and that the reference has; whether each is right."""
    bare = skeleton(line)
    reference, full = letters(line), letters(diacritiser.diacritise(bare))
    none = letters(diacritiser.diacritise(bare, math.inf))
    vowels = SHORT | TANWIN
    return {
        at: said.vowel == want.vowel
        for at, (want, said, rest) in enumerate(zip(reference, full, none, strict=True))
        if {want.vowel, said.vowel} <= vowels and rest.vowel not in vowels
    }


HEAD = (
    "| set | least margin | left out of 100 | wrong of 100 said | left out | of them right | said | wrong |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|"
)


def table(label: str, counts: Sequence[Endings]) -> str:
    """The curve as rows of a table with ``HEAD``; the chosen threshold is in bold."""
    chosen = LEAST_MARGIN[CaseEndings.CAUTIOUS]
    rows = []
    for each in counts:
        least = "all said" if each.least_margin == -math.inf else f"{each.least_margin:g}"
        name = f"**{least}**" if each.least_margin == chosen else least
        shares = f"{each.omitted_share:.1f} | {each.wrong_share:.2f}"
        counted = f"{each.omitted} | {each.needlessly} | {each.said} | {each.wrong}"
        rows.append(f"| {label} | {name} | {shares} | {counted} |")
    return "\n".join(rows)

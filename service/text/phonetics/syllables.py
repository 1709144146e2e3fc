"""Word stress."""

from __future__ import annotations

from collections.abc import Sequence

NUCLEI = frozenset(("a", "i", "u", "aː", "iː", "uː"))


def stressed(phones: Sequence[str], stem: int = 0) -> int | None:
    """The start of a word's stressed syllable, or ``None`` in a word without a vowel.

    A superheavy last syllable is stressed (kitāb, dars, in pause); else the penultimate if heavy; else the
    antepenultimate. Ryding, A Reference Grammar of Modern Standard Arabic (2005), chapter 2, «Stress».

    Args:
        phones: phones of one word.
        stem: index of the first phone that may be stressed; the article precedes it.
    """
    nuclei = [at for at, phone in enumerate(phones) if phone in NUCLEI]
    own = [at for at in nuclei if at >= stem] or nuclei
    if not own:
        return None
    ends = [*nuclei[1:], len(phones) + 1]
    weight = {at: len(phones[at]) + end - at - 2 for at, end in zip(nuclei, ends, strict=True)}
    if weight[own[-1]] > 2 or len(own) == 1:
        nucleus = own[-1]
    elif weight[own[-2]] > 1 or len(own) == 2:
        nucleus = own[-2]
    else:
        nucleus = own[-3]
    onset = nucleus - 1
    return onset if onset >= 0 and phones[onset] not in NUCLEI else nucleus

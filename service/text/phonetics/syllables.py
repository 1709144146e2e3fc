"""Where a word is stressed."""

from __future__ import annotations

from collections.abc import Sequence

NUCLEI = frozenset(("a", "i", "u", "aː", "iː", "uː"))


def stressed(phones: Sequence[str], stem: int = 0) -> int | None:
    """Where the stressed syllable of a word begins, or ``None`` in a word without a vowel.

    A superheavy last syllable is stressed (kitāb, dars, in pause); else the last but one if it is heavy; else
    the one before it. Ryding, A Reference Grammar of Modern Standard Arabic (2005), chapter 2, «Stress».

    Args:
        phones: of one word.
        stem: the first phone that may be stressed: what stands before it is the article.
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

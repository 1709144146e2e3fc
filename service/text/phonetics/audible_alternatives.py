"""Which other readings of a word a listener would hear: those that sound alike where it stands are one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from service.model.reading import Decision, Source, SpokenText
from service.text.core.orthography import LETTER, MARKS, PAUSES
from service.text.phonetics.pausal import pausal
from service.text.phonetics.phonemes import phonemise

if TYPE_CHECKING:
    from service.text.diacritisation import decisions

_MOST = 3
_PLAUSIBLE = 4.6
"""Natural logarithm of how much less likely an alternative may be: a hundred times."""
_AROUND = re.compile(f"^[^{LETTER}]+|[^{LETTER}{''.join(sorted(MARKS))}]+$")
_STOPS = tuple(PAUSES)


def audible(
    pieces: Sequence[SpokenText], vowelled: Sequence[str], decided: Sequence[decisions.Decision]
) -> list[tuple[Decision, ...]]:
    """The decisions of each piece, one for each of its words.

    Args:
        pieces: of one sentence.
        vowelled: the words of all pieces, before they get their pausal forms.
        decided: how each was decided.
    """
    words = zip(vowelled, [*vowelled[1:], ""], decided, strict=True)
    found = []
    for number, piece in enumerate(pieces):
        count = len(piece.words.split())
        goes_on = piece.continues or (number + 1 < len(pieces) and pieces[number + 1].latin)
        found.append(
            tuple(
                Decision(Source.VOICE) if piece.latin else _audible(*word, ends=at == count and not goes_on)
                for at, word in zip(range(1, count + 1), words, strict=False)
            )
        )
    return found


def _audible(word: str, following: str, decided: decisions.Decision, *, ends: bool) -> Decision:
    ends = ends or word.endswith(_STOPS)
    chosen = _AROUND.sub("", word)
    heard = {_sound(chosen, following, ends=ends)}
    margin, alternatives = None, []
    for rival in decided.rivals:
        if margin is not None and (rival.behind > _PLAUSIBLE or len(alternatives) == _MOST):
            break
        sound = _sound(rival.vowelled, following, ends=ends)
        if sound in heard:
            continue
        heard.add(sound)
        margin = max(0.0, rival.behind) if margin is None else margin
        if rival.behind <= _PLAUSIBLE:
            alternatives.append(pausal(rival.vowelled) if ends else rival.vowelled)
    rounded = None if margin is None else round(margin, 2)
    return Decision(decided.source, rounded, tuple(alternatives))


def _sound(word: str, following: str, *, ends: bool) -> str:
    """The phones of a word, up to the next one's: hamzat al-waṣl gives a last sukūn a vowel."""
    return phonemise(pausal(word) if ends else f"{word} {following}")

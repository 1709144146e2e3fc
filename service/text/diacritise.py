"""Short vowels for text that is written without them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from service.text.orthography import MARKS, SHADDA, letters, spelt


class Diacritiser:
    """Restores vowels. Its model is loaded on first use and is not to be shared by threads."""

    version = f"libtashkeel-{version('dengjen-tashkeel-py')}"
    """Names the model and the rules: what it says of a text changes only with it."""

    def diacritise(self, text: str) -> str:
        """Vowel one sentence. Its letters stay as they are; marks that it bears already are kept."""
        bare = "".join(char for char in text if char not in MARKS)
        return _merged(text, _model(bare)) if bare.strip() else text

    def diacritise_all(self, texts: Sequence[str]) -> list[str]:
        """Vowel several sentences, each on its own."""
        return [self.diacritise(text) for text in texts]


def _model(bare: str) -> str:
    from dengjen_tashkeel_py import tashkeel

    said: str = tashkeel(bare)
    return said


def _merged(written: str, guessed: str) -> str:
    """What was written, with guessed marks on letters that bear none, or shadda alone."""
    own, guess = letters(written), letters(guessed)
    if [letter.char for letter in own] != [letter.char for letter in guess]:
        return written
    for at, (mine, other) in enumerate(zip(own, guess, strict=True)):
        if mine.vowel == "":
            own[at] = type(mine)(mine.char, other.vowel, mine.shadda or other.shadda)
    return spelt(own).replace(SHADDA * 2, SHADDA)

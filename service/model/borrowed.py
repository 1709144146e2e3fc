"""Letters for sounds that Arabic spelling lacks: ڤ پ چ گ ژ. The one table of what stands for them.

Chosen by the spelling of the words that newsreaders read: فيتامين, باريس, تشيلي, غوغل, جاكيت. The Egyptian
ج for /ɡ/ is a spelling of one country, and ك (كونغو) is the sound of no newsreader. The spoken text keeps the
letters as written, and so do the phones: /v p tʃ ɡ ʒ/ (``phones.tsv``).
"""

from __future__ import annotations

SPELT = {"ڤ": "ف", "پ": "ب", "چ": "تش", "گ": "غ", "ژ": "ج"}
"""What is looked up, and what a voice says that does not know the letter."""
NEAREST = SPELT | {"چ": "ج"}
"""One letter for one, for models that vowel letter by letter."""
_SPELT = str.maketrans(SPELT)


def plain(word: str) -> str:
    """A word in the letters of Arabic alone.

    >>> plain("ڤيتامين"), plain("چيلي"), plain("گوگل")
    ('فيتامين', 'تشيلي', 'غوغل')
    """
    return word.translate(_SPELT)

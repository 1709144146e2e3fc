"""The endings of a name that takes no tanwīn: what the diacritiser may still choose.

Several vowels on a letter leave its case open: fatḥa and ḍamma on a diptote (بَيْرُوتَُ), all three on a noun
before it (مُحَافَظَةَُِ). A final ي or و is a long vowel or half of a diphthong, which has no case, and a sukūn
keeps it (أَبُوظَبِيْ, مُومْبَايْ); so it does with the h of foreign names (تَايْبِيهْ).
"""

from __future__ import annotations

import re

from service.text.grammar.clitics import is_definite

_DIPTOTE, _CONSTRUCT, _SUKUN = "\u064e\u064f", "\u064e\u064f\u0650", "\u0652"
_DIPTOTE_GENITIVE, _CONSTRUCT_GENITIVE = "\u064e", "\u0650"
_GLIDES = ("ي", "و")
_ENDED = re.compile("(?:[اىآ]|[\u064b-\u0650\u0652])$")


def undeclined(words: list[str], *, definite: bool, genitive: bool) -> list[str]:
    """The words of a name, with their possible endings.

    A word that has an ending already keeps it; one with the article is left to the diacritiser, unless it is
    the whole name and ends in ي. After a noun in the construct state stands the genitive.

    Args:
        words: vowelled, without their case; the first may have clitics.
        definite: whether the first has the article.
        genitive: whether a preposition or a noun in the construct state governs the name.

    >>> undeclined(["بَيْرُوت"], definite=False, genitive=True)
    ['بَيْرُوتَ']
    >>> undeclined(["بَيْرُوت"], definite=False, genitive=False) == ["بَيْرُوت" + _DIPTOTE]
    True
    >>> undeclined(["وَالْمَغْرِب"], definite=True, genitive=False)
    ['وَالْمَغْرِب']
    >>> undeclined(["دَيْر", "يَاسِين"], definite=False, genitive=True)
    ['دَيْرِ', 'يَاسِينَ']
    >>> undeclined(["سَاو", "بَاوْلُو"], definite=False, genitive=False)
    ['سَاوْ', 'بَاوْلُوْ']
    >>> undeclined(["الرَّمَادِي"], definite=True, genitive=False)
    ['الرَّمَادِيْ']
    """
    ended = []
    for at, word in enumerate(words):
        last = at == len(words) - 1
        if is_definite(word) if at else definite:
            ended.append(word + _SUKUN if len(words) == 1 and word.endswith("ي") else word)
        elif _ENDED.search(word):
            ended.append(word)
        elif word.endswith((*_GLIDES, "ه")):
            ended.append(word + _SUKUN)
        else:
            ended.append(word + _case(last=last, genitive=genitive))
            genitive = True
    return ended


def _case(*, last: bool, genitive: bool) -> str:
    if last:
        return _DIPTOTE_GENITIVE if genitive else _DIPTOTE
    return _CONSTRUCT_GENITIVE if genitive else _CONSTRUCT

"""Vowelled Arabic → phonemes in the International Phonetic Alphabet.

Phonemes, not allophones: a long vowel that connected speech shortens before two consonants (fiː lbajt) is
written long, and vowels have one colour. Pauses are written ``, ; : . ? ! …``, right after the word before
them, so that the words of the phonemes match the words of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.text.core.orthography import PAUSES, letters, parts, skeleton
from service.text.core.wordlists import function_words
from service.text.lexicon import annotation
from service.text.phonetics.sounds import REFERENCE, Sounds, sounds
from service.text.phonetics.syllables import NUCLEI, stressed

STRESS = "ˈ"
_UNSTRESSED = re.compile("[وفبلك]|من|في|عن|[أإ][ني]|لا|ما|قد|هل|ل[مني]|لو|كي|أ[وم]|بل|بن|يا|مع|مذ|ثم|إذ")
"""Unstressed proclitic words of one or two syllables."""
_PRONOUN = re.compile("[وفل]ه[وي]")
"""A prefix before a pronoun is not stressed (wa-húwa)."""
_PHONE = re.compile("|".join(sorted(REFERENCE, key=len, reverse=True)))
_NEAREST: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("e", "ɛ", "ɪ", "y", "ə"), ("i",)),
    **dict.fromkeys(("o", "ɔ", "ʊ"), ("u",)),
    **dict.fromkeys(("æ", "ɑ", "ɐ", "ʌ"), ("a",)),
    **dict.fromkeys(("eː", "ɛː"), ("iː",)),
    **dict.fromkeys(("oː", "ɔː"), ("uː",)),
    **dict.fromkeys(("æː", "ɑː"), ("aː",)),
    "g": ("ɡ",),
    "ŋ": ("n", "ɡ"),
    "ts": ("t", "s"),
    "dˁ": ("dˤ",),
    "ʁ": ("ɣ",),
    "χ": ("x",),
    "ɾ": ("r",),
}
"""Non-Arabic phones of a lexicon's IPA, with their Arabic substitutes."""
_ANY = re.compile("|".join(sorted({*REFERENCE, *_NEAREST, STRESS}, key=len, reverse=True)))


def phonemise(diacritised: str, *, endings_omitted: bool = False) -> str:
    """Convert a vowelled text to phonemes.

    Args:
        diacritised: words with their vowels, in pausal form before a pause.
        endings_omitted: whether a last letter without a mark is one whose case ending is not said. It takes
            no helping vowel (kitaːb alwalad), and a tāʾ marbūṭa is t.

    Returns:
        IPA: words separated by single spaces, ``ˈ`` before the stressed syllable, ``ː`` for length in vowels,
        doubled consonants written twice, emphatic ones with ``ˤ``; pause marks follow their word.
    """
    said = ""
    for part in _connected(parts(diacritised), endings_omitted=endings_omitted):
        said += part if part[0] in PAUSES.values() else f" {part}"
    return said.strip()


def to_reference(ipa: str) -> list[str]:
    """Convert to one Buckwalter-like symbol per sound, as in the Arabic Speech Corpus, for evaluation.

    Vowels ``a i u aa ii uu``; a geminate stays two symbols; stress and pauses are dropped.
    """
    return [symbol for phone in _PHONE.findall(ipa) for symbol in REFERENCE[phone]]


def _connected(pieces: list[str], *, endings_omitted: bool) -> Iterator[str]:
    """The words in IPA in connected speech, and the pauses between them."""
    before: tuple[str, Sounds] | None = None
    for piece in pieces:
        if piece[0] in PAUSES:
            if before:
                yield _ipa(*before)
                before = None
            yield PAUSES[piece[0]]
            continue
        ipa = annotation.phones(piece)
        is_open = endings_omitted and ipa is None and _is_open(piece)
        here = Sounds(_nearest(ipa), given=True) if ipa is not None else sounds(piece, is_open=is_open)
        if not here.phones:
            continue
        if before is None:
            _begin(here)
        else:
            _join(*before, here)
            yield _ipa(*before)
        before = (piece, here)
    if before:
        yield _ipa(*before)


def _begin(word: Sounds) -> None:
    """After a pause hamzat al-waṣl is pronounced."""
    if word.wasl:
        word.phones[:0] = ["ʔ", word.wasl]
        word.stem += 2 * bool(word.stem)


def _join(spelling: str, left: Sounds, right: Sounds) -> None:
    """In connected speech hamzat al-waṣl is silent, and three consonants never meet.

    After a word without its case ending the vowel of hamzat al-waṣl is said, without its hamza.
    """
    if right.wasl and left.is_open and left.phones[-1] not in NUCLEI:
        right.phones[:0] = [right.wasl]
        right.stem += right.wasl == "a"
    elif right.wasl and left.phones[-1] not in NUCLEI:
        left.helping = _helping_vowel(skeleton(spelling), left.phones, article=right.wasl == "a")
    if (left.helping or left.phones[-1]) in {"i", "iː"}:
        head = right.phones[:2]
        right.phones[:2] = ["l" if phone == "lˤ" else phone for phone in head]


def _is_open(word: str) -> bool:
    """Whether a word is without its case ending: its last letter has no vowel, and no sukūn."""
    return letters(word)[-1].vowel == "" and skeleton(word) not in function_words()


def _helping_vowel(bones: str, phones: list[str], *, article: bool) -> str:
    """The helping vowel before two consonants: mina l-, humu l-, raʔawu l-, else i (qadi l-, mini bnihi)."""
    if bones == "من" and article:
        return "a"
    pronoun = re.search("[هكت]م$", bones) is not None and phones[-2] in {"u", "i"}
    return "u" if pronoun or (phones[-1] == "w" and bones.endswith("وا")) else "i"


def _nearest(ipa: str) -> list[str]:
    """A lexicon's phones, each mapped to the nearest Arabic one; other signs are dropped."""
    return [phone for found in _ANY.findall(ipa) for phone in _NEAREST.get(found, (found,))]


def _ipa(spelling: str, word: Sounds) -> str:
    if word.given:
        return "".join(word.phones) + word.helping
    bones = skeleton(spelling)
    stem = word.stem or 2 * bool(_PRONOUN.fullmatch(bones))
    at = None if _UNSTRESSED.fullmatch(bones) else stressed(word.phones, stem)
    inside = word.phones if at is None else [*word.phones[:at], STRESS, *word.phones[at:]]
    return "".join(_light(inside)) + word.helping


def _light(phones: list[str]) -> Iterator[str]:
    """The lām of الله is dark, except after i within its word."""
    vowel = ""
    for phone in phones:
        yield "l" if phone == "lˤ" and vowel[:1] == "i" else phone
        vowel = phone if phone in NUCLEI else vowel

"""The case that each word requires of the number after it, from ``governors.tsv``."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

from service.text.core.tokens import MARKS
from service.text.grammar.nouns import Form, known

PREPOSITION, PARTICLE, VERB, EITHER, TOPIC = "جر", "نصب", "مفعول", "فاعل", "مبتدأ"
INFINITIVE, ADVERB = "مصدر", "ظرف"
_VOWELS = re.compile(f"[{MARKS}]+")
_PARTICIPLE_ENDS = ("ين", "ات", "ا", "ة")
_SHORTEST_PARTICIPLE = 4
_MEASURED = frozenset({"طول", "عرض", "وزن", "عمق", "علو", "ارتفاع", "ثمن", "سعر"})


@lru_cache(maxsize=4096)
def effect_of(word: str) -> str | None:
    """A word's effect on the number after it, or ``None``.

    >>> effect_of("بمناسبة"), effect_of("سيبلغ"), effect_of("كتاب")
    ('جر', 'مفعول', None)
    """
    words = _words()
    word = _VOWELS.sub("", word)
    if not word:
        return None
    bare = word[1:] if word not in words and word[0] in "وف" else word
    if bare in words:
        return words[bare]
    if word[0] == "و" and word.endswith(("ه", "ها")) and _is_possessed(bare):
        return TOPIC
    if bare[:2] in ("سي", "ست") and bare[1:] in words:
        return EITHER if words[bare[1:]] == VERB else words[bare[1:]]
    if bare[:1] in ("ب", "ل", "ك") and words.get(bare[1:]) == PREPOSITION and len(bare) > 3:
        return PREPOSITION
    return VERB if _is_participle(word) or _is_participle(bare) else None


def _is_participle(word: str) -> bool:
    """«مسجلة 20 هدفا», «بالغا 2000»: in the accusative, of a verb that takes an object.

    Of form I as فاعل, of the others the past verb with م; so far as the verb is known.
    """
    stem = next((word[: -len(end)] for end in _PARTICIPLE_ENDS if word.endswith(end)), "")
    if len(stem) < _SHORTEST_PARTICIPLE or (known(word) and not word.endswith(("ا", "ين"))):
        return False
    if stem[0] == "م":
        root = stem[1:]
        verbs = [root, "أ" + root, "ا" + root, re.sub("ي$", "ى", root)]
    else:
        verbs = [stem[0] + stem[2:]] if stem[1] == "ا" else []
    return any(_words().get(verb) in (VERB, EITHER, INFINITIVE) for verb in verbs)


@cache
def _words() -> dict[str, str]:
    words: dict[str, str] = {}
    for line in files("service.text.grammar").joinpath("governors.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            effect, governors = line.split("\t")
            words |= dict.fromkeys(governors.split(), effect)
    return words


def _is_possessed(word: str) -> bool:
    """«طوله», «مساحتها»: a noun with a possessive suffix, which opens a new clause after «و»."""
    stem = re.sub(r"(?:ها|ه)$", "", word)
    return (
        any(form is Form.SINGULAR for _, form in known(re.sub("ت$", "ة", stem)) or known(stem))
        or stem in _MEASURED
    )

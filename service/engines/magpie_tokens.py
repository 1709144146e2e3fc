"""Arabic text → the tokens of Magpie, each with its word.

Magpie reads letters and vowel marks, one token a character, in the composed normal form (a vowel before its
shadda), with a space at both ends. Its own programs leave out what their table lacks: «غوگل» would be «غول».
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import category, normalize

from service.model.borrowed import SPELT, plain
from service.model.errors import EngineError

_FOLDED = str.maketrans({"’": "'", "ٱ": "ا", "ک": "ك", "ی": "ي", "ـ": "", "«": '"', "»": '"', "…": "."})
INSTEAD = SPELT | {"ٱ": "ا"}
"""What is said for letters of news that the table lacks."""


class Token(NamedTuple):
    """One input of the text encoder."""

    id: int
    word: int | None
    """Index into the text's words (split at white space); ``None`` for spaces, punctuation and the end."""


class Tokens:
    """The tokens of one locale.

    Args:
        ids: the id of each character.
        end: the id after the last.
    """

    def __init__(self, ids: Mapping[str, int], end: int) -> None:
        self._ids = ids
        self._end = end

    def spell(self, text: str) -> list[Token]:
        """Spell a text; without words, it is empty.

        Raises:
            EngineError: a letter, mark or digit has no token, and none stands for it.
        """
        words = [self._known(word) for word in text.split()]
        if not any(char.isalnum() for word in words for char in word):
            return []
        space = Token(self._ids[" "], None)
        spelt = [space]
        for number, word in enumerate(words):
            spelt += [Token(self._ids[char], number if category(char)[0] in "LMN" else None) for char in word]
            spelt.append(space)
        return [*spelt, Token(self._end, None)]

    def _known(self, word: str) -> str:
        """A word in characters that have tokens; quotation marks and the like are left out."""
        said = normalize("NFC", plain(word).translate(_FOLDED))
        for char in said:
            if char not in self._ids and category(char)[0] in "LMN":
                raise EngineError(
                    f"the voice has no symbol for «{char}» (U+{ord(char):04X})",
                    f"ليس لهذا الصوت رمز للعلامة «{char}» (U+{ord(char):04X})",
                )
        return "".join(char for char in said if char in self._ids)


def read(
    tokenizer: Path, languages: Mapping[str, Sequence[str]], locale: str, lacks: Collection[str] = ()
) -> Tokens:
    """Read the tokens of a locale from the model's own table.

    Args:
        tokenizer: ``tokenizer.json``: ``tokens`` of all languages, where those of each begin
            (``tokenizer_offsets``), how many they are (``num_tokens_per_tokenizer``), and ``eos_id``.
        languages: the names of the tables of each locale.
        locale: ``ar-MSA``, ``ar-AE`` or ``ar-SA``.
        lacks: characters that are not given to the voice, although they have tokens.

    Raises:
        EngineError: the file is missing or malformed, or knows no such locale.
    """
    if locale not in languages:
        raise EngineError(
            f"the model knows no locale {locale!r}; it knows {', '.join(sorted(languages))}",
            f"لا يعرف النموذج «{locale}»؛ وهو يعرف {'، '.join(sorted(languages))}",
        )
    try:
        table: Any = json.loads(tokenizer.read_text(encoding="utf-8"))
        name = languages[locale][0]
        offset, count = table["tokenizer_offsets"][name], table["num_tokens_per_tokenizer"][name]
        # Letters and marks are in the table twice; the later id counts.
        ids = {char: id_ for id_, char in enumerate(table["tokens"][offset : offset + count], offset)}
        return Tokens({char: id_ for char, id_ in ids.items() if char not in lacks}, int(table["eos_id"]))
    except (OSError, ValueError, TypeError, KeyError, IndexError) as error:
        raise EngineError(
            f"The voice's symbols cannot be read ({tokenizer.name}): {error!r}",
            f"تعذّرت قراءة رموز الصوت ({tokenizer.name}): {error!r}",
        ) from error

"""Magpie's table of Arabic characters, as release v2607 has it: 164 symbols a locale."""

import json
import string
from pathlib import Path

LETTERS = [chr(code) for code in (*range(0x621, 0x63B), *range(0x641, 0x64B))]
MARKS = [chr(code) for code in (*range(0x64B, 0x653), 0x670)]
SYMBOLS = [
    " ",
    *LETTERS,
    *MARKS,
    *LETTERS,
    *MARKS,
    *string.ascii_lowercase,
    *string.ascii_uppercase,
    "'",
    *',.!?-:;/"()[]{}',
    *"،؛؟",
    "<pad>",
    "<oov>",
]
OFFSETS = {"ar-AE": 1329, "ar-SA": 1493, "ar-MSA": 1657}
END, SIZE = 3358, 3359
LANGUAGES = {locale: [f"arabic_{locale}"] for locale in OFFSETS}


def write(folder: Path) -> None:
    """``tokenizer.json``, with other languages' tokens left empty."""
    tokens = ["<other>"] * SIZE
    for offset in OFFSETS.values():
        tokens[offset : offset + len(SYMBOLS)] = SYMBOLS
    names = {LANGUAGES[locale][0]: offset for locale, offset in OFFSETS.items()}
    table = {
        "tokens": tokens,
        "tokenizer_offsets": names,
        "num_tokens_per_tokenizer": dict.fromkeys(names, len(SYMBOLS)),
        "eos_id": END,
        "vocab_size": SIZE,
    }
    (folder / "tokenizer.json").write_text(json.dumps(table, ensure_ascii=False), encoding="utf-8")

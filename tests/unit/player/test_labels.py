"""Every label is there in every language, and is asked for by its true name."""

import json
import re
from importlib.resources import files

import pytest

WEB = files("service.player.web")
FILES = ("labels", "controls")
"""What a reader may read before they listen, and what only after."""


def labels(lang: str) -> dict:
    read = [json.loads((WEB / f"{file}.{lang}.json").read_text("utf-8")) for file in FILES]
    assert not read[0].keys() & read[1].keys()
    return read[0] | read[1]


AR = labels("ar")
OTHERS = sorted(
    {entry.name.split(".")[1] for entry in WEB.iterdir() if entry.name.startswith("labels.")} - {"ar"}
)
SOURCES = "".join(entry.read_text("utf-8") for entry in WEB.iterdir() if entry.name.endswith(".js"))
ARABIC = re.compile(r"[\u0600-\u06ff]")


def flat(labels: dict) -> dict[str, str]:
    found = {}
    for key, label in labels.items():
        forms = label if isinstance(label, dict) else {"": label}
        found |= {f"{key}.{form}".rstrip("."): text for form, text in forms.items()}
    return found


def test_all_languages_have_the_same_labels():
    assert OTHERS
    for language in OTHERS:
        assert flat(labels(language)).keys() == flat(AR).keys(), language


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("key", flat(AR))
def test_a_label_is_arabic_and_asks_for_the_same_values_in_all_languages(key, language):
    arabic, other = flat(AR)[key], flat(labels(language))[key]
    words = re.sub(r"\{\w+\}|[×\s]", "", arabic)
    assert not words or ARABIC.search(words)
    assert not re.search(r"[A-Za-z]", words)
    assert set(re.findall(r"\{\w+\}", arabic)) <= set(re.findall(r"\{\w+\}", other)) | {"{n}"}


def test_counted_nouns_have_all_six_arabic_forms():
    forms = {"zero", "one", "two", "few", "many", "other"}
    assert forms == AR["minutes"].keys() == AR["seconds"].keys()


def test_every_label_that_the_code_asks_for_exists():
    asked = set(re.findall(r'(?:say|count)\(\s*(?:\w+ \? )?"(\w+)"', SOURCES))
    asked |= set(re.findall(r'\bbutton\(words, "(\w+)"', SOURCES))
    asked |= {f"error_{kind}" for kind in re.findall(r'new Trouble\([^)]*?"(\w+)"', SOURCES)}
    assert len(asked) > 20
    assert asked <= AR.keys()


def test_every_label_is_used():
    unused = {key for key in AR if not re.search(rf'"{key}"', SOURCES) and not key.startswith("error_")}
    assert not unused

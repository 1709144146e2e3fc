"""Documents that are refused: ill-formed, impossible, hostile. All say where and why, in both languages."""

from __future__ import annotations

import re
import tracemalloc

import pytest

from service.article import About
from service.model.errors import BadArticle
from service.ssml import from_ssml

ARABIC = re.compile(r"[\u0621-\u064a]")


def refused(ssml: str, limit: int = 10_000) -> BadArticle:
    with pytest.raises(BadArticle) as error:
        from_ssml(ssml, about=About(), ignore=False, max_characters=limit, locale="ar-MA")
    assert error.value.field == "ssml"
    assert ARABIC.search(error.value.ar)
    assert not ARABIC.search(re.sub("[“”«»].*?[“”«»]", "", error.value.en))
    return error.value


ILL_FORMED = {
    "nothing": ("", "Document is empty"),
    "no XML": ("وصل القطار.", "Start tag expected"),
    "not closed": ("<speak>وصل", "not well-formed"),
    "closed crosswise": ("<speak><p><s>وصل</p></s></speak>", "not well-formed"),
    "two roots": ("<speak>وصل</speak><speak/>", "not well-formed"),
    "an attribute twice": ('<speak><break time="1s" time="2s"/>وصل</speak>', "not well-formed"),
    "an unknown entity": ("<speak>وصل&nbsp;القطار</speak>", "nbsp"),
    "another root": ("<p>وصل</p>", "root element must be <speak>"),
    "another namespace": ('<speak xmlns="http://x.example/">وصل</speak>', "root element"),
    "no text": ("<speak/>", "empty"),
    "nothing to say": ("<speak>!</speak>", "nothing to say"),
    "speak in speak": ("<speak><speak>وصل</speak></speak>", "<speak>"),
    "a foreign element": ('<speak xmlns:x="http://x.example/"><x:p>وصل</x:p></speak>', "<x:p>"),
    "a long pause": ('<speak>وصل<break time="61s"/></speak>', "time="),
    "many long pauses": ("<speak>وصل" + '<break time="60s"/>' * 11 + "</speak>", "600 s"),
    "no time": ('<speak>وصل<break time="1"/></speak>', "time="),
    "no strength": ('<speak>وصل<break strength="much"/></speak>', "x-strong"),
    "a break with text": ("<speak><break>وصل</break></speak>", "must be empty"),
    "a rate beyond": ('<speak><prosody rate="201%">وصل</prosody></speak>', "50%–200%"),
    "a relative rate": ('<speak><prosody rate="+10%">وصل</prosody></speak>', "rate="),
    "a pitch in hertz": ('<speak><prosody pitch="120Hz">وصل</prosody></speak>', "+2st"),
    "a pitch of nothing": ('<speak><prosody pitch="-100%">وصل</prosody></speak>', "pitch="),
    "pitches that add up": (
        '<speak><prosody pitch="+9st"><prosody pitch="+9st">وصل</prosody></prosody></speak>',
        "+9st",
    ),
    "a volume beyond": ('<speak><prosody volume="+13dB">وصل</prosody></speak>', "+12dB"),
    "a volume of 1998": ('<speak><prosody volume="80">وصل</prosody></speak>', "volume="),
    "a contour": ('<speak><prosody contour="(0%,+20Hz)">وصل</prosody></speak>', "contour"),
    "an unknown meaning": ('<speak><say-as interpret-as="poem">12</say-as></speak>', "cardinal, ordinal"),
    "no meaning": ("<speak><say-as>12</say-as></speak>", "interpret-as"),
    "an unknown format": ('<speak><say-as interpret-as="date" format="xyz">1</say-as></speak>', "dmy"),
    "no cardinal": ('<speak><say-as interpret-as="cardinal">كثير</say-as></speak>', "as cardinal"),
    "no date": ('<speak><say-as interpret-as="date">45/45/2024</say-as></speak>', "as date"),
    "no time of day": ('<speak><say-as interpret-as="time">99:99</say-as></speak>', "as time"),
    "no telephone": ('<speak><say-as interpret-as="telephone">بيت</say-as></speak>', "as telephone"),
    "no currency": ('<speak><say-as interpret-as="currency">12 قطا</say-as></speak>', "as currency"),
    "an element in text": ('<speak><sub alias="وصل"><p>و</p></sub></speak>', "only text"),
    "no alias": ("<speak><sub>وصل</sub></speak>", "alias"),
    "another alphabet": ('<speak><phoneme alphabet="x-sampa" ph="a">و</phoneme></speak>', "IPA"),
    "no phones": ("<speak><phoneme>وصل</phoneme></speak>", "ph="),
    "phones of nothing": ('<speak><phoneme ph="12">وصل</phoneme></speak>', "not IPA"),
    "phones for another": ('<speak><phoneme ph="a b">وصل</phoneme></speak>', "a group for each"),
    "phones of a number": ('<speak><phoneme ph="a">12</phoneme></speak>', "a group for each"),
    "a language": ('<speak xml:lang="de">وصل</speak>', "ar, en or fr"),
    "a mark without a name": ("<speak>وصل<mark/></speak>", "needs a name"),
    "a lexicon elsewhere": ('<speak><lexicon uri="http://x.example/a.pls"/>وصل</speak>', "never fetched"),
    "a lexicon in a file": ('<speak><lexicon uri="file:///etc/passwd"/>وصل</speak>', "never fetched"),
    "a lexicon of no XML": ('<speak><lexicon uri="data:,x"/>وصل</speak>', "not well-formed"),
    "a lexicon of no Base64": ('<speak><lexicon uri="data:;base64,!"/>وصل</speak>', "Base64"),
}


@pytest.mark.parametrize(("ssml", "told"), ILL_FORMED.values(), ids=ILL_FORMED)
def test_it_is_said_what_is_wrong(ssml: str, told: str) -> None:
    assert told in refused(ssml).en


def test_it_is_said_where() -> None:
    error = refused('<speak>\n<p>وصل</p>\n<break time="soon"/></speak>')
    assert "line 3" in error.en
    assert "السطر 3" in error.ar


BOMB = "".join('<!ENTITY l{} "{}">'.format(n, f"&l{n - 1};" * 10) for n in range(1, 10))
HOSTILE = {
    "billion laughs": f'<!DOCTYPE speak [<!ENTITY l0 "ضحك">{BOMB}]><speak>&l9;</speak>',
    "a file": '<!DOCTYPE speak [<!ENTITY x SYSTEM "file:///etc/passwd">]><speak>&x;</speak>',
    "a server": '<!DOCTYPE speak SYSTEM "http://127.0.0.1:1/x.dtd"><speak>وصل</speak>',
    "a parameter": '<!DOCTYPE speak [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><speak>وصل</speak>',
    "behind a comment": '<!-- x --><!DOCTYPE speak [<!ENTITY x "ض">]><speak>&x;</speak>',
    "deep": f"<speak>{'<p>' * 33}وصل{'</p>' * 33}</speak>",
    "very deep": "<speak>" + "<p>" * 14_000,
    "many tags": "<speak>" + '<mark name="x"/>' * 15_001 + "وصل</speak>",
    "many attributes": "<speak " + " ".join(f'a{n}="1"' for n in range(2_000)) + ">وصل</speak>",
    "many namespaces": "<speak " + " ".join(f'xmlns:a{n}="x"' for n in range(2_000)) + ">وصل</speak>",
    "long": f"<speak>{'ط' * 2_000_000}</speak>",
    "a long number": f'<speak><say-as interpret-as="telephone">{"1 " * 100_000}</say-as></speak>',
    "long aliases": f'<speak><sub alias="{"ط" * 10_000}">و</sub></speak>',
}


@pytest.mark.parametrize("ssml", HOSTILE.values(), ids=HOSTILE)
def test_what_is_hostile_is_refused_before_it_costs(ssml: str) -> None:
    tracemalloc.start()
    try:
        error = refused(ssml)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "root:" not in error.en
    assert peak < 32 << 20
    assert len(error.en) < 2_000


def test_an_inclusion_is_not_followed(tmp_path) -> None:
    (tmp_path / "secret").write_text("سر", encoding="utf-8")
    include = f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{tmp_path}/secret" parse="text"/>'
    made = from_ssml(
        f"<speak>وصل {include}القطار.</speak>",
        about=About(),
        ignore=True,
        max_characters=100,
        locale="ar-MA",
    )
    assert made.text == "وصل القطار."


def test_control_characters_are_spaces() -> None:
    made = from_ssml(
        "<speak>وصل\x00القطار\ud800.</speak>", about=About(), ignore=False, max_characters=99, locale="ar-MA"
    )
    assert made.text == "وصل القطار ."

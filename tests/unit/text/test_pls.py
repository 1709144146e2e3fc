"""W3C PLS in and out."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.model.errors import BadLexicon
from service.text.lexicon import pls
from service.text.lexicon.entries import Entry
from service.text.lexicon.lexicon import Lexicon

HEAD = '<lexicon version="1.0" alphabet="ipa" xml:lang="ar" xmlns="http://www.w3.org/2005/01/pronunciation-lexicon">'


def test_entries_make_the_round_trip():
    entries = (
        Entry("فاس", "فَاس", "faːs", "name", "المدينة & <غيرها>"),
        Entry("AT&T", "إِيه تِي آنْد تِي"),
        Entry("سلا", ipa="slaː"),
    )
    assert tuple(pls.parse(pls.render(entries), "x.pls")) == entries


def test_the_shipped_lexicon_makes_the_round_trip():
    entries = Lexicon.shipped().entries
    assert tuple(pls.parse(pls.render(entries), "x.pls")) == entries


def test_a_lexeme_may_have_many_spellings_and_prefers_one_sound():
    document = f"""{HEAD}<lexeme><grapheme>إنترنت</grapheme><grapheme>أنترنت</grapheme>
      <alias>الشبكة</alias><alias prefer="true">إِنْتَرْنِت</alias></lexeme></lexicon>"""
    read = list(pls.parse(document.encode(), "x.pls"))
    assert read == [Entry("إنترنت", "إِنْتَرْنِت"), Entry("أنترنت", "إِنْتَرْنِت")]


def test_a_file_is_known_by_its_ending(tmp_path: Path):
    file = tmp_path / "site.pls"
    file.write_bytes(pls.render([Entry("فاس", "فَاس")]))
    assert Lexicon.load([file]).entries == (Entry("فاس", "فَاس"),)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("<lexicon", "x.pls, line 1: not well-formed XML"),
        ("<html/>", "x.pls, line 1: the root must be <lexicon"),
        (f"<!DOCTYPE lexicon>{HEAD}</lexicon>", "x.pls, line 1: a document type is declared; remove it"),
        (f"{HEAD}\n<lexeme><grapheme>فاس</grapheme></lexeme></lexicon>", "x.pls, line 2: «فاس» has neither"),
        (
            f'{HEAD}<lexeme><grapheme>فاس</grapheme><phoneme alphabet="cmu">F</phoneme></lexeme></lexicon>',
            "x.pls, line 1: phones in another alphabet",
        ),
    ],
)
def test_a_bad_document_is_named_with_its_cure(document: str, message: str):
    with pytest.raises(BadLexicon) as raised:
        list(pls.parse(document.encode(), "x.pls"))
    assert raised.value.en.startswith(message)


@settings(deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_read_or_refused(data: bytes, framed: bool):  # noqa: FBT001
    document = HEAD.encode() + data + b"</lexicon>" if framed else data
    # Then nothing but an error of ours comes out
    with suppress(BadLexicon):
        list(pls.parse(document, "x.pls"))


def test_entities_are_never_expanded(tmp_path: Path):
    # Given a document that wants a file of the server's read, or a billion laughs laughed
    secret = tmp_path / "secret"
    secret.write_text("سر", encoding="utf-8")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    for entity in (f'<!ENTITY l0 SYSTEM "{secret.as_uri()}">', f'<!ENTITY l0 "ha">{laughs}'):
        lexeme = "<lexeme><grapheme>&l0;</grapheme><alias>فاس</alias></lexeme>"
        document = f"<!DOCTYPE lexicon [{entity}]>{HEAD}{lexeme}</lexicon>"
        # Then it is refused as a whole
        with pytest.raises(BadLexicon, match="document type"):
            list(pls.parse(document.encode(), "x.pls"))

"""What the tokeniser takes for one token."""

import pytest

from service.text.core.tokens import Kind, tokenise


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("﴿وقل رب﴾", ["﴿", "وقل", "رب", "﴾"]),
        ("500﷼", ["500", "﷼"]),
        ("ٱلضُّحَىٰٓ ۚ وٱلَّيل", ["ٱلضُّحَىٰٓ", "ۚ", "وٱلَّيل"]),
        ("زوروا (www.example.ma).", ["زوروا", "(", "www.example.ma", ")", "."]),
        ("HTTPS://x.ma/a_b?c=d، ثم", ["HTTPS://x.ma/a_b?c=d", "،", "ثم"]),
        ("راسلوناinfo@example.ma", ["راسلونا", "info@example.ma"]),
        ("re\u0301sume\u0301 Nguyễn", ["re\u0301sume\u0301", "Nguyễn"]),
    ],
)
def test_marks_brackets_and_addresses_end_where_a_reader_would_end_them(text, tokens):
    assert [token.text for token in tokenise(text)] == tokens


def test_a_url_ends_before_the_full_stop_of_its_sentence():
    *_, address, stop = tokenise("انظر https://example.ma/a.")

    assert (address.kind, stop.text) == (Kind.ADDRESS, ".")


def test_dots_after_www_alone_are_no_address():
    assert all(token.kind is not Kind.ADDRESS for token in tokenise("www." + "." * 5000))

"""Lines come out as they went in, however the network cut them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from service.util.jsonl import Line, Lines


def read(pieces: list[bytes], most: int = 20) -> list[Line]:
    lines = Lines(most)
    return [line for piece in pieces for line in lines.feed(piece)] + list(lines.end())


def test_blank_lines_count_and_are_left_out() -> None:
    assert read([b"one\n\n  \r\nfour\n"]) == [Line(1, b"one"), Line(4, b"four")]


def test_the_last_line_needs_no_end() -> None:
    assert read([b"one\ntw", b"o"]) == [Line(1, b"one"), Line(2, b"two")]


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    assert read([b"\xef\xbb\xbf{}\n\xef\xbb\xbf{}\n"]) == [Line(1, b"{}"), Line(2, b"\xef\xbb\xbf{}")]


def test_a_line_that_is_too_long_is_told_of_and_the_next_is_whole() -> None:
    assert read([b"x" * 15, b"x" * 15, b"\nnext"]) == [Line(1, None), Line(2, b"next")]


def test_no_more_is_held_of_a_line_than_it_may_be_long() -> None:
    lines = Lines(1000)
    for _ in range(1000):
        assert list(lines.feed(b"x" * 900)) == []
        assert len(lines._begun) <= 1000


@given(some.lists(some.binary(max_size=12)), some.integers(1, 7))
def test_where_the_pieces_were_cut_does_not_matter(content: list[bytes], size: int) -> None:
    whole = b"\n".join(content)
    cut = [whole[start : start + size] for start in range(0, len(whole), size)]
    assert read(cut) == read([whole])
    kept = {line.number: line.content for line in read([whole])}
    for number, line in enumerate(whole.split(b"\n"), 1):
        if number > 1 and line.strip():
            assert kept[number] == line

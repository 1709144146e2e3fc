"""The Range header (RFC 9110, section 14)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.api.middleware.ranges import parse

SIZE = 10_000


@pytest.mark.parametrize(
    ("header", "part"),
    [  # those of RFC 9110, section 14.1.2, and their edges
        ("bytes=0-499", (0, 500)),
        ("bytes=500-999", (500, 1000)),
        ("bytes=-500", (9500, 10_000)),
        ("bytes=9500-", (9500, 10_000)),
        ("bytes=0-0", (0, 1)),
        ("bytes=9999-9999", (9999, 10_000)),
        ("bytes=0-99999", (0, 10_000)),
        ("bytes=-99999", (0, 10_000)),
        ("bytes=10000-", None),
        ("bytes=-0", None),
    ],
)
def test_one_range(header: str, part: tuple[int, int] | None) -> None:
    asked = parse(header)
    assert asked is not None
    assert asked.within(SIZE) == part


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes=",
        "bytes=-",
        "bytes=5-4",
        "bytes=a-b",
        "lines=1-2",
        "bytes=0-0,-1",
        "bytes=500-600,601-999",
    ],
)
def test_all_else_is_ignored(header: str | None) -> None:
    assert parse(header) is None


@given(
    st.text(max_size=20) | st.from_regex(r"bytes=\d{0,30}-\d{0,30}", fullmatch=True), st.integers(0, 10**6)
)
def test_a_part_lies_within_and_is_not_empty(header: str, size: int) -> None:
    asked = parse(header)
    part = asked.within(size) if asked else None
    if part:
        assert 0 <= part[0] < part[1] <= size

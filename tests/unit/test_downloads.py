"""Names under which browsers save what they download."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.api.downloads import disposition

FORM = re.compile(r"attachment; filename=\"([^\"\\\\]+)\"(?:; filename\*=UTF-8''([A-Za-z0-9._~%-]+))?")


def named(header: str) -> tuple[str, str]:
    """The name that old clients see, and the one that is meant."""
    matched = FORM.fullmatch(header)
    assert matched, header
    return matched[1], unquote(matched[2]) if matched[2] else matched[1]


@pytest.mark.parametrize(
    ("title", "name", "plain", "meant"),
    [
        ("أمطار الخير", "2026-11-23-rain", "2026-11-23-rain.mp3", "أمطار الخير.mp3"),
        ("أمطار", "خبر", "istami.mp3", "أمطار.mp3"),
        (None, "خبر-1", "istami.mp3", "خبر-1.mp3"),
        (None, "3f" * 32, f"{'3f' * 32}.mp3", f"{'3f' * 32}.mp3"),
        ("Rain in the North", "x", "Rain in the North.mp3", "Rain in the North.mp3"),
        ("Crème brûlée", "x", "Creme brulee.mp3", "Crème brûlée.mp3"),
        ('قال: "نعم" أمس؟', "7", "7.mp3", "قال نعم أمس؟.mp3"),
        ("../../etc/passwd", "7", "etc passwd.mp3", "etc passwd.mp3"),
        ("a\r\nSet-Cookie: x", "7", "a Set-Cookie x.mp3", "a Set-Cookie x.mp3"),
        ("\u202eتمويه\u202c", "7", "7.mp3", "تمويه.mp3"),
        ("%41", "7", "41.mp3", "41.mp3"),
        ("...", "...", "istami.mp3", "istami.mp3"),
    ],
)
def test_title_then_id_then_a_name_of_ours(title, name, plain, meant) -> None:
    assert named(disposition(title, name, "mp3")) == (plain, meant)


@given(st.text(max_size=600), st.text(max_size=150), st.sampled_from(["mp3", "vtt", "chapters.json"]))
def test_any_title_makes_a_header_and_a_file_name(title, name, ending) -> None:
    header = disposition(
        title.encode(errors="ignore").decode(), name.encode(errors="ignore").decode(), ending
    )
    header.encode("ascii")
    plain, meant = named(header)
    for each in (plain, meant):
        assert each.endswith(f".{ending}")
        assert len(each.encode()) <= 255
        assert not each.startswith((".", " "))
        assert not re.search(r'[/\\:*?"<>|\x00-\x1f\x7f]', each)

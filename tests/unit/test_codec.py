"""The one codec: what is not what was written counts as absent, and is logged once."""

import base64
import json
import logging
import re
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.auth import api_keys, signed_urls
from service.batches import batch_store
from service.jobs import worker_registry
from service.metrics import shipping
from service.model.recording import EncodedClip, State, Status
from service.pages import fetch_log, quotas
from service.storage import article_index, clip_store, codec, integrity, repository
from service.storage.codec import Kind, all_unpacked, is_newer, noun, packed, unpacked
from service.webhooks import outbox, publisher


@dataclass(frozen=True)
class Noun:
    name: str
    number: int = 1


PLAIN, SQUEEZED = noun("noun", Noun), noun("noun", Noun, squeezed=True)
KINDS = [
    PLAIN,
    SQUEEZED,
    codec.STATE,
    codec.PLAN,
    clip_store._CLIP,
    api_keys._KEPT,
    quotas._NOTED,
    worker_registry.REPORT,
    fetch_log._REFUSAL,
    repository._GIVEN_UP,
    shipping.LABELLED,
    shipping.MOMENTARY,
    noun("dictionary", dict[str, float]),
    noun("list", list[tuple[int, Noun]], squeezed=True),
]


STORED = json.loads((Path(__file__).parents[1] / "corpus" / "stored.json").read_text("utf-8"))
"""Values as version 0.1 wrote them, in Base64. Nothing of today reads what it counted of rates and days."""
KEPT: dict[str, Kind[Any]] = {
    "article": repository._RECORD,
    "owner": repository._OWNER,
    "plan": codec.PLAN,
    "message": codec.PREPARED,
    "state": codec.STATE,
    "seal": integrity.SEAL,
    "timing": codec.TIMING,
    "timings": codec.TIMINGS,
    "clip": clip_store._CLIP,
    "parked": clip_store._PARKED,
    "key": api_keys._KEPT,
    "used": api_keys._USED,
    "visit": fetch_log._VISIT,
    "refusal": fetch_log._REFUSAL,
    "seen": article_index._SEEN,
    "report": worker_registry.REPORT,
    "batch": batch_store._BATCH,
    "parcel": batch_store._PARCEL,
    "ended": batch_store._ENDED,
    "delivery": outbox._DELIVERY,
    "health": outbox._HEALTH,
    "expected": publisher._EXPECTED,
    "answer": codec.UTTERANCES,
    "levels": shipping.MOMENTARY,
    "secret": signed_urls._SECRET,
}


@pytest.fixture(autouse=True)
def unlogged() -> None:
    codec._logged.clear()


@pytest.mark.parametrize("kind", [PLAIN, SQUEEZED])
def test_what_was_written_is_read(kind: Kind[Noun]) -> None:
    assert unpacked(kind, packed(kind, Noun("a", 2)).value) == Noun("a", 2)


@pytest.mark.parametrize("name", STORED)
def test_what_version_0_1_wrote_is_read(name: str) -> None:
    value, kind = base64.b64decode(STORED[name]), KEPT[name]

    found = unpacked(kind, value)

    assert found is not None
    assert not is_newer(kind, value)
    assert unpacked(kind, kind.encode(found)) == found
    # Nothing of it is lost: what was written then is in what is written now.
    assert _words(value) <= _words(kind.encode(found))


def _words(value: bytes) -> set[bytes]:
    """The strings of a value that are written in one way alone."""
    plain = zlib.decompress(value) if value[:1] == b"\x78" else value
    return set(re.findall(rb'"([^"\\]*)"', plain))


@given(st.binary(max_size=200))
def test_no_bytes_raise(value: bytes) -> None:
    for kind in KINDS:
        found = unpacked(kind, value)
        assert found is None or kind.encode(found) is not None
        assert is_newer(kind, value) in {True, False}


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=9))
def test_no_json_raises(value: object) -> None:
    for kind in KINDS:
        unpacked(kind, json.dumps(value).encode())
        unpacked(kind, zlib.compress(json.dumps(value).encode()))


def test_deep_json_counts_as_absent() -> None:
    assert unpacked(noun("any", dict[str, object]), b"[" * 100_000) is None


def test_every_truncation_of_a_checked_value_counts_as_absent() -> None:
    for kind, value in (
        (codec.STATE, State(Status.SPEAKING, 1, 2)),
        (clip_store._CLIP, EncodedClip(b"mp3" * 9, 100, 90, ())),
    ):
        whole = kind.encode(value)
        assert unpacked(kind, whole) == value
        assert [size for size in range(len(whole)) if unpacked(kind, whole[:size])] == []


def test_text_that_is_none_counts_as_absent() -> None:
    assert unpacked(PLAIN, "\udcff{") is None
    assert list(all_unpacked(PLAIN, ["{", '{"name": "a"}'])) == [Noun("a")]


@pytest.mark.parametrize("kind", [PLAIN, SQUEEZED])
def test_fields_of_a_newer_version_are_passed_over(kind: Kind[Noun]) -> None:
    value = b'{"name": "a", "number": 2, "mood": {"happy": true}}'

    assert unpacked(kind, zlib.compress(value) if kind is SQUEEZED else value) == Noun("a", 2)


@pytest.mark.parametrize("kind", [PLAIN, SQUEEZED])
@pytest.mark.parametrize("form", ['{"v":2,"name":"a"}', ' { "v" : 17, "name": "a"}'])
def test_a_newer_form_counts_as_absent_and_is_told_from_damage(
    kind: Kind[Noun], form: str, caplog: pytest.LogCaptureFixture
) -> None:
    value = zlib.compress(form.encode()) if kind is SQUEEZED else form.encode()

    assert unpacked(kind, value) is None
    assert is_newer(kind, value)
    assert not is_newer(kind, packed(kind, Noun("v")).value)
    assert "a newer version's noun counts as absent" in caplog.text


def test_it_is_logged_once_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for _ in range(9):
            assert unpacked(PLAIN, '{"name": 17, "said": "سرّ"}') is None
        assert unpacked(PLAIN, b"another") is None

    assert [record.getMessage() for record in caplog.records] == [
        "a damaged noun counts as absent: ValidationError",
    ] * 2


def test_the_log_stays_bounded() -> None:
    for number in range(3 * codec._MOST_LOGGED):
        unpacked(PLAIN, struct.pack("<I", number))

    assert len(codec._logged) <= codec._MOST_LOGGED

"""The recordings of a reader: consent, checks of takes, and the folder."""

import json
import struct
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from starlette.testclient import TestClient

from service.audio import wav
from service.model.recording import Clip
from service.studio import consent, takes
from service.studio.consent import BadConsent
from service.studio.prompts import CHECK, TRAINING, prompts, transitions
from service.studio.recording_app import application
from service.studio.session import Session
from service.studio.takes import BadTake
from service.text.core.orthography import skeleton
from voices.licence import today

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
FORM = {
    "reader": "سلمى حداد",
    "publisher": "صحيفة الجبل",
    "purpose": "قراءة المقالات",
    "until": "2028-01-01",
    "signature": "سلمى  حداد",
}
AUTHORITY = "127.0.0.1:8020"
KEY = "k" * 32


def spoken(seconds=3.0, level=-20.0, noise=-65.0, rate=48_000, edge=0.3):
    """A hum with syllables in a room that is not quite silent."""
    rng = np.random.default_rng(7)
    time = np.arange(int(rate * seconds)) / rate
    hum = np.sin(2 * np.pi * 180 * time) * (1 + 0.3 * np.sin(2 * np.pi * 4 * time))
    hum *= 10 ** (level / 20) * 1.4
    silent = np.zeros(int(rate * edge))
    whole = np.concatenate([silent, hum, silent])
    whole += 10 ** (noise / 20) * rng.standard_normal(whole.size)
    return Clip((whole.clip(-1, 1) * 32767).astype("<i2").tobytes(), rate)


@pytest.fixture(scope="module")
def listed():
    return prompts(TRAINING)


def test_no_sentence_occurs_twice_and_the_list_is_the_same_each_time(listed):
    assert len({prompt.written for prompt in listed}) == TRAINING
    assert prompts(30) == listed[:30]


def test_the_short_list_has_nearly_all_transitions_between_sounds_that_the_long_one_has(listed):
    short, long = transitions(listed[:CHECK]), transitions(listed)

    assert len(short) > 0.9 * len(long)
    assert sum(count >= 3 for count in long.values()) > 0.9 * len(long)


def test_the_sentences_are_short_and_long_and_need_one_breath(listed):
    words = sorted(len(prompt.written.split()) for prompt in listed)

    assert words[0] <= 5
    assert words[-1] >= 14
    assert 7 < sum(words) / len(words) < 10


def test_every_consonant_is_vowelled(listed):
    """Without a mark are only long vowels, and a letter before its double or at a pause."""
    consonants = set("بتثجحخدذرزسشصضطظعغفقكمنه")
    for prompt in listed:
        for word in prompt.vowelled.strip(".؟").replace("،", "").split():
            bare = [pair for pair in pairwise(word) if consonants.issuperset(pair)]
            assert not bare, word
        assert prompt.written == skeleton(prompt.written)


def test_two_consonants_without_a_vowel_meet_no_silent_hamza(listed):
    """«أَنْ اخْتَارَتْ» is said and written «أَنِ اخْتَارَتْ»."""
    assert [prompt.vowelled for prompt in listed if "\u0652 ا" in prompt.vowelled] == []


def test_verbs_agree_with_those_who_act(listed):
    """The words after a feminine verb are a feminine person's, and the other way round."""
    feminine = masculine = 0
    for prompt in listed:
        words = [skeleton(word).strip(".،؟") for word in prompt.vowelled.split()]
        for word, person in pairwise(words):
            if person.startswith("ال") and person in {"الطبيبة", "القاضية", "المعلمة", "العازفة"}:
                feminine += word[-1] == "ت" or word.removeprefix("س")[0] == "ت"
            if person in {"الوزير", "الطيار", "الحداد", "الكاتب"}:
                masculine += 1
                assert word.removeprefix("س")[0] != "ت" or word[0:2] in {"تس", "تر", "تف", "تذ", "تع"}, prompt
    assert feminine > 30
    assert masculine > 30


def test_a_consent_is_kept_with_its_hash_and_a_changed_one_is_refused(tmp_path):
    agreed = consent.signed(FORM, NOW)
    consent.write(tmp_path, agreed)

    assert consent.read(tmp_path) == agreed
    assert "سلمى حداد" in agreed.statement
    file = tmp_path / "consent.json"
    assert file.stat().st_mode & 0o077 == 0
    table = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(table | {"until": "2050-01-01"}), encoding="utf-8")
    with pytest.raises(BadConsent, match="changed"):
        consent.read(tmp_path)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reader": " "}, "reader"),
        ({"reader": 3}, "reader"),
        ({"purpose": "x" * 301}, "purpose"),
        ({"publisher": "a\x00b"}, "publisher"),
        ({"signature": "شخص آخر"}, "signature"),
        ({"until": "2026-11-28"}, "until"),
        ({"until": "2099-01-01"}, "until"),
        ({"until": "soon"}, "until"),
    ],
)
def test_a_consent_names_the_field_that_is_wrong(changed, field):
    with pytest.raises(BadConsent) as raised:
        consent.signed(FORM | changed, NOW)

    assert raised.value.field == field


def test_a_good_take_is_measured():
    measured = takes.check(takes.read(wav.of(spoken())), letters=40)

    assert measured.speech == pytest.approx(-20, abs=1)
    assert measured.noise == pytest.approx(-65, abs=2)
    assert measured.start == pytest.approx(0.3, abs=0.03)
    assert measured.end == pytest.approx(3.3, abs=0.03)


def test_the_zeros_of_a_microphone_that_was_just_opened_are_no_quiet_room():
    noisy = spoken(level=-30, noise=-45)
    opened = Clip(bytes(2 * 9600) + noisy.pcm, noisy.sample_rate)

    with pytest.raises(BadTake, match="noisy"):
        takes.check(opened, 40)


@pytest.mark.parametrize(
    ("take", "letters", "told"),
    [
        (spoken(level=0), 40, "clipped"),
        (spoken(level=-45, noise=-80), 40, "quiet"),
        (spoken(level=-30, noise=-45), 40, "noisy"),
        (spoken(edge=0.02), 40, "cut off"),
        (spoken(seconds=0.5), 40, "missing"),
        (spoken(seconds=9), 10, "longer than its sentence"),
        (Clip(b"", 48_000), 40, "empty"),
        (Clip(bytes(96_000), 48_000), 40, "quiet"),
    ],
)
def test_a_bad_take_says_what_is_wrong(take, letters, told):
    with pytest.raises(BadTake, match=told) as raised:
        takes.check(takes.read(wav.of(take)), letters)

    assert raised.value.ar


def header(**changed):
    fields = {"form": 1, "channels": 1, "rate": 48_000, "bits": 16, "length": 4} | changed
    rate = fields["rate"]
    form = struct.pack(
        "<4sIHHIIHH", b"fmt ", 16, fields["form"], fields["channels"], rate, 2 * rate, 2, fields["bits"]
    )
    riff = struct.pack("<4sI4s", b"RIFF", 40, b"WAVE")
    return riff + form + struct.pack("<4sI", b"data", fields["length"]) + bytes(4)


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"RIFF",
        b"<html>" * 20,
        header(form=3),
        header(channels=2),
        header(bits=24),
        header(rate=8000),
        header(rate=0),
        header(length=400),
        header(length=3),
    ],
)
def test_a_file_that_is_no_wav_is_refused(file):
    with pytest.raises(BadTake, match="WAV"):
        takes.read(file)


def test_a_take_that_is_too_long_is_refused():
    with pytest.raises(BadTake, match="40 seconds"):
        takes.read(wav.of(Clip(bytes(2 * 22_050 * 41), 22_050)))


@pytest.fixture
def client(tmp_path):
    session = Session(tmp_path / "recordings", 5)
    app = application(session, "ours", KEY, frozenset({AUTHORITY}))
    headers = {"Authorization": f"Bearer {KEY}"}
    with TestClient(app, base_url=f"http://{AUTHORITY}", headers=headers) as client:
        client.folder = tmp_path / "recordings"
        yield client


def form():
    """The form, agreed to until next month."""
    return FORM | {"until": (today() + timedelta(days=30)).isoformat()}


def test_nothing_is_recorded_without_consent(client):
    refused = client.put("/takes/0001", content=wav.of(spoken()))

    assert refused.status_code == 409
    assert "موافقة" in refused.json()["ar"]
    assert not (client.folder / "wavs").exists()


def test_takes_become_a_folder_of_ljspeech_and_the_session_goes_on_after_a_restart(client):
    assert client.post("/consent", json=form()).status_code == 201
    for id_ in ("0003", "0001"):
        assert client.put(f"/takes/{id_}", content=wav.of(spoken())).status_code == 201

    rows = (client.folder / "metadata.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split("|")[0] for row in rows] == ["0001", "0003"]
    for row in rows:
        id_, written, vowelled = row.split("|")
        clip = takes.read((client.folder / "wavs" / f"{id_}.wav").read_bytes())
        assert clip.sample_rate == 22_050
        assert clip.duration == pytest.approx(3.4, abs=0.05)
        assert skeleton(vowelled).rstrip(".؟") == written.rstrip(".؟") or "ا" in vowelled
    original = (client.folder / "originals" / "0001.wav").read_bytes()
    assert original == wav.of(spoken())
    phonemes = (client.folder / "phonemes.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split("|")[0] for row in phonemes] == ["0001", "0003"]
    assert all("ˈ" in row for row in phonemes)

    again = Session(client.folder, 7)

    assert again.done() == ["0001", "0003"]
    assert len(again.prompts) == 7
    assert again.consent is not None


def test_a_bad_take_changes_nothing(client):
    client.post("/consent", json=form())
    client.put("/takes/0001", content=wav.of(spoken()))
    before = (client.folder / "wavs" / "0001.wav").read_bytes()

    refused = client.put("/takes/0001", content=wav.of(spoken(level=0)))

    assert refused.status_code == 422
    assert "القمم" in refused.json()["ar"]
    assert (client.folder / "wavs" / "0001.wav").read_bytes() == before


def test_a_folder_that_cannot_be_written_is_told(client):
    client.post("/consent", json=form())
    (client.folder / "wavs").write_text("no folder")

    refused = client.put("/takes/0001", content=wav.of(spoken()))

    assert refused.status_code == 507
    assert "تعذّرت" in refused.json()["ar"]


def test_a_consent_that_has_ended_stops_the_recording(client):
    ended = consent.Consent("سلمى", "صحيفة", "قراءة", today() - timedelta(days=1), NOW)
    consent.write(client.folder, ended)
    session = Session(client.folder, 5)

    with TestClient(
        application(session, "ours", KEY, frozenset({AUTHORITY})), base_url=f"http://{AUTHORITY}"
    ) as late:
        late.headers["Authorization"] = f"Bearer {KEY}"
        assert late.get("/session").json()["consent"] is None
        assert late.put("/takes/0001", content=wav.of(spoken())).status_code == 409
        assert late.post("/consent", json=form()).status_code == 201
        assert late.post("/consent", json=form()).status_code == 409


@pytest.mark.parametrize("path", ["/takes/9999", "/takes/..%2f..%2fetc", "/takes/%2e%2e"])
def test_a_sentence_that_is_not_on_the_list_is_not_stored(client, path):
    client.post("/consent", json=form())

    assert client.put(path, content=wav.of(spoken())).status_code == 404
    assert not (client.folder / "wavs").exists()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1:9999"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": ""}, 401),
        ({"Authorization": "Bearer كلمة".encode()}, 401),
    ],
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/session"), ("POST", "/consent"), ("PUT", "/takes/1")])
def test_other_pages_hosts_and_strangers_are_refused(client, headers, status, method, path):
    assert client.request(method, path, headers=headers, json={}).status_code == status


def test_a_page_of_another_site_does_not_get_the_page_either(client):
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 421
    assert "microphone=(self)" in client.get("/").headers["Permissions-Policy"]


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_beyond_the_limit_is_refused(client, announced):
    client.post("/consent", json=form())
    body = bytes(takes.MOST_BYTES + 1)

    refused = client.put("/takes/0001", content=body if announced else iter([body]))

    assert refused.status_code == 413


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b'"x"'])
def test_a_form_that_is_none_is_refused(client, content):
    assert client.post("/consent", content=content).status_code == 422

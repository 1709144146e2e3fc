"""A site's rules for voices, from the request to the recording."""

from __future__ import annotations

import pytest

CARD = """
id = "{id}"
engine = "espeak"
language = "{language}"
dialect = "standard"
gender = "male"
sample_rate = 22050
licence = "ours"
commercial_use = "yes"
attribution = "us"
name = {{ ar = "صوت", en = "Voice" }}
limits = {{ characters = 600 }}
options = {{ voice = "{language}", pitch = {pitch} }}
"""
SITES = """
["news.example"]
voices = {sections = {"رياضة" = "sport"}, languages = {en = "joe"}}

["arabic.example"]
voices = {sections = {"رياضة" = "sport"}}
"""
ARABIC = "عاد الصيادون إلى المرفأ قبل العاصفة."
ENGLISH = "The fishermen returned to the harbour before the storm reached the coast."


@pytest.fixture(scope="module")
def client(start, tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    for id_, language, pitch in (("sport", "ar", 70), ("joe", "en", 40)):
        (data / "voices" / id_).mkdir(parents=True)
        card = CARD.format(id=id_, language=language, pitch=pitch)
        (data / "voices" / id_ / "card.toml").write_text(card, encoding="utf-8")
    (data / "sites.toml").write_text(SITES, encoding="utf-8")
    with start("--workers", "1", ISTAMI_DATA_DIR=str(data)).client as client:
        yield client


def recorded(client, until, **article) -> tuple[dict, bytes]:
    sent = client.post("/v1/articles", json=article)
    assert sent.status_code in {200, 202}, sent.text
    path = f"/v1/articles/{sent.json()['id']}"
    until(lambda: client.get(path).json()["status"] == "ready", 60, "ready")
    audio = client.get(f"{path}/audio.mp3", follow_redirects=True)
    return client.get(path).json(), audio.content


def test_a_section_is_read_in_its_voice(client, until) -> None:
    told, _ = recorded(client, until, text=ARABIC, site="news.example", section="رياضة")
    assert told["voice"] == "sport"

    told, _ = recorded(client, until, text=ARABIC, site="news.example", section="سياسة")
    assert told["voice"] == "espeak-ar"


def test_an_english_article_is_spoken_in_english(client, until) -> None:
    _, english = recorded(client, until, text=ENGLISH, site="news.example", id="english")
    _, spelt = recorded(client, until, text=ENGLISH, id="spelt")
    _, asked = recorded(client, until, text=ENGLISH, voice="joe", id="asked")

    assert english != spelt
    assert asked == english
    said = client.post("/v1/explain", json={"text": ENGLISH, "site": "news.example"}).json()["sentences"]
    assert [piece["voice"] for piece in said[0]["pieces"]] == ["joe"]


def test_an_article_in_a_language_without_a_voice_is_refused(client) -> None:
    answer = client.post("/v1/articles", json={"text": ENGLISH, "site": "arabic.example"})

    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["field"]) == (422, "no_voice_for_language", "voice")
    for said in problem["message"].values():
        assert "joe" in said
        assert "istami sites voices arabic.example VOICE --language en" in said


def test_speech_in_an_english_voice_is_english_and_arabic_text_is_refused(client) -> None:
    english = {"model": "tts-1", "input": ENGLISH, "voice": "joe"}
    assert client.post("/v1/audio/speech", json=english).status_code == 200

    refused = client.post("/v1/audio/speech", json={**english, "input": ARABIC})

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "no_voice_for_language")

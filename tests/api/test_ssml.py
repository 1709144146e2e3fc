"""SSML from the request to the sound: what it asks for is measured in what comes out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from service.audio.frames import Format
from service.audio.loudness import measure
from service.text.core.spelling import letters

DOCUMENT = (Path(__file__).parents[2] / "docs" / "ssml.md").read_text(encoding="utf-8")
FRAME = Format(22050, 64).samples_a_frame / 22050
ARABIC = re.compile(r"[\u0621-\u064a]")
SENTENCE = "نزلت الأمطار على السهول والجبال طول النهار"


@pytest.fixture
def marks(client, ready):
    """Has an SSML document made: its marks."""

    def marks(inner: str, **options):
        made = ready(ssml=f"<speak>{inner}</speak>", **options)
        return client.get(made["marks_url"]).json()

    return marks


class TestWhatIsHeard:
    def test_a_rate_makes_a_stretch_longer_or_shorter(self, marks) -> None:
        lengths = [
            marks(f'<prosody rate="{rate}">{SENTENCE}.</prosody>')["sentences"][0]["end"]
            for rate in ("70%", "100%", "140%")
        ]
        assert lengths[0] / lengths[1] == pytest.approx(1 / 0.7, rel=0.08)
        assert lengths[2] / lengths[1] == pytest.approx(1 / 1.4, rel=0.08)

    def test_a_break_lasts_as_long_as_it_says(self, marks) -> None:
        for place in ("<s>سكت المطر.</s>{}<s>وخرج الناس.</s>", "<s>سكت المطر {} وخرج الناس.</s>"):
            short, long = (
                marks(place.format(f'<break time="{seconds}s"/>'))["duration"] for seconds in (0.5, 2.75)
            )
            assert long - short == pytest.approx(2.25, abs=FRAME)

    def test_between_sentences_it_is_measured_in_the_marks(self, marks) -> None:
        first, second = marks('<s>سكت المطر.</s><break time="1.7s"/><s>وخرج الناس.</s>')["sentences"]
        assert second["start"] - first["end"] == pytest.approx(1.7, abs=FRAME)

    def test_a_volume_is_heard_and_peaks_stay_below_the_ceiling(self, client, ready) -> None:
        heard = {}
        for volume in ("-14dB", "-6dB", "+0dB", "+12dB"):
            made = ready(ssml=f'<speak><prosody volume="{volume}">{SENTENCE}.</prosody></speak>')
            heard[volume] = measure(client.get(made["audio_url"]).content)
        assert heard["-6dB"].integrated - heard["-14dB"].integrated == pytest.approx(8, abs=0.6)
        assert heard["+12dB"].integrated > heard["+0dB"].integrated > heard["-6dB"].integrated
        assert heard["+12dB"].true_peak < -0.5

    def test_a_pitch_is_another_sound_of_much_the_same_length(self, ready) -> None:
        made = [
            ready(ssml=f'<speak><prosody pitch="{p}">{SENTENCE}.</prosody></speak>') for p in ("low", "high")
        ]
        assert made[0]["key"] != made[1]["key"]
        assert made[0]["duration_seconds"] == pytest.approx(made[1]["duration_seconds"], rel=0.1)

    def test_phones_are_said(self, marks) -> None:
        told = [
            marks(f'<phoneme alphabet="ipa" ph="{ph}">كلمة</phoneme>')["sentences"][0]["end"]
            for ph in ("ta", "taːtaːtaːtaːtaːtaː")
        ]
        assert told[1] > 2 * told[0]

    def test_plain_ssml_is_the_same_recording_as_the_text(self, ready) -> None:
        plain = ready(text="هطل المطر.\nوفرح الناس.")
        assert ready(ssml="<speak><p>هطل المطر.</p><p>وفرح الناس.</p></speak>")["key"] == plain["key"]


class TestMarks:
    GIVEN = (
        '<mark name="begin"/><s>سال الوادي ليلا.</s><mark name="second"/>'
        '<s>واستيقظ الناس <mark name="within"/>على صوته،<mark name="before"/><break time="1s"/>'
        '<mark name="after"/>فخرجوا.</s><mark name="end"/>'
    )

    def test_their_times_are_those_of_the_sentences(self, marks) -> None:
        told = marks(self.GIVEN)
        first, second = told["sentences"]
        at = {mark["name"]: mark["time"] for mark in told["marks"]}
        assert list(at) == ["begin", "second", "within", "before", "after", "end"]
        assert at["begin"] == first["start"] == 0.0
        assert at["second"] == second["start"]
        assert at["end"] == second["end"]
        assert at["after"] - at["before"] == pytest.approx(1.0, abs=FRAME)
        words = [word["start"] for word in second["words"]]
        assert at["within"] == words[2]
        assert at["after"] == pytest.approx(words[4], abs=0.05)

    def test_they_belong_to_the_article_and_not_to_the_recording(self, client, ready) -> None:
        made = [
            ready(ssml=f'<speak><mark name="{name}"/>تساقطت أوراق الشجر.</speak>') for name in ("one", "two")
        ]
        assert made[0]["key"] == made[1]["key"]
        told = [client.get(each["marks_url"]).json()["marks"] for each in made]
        assert [[mark["name"] for mark in each] for each in told] == [["one"], ["two"]]

    def test_other_articles_have_none(self, client, ready) -> None:
        assert client.get(ready(text="تساقطت أوراق الشجر.")["marks_url"]).json()["marks"] == []


class TestExplaining:
    def explain(self, client, inner: str, **options):
        answer = client.post("/v1/explain", json={"ssml": f"<speak>{inner}</speak>", **options})
        assert answer.status_code == 200, answer.text
        return answer.json()["sentences"]

    def test_it_shows_what_a_stretch_is_said_as(self, client) -> None:
        given = (
            'في <say-as interpret-as="date" format="mdy">3/12/2024</say-as> '
            'قالت <sub alias="المنظمة">م.</sub> ذلك.'
        )
        [sentence] = self.explain(client, given)
        steps = {step["rule"]: (step["written"], step["spoken"]) for step in sentence["steps"]}
        assert steps["say-as"] == ("3/12/2024", "الثاني عشر من مارس ألفين وأربعة وعشرين")
        assert steps["sub"] == ("م.", "المنظمة")
        assert "الثاني عشر من مارس" in sentence["spoken"]

    def test_it_shows_phones(self, client) -> None:
        [sentence] = self.explain(client, 'قمة <phoneme alphabet="ipa" ph="naːtoː">ناتو</phoneme> اليوم.')
        assert "naːtuː" in sentence["phonemes"]

    def test_places_are_of_the_text_that_is_in_it(self, client) -> None:
        first, second = self.explain(client, "<p>وصل   القطار.</p><p>ونام.</p>")
        assert (first["span"], second["span"]) == ([0, 11], [12, 17])


class TestRefusals:
    def refused(self, client, address: str = "/v1/articles", **body):
        answer = client.post(address, json=body)
        assert answer.status_code == 422, answer.text
        problem = answer.json()
        assert ARABIC.search(problem["message"]["ar"])
        assert not ARABIC.search(problem["message"]["en"])
        return problem

    @pytest.mark.parametrize("address", ["/v1/articles", "/v1/explain"])
    def test_what_is_not_supported_is_listed_whole(self, client, address: str) -> None:
        given = '<speak><voice name="x">one</voice><emphasis>two</emphasis></speak>'
        problem = self.refused(client, address, ssml=given)
        assert (problem["code"], problem["field"]) == ("bad_article", "ssml")
        assert "<voice>, <emphasis>" in problem["message"]["en"]

    def test_unless_it_is_to_be_ignored(self, ready) -> None:
        given = "<speak><emphasis>جرى النهر</emphasis> سريعا.</speak>"
        assert ready(ssml=given, ssml_unknown="ignore")["key"] == ready(text="جرى النهر سريعا.")["key"]

    def test_entities_are_refused(self, client) -> None:
        bomb = '<!DOCTYPE speak [<!ENTITY a "ha">]><speak>&a;</speak>'
        assert "<!DOCTYPE>" in self.refused(client, ssml=bomb)["message"]["en"]

    def test_a_rate_that_the_speed_makes_too_fast(self, client) -> None:
        given = '<speak><prosody rate="200%">go</prosody></speak>'
        assert self.refused(client, ssml=given, speed=1.5)["field"] == "ssml"

    def test_one_text_is_sent_and_no_other(self, client) -> None:
        assert self.refused(client, ssml="<speak>a</speak>", text="a")["field"] == "ssml"
        assert self.refused(client, ssml="<speak>a</speak>", html="a")["field"] == "ssml"

    def test_the_field_for_what_is_unknown_has_two_values(self, client) -> None:
        assert self.refused(client, ssml="<speak>a</speak>", ssml_unknown="?")["field"] == "ssml_unknown"


class TestTheDocument:
    EXAMPLES = re.findall(r"^```xml\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)

    def test_it_has_examples(self) -> None:
        assert len(self.EXAMPLES) >= 5

    @pytest.mark.parametrize("example", EXAMPLES)
    def test_its_examples_are_read(self, client, example: str) -> None:
        answer = client.post("/v1/explain", json={"ssml": example})
        assert answer.status_code == 200, answer.text

    def test_what_it_says_is_said_is_said(self, client) -> None:
        rows = re.findall(r"^\| `([^`]+)` \| «(.*?)» \|$", DOCUMENT, re.MULTILINE)
        assert len(rows) >= 10
        for given, words in rows:
            answer = client.post("/v1/explain", json={"ssml": f"<speak>{given}</speak>"}).json()
            assert letters(answer["sentences"][0]["spoken"]) == words, json.dumps(answer, ensure_ascii=False)

    def test_every_element_has_its_row(self) -> None:
        from service.ssml.document import KNOWN

        for name in KNOWN:
            assert re.search(rf"^\| `<{name}>`", DOCUMENT, re.MULTILINE), name

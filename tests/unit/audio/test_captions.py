"""WebVTT."""

from service.audio.captions import webvtt
from service.model.recording import Mark


def mark(text: str, start: float, end: float) -> Mark:
    return Mark(text, start, end, None)


def test_one_cue_a_sentence() -> None:
    captions = webvtt([mark("أولى.", 0, 1.2345), mark("ثانية.", 1.8, 3725.9996)])
    assert captions == (
        "WEBVTT\nLanguage: ar\n\n"
        "1\n00:00:00.000 --> 00:00:01.234\nأولى.\n\n"
        "2\n00:00:01.800 --> 01:02:06.000\nثانية.\n"
    )


def test_nothing_in_a_text_ends_its_cue() -> None:
    (_, cue) = webvtt([mark("قال --> ثم\n\nسكت <b>&", 0, 1)]).split("\n\n")
    assert cue.splitlines()[2] == "قال --&gt; ثم سكت &lt;b&gt;&amp;"


def test_no_sentences_are_no_cues() -> None:
    assert webvtt([]) == "WEBVTT\nLanguage: ar\n"

"""Amazon Polly: SSML by ``POST /v1/speech``; the times of words by a second request, for speech marks.

By AWS's references "SynthesizeSpeech" and "Speech marks". Both requests are billed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from service.engines.remote.adapter import Call, Options, Request, Said, Spoken
from service.engines.remote.markup import element, escaped, paced
from service.engines.remote.signature import Place, signed
from service.engines.remote.sound import decode
from service.model.errors import EngineError, Unavailable
from service.model.recording import WordTiming
from voices.card import VoiceCard

_PATH = "/v1/speech"
_RATES = (8000, 16_000)
"""Hertz of PCM."""
_OWN_PACE = 100
"""Percent of a voice's own."""
_ENGINES = ("standard", "neural", "long-form", "generative")


class Polly:
    """Options: ``voice`` (``Zeina``, ``Hala``), ``model`` (Polly's engine), ``word_times``.

    Word times take a second billed request; ``word_times = false`` leaves them out.

    The base URL is the region's, ``https://polly.REGION.amazonaws.com``. The key is ``ID:SECRET``, the two
    halves of an access key; for temporary ones, ``ID:SECRET:TOKEN``.
    """

    def __init__(self, card: VoiceCard, options: Options) -> None:
        if card.sample_rate not in _RATES:
            raise options.wrong("sample_rate", "must be 8000 or 16000", "قيمته 8000 أو 16000")
        parts = urlsplit(card.remote.base_url if card.remote else "")
        names = (parts.hostname or "").split(".")
        region = names[1] if len(names) > 2 and names[0] == "polly" else "us-east-1"  # noqa: PLR2004
        self._place = Place(parts.netloc, region, "polly")
        self._prefix = parts.path.rstrip("/")
        self._rate = card.sample_rate
        self._voice = options.text("voice")
        self._engine = options.text("model", "standard", _ENGINES)
        self._times_words = options.flag("word_times", default=True)

    def speak(self, said: Said, call: Call) -> Spoken:
        """Say one utterance."""
        percent = round(said.speed * 100)
        rate = "" if percent == _OWN_PACE else f"{percent}%"
        ssml = element("speak", {}, paced(said.text, rate))
        fields = {
            "Engine": self._engine,
            "Text": ssml,
            "TextType": "ssml",
            "VoiceId": self._voice,
        }
        audio = call(self._request(fields | {"OutputFormat": "pcm", "SampleRate": str(self._rate)}, said))
        samples = decode(audio.body, audio.content_type, "pcm", self._rate)
        if not self._times_words:
            return Spoken(samples)
        try:
            marks = call(self._request(fields | {"OutputFormat": "json", "SpeechMarkTypes": ["word"]}, said))
        except (EngineError, Unavailable):  # the sound is paid for; it is heard without the times of words
            return Spoken(samples)
        return Spoken(samples, _words(ssml, said, marks.body, samples.size / self._rate))

    def _request(self, fields: dict[str, Any], said: Said) -> Request:
        body = json.dumps(fields, ensure_ascii=False).encode()
        kind = {"Content-Type": "application/json"}
        return Request(
            path=_PATH,
            body=body,
            content_type=kind["Content-Type"],
            # SSML's tags are not billed.
            characters=len(said.text),
            headers=signed(
                self._place, self._prefix + _PATH, kind, body, said.key.reveal(), datetime.now(UTC)
            ),
        )


def _words(ssml: str, said: Said, marks: bytes, seconds: float) -> tuple[WordTiming, ...]:
    """The times of words from speech marks, whose places are bytes of the SSML; a word ends where one begins.

    None, if a mark is not as documented.
    """
    try:
        begun = list(_begun(ssml, said, marks))
    except (ValueError, KeyError, TypeError):
        return ()
    ends = [start for _, start in begun[1:]] + [seconds]
    if any(first >= second for (first, _), (second, _) in pairwise(begun)):
        return ()
    return tuple(
        WordTiming(word, start, max(start, end)) for (word, start), end in zip(begun, ends, strict=True)
    )


def _begun(ssml: str, said: Said, marks: bytes) -> Iterator[tuple[int, float]]:
    """Each word's number and start, once."""
    places = _places(ssml, said)
    last = -1
    for line in marks.decode().splitlines():
        mark = json.loads(line)
        if mark["type"] != "word":
            continue
        word = max((number for at, number in places if at <= int(mark["start"])), default=0)
        if word != last:  # Polly may tell two marks of what is one word here
            yield word, float(mark["time"]) / 1000
        last = word


def _places(ssml: str, said: Said) -> list[tuple[int, int]]:
    """The byte of the SSML at which each word begins, with its number."""
    content = escaped(said.text)
    at, found = ssml.index(content), []
    for number, word in enumerate(content.split()):
        at = ssml.index(word, at)
        found.append((len(ssml[:at].encode()), number))
        at += len(word)
    return found

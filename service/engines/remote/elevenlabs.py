"""ElevenLabs: ``POST /v1/text-to-speech/{voice}/with-timestamps``, with the time of every character.

By ElevenLabs' reference "Create speech with timing".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from service.engines.remote.adapter import Call, Options, Request, Said, Spoken, in_json, merged
from service.engines.remote.sound import decode
from service.model.errors import Rejected
from service.model.recording import WordTiming
from voices.card import VoiceCard

_SPEEDS = (0.7, 1.2)
"""The range of ``voice_settings.speed``."""
_WITHOUT_CONTEXT = "eleven_v3"
"""Models whose requests may not have the fields ``previous_text`` and ``next_text``."""


class ElevenLabs:
    """Options: ``voice`` (its id), ``model``, ``context``, and ``extra`` fields of the request.

    ``context`` (true, but with v3) sends the words of the same sentence around an utterance. Extra fields are
    ``extra.seed`` and ``extra.voice_settings.stability``. The base URL is ``https://api.elevenlabs.io``.
    """

    def __init__(self, card: VoiceCard, options: Options) -> None:
        self._rate = card.sample_rate
        self._path = (
            f"/v1/text-to-speech/{quote(options.text('voice'), safe='')}/with-timestamps"
            f"?output_format=pcm_{self._rate}"
        )
        model = options.text("model")
        self._heeds_context = options.flag("context", default=not model.startswith(_WITHOUT_CONTEXT))
        self._fields = merged(options.extra(), {"model_id": model})

    def speak(self, said: Said, call: Call) -> Spoken:
        """Say one utterance.

        Raises:
            Rejected: the voice cannot speak so fast or so slowly; nothing is sent.
        """
        fields = merged(self._fields, {"text": said.text})
        if said.speed != 1.0:
            least, most = _SPEEDS
            if not least <= said.speed <= most:
                raise Rejected(
                    f"ElevenLabs speaks at {least} to {most} of a voice's pace, not at {said.speed:g}",
                    f"سرعة أصوات ElevenLabs من {least} إلى {most}، لا {said.speed:g}",
                )
            fields = merged(fields, {"voice_settings": {"speed": round(said.speed, 3)}})
        for name, beside in (("previous_text", said.before), ("next_text", said.after)):
            if beside and self._heeds_context:
                fields[name] = beside
        answer = call(
            Request(
                path=self._path,
                body=json.dumps(fields, ensure_ascii=False).encode(),
                content_type="application/json",
                characters=len(said.text),
                headers={"xi-api-key": said.key.reveal()},
            )
        )
        told, audio = in_json(answer, "audio_base64")
        return Spoken(decode(audio, "", "pcm", self._rate), _words(said.text, told.get("alignment")))


def _words(text: str, alignment: Any) -> tuple[WordTiming, ...]:
    """The times of words from those of characters; none if these are not the characters of the text."""
    if not isinstance(alignment, Mapping):
        return ()
    characters, starts, ends = (
        alignment.get(name)
        for name in ("characters", "character_start_times_seconds", "character_end_times_seconds")
    )
    try:
        if "".join(characters or ()) != text:
            return ()
        times = list(zip(map(float, starts or ()), map(float, ends or ()), strict=True))
        spans: dict[int, tuple[float, float]] = {}
        at = 0
        for number, word in enumerate(text.split()):
            at = text.index(word, at)
            heard = [times[at + place] for place, letter in enumerate(word) if letter.isalnum()]
            at += len(word)
            if heard:
                spans[number] = heard[0][0], heard[-1][1]
    except (TypeError, ValueError, IndexError):
        return ()
    return tuple(WordTiming(number, *span) for number, span in spans.items())

"""OpenAI's format: ``POST /audio/speech``, spoken by many servers, another istami among them.

The fields are those of OpenAI's API reference, "Create speech".
"""

from __future__ import annotations

import json

from service.engines.remote.adapter import Call, Options, Request, Said, Spoken, merged
from service.engines.remote.markup import element, escaped
from service.engines.remote.names import FORMATS
from service.engines.remote.sound import decode
from voices.card import VoiceCard


class OpenAi:
    """Options: ``model``, ``voice``, ``response_format``, and ``extra`` fields of the request.

    With the option ``text = "ssml"`` the words are escaped inside ``<speak>``.
    """

    def __init__(self, card: VoiceCard, options: Options, *, ssml: bool) -> None:
        self._rate = card.sample_rate
        self._ssml = ssml
        self._form = options.text("response_format", "wav", FORMATS)
        self._fields = merged(
            options.extra(),
            {
                "model": options.text("model"),
                "voice": options.text("voice"),
                "response_format": self._form,
            },
        )

    def speak(self, said: Said, call: Call) -> Spoken:
        """Say one utterance."""
        text = element("speak", {}, escaped(said.text)) if self._ssml else said.text
        fields = self._fields | {"input": text}
        if said.speed != 1.0:
            fields["speed"] = round(said.speed, 3)
        secret = said.key.reveal()
        answer = call(
            Request(
                path="/audio/speech",
                body=json.dumps(fields, ensure_ascii=False).encode(),
                content_type="application/json",
                characters=len(text),
                headers={"Authorization": f"Bearer {secret}"} if secret else {},
            )
        )
        return Spoken(decode(answer.body, answer.content_type, self._form, self._rate))

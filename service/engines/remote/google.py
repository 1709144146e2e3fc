"""Google Cloud Text-to-Speech: ``POST /v1/text:synthesize``, JSON with the audio in base64.

By Google's reference "Method: text.synthesize". Made for Chirp 3 HD voices (``ar-XA-Chirp3-HD-…``); it tells
no times of words.
"""

from __future__ import annotations

import json

from service.engines.remote.adapter import Call, Options, Request, Said, Spoken, in_json, merged
from service.engines.remote.markup import element, escaped
from service.engines.remote.sound import decode
from service.model.errors import Rejected
from voices.card import VoiceCard

_MOST_BYTES = 5000
"""Of a text; Google refuses longer ones. An Arabic letter has two bytes, and so has each of its marks."""


class Google:
    """Options: ``voice`` (its language is the beginning of its name), and ``extra`` fields of the request.

    The base URL is ``https://texttospeech.googleapis.com``; the key is an API key.
    """

    def __init__(self, card: VoiceCard, options: Options, *, ssml: bool) -> None:
        self._rate = card.sample_rate
        self._ssml = ssml
        voice = options.text("voice")
        self._fields = merged(
            options.extra(),
            {
                "voice": {"languageCode": "-".join(voice.split("-")[:2]), "name": voice},
                "audioConfig": {"audioEncoding": "LINEAR16", "sampleRateHertz": self._rate},
            },
        )

    def speak(self, said: Said, call: Call) -> Spoken:
        """Say one utterance.

        Raises:
            Rejected: the text is longer than Google accepts; nothing is sent.
        """
        text = element("speak", {}, escaped(said.text)) if self._ssml else said.text
        if (size := len(text.encode())) > _MOST_BYTES:
            raise Rejected(
                f"its text has {size} bytes, and Google accepts {_MOST_BYTES}: lower limits.characters",
                f"حجم نصّه {size} بايت، وGoogle لا تقبل أكثر من {_MOST_BYTES}: اخفض limits.characters",
            )
        fields = merged(self._fields, {"input": {"ssml" if self._ssml else "text": text}})
        if said.speed != 1.0:
            fields = merged(fields, {"audioConfig": {"speakingRate": round(said.speed, 3)}})
        answer = call(
            Request(
                path="/v1/text:synthesize",
                body=json.dumps(fields, ensure_ascii=False).encode(),
                content_type="application/json",
                characters=len(text),
                headers={"X-Goog-Api-Key": said.key.reveal()},
            )
        )
        audio = in_json(answer, "audioContent")[1]
        return Spoken(decode(audio, "", "wav", self._rate))

"""Azure AI Speech: SSML by ``POST /cognitiveservices/v1``.

By Microsoft's reference "Text to speech REST API". Over REST it tells no times of words, and it refuses the
whole document for one element or phone that it does not know.
"""

from __future__ import annotations

from service.engines.remote.adapter import Call, Options, Request, Said, Spoken
from service.engines.remote.markup import element, paced
from service.engines.remote.sound import decode
from voices.card import VoiceCard

_FORMATS = {
    8000: "riff-8khz-16bit-mono-pcm",
    16_000: "riff-16khz-16bit-mono-pcm",
    22_050: "riff-22050hz-16bit-mono-pcm",
    24_000: "riff-24khz-16bit-mono-pcm",
    44_100: "riff-44100hz-16bit-mono-pcm",
    48_000: "riff-48khz-16bit-mono-pcm",
}
"""Names of the output formats, by sample rate."""


class Azure:
    """Options: ``voice`` (``ar-SA-ZariyahNeural``).

    The base URL is the region's, ``https://REGION.tts.speech.microsoft.com``.
    """

    def __init__(self, card: VoiceCard, options: Options) -> None:
        if card.sample_rate not in _FORMATS:
            rates = ", ".join(map(str, _FORMATS))
            raise options.wrong("sample_rate", f"must be one of {rates}", f"قيمته إحدى: {rates}")
        self._rate = card.sample_rate
        self._voice = options.text("voice")
        self._language = "-".join(self._voice.split("-")[:2])

    def speak(self, said: Said, call: Call) -> Spoken:
        """Say one utterance."""
        # A number multiplies the voice's own pace; Azure would add a percentage to it.
        words = paced(said.text, "" if said.speed == 1.0 else f"{said.speed:.3g}")
        answer = call(
            Request(
                path="/cognitiveservices/v1",
                body=self._ssml(words).encode(),
                content_type="application/ssml+xml",
                # Billed: all but the elements speak and voice.
                characters=len(words),
                headers={
                    "Ocp-Apim-Subscription-Key": said.key.reveal(),
                    "X-Microsoft-OutputFormat": _FORMATS[self._rate],
                },
            )
        )
        return Spoken(decode(answer.body, answer.content_type, "wav", self._rate))

    def _ssml(self, words: str) -> str:
        speak = {
            "version": "1.0",
            "xmlns": "http://www.w3.org/2001/10/synthesis",
            "xml:lang": self._language,
        }
        return element("speak", speak, element("voice", {"name": self._voice}, words))

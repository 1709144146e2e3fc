"""The obvious script, and the steps of ours one after another: what the service is held against.

Both speak with the service's own voice, vowels and phonemes, with models loaded, in the process that
measures.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from itertools import pairwise

from service.audio.frames import Format
from service.audio.join import AudioSegment, stretched
from service.config.settings import Settings
from service.engines.engine import Surroundings
from service.engines.registry import load
from service.model.article import Submission
from service.model.reading import Reading, SpokenText, Utterance
from service.model.recording import Clip
from service.server.container import Container
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.phonetics.utterance import utter_all

_PAUSE_MS = 500
_GAIN_DB = 0.0


class Steps:
    """The steps of the path, without anything between them."""

    def __init__(self) -> None:
        settings = Settings()
        voices = Container(settings).catalogue
        card = voices.get(settings.voice)
        self._engine = load(card, Surroundings(voices.folder(card)))
        self._layout = Format(card.sample_rate, settings.bitrate)
        self._intake, self._diacritiser = Container(settings).intake, Diacritiser()
        self.script("هذا خبر قصير.")
        self.steps("وهذا خبر آخر.")

    def script(self, text: str) -> float:
        """Seconds that the obvious script takes: sentence by sentence, joined by pydub, encoded by ffmpeg."""
        begun = time.perf_counter()
        rate = self._layout.sample_rate
        track = AudioSegment.silent(0, rate)
        for reading in self._readings(text):
            for clip in self._clips(reading):
                sound = AudioSegment(data=clip.pcm, sample_width=2, frame_rate=rate, channels=1)
                track += sound + AudioSegment.silent(_PAUSE_MS, rate)
        track.export(io.BytesIO(), format="mp3", bitrate=f"{self._layout.kbps}k")
        return time.perf_counter() - begun

    def steps(self, text: str) -> dict[str, float]:
        """Processor seconds that each step takes, on one core."""
        marks = [time.process_time()]
        readings = self._readings(text)
        marks.append(time.process_time())
        utterances = [each for reading in readings for each in self._utterances(reading)]
        marks.append(time.process_time())
        clips = [self._engine.speak(utterance, 1.0) for utterance in utterances]
        marks.append(time.process_time())
        for clip in clips:
            stretched(clip, _GAIN_DB, self._layout)
        marks.append(time.process_time())
        names = ("read", "vowels and phonemes", "speak", "encode")
        return dict(zip(names, (after - before for before, after in pairwise(marks)), strict=True))

    def _readings(self, text: str) -> list[Reading]:
        return self._intake.read(self._intake.extract(Submission(text=text)))

    def _utterances(self, reading: Reading) -> list[Utterance]:
        return utter_all(
            [SpokenText(piece.spoken, piece.latin) for piece in reading.pieces], self._diacritiser
        )

    def _clips(self, reading: Reading) -> Iterator[Clip]:
        return (self._engine.speak(utterance, 1.0) for utterance in self._utterances(reading))

"""Coqui TTS: XTTS, VITS, MMS, and any other single-language checkpoint folder.

ONNX Runtime runs VITS voices on a CPU; torch runs them on CUDA, and runs all other models.
"""

from __future__ import annotations

from service.engines.coqui_checkpoint import Kind, foreign, kind, read
from service.engines.coqui_export import exported
from service.engines.engine import Engine, Surroundings
from service.engines.pcm import Samples, to_int16, trim, whole
from service.engines.vits import Scales, VitsModel, clip
from service.model.errors import EngineError
from service.model.reading import Utterance
from service.model.recording import Clip
from voices.card import VoiceCard


class ExportedEngine:
    """A VITS voice in ONNX Runtime; needs no torch.

    Options of the card: ``noise_scale``, ``noise_w`` (instead of the checkpoint's own), ``speaker`` and
    ``language`` (index, for models with several).
    """

    def __init__(self, card: VoiceCard, surroundings: Surroundings) -> None:
        path, self._symbols = exported(surroundings.folder)
        self._model = VitsModel(path, self._symbols.hop, surroundings)
        options = card.options
        self._speed = card.speed
        self._noise = float(options.get("noise_scale", self._symbols.noise))
        self._noise_w = float(options.get("noise_w", self._symbols.noise_duration))
        self._speaker = int(options.get("speaker", 0))
        self._language = int(options.get("language", 0))

    @property
    def sample_rate(self) -> int:
        """Hertz, as the model was trained."""
        return self._symbols.sample_rate

    def speak(self, utterance: Utterance, speed: float) -> Clip:
        """Say one utterance."""
        ids, owners = self._symbols.spell(utterance.diacritised)
        if all(owner is None for owner in owners):
            raise EngineError("there is nothing to say", "لا شيء يقال")
        scales = Scales(self._noise, self._symbols.length / (self._speed * speed), self._noise_w)
        said = self._model.say(ids, scales, self._speaker, self._language)
        return clip(said, self.sample_rate, owners)

    def close(self) -> None:
        """Release the model."""
        del self._model


class TorchEngine:
    """A single-language voice in torch.

    Options of the card: ``speaker`` (name, for models with several).
    """

    def __init__(self, card: VoiceCard, surroundings: Surroundings) -> None:
        self._folder = surroundings.folder
        with foreign(self._folder):
            import torch

            torch.set_num_threads(surroundings.threads)
            self._model = read(self._folder).to(surroundings.device)
        self._speed = card.speed
        self._own_length = getattr(self._model, "length_scale", None)
        self._speaker = card.options.get("speaker")

    @property
    def sample_rate(self) -> int:
        """Hertz, as the model was trained."""
        return int(self._model.config.audio.sample_rate)

    def speak(self, utterance: Utterance, speed: float) -> Clip:
        """Say one utterance; a model without a length scale speaks only at its own pace."""
        pace = self._speed * speed
        if self._own_length is not None:
            self._model.length_scale = self._own_length / pace
        elif pace != 1.0:
            raise EngineError(
                f"the voice {self._folder.name} supports only speed 1",
                f"الصوت {self._folder.name} لا ينطق إلا بالسرعة 1",
            )
        with foreign(self._folder):
            import torch

            with torch.inference_mode():
                said = self._model.synthesize(
                    utterance.diacritised, speaker=self._speaker, use_griffin_lim=True
                )
        samples: Samples = said["wav"].astype("float32")
        return Clip(to_int16(trim(whole(samples), self.sample_rate).samples), self.sample_rate)

    def close(self) -> None:
        """Release the model."""
        del self._model


def load(card: VoiceCard, surroundings: Surroundings) -> Engine:
    """Make the engine of a Coqui card.

    Raises:
        MissingPart: Coqui TTS is not installed and the voice needs it.
        EngineError: the voice's files cannot be loaded.
    """
    what = kind(surroundings.folder)
    if what is Kind.XTTS:
        from service.engines.coqui_xtts import XttsEngine

        return XttsEngine(card, surroundings)
    if what in {Kind.VITS, Kind.MMS} and surroundings.device == "cpu":
        return ExportedEngine(card, surroundings)
    return TorchEngine(card, surroundings)

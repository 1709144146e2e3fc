"""Piper: neural voices in one ONNX file, fast on a CPU.

Arabic Piper voices are trained on eSpeak's phonemes of vowelled text. So they receive our vowelled text, and
Piper's own diacritiser is off.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from service.engines.engine import Surroundings
from service.engines.options import index, number
from service.engines.parts import ENGINES, lacking
from service.engines.vits import Scales, VitsModel, clip
from service.engines.vits_graph import add_height
from service.engines.word_alignment import BREAK, Owners, by_breaks, by_sound, sounds
from service.model.errors import EngineError
from service.model.reading import Utterance
from service.model.recording import Clip
from voices.card import VoiceCard


class PiperEngine:
    """Speaks with one Piper voice.

    Options of the card: ``speaker`` (name or index, for models with several), ``noise_scale`` and ``noise_w``
    (instead of the values in the model's own file).
    """

    def __init__(self, card: VoiceCard, surroundings: Surroundings) -> None:
        from piper.config import PiperConfig
        from piper.voice import PiperVoice

        model = _model(card, surroundings.folder)
        try:
            config = PiperConfig.from_dict(json.loads(Path(f"{model}.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError) as error:
            raise EngineError(
                f"{model.name}.json cannot be read: {error!r}", f"تعذّرت قراءة {model.name}.json: {error!r}"
            ) from error
        self._config = config
        self._model = VitsModel(_refined(model), config.hop_length, surroundings)
        # Piper makes phonemes and ids; the model runs here, with our number of threads.
        self._voice = PiperVoice(session=None, config=config, use_tashkeel=False)
        options = card.options
        self._speed = card.speed
        self._speaker = index(options, "speaker", _speakers(config), config.default_speaker_id)
        self._noise = number(options, "noise_scale", config.noise_scale)
        self._noise_w = number(options, "noise_w", config.noise_w_scale)

    @property
    def sample_rate(self) -> int:
        """Hertz, as the model was trained."""
        return int(self._config.sample_rate)

    def speak(self, utterance: Utterance, speed: float) -> Clip:
        """Say one utterance in one run of the model, so that no seam is heard."""
        phonemes = self._phonemes(utterance.diacritised)
        if not any(map(sounds, phonemes)):
            raise EngineError("there is nothing to say", "لا شيء يقال")
        ids = self._voice.phonemes_to_ids(phonemes)
        scales = Scales(self._noise, self._config.length_scale / (self._speed * speed), self._noise_w)
        said = self._model.say(ids, scales, self._speaker)
        return clip(said, self.sample_rate, self._owners(phonemes, ids, utterance.diacritised))

    def close(self) -> None:
        """Let go of the model."""
        del self._model

    def _phonemes(self, text: str) -> list[str]:
        sentences = self._voice.phonemize(text)
        return [phoneme for part in sentences for phoneme in (*part, BREAK)][:-1]

    def _owners(self, phonemes: Sequence[str], ids: Sequence[int], text: str) -> Owners:
        """The word of each id; empty if it cannot be determined."""
        words = text.split()
        owned = by_breaks(phonemes, len(words)) or by_sound(phonemes, list(map(self._phonemes, words)))
        id_map = self._config.phoneme_id_map
        pad = len(id_map.get("_", ()))
        owners: Owners = [None] * (len(id_map.get("^", ())) + pad)
        for phoneme, word in zip(phonemes, owned, strict=False):
            count = len(id_map.get(phoneme, ()))
            owners += [word] * (count + pad if count else 0)
        owners += [None] * len(id_map.get("$", ()))
        return owners if len(owners) == len(ids) else []


def load(card: VoiceCard, surroundings: Surroundings) -> PiperEngine:
    """Make the engine of a Piper card.

    Raises:
        MissingPart: Piper is not installed, or incompletely.
        EngineError: the voice's files cannot be loaded.
    """
    try:
        import piper  # noqa: F401  # only to check that it is installed
    except ImportError as error:
        raise lacking(card.id, ENGINES["piper"]) from error
    return PiperEngine(card, surroundings)


def _speakers(config: Any) -> dict[str, int]:
    """The index of each speaker's name; of its number, where a model names none."""
    return dict(config.speaker_id_map) or {str(at): at for at in range(config.num_speakers)}


def _model(card: VoiceCard, folder: Path) -> Path:
    names = [file.path for file in card.files if file.path.endswith(".onnx")]
    path = folder / names[0] if names else None
    if path is None or not path.is_file():
        raise EngineError(
            f"The voice {card.id} is not installed. Fix: istami voices install {card.id}.",
            f"لم يُثبَّت الصوت {card.id}. الحل: istami voices install {card.id}.",
        )
    return path


def _refined(model: Path) -> Path | bytes:
    """The model, faster on a CPU and with the length of each phoneme as an output, where possible."""
    try:
        import onnx
        from piper.patch_voice_with_alignment import add_alignment_output
    except ImportError:
        return model
    proto: Any = onnx.load(str(model))
    # Fails if the output exists already, or if the graph has no such value.
    with suppress(ValueError):
        add_alignment_output(proto)
    add_height(proto.graph)
    return bytes(proto.SerializeToString())

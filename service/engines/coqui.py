"""Coqui TTS: XTTS, VITS, MMS, and any other single-language checkpoint folder.

ONNX Runtime runs VITS voices on a CPU; torch runs them on CUDA, and runs all other models.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from service.engines.alphabet import Alphabet, Coverage, needed
from service.engines.coqui_checkpoint import Kind, foreign, kind, names_of, read, reads_letters, sow
from service.engines.coqui_export import SYMBOLS, exported
from service.engines.engine import Engine, Surroundings
from service.engines.options import index, number
from service.engines.pcm import Samples, to_int16, trim, whole
from service.engines.vits import Scales, VitsModel, clip
from service.model.errors import EngineError
from service.model.reading import Utterance
from service.model.recording import Clip
from voices.card import Option, VoiceCard

_NOISES = {"noise_scale": "inference_noise_scale", "noise_w": "inference_noise_scale_dp"}
"""Attributes of a VITS model in torch."""


class ExportedEngine:
    """A VITS voice in ONNX Runtime; needs no torch.

    Options of the card: ``noise_scale``, ``noise_w`` (instead of the checkpoint's own), ``speaker`` and
    ``language`` (name or index, for models with several).
    """

    def __init__(self, card: VoiceCard, surroundings: Surroundings) -> None:
        path, self._symbols = exported(surroundings.folder, surroundings.tell)
        self._model = VitsModel(path, self._symbols.hop, surroundings)
        self._alphabet = Alphabet(self._symbols.ids, card.lacks, card.id)
        options = card.options
        self._speed = card.speed
        self._noise = number(options, "noise_scale", self._symbols.noise)
        self._noise_w = number(options, "noise_w", self._symbols.noise_duration)
        self._speaker = index(options, "speaker", self._symbols.speakers)
        self._language = index(options, "language", self._symbols.languages)

    @property
    def sample_rate(self) -> int:
        """Hertz, as the model was trained."""
        return self._symbols.sample_rate

    def speak(self, utterance: Utterance, speed: float) -> Clip:
        """Say one utterance."""
        ids, owners = self._symbols.spell(self._alphabet.fitted(utterance.diacritised))
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

    Options of the card: ``speaker`` and ``language`` (name or index, for models with several);
    ``noise_scale`` and ``noise_w`` for VITS, as ``ExportedEngine`` has them; ``seed``, with which it draws
    the same lots after each loading.
    """

    def __init__(self, card: VoiceCard, surroundings: Surroundings) -> None:
        self._folder = surroundings.folder
        with foreign(self._folder):
            import torch

            torch.set_num_threads(surroundings.threads)
            self._model = read(self._folder).to(surroundings.device)
        self._speed = card.speed
        self._alphabet = Alphabet(self._model.tokenizer.characters.vocab, card.lacks, card.id)
        self._own_length = getattr(self._model, "length_scale", None)
        options = card.options
        self._speaker = _name(options, "speaker", self._model.speaker_manager)
        self._language = _name(options, "language", self._model.language_manager)
        for option, attribute in _NOISES.items():
            if option in options and hasattr(self._model, attribute):
                setattr(self._model, attribute, number(options, option, 0.0))
        sow(options)

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
        text = self._fitted(utterance.diacritised)
        with foreign(self._folder):
            import torch

            with torch.inference_mode():
                said = self._model.synthesize(
                    text,
                    speaker=self._speaker,
                    language=self._language,
                    use_griffin_lim=True,
                )
        samples: Samples = said["wav"].astype("float32")
        return Clip(to_int16(trim(whole(samples), self.sample_rate).samples), self.sample_rate)

    def close(self) -> None:
        """Release the model."""
        del self._model

    def _fitted(self, text: str) -> str:
        """The text in characters that the model knows; one that spells in its own way is only checked."""
        tokeniser = self._model.tokenizer
        if reads_letters(tokeniser):
            return self._alphabet.fitted(text)
        tokeniser.not_found_characters.clear()
        tokeniser.text_to_ids(text)
        self._alphabet.refuse(tokeniser.not_found_characters)
        return text


def _name(options: Mapping[str, Option], option: str, manager: Any) -> str | None:
    """The name of a speaker or a language; ``None`` for a model that has only one."""
    names = names_of(manager)
    wanted = index(options, option, names)
    return next((name for name, at in names.items() if at == wanted), None)


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


def coverage(card: VoiceCard, surroundings: Surroundings) -> Coverage | None:
    """Which letters the voice can say; ``None`` for one whose own files do not tell before it is loaded.

    Raises:
        EngineError: the voice's files cannot be read.
    """
    folder = surroundings.folder
    what = kind(folder)
    if what is Kind.XTTS:
        from service.engines.coqui_xtts import characters

        known: Collection[str] = characters(folder)
    elif (folder / SYMBOLS).is_file():
        known = exported(folder)[1].ids
    else:
        return None
    return Alphabet(known, card.lacks, card.id).coverage(needed(card.language))

"""XTTS: clones a speaker from a few seconds of speech; designed for a GPU."""

from __future__ import annotations

import json
import wave
from pathlib import Path
from typing import Any

import numpy as np

from service.engines import pcm
from service.engines.alphabet import Alphabet
from service.engines.clip_validation import ALLOWANCE, LONGEST
from service.engines.coqui_checkpoint import foreign, read, sow
from service.engines.coqui_split import split
from service.engines.engine import Surroundings
from service.engines.options import number
from service.model.errors import EngineError
from service.model.reading import Utterance
from service.model.recording import Clip
from voices.card import VoiceCard

CHARACTERS = 166
"""The longest Arabic text that XTTS accepts in one call; it drops words from longer ones."""
VOCABULARY = "vocab.json"
_IN_WORDS = frozenset("0123456789%&@#$°£")
_TOKENS_A_SECOND = 22050 / 1024
_SEAM_SECONDS = 0.15
"""Pause between two parts of an utterance that was too long; as long as at a comma."""


class XttsEngine:
    """Speaks with XTTS.

    Options of the card: ``speaker`` (a built-in one, by name) or ``reference`` (a WAV in the voice's
    folder, 16-bit, at least 3 s), ``language`` (default the card's), ``temperature``, ``seed`` (with which it
    draws the same lots after each loading).
    """

    def __init__(self, card: VoiceCard, surroundings: Surroundings) -> None:
        self._folder = surroundings.folder
        options = card.options
        self._speed = card.speed
        self._language = str(options.get("language", card.language))
        with foreign(self._folder):
            import torch

            torch.set_num_threads(surroundings.threads)
            self._model = read(self._folder).to(surroundings.device)
            self._latents = self._speaker(options.get("speaker"), options.get("reference"))
        self._alphabet = Alphabet(characters(self._folder), card.lacks, card.id)
        self._most_tokens = int(self._model.gpt.max_gen_mel_tokens)
        self._temperature = number(options, "temperature", float(self._model.config.temperature))
        sow(options)

    @property
    def sample_rate(self) -> int:
        """Hertz, as the model was trained."""
        return int(self._model.args.output_sample_rate)

    def speak(self, utterance: Utterance, speed: float) -> Clip:
        """Say one utterance, in parts if it is longer than ``CHARACTERS``."""
        # Given a lone question mark, it invents words.
        if not any(map(str.isalnum, utterance.diacritised)):
            raise EngineError("there is nothing to say", "لا شيء يقال")
        seam = np.zeros(int(_SEAM_SECONDS * self.sample_rate), dtype=np.float32)
        sounds: list[pcm.Samples] = []
        parts = split(self._alphabet.fitted(utterance.diacritised), CHARACTERS)
        # The parts share the allowance of one utterance, pauses between them included.
        allowance = ALLOWANCE / len(parts) - _SEAM_SECONDS
        for part in parts:
            said = self._say(part, self._speed * speed, allowance)
            sound = pcm.trim(pcm.whole(said), self.sample_rate).samples
            if not sound.size:
                raise EngineError(f"nothing was heard of «{part[:60]}»", f"لم يُسمع شيء من «{part[:60]}»")
            sounds += [seam, sound] if sounds else [sound]
        return Clip(pcm.to_int16(np.concatenate(sounds)), self.sample_rate)

    def close(self) -> None:
        """Release the model, and its GPU memory if any."""
        del self._model, self._latents
        with foreign(self._folder):
            import torch

            torch.cuda.empty_cache()

    def _say(self, text: str, speed: float, allowance: float) -> pcm.Samples:
        # An untrained or confused model never stops by itself; it has no room for more than its maximum.
        seconds = LONGEST * sum(map(str.isalpha, text)) + allowance
        tokens = max(1, int(seconds * _TOKENS_A_SECOND))
        self._model.gpt.max_gen_mel_tokens = min(tokens, self._most_tokens)
        config = self._model.config
        with foreign(self._folder):
            said = self._model.inference(
                text,
                self._language,
                *self._latents,
                temperature=self._temperature,
                length_penalty=config.length_penalty,
                repetition_penalty=config.repetition_penalty,
                top_k=config.top_k,
                top_p=config.top_p,
                speed=speed,
            )
        return np.asarray(said["wav"], dtype=np.float32)

    def _speaker(self, name: object, reference: object) -> tuple[Any, Any]:
        if reference is not None:
            sound, rate = _read_wav(self._folder / str(reference))
            return (
                self._model.get_gpt_cond_latents(sound, rate, self._model.config.gpt_cond_len),
                self._model.get_speaker_embedding(sound, rate),
            )
        speakers = self._model.speaker_manager.speakers if self._model.speaker_manager else {}
        if name not in speakers:
            known = sorted(speakers) or ["-"]
            raise EngineError(
                f"There is no speaker {name!r}; available: {', '.join(known)}.",
                f"لا يوجد متكلّم باسم «{name}»؛ الموجودون: {'، '.join(known)}.",
            )
        latents, embedding = speakers[name].values()
        return latents, embedding


def characters(folder: Path) -> frozenset[str]:
    """The characters of a voice's vocabulary, and those that XTTS turns into words first.

    Raises:
        EngineError: the vocabulary cannot be read.
    """
    try:
        tokens = json.loads((folder / VOCABULARY).read_text(encoding="utf-8"))["model"]["vocab"]
    except (OSError, ValueError, KeyError) as error:
        raise EngineError(
            f"{VOCABULARY} of {folder.name} cannot be read: {error!r}", f"تعذّرت قراءة {VOCABULARY}: {error!r}"
        ) from error
    return frozenset(token for token in tokens if len(token) == 1) | _IN_WORDS


def _read_wav(path: Path) -> tuple[Any, int]:
    import torch

    with wave.open(str(path), "rb") as file:
        rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
        data = file.readframes(file.getnframes())
    if width != 2:  # noqa: PLR2004  # bytes of a 16-bit sample
        raise EngineError(f"{path.name} is not a 16-bit WAV", f"{path.name} ليس ملف WAV بدقة 16 بت")
    samples = pcm.from_int16(data).reshape(-1, channels).mean(axis=1)
    return torch.from_numpy(samples).unsqueeze(0), rate

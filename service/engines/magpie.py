"""Magpie TTS Multilingual: NVIDIA's voices for Modern Standard Arabic, on ONNX Runtime, without torch."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from service.engines import magpie_tokens, pcm
from service.engines.alphabet import Coverage, needed, tried
from service.engines.engine import Surroundings
from service.engines.magpie_model import CONFIG, Chance, MagpieModel, Spoken
from service.engines.magpie_tokens import Token, Tokens
from service.engines.options import number
from service.engines.pacing import paced
from service.model.errors import EngineError
from service.model.reading import Utterance
from service.model.recording import Clip, WordTiming
from voices.card import VoiceCard

TOKENIZER = "assets/tokenizer.json"
_TRIES = 3
"""Seeds that are tried, one after the other, until a speech ends as it must."""


class MagpieEngine:
    """Speaks with one of the model's voices.

    Options of the card: ``speaker`` (index), ``locale`` (``ar-MSA``, ``ar-AE``, ``ar-SA``), ``seed``,
    ``temperature``, ``top``, ``guidance``.
    """

    def __init__(self, card: VoiceCard, surroundings: Surroundings) -> None:
        folder, options = surroundings.folder, card.options
        self._tokens = _tokens(card, folder)
        self._model = MagpieModel(folder, surroundings)
        self._speaker = int(number(options, "speaker", 0))
        if not 0 <= self._speaker < self._model.speakers:
            raise EngineError(
                f"the model has the speakers 0 to {self._model.speakers - 1}, not {self._speaker}",
                f"في النموذج متكلمون من 0 إلى {self._model.speakers - 1}، لا {self._speaker}",
            )
        usual = Chance()
        self._chance = Chance(
            seed=int(number(options, "seed", usual.seed)),
            temperature=number(options, "temperature", usual.temperature),
            top=int(number(options, "top", usual.top)),
            guidance=number(options, "guidance", usual.guidance),
        )
        self._speed = card.speed

    @property
    def sample_rate(self) -> int:
        """Hertz, as the model was trained."""
        return self._model.sample_rate

    def speak(self, utterance: Utterance, speed: float) -> Clip:
        """Say one utterance."""
        tokens = self._tokens.spell(utterance.diacritised)
        if not tokens:
            raise EngineError("there is nothing to say", "لا شيء يقال")
        spoken = self._said([token.id for token in tokens])
        pace = self._speed * speed
        samples, lead = pcm.trim(paced(pcm.whole(spoken.samples), self.sample_rate, pace), self.sample_rate)
        words = timings(tokens, spoken, pace, self.sample_rate)
        seconds, begin = samples.size / self.sample_rate, lead / self.sample_rate
        moved = (
            WordTiming(word.word, max(0.0, word.start - begin), min(seconds, word.end - begin))
            for word in words
        )
        clip = pcm.to_int16(samples)
        return Clip(clip, self.sample_rate, tuple(word for word in moved if word.start < word.end))

    def close(self) -> None:
        """Let go of the model."""
        del self._model

    def _said(self, tokens: list[int]) -> Spoken:
        """Say it with the card's seed; where that goes wrong, with the next ones."""
        for attempt in range(_TRIES - 1):
            with suppress(EngineError):
                return self._model.say(tokens, self._speaker, self._after(attempt))
        return self._model.say(tokens, self._speaker, self._after(_TRIES - 1))

    def _after(self, number: int) -> Chance:
        return replace(self._chance, seed=self._chance.seed + number)


def timings(tokens: list[Token], spoken: Spoken, speed: float, sample_rate: int) -> list[WordTiming]:
    """When each word is said: from the step that first attends to it, or beyond it, to that of the next word.

    Words that begin in one step share its time. The grid is one step, 93 ms with the published model.
    """
    firsts = [
        at for at, token in enumerate(tokens) if token.word is not None and token.word != tokens[at - 1].word
    ]
    second = sample_rate * speed
    end = spoken.samples.size / second
    reached = [
        next((step for step, at in enumerate(spoken.attended) if at >= first), len(spoken.attended))
        for first in firsts
    ]
    begun = [step * spoken.step / second for step in reached]
    starts = []
    for index, start in enumerate(begun):
        together = [place for place, other in enumerate(begun) if other == start]
        later = next((other for other in begun if other > start), end)
        starts.append(start + (later - start) * (index - together[0]) / len(together))
    return [
        WordTiming(tokens[first].word or 0, start, stop)
        for first, (start, stop) in zip(firsts, pairwise([*starts, end]), strict=True)
    ]


def load(card: VoiceCard, surroundings: Surroundings) -> MagpieEngine:
    """Make the engine of a Magpie card.

    Raises:
        EngineError: the voice's files cannot be loaded.
    """
    return MagpieEngine(card, surroundings)


def coverage(card: VoiceCard, surroundings: Surroundings) -> Coverage:
    """Which letters and marks the voice can say, by its table of tokens alone.

    Raises:
        EngineError: the voice's files cannot be read.
    """
    tokens = _tokens(card, surroundings.folder)
    return tried(needed(card.language), tokens.spell, magpie_tokens.INSTEAD)


def _tokens(card: VoiceCard, folder: Path) -> Tokens:
    try:
        config: dict[str, Any] = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise EngineError(
            f"The voice {card.id} is not installed. Fix: {card.install_command}.",
            f"لم يُثبَّت الصوت {card.id}. الحل: {card.install_command}.",
        ) from error
    except (OSError, ValueError) as error:
        raise EngineError(
            f"The voice's {CONFIG} cannot be loaded: {error!r}", f"تعذّر تحميل {CONFIG}: {error!r}"
        ) from error
    languages = config.get("language_to_tokenizer", {})
    locale = str(card.options.get("locale", "ar-MSA"))
    return magpie_tokens.read(folder / TOKENIZER, languages, locale, card.lacks)

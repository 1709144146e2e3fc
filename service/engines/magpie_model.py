"""Magpie TTS Multilingual in seven ONNX graphs: tokens of text in, sound out.

An encoder reads the text. A decoder predicts two frames of codec tokens a step; a local transformer draws
them one by one, each by the ones before it. Both run twice at once, with the text and without it, and what
the text adds is strengthened (classifier-free guidance). A codec turns the frames into sound.

The decoder keeps the keys and values of earlier steps (NeMo's ``use_kv_cache_for_inference``), which is
another path of chances than computing them anew under each prior, and not a rounding of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from service.engines.engine import Surroundings
from service.engines.magpie_alignment import Alignment, Numbers
from service.engines.onnx_session import opened
from service.model.errors import EngineError

GRAPHS = (
    "text_encoder",
    "cross_kv",
    "decoder_step",
    "local_step",
    "audio_embed",
    "lt_embed",
    "codec_decoder",
)
CONFIG, CONTEXTS = "assets/magpie_config.json", "assets/context_embeddings.npy"
_SPECIAL = 8
"""Tokens of a codebook that are no sound; the first begins, the second ends."""
_FEWEST_FRAMES = 4
"""What the codec decodes at least."""

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Chance:
    """How tokens are drawn."""

    seed: int = 0
    """The same seed, the same speech."""
    temperature: float = 0.6
    """0 takes the likeliest."""
    top: int = 80
    """Of the likeliest tokens, how many may be drawn."""
    guidance: float = 2.5
    """Weight of the text; 1 is no guidance."""
    steps: int = 250
    """Two frames each, 23 seconds; a speech that has not ended then has failed."""


class Spoken(NamedTuple):
    """What the model said."""

    samples: Numbers
    attended: list[int]
    """The token of the text at each step."""
    step: int
    """Samples a step."""


class MagpieModel:
    """The seven graphs, loaded once.

    Args:
        folder: of the voice's files.
        surroundings: number of threads, device.

    Raises:
        EngineError: a file is missing or damaged.
    """

    def __init__(self, folder: Path, surroundings: Surroundings) -> None:
        try:
            self.config: dict[str, Any] = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
            self._contexts = np.load(folder / CONTEXTS).astype(np.float32)
            self._codebooks = int(self.config["num_audio_codebooks"])
            self._stacked = int(self.config["frame_stacking_factor"])
            self._size = int(self.config["codebook_size"])
            self._heads = int(self.config["sa_n_heads"]), int(self.config["sa_d_head"])
            self._layers = int(self.config["decoder_n_layers"])
            self._local_layers = int(self.config["local_transformer_n_layers"])
            self._aligning = [int(layer) for layer in self.config["estimate_alignment_from_layers"]]
            self.sample_rate = int(self.config["sample_rate"])
        except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
            raise EngineError(
                f"The voice's model cannot be loaded: {error!r}", f"تعذّر تحميل نموذج الصوت: {error!r}"
            ) from error
        self._graphs = {name: opened(folder / f"{name}.onnx", surroundings) for name in GRAPHS}

    @property
    def speakers(self) -> int:
        """Number of voices."""
        return len(self._contexts)

    def say(self, tokens: list[int], speaker: int, chance: Chance) -> Spoken:
        """Say a text.

        Args:
            tokens: of the text, with its end.
            speaker: index of the voice.
            chance: how the speech is drawn.

        Raises:
            EngineError: a graph failed, or the speech did not end in time.
        """
        frames, attended = self._frames(tokens, speaker, chance)
        length = frames.shape[1]
        filled = np.pad(frames, ((0, 0), (0, max(0, _FEWEST_FRAMES - length))), mode="edge")
        [sound] = self._run("codec_decoder", codes=filled[None])
        each = sound.size // filled.shape[1]
        return Spoken(sound.reshape(-1)[: length * each].astype(np.float32), attended, each * self._stacked)

    def _frames(self, tokens: list[int], speaker: int, chance: Chance) -> tuple[Ids, list[int]]:
        """The codec's tokens, shape [codebooks, frames]; and the token of the text at each step."""
        draw = Draw(chance, self._size)
        with_text = self._memory(tokens)
        begin = np.full((2, self._stacked * self._codebooks), self._size, np.int64)
        context = self._contexts[speaker]
        given = np.concatenate([np.stack([context, np.zeros_like(context)]), self._embedded(begin)], axis=1)
        heads, width = self._heads
        keys = values = np.zeros((self._layers, 2, 0, heads, width), np.float32)
        alignment, place = Alignment(len(tokens)), 0
        prior = np.ones(len(tokens), np.float32)
        frames: list[Ids] = []
        attended: list[int] = []
        for _ in range(chance.steps):
            logits, hidden, keys, values, attention = self._run(
                "decoder_step",
                x=given,
                pos=np.arange(place, place + given.shape[1]),
                self_k=keys,
                self_v=values,
                attn_prior=np.repeat(prior[None, None], 2, axis=0),
                **with_text,
            )
            place += given.shape[1]
            # Of layers, heads: how much the text's own branch attended to each token at the last position.
            alignment.follow(attention[self._aligning, 0, :, -1].mean(axis=(0, 1)))
            attended.append(alignment.at)
            prior = alignment.prior()
            drawn = self._drawn(hidden[:, -1:], draw, may_end=alignment.ending)
            likeliest = draw.likeliest(logits[:, -1].reshape(2, drawn.size, -1), may_end=alignment.ending)
            stack = drawn.reshape(self._stacked, self._codebooks)
            ends = ((stack == draw.end) | (likeliest.reshape(stack.shape) == draw.end)).any(axis=1)
            if ends.any():
                frames.append(stack[: int(np.argmax(ends))])
                said = np.concatenate(frames)
                if said.size:
                    return said.T, attended
                break
            frames.append(stack)
            given = self._embedded(np.repeat(drawn[None], 2, axis=0))
        raise EngineError("the speech did not end as it must", "لم ينتهِ الكلام كما ينبغي")

    def _memory(self, tokens: list[int]) -> dict[str, Any]:
        """What the decoder knows of the text, and of no text."""
        text = np.array([tokens], np.int64)
        [encoded] = self._run("text_encoder", text=text, text_mask=np.ones(text.shape, np.float32))
        keys, values = self._run("cross_kv", cond=np.concatenate([encoded, np.zeros_like(encoded)]))
        mask = np.ones((2, len(tokens)), np.float32)
        mask[1, 1:] = 0
        return {"cross_k": keys, "cross_v": values, "cond_mask": mask}

    def _embedded(self, codes: Ids) -> Any:
        [embedded] = self._run("audio_embed", codes=codes)
        return embedded

    def _drawn(self, hidden: Any, draw: Draw, *, may_end: bool) -> Ids:
        """The tokens of one step, frame by frame."""
        heads, width = self._heads
        keys = values = np.zeros((self._local_layers, 2, 0, heads, width), np.float32)
        drawn: list[int] = []
        for number in range(self._stacked * self._codebooks):
            book = np.array(number, np.int64)
            logits, keys, values = self._run(
                "local_step", h=hidden, pos=book[None], cache_k=keys, cache_v=values, cb=book
            )
            drawn.append(draw.one(logits, may_end=may_end))
            [hidden] = self._run("lt_embed", tok=np.full(2, drawn[-1], np.int64), cb=book)
        return np.array(drawn, np.int64)

    def _run(self, graph: str, **given: Any) -> list[Any]:
        try:
            done: list[Any] = self._graphs[graph].run(None, given)
        except Exception as error:  # onnxruntime's errors share no base below Exception
            raise EngineError(f"The voice's model failed: {error}", f"أخفق نموذج الصوت: {error}") from error
        return done


class Draw:
    """Draws tokens of a codebook, guided by the text.

    Args:
        chance: how.
        size: tokens that are sound; the special ones follow.
    """

    def __init__(self, chance: Chance, size: int) -> None:
        self._chance = chance
        self.end = size + 1
        self._forbidden = [size + number for number in range(_SPECIAL) if number != 1]
        # NumPy keeps the stream of this generator for ever, and not that of its newer ones.
        self._random = np.random.RandomState(chance.seed)

    def one(self, logits: Any, *, may_end: bool) -> int:
        """Draw a token of logits with and without the text, shape [2, tokens]."""
        guided = self._guided(logits, may_end=may_end)
        if not self._chance.temperature:
            return int(np.argmax(guided))
        likely = np.argsort(-guided, kind="stable")[: self._chance.top]
        weights = np.exp((guided[likely] - guided[likely[0]]) / self._chance.temperature)
        reached = np.cumsum(weights)
        at = np.searchsorted(reached, self._random.random_sample() * reached[-1], side="right")
        return int(likely[min(int(at), likely.size - 1)])

    def likeliest(self, logits: Any, *, may_end: bool) -> Ids:
        """The likeliest token of each codebook, of logits with the shape [2, codebooks, tokens]."""
        return np.asarray(np.argmax(self._guided(logits, may_end=may_end), axis=-1))

    def _guided(self, logits: Any, *, may_end: bool) -> npt.NDArray[np.float64]:
        weight = self._chance.guidance
        guided = weight * logits[0].astype(np.float64) + (1 - weight) * logits[1]
        guided[..., [*self._forbidden, *([] if may_end else [self.end])]] = -np.inf
        return np.asarray(guided)

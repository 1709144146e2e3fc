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
from unicodedata import normalize

from service.engines.alphabet import LETTERS, Alphabet, Coverage, needed
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

_PLANE = frozenset(map(chr, range(0x3000)))
_ARABIC = frozenset(map(chr, (*range(0x600, 0x700), *range(0x750, 0x780), *range(0x870, 0x900)))) - {"ـ"}
_MISREAD = frozenset("ڤچژ")
"""Letters that eSpeak NG's Arabic leaves out, or reads as «letter six a four»."""
_FRAME = "بَ{}َب"
"""A word around the letter in question: alone, it would be read by its name."""


class PiperEngine:
    """Speaks with one Piper voice.

    Options of the card: ``speaker`` (name or index, for models with several), ``noise_scale`` and ``noise_w``
    (instead of the values in the model's own file).
    """

    def __init__(self, card: VoiceCard, surroundings: Surroundings) -> None:
        model = _model(card, surroundings.folder)
        self._config = config = _config(model)
        self._model = VitsModel(_refined(model), config.hop_length, surroundings)
        self._script = _Script(config, card)
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
        phonemes = self._script.phonemes(utterance.diacritised)
        if not any(map(sounds, phonemes)):
            raise EngineError("there is nothing to say", "لا شيء يقال")
        ids = self._script.ids(phonemes)
        scales = Scales(self._noise, self._config.length_scale / (self._speed * speed), self._noise_w)
        said = self._model.say(ids, scales, self._speaker)
        return clip(said, self.sample_rate, self._owners(phonemes, ids, utterance.diacritised))

    def close(self) -> None:
        """Let go of the model."""
        del self._model

    def _owners(self, phonemes: Sequence[str], ids: Sequence[int], text: str) -> Owners:
        """The word of each id; empty if it cannot be determined."""
        words = text.split()
        owned = by_breaks(phonemes, len(words)) or by_sound(phonemes, list(map(self._script.phonemes, words)))
        id_map = self._config.phoneme_id_map
        pad = len(id_map.get("_", ()))
        owners: Owners = [None] * (len(id_map.get("^", ())) + pad)
        for phoneme, word in zip(phonemes, owned, strict=False):
            count = len(id_map.get(phoneme, ()))
            owners += [word] * (count + pad if count else 0)
        owners += [None] * len(id_map.get("$", ()))
        return owners if len(owners) == len(ids) else []


class _Script:
    """From text to the symbols of one model.

    Piper makes phonemes and ids; the model runs in ``VitsModel``, with our number of threads.
    """

    def __init__(self, config: Any, card: VoiceCard) -> None:
        from piper.voice import PiperVoice

        self._voice = PiperVoice(session=None, config=config, use_tashkeel=False)
        self._letters = _letters(config, card)
        self._symbols = Alphabet(config.phoneme_id_map, card.lacks, card.id)

    def phonemes(self, text: str) -> list[str]:
        """The phonemes of a text, all of them with an id but for pauses, which separate words.

        Raises:
            EngineError: a letter that Piper can't read, or a phoneme without an id; the message names it.
        """
        sentences = self._voice.phonemize(self._letters.fitted(text) if self._letters else text)
        said = [phoneme for part in sentences for phoneme in (*part, BREAK)][:-1]
        return [known for phoneme in said for known in self._symbols.spelt([phoneme]) or [phoneme]]

    def ids(self, phonemes: list[str]) -> list[int]:
        """The ids of phonemes, with what the model wants between them."""
        return list(self._voice.phonemes_to_ids(phonemes))

    def coverage(self, signs: str) -> Coverage:
        """Which letters and marks are read, and turned into phonemes that have ids."""
        letters = self._letters.coverage(signs) if self._letters else Coverage(tuple(signs), {}, ())
        mute = {sign for sign in (*letters.known, *letters.instead) if not self._is_heard(sign)}
        return Coverage(
            tuple(sign for sign in letters.known if sign not in mute),
            {sign: other for sign, other in letters.instead.items() if sign not in mute},
            (*letters.lacks, *sorted(mute)),
        )

    def _is_heard(self, sign: str) -> bool:
        try:
            self.phonemes(_FRAME.format(sign))
        except EngineError:
            return False
        return True


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


def coverage(card: VoiceCard, surroundings: Surroundings) -> Coverage:
    """Which letters and marks the voice can say, by its configuration alone.

    Raises:
        EngineError: the voice's files cannot be read.
    """
    config = _config(_model(card, surroundings.folder))
    return _Script(config, card).coverage(needed(card.language))


def _letters(config: Any, card: VoiceCard) -> Alphabet | None:
    """The characters that can be read; ``None`` if eSpeak NG reads them in a language other than Arabic."""
    if config.phoneme_type == "text":
        ids = config.phoneme_id_map
        return Alphabet(
            (char for char in _PLANE if all(map(ids.__contains__, normalize("NFD", char)))),
            card.lacks,
            card.id,
        )
    if config.espeak_voice.partition("-")[0] != "ar":
        return None
    foreign = {char for char in _ARABIC if char.isalpha() and char not in LETTERS}
    return Alphabet(_PLANE - foreign - _MISREAD, card.lacks, card.id)


def _config(model: Path) -> Any:
    from piper.config import PiperConfig

    try:
        return PiperConfig.from_dict(json.loads(Path(f"{model}.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError) as error:
        raise EngineError(
            f"{model.name}.json cannot be read: {error!r}", f"تعذّرت قراءة {model.name}.json: {error!r}"
        ) from error


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

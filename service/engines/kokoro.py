"""Kokoro: StyleTTS 2 with an ISTFTNet vocoder, 24 kHz; natural on a CPU.

For Nabra and other Arabic voices of that architecture. The voices that come with Kokoro itself speak no
Arabic: they have no symbols for ح and ع.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from service.engines import kokoro_graph, kokoro_styles, kokoro_symbols, pcm
from service.engines.alphabet import SOUNDS, Coverage, needed, tried
from service.engines.engine import Surroundings
from service.engines.kokoro_symbols import INSTEAD, PAUSES, Symbol, Symbols
from service.engines.onnx_session import failure, opened
from service.engines.parts import ENGINES, lacking
from service.engines.vits import DURATIONS, Said, clip
from service.engines.word_alignment import BREAK, sounds
from service.model.errors import EngineError
from service.model.reading import Utterance
from service.model.recording import Clip
from voices.card import VoiceCard, primary

SAMPLE_RATE = 24_000
LONGEST = 510
"""Symbols in one run: the model has 512 positions, two of them for the ends."""
_ENDS = 0
"""The id before the first symbol and after the last."""
_ROLES = {
    "ids": frozenset(("input_ids", "tokens")),
    "style": frozenset(("style", "ref_s")),
    "speed": frozenset(("speed",)),
}
"""Names of the inputs in the exports that are published."""
_IMAGES = (SAMPLE_RATE / 5, 2 * SAMPLE_RATE / 5)
"""Hertz. The vocoder makes five samples at a time, and tones come of that where it speaks."""
_NOTCH = 5.0
"""Hertz; the deviation of a notch's bell."""
_PAUSE_SECONDS = 0.2
"""Silence where an utterance is parted at a pause."""


class KokoroEngine:
    """Speaks with one voice of a Kokoro model.

    Options of the card: ``voice`` (name, for a file with several), ``symbols`` (those that the model knows
    beyond its own table: ``ʕ=7 ħ=8``), ``phonemes`` (``espeak`` or ``own``), ``language`` (of eSpeak's
    transcription, instead of the card's).
    """

    def __init__(self, card: VoiceCard, surroundings: Surroundings) -> None:
        options, folder = card.options, surroundings.folder
        self._symbols = _symbols(card, folder)
        styles = _file(card, folder, *kokoro_styles.SUFFIXES)
        self._styles = kokoro_styles.read(styles, str(options.get("voice", "")))
        self._session = opened(_prepared(_file(card, folder, ".onnx")), surroundings)
        self._inputs = _inputs(self._session)
        self._outputs = _outputs(self._session)
        self._speed = card.speed

    @property
    def sample_rate(self) -> int:
        """Hertz."""
        return SAMPLE_RATE

    def speak(self, utterance: Utterance, speed: float) -> Clip:
        """Say one utterance, in one run of the model unless it has more than ``LONGEST`` symbols."""
        symbols = self._symbols.spell(utterance)
        if not any(sounds(symbol.text) for symbol in symbols):
            raise EngineError("there is nothing to say", "لا شيء يقال")
        parts = [*runs(symbols)]
        said = [self._say([symbol.id for symbol in part], speed) for part in parts]
        owners = [word for part in parts for word in (None, *(symbol.word for symbol in part), None)]
        paused = [part[-1].text in PAUSES.values() for part in parts]
        return clip(said[0] if len(said) == 1 else _joined(said, paused), SAMPLE_RATE, owners)

    def close(self) -> None:
        """Let go of the model."""
        del self._session

    def _say(self, ids: Sequence[int], speed: float) -> Said:
        """One run of the model: its sound without image tones, and the samples of each id and both ends."""
        values = {
            "ids": np.array([[_ENDS, *ids, _ENDS]], dtype=np.int64),
            "style": self._styles[[min(len(ids), len(self._styles)) - 1]],
            "speed": np.array([self._speed * speed], dtype=np.float32),
        }
        try:
            sound, *rest = self._session.run(
                self._outputs, {name: values[role] for role, name in self._inputs.items()}
            )
        except Exception as error:  # onnxruntime's errors share no base below Exception
            raise failure(error) from error
        samples = without_images(pcm.whole(np.asarray(sound, dtype=np.float32).reshape(-1)))
        return Said(samples, _samples_each(rest[0].reshape(-1), samples.size) if rest else None)


def load(card: VoiceCard, surroundings: Surroundings) -> KokoroEngine:
    """Make the engine of a Kokoro card.

    Raises:
        MissingPart: onnx is not installed.
        EngineError: the voice's files cannot be loaded.
    """
    part = ENGINES["kokoro"]
    if not part.there:
        raise lacking(card.id, part)
    return KokoroEngine(card, surroundings)


def coverage(card: VoiceCard, surroundings: Surroundings) -> Coverage:
    """Which letters and marks the voice can say; of one that is given our phonemes, which phones.

    Raises:
        MissingPart: eSpeak NG, or its voice for this language, is not installed.
        EngineError: the voice's files cannot be read.
    """
    symbols = _symbols(card, surroundings.folder)
    if _phonemes(card) == "own":
        return tried(SOUNDS, lambda phone: symbols.spell(Utterance("ب", "ب", phone)), {})
    return tried(needed(card.language), lambda text: symbols.spell(Utterance(text, text, "")), INSTEAD)


def _symbols(card: VoiceCard, folder: Path) -> Symbols:
    options = card.options
    table = kokoro_symbols.read(_file(card, folder, ".json"), str(options.get("symbols", "")))
    language = str(options.get("language", primary(card.language)))
    table = {symbol: id_ for symbol, id_ in table.items() if symbol not in card.lacks}
    return Symbols(table, language, own=_phonemes(card) == "own")


def _phonemes(card: VoiceCard) -> str:
    phonemes = str(card.options.get("phonemes", "espeak"))
    if phonemes not in {"espeak", "own"}:
        raise EngineError(
            f"the option phonemes is espeak or own, not {phonemes!r}",
            f"قيمة الخيار phonemes هي espeak أو own، لا «{phonemes}»",
        )
    return phonemes


def without_images(samples: pcm.Samples) -> pcm.Samples:
    """Remove the vocoder's image tones, and nothing else that is heard.

    Each notch is a Gaussian bell in the spectrum, without a shift of phase. Measured with Kokoro's own
    weights: the tones stand 24 and 27 dB above the speech around them, and 11 dB below it afterwards; from
    20 Hz beside them on, the change is below 0.01 dB.
    """
    # Half a second of silence keeps the end from ringing into the beginning.
    size = 1 << (samples.size + SAMPLE_RATE // 2).bit_length()
    frequencies = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    kept = np.ones_like(frequencies)
    for image in _IMAGES:
        kept -= np.exp(-0.5 * np.square((frequencies - image) / _NOTCH))
    spectrum = np.fft.rfft(samples, size) * kept
    return np.fft.irfft(spectrum, size)[: samples.size].astype(np.float32)


def runs(symbols: Sequence[Symbol], longest: int = LONGEST) -> Iterator[Sequence[Symbol]]:
    """Part symbols into runs of about equal length: at pauses, else between words, else anywhere."""
    while symbols:
        even = len(symbols) / -(-len(symbols) // longest)
        cut = len(symbols) if len(symbols) <= longest else _cut(symbols[:longest], even)
        if any(sounds(symbol.text) for symbol in symbols[:cut]):
            yield symbols[:cut]
        symbols = symbols[cut:]


def _cut(symbols: Sequence[Symbol], even: float) -> int:
    """The length of the first run: near ``even``, rather at a pause."""
    pauses = [at + 1 for at, symbol in enumerate(symbols) if symbol.text in PAUSES.values()]
    breaks = [at + 1 for at, symbol in enumerate(symbols) if symbol.text == BREAK]
    near = [at for at in pauses if at > even / 2]
    return min(near or breaks or [len(symbols)], key=lambda at: abs(at - even))


def _joined(said: Sequence[Said], paused: Sequence[bool]) -> Said:
    """The sounds of several runs, one after the other, with a pause where there is one."""
    pieces, lengths = [], []
    for each, pause in zip(said, paused, strict=True):
        samples, lead = pcm.trim(each.samples, SAMPLE_RATE)
        rest = int(_PAUSE_SECONDS * SAMPLE_RATE) * pause
        pieces.append(np.pad(samples, (0, rest)))
        if each.durations is not None:
            ends = np.clip(np.cumsum(each.durations) - lead, 0, samples.size)
            ends[-1] = samples.size + rest
            lengths.append(np.diff(ends, prepend=0))
    return Said(np.concatenate(pieces), np.concatenate(lengths) if lengths else None)


def _samples_each(frames: npt.NDArray[Any], samples: int) -> npt.NDArray[np.int64]:
    """The samples of each symbol; all frames together are the whole sound."""
    return np.round(frames * (samples / max(1.0, float(frames.sum())))).astype(np.int64)


def _prepared(model: Path) -> bytes:
    try:
        return kokoro_graph.prepared(model)
    except Exception as error:  # protobuf's errors share no public base below Exception
        raise EngineError(
            f"The voice's model cannot be loaded: {error!r}", f"تعذّر تحميل نموذج الصوت: {error!r}"
        ) from error


def _inputs(session: Any) -> dict[str, str]:
    """The name of each input by its role.

    Raises:
        EngineError: an input has a name that no known export uses, or speed is a whole number.
    """
    types = {item.name: item.type for item in session.get_inputs()}
    found = {role: name for role, names in _ROLES.items() for name in names & types.keys()}
    if len(found) != len(types) or found.keys() != _ROLES.keys():
        raise _foreign(types)
    if types[found["speed"]] != "tensor(float)":
        raise _foreign(types)
    return found


def _outputs(session: Any) -> list[str]:
    """The sound, and the frames of each symbol if the model tells them."""
    names = [item.name for item in session.get_outputs()]
    [sound, *_] = [name for name in names if name != DURATIONS]
    return [sound, *(name for name in names if name == DURATIONS)]


def _foreign(types: dict[str, str]) -> EngineError:
    told = ", ".join(f"{name}: {type_}" for name, type_ in types.items())
    return EngineError(
        f"this is not a Kokoro model: its inputs are {told}",
        f"ليس هذا نموذجًا من نماذج Kokoro: مداخله {told}",
    )


def _file(card: VoiceCard, folder: Path, *suffixes: str) -> Path:
    names = [file.path for file in card.files if file.path.endswith(suffixes)]
    path = folder / names[0] if names else None
    if path is None or not path.is_file():
        raise EngineError(
            f"The voice {card.id} is not installed. Fix: {card.install_command}.",
            f"لم يُثبَّت الصوت {card.id}. الحل: {card.install_command}.",
        )
    return path

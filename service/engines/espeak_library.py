"""eSpeak NG's C library: text in; PCM and word events out, or IPA.

The library carries state from one sentence to the next that no call resets (the position in its table of
pitch flutter), so that a repeated sentence never sounds the same. Therefore each call loads and unloads it:
about 3 ms, and the same text always gives the same samples.

Neither the library nor this module is thread-safe: one process, one thread.
"""

from __future__ import annotations

import _ctypes
import ctypes
import glob
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from pathlib import Path

from service.model.errors import EngineError, MissingPart

SAMPLE_RATE = 22050
_SYNCHRONOUS = 2
_DONT_EXIT = 0x8000
_UTF8_WITH_PHONEMES = 0x1 | 0x100
_WORD_EVENT = 1
_END_OF_LIST = 0
_UTF8 = 0x1
_IPA_WITH_TIES = 0x02 | 0x80 | ord("^") << 8
"""IPA, with ``^`` between the letters of one phoneme."""
_SEED = 1


class Parameter(IntEnum):
    """``espeak_PARAMETER`` of speak_lib.h."""

    RATE = 1
    """80 to 450, nominal words a minute."""
    PITCH = 3
    """0 to 100."""
    RANGE = 4
    """0 (monotone) to 100."""


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True, slots=True)
class WordEvent:
    """The start of a word in the sound."""

    position: int
    """Index into the text, in code points."""
    sample: int


class Recorder:
    """Collects the library's output while it speaks."""

    def __init__(self) -> None:
        self._pcm = bytearray()
        self._words: list[WordEvent] = []
        self.callback = _Callback(self._hear)

    def take(self) -> tuple[bytes, tuple[WordEvent, ...]]:
        """Return the sound and events since the last call."""
        heard = bytes(self._pcm), tuple(self._words)
        self._pcm.clear()
        self._words.clear()
        return heard

    def _hear(self, wave: int | None, count: int, events: ctypes.Array[_Event]) -> int:
        if wave and count > 0:
            self._pcm += ctypes.string_at(wave, 2 * count)
        at = 0
        while events[at].type != _END_OF_LIST:
            if events[at].type == _WORD_EVENT:
                self._words.append(WordEvent(events[at].text_position - 1, events[at].sample))
            at += 1
        return 0


def say(
    text: str, voice: str, parameters: Mapping[Parameter, int], recorder: Recorder
) -> tuple[bytes, tuple[WordEvent, ...]]:
    """Speak a text, in which ``[[...]]`` holds phoneme mnemonics.

    Returns:
        16-bit mono PCM at ``SAMPLE_RATE``, and the word events in the order of sound.

    Raises:
        MissingPart: the library or this voice is not installed.
        EngineError: the library rejected the text.
    """
    data = text.encode()
    with _loaded(recorder) as library:
        _choose(library, voice)
        for parameter, value in parameters.items():
            library.espeak_SetParameter(int(parameter), value, 0)
        size = ctypes.c_size_t(len(data) + 1)
        if library.espeak_Synth(data, size, 0, 0, 0, _UTF8_WITH_PHONEMES, None, None) != 0:
            raise EngineError(f"eSpeak NG refused: {text[:60]}", f"رفض eSpeak NG أن يقول: {text[:60]}")
    return recorder.take()


def phonemise(clauses: Sequence[str], voice: str) -> list[str]:
    """Transcribe clauses by eSpeak's own rules.

    Args:
        clauses: text without the punctuation of pauses, each at most a sentence long.
        voice: the name of a language's voice: ``ar``.

    Returns:
        The IPA of each clause: words separated by spaces, stress marks before vowels, ``^`` between the
        letters of one phoneme (d^ʒ).

    Raises:
        MissingPart: the library or this voice is not installed.
    """
    with _loaded(Recorder()) as library:
        _choose(library, voice)
        library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]
        return [" ".join(_transcribed(library, clause)) for clause in clauses]


def _transcribed(library: ctypes.CDLL, clause: str) -> Iterator[str]:
    """The IPA of a clause, in the parts that the library splits it into."""
    rest = ctypes.c_char_p(clause.encode())
    while rest.value:
        yield library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _IPA_WITH_TIES).decode().strip()


def _choose(library: ctypes.CDLL, voice: str) -> None:
    if library.espeak_SetVoiceByName(_file_of(voice).encode()) != 0:
        raise MissingPart(f"eSpeak NG has no voice {voice!r}.", f"لا يملك eSpeak NG صوتًا باسم «{voice}».")


@contextmanager
def _loaded(recorder: Recorder) -> Iterator[ctypes.CDLL]:
    path, data = _installed()
    library = _library(path)
    try:
        rate = library.espeak_Initialize(_SYNCHRONOUS, 0, data, _DONT_EXIT)
        if rate != SAMPLE_RATE:
            raise MissingPart(
                f"eSpeak NG did not start (it returned {rate}). Reinstall it: pip install espeakng-loader.",
                f"لم يبدأ eSpeak NG (أجاب {rate}). أعد تثبيته: pip install espeakng-loader.",
            )
        library.espeak_ng_SetRandSeed(ctypes.c_long(_SEED))
        library.espeak_SetSynthCallback(recorder.callback)
        yield library
    finally:
        library.espeak_Terminate()
        _ctypes.dlclose(library._handle)  # noqa: SLF001  # ctypes has no public way to unload


def _library(path: str) -> ctypes.CDLL:
    """Load the library, which may be built for another processor or lack a linked library."""
    try:
        return ctypes.CDLL(path)
    except OSError as error:  # its message contains the path, which must not be public
        raise MissingPart(
            "eSpeak NG cannot be loaded. Reinstall it: pip install espeakng-loader.",
            "تعذّر تحميل eSpeak NG. أعد تثبيته: pip install espeakng-loader.",
        ) from error


@lru_cache
def _file_of(voice: str) -> str:
    """The file of a voice that is named after its language, within eSpeak's folder of languages.

    Given any other name, the library reads all its voices to find one, which takes as long as a short
    sentence, and leaks that list when it is unloaded: 2 KB each time.
    """
    languages = Path(os.fsdecode(_installed()[1])) / "espeak-ng-data" / "lang"
    language, plus, variant = voice.partition("+")
    found = next(languages.glob(f"*/{glob.escape(language)}"), None)
    return f"{found.parent.name}/{language}{plus}{variant}" if found else voice


def _installed() -> tuple[str, bytes]:
    try:
        import espeakng_loader
    except ImportError as error:
        raise MissingPart(
            "eSpeak NG is not installed. Fix: pip install espeakng-loader.",
            "لم يُثبَّت eSpeak NG. الحل: pip install espeakng-loader.",
        ) from error
    # eSpeak expects the parent folder of its espeak-ng-data.
    return espeakng_loader.get_library_path(), str(Path(espeakng_loader.get_data_path()).parent).encode()

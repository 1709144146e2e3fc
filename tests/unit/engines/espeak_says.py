"""Run by the round-trip tests, in a process of its own: eSpeak's state is global.

Reads lines of eSpeak input, and writes for each the phonemes that eSpeak's Arabic voice understood.
"""

import ctypes
import sys

import espeakng_loader

UTF8, PHONEMES = 1, 0x100
SYNCHRONOUS = 2
"""AUDIO_OUTPUT_SYNCHRONOUS: no sound device, no thread."""

lib = ctypes.CDLL(espeakng_loader.get_library_path())
lib.espeak_Initialize.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int]
lib.espeak_Synth.argtypes = [
    ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int,
    ctypes.c_uint, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p,
]  # fmt: skip
lib.espeak_TextToPhonemes.restype = ctypes.c_char_p
lib.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]


def understood(line: str) -> str:
    rest = ctypes.c_char_p(line.encode())
    heard = []
    while rest.value:
        heard.append(lib.espeak_TextToPhonemes(ctypes.byref(rest), UTF8, 0).decode())
    return " | ".join(heard)


lib.espeak_Initialize(SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
lib.espeak_SetVoiceByName(b"ar")
# espeak_TextToPhonemes reads [[…]] as phonemes once a synthesis has been asked to.
lib.espeak_Synth(b"[[a]]", 6, 0, 0, 0, UTF8 | PHONEMES, None, None)
for line in sys.stdin.read().splitlines():
    sys.stdout.write(understood(line) + "\n")

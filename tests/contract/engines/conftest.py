import os
import shutil
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from service.engines.engine import Surroundings
from service.testing.engines import Voice
from service.testing.speech_server import SpeechServer
from voices.calibration import Calibration
from voices.card import Limits, Names, VoiceCard, VoiceFile
from voices.catalogue import Catalogue
from voices.installer import install
from voices.licence import CommercialUse
from voices.terms import Terms

TESTS = Path(__file__).parents[2]
NEEDED = {
    "coqui": ("TTS", "torch", "onnx"),
    "kokoro": ("onnx",),
    "magpie": ("onnx",),
    "mbrola": (),
    "piper": ("piper", "onnx"),
}
PROGRAMS = {"mbrola": ("mbrola",)}
KEY = "AKIDEXAMPLE:tones-and-no-secret"
"""Of the server that speaks in tones; two halves, as Polly's keys have them."""


def require(part, *files, modules=()):
    """A part that is not installed skips its tests at home and fails them where it was promised."""
    missing = [name for name in (*NEEDED[part], *modules) if find_spec(name) is None]
    missing += [name for name in PROGRAMS.get(part, ()) if shutil.which(name) is None]
    missing += [file for file in files if not Path(file).is_file()]
    if not missing:
        return
    if os.environ.get("CI") == "true" and part in os.environ.get("ISTAMI_REQUIRE", "").split(","):
        pytest.fail(f"{part} was promised, and {', '.join(missing)} is missing")
    pytest.skip(f"needs {', '.join(missing)}")


def card(engine, sample_rate, *, files=(), **options):
    return VoiceCard(
        id=f"tiny-{engine}",
        name=Names("صوت صغير", "Tiny voice"),
        engine=engine,
        language="ar",
        dialect="standard",
        gender="neutral",
        sample_rate=sample_rate,
        licence="CC0-1.0",
        commercial_use=CommercialUse.YES,
        attribution="made by a script of ours",
        limits=Limits(500),
        files=tuple(map(VoiceFile, files)),
        options=options,
    )


def make(script, *arguments):
    subprocess.run([sys.executable, TESTS / script, *map(str, arguments)], check=True, capture_output=True)


@pytest.fixture(scope="session")
def workshop(tmp_path_factory):
    return tmp_path_factory.mktemp("voices")


@pytest.fixture(scope="session")
def espeak(workshop):
    return Voice(Catalogue(workshop / "none").get("espeak-ar"), Surroundings(workshop), deterministic=True)


def system_voice(workshop, id_):
    """A voice that Debian's packages have, installed as users do."""
    catalogue = Catalogue(workshop / "system")
    voice = catalogue.get(id_)
    require("mbrola", *(file.system for file in voice.files))
    install(catalogue, voice, lambda *_: None, hear=lambda _: Calibration(0.0, 0.1), accept_licence=True)
    return Voice(voice, Surroundings(catalogue.folder(voice)), deterministic=True)


@pytest.fixture(scope="session")
def mbrola_ar1(workshop):
    return system_voice(workshop, "mbrola-ar1")


@pytest.fixture(scope="session")
def mbrola_ar2(workshop):
    return system_voice(workshop, "mbrola-ar2")


@pytest.fixture(scope="session")
def piper(workshop):
    require("piper")
    make("make_piper_voice.py", workshop / "piper")
    tones = card("piper", 16000, files=("tones.onnx", "tones.onnx.json"))
    return Voice(tones, Surroundings(workshop / "piper"), deterministic=True)


def kokoro_voice(workshop, variant, file, **options):
    require("kokoro")
    folder = workshop / variant
    make("make_kokoro_voice.py", folder, variant)
    tones = card("kokoro", 24000, files=("tones.onnx", "symbols.json", file), symbols="ʕ=7 ħ=8", **options)
    return Voice(tones, Surroundings(folder), times_words=variant != "input_ids-ref_s")


@pytest.fixture(scope="session")
def kokoro(workshop):
    """A model with durations inside, given what eSpeak makes of the text."""
    return kokoro_voice(workshop, "tokens-style", "voice.npz", voice="tones")


@pytest.fixture(scope="session")
def kokoro_noisy(workshop):
    """A model that draws lots, and tells no durations."""
    return kokoro_voice(workshop, "input_ids-ref_s", "voice.pt")


@pytest.fixture(scope="session")
def kokoro_told(workshop):
    """A model that tells durations, given our phonemes."""
    return kokoro_voice(workshop, "input_ids-style", "voice.bin", phonemes="own")


@pytest.fixture(scope="session")
def magpie(workshop):
    require("magpie")
    make("make_magpie_voice.py", workshop / "magpie")
    return Voice(card("magpie", 22050), Surroundings(workshop / "magpie"))


@pytest.fixture(scope="session")
def vits(workshop):
    require("coqui")
    make("make_coqui_voices.py", "vits", workshop / "vits")
    still = card("coqui", 22050, noise_scale=0.0, noise_w=0.0)
    return Voice(still, Surroundings(workshop / "vits"), deterministic=True)


@pytest.fixture(scope="session")
def choir(workshop):
    """A VITS with two speakers, whose configuration names a file of the trainer's machine."""
    require("coqui")
    make("make_coqui_voices.py", "vits-choir", workshop / "choir")
    still = card("coqui", 22050, noise_scale=0.0, noise_w=0.0)
    return Voice(still, Surroundings(workshop / "choir"), deterministic=True)


@pytest.fixture(scope="session")
def mms(workshop):
    require("coqui")
    make("make_coqui_voices.py", "mms", workshop / "mms")
    still = card("coqui", 16000, noise_scale=0.0, noise_w=0.0)
    return Voice(still, Surroundings(workshop / "mms", threads=2), deterministic=True)


@pytest.fixture(scope="session")
def xtts(workshop):
    require("coqui")
    make("make_coqui_voices.py", "xtts", workshop / "xtts")
    cloned = card("coqui", 24000, reference="reference.wav")
    around = Surroundings(workshop / "xtts", threads=2)
    return Voice(cloned, around, deterministic=False, times_words=False)


@pytest.fixture(scope="session")
def speech_server():
    with SpeechServer(key=KEY) as server:
        yield server


@pytest.fixture(scope="session")
def remote(speech_server, workshop):
    """Makes a voice of the server, by an adapter of ours."""
    file = workshop / "key"
    file.write_text(KEY)
    file.chmod(0o600)

    def remote(rate=24_000, path="", *, times_words=False, **options):
        terms = Terms(f"{speech_server.url}{path}", key_file=str(file), private=True)
        spoken = replace(card("remote", rate, **options), remote=terms)
        return Voice(spoken, Surroundings(workshop), deterministic=True, times_words=times_words)

    return remote


@pytest.fixture(scope="session")
def remote_openai(remote):
    return remote(path="/v1", model="tones", voice="any")


@pytest.fixture(scope="session")
def remote_azure(remote):
    return remote(adapter="azure", voice="ar-SA-ZariyahNeural")


@pytest.fixture(scope="session")
def remote_google(remote):
    return remote(adapter="google", voice="ar-XA-Chirp3-HD-Aoede")


@pytest.fixture(scope="session")
def remote_polly(remote):
    return remote(16_000, adapter="polly", voice="Zeina", times_words=True)


QUICK = [
    "espeak",
    "kokoro",
    "remote_openai",
    pytest.param("mbrola_ar1", marks=pytest.mark.mbrola),
    pytest.param("mbrola_ar2", marks=pytest.mark.mbrola),
    pytest.param("piper", marks=pytest.mark.piper),
    pytest.param("vits", marks=pytest.mark.coqui),
]
SLOW = [
    "remote_azure",
    "remote_google",
    "remote_polly",
    pytest.param("mms", marks=(pytest.mark.coqui, pytest.mark.timeout(600))),
    pytest.param("xtts", marks=(pytest.mark.coqui, pytest.mark.timeout(600))),
]


@pytest.fixture(scope="module", params=QUICK)
def quick(request):
    """A voice that says a sentence in far less time than it lasts."""
    return request.getfixturevalue(request.param)


MORE = ["kokoro_noisy", "kokoro_told", "magpie"]


@pytest.fixture(scope="module", params=QUICK + MORE + SLOW)
def voice(request):
    return request.getfixturevalue(request.param)

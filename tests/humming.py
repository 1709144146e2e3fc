"""A small true engine and its voices, for tests that install voices: they hum, and need a file to do so."""

from __future__ import annotations

import hashlib
import os
import textwrap
from pathlib import Path

ENGINE = """
    from service.model.recording import Clip

    class Humming:
        sample_rate = 22050
        def __init__(self, card, surroundings):
            assert (surroundings.folder / "model.bin").read_bytes().startswith(b"model")
        def speak(self, utterance, speed):
            seconds = 0.06 * len(utterance.spoken)
            return Clip(bytes(range(1, 100, 2)) * int(seconds * 22050 * 2 / 50), 22050)
        def close(self):
            pass
    """
CARD = """
    id = "{id}"
    engine = "humming"
    language = "ar"
    dialect = "standard"
    gender = "female"
    sample_rate = 22050
    licence = "Apache-2.0"
    commercial_use = {commercial_use}
    attribution = "us"
    homepage = "https://example.com"
    name = {{ ar = "هامس", en = "Humming" }}
    limits = {{ characters = 2000 }}
    [[files]]
    path = "model.bin"
    url = "{url}/{id}.bin"
    size = {size}
    sha256 = "{sha256}"
    """
MODEL = b"model" * 20_000
"""The file that each of the voices needs."""


def furnish(folder: Path, url: str, **voices: bool) -> dict[str, str]:
    """Put the engine and cards into a folder; return the settings of a service that knows them.

    Args:
        folder: an empty one; its subfolder ``data`` is the service's data folder.
        url: where ``ID.bin`` of each voice is downloaded from.
        voices: whether a commercial site may use each, by id.
    """
    installed = folder / "humming-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: humming\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("[istami.engines]\nhumming = humming:Humming\n")
    (folder / "humming.py").write_text(textwrap.dedent(ENGINE))
    for name, commercial_use in voices.items():
        card = folder / "data" / "voices" / name / "card.toml"
        card.parent.mkdir(parents=True)
        told = {"id": name, "commercial_use": str(commercial_use).lower(), "url": url}
        told |= {"size": len(MODEL), "sha256": hashlib.sha256(MODEL).hexdigest()}
        card.write_text(textwrap.dedent(CARD).format(**told))
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
    return {"ISTAMI_DATA_DIR": str(folder / "data"), "PYTHONPATH": path}

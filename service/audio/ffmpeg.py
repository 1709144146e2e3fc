"""Finds ffmpeg: the system's if installed, else the one in the imageio-ffmpeg wheel.

Every release from 4 on is supported: no option that only some releases know is used.
"""

from __future__ import annotations

import shutil

from service.model.errors import MissingPart

_LONGEST_LINE = 300  # characters


def find_ffmpeg() -> str:
    """The path of the program.

    Raises:
        MissingPart: no ffmpeg is installed.
    """
    if found := shutil.which("ffmpeg"):
        return found
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise MissingPart(
            "ffmpeg was not found: install it, or `pip install imageio-ffmpeg`",
            "لم يُعثر على ffmpeg: ثبّته، أو نفّذ `pip install imageio-ffmpeg`",
        ) from error


def last_line(said: bytes) -> str:
    """The last line that ffmpeg wrote to stderr, which states the error; "no reason given" for none."""
    lines = said.decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "no reason given")[:_LONGEST_LINE]

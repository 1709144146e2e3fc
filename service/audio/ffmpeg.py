"""Which ffmpeg is used: the system's where there is one, else the one in the imageio-ffmpeg wheel."""

from __future__ import annotations

import shutil

from service.errors import MissingPart


def find_ffmpeg() -> str:
    """The path of the program.

    Raises:
        MissingPart: there is none.
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

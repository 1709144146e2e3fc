"""Small files of text that people and programs write: seen when they change, replaced whole."""

from __future__ import annotations

from pathlib import Path

Stamp = tuple[int, int] | None


def stamp(path: Path) -> Stamp:
    """Changes when the file does; ``None`` when there is none."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_mtime_ns, seen.st_size


def replace(path: Path, text: str) -> Path:
    """Write a file whole or not at all, and its folder with it; where it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    return part.replace(path)

"""Reads the options of voice cards; those that `istami voices add` writes are strings."""

from __future__ import annotations

from collections.abc import Mapping

from service.model.errors import EngineError
from voices.card import Option


def number(options: Mapping[str, Option], name: str, default: float) -> float:
    """An option that is a number.

    Raises:
        EngineError: it is something else.
    """
    given = options.get(name, default)
    try:
        return float(given)
    except ValueError as error:
        raise EngineError(
            f"The option {name}={given} must be a number.", f"يجب أن يكون الخيار {name}={given} عددًا."
        ) from error


def index(options: Mapping[str, Option], name: str, names: Mapping[str, int] | None, default: int = 0) -> int:
    """An option that chooses a speaker or a language, by name or by index.

    Args:
        options: of the card.
        name: of the option.
        names: the index of each name that the model has; empty if it has only one, ``None`` if not known.
        default: the index without the option.

    Raises:
        EngineError: the model has no such name or index.
    """
    if name not in options:
        return default
    wanted = str(options[name])
    if names and wanted in names:
        return names[wanted]
    if wanted.isdecimal() and (names is None or int(wanted) in {0, *names.values()}):
        return int(wanted)
    named = (names or {}).items()
    there = [each if each == str(at) else f"{at} ({each})" for each, at in named] or ["0"]
    raise EngineError(
        f"The option {name}={wanted} is none that this voice has: {', '.join(there)}.",
        f"الخيار {name}={wanted} ليس في هذا الصوت، وفيه: {'، '.join(there)}.",
    )

"""How log lines look, in every process that a command starts."""

import logging


def to_standard_error(level: int | str) -> None:
    """Log from ``level`` on, unless something else was set up already."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")

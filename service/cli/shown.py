"""Secrets that are shown once and stored nowhere, such as a key: created only if they can be shown."""

from __future__ import annotations

import sys

from service.model.errors import Unwritable


def check_output() -> None:
    """Check that this command has a standard output.

    Raises:
        Unwritable: it was started without one, where Python drops what is written and reports nothing.
    """
    if sys.stdout is None:
        raise Unwritable(
            "Standard output is closed, but this command prints its result there. Nothing has changed.",
            "المخرج القياسي مغلق، وفيه يُعرض ما ينشئه هذا الأمر مرة واحدة: لم يتغيّر شيء.",
        )

"""Names for bytes, made from what the bytes depend on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def digest(parts: Mapping[str, Any]) -> str:
    """SHA-256 (64 hex digits) of JSON-able parts, whatever order they are given in.

    Raises:
        TypeError: a part is not JSON-able.
    """
    canonical = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()

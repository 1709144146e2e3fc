"""Names for stored bytes, derived from all inputs of these bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def digest(parts: Mapping[str, Any]) -> str:
    """Return the SHA-256 (64 hex digits) of JSON-serialisable parts, in any order.

    Raises:
        TypeError: a part is not JSON-serialisable.
    """
    canonical = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()

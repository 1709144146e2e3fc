"""Secrets and signatures, as in the Standard Webhooks specification."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime

from standardwebhooks import Webhook

_SECRET_BYTES = 32
"""The specification asks for 24 to 64."""
PREFIX = "whsec_"


def new_secret() -> str:
    """A new random secret."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def headers(keys: Iterable[str], event: str, when: float, body: str) -> dict[str, str]:
    """The headers that prove who sent a body, and when.

    Args:
        keys: secrets; each signs, so that a receiver may have either during a rotation.
        event: the event's id.
        when: of this attempt; seconds since 1970, UTC.
        body: exactly as sent.
    """
    moment = datetime.fromtimestamp(int(when), UTC)
    return {
        "webhook-id": event,
        "webhook-timestamp": str(int(when)),
        "webhook-signature": " ".join(Webhook(key).sign(event, moment, body) for key in keys),
    }

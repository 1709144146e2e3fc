"""AWS's signature of a request, version 4 (SigV4), by AWS's "Create a signed AWS API request"."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request goes."""

    host: str
    region: str
    service: str


def signed(
    place: Place, path: str, headers: Mapping[str, str], body: bytes, key: str, now: datetime
) -> dict[str, str]:
    """The headers of a signed POST, without a query.

    Args:
        place: where it goes.
        path: its path, which needs no escapes.
        headers: further ones, all signed.
        body: the payload.
        key: the id of an access key, its secret, and a session's token if there is one, between colons.
        now: in UTC.
    """
    id_, _, rest = key.partition(":")
    secret, _, token = rest.partition(":")
    moment, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    sent = {**headers, "Host": place.host, "X-Amz-Date": moment}
    if token:
        sent["X-Amz-Security-Token"] = token
    lines = sorted((name.lower(), " ".join(value.split())) for name, value in sent.items())
    names = ";".join(name for name, _ in lines)
    canonical = "\n".join(
        ("POST", path, "", *(f"{name}:{value}" for name, value in lines), "", names, _sha256(body))
    )
    scope = f"{day}/{place.region}/{place.service}/aws4_request"
    to_sign = "\n".join(("AWS4-HMAC-SHA256", moment, scope, _sha256(canonical.encode())))
    secret_of = f"AWS4{secret}".encode()
    for part in (day, place.region, place.service, "aws4_request"):
        secret_of = _hmac(secret_of, part)
    signature = _hmac(secret_of, to_sign).hex()
    sent["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={id_}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return sent


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()

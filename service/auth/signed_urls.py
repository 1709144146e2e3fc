"""Signatures of this service: URLs that expire, and the keys of private recordings.

Both are HMAC-SHA256 under one secret of 256 random bits, stored without a time to live.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cache.store import Store
from service.storage.codec import Kind, packed, unpacked
from service.storage.keys import SIGNING

_SECRET_BYTES = 32


def _whole(secret: bytes) -> bytes:
    if len(secret) != _SECRET_BYTES:
        raise ValueError("what is left of a secret can be guessed")
    return secret


_SECRET = Kind("secret", _whole, _whole)


class Signer:
    """Signs, and verifies its signatures.

    Every method raises ``StoreUnavailable`` when the store does not answer.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def seal(self, site: str | None) -> str:
        """A value that separates a site's private recordings from others of the same text."""
        return self._made("seal", site or "").hex()

    def signature(self, article: str, site: str | None, expires: int) -> str:
        """The signature of an article's URL.

        Args:
            article: its id.
            site: of the article: the URL does not open another site's article that later has the id.
            expires: seconds since 1970, UTC, after which the URL is invalid.
        """
        made = self._made("address", f"{expires} {article}\n{site or ''}")
        return base64.urlsafe_b64encode(made).rstrip(b"=").decode()

    def signed(self, article: str, site: str | None, expires: int, signature: str) -> bool:
        """Whether that is the signature of such a URL; compared in constant time."""
        return hmac.compare_digest(self.signature(article, site, expires).encode(), signature.encode())

    def _made(self, what: str, of: str) -> bytes:
        # The kind is signed too, so that no signature is valid for another kind.
        return hmac.digest(self._secret(), f"{what}\n{of}".encode(), hashlib.sha256)

    def _secret(self) -> bytes:
        while (secret := unpacked(_SECRET, value := self._store.get(SIGNING))) is None:
            self._store.swap(SIGNING, value, packed(_SECRET, secrets.token_bytes(_SECRET_BYTES)))
        return secret

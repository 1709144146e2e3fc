"""What only this service can have written: addresses that expire, and the names of private recordings.

Both are HMAC-SHA256 under one secret of 256 random bits, which lies in the store without a time to live.
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
    """Signs, and knows its signatures again.

    Every method raises ``StoreUnavailable`` when the store does not answer.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def seal(self, site: str | None) -> str:
        """What makes a site's private recordings others than those of the same text elsewhere."""
        return self._made("seal", site or "").hex()

    def signature(self, article: str, site: str | None, expires: int) -> str:
        """Of an article's address.

        Args:
            article: its id.
            site: whose it is: an address opens no other site's article that comes to have the id.
            expires: seconds since 1970, UTC, after which the address is good for nothing.
        """
        made = self._made("address", f"{expires} {article}\n{site or ''}")
        return base64.urlsafe_b64encode(made).rstrip(b"=").decode()

    def signed(self, article: str, site: str | None, expires: int, signature: str) -> bool:
        """Whether that is the signature of such an address; compared in constant time."""
        return hmac.compare_digest(self.signature(article, site, expires).encode(), signature.encode())

    def _made(self, what: str, of: str) -> bytes:
        # Kinds are told apart, so that no signature is ever good for something of another kind.
        return hmac.digest(self._secret(), f"{what}\n{of}".encode(), hashlib.sha256)

    def _secret(self) -> bytes:
        while (secret := unpacked(_SECRET, value := self._store.get(SIGNING))) is None:
            self._store.swap(SIGNING, value, packed(_SECRET, secrets.token_bytes(_SECRET_BYTES)))
        return secret

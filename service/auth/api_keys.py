"""API keys, with their scopes.

A key is ``istami_ID_SECRET``: the id finds it, and 256 random bits prove it. The store has the SHA-256 of the
whole, never the key, so a reader of the store cannot use any; a hash without salt or stretching is enough for
a random secret. Stored keys have no time to live, so a store that is short of room does not evict them.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from cache.errors import StoreError
from cache.store import Put, Store
from service.auth.latch import Latch
from service.model.errors import NotFound, Unavailable, Unwritable
from service.storage.codec import Kind, noun, packed, unpacked
from service.storage.keys import DRAFTS, KEYS, KEYS_MADE, key_name, key_used_name

log = logging.getLogger(__name__)

_FORM = re.compile(r"istami_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
_USE_SECONDS = 60.0
"""The last use of a key is noted no more often."""
_NOBODY = hashlib.sha256(b"").digest()


class Scope(IntEnum):
    """The scope of a key; each includes those before it."""

    READ = 1
    """See batches and private articles, sign temporary URLs for those, see how texts will be read."""
    WRITE = 2
    """Submit articles, and delete them."""
    ADMIN = 3
    """See the state of the service itself."""

    @property
    def label(self) -> str:
        """As it is written."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key, but for its secret."""

    id: str
    name: str
    """Its owner, for people."""
    scope: Scope
    site: str | None
    """The one site that it is valid for; ``None``: all."""
    created: float
    """Seconds since 1970, UTC."""
    revoked: float | None = None
    used: float | None = None
    """When it was last used, to the minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept(Key):
    __pydantic_config__ = ConfigDict(extra="forbid")
    """A field of a newer version may restrict a key: a key with unknown fields is not admitted."""

    digest: Annotated[str, Field(pattern="[0-9a-f]{64}")]
    """SHA-256 of the whole key, in hex."""


_KEPT = noun("key", _Kept)
_USED: Kind[float] = Kind("time of use", lambda used: f"{used:.0f}".encode(), float)


class Keys:
    """The keys of a service.

    Every method but ``latched`` raises ``StoreUnavailable`` when the store does not answer.

    Args:
        store: of the keys.
        latch: this machine's note that keys exist, which survives their loss from the store.
    """

    def __init__(self, store: Store, latch: Latch | None = None) -> None:
        self._store = store
        self._latch = latch

    def create(self, name: str, scope: Scope, site: str | None = None) -> tuple[Key, str]:
        """A new key, and the full key that its owner sends: returned once, here, and stored nowhere."""
        with self.creating(name, scope, site) as made:
            return made

    @contextmanager
    def creating(self, name: str, scope: Scope, site: str | None = None) -> Generator[tuple[Key, str]]:
        """As ``create``, all or nothing: the key stays if the ``with`` block ends without an exception.

        Until then it is a draft, which does not close a service that is open while there are no keys. A draft
        whose creator was killed stays a draft.

        Raises:
            Unavailable: the block failed and the key could not be deleted; the message names it.
        """
        name_, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        whole = f"istami_{name_}_{secret}"
        kept = _Kept(
            id=name_, name=name, scope=scope, site=site, created=time.time(), digest=_digest(whole).hex()
        )
        try:
            self._store.add(DRAFTS, kept.id)
            self._store.put(key_name(kept.id), packed(_KEPT, kept))
            self._store.add(KEYS, kept.id)
            yield kept, whole
        except BaseException:
            self._take_back(kept.id)
            raise
        with suppress(StoreError):  # its first use makes up for it
            self._settle(kept.id)

    def _settle(self, key: str) -> None:
        """Turn a draft whose key was shown into a key that counts."""
        self._store.put(KEYS_MADE, Put(b"1"))
        self._store.discard(DRAFTS, key)

    def _take_back(self, key: str) -> None:
        """Delete all traces of a key whose creation failed."""
        try:
            self._store.discard(KEYS, key)
            self._store.delete(key_name(key))
            self._store.discard(DRAFTS, key)
        except StoreError as error:
            raise Unavailable(
                f"The key {key} was not created, but parts of it may be in the store ({error}). "
                f"When the store is available again: istami keys revoke {key}",
                f"لم يُنشأ المفتاح {key}، وقد تبقى منه بقيّة في المخزن. "
                f"حين يستجيب المخزن نفّذ: istami keys revoke {key}",
            ) from error

    @property
    def latched(self) -> bool:
        """Whether this machine remembers that keys were made; the store is not asked."""
        return self._latch is not None and self._latch.closed

    def exist(self) -> bool:
        """Whether a key was ever made, as far as this machine or the store remembers.

        Each note is copied to the other: several machines may share one store. This machine's note is not
        copied while a key is being created, since it is deleted again if the creation fails.
        """
        marked = self._store.size(KEYS_MADE) > 0
        known = marked or self._made()
        if not marked and (known or self._settled()):
            self._store.put(KEYS_MADE, Put(b"1"))
        if known and self._latch is not None:
            try:
                self._latch.close()
            except Unwritable as error:
                log.warning("if Redis loses its keys, the service may require none: %s", error)
        return known or self.latched

    def _settled(self) -> bool:
        """Whether this machine remembers keys, and no key is being created."""
        # Checked again at the end: if a creation failed meanwhile, its note was deleted.
        return self.latched and not self._store.members(DRAFTS) and self.latched

    def lost(self) -> bool:
        """Whether keys were made, and the store has none of them any more."""
        return self.exist() and not self._store.some(KEYS, 1)

    def _made(self) -> bool:
        """Whether the store has a key that is no draft."""
        if not self._store.some(KEYS, 1):
            return False
        drafts = self._store.members(DRAFTS)
        return bool(self._store.some(KEYS, len(drafts) + 1) - drafts)

    def all(self) -> list[Key]:
        """Every key, revoked ones too, in order of creation."""
        found = (self._get(name) for name in self._store.members(KEYS))
        return sorted((key for key in found if key), key=lambda key: (key.created, key.id))

    def admit(self, sent: str) -> Key | None:
        """The key that was sent, and note its use; ``None`` if it is unknown or was revoked."""
        form = _FORM.fullmatch(sent)
        key = self._get(form[1]) if form else None
        right = hmac.compare_digest(_digest(sent), bytes.fromhex(key.digest) if key else _NOBODY)
        if key is None or not right or key.revoked is not None:
            return None
        now = time.time()
        if now - (key.used or 0.0) >= _USE_SECONDS:
            self._store.put(key_used_name(key.id), packed(_USED, now))
            self._settle(key.id)  # its owner has it, even if its creator could not record that
        return key

    def revoke(self, name: str) -> Key:
        """Revoke a key immediately. One that is revoked already stays as it is.

        Args:
            name: its id.

        Raises:
            NotFound: there is no such key.
        """
        with self.revoking(name) as revoked:
            return revoked

    @contextmanager
    def revoking(self, name: str) -> Generator[Key]:
        """As ``revoke``, all or nothing: undone if the ``with`` block ends with an exception.

        Traces of a key that was never made are deleted for good.
        """
        stored = key_name(name)
        while True:
            value = self._store.get(stored)
            key = unpacked(_KEPT, value)
            if value is None and self._clear(name):
                yield _never_made(name)
                return
            if value is None or key is None:
                raise NotFound(f"There is no key “{name}”.", f"لا يوجد مفتاح بالمعرّف «{name}».")
            if key.revoked is not None:
                yield key
                return
            revoked = replace(key, revoked=time.time())
            changed = packed(_KEPT, revoked)
            try:
                if self._store.swap(stored, value, changed):
                    yield revoked
                    return
            except BaseException:
                self._store.swap(stored, changed.value, Put(value))
                raise

    def _clear(self, name: str) -> bool:
        """Delete a draft without a key; whether there was such a draft."""
        if name not in self._store.members(DRAFTS):
            return False
        self._take_back(name)
        return True

    def _get(self, name: str) -> _Kept | None:
        value, used = self._store.get_many([key_name(name), key_used_name(name)])
        kept = unpacked(_KEPT, value)
        return replace(kept, used=unpacked(_USED, used)) if kept else None


def _never_made(name: str) -> Key:
    """The result for a draft that had no key."""
    return Key(id=name, name="never made", scope=Scope.READ, site=None, created=0.0, revoked=time.time())


def _digest(whole: str) -> bytes:
    return hashlib.sha256(whole.encode()).digest()

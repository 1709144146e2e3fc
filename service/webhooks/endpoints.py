"""The servers that receive events: their URLs, event types and signing secrets.

They are in ``webhooks.toml``, readable only by its owner, and read again whenever it changes:

    [cms]
    url = "https://cms.example/hooks/istami"
    secret = "whsec_…"
    events = ["article.ready", "article.failed"]
    sites = ["news.example"]
"""

from __future__ import annotations

import base64
import binascii
import time
import tomllib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import tomlkit
from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from service.fetching import Url
from service.model.errors import BadUrl, BadWebhooks, NotAllowed
from service.util import files
from service.webhooks.models import EVENTS
from service.webhooks.signing import PREFIX, new_secret

_LEAST_BYTES, _MOST_BYTES = 24, 64


def _secret(value: str) -> str:
    try:
        key = base64.b64decode(value.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("is not whsec_ and Base64") from error
    if not value.startswith(PREFIX) or not _LEAST_BYTES <= len(key) <= _MOST_BYTES:
        raise ValueError(f"must be whsec_ and Base64 of {_LEAST_BYTES} to {_MOST_BYTES} bytes")
    return value


def _address(value: str) -> str:
    try:
        return str(Url.parse(value))
    except BadUrl as error:
        raise ValueError(error.en) from error


Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$")]
Address = Annotated[str, AfterValidator(_address)]
Secret = Annotated[str, AfterValidator(_secret)]
EventType = Literal["article.ready", "article.failed", "batch.done"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One server that receives events."""

    name: Name
    url: Address
    secret: Secret
    events: tuple[EventType, ...] = EVENTS  # type: ignore[assignment]  # the same three, as strings
    """Types to send; empty: only events that a request directs to a URL on this server."""
    sites: tuple[str, ...] = ()
    """Sites whose articles and batches it receives; empty: all."""
    previous: Secret | None = None
    """The secret before this one, which also signs for a while."""
    previous_until: float = 0.0
    """Seconds since 1970, UTC."""

    def secrets(self, now: float) -> tuple[str, ...]:
        """Those that sign now, the newest first."""
        if self.previous and now < self.previous_until:
            return self.secret, self.previous
        return (self.secret,)

    def serves(self, site: str | None) -> bool:
        """Whether it receives events of a site."""
        return not self.sites or site in self.sites

    def has(self, url: Url) -> bool:
        """Whether an address is on the same server."""
        return Url.parse(self.url).origin == url.origin


_ENDPOINT: TypeAdapter[Endpoint] = TypeAdapter(Endpoint)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """All endpoints.

    Args:
        path: of ``webhooks.toml``; need not exist. Every method raises ``BadWebhooks`` when it cannot be
            read.
    """

    path: Path

    def all(self) -> Mapping[str, Endpoint]:
        """By name, in the order of the file."""
        return _read(self.path, files.stamp(self.path))

    def existing(self, name: str) -> Endpoint:
        """One by its name.

        Raises:
            BadWebhooks: there is none.
        """
        endpoint = self.all().get(name)
        if endpoint is None:
            raise BadWebhooks(
                f"There is no webhook “{name}”: istami webhooks list.", f"لا يوجد خطّاف ويب باسم «{name}»."
            )
        return endpoint

    def targets(self, event: str, site: str | None, asked: str | None) -> dict[str, str]:
        """The receivers of an event of a site: URLs, and the endpoint of each.

        Args:
            event: its type.
            site: of the event; ``None``: of no site.
            asked: a URL that a request named.
        """
        told = {each.url: each.name for each in self._of(site) if event in each.events}
        owner = self._owner(asked, site)
        return {**told, str(Url.parse(asked)): owner.name} if asked and owner else told

    def check(self, asked: str, site: str | None) -> None:
        """Check a URL that a request names for events.

        Raises:
            NotAllowed: it is on no server that receives events of this site.
            BadUrl: it is not a valid URL.
        """
        if self._owner(asked, site) is None:
            host = Url.parse(asked).authority
            raise NotAllowed(
                f"Nothing is sent to “{host}”. Allow it with `istami webhooks add`.",
                f"لا يُرسَل شيء إلى «{host}». للسماح بذلك: `istami webhooks add`.",
                field="webhook",
            )

    def locked(self) -> AbstractContextManager[None]:
        """Lock the file, so that no other process changes it between a read and the write that follows.

        Raises:
            Unwritable: its folder cannot be created or opened.
        """
        return files.locked(self.path)

    def keep(self, name: str, changes: Mapping[str, Any]) -> Endpoint:
        """Change an endpoint, or add one; comments and order of the file stay.

        Raises:
            BadWebhooks: the endpoint would be invalid; the field is named.
            Unwritable: the file cannot be written; it is unchanged.
        """
        with self.locked():
            known = self.all().get(name)
            table = _ENDPOINT.dump_python(known, mode="json", exclude_defaults=True) if known else {}
            told = {field: value for field, value in {**table, **changes}.items() if value is not None}
            endpoint = _checked(name, told)
            document = self._document()
            section = document.setdefault(name, tomlkit.table())
            for field, value in changes.items():
                if value is None:
                    section.pop(field, None)
                else:
                    section[field] = value
            files.replace(self.path, tomlkit.dumps(document), private=True)
        return endpoint

    def rotate(self, name: str, hours: float) -> Endpoint:
        """Give an endpoint a new secret; the one before also signs for so many hours.

        Raises:
            BadWebhooks: there is no such endpoint.
        """
        with self.locked():
            before = self.existing(name).secret
            until = time.time() + hours * 3600
            return self.keep(name, {"secret": new_secret(), "previous": before, "previous_until": until})

    def remove(self, name: str) -> None:
        """Remove an endpoint.

        Raises:
            BadWebhooks: there is none of that name.
        """
        with self.locked():
            self.existing(name)
            document = self._document()
            document.pop(name)
            files.replace(self.path, tomlkit.dumps(document), private=True)

    def _of(self, site: str | None) -> list[Endpoint]:
        return [each for each in self.all().values() if each.serves(site)]

    def _owner(self, asked: str | None, site: str | None) -> Endpoint | None:
        if asked is None:
            return None
        url = Url.parse(asked)
        return next((each for each in self._of(site) if each.has(url)), None)

    def _document(self) -> tomlkit.TOMLDocument:
        self.all()  # a file that cannot be read is not overwritten
        return tomlkit.parse(self.path.read_text(encoding="utf-8") if self.path.exists() else "")


@lru_cache(maxsize=4)
def _read(path: Path, stamp: files.Stamp) -> Mapping[str, Endpoint]:
    if stamp is None:
        return {}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadWebhooks(f"{path}: {error}.", f"تعذّرت قراءة {path}.") from error
    return {name: _checked(name, table) for name, table in tables.items()}


def _checked(name: str, table: Any) -> Endpoint:
    if not isinstance(table, dict):
        raise BadWebhooks(
            f"webhooks.toml: “{name}” is not a webhook: write [{name}].", f"«{name}» ليس خطّاف ويب."
        )
    try:
        return _ENDPOINT.validate_python({**table, "name": name}, strict=False, extra="forbid")
    except ValidationError as error:
        fault = error.errors(include_input=False)[0]
        field = ".".join(map(str, fault["loc"]))
        raise BadWebhooks(
            f"Webhook “{name}”, {field}: {fault['msg']}.",
            f"خطّاف الويب «{name}»: قيمة {field} غير صالحة.",
            field=field,
        ) from error

"""Calls a server: within limits of time, size, number and money, with repetitions that cost nothing.

What a vendor does not bill is repeated: connections that fail, 429, and 5xx. An answer that comes too late,
is cut off or is no audio may have been billed: repeating it is the card's decision (``remote.attempts``).
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import ssl
import time
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from socket import SOCK_STREAM, getaddrinfo
from urllib.parse import urlsplit

import httpx

from service.engines.remote.adapter import Answer, Request
from service.engines.remote.key import Key
from service.engines.remote.meter import Meter, Result
from service.model.errors import EngineError, Rejected, Unavailable, VoiceStopped
from voices.card import VoiceCard
from voices.terms import Terms

_CONNECT_SECONDS = 5.0
_MOST_BYTES = 32_000_000
"""Of an answer: ten minutes of speech, as JSON with base64."""
_MOST_TOLD = 64_000
"""Bytes of an error that are read."""
_TOLD_SECONDS = 5.0
"""How long they may take."""
_MOST_QUOTED = 200
_MOST_CALLS = 5
"""For one request, with repetitions."""
_BACKOFF_SECONDS = 0.5
"""Before the first repetition; twice as long before each further one."""
_LONGEST_WAIT = 300.0
"""A server that asks for a longer wait has no more for us today: the voice is stopped so long."""
_DAY = 86_400.0
_KEEPALIVE_SECONDS = 30.0
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
"""A number in ``Retry-After``; some servers send fractions."""
_BUSY = 429
_GONE_FOR_NOW = {502, 503, 504}
_STOPPING = {401, 402, 403}
_OK = 200
_QUOTA = "insufficient_quota"
"""OpenAI's code for an account without money, sent with 429."""
_THROTTLED = "throttl"
"""Part of AWS's error types for 429, sent with 400."""


class _Repeat(Exception):  # noqa: N818
    """A call that was not billed, and may succeed later."""

    def __init__(self, why: EngineError | Unavailable, wait: float | None = None) -> None:
        super().__init__()
        self.why = why
        self.wait = wait
        """Seconds that the server asks for; ``None``: it does not say."""


class Caller:
    """The connection to the server of one voice; reused from call to call.

    Args:
        card: the voice.
        terms: its own.
        meter: what all processes share.
    """

    def __init__(self, card: VoiceCard, terms: Terms, meter: Meter) -> None:
        self._card, self._terms, self._meter = card, terms, meter
        self._base = terms.base_url.rstrip("/")
        parts = urlsplit(terms.base_url)
        self._host = parts.hostname or ""
        self._private = parts.scheme == "http"
        self._client = httpx.Client(
            follow_redirects=False,
            trust_env=not self._private,  # a proxy leads to the internet, not to this network
            headers={"User-Agent": "istami", "Accept-Encoding": "identity"},
            limits=httpx.Limits(max_connections=1, keepalive_expiry=_KEEPALIVE_SECONDS),
        )

    def call(self, request: Request, *, key: Key, deadline: float) -> Answer:
        """Send a request until it is answered, refused or too late.

        Args:
            request: what to send.
            key: that it contains; removed from the server's words before they are shown.
            deadline: as ``time.monotonic`` tells it.

        Raises:
            Rejected: the server refuses this request.
            VoiceStopped, BudgetSpent: the voice is stopped, now or before.
            Unavailable: the server is busy or out of reach.
            EngineError: the answer is late, too large or cut off.
        """
        configuration = _configuration(self._card, self._terms, key)
        now = time.monotonic()
        # A call that would be given up before its time may be billed all the same: it is not begun.
        latest = deadline - min(self._terms.seconds, (deadline - now) / 2)
        for number in range(_MOST_CALLS):
            self._meter.check(configuration)
            try:
                with self._meter.slot(latest):
                    return self._paid(request, key, deadline)
            except VoiceStopped as error:
                if type(error) is VoiceStopped:
                    self._meter.stop(configuration, error, self._terms.stop_seconds)
                raise
            except _Repeat as repeat:
                wait = repeat.wait
                if wait is None:
                    # Not all processes at the same moment.
                    wait = _BACKOFF_SECONDS * 2**number * random.uniform(0.5, 1)  # noqa: S311  # nosec B311  # no secret
                elif wait > _LONGEST_WAIT:
                    postponed = _postponed(self._card, self._host, wait)
                    self._meter.stop(configuration, postponed, min(wait, _DAY))
                    raise postponed from None
                else:
                    self._meter.hold(wait)
                if number + 1 == _MOST_CALLS or time.monotonic() + wait >= latest:
                    raise repeat.why from None
            time.sleep(wait)
        raise AssertionError  # the last round raises

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _paid(self, request: Request, key: Key, deadline: float) -> Answer:
        """Call once; characters that are not billed are given back."""
        self._meter.spend(request.characters)
        result, billed = Result.BROKEN, True
        try:
            answer = self._once(request, key, deadline)
            result = Result.ANSWERED
        except _Repeat:
            result, billed = Result.BUSY, False
            raise
        except Rejected:
            result, billed = Result.REJECTED, False
            raise
        except VoiceStopped:
            result, billed = Result.REFUSED, False
            raise
        else:
            return answer
        finally:
            if not billed:
                self._meter.give_back(request.characters)
            self._meter.ended(result, request.characters if billed else 0)

    def _once(self, request: Request, key: Key, deadline: float) -> Answer:
        if self._private:
            self._check_private()
        limit = min(self._terms.seconds, deadline - time.monotonic())
        until = time.monotonic() + limit
        headers = {"Content-Type": request.content_type, **request.headers}
        timeout = httpx.Timeout(max(limit, 0.1), connect=min(_CONNECT_SECONDS, max(limit, 0.1)))
        try:
            with self._client.stream(
                "POST", self._base + request.path, content=request.body, headers=headers, timeout=timeout
            ) as response:
                if response.status_code != _OK:
                    raise self._refused(response, _told(response, until), key)
                kind = response.headers.get("Content-Type", "")
                return Answer(_read(response, _MOST_BYTES, until), kind)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise _Repeat(_away(self._host, key.hidden(str(error)))) from error
        except (httpx.TimeoutException, TimeoutError) as error:
            raise EngineError(
                f"its server {self._host} did not answer within {self._terms.seconds:g} s",
                f"لم يجب خادمه {self._host} في المهلة ({self._terms.seconds:g} ث)",
            ) from error
        except (httpx.HTTPError, ssl.SSLError) as error:
            # The server may have read the whole request, and bill it.
            raise EngineError(
                f"the answer of its server {self._host} was cut off", f"انقطع جواب خادمه {self._host}"
            ) from error

    def _check_private(self) -> None:
        """Check that plain http stays in a private network, also if a name now leads elsewhere.

        Raises:
            Rejected: it does not.
            _Repeat: the name is not known.
        """
        try:
            found = {str(each[4][0]) for each in getaddrinfo(self._host, None, type=SOCK_STREAM)}
        except OSError as error:
            raise _Repeat(_away(self._host, str(error))) from error
        if any(ip_address(address.partition("%")[0]).is_global for address in found):
            raise Rejected(
                f"its server {self._host} is not in a private network: use https",
                f"خادمه {self._host} ليس في شبكة خاصّة: استعمل https",
            )

    def _refused(self, response: httpx.Response, body: bytes, key: Key) -> Exception:
        """The error of an answer other than 200."""
        status, host = response.status_code, self._host
        told = _quoted(body, key)
        kind = response.headers.get("x-amzn-ErrorType", "").lower()
        if status in _STOPPING or (status == _BUSY and _QUOTA in told):
            return _stopped(self._card, self._terms, host, status)
        why = f" “{told}”" if told else ""
        if status == _BUSY or _THROTTLED in kind or status in _GONE_FOR_NOW:
            busy = Unavailable(
                f"The server {host} of {self._card.id} is busy ({status}).{why}",
                f"الخادم {host} للصوت {self._card.id} مشغول ({status}).",
            )
            return _Repeat(busy, _retry_after(response.headers.get("Retry-After", "")))
        if status >= 500:  # noqa: PLR2004  # the server's own fault, by RFC 9110
            failed = EngineError(
                f"its server {host} failed ({status}){why}", f"أخفق خادمه {host} ({status}){why}"
            )
            return _Repeat(failed, _retry_after(response.headers.get("Retry-After", "")))
        if 300 <= status < 400:  # noqa: PLR2004  # redirections, likewise
            return Rejected(
                f"its server {host} redirects ({status}), which is not followed: correct remote.base_url",
                f"خادمه {host} يحيل إلى عنوان آخر ({status})، ولا تُتبع الإحالة: صحّح remote.base_url",
            )
        return Rejected(
            f"its server {host} rejects this request ({status}){why}",
            f"رفض خادمه {host} هذا الطلب ({status}){why}",
        )


def _read(response: httpx.Response, most: int, until: float) -> bytes:
    """Read an answer, at most so many bytes and until a moment.

    Raises:
        EngineError: it is compressed, though not asked for, or larger.
        TimeoutError: it takes longer.
    """
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise EngineError("its server sent a compressed answer", "أرسل خادمه جوابًا مضغوطًا")
    parts, size = [], 0
    for part in response.iter_raw():
        parts.append(part)
        size += len(part)
        if size > most:
            megabytes = most // 1_000_000
            raise EngineError(
                f"its server sent more than {megabytes} MB", f"أرسل خادمه أكثر من {megabytes} ميغابايت"
            )
        if time.monotonic() > until:
            raise TimeoutError
    return b"".join(parts)


def _told(response: httpx.Response, until: float) -> bytes:
    """The body of a refusal; empty if it does not come: the status alone decides."""
    try:
        return _read(response, _MOST_TOLD, min(until, time.monotonic() + _TOLD_SECONDS))
    except (EngineError, TimeoutError, httpx.HTTPError):
        return b""


def _retry_after(value: str) -> float | None:
    """Seconds of a ``Retry-After`` header: a number, or a date (RFC 9110, 10.2.3)."""
    value = value.strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def _quoted(body: bytes, key: Key) -> str:
    """The message of a server's error, in a form that can be shown; never the key."""
    text = body.decode("utf-8", "replace")
    with suppress(ValueError):
        text = _message(json.loads(text)) or text
    shown = "".join(letter if letter.isprintable() else " " for letter in key.hidden(text))
    return " ".join(shown.split())[:_MOST_QUOTED]


def _message(told: object) -> str:
    """The words and the code of an error in JSON, as the vendors nest them; empty if there are none."""
    if not isinstance(told, dict):
        return ""
    inner = told.get("error") or told.get("detail") or told
    if not isinstance(inner, dict):
        return str(inner)
    words = (inner.get("message") or inner.get("Message"), inner.get("code") or inner.get("type"))
    return " ".join(str(word) for word in words if isinstance(word, str | int))


def _configuration(card: VoiceCard, terms: Terms, key: Key) -> str:
    """A digest of all that a stop may be due to; a changed card or key is tried again."""
    told = json.dumps([asdict(terms), dict(card.options), key.reveal()], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _stopped(card: VoiceCard, terms: Terms, host: str, status: int) -> VoiceStopped:
    key = terms.key_env or terms.key_file or "key_env"
    minutes = max(1, round(terms.stop_seconds / 60))
    return VoiceStopped(
        f"The voice {card.id} is stopped: {host} refuses its key or account ({status}). Check {key} and the "
        f"account; it is tried again after a change, or in {minutes} min.",
        f"أُوقف الصوت {card.id}: يرفض {host} مفتاحه أو حسابه ({status}). تحقّق من {key} ومن الحساب؛ "
        f"وسيُجرَّب ثانيةً بعد أيّ تغيير أو بعد مهلة ({minutes} د).",
    )


def _postponed(card: VoiceCard, host: str, seconds: float) -> VoiceStopped:
    minutes = round(min(seconds, _DAY) / 60)
    return VoiceStopped(
        f"The voice {card.id} is stopped: {host} asks for a pause of {minutes} min.",
        f"أُوقف الصوت {card.id}: يطلب {host} مهلة ({minutes} د).",
    )


def _away(host: str, why: str) -> Unavailable:
    return Unavailable(
        f"The server {host} cannot be reached: {why[:_MOST_QUOTED]}.", f"تعذّر الوصول إلى الخادم {host}."
    )

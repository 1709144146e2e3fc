"""A small server that speaks in tones, for tests of remote voices: right, or wrong as it is told.

It answers all formats of request that istami's adapters make, and refuses what their vendors document as
wrong. It needs no key but the one that it is given::

    with SpeechServer(key="secret") as server:
        server.then(Fault.BUSY)  # only the next request
        ...  # a card whose base_url is server.url
"""

from __future__ import annotations

import base64
import json
import re
import ssl
import struct
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import parse_qs, urlsplit

import numpy as np
from lxml import etree

from service.audio.ffmpeg import find_ffmpeg

_LETTER_SECONDS = 0.08
_GAP_SECONDS = 0.02
"""Between two words."""
_LEAD_SECONDS = 0.2
"""Of silence at both ends, as many voices have it."""
_LEVEL = 0.2
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


class Fault(Enum):
    """A wrong answer."""

    LATE = auto()
    """The right one, after ``SpeechServer.late`` seconds."""
    SLOW = auto()
    """The right one, a little every tenth of a second."""
    BUSY = auto()
    """429, with ``SpeechServer.retry_after``."""
    NO_MONEY = auto()
    """429 with the code of an account without money."""
    FAILING = auto()
    """500."""
    AWAY = auto()
    """503."""
    UNAUTHORISED = auto()
    """401, quoting the key that was sent."""
    UNPAID = auto()
    """402."""
    FORBIDDEN = auto()
    """403."""
    FORBIDDEN_HALF = auto()
    """403, and a body that is cut off."""
    REJECTING = auto()
    """400, in Chinese."""
    MOVED = auto()
    """A redirect to an address that would answer right."""
    HALF = auto()
    """The right head, and half of the body."""
    HTML = auto()
    """A page with status 200."""
    JSON = auto()
    """An error in JSON with status 200."""
    EMPTY = auto()
    """Status 200 without a body."""
    SILENCE = auto()
    WRONG_RATE = auto()
    """Audio at half the sample rate that was asked for."""
    HUGE = auto()
    """Audio without an end."""
    COMPRESSED = auto()
    """Gzipped, though the client did not ask for it."""
    HANGING_UP = auto()
    """The connection is closed without an answer."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that arrived."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """Its body."""
        return cast("dict[str, Any]", json.loads(self.body))


class SpeechServer:
    """On a port of 127.0.0.1, from ``with`` to its end.

    Args:
        key: what clients must send; empty: anything.
        tls: its certificate; ``None``: plain http.
        sample_rate: of formats whose requests name none, in hertz.
    """

    def __init__(self, key: str = "", sample_rate: int = 24_000, tls: ssl.SSLContext | None = None) -> None:
        self.key = key
        self.sample_rate = sample_rate
        self.late = 2.0
        """Seconds by which ``Fault.LATE`` is."""
        self.retry_after = "1"
        self.seconds = 0.0
        """How long every right answer takes."""
        self.seen: list[Seen] = []
        self.peers: set[int] = set()
        """Their ports: a connection each."""
        self.most_at_once = 0
        """Most requests that were answered at the same time."""
        self._open = 0
        self._next: list[Fault] = []
        self._always: Fault | None = None
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"told": self}))
        self._server.daemon_threads = True
        self._tls = tls is not None
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)

    @property
    def url(self) -> str:
        """Its address, without a path."""
        return f"http{'s' * self._tls}://127.0.0.1:{self._server.server_address[1]}"

    def then(self, *faults: Fault) -> None:
        """Answer the next requests so, and those after them right."""
        with self._lock:
            self._next += faults

    def always(self, fault: Fault | None) -> None:
        """Answer every request so, until told otherwise."""
        self._always = fault

    def wait(self, seconds: float) -> bool:
        """Wait, but not beyond the server's end; whether that has come."""
        return self._ended.wait(seconds)

    def arrived(self, seen: Seen) -> Fault | None:
        """Note a request; how it is to be answered."""
        with self._lock:
            self.seen.append(seen)
            self._open += 1
            self.most_at_once = max(self.most_at_once, self._open)
            return self._next.pop(0) if self._next else self._always

    def left(self) -> None:
        """Note that a request was answered."""
        with self._lock:
            self._open -= 1

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()


class _Wrong(Exception):  # noqa: N818
    """A request that the vendor refuses."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class _Handler(BaseHTTPRequestHandler):
    told: SpeechServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Write nothing."""

    def do_POST(self) -> None:
        """Answer."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        seen = Seen(self.path, dict(self.headers), body)
        self.told.peers.add(self.client_address[1])
        fault = self.told.arrived(seen)
        try:
            self._answer(seen, fault)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            self.told.left()

    def _answer(self, seen: Seen, fault: Fault | None) -> None:
        if fault is Fault.HANGING_UP:
            self.close_connection = True
        elif fault is Fault.MOVED:
            self._send(307, "text/plain", b"", {"Location": f"{self.told.url}{self.path}"})
        elif fault is Fault.UNAUTHORISED:
            sent = seen.headers.get("Authorization") or seen.headers.get("xi-api-key") or self.told.key
            self._send(401, "application/json", _error(f"Incorrect API key provided: {sent}"), {})
        elif fault is Fault.FORBIDDEN_HALF:
            self.send_response(403)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.close_connection = True
        elif fault in _PLAIN:
            self._send(*_PLAIN[fault], {"Retry-After": self.told.retry_after})
        else:
            self._speak(seen, fault)

    def _speak(self, seen: Seen, fault: Fault | None) -> None:
        self.told.wait(self.told.late if fault is Fault.LATE else self.told.seconds)
        try:
            kind, body = _spoken(self.told, seen, fault)
        except _Wrong as error:
            self._send(error.status, "application/json", _error(str(error)), {})
            return
        if fault is Fault.HALF:
            self._begin(kind, len(body))
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
        elif fault is Fault.HUGE:
            self._begin(kind, 1 << 40)
            while not self.told.wait(0):
                self.wfile.write(bytes(1 << 20))
        elif fault is Fault.SLOW:
            self._begin(kind, len(body))
            for at in range(0, len(body), 1000):
                self.wfile.write(body[at : at + 1000])
                self.told.wait(0.1)
        else:
            self._send(200, kind, body, {"Content-Encoding": "gzip"} if fault is Fault.COMPRESSED else {})

    def _begin(self, kind: str, length: int) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def _send(self, status: int, kind: str, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _error(message: str, code: str = "invalid_request") -> bytes:
    return json.dumps({"error": {"message": message, "code": code}}, ensure_ascii=False).encode()


_PLAIN: dict[Fault | None, tuple[int, str, bytes]] = {
    Fault.BUSY: (429, "application/json", _error("Rate limit reached")),
    Fault.NO_MONEY: (429, "application/json", _error("You exceeded your quota", "insufficient_quota")),
    Fault.FAILING: (500, "text/plain", b"Internal Server Error"),
    Fault.AWAY: (503, "text/html", b"<html><h1>503 Service Unavailable</h1></html>"),
    Fault.UNPAID: (402, "application/json", _error("Payment required")),
    Fault.FORBIDDEN: (403, "application/json", _error("This voice is not in your plan")),
    Fault.REJECTING: (400, "application/json", _error("输入的文本无法合成")),
    Fault.HTML: (200, "text/html", b"<!doctype html><title>Sign in to the network</title>"),
    Fault.JSON: (200, "application/json", b'{"error": "model is loading"}'),
    Fault.EMPTY: (200, "audio/wav", b""),
}


def _spoken(server: SpeechServer, seen: Seen, fault: Fault | None) -> tuple[str, bytes]:
    """The answer to a request, by the format of its address."""
    path = urlsplit(seen.path).path
    if path == "/cognitiveservices/v1":
        return _azure(server, seen, fault)
    if path == "/v1/text:synthesize":
        return _google(server, seen, fault)
    if path == "/v1/speech":
        return _polly(server, seen, fault)
    if re.fullmatch(r"/v1/text-to-speech/[^/]+/with-timestamps", path):
        return _elevenlabs(server, seen, fault)
    if path == "/v1/audio/speech":
        return _openai(server, seen, fault)
    raise _Wrong(404, f"no such address: {path}")


def _openai(server: SpeechServer, seen: Seen, fault: Fault | None) -> tuple[str, bytes]:
    _check_key(server, seen.headers.get("Authorization", ""), f"Bearer {server.key}")
    asked = seen.json
    for name in ("model", "voice", "input"):
        if not asked.get(name):
            raise _Wrong(400, f"missing {name}")
    text = _text_of(asked["input"]) if asked["input"].startswith("<speak") else asked["input"]
    form = asked.get("response_format", "mp3")
    tones = Tones(text, server.sample_rate, asked.get("speed", 1.0), fault)
    kinds = {"wav": "audio/wav", "pcm": "audio/pcm", "mp3": "audio/mpeg", "flac": "audio/flac"}
    if form == "pcm":
        return f"audio/pcm; rate={tones.rate}", tones.pcm
    return kinds[form], tones.wav if form == "wav" else _converted(tones.wav, form)


def _azure(server: SpeechServer, seen: Seen, fault: Fault | None) -> tuple[str, bytes]:
    _check_key(server, seen.headers.get("Ocp-Apim-Subscription-Key", ""), server.key)
    form = re.fullmatch(r"riff-(\d+)(k?)hz-16bit-mono-pcm", seen.headers.get("X-Microsoft-OutputFormat", ""))
    if form is None or seen.headers.get("Content-Type") != "application/ssml+xml":
        raise _Wrong(400, "wrong format")
    if "User-Agent" not in seen.headers:
        raise _Wrong(400, "no User-Agent")
    rate = int(form[1]) * (1000 if form[2] else 1)
    pace = _rate_of(seen.body) or "1"
    # A number multiplies; a percentage is added.
    speed = 1 + float(pace[:-1]) / 100 if pace.endswith("%") else float(pace)
    return "audio/x-wav", Tones(_text_of(seen.body), rate, speed, fault).wav


def _google(server: SpeechServer, seen: Seen, fault: Fault | None) -> tuple[str, bytes]:
    _check_key(server, seen.headers.get("X-Goog-Api-Key", ""), server.key)
    asked = seen.json
    config, told = asked["audioConfig"], asked["input"]
    text = _text_of(told["ssml"]) if "ssml" in told else told["text"]
    if config["audioEncoding"] != "LINEAR16" or len(text.encode()) > 5000:  # Google's limit
        raise _Wrong(400, "wrong request")
    tones = Tones(text, config["sampleRateHertz"], config.get("speakingRate", 1.0), fault)
    return "application/json", json.dumps({"audioContent": base64.b64encode(tones.wav).decode()}).encode()


def _polly(server: SpeechServer, seen: Seen, fault: Fault | None) -> tuple[str, bytes]:
    signed = seen.headers.get("Authorization", "")
    if server.key and f"Credential={server.key.split(':')[0]}/" not in signed:
        raise _Wrong(403, "UnrecognizedClientException")
    asked = seen.json
    ssml = asked["Text"]
    pace = _rate_of(ssml) or "100%"
    if not pace.endswith("%") or not 20 <= float(pace[:-1]) <= 200:  # as Polly documents
        raise _Wrong(400, "InvalidSsmlException")
    rate = int(asked.get("SampleRate", server.sample_rate))
    tones = Tones(_text_of(ssml), rate, float(pace[:-1]) / 100, fault)
    if asked["OutputFormat"] == "pcm":
        return "audio/pcm", tones.pcm
    at, lines = 0, []
    for word, (start, _) in tones.words:
        at = ssml.index(word, at)
        begin = len(ssml[:at].encode())
        mark = {"time": round(start * 1000), "type": "word", "start": begin}
        lines.append(json.dumps(mark | {"end": begin + len(word.encode()), "value": word}))
        at += len(word)
    return "application/x-json-stream", "\n".join(lines).encode()


def _elevenlabs(server: SpeechServer, seen: Seen, fault: Fault | None) -> tuple[str, bytes]:
    _check_key(server, seen.headers.get("xi-api-key", ""), server.key)
    form = parse_qs(urlsplit(seen.path).query).get("output_format", [""])[0]
    asked = seen.json
    speed = asked.get("voice_settings", {}).get("speed", 1.0)
    if not form.startswith("pcm_") or not asked.get("model_id") or not 0.7 <= speed <= 1.2:
        raise _Wrong(422, "wrong request")
    tones = Tones(asked["text"], int(form[4:]), speed, fault)
    starts, ends = zip(*tones.characters, strict=True)
    alignment = {
        "characters": list(asked["text"]),
        "character_start_times_seconds": starts,
        "character_end_times_seconds": ends,
    }
    audio = base64.b64encode(tones.pcm).decode()
    return "application/json", json.dumps({"audio_base64": audio, "alignment": alignment}).encode()


def _check_key(server: SpeechServer, sent: str, expected: str) -> None:
    if server.key and sent != expected:
        raise _Wrong(401, "wrong key")


def _tree(ssml: str | bytes) -> Any:
    try:
        return etree.fromstring(ssml if isinstance(ssml, bytes) else ssml.encode(), _PARSER)
    except etree.XMLSyntaxError as error:
        raise _Wrong(400, f"SSML is not well-formed: {error}") from error


def _text_of(ssml: str | bytes) -> str:
    return "".join(_tree(ssml).itertext())


def _rate_of(ssml: str | bytes) -> str:
    return next((each.get("rate") for each in _tree(ssml).iter() if each.get("rate")), "")


class Tones:
    """A text in which each letter is a tone.

    Args:
        text: any; marks and signs take no time.
        rate: in hertz.
        speed: 1.0 is a letter in 80 ms.
        fault: ``SILENCE`` and ``WRONG_RATE`` count.
    """

    def __init__(self, text: str, rate: int, speed: float, fault: Fault | None) -> None:
        self.rate = rate // 2 if fault is Fault.WRONG_RATE else rate
        level = 0.0 if fault is Fault.SILENCE else _LEVEL
        at, sounds = _LEAD_SECONDS, [np.zeros(round(_LEAD_SECONDS * rate))]
        self.characters: list[tuple[float, float]] = []
        """Start and end of each."""
        time_ = np.arange(round(_LETTER_SECONDS / speed * rate)) / rate
        gap = np.zeros(round(_GAP_SECONDS / speed * rate))
        for letter in text:
            sound = np.zeros(0)
            if letter.isalnum():
                sound = level * np.sin(2 * np.pi * (200 + ord(letter) % 64 * 10) * time_)
            elif letter.isspace():
                sound = gap
            sounds.append(sound)
            self.characters.append((at, at + sound.size / rate))
            at += sound.size / rate
        samples = np.concatenate([*sounds, sounds[0]])
        self.pcm = np.round(samples * 32767).astype("<i2").tobytes()
        self._text = text

    @property
    def words(self) -> list[tuple[str, tuple[float, float]]]:
        """Each word with its start and end."""
        found = []
        for match in re.finditer(r"\S+", self._text):
            letters = [at for at in range(*match.span()) if self._text[at].isalnum()]
            if letters:
                found.append((match[0], (self.characters[letters[0]][0], self.characters[letters[-1]][1])))
        return found

    @property
    def wav(self) -> bytes:
        """As a WAV."""
        size = len(self.pcm)
        form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, self.rate, self.rate * 2, 2, 16)
        head = struct.pack("<4sI4s", b"RIFF", 36 + size, b"WAVE")
        return head + form + struct.pack("<4sI", b"data", size) + self.pcm


def _converted(wav: bytes, form: str) -> bytes:
    command = [find_ffmpeg(), *["-v", "error", "-f", "wav", "-i", "pipe:0", "-f"], form, "pipe:1"]
    return subprocess.run(command, input=wav, capture_output=True, check=True).stdout

"""Recordings of articles: clips, plans, marks and states.

Times are in seconds. Audio is mono, 16-bit signed, little-endian PCM.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from service.model.document import Prosody, Role, Span
from service.model.errors import (
    EngineError,
    IstamiError,
    KeyMissing,
    MissingPart,
    UnknownVoice,
    VoiceNotInstalled,
    VoiceRemoved,
    VoiceStopped,
)
from service.model.reading import CaseEndings


@dataclass(frozen=True, slots=True)
class WordTiming:
    """Start and end of a word of ``Utterance.diacritised``, relative to its clip."""

    word: int
    """Index among the words (split at white space)."""
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Clip:
    """An engine's output."""

    pcm: bytes
    sample_rate: int
    words: tuple[WordTiming, ...] = ()
    """Empty if the engine does not report it."""

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.pcm) / 2 / self.sample_rate


@dataclass(frozen=True, slots=True)
class EncodedClip:
    """A piece as stored in a recording: whole MP3 frames that can follow any others."""

    mp3: bytes
    samples: int
    """Number in all its frames."""
    sound: int
    """Samples before its final silence."""
    words: tuple[WordTiming, ...] = ()


@dataclass(frozen=True, slots=True)
class WordMark:
    """A word in the audio and in the original text."""

    start: float
    end: float
    span: Span


@dataclass(frozen=True, slots=True)
class Mark:
    """A sentence in the audio and in the original text."""

    text: str
    start: float
    end: float
    span: Span | None
    role: Role = Role.BODY
    words: tuple[WordMark, ...] = ()


@dataclass(frozen=True, slots=True)
class TimedLabel:
    """A position named by the publisher, and its time."""

    name: str
    time: float


@dataclass(frozen=True, slots=True)
class Marks:
    """All marks of a recording."""

    sentences: tuple[Mark, ...]
    duration: float
    complete: bool
    """False while the recording grows."""
    labels: tuple[TimedLabel, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedPiece:
    """One breath of a plan: only the inputs that determine its sound."""

    spoken: str
    pause: float
    """Seconds of silence after it."""
    latin: bool = False
    """Whether the plan's voice for Latin script speaks it."""
    style: Prosody = Prosody()
    continues: bool = False
    """Whether it ends at ``Boundary.BREATH``."""


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A position in a sentence named by the publisher."""

    name: str
    word: int
    """Index among the sentence's spoken words."""
    piece: int
    """Index of the piece that contains the word."""
    opens: bool
    """Whether the word is the first of its piece."""
    ended: bool
    """Whether the position is the end of the piece, not the beginning of the word."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """A sentence as written in the article: the part of a mark without times."""

    text: str
    span: Span | None
    role: Role
    words: tuple[Span | None, ...]
    """Position of each spoken word in the original text."""
    labels: tuple[PlacedLabel, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedSentence:
    """One sentence of a plan."""

    pieces: tuple[PlannedPiece, ...]
    written: SourceText


@dataclass(frozen=True, slots=True)
class Tags:
    """The MP3's metadata (ID3v2)."""

    title: str | None = None
    artist: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """A voice with its present sound."""

    voice: str
    """Its id."""
    fingerprint: str
    """SHA-256 of everything that determines its sound."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The complete plan of a recording, made before the first word is spoken."""

    key: str
    """SHA-256 of everything that determines the sound."""
    voice: str
    voice_fingerprint: str
    latin: Speaker
    """Speaks the pieces in Latin script; the same voice if there are none."""
    speed: float
    loudness: float
    """LUFS."""
    kbps: int
    diacritiser: str
    """``versions.UTTERANCE`` at the time of planning."""
    sentences: tuple[PlannedSentence, ...]
    tags: Tags = Tags()
    seal: str | None = None
    """Secret of a private recording; separates its sentences from the same text elsewhere."""
    case_endings: CaseEndings = CaseEndings.FULL

    def voice_of(self, piece: PlannedPiece) -> str:
        """Return the voice that speaks a piece."""
        return self.latin.voice if piece.latin else self.voice


@dataclass(frozen=True, slots=True)
class PlannedChapter:
    """A part of a recording, from the title or a heading to the next."""

    title: str
    sentence: int
    """Index of its first sentence."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of a recording and its times."""

    title: str
    start: float
    end: float


class Status(StrEnum):
    """Status of a recording."""

    QUEUED = "queued"
    SPEAKING = "speaking"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a recording could not be made."""

    code: str
    en: str
    ar: str

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        """Convert an error; a defect becomes a generic failure without details.

        So does what concerns the operator alone: keys, accounts and budgets of remote voices. Every reader of
        the article sees its failure.
        """
        if isinstance(error, VoiceStopped | KeyMissing):
            return cls(type(error).__name__, "The voice is not available now.", "الصوت غير متاح الآن.")
        if isinstance(error, IstamiError):
            return cls(type(error).__name__, error.en, error.ar)
        return cls("Internal", "An internal error occurred.", "حدث خطأ داخلي.")

    def error(self) -> IstamiError:
        """The error for somebody who wants to hear the recording."""
        return _KINDS.get(self.code, EngineError)(self.en, self.ar)


_KINDS: Mapping[str, type[IstamiError]] = {
    KeyMissing.__name__: MissingPart,
    MissingPart.__name__: MissingPart,
    UnknownVoice.__name__: VoiceRemoved,
    VoiceNotInstalled.__name__: VoiceRemoved,
}
"""Errors of synthesis by the code of their failure, where the machine is to blame and not the text."""


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A requested recording that failed."""

    key: str
    failure: Failure
    when: float
    """Seconds since 1970, UTC."""


@dataclass(frozen=True, slots=True)
class State:
    """Progress of a recording."""

    status: Status
    done: int
    """Number of complete sentences in the recording."""
    total: int
    pieces: int = 0
    """Number of pieces of the next sentence in the recording."""
    samples: int = 0
    """Number of samples so far."""
    size: int = 0
    """Bytes of the MP3 so far."""
    crc: int = 0
    """CRC-32 of the bytes after the file's opening."""
    duration: float | None = None
    """Seconds; ``None`` until it is ready."""
    failure: Failure | None = None
    updated: float = 0.0
    """Seconds since 1970, UTC."""
    furthest: int = 0
    """Maximum of ``samples`` since the request; a restarted recording has fewer."""
    progressed: float = 0.0
    """Time of the last increase of ``furthest``, in seconds since 1970, UTC."""

    @property
    def ended(self) -> bool:
        """Whether it is ready or has failed."""
        return self.status in {Status.READY, Status.FAILED}


@dataclass(frozen=True, slots=True)
class Checksum:
    """Size and checksum of a finished recording."""

    size: int
    crc: int
    """CRC-32 of all bytes."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Start and end of a sentence in a recording, and of its words if the voice reports them."""

    start: float
    end: float
    words: tuple[tuple[float, float], ...] = ()
    """One pair per spoken word, or empty."""
    pieces: tuple[tuple[float, float], ...] = ()
    """The same for each piece; empty in timings stored before pieces were measured."""
    offset: int | None = None
    """Byte in the recording at which it begins; ``None`` in timings stored before it was known."""


@dataclass(frozen=True, slots=True)
class Timings:
    """All timings of one recording, measured when pieces are joined."""

    duration: float
    sentences: tuple[Timing, ...]
    complete: bool = True
    """False while the recording grows; ``sentences`` then contains those spoken so far."""

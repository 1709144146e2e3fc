"""The nouns, frozen, in the order in which an article passes through them.

Places in a text are counted in code points of ``Article.text``. Times are in seconds. Audio is mono,
16-bit signed, little-endian PCM.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal, NamedTuple

from service.model.errors import IstamiError

RESERVED = "~"
"""What ids begin with that istami makes for readers (demo, pages, speech); a publisher can send none such."""

UNREAD = "unread"
"""The key of an article that was accepted and is still being read: its recording is not known yet.

One that could not be read has a key that begins so, under which its failure is found.
"""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of ``Article.text``: ``text[start:end]``."""

    start: int
    end: int


class Role(StrEnum):
    """What a paragraph is on the page."""

    TITLE = "title"
    HEADING = "heading"
    BODY = "body"


class Boundary(StrEnum):
    """What ends a stretch of speech, and so how long the pause after it is."""

    VOICE = "voice"
    """Another voice or manner goes on, where nothing that is written makes a pause."""
    CLAUSE = "clause"
    SENTENCE = "sentence"
    PARAGRAPH = "paragraph"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A stretch of text that is to be read."""

    text: str
    span: Span | None
    """Where it stands in ``Article.text``; ``None`` for a title that was sent beside the text."""
    role: Role = Role.BODY
    boundary: Boundary = Boundary.PARAGRAPH
    """What ends it; a title is always ended as one."""
    is_sentence: bool = False
    """The publisher says that it is one sentence: it is cut no further."""


class Way(StrEnum):
    """How a stretch of text is to be read otherwise than as it is written."""

    SAY_AS = "say-as"
    SUB = "sub"
    PHONEME = "phoneme"
    LANG = "lang"


@dataclass(frozen=True, slots=True)
class Instruction:
    """How the publisher wants a stretch of text read."""

    span: Span
    way: Way
    value: str
    """What it is said as, what is said instead, its phones (IPA), or its language (``en``, ``fr``)."""
    format: str = ""
    """The order of a date's parts."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a stretch is said, beside the voice's own way."""

    rate: float = 1.0
    """Times the article's speed."""
    semitones: float = 0.0
    """Above the voice's own pitch."""
    decibels: float = 0.0
    """Above the recording's loudness."""


@dataclass(frozen=True, slots=True)
class Styled:
    """A stretch of text that has a style."""

    span: Span
    style: Style


@dataclass(frozen=True, slots=True)
class Break:
    """A pause that the publisher wants at a place in the text."""

    at: int
    seconds: float | None = None
    boundary: Boundary = Boundary.SENTENCE
    """As long as the pause that this makes, where no seconds are told."""


@dataclass(frozen=True, slots=True)
class Label:
    """A place in the text whose time the publisher wants to know."""

    at: int
    name: str
    ended: bool
    """When the text before it has ended; else when the text after it begins."""


class Known(NamedTuple):
    """A word whose reading the publisher sent along."""

    grapheme: str
    reading: str
    ipa: str
    role: str


@dataclass(frozen=True, slots=True)
class Script:
    """What a publisher says of a text beside the text: each in the order of the text, none overlapping."""

    instructions: tuple[Instruction, ...] = ()
    styles: tuple[Styled, ...] = ()
    breaks: tuple[Break, ...] = ()
    labels: tuple[Label, ...] = ()
    words: tuple[Known, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """What a publisher sent, with its page chrome left out of ``paragraphs``."""

    text: str
    """The text that all spans count in: as sent, or as extracted from HTML."""
    paragraphs: tuple[Paragraph, ...]
    title: str | None = None
    author: str | None = None
    url: str | None = None
    site: str | None = None
    published: str | None = None
    """ISO 8601 date, where the page told it."""
    script: Script = Script()


@dataclass(frozen=True, slots=True)
class Sentence:
    """The unit of work: one sentence of the article as it is written."""

    text: str
    span: Span | None
    boundary: Boundary
    role: Role = Role.BODY
    script: Script = Script()
    """What of the article's holds here; breaks are those behind a word of this sentence."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence that is said in one breath."""

    text: str
    span: Span | None
    spoken: str
    """What a newsreader would say: words in Arabic letters, marks only where the author or the lexicon
    wrote them, and the punctuation that is heard as a pause."""
    boundary: Boundary
    words: tuple[Span | None, ...] = ()
    """For every word of ``spoken`` (split at white space), what it reads in ``Article.text``; words that
    one rule made together share a span. ``None`` where the sentence has no span itself."""
    latin: bool = False
    """``spoken`` is Latin script as it is written, for the voice that reads it."""
    style: Style = Style()
    breaks: tuple[Break, ...] = ()
    """What is paused behind it, instead of what the boundary asks for."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change that a rule made on the way from what is written to what is said."""

    rule: str
    written: str
    spoken: str
    """Empty where the rule dropped the words."""
    span: Span | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence and how it is to be read, before its vowels are restored."""

    sentence: Sentence
    pieces: tuple[Piece, ...]
    """Empty when nothing of the sentence is speakable (only an emoji, say)."""
    steps: tuple[Step, ...] = ()


class Spoken(NamedTuple):
    """What is said of a piece, as it travels to whoever restores its vowels."""

    words: str
    latin: bool = False


@dataclass(frozen=True, slots=True)
class Utterance:
    """A piece ready for an engine."""

    spoken: str
    """The words without vowel marks, whoever wrote them."""
    diacritised: str
    """Fully vowelled, in pausal form wherever a pause is heard; Latin script as it is written."""
    phonemes: str
    """IPA, words parted by spaces, pauses written as the punctuation that makes them; empty for Latin script,
    of which engines make their own."""
    semitones: float = 0.0
    """How much higher than the voice's own pitch; for engines that have a pitch alone."""


@dataclass(frozen=True, slots=True)
class WordTiming:
    """When a word of ``Utterance.diacritised`` sounds, counted within its clip."""

    word: int
    """Index among the words (split at white space)."""
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Clip:
    """What an engine said."""

    pcm: bytes
    sample_rate: int
    words: tuple[WordTiming, ...] = ()
    """Empty where the engine cannot tell."""

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.pcm) / 2 / self.sample_rate


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece as it stands in a recording: whole MP3 frames that can be put behind any others."""

    mp3: bytes
    samples: int
    """Of all its frames."""
    sound: int
    """Samples up to the silence that it ends in."""
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
    """A place that the publisher has named, and when it is reached."""

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
    """One breath of a plan: what shapes its sound, and nothing else."""

    spoken: str
    pause: float
    """Seconds of silence after it."""
    latin: bool = False
    """Said by the plan's voice for Latin script."""
    style: Style = Style()


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A place in a sentence that the publisher has named."""

    name: str
    word: int
    """Index among the sentence's spoken words."""
    piece: int
    """Index of the piece that has the word."""
    opens: bool
    """The word is the first of its piece."""
    ended: bool
    """Meant is the end of the piece, not the beginning of the word."""


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence as the article has it: what marks tell beside the times."""

    text: str
    span: Span | None
    role: Role
    words: tuple[Span | None, ...]
    """Where each spoken word stands in the original text."""
    labels: tuple[PlacedLabel, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedSentence:
    """One sentence of a plan."""

    pieces: tuple[PlannedPiece, ...]
    written: Written


@dataclass(frozen=True, slots=True)
class Tags:
    """What the MP3 says of itself (ID3v2)."""

    title: str | None = None
    artist: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """A voice as it sounds now."""

    voice: str
    """Its id."""
    fingerprint: str
    """SHA-256 of everything that makes it sound so."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A recording that is to be made: known whole before the first word is spoken."""

    key: str
    """SHA-256 of everything that shapes the sound."""
    voice: str
    voice_fingerprint: str
    latin: Speaker
    """Says the pieces in Latin script; the same voice where there are none."""
    speed: float
    loudness: float
    """LUFS."""
    kbps: int
    diacritiser: str
    """``versions.UTTERANCE`` as it was when this was planned."""
    sentences: tuple[PlannedSentence, ...]
    tags: Tags = Tags()
    seal: str | None = None
    """Of a private recording: what keeps its sentences apart from those of the same text elsewhere."""

    def voice_of(self, piece: PlannedPiece) -> str:
        """Who says a piece."""
        return self.latin.voice if piece.latin else self.voice


@dataclass(frozen=True, slots=True)
class PlannedChapter:
    """A part of a recording, from the title or a heading to the next."""

    title: str
    sentence: int
    """Index of its first sentence."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of a recording and when it sounds."""

    title: str
    start: float
    end: float


class Status(StrEnum):
    """Where a recording stands."""

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
        """What an error says; of a defect, no more than that there is one."""
        if isinstance(error, IstamiError):
            return cls(type(error).__name__, error.en, error.ar)
        return cls("Internal", "Something went wrong here.", "حدث خطأ داخلي.")


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A recording that came to nothing though somebody wanted it."""

    key: str
    failure: Failure
    when: float
    """Seconds since 1970, UTC."""


@dataclass(frozen=True, slots=True)
class State:
    """How far a recording is."""

    status: Status
    done: int
    """Sentences that can be heard, whole."""
    total: int
    pieces: int = 0
    """Pieces of the next sentence that can be heard."""
    samples: int = 0
    """Of all that can be heard."""
    size: int = 0
    """Bytes of the MP3 so far."""
    crc: int = 0
    """CRC-32 of those of them that stand behind the file's opening."""
    duration: float | None = None
    """Seconds; known when it is ready."""
    failure: Failure | None = None
    updated: float = 0.0
    """Seconds since 1970, UTC."""
    furthest: int = 0
    """The most samples that could be heard since it was asked for: it may have been begun anew."""
    progressed: float = 0.0
    """When it last got further than ever, in seconds since 1970, UTC."""

    @property
    def ended(self) -> bool:
        """Whether it is ready or has failed."""
        return self.status in {Status.READY, Status.FAILED}


@dataclass(frozen=True, slots=True)
class Seal:
    """What a finished recording's bytes are."""

    size: int
    crc: int
    """CRC-32 of all of them."""


class Priority(StrEnum):
    """Who is served first."""

    INTERACTIVE = "interactive"
    """Somebody waits to hear it."""
    BATCH = "batch"
    """It is done when nothing else is to do."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a publisher asks for."""

    text: str | None = None
    html: str | None = None
    ssml: str | None = None
    """Exactly one of the three."""
    ssml_unknown: Literal["refuse", "ignore"] = "refuse"
    """What becomes of SSML that is not understood; ignored, its text is read."""
    id: str | None = None
    title: str | None = None
    author: str | None = None
    url: str | None = None
    voice: str | None = None
    speed: float | None = None
    site: str | None = None
    """Where it is published, by host name: whose lexicon holds, and whose feed lists it."""
    section: str | None = None
    """The part of the site that it belongs to."""
    listed: bool = True
    """Whether feeds list it."""
    priority: Priority = Priority.INTERACTIVE
    webhook: str | None = None
    """Where, besides, its outcome is to be told."""
    announced: bool = True
    """Whether its outcome is told to anybody."""
    private: bool = False
    """Whether only those may hear it who have a key or a signed address."""
    bound: bool = False
    """Whether whoever asks may change articles of that site alone."""

    @property
    def is_address(self) -> bool:
        """Whether there is an address alone, whose page is to be fetched."""
        return bool(self.url) and self.text is None and self.html is None and self.ssml is None

    def of(self, site: str) -> Request:
        """The same by somebody who speaks for one site alone."""
        return replace(self, site=site, bound=True)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an article is."""

    site: str | None
    private: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as a list of articles shows it."""

    id: str
    key: str
    """The recording that is its sound."""
    created: float
    """Seconds since 1970, UTC: when this version came in."""
    since: float
    """The same of its first version."""
    site: str | None
    section: str | None
    listed: bool
    article: Article
    private: bool = field(default=False, kw_only=True)
    """Whether only those may hear it who have a key or a signed address."""

    @property
    def is_read(self) -> bool:
        """Whether its recording is known; an article can be accepted before."""
        return self.key != UNREAD

    @property
    def is_unreadable(self) -> bool:
        """Whether it was accepted and could not be read."""
        return self.is_read and self.key.startswith(UNREAD)

    @property
    def owner(self) -> Owner:
        """Whose it is."""
        return Owner(self.site, self.private)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What whoever sent an article is told of it: little, however long the article is."""

    id: str
    key: str
    """The recording that is its sound."""
    voice: str
    speed: float
    title: str | None
    private: bool
    created: float
    """Seconds since 1970, UTC: when this version came in."""
    there: bool = True
    """Whether its recording was finished before."""

    @property
    def is_read(self) -> bool:
        """Whether its recording is known; an article can be accepted before."""
        return self.key != UNREAD


@dataclass(frozen=True, slots=True)
class ArticleRecord(Entry):
    """An article that is known by its id, in its present version."""

    voice: str
    speed: float
    sentences: tuple[Written, ...]

    @property
    def receipt(self) -> Receipt:
        """The same for whoever sent it."""
        about = (self.voice, self.speed, self.article.title, self.private, self.created)
        return Receipt(self.id, self.key, *about)


@dataclass(frozen=True, slots=True)
class Episode:
    """An article that can be heard, as a feed has it."""

    entry: Entry
    duration: float
    size: int
    """Bytes of the MP3."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When a sentence, and each of its words where the voice tells, sounds in a recording."""

    start: float
    end: float
    words: tuple[tuple[float, float], ...] = ()
    """One pair a spoken word, or none at all."""
    pieces: tuple[tuple[float, float], ...] = ()
    """The same of each piece; none in what was kept before these were measured."""


@dataclass(frozen=True, slots=True)
class Timings:
    """Everything measured at the join of one recording."""

    duration: float
    sentences: tuple[Timing, ...]
    complete: bool = True
    """False while the recording grows; there are as many sentences as are spoken."""


@dataclass(frozen=True, slots=True)
class ExplainedPiece:
    """One breath of a sentence on its way to the engine."""

    text: str
    span: Span | None
    voice: str
    """Whose breath it is."""
    spoken: str
    diacritised: str
    phonemes: str


@dataclass(frozen=True, slots=True)
class Explained:
    """How a sentence will be read: what each step made of it."""

    text: str
    span: Span | None
    spoken: str
    diacritised: str
    phonemes: str
    """IPA."""
    pieces: tuple[ExplainedPiece, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class WorkerReport:
    """What a worker process says of itself while it lives."""

    name: str
    voice: str
    """The voice that it was to load first."""
    fault: str | None
    """Why that voice does not load; ``None`` when it does."""
    version: str = ""
    """Of istami."""
    clock: float = 0.0
    """Its clock when it said so: seconds since 1970, UTC."""
    background: Mapping[str, str] = field(default_factory=dict)
    """What goes wrong in its background work: kind of error by work."""
    voices: tuple[str, ...] = ()
    """Ids of the voices that its machine has."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in a queue for a worker."""

    queue: str
    priority: Priority
    waiting: int
    """Tasks."""
    age: float
    """Seconds that the one which is next has waited."""


@dataclass(frozen=True, slots=True)
class Parked:
    """A sentence that is spoken no more, since it has ended its worker time and again."""

    text: str
    voice: str
    reason: str
    when: float
    """Seconds since 1970, UTC."""

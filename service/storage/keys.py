"""Names of all keys in the store.

All names of one recording contain its key in braces, and all of one sentence the sentence's, so that a Redis
Cluster stores them in one slot and can change them in one transaction.
"""

from __future__ import annotations


def page_name(page: str) -> str:
    """Time and result of a page's last fetch."""
    return f"istami:page:{page}"


def page_claim_name(page: str) -> str:
    """Claim to fetch the page."""
    return f"{page_name(page)}:claim"


def list_name(site: str | None, section: str | None) -> str:
    """Ids of articles, of all sites or of one, of a section; host names contain no colon."""
    return f"istami:list:{site or ''}:{section or ''}"


def seen_name(site: str | None, section: str | None) -> str:
    """Version of such a list and time of its last change."""
    return f"istami:seen:{site or ''}:{section or ''}"


PENDING = "istami:pending"
"""Set of keys of recordings that are requested and not finished."""

UNREAD_ARTICLES = "istami:unread"
"""Set of ids of articles that were accepted and are not completely read."""

ROUND = "istami:round"
"""Claim of the web process that monitors pending work."""

UNSAVED = "istami:unsaved"
"""Claim of the web process that logs in this minute that the store cannot write to disk."""

WORKING = "istami:working"
"""Changes repeatedly while any worker is speaking."""

QUEUES = "istami:queues"
"""Set of all queues ever used."""

PARKED = "istami:parked"
"""Sentences that are not attempted any more, ordered by when that was decided."""

SIGNING = "istami:signing"
"""The secret with which this service signs."""

KEYS = "istami:keys"
"""Set of ids of API keys."""

DRAFTS = "istami:keys:drafts"
"""Set of ids of API keys that are being created: they are not valid keys yet, and may never be.

It never expires: the remains of a killed process must not become a valid key.
"""

KEYS_MADE = "istami:keys-made"
"""Exists once an API key has been created, even if all are deleted."""

BATCHES = "istami:batches"
"""Set of ids of batches with pending work."""


def batch_list_name(site: str | None) -> str:
    """Ids of batches, of all sites or of one, ordered by time of arrival."""
    return f"istami:batch-list:{site}" if site else "istami:batch-list"


EXPECTED = "istami:webhooks:expected"
"""Set of the outcomes that webhooks are to report."""

ADDRESSED = "istami:webhooks:addressed"
"""Set of all endpoints with deliveries, past or present."""

DELIVERIES = "istami:webhooks:deliveries"
"""Ids of deliveries, ordered by time of creation."""

COUNTED = "istami:counted"
"""Table of the counters of all processes: ``service.metrics``."""

LEVELS = "levels"
"""Ledger: the latest gauges of each process."""

WORKERS = "workers"
"""Ledger: the latest report of each worker process."""

RATES = "rates"
"""Ledger: remaining requests of each key, or of each address without one."""

PACE = "pace"
"""Ledger: remaining new pages of each address."""

ATTEMPTS = "attempts"
"""Ledger: number of attempts at a sentence from which the worker did not return."""

OVERRUNS = "overruns"
"""Ledger: number of phrases of a sentence that exceeded their time limit."""

RESENT = "resent"
"""Ledger: sentences that were sent again, to limit how often."""

GIVEN_UP = "given-up"
"""Ledger: recordings that failed, and why."""

ANSWERS = "answers"
"""Ledger: workers' answers to questions."""


def answer_channel(answer: str) -> str:
    """Channel that announces an answer."""
    return f"istami:answer-news:{answer}"


PAID_CHARACTERS = "paid-characters"
"""Ledger: characters that remote voices were sent and billed, by voice and month."""

PAID_NOTES = "paid-notes"
"""Ledger: remote voices that are stopped, held or out of budget, and what was logged of them."""


def call_name(voice: str, number: int) -> str:
    """Claim to one of the calls that a remote voice's server may be sent at the same time."""
    return f"istami:call:{voice}:{number}"


REFUSALS = "refusals"
"""Ledger: why a page was refused recently."""


def day_name(site: str) -> str:
    """Ledger: pages of a site accepted today and yesterday."""
    return f"day:{site}"


def audio_name(key: str) -> str:
    """The finished MP3."""
    return f"istami:{{{key}}}:audio"


def seal_name(key: str) -> str:
    """Checksum of the finished MP3."""
    return f"istami:{{{key}}}:seal"


def live_name(key: str) -> str:
    """The growing MP3."""
    return f"istami:{{{key}}}:live"


def claim_name(key: str) -> str:
    """Claim to extend the recording."""
    return f"istami:{{{key}}}:claim"


def channel(key: str) -> str:
    """Channel for the recording's state."""
    return f"istami:{{{key}}}:news"


def timings_name(key: str) -> str:
    """Timings of each sentence in the finished MP3."""
    return f"istami:{{{key}}}:timings"


def growing_timings_name(key: str) -> str:
    """Timings of the sentences spoken so far: a line of JSON each."""
    return f"istami:{{{key}}}:growing-timings"


def asked_name(key: str) -> str:
    """Exists while the recording is requested; stores the priority."""
    return f"istami:{{{key}}}:asked"


def wanting_name(key: str) -> str:
    """Set of the articles that want the recording."""
    return f"istami:{{{key}}}:wanting"


def sent_name(key: str) -> str:
    """Number of its sentences that have been sent to workers, from the first on."""
    return f"istami:{{{key}}}:sent"


def plan_name(key: str) -> str:
    """The recording's plan."""
    return f"istami:{{{key}}}:plan"


def state_name(key: str) -> str:
    """The recording's state; read it with ``repository.unpack_state``."""
    return f"istami:{{{key}}}:state"


def article_name(article: str) -> str:
    """The present version of an article."""
    return f"istami:article:{article}"


def beginning_name(article: str) -> str:
    """The known part of an article's recording while the article is being read."""
    return f"istami:article:{article}:beginning"


def beginning_claim_name(article: str) -> str:
    """Claim to read the article."""
    return f"istami:article:{article}:beginning:claim"


def reading_channel(article: str) -> str:
    """Channel that announces that an article has been read completely."""
    return f"istami:article:{article}:news"


def owner_name(article: str) -> str:
    """The owner of an article."""
    return f"istami:article:{article}:owner"


def recordings_name(article: str) -> str:
    """Set of the keys of the recordings that an article has had."""
    return f"istami:article:{article}:recordings"


def place_name(key: str) -> str:
    """Number of sentences before the recording in the queue when it was sent."""
    return f"istami:{{{key}}}:place"


def served_name(voice: str) -> str:
    """Number of sentences that workers have started for a voice."""
    return f"istami:served:{voice}"


def clip_name(sentence: str, piece: int) -> str:
    """A spoken piece of a sentence."""
    return f"istami:clip:{{{sentence}}}:{piece}"


def sentence_claim_name(sentence: str) -> str:
    """Claim to speak the sentence."""
    return f"istami:clip:{{{sentence}}}:claim"


def holders_name(sentence: str) -> str:
    """Set of the recordings that contain the spoken sentence."""
    return f"istami:clip:{{{sentence}}}:holders"


def moved_name(voice: str) -> str:
    """Time at which a worker last started a sentence of a voice."""
    return f"istami:moved:{voice}"


def waiting_name(sentence: str) -> str:
    """Set of the recordings that wait for the sentence while a worker speaks it for another."""
    return f"istami:clip:{{{sentence}}}:waiting"


def batch_name(batch: str) -> str:
    """A batch and its progress; all names of one batch are in one slot."""
    return f"istami:{{batch:{batch}}}:state"


def batch_claim_name(batch: str) -> str:
    """Claim to receive or to process the batch."""
    return f"istami:{{batch:{batch}}}:claim"


def batch_cancel_name(batch: str) -> str:
    """Exists when the batch is cancelled: articles that have not started are skipped."""
    return f"istami:{{batch:{batch}}}:cancel"


def batch_parcel_name(batch: str, number: int) -> str:
    """Some of the batch's articles, until they are submitted."""
    return f"istami:{{batch:{batch}}}:parcel:{number}"


def batch_report_name(batch: str, page: int) -> str:
    """Results of the batch's lines, in the order in which they ended."""
    return f"istami:{{batch:{batch}}}:report:{page}"


def batch_faults_name(batch: str, page: int) -> str:
    """The failed ones of these results."""
    return f"istami:{{batch:{batch}}}:faults:{page}"


def key_name(key: str) -> str:
    """An API key, by its id; the secret itself is not stored."""
    return f"istami:{{key:{key}}}:key"


def key_used_name(key: str) -> str:
    """Time of the key's last use."""
    return f"istami:{{key:{key}}}:used"


def due_name(endpoint: str) -> str:
    """Ids of the deliveries that wait for an attempt, ordered by its due time."""
    return f"istami:webhooks:due:{endpoint}"


def health_name(endpoint: str) -> str:
    """The delivery health of an endpoint."""
    return f"istami:webhooks:health:{endpoint}"


def delivery_name(delivery: str) -> str:
    """An event to be delivered to one address; in one slot with its claim."""
    return f"istami:{{webhook:{delivery}}}:delivery"


def delivery_claim_name(delivery: str) -> str:
    """Claim to send the delivery."""
    return f"istami:{{webhook:{delivery}}}:claim"

"""Under which name a thing is kept in the store.

All names of one recording carry its key in braces, and all of one sentence the sentence's, so that a Redis
Cluster keeps them in one slot and can change them in one transaction.
"""

from __future__ import annotations


def page_name(page: str) -> str:
    """When a page was last fetched, and what came of it."""
    return f"istami:page:{page}"


def page_claim_name(page: str) -> str:
    """Who fetches the page now."""
    return f"{page_name(page)}:claim"


def list_name(site: str | None, section: str | None) -> str:
    """Ids of articles, of all sites or of one, of a section; no host name has a colon in it."""
    return f"istami:list:{site or ''}:{section or ''}"


def seen_name(site: str | None, section: str | None) -> str:
    """Since when such a list is as it is."""
    return f"istami:seen:{site or ''}:{section or ''}"


PENDING = "istami:pending"
"""Set of keys of recordings that are asked for and not made yet."""

UNREAD_ARTICLES = "istami:unread"
"""Set of ids of articles that were accepted and are not read to their end yet."""

ROUND = "istami:round"
"""Claim of the web process that looks after what is pending."""

UNSAVED = "istami:unsaved"
"""Claim of the web process that says in this minute that the store cannot write to disk."""

WORKING = "istami:working"
"""Changes again and again while anybody speaks anything."""

QUEUES = "istami:queues"
"""Set of the queues that work was ever put into."""

PARKED = "istami:parked"
"""Sentences that are spoken no more, ordered by when that was found."""

SIGNING = "istami:signing"
"""What this service signs with."""

KEYS = "istami:keys"
"""Set of ids of API keys."""

DRAFTS = "istami:keys:drafts"
"""Set of ids of API keys that are being made: they are no keys yet, and may never be.

It never expires: what a maker that was killed has left must not come to count as a key.
"""

KEYS_MADE = "istami:keys-made"
"""There once an API key was made, even if all are gone."""

BATCHES = "istami:batches"
"""Set of ids of batches that something is to be done for."""


def batch_list_name(site: str | None) -> str:
    """Ids of batches, of all sites or of one, ordered by when they came in."""
    return f"istami:batch-list:{site}" if site else "istami:batch-list"


EXPECTED = "istami:webhooks:expected"
"""Set of what webhooks are to tell the outcome of."""

ADDRESSED = "istami:webhooks:addressed"
"""Set of the endpoints that anything was ever put down for."""

DELIVERIES = "istami:webhooks:deliveries"
"""Ids of deliveries, ordered by when they were put down."""

COUNTED = "istami:counted"
"""Table of what all processes have counted: ``service.metrics``."""

LEVELS = "levels"
"""Ledger: what goes up and down in a process, as it was a moment ago."""

WORKERS = "workers"
"""Ledger: what a speaking process reported a moment ago."""

RATES = "rates"
"""Ledger: what each key, or each address without one, may still ask for."""

PACE = "pace"
"""Ledger: how many new pages each address may still ask for."""

ATTEMPTS = "attempts"
"""Ledger: how often somebody has begun to speak a sentence and has not come back."""

OVERRUNS = "overruns"
"""Ledger: how often a phrase of a sentence has taken longer than it may."""

RESENT = "resent"
"""Ledger: sentences that were sent again, so that none is sent again too often."""

GIVEN_UP = "given-up"
"""Ledger: recordings that came to nothing, and why."""

ANSWERS = "answers"
"""Ledger: answers to questions that were put to workers."""


def answer_channel(answer: str) -> str:
    """Where it is published that an answer has come."""
    return f"istami:answer-news:{answer}"


REFUSALS = "refusals"
"""Ledger: why a page could not be taken in a moment ago."""


def day_name(site: str) -> str:
    """Ledger: what was taken in of a site's pages, today and yesterday."""
    return f"day:{site}"


def audio_name(key: str) -> str:
    """The finished MP3."""
    return f"istami:{{{key}}}:audio"


def seal_name(key: str) -> str:
    """What the bytes of the finished MP3 are."""
    return f"istami:{{{key}}}:seal"


def live_name(key: str) -> str:
    """The MP3 as far as it is made."""
    return f"istami:{{{key}}}:live"


def claim_name(key: str) -> str:
    """Who lets the recording grow now."""
    return f"istami:{{{key}}}:claim"


def channel(key: str) -> str:
    """Where news of the recording is published."""
    return f"istami:{{{key}}}:news"


def timings_name(key: str) -> str:
    """When each sentence sounds in the finished MP3."""
    return f"istami:{{{key}}}:timings"


def growing_timings_name(key: str) -> str:
    """When each sentence sounds, as far as it is made: a line of JSON each."""
    return f"istami:{{{key}}}:growing-timings"


def asked_name(key: str) -> str:
    """There while somebody waits for the recording; tells the priority."""
    return f"istami:{{{key}}}:asked"


def wanting_name(key: str) -> str:
    """Set of the articles that want the recording."""
    return f"istami:{{{key}}}:wanting"


def sent_name(key: str) -> str:
    """How many of its sentences have been sent to makers, from the first on."""
    return f"istami:{{{key}}}:sent"


def plan_name(key: str) -> str:
    """What the recording is made from."""
    return f"istami:{{{key}}}:plan"


def state_name(key: str) -> str:
    """How far the recording is; read it with ``repository.unpack_state``."""
    return f"istami:{{{key}}}:state"


def article_name(article: str) -> str:
    """An article, in its present version."""
    return f"istami:article:{article}"


def beginning_name(article: str) -> str:
    """What is known of an article's recording while the article is read."""
    return f"istami:article:{article}:beginning"


def beginning_claim_name(article: str) -> str:
    """Who reads the article now."""
    return f"istami:article:{article}:beginning:claim"


def reading_channel(article: str) -> str:
    """Where it is published that an article has been read to its end."""
    return f"istami:article:{article}:news"


def owner_name(article: str) -> str:
    """Whose an article is."""
    return f"istami:article:{article}:owner"


def recordings_name(article: str) -> str:
    """Set of the keys of the recordings that an article has had."""
    return f"istami:article:{article}:recordings"


def place_name(key: str) -> str:
    """What stood before the recording in the queue when it was sent."""
    return f"istami:{{{key}}}:place"


def served_name(voice: str) -> str:
    """How many sentences workers have taken up for a voice."""
    return f"istami:served:{voice}"


def clip_name(sentence: str, piece: int) -> str:
    """A spoken piece of a sentence."""
    return f"istami:clip:{{{sentence}}}:{piece}"


def sentence_claim_name(sentence: str) -> str:
    """Who speaks the sentence now."""
    return f"istami:clip:{{{sentence}}}:claim"


def holders_name(sentence: str) -> str:
    """Set of the recordings that the spoken sentence is part of."""
    return f"istami:clip:{{{sentence}}}:holders"


def moved_name(voice: str) -> str:
    """When a maker last came to an end with a sentence of a voice."""
    return f"istami:moved:{voice}"


def waiting_name(sentence: str) -> str:
    """Set of the recordings that wait for the sentence while somebody speaks it for another."""
    return f"istami:clip:{{{sentence}}}:waiting"


def batch_name(batch: str) -> str:
    """A batch and how far it is; all names of one batch lie in one slot."""
    return f"istami:{{batch:{batch}}}:state"


def batch_claim_name(batch: str) -> str:
    """Who takes the batch in, or works it through, now."""
    return f"istami:{{batch:{batch}}}:claim"


def batch_cancel_name(batch: str) -> str:
    """There when the batch is to end without what has not begun."""
    return f"istami:{{batch:{batch}}}:cancel"


def batch_parcel_name(batch: str, number: int) -> str:
    """Some of the batch's articles, until they are submitted."""
    return f"istami:{{batch:{batch}}}:parcel:{number}"


def batch_report_name(batch: str, page: int) -> str:
    """What has become of the batch's lines, in the order in which they ended."""
    return f"istami:{{batch:{batch}}}:report:{page}"


def batch_faults_name(batch: str, page: int) -> str:
    """Those of them that came to nothing."""
    return f"istami:{{batch:{batch}}}:faults:{page}"


def key_name(key: str) -> str:
    """An API key, by its id; what proves it is not in it."""
    return f"istami:{{key:{key}}}:key"


def key_used_name(key: str) -> str:
    """When it was last used."""
    return f"istami:{{key:{key}}}:used"


def due_name(endpoint: str) -> str:
    """Ids of the deliveries that wait for an attempt, ordered by when it is due."""
    return f"istami:webhooks:due:{endpoint}"


def health_name(endpoint: str) -> str:
    """How an endpoint has been doing."""
    return f"istami:webhooks:health:{endpoint}"


def delivery_name(delivery: str) -> str:
    """An event on its way to one address; lies in one slot with its claim."""
    return f"istami:{{webhook:{delivery}}}:delivery"


def delivery_claim_name(delivery: str) -> str:
    """Who sends it now."""
    return f"istami:{{webhook:{delivery}}}:claim"

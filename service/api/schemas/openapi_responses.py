"""Responses of routes that FastAPI cannot derive from their types."""

from __future__ import annotations

from typing import Any

from service.api import addresses
from service.api.problems import described
from service.api.schemas.batches import BatchOut
from service.api.schemas.marks import ChaptersOut, MarksOut

Answers = dict[int | str, dict[str, Any]]
"""By status, in OpenAPI's form."""

EVENTS_TYPE = "text/event-stream"

_KNOWN: Answers = {304: {"description": "You have it."}}

SOUND: Answers = {
    200: {"content": {addresses.AUDIO_TYPE: {}}, "description": "The MP3; without a length while it grows."},
    206: {"content": {addresses.AUDIO_TYPE: {}}, "description": "The part that was asked for."},
    307: {"description": "It is ready: its lasting address."},
    416: {"description": "The part that was asked for is beyond the end."},
}
LASTING_SOUND: Answers = {
    **{status: answer for status, answer in SOUND.items() if status != 307},  # noqa: PLR2004
    **_KNOWN,
    504: described("It is not in the store, and `Cache-Control: only-if-cached` was sent."),
}
NOT_ALLOWED: Answers = {403: described("The page is of no site here, or may not be fetched.")}
FETCHED: Answers = {
    **NOT_ALLOWED,
    429: described("Too many pages were asked for; `Retry-After` tells when to come again."),
    502: described("The page's server does not answer."),
    504: described("The page did not come in time."),
}
"""Of routes that may fetch a page."""
BATCH: Answers = {
    200: {"model": BatchOut, "description": "There is a batch of this id; nothing was read."},
    408: described("The body was too long in coming; nothing of it is kept."),
    409: described("A batch of this id is coming in from somebody else."),
    413: described("The batch has too many bytes or lines; nothing of it is kept."),
    415: described("The body is not sent as JSON Lines."),
}
REPLAY: Answers = {409: described("It is being sent.")}
REPORT: Answers = {
    200: {
        "content": {addresses.LINES_TYPE: {}},
        "description": "A line of JSON (`EndedOut`) for every line that has ended.",
    }
}
TAKEN_DOWN: Answers = {409: described("Another article has the same recording; nothing has changed.")}
MARKS: Answers = {200: {"model": MarksOut, "description": "The marks, as far as it is spoken."}}
CAPTIONS: Answers = {
    200: {
        "content": {addresses.CAPTIONS_TYPE: {}},
        "description": "The captions, as far as it is spoken.",
    }
}
CHAPTERS: Answers = {
    200: {
        "content": {
            addresses.CHAPTERS_TYPE: {"schema": {"$ref": f"#/components/schemas/{ChaptersOut.__name__}"}}
        },
        "description": "The chapters, as far as it is spoken.",
    }
}
PROGRESS: Answers = {
    200: {
        "content": {EVENTS_TYPE: {}},
        "description": "Events `progress`; the data of each is what the article's own address answers.",
    }
}
FEED: Answers = {200: {"content": {addresses.FEED_TYPE: {}}, "description": "The feed."}, **_KNOWN}
COVER: Answers = {
    200: {"content": {"image/jpeg": {}, "image/png": {}}, "description": "The picture."},
    404: described("No picture is set."),
    **_KNOWN,
}

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

_KNOWN: Answers = {304: {"description": "Not modified: the client's copy is current."}}

SOUND: Answers = {
    200: {
        "content": {addresses.AUDIO_TYPE: {}},
        "description": "The MP3; no `Content-Length` during synthesis.",
    },
    206: {"content": {addresses.AUDIO_TYPE: {}}, "description": "The requested range."},
    307: {"description": "The recording is ready; redirects to its permanent URL."},
    416: {"description": "The requested range is beyond the end."},
}
LASTING_SOUND: Answers = {
    **{status: answer for status, answer in SOUND.items() if status != 307},  # noqa: PLR2004
    **_KNOWN,
    504: described("The recording is not in the store, and the request has `Cache-Control: only-if-cached`."),
}
NOT_ALLOWED: Answers = {403: described("The page belongs to no configured site, or must not be fetched.")}
FETCHED: Answers = {
    **NOT_ALLOWED,
    429: described("Too many pages were requested; retry after `Retry-After` seconds."),
    502: described("The page's server did not respond."),
    504: described("The page was not received in time."),
}
"""Of routes that may fetch a page."""
BATCH: Answers = {
    200: {"model": BatchOut, "description": "A batch with this id exists; the body was ignored."},
    408: described("The body was not received in time; nothing was stored."),
    409: described("Another client is uploading a batch with this id."),
    413: described("The batch has too many bytes or lines; nothing was stored."),
    415: described("The content type is not JSON Lines."),
}
INSTALL: Answers = {409: described("Another voice is being installed.")}
INSTALLING: Answers = {422: described("There is no voice of that id.")}
REPLAY: Answers = {409: described("The delivery is being sent.")}
REPORT: Answers = {
    200: {
        "content": {addresses.LINES_TYPE: {}},
        "description": "One line of JSON (`EndedOut`) for each finished line.",
    }
}
TAKEN_DOWN: Answers = {409: described("Another article shares the recording; nothing was deleted.")}
MARKS: Answers = {200: {"model": MarksOut, "description": "The marks of the audio synthesised so far."}}
CAPTIONS: Answers = {
    200: {
        "content": {addresses.CAPTIONS_TYPE: {}},
        "description": "The captions of the audio synthesised so far.",
    }
}
CHAPTERS: Answers = {
    200: {
        "content": {
            addresses.CHAPTERS_TYPE: {"schema": {"$ref": f"#/components/schemas/{ChaptersOut.__name__}"}}
        },
        "description": "The chapters of the audio synthesised so far.",
    }
}
PROGRESS: Answers = {
    200: {
        "content": {EVENTS_TYPE: {}},
        "description": "`progress` events; the data of each is the article, as in `ArticleOut`.",
    }
}
FEED: Answers = {
    200: {"content": {addresses.FEED_TYPE: {}}, "description": "The feed."},
    422: described("A field is invalid, or a commercial site may not publish an article's voice."),
    **_KNOWN,
}
COVER: Answers = {
    200: {"content": {"image/jpeg": {}, "image/png": {}}, "description": "The cover image."},
    404: described("No cover image is configured."),
    **_KNOWN,
}

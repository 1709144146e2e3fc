"""``/v1/audio/speech``: takes a text, and returns its audio in one response."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from cache.errors import StoreError
from service.api import addresses, problems
from service.api.access import AtGate, Caller
from service.api.article_access import own
from service.api.dependencies import AppContext, ContextDep
from service.api.disconnect import while_there
from service.api.openai import models
from service.api.openai.refusals import OpenAIRoute, refused, told
from service.api.openai.schemas import SpeechIn
from service.api.routes.audio import begun
from service.api.schemas.openapi_responses import EVENTS_TYPE, Answers
from service.article import is_speakable
from service.audio.frames import Format as Layout
from service.audio.frames import silence
from service.audio.transcoding import PCM_RATE, Format
from service.model.article import Submission
from service.model.document import RESERVED
from service.model.errors import IstamiError
from service.recordings import streaming

log = logging.getLogger(__name__)

router = APIRouter(prefix="/v1/audio", route_class=OpenAIRoute)

VOICE = "Istami-Voice"
"""Header: the voice that speaks."""
PASSED_OVER = "Istami-Passed-Over"
"""Header: fields of the request that have no effect."""
_LONGEST_LIST = 1000
_SILENT_SECONDS = 0.5
_SILENT_KBPS = 64

_SOUND: Answers = {
    200: {
        "description": "The audio as a stream, or as server-sent events.",
        "content": {each.content_type: {} for each in Format} | {EVENTS_TYPE: {}},
    },
    404: refused("The model does not exist."),
}


@router.post("/speech", response_class=StreamingResponse, responses=_SOUND)
async def speech(body: SpeechIn, request: Request, context: ContextDep, caller: AtGate) -> StreamingResponse:
    """Synthesise a text, and stream the audio from its first sentence on.

    A recording of an article with the same text is reused. The header ``Link`` has the URL of the recording's
    marks, ``Istami-Voice`` the voice that speaks, and ``Istami-Passed-Over`` the fields of the request that
    have no effect. A text without a letter or a digit gives half a second of silence.
    """
    models.check(body.model or models.NAMES[0])
    wanted = body.response_format or Format.MP3
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    if passed_over := _listed(body.passed_over):
        headers[PASSED_OVER] = passed_over
    seconds = None
    submission = _submission(body, context, caller)
    if body.input.strip() and not is_speakable(body.input):
        headers[VOICE] = await run_in_threadpool(context.article_service.voice, submission)
        stream, seconds = _silence(), _SILENT_SECONDS
    else:
        receipt = await while_there(request, context.reception.take_in(submission))
        stream = await begun(streaming.growing(context.reader, receipt.key, context.patience))
        if wanted is Format.WAV:
            seconds = (await run_in_threadpool(context.playback.state, receipt.key)).duration
        marks = addresses.base(request, context) + addresses.audio_path(receipt.key, "json")
        headers |= {VOICE: receipt.voice, "Link": f'<{marks}>; rel="describedby"; type="application/json"'}
    if wanted is not Format.MP3:
        stream = await begun(context.transcoder.transcode(stream, wanted, seconds))
    events = body.stream_format == "sse"
    return StreamingResponse(
        _events(stream, len(body.input)) if events else stream,
        headers=headers,
        media_type=EVENTS_TYPE if events else wanted.content_type,
    )


def _listed(fields: list[str]) -> str:
    """Names of fields as a header can hold them: those that are not ASCII in percent-encoding."""
    return ", ".join(quote(name, safe="[]$.") for name in fields)[:_LONGEST_LIST]


async def _silence() -> AsyncGenerator[bytes]:
    """The audio of a text without letters and digits: clients send such texts to test a service."""
    layout = Layout(PCM_RATE, _SILENT_KBPS)
    yield silence(layout.frames_for(round(_SILENT_SECONDS * PCM_RATE)), layout)


def _submission(body: SpeechIn, context: AppContext, caller: Caller) -> Submission:
    voice = context.voice_aliases.get(body.voice, body.voice) if body.voice else None
    # An id of its own: the same text may be an article too, which stays listed and keeps its title.
    told_apart = json.dumps([body.input, voice, body.speed, *filter(None, [caller.site])])
    name = hashlib.sha256(told_apart.encode()).hexdigest()[:24]
    said = Submission(
        id=f"{RESERVED}speech-{name}",
        text=body.input,
        voice=voice,
        speed=body.speed,
        listed=False,
        announced=False,
    )
    return own(said, caller)


async def _events(stream: AsyncGenerator[bytes], characters: int) -> AsyncGenerator[str]:
    """The audio as events; a failure on the way sends an error event, and no done event."""
    async with aclosing(stream):
        try:
            async for chunk in stream:
                yield _event({"type": "speech.audio.delta", "audio": base64.b64encode(chunk).decode()})
        except (IstamiError, StoreError) as error:
            log.warning("speech: %s", type(error).__name__)  # its words may be the text's
            yield _event(told(problems.of(error)).model_dump())
            return
    # There are no tokens here: the characters of the request are counted.
    usage = {"input_tokens": characters, "output_tokens": 0, "total_tokens": characters}
    yield _event({"type": "speech.audio.done", "usage": usage})


def _event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"

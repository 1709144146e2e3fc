"""``/v1/audio/speech``: a text goes in, its sound comes out, in one answer."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from cache.errors import StoreError
from service import listening
from service.api import addresses, problems
from service.api.access import AtGate, Caller
from service.api.answers import EVENTS_TYPE, Answers
from service.api.audio import begun
from service.api.desk import AtDesk, Desk
from service.api.leaving import while_there
from service.api.openai import models
from service.api.openai.refusals import OpenAIRoute, refused, told
from service.api.openai.schemas import SpeechIn
from service.api.seen import own
from service.audio.transcoding import Format
from service.errors import IstamiError
from service.types import RESERVED
from service.types import Request as Submission

log = logging.getLogger(__name__)

router = APIRouter(prefix="/v1/audio", route_class=OpenAIRoute)

_SOUND: Answers = {
    200: {
        "description": "The sound, as it is made; or events with it.",
        "content": {each.content_type: {} for each in Format} | {EVENTS_TYPE: {}},
    },
    404: refused("There is no such model."),
}


@router.post("/speech", response_class=StreamingResponse, responses=_SOUND)
async def speech(body: SpeechIn, request: Request, desk: AtDesk, caller: AtGate) -> StreamingResponse:
    """Have a text spoken, and hear it from its first sentence on.

    What an article of the same text has been recorded as is not recorded again. The header ``Link`` tells
    where the marks of the recording are.
    """
    models.check(body.model)
    receipt = await while_there(request, desk.reception.take_in(_submission(body, desk, caller)))
    stream = await begun(_sound(desk, receipt.key, body.response_format))
    events = body.stream_format == "sse"
    marks = addresses.base(request, desk) + addresses.audio_path(receipt.key, "json")
    headers = {
        "Cache-Control": "no-store",
        "X-Accel-Buffering": "no",
        "Link": f'<{marks}>; rel="describedby"; type="application/json"',
    }
    return StreamingResponse(
        _events(stream, len(body.input)) if events else stream,
        headers=headers,
        media_type=EVENTS_TYPE if events else body.response_format.content_type,
    )


def _submission(body: SpeechIn, desk: Desk, caller: Caller) -> Submission:
    voice = desk.voice_aliases.get(body.voice, body.voice) if body.voice else None
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


def _sound(desk: Desk, key: str, wanted: Format) -> AsyncGenerator[bytes]:
    mp3 = listening.growing(desk.reader, key, desk.patience)
    return mp3 if wanted is Format.MP3 else desk.transcoder.transcode(mp3, wanted)


async def _events(stream: AsyncGenerator[bytes], characters: int) -> AsyncGenerator[str]:
    """The sound as events; what fails on the way is told as an error, and never as done."""
    async with aclosing(stream):
        try:
            async for chunk in stream:
                yield _event({"type": "speech.audio.delta", "audio": base64.b64encode(chunk).decode()})
        except (IstamiError, StoreError) as error:
            log.warning("speech: %s", type(error).__name__)  # its words may be the text's
            yield _event(told(problems.of(error)).model_dump())
            return
    # There are no tokens here: what is counted is what was sent.
    usage = {"input_tokens": characters, "output_tokens": 0, "total_tokens": characters}
    yield _event({"type": "speech.audio.done", "usage": usage})


def _event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"

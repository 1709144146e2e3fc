"""``/v1/voices/{id}/install``: an administrator installs a voice of the catalogue."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from service.api.dependencies import ContextDep
from service.api.schemas.about import InstallIn, InstallOut
from service.api.schemas.openapi_responses import INSTALL, INSTALLING
from service.api.schemas.wire import Message
from service.jobs.voice_installs import InstallReport

router = APIRouter(prefix="/v1/voices", tags=["about"])

VoiceId = Annotated[
    str, Path(alias="id", max_length=100, description="The voice's id.", examples=["espeak-ar"])
]


@router.post("/{id}/install", status_code=202, responses=INSTALL)
def install(voice: VoiceId, body: InstallIn, context: ContextDep) -> InstallOut:
    """Install a voice on this machine; one that is being installed already is not begun twice.

    Its progress is at the same URL. An install that was cut off goes on where it was.
    """
    card = context.known_voice(voice)
    return _out(context.voice_installs.begin(card, accept_licence=body.accept_licence))


@router.get("/{id}/install", responses=INSTALLING)
def progress(voice: VoiceId, context: ContextDep) -> InstallOut:
    """Report how far the install of a voice is."""
    return _out(context.voice_installs.report(context.known_voice(voice)))


def _out(report: InstallReport) -> InstallOut:
    error = Message(ar=report.ar, en=report.en) if report.status == "failed" else None
    return InstallOut(status=report.status, bytes_done=report.done, bytes_total=report.total, error=error)

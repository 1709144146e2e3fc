"""Voices, explanations of readings, and health."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from cache.errors import StoreError
from service.api.access import AtGate
from service.api.article_access import own
from service.api.dependencies import AppContext, ContextDep
from service.api.disconnect import while_there
from service.api.problems import RETRY_SECONDS
from service.api.schemas.about import OfferOut, ReadyOut, UpOut, VoiceOut, VoicesOut
from service.api.schemas.explain import ExplainIn, ExplainOut
from service.api.schemas.wire import Message
from service.metrics import background
from service.storage import durability
from voices.card import VoiceCard
from voices.offer import download_size

router = APIRouter(tags=["about"])


@router.get("/v1/voices")
def voices(context: ContextDep) -> VoicesOut:
    """List the installed voices, on this machine or on the workers' machines."""
    there, offer = context.voices(), context.voice_offer()
    return VoicesOut(
        voices=[VoiceOut(**_described(card)) for card in there],
        default=context.default_voice,
        offer=_offered(offer, installed=offer in there) if offer else None,
    )


def _described(card: VoiceCard) -> dict[str, Any]:
    return {
        "id": card.id,
        "name": Message(ar=card.name.ar, en=card.name.en),
        "engine": card.engine,
        "language": card.language,
        "dialect": card.dialect,
        "gender": card.gender,
        "sample_rate": card.sample_rate,
        "licence": card.licence,
        "commercial_use": card.commercial_use.value,
        "data_licence": card.data_licence,
        "evidence": str(card.evidence) if card.evidence else None,
        "attribution": card.attribution,
    }


def _offered(card: VoiceCard, *, installed: bool) -> OfferOut:
    size = download_size(card)
    return OfferOut(**_described(card), installed=installed, bytes=size, command=card.install_command)


@router.post("/v1/explain", response_model=ExplainOut)
async def explain(body: ExplainIn, request: Request, context: ContextDep, caller: AtGate) -> Response:
    """Show how an article will be read: each sentence as spoken, with its vowels and its phonemes."""
    told = await while_there(request, context.reception.explain(own(body.request(), caller)))
    return Response(told, media_type="application/json")


@router.get("/healthz")
async def healthz() -> UpOut:
    """Report that the process is up."""
    return UpOut(status="up")


@router.get(
    "/readyz",
    response_class=JSONResponse,
    responses={
        200: {"model": ReadyOut, "description": "Ready to accept and synthesise articles."},
        503: {"model": ReadyOut, "description": "Not ready; `reasons` names the missing part."},
    },
)
def readyz(context: ContextDep) -> JSONResponse:
    """Report readiness to accept and speak articles: Redis answers, a worker lives, the default voice loads.

    So does the voice for Latin script, if one is set. Warnings name problems that do not prevent that, such
    as a Redis that cannot write to disk, a site whose own voice is missing, or a remote voice that has used
    most of its monthly budget. Failing background work (batches, webhooks, metrics) is named, and does not
    change the status code.
    """
    reasons: dict[str, str | None] = {"redis": None, "worker": None, "voice": None}
    failing = dict(background.faults())
    warnings: list[str] = []
    try:
        workers = context.workers()
        stopped, warnings = context.paid_faults()
    except StoreError as error:
        reasons |= {"redis": str(error), "worker": "unknown", "voice": "unknown"}
    else:
        faults = [worker.fault for worker in workers]
        for worker in workers:
            failing |= worker.background
        if not workers:
            reasons |= {"worker": "no worker is alive", "voice": "unknown"}
        elif all(faults):
            reasons["voice"] = faults[0]
        elif context.default_voice in stopped:
            reasons["voice"] = stopped.pop(context.default_voice)
        elif missing := context.voice_fault():
            reasons["voice"] = missing.en
        warnings = [*stopped.values(), *warnings]
    ready = not any(reasons.values())
    status = "not ready" if not ready else "degraded" if failing else "ready"
    warnings = [*_warnings(context), *warnings]
    body = {"status": status, "reasons": reasons, "warnings": warnings, "background": failing}
    headers = {"Cache-Control": "no-store"} | ({} if ready else {"Retry-After": str(RETRY_SECONDS)})
    return JSONResponse(body, 200 if ready else 503, headers)


def _warnings(context: AppContext) -> list[str]:
    """Problems that do not prevent service; those of the store only if it answers and reports them."""
    try:
        unsaved = durability.fault(context.condition())
    except StoreError:
        unsaved = None
    return [*([unsaved.en] if unsaved else []), *context.site_faults()]

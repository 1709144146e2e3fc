"""``/v1/audio/voices`` and ``/v1/audio/models``: the choices that programs offer their users.

OpenAI has no such routes; programs for other servers request them, mostly without a key.
"""

from __future__ import annotations

from fastapi import APIRouter

from service.api.dependencies import ContextDep
from service.api.openai import models
from service.api.openai.refusals import OpenAIRoute
from service.api.openai.schemas import ChoiceOut, SpeechModelsOut, SpeechVoicesOut

router = APIRouter(prefix="/v1/audio", route_class=OpenAIRoute)

NAMES = (
    *("alloy", "ash", "ballad", "cedar", "coral", "echo", "fable"),
    *("marin", "nova", "onyx", "sage", "shimmer", "verse"),
)
"""OpenAI's own voices, which clients hard-code; each stands for the voice of a request that names none."""


@router.get("/voices")
def voices(context: ContextDep) -> SpeechVoicesOut:
    """List the values of `voice`: the installed voices, the default one first."""
    cards = sorted(context.voices(), key=lambda card: card.id != context.default_voice)
    return SpeechVoicesOut(
        voices=[ChoiceOut(id=card.id, name=f"{card.name.ar} · {card.name.en}") for card in cards]
    )


@router.get("/models")
async def choices() -> SpeechModelsOut:
    """List the values of `model`, in the form that Open WebUI expects."""
    return SpeechModelsOut(models=[ChoiceOut(id=name, name=name) for name in models.NAMES])

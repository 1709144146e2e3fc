"""``/v1/audio/voices`` and ``/v1/audio/models``: what programs offer their users to choose from.

OpenAI has no such addresses; programs that speak to other servers ask them, mostly without a key.
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
"""OpenAI's own voices, which clients hold in their code; each stands for the voice of who asks for none."""


@router.get("/voices")
def voices(context: ContextDep) -> SpeechVoicesOut:
    """What may be sent as `voice`: the voices that are installed, the default one first."""
    cards = sorted(context.voices(), key=lambda card: card.id != context.default_voice)
    return SpeechVoicesOut(
        voices=[ChoiceOut(id=card.id, name=f"{card.name.ar} · {card.name.en}") for card in cards]
    )


@router.get("/models")
async def choices() -> SpeechModelsOut:
    """What may be sent as `model`, as Open WebUI asks for it."""
    return SpeechModelsOut(models=[ChoiceOut(id=name, name=name) for name in models.NAMES])

"""``/v1/models``: the names that are taken for a model. One thing speaks, whatever it is called."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from service.api.openai.refusals import OpenAIRoute
from service.api.openai.schemas import ModelOut, ModelsOut
from service.model.errors import UnknownModel

router = APIRouter(prefix="/v1/models", route_class=OpenAIRoute)

NAMES = ("istami", "tts-1", "tts-1-hd", "gpt-4o-mini-tts", "gpt-4o-mini-tts-2025-12-15")
_CREATED = 1_795_478_400
"""24 November 2026, when this address came to be; a model must have a day."""


@router.get("")
async def models() -> ModelsOut:
    """What may be sent as ``model``."""
    return ModelsOut(data=[_model(name) for name in NAMES])


@router.get("/{model}")
async def show(model: Annotated[str, Path(description="Its name.", examples=["istami"])]) -> ModelOut:
    """One of them."""
    check(model)
    return _model(model)


def check(model: str) -> None:
    """Refuse what is no model here.

    Raises:
        UnknownModel: it is none.
    """
    if model not in NAMES:
        raise UnknownModel(
            f"There is no model “{model}”. There are: {', '.join(NAMES)}.",
            f"لا يوجد نموذج باسم «{model}». النماذج المتاحة: {'، '.join(NAMES)}.",
            field="model",
        )


def _model(name: str) -> ModelOut:
    return ModelOut(id=name, created=_CREATED, owned_by="istami")

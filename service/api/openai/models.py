"""``/v1/models``: the accepted names of models. All stand for the same service."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from service.api.openai.refusals import OpenAIRoute
from service.api.openai.schemas import ModelOut, ModelsOut
from service.model.errors import UnknownModel

router = APIRouter(prefix="/v1/models", route_class=OpenAIRoute)

NAMES = ("istami", "tts-1", "tts-1-hd", "gpt-4o-mini-tts", "gpt-4o-mini-tts-2025-12-15")
_CREATED = 1_795_478_400
"""24 November 2026, when this route was added; a model must have a date."""


@router.get("")
async def models() -> ModelsOut:
    """List the values of ``model``."""
    return ModelsOut(data=[_model(name) for name in NAMES])


@router.get("/{model}")
async def show(
    model: Annotated[str, Path(description="Its name.", examples=["istami"])],
) -> ModelOut:
    """Return one model."""
    check(model)
    return _model(model)


def check(model: str) -> None:
    """Refuse an unknown model.

    Raises:
        UnknownModel: there is no such model.
    """
    if model not in NAMES:
        raise UnknownModel(
            f"There is no model “{model}”. Available: {', '.join(NAMES)}.",
            f"لا يوجد نموذج باسم «{model}». النماذج المتاحة: {'، '.join(NAMES)}.",
            field="model",
        )


def _model(name: str) -> ModelOut:
    return ModelOut(id=name, created=_CREATED, owned_by="istami")

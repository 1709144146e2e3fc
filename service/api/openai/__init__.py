"""The addresses that clients of OpenAI's speech API know: speech, and the models that speak it."""

from fastapi import APIRouter

from service.api.openai import models, speech

router = APIRouter(tags=["openai"])
router.include_router(speech.router)
router.include_router(models.router)

__all__ = ["router"]

"""The addresses that clients of OpenAI's speech API know: speech, and what there is to choose from."""

from fastapi import APIRouter

from service.api.openai import models, speech, voices

router = APIRouter(tags=["openai"])
router.include_router(speech.router)
router.include_router(models.router)
router.include_router(voices.router)

__all__ = ["router"]

"""Routes for clients of OpenAI's speech API: speech, voices and models."""

from fastapi import APIRouter

from service.api.openai import models, speech, voices

router = APIRouter(tags=["openai"])
router.include_router(speech.router)
router.include_router(models.router)
router.include_router(voices.router)

__all__ = ["router"]

"""A line of JSONL as an article: the fields of ``POST /v1/articles``, and the same validation errors."""

from __future__ import annotations

from pydantic import ValidationError

from service.api.schemas.articles import ArticleIn
from service.api.validation_messages import complaint
from service.model.errors import BadArticle
from service.util.jsonl import Line


def article(line: Line, most: int) -> ArticleIn:
    """The article that a line holds.

    Args:
        line: as it came in.
        most: bytes that a line may have.

    Raises:
        BadArticle: it holds none; the invalid field is named.
    """
    if line.content is None:
        raise BadArticle(f"The line is longer than {most} bytes.", f"السطر أطول من {most} بايت.")
    try:
        return ArticleIn.model_validate_json(line.content)
    except ValidationError as error:
        raise refusal(error) from error


def refusal(error: ValidationError) -> BadArticle:
    """The error for an invalid article that was not the body of a request."""
    first = error.errors(include_url=False)[0]
    if first["type"] == "json_invalid":
        return BadArticle("The line is not JSON.", "السطر ليس JSON صالحًا.")
    field, en, ar = complaint({**first, "loc": ("body", *first["loc"])})
    return BadArticle(en, ar, field=field)

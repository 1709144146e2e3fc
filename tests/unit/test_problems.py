"""Every error is answered in Arabic and in English, under the right status."""

import inspect
import json
import re

import pytest
from pydantic import TypeAdapter, ValidationError

from cache.errors import StoreFull, StoreUnavailable
from service.api.problems import TABLE, Problem, of_error, of_store
from service.api.schemas.articles import ArticleIn
from service.api.validation_messages import complaint
from service.model import errors
from service.model.errors import IstamiError

STATUS = {
    "BadArticle": 422,
    "UnknownVoice": 422,
    "VoiceNotInstalled": 422,
    "NotFound": 404,
    "EngineError": 500,
    "MissingPart": 503,
    "Unavailable": 503,
    "BadUrl": 422,
    "NotAllowed": 403,
    "Unreachable": 502,
    "Unfit": 422,
    "TooSlow": 504,
    "TooMany": 429,
}
ARABIC = re.compile(r"[\u0621-\u064a]")


@pytest.mark.parametrize(("name", "status"), STATUS.items())
def test_each_has_its_status(name: str, status: int) -> None:
    problem = of_error(getattr(errors, name)("en", "ar", field="text"))
    assert (problem.status, problem.en, problem.ar, problem.field) == (status, "en", "ar", "text")


def test_none_is_forgotten() -> None:
    known = {cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, IstamiError)}
    unlisted = {cls.__name__ for cls in known - set(TABLE) - {IstamiError}}
    at_the_command_line = {"BadSettings", "ChildFailed", "NotSaved", "Refused", "Unwritable", "Unguarded"}
    as_their_bases = {"BudgetSpent", "KeyMissing", "Rejected", "VoiceStopped"}
    assert unlisted <= at_the_command_line | as_their_bases
    assert all(set(getattr(errors, name).__mro__) & set(TABLE) for name in as_their_bases)


@pytest.mark.parametrize("error", [StoreFull("full"), StoreUnavailable("away")])
def test_a_store_that_cannot_is_worth_coming_again(error: Exception) -> None:
    response = of_store(error).response()
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0


def test_a_problem_is_told_as_rfc_9457_has_it() -> None:
    response = Problem(422, "bad_article", "Too long.", "طويل.", "text").response()
    body = json.loads(response.body)
    assert response.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail"} <= set(body)
    assert body["message"] == {"ar": "طويل.", "en": "Too long."}
    assert body["field"] == "text"


@pytest.mark.parametrize(
    "body",
    [
        {"text": 1},
        {"text": "a", "x": 1},
        {"id": ""},
        {"id": "!" * 200},
        {"title": "a" * 1001},
        {"speed": 9},
        {"speed": 0},
        {"speed": float("nan")},
        {"speed": "fast"},
        {"speed": None, "url": "no"},
        {"title": "\ud800" * 3},
        [],
        "text",
    ],
)
def test_every_complaint_is_in_both_languages(body: object) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(ArticleIn).validate_python(body)
    for error in caught.value.errors():
        _, en, ar = complaint({**error, "loc": ("body", *error["loc"])})
        assert en.endswith(".")
        assert ARABIC.search(ar)
        assert "Input should" not in ar

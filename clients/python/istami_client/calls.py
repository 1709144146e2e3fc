"""Requests to the service and the parsing of its responses, shared by both clients."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Generic, Literal, TypedDict, TypeVar
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter, ValidationError

from istami_client.answers import Article, ExplainedSentence, Explanation, Marks, Voices
from istami_client.errors import (
    BadAnswer,
    Late,
    NotFound,
    NotSpoken,
    Refused,
    Rejected,
    Unavailable,
    Unreachable,
)

T = TypeVar("T")

_LATER = frozenset({429, 503})
_LONGEST_PAUSE = 60.0


class Text(TypedDict, total=False):
    """The input: one of ``text``, ``html`` or ``ssml``."""

    text: str
    """Plain text, or a page's text with its chrome."""
    html: str
    """A page or a part of one; the article is extracted from it."""
    ssml: str
    """SSML 1.1."""
    ssml_unknown: Literal["refuse", "ignore"]
    """How to handle unsupported SSML; ``ignore`` reads its text."""
    title: str
    voice: str
    """A voice's id; the site's default if absent."""
    case_endings: Literal["full", "cautious", "none"]
    """Case endings of nouns and adjectives that are said within a phrase; the site's default if absent."""
    locale: Literal["auto", "ar", "ar-MA", "ar-DZ", "ar-TN", "ar-EG", "ar-SA", "ar-LB"]
    """Regional variant for month names and the currency at home; the site's default if absent."""
    site: str
    """Host name of the site whose lexicon to use."""


class NewArticle(Text, total=False):
    """An article to synthesise."""

    id: str
    """The publisher's own id for it; generated if absent."""
    url: str
    author: str
    speed: float
    """1.0 is the voice's pace."""
    section: str
    listed: bool
    """Whether the podcast feed lists it."""
    private: bool
    """Whether listeners need a key or a signed URL. No feed lists it."""
    priority: Literal["interactive", "batch"]
    """``batch`` waits for all other work, until a listener plays it."""
    webhook: str
    """An additional URL for the event of its outcome, on the server of a webhook."""


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request, and how to parse its response."""

    method: str
    path: str
    read: Callable[[bytes], T]
    json: Any = None


def options(base_url: str, api_key: str | None, timeout: float) -> dict[str, Any]:
    """Options of the HTTPX client."""
    headers = {"User-Agent": f"istami-client/{version('istami-client')}"}
    if api_key:
        headers["Authorization"] = f"Bearer {api_key}"
    return {"base_url": base_url, "headers": headers, "timeout": timeout, "follow_redirects": True}


def submit(article: NewArticle) -> Call[Article]:
    """Submit an article."""
    return Call("POST", "/v1/articles", _json(Article), article)


def show(article: str | Article) -> Call[Article]:
    """Request an article's status."""
    return Call("GET", path(article), _json(Article))


def delete(article: str | Article, *, recording: bool, force: bool) -> Call[None]:
    """Delete an article and, if requested, its recording."""
    wanted = [name for name, said in (("recording", recording), ("force", force)) if said]
    query = "&".join(f"{name}=true" for name in wanted)
    return Call("DELETE", path(article) + (f"?{query}" if query else ""), lambda _: None)


def marks(article: str | Article) -> Call[Marks]:
    """Request the times of sentences."""
    return Call("GET", path(article, "/marks.json"), _json(Marks))


def captions(article: str | Article) -> Call[str]:
    """Request the sentences as WebVTT."""
    return Call("GET", path(article, "/captions.vtt"), bytes.decode)


def voices() -> Call[Voices]:
    """Request the installed voices."""
    return Call("GET", "/v1/voices", _json(Voices))


def explain(text: Text) -> Call[tuple[ExplainedSentence, ...]]:
    """Request how each sentence will be read."""
    read = _json(Explanation)
    return Call("POST", "/v1/explain", lambda body: read(body).sentences, text)


def path(article: str | Article, part: str = "") -> str:
    """The path of an article, or of a part of it."""
    name = article.id if isinstance(article, Article) else article
    return f"/v1/articles/{quote(name, safe='')}{part}"


def pause(response: httpx.Response, attempt: int, retries: int) -> float | None:
    """Seconds to wait before a retry; ``None``: this response is final."""
    if response.status_code not in _LATER or attempt >= retries:
        return None
    told = response.headers.get("retry-after", "")
    return min(float(told) if told.isdecimal() else 2.0**attempt, _LONGEST_PAUSE)


def check(response: httpx.Response) -> None:
    """Raise the error in a response; its body has been read.

    Raises:
        Refused: or a subclass.
        BadAnswer: it is none of istami's.
    """
    if response.is_success:
        return
    status = response.status_code
    kinds = (
        {404: NotFound} | dict.fromkeys((400, 403, 413, 422), Rejected) | dict.fromkeys(_LATER, Unavailable)
    )
    try:
        problem = response.json()
        message, code = problem["message"], problem["code"]
        en, ar = message["en"], message["ar"]
    except (ValueError, LookupError, TypeError) as error:
        raise _bad_answer(f"HTTP {status}") from error
    raise kinds.get(status, Refused)(en, ar, status=status, code=code, field=problem.get("field"))


def finished(article: Article) -> bool:
    """Whether an article is ready.

    Raises:
        NotSpoken: it has failed.
    """
    if article.status == "failed" and article.error:
        raise NotSpoken(article.error.message.en, article.error.message.ar, article)
    return article.status == "ready"


def late(article: Article, seconds: float) -> Late:
    """The error for an article that is not ready in time."""
    return Late(
        f"The article “{article.id}” was not ready after {seconds:g} seconds.",
        f"لم يجهز المقال «{article.id}» بعد {seconds:g} ث.",
        article,
    )


@contextmanager
def reaching() -> Generator[None]:
    """Translate transport errors.

    Raises:
        Unreachable: the service does not respond, or not completely.
    """
    try:
        yield
    except httpx.TimeoutException as error:
        raise Unreachable("The service did not answer in time.", "لم تُجب الخدمة في الوقت المحدّد.") from error
    except httpx.HTTPError as error:
        raise Unreachable(
            f"The service cannot be reached: {error}.", f"تعذّر الوصول إلى الخدمة: {error}."
        ) from error


def _json(answer: type[T]) -> Callable[[bytes], T]:
    adapter = TypeAdapter(answer)

    def read(body: bytes) -> T:
        try:
            return adapter.validate_json(body)
        except ValidationError as error:
            raise _bad_answer(str(error)) from error

    return read


def _bad_answer(why: str) -> BadAnswer:
    return BadAnswer(f"That is no answer of istami: {why}.", f"هذا ليس جوابًا من خدمة استمع: {why}.")

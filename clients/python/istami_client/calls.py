"""What is asked of the service and how its answers are read: the same for threads and for asyncio."""

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
    """What is to be read: ``text``, ``html`` or ``ssml``, one of the three."""

    text: str
    """Plain text, or a page's text with its chrome."""
    html: str
    """A page or a part of one; the article in it is found."""
    ssml: str
    """SSML 1.1."""
    ssml_unknown: Literal["refuse", "ignore"]
    """What becomes of SSML that is not supported; ignored, its text is read."""
    title: str
    voice: str
    """A voice's id; the site's own if absent."""
    site: str
    """Host name of the site whose lexicon holds."""


class NewArticle(Text, total=False):
    """An article to be read aloud."""

    id: str
    """The publisher's own name for it; made up if absent."""
    url: str
    author: str
    speed: float
    """1.0 is the voice's pace."""
    section: str
    listed: bool
    """Whether the podcast feed lists it."""
    private: bool
    """Whether only those may hear it who have a key or a signed address."""
    priority: Literal["interactive", "batch"]
    """Whether somebody waits for it, or it is made in stock."""
    webhook: str
    """Where, besides, its outcome is to be told: an address on the server of a webhook."""


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request, and how its answer is read."""

    method: str
    path: str
    read: Callable[[bytes], T]
    json: Any = None


def options(base_url: str, api_key: str | None, timeout: float) -> dict[str, Any]:
    """How HTTPX is to speak to the service."""
    headers = {"User-Agent": f"istami-client/{version('istami-client')}"}
    if api_key:
        headers["Authorization"] = f"Bearer {api_key}"
    return {"base_url": base_url, "headers": headers, "timeout": timeout, "follow_redirects": True}


def submit(article: NewArticle) -> Call[Article]:
    """Have an article read aloud."""
    return Call("POST", "/v1/articles", _json(Article), article)


def show(article: str | Article) -> Call[Article]:
    """How far an article is."""
    return Call("GET", path(article), _json(Article))


def delete(article: str | Article, *, recording: bool, force: bool) -> Call[None]:
    """Forget an article, and take its recording off the air where that is wanted."""
    wanted = [name for name, said in (("recording", recording), ("force", force)) if said]
    query = "&".join(f"{name}=true" for name in wanted)
    return Call("DELETE", path(article) + (f"?{query}" if query else ""), lambda _: None)


def marks(article: str | Article) -> Call[Marks]:
    """When each sentence sounds."""
    return Call("GET", path(article, "/marks.json"), _json(Marks))


def captions(article: str | Article) -> Call[str]:
    """The sentences as WebVTT."""
    return Call("GET", path(article, "/captions.vtt"), bytes.decode)


def voices() -> Call[Voices]:
    """The voices that are installed."""
    return Call("GET", "/v1/voices", _json(Voices))


def explain(text: Text) -> Call[tuple[ExplainedSentence, ...]]:
    """How each sentence will be read."""
    read = _json(Explanation)
    return Call("POST", "/v1/explain", lambda body: read(body).sentences, text)


def path(article: str | Article, part: str = "") -> str:
    """Where an article is, or a part of it."""
    name = article.id if isinstance(article, Article) else article
    return f"/v1/articles/{quote(name, safe='')}{part}"


def pause(response: httpx.Response, attempt: int, retries: int) -> float | None:
    """Seconds to wait before asking again; ``None``: this answer stands."""
    if response.status_code not in _LATER or attempt >= retries:
        return None
    told = response.headers.get("retry-after", "")
    return min(float(told) if told.isdecimal() else 2.0**attempt, _LONGEST_PAUSE)


def check(response: httpx.Response) -> None:
    """Raise what an answer says is wrong; its body has been read.

    Raises:
        Refused: or what is below it.
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
        NotSpoken: it never will be.
    """
    if article.status == "failed" and article.error:
        raise NotSpoken(article.error.message.en, article.error.message.ar, article)
    return article.status == "ready"


def late(article: Article, seconds: float) -> Late:
    """The error that an article is not ready yet."""
    return Late(
        f"The article “{article.id}” was not ready after {seconds:g} seconds.",
        f"لم يجهز المقال «{article.id}» بعد {seconds:g} ثانية.",
        article,
    )


@contextmanager
def reaching() -> Generator[None]:
    """Translate what goes wrong on the way.

    Raises:
        Unreachable: the service does not answer, or broke off.
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

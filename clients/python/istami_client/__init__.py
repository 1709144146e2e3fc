"""A client of istami's HTTP API, for threads and for asyncio.

    from istami_client import Client

    with Client("http://127.0.0.1:8000") as client:
        article = client.submit(text="هطلت أمس أمطار غزيرة على 12 مدينة.")
        client.save(article, "rain.mp3")

``AsyncClient`` has the same methods, to be awaited.
"""

try:
    import httpx as _httpx  # noqa: F401
except ImportError as error:
    raise ImportError("istami_client needs HTTPX: pip install 'istami-client'") from error

from istami_client.answers import (
    Article,
    ExplainedPiece,
    ExplainedSentence,
    ExplainedWord,
    Fault,
    Mark,
    Marks,
    Message,
    NamedPlace,
    Progress,
    Step,
    Voice,
    Voices,
    WordMark,
)
from istami_client.asynchronous import AsyncClient
from istami_client.calls import NewArticle, Text
from istami_client.errors import (
    BadAnswer,
    BadSignature,
    IstamiError,
    Late,
    NotFound,
    NotSpoken,
    Refused,
    Rejected,
    Unavailable,
    Unreachable,
)
from istami_client.sync import Client

__all__ = [
    "Article",
    "AsyncClient",
    "BadAnswer",
    "BadSignature",
    "Client",
    "ExplainedPiece",
    "ExplainedSentence",
    "ExplainedWord",
    "Fault",
    "IstamiError",
    "Late",
    "Mark",
    "Marks",
    "Message",
    "NamedPlace",
    "NewArticle",
    "NotFound",
    "NotSpoken",
    "Progress",
    "Refused",
    "Rejected",
    "Step",
    "Text",
    "Unavailable",
    "Unreachable",
    "Voice",
    "Voices",
    "WordMark",
]

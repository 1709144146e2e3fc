"""What models of several resources share: their base, messages, faults and problems."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from service.model.reading import CaseEndings, Locale

Site = Annotated[str, Field(max_length=253, pattern=r"^[a-z0-9][a-z0-9.-]*$")]
SaidEndings = Annotated[
    CaseEndings | None,
    Field(
        strict=False,
        description="Case endings of nouns and adjectives that are said within a phrase: `full`, `cautious` "
        "(not the unsure ones) or `none`; the site's default if absent.",
        examples=["cautious"],
    ),
]
SaidLocale = Annotated[
    Locale | None,
    Field(
        description="Regional variant for month names and the currency at home: `auto` (the page's language, "
        "the country of its host, and the text decide), `ar` (neutral), or a country's; the site's default, "
        "or else the service's, if absent.",
        examples=["ar-TN"],
    ),
]


class Wire(BaseModel):
    """Base of the models: no unknown fields, no type conversion."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Message(Wire):
    """A message in both languages."""

    ar: str = Field(description="In Arabic.", examples=["يجب ألّا يزيد الحقل «speed» على 2.0."])
    en: str = Field(description="In English.", examples=["“speed” must be at most 2.0."])


class Fault(Wire):
    """Why an article could not be read aloud."""

    code: str = Field(description="Error code, for programs.", examples=["EngineError"])
    message: Message = Field(description="For people.")


class ProblemOut(BaseModel):
    """An error: problem details (RFC 9457)."""

    type: str = Field(
        description="Identifies this kind of problem.", examples=["urn:istami:problem:bad_field"]
    )
    title: str = Field(description="The status in words.", examples=["Unprocessable Content"])
    status: int = Field(description="The HTTP status.", examples=[422])
    detail: str = Field(description="In English.", examples=["“speed” must be at most 2.0."])
    code: str = Field(description="Error code, for programs.", examples=["bad_field"])
    message: Message = Field(description="For people.")
    field: str | None = Field(None, description="The invalid field, if there is one.", examples=["speed"])
    request_id: str | None = Field(
        None,
        description="Its id in the logs; also in the header `X-Request-ID`, which clients may set.",
        examples=["5b1d0e0f6c5c4f0c8d6c1c1d2b8f7a10"],
    )

"""OpenAI's models, as far as this service supports them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from service.api.schemas.wire import Wire
from service.audio.transcoding import Format
from service.recordings.validation import SPEEDS


class VoiceIn(BaseModel):
    """A voice as an object, as OpenAI's clients send custom voices."""

    model_config = ConfigDict(strict=True)

    id: str | None = Field(
        max_length=100, description="A voice's id; the site's default if null.", examples=["espeak-ar"]
    )


def _id_of(voice: object) -> object:
    """The id of a voice that is sent as an object."""
    return voice["id"] if isinstance(voice, dict) and "id" in voice else voice


class SpeechIn(Wire):
    """A text to be spoken. Unknown fields are ignored; null means absent."""

    model_config = ConfigDict(extra="allow", strict=True)

    model: str | None = Field(
        None,
        max_length=100,
        description="`istami` or an OpenAI model name; the name has no effect on the audio.",
        examples=["istami"],
    )
    input: str = Field(
        description="Text to synthesise. An article with the same text shares the recording.",
        examples=["هطلت أمس أمطار غزيرة على 12 مدينة."],
    )
    voice: Annotated[str | None, BeforeValidator(_id_of, json_schema_input_type=str | VoiceIn | None)] = (
        Field(
            None,
            max_length=100,
            description="A voice's id or alias; the site's default if absent. OpenAI's voice names select "
            "the default as well. The response header `Istami-Voice` names the voice.",
            examples=["espeak-ar"],
        )
    )
    response_format: Format | None = Field(
        None,
        strict=False,
        description="`mp3` if absent. Every format is streamed during synthesis; others are converted from "
        "the MP3. `opus` is in Ogg, `aac` in ADTS; `wav` and `pcm` are 24 kHz, 16 bits, mono, little-endian.",
        examples=["mp3"],
    )
    speed: float | None = Field(
        None,
        ge=SPEEDS[0],
        le=SPEEDS[1],
        allow_inf_nan=False,
        description="1.0 is the voice's normal pace; the site's default if absent. OpenAI's range is wider.",
        examples=[1.0],
    )
    stream_format: Literal["audio", "sse"] | None = Field(
        None,
        description="`audio` if absent. `sse`: the same bytes as server-sent events, in base64.",
        examples=["audio"],
    )
    instructions: str | None = Field(
        None,
        max_length=4096,
        description="Accepted but ignored: each voice has a single style.",
        examples=["Speak calmly."],
    )
    stream: bool | None = Field(
        None, description="Accepted but ignored: the response is always streamed.", examples=[True]
    )

    @property
    def passed_over(self) -> list[str]:
        """Names of the fields that were sent and have no effect."""
        unknown = [name for name, value in (self.model_extra or {}).items() if value is not None]
        return [*unknown, *(["instructions"] if self.instructions else [])]


class ChoiceOut(Wire):
    """A value to choose."""

    id: str = Field(description="Value for `voice` or `model`.", examples=["espeak-ar"])
    name: str = Field(description="Name to show.", examples=["إي سبيك · eSpeak NG"])


class SpeechVoicesOut(Wire):
    """The voices that requests can name."""

    voices: list[ChoiceOut] = Field(description="The voices, the default first.")


class SpeechModelsOut(Wire):
    """The accepted names of models."""

    models: list[ChoiceOut] = Field(description="The accepted names; all select the same service.")


class ModelOut(Wire):
    """A model."""

    id: str = Field(examples=["istami"], description="Value for `model`.")
    object: Literal["model"] = Field("model", description="Always `model`.", examples=["model"])
    created: int = Field(description="Seconds since 1970.", examples=[1795478400])
    owned_by: str = Field(description="Owner of the model.", examples=["istami"])


class ModelsOut(Wire):
    """All accepted names of models."""

    object: Literal["list"] = Field("list", description="Always `list`.", examples=["list"])
    data: list[ModelOut] = Field(description="The models.")


class ErrorOut(Wire):
    """The content of an error."""

    message: str = Field(description="In English.", examples=["“speed” must be at most 2.0."])
    message_ar: str = Field(
        description="The same in Arabic.", examples=["يجب ألّا يزيد الحقل «speed» على 2.0."]
    )
    type: Literal["invalid_request_error", "server_error"] = Field(
        description="Type of the error.", examples=["invalid_request_error"]
    )
    param: str | None = Field(description="The invalid field, if there is one.", examples=["speed"])
    code: str = Field(description="Error code, for programs.", examples=["bad_field"])


class RefusalOut(Wire):
    """An error, as OpenAI's clients expect it."""

    error: ErrorOut = Field(description="The error.")

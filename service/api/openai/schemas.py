"""OpenAI's models, as far as this service supports them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from service.api.schemas.articles import Wire
from service.audio.transcoding import Format
from service.recordings.validation import SPEEDS


class VoiceIn(BaseModel):
    """A voice as an object, as OpenAI's clients send custom voices."""

    model_config = ConfigDict(strict=True)

    id: str | None = Field(
        max_length=100, description="A voice's id; the site's own if null.", examples=["espeak-ar"]
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
        description="`istami`, or a name of OpenAI's; which one makes no difference: the voice does.",
        examples=["istami"],
    )
    input: str = Field(
        description="What is to be said. An article of the same text is the same recording.",
        examples=["هطلت أمس أمطار غزيرة على 12 مدينة."],
    )
    voice: Annotated[str | None, BeforeValidator(_id_of, json_schema_input_type=str | VoiceIn | None)] = (
        Field(
            None,
            max_length=100,
            description="A voice's id, or a name that stands for one; the site's own if absent. OpenAI's "
            "names stand for that, too. `Istami-Voice` in the answer names the voice that speaks.",
            examples=["espeak-ar"],
        )
    )
    response_format: Format | None = Field(
        None,
        strict=False,
        description="`mp3` if absent. It goes out as it is made; the others are converted from it as it is "
        "made. `opus` is in Ogg, `aac` in ADTS; `wav` and `pcm` are 24 kHz, 16 bits, mono, little-endian.",
        examples=["mp3"],
    )
    speed: float | None = Field(
        None,
        ge=SPEEDS[0],
        le=SPEEDS[1],
        allow_inf_nan=False,
        description="1.0 is the voice's pace; the site's own if absent. OpenAI's limits are wider.",
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
        description="Taken and left alone: voices here have one manner.",
        examples=["Speak calmly."],
    )
    stream: bool | None = Field(
        None, description="Taken: the sound goes out as it is made anyway.", examples=[True]
    )

    @property
    def passed_over(self) -> list[str]:
        """Names of the fields that were sent and have no effect."""
        unknown = [name for name, value in (self.model_extra or {}).items() if value is not None]
        return [*unknown, *(["instructions"] if self.instructions else [])]


class ChoiceOut(Wire):
    """A value to choose."""

    id: str = Field(description="What to send.", examples=["espeak-ar"])
    name: str = Field(description="What to show.", examples=["إي سبيك · eSpeak NG"])


class SpeechVoicesOut(Wire):
    """The voices that requests can name."""

    voices: list[ChoiceOut] = Field(description="The default one first.")


class SpeechModelsOut(Wire):
    """The accepted names of models."""

    models: list[ChoiceOut] = Field(description="One and the same, whatever it is called.")


class ModelOut(Wire):
    """A model."""

    id: str = Field(examples=["istami"], description="What to send as `model`.")
    object: Literal["model"] = Field("model", description="Always `model`.", examples=["model"])
    created: int = Field(description="Seconds since 1970.", examples=[1795478400])
    owned_by: str = Field(description="Whose it is.", examples=["istami"])


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
        description="Whose fault it is.", examples=["invalid_request_error"]
    )
    param: str | None = Field(description="The field at fault, where one is.", examples=["speed"])
    code: str = Field(description="What is wrong, for programs.", examples=["bad_field"])


class RefusalOut(Wire):
    """An error, as OpenAI's clients expect it."""

    error: ErrorOut = Field(description="The error.")

"""Models of the service itself: its voices, and whether it is up and ready."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from service.api.schemas.wire import Message, Wire


class VoiceOut(Wire):
    """A voice that requests can name."""

    id: str = Field(description="Value for `voice`.", examples=["espeak-ar"])
    name: Message = Field(description="Name to show.", examples=[{"ar": "إي سبيك", "en": "eSpeak"}])
    engine: str = Field(description="The engine that runs it.", examples=["espeak"])
    language: str = Field(description="BCP 47.", examples=["ar"])
    dialect: str = Field(description="Variety of Arabic.", examples=["standard"])
    gender: str = Field(description="How it sounds.", examples=["male"])
    sample_rate: int = Field(description="Hertz.", examples=[22050])
    licence: str = Field(description="SPDX identifier.", examples=["GPL-3.0-or-later"])
    commercial_use: Literal["yes", "no", "unknown"] = Field(
        description="Whether a site that earns money may use it; `unknown`: no licence surely allows it.",
        examples=["yes"],
    )
    data_licence: str = Field(
        description="Licence of the recordings that it was trained on; empty: not stated.",
        examples=["CC0-1.0"],
    )
    evidence: str | None = Field(
        description="What `commercial_use` rests on, with the place and the day; null: not stated.",
        examples=["LICENSE: CC0-1.0 (https://voices.example/huda, 2026-11-29)"],
    )
    attribution: str = Field(description="Whom to credit.", examples=["eSpeak NG"])


class OfferOut(VoiceOut):
    """A voice that sounds natural, to install or to set as default."""

    installed: bool = Field(description="Whether it is installed.", examples=[False])
    bytes: int | None = Field(description="Size of its files; null: not known.", examples=[63201294])
    command: str = Field(
        description="Installs it on the server.", examples=["istami voices install piper-ar-kareem-medium"]
    )


class VoicesOut(Wire):
    """All voices that are installed."""

    voices: list[VoiceOut] = Field(description="The voices.")
    default: str = Field(description="Speaks when a request names none.", examples=["espeak-ar"])
    offer: OfferOut | None = Field(
        description="A natural voice that can be had; null if the default voice is one, or if there is none.",
        examples=[None],
    )


class InstallIn(Wire):
    """A request to install a voice."""

    accept_licence: bool = Field(
        False,  # a field of a body has a name
        description="Accept that commercial use is forbidden, or unknown.",
        examples=[True],
    )


class InstallOut(Wire):
    """How far the install of a voice is."""

    status: Literal["absent", "installing", "installed", "failed"] = Field(
        description="`failed`: `error` names the reason.", examples=["installing"]
    )
    bytes_done: int = Field(description="Bytes received.", examples=[1048576])
    bytes_total: int | None = Field(description="Bytes in all; null: not known.", examples=[63201294])
    error: Message | None = Field(description="Why it failed.", examples=[None])


class UpOut(Wire):
    """Liveness of the process."""

    status: Literal["up"] = Field(description="Always `up`.", examples=["up"])


class ReasonsOut(Wire):
    """Why the service is not ready; null: no fault."""

    redis: str | None = Field(description="Why the store does not answer.", examples=[None])
    worker: str | None = Field(description="Why no worker speaks.", examples=["no worker is alive"])
    voice: str | None = Field(
        description="Why the default voice does not load, or that for Latin script.", examples=["unknown"]
    )


class ReadyOut(Wire):
    """Whether articles can be accepted and spoken."""

    status: Literal["ready", "degraded", "not ready"] = Field(
        description="`degraded`: articles are accepted and spoken, but background work fails.",
        examples=["ready"],
    )
    reasons: ReasonsOut = Field(description="Why it is not ready.")
    warnings: list[str] = Field(description="Problems that prevent nothing yet.", examples=[[]])
    background: dict[str, str] = Field(
        description="Background work that fails and is retried: the kind of error, by work.",
        examples=[{}],
    )

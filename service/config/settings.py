"""All settings, read once: from ``ISTAMI_*``, then ``istami.toml``, then the defaults here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, BeforeValidator, Field, FilePath, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from cache.address import check
from service.model.errors import BadSettings
from service.model.reading import CaseEndings, Locale

_DAY = 86_400
_Wait = Annotated[float, Field(gt=0, le=30 * _DAY, allow_inf_nan=False)]
"""Seconds."""


def _data_folder() -> Path:
    """Where a user's programs keep their data (XDG Base Directory Specification).

    Raises:
        BadSettings: this user has no home.
    """
    try:
        home = os.environ.get("XDG_DATA_HOME") or Path("~/.local/share").expanduser()
    except RuntimeError as error:  # no HOME, and the system does not know the user
        raise BadSettings(
            "This user has no home folder: set ISTAMI_DATA_DIR.",
            "لا مجلّد رئيسيًّا لهذا المستخدم: عيّن ISTAMI_DATA_DIR.",
        ) from error
    return Path(home) / "istami"


class Settings(BaseSettings):
    """One field for each setting; docs/settings.md has them as a table, which a test compares with these."""

    model_config = SettingsConfigDict(
        env_prefix="ISTAMI_", env_ignore_empty=True, toml_file="istami.toml", extra="forbid"
    )

    data_dir: Path = Field(
        default_factory=_data_folder,
        description="Folder for private Redis data, installed voices and lexicons",
    )
    redis_url: str | None = Field(
        None,
        validation_alias=AliasChoices("REDIS_URL", "redis_url"),
        description="Redis or Valkey URL; empty: a private Redis is started under `data_dir`",
    )
    broker_url: str | None = Field(
        None,
        description="Redis URL for queued work, counters and limits; empty: `REDIS_URL`; required if "
        "that is a Redis Cluster",
    )
    redis_memory: str = Field(
        "512mb", pattern=r"^\d+(kb|mb|gb)?$", description="`maxmemory` of the private Redis"
    )
    redis_policy: Literal["volatile-ttl", "volatile-lru", "volatile-lfu", "noeviction"] = Field(
        "volatile-ttl", description="`maxmemory-policy` of the private Redis"
    )
    voice: str = Field("espeak-ar", description="Default voice")
    voice_aliases: Annotated[dict[str, str], NoDecode] = Field(
        {},
        description="Voice aliases for the OpenAI-compatible API: `alloy=espeak-ar,nova=…`; OpenAI voice "
        "names without an alias select the default voice",
    )
    latin_voice: str | None = Field(
        None,
        description="Voice for English (or French) names and titles in Latin script; empty: the Arabic voice",
    )
    commercial: bool = Field(
        False,
        description="Whether all sites of the service are commercial: voices whose licence does not surely "
        "allow commercial use are refused",
    )
    speed: float = Field(1.0, ge=0.5, le=2.0, description="Default speed")
    locale: Locale = Field(
        "auto",
        description="Regional variant for month names and default currency: `auto` (by the page's `lang`, "
        "the country of its host, and the text), `ar` (neutral), `ar-MA`, `ar-DZ`, `ar-TN`, `ar-EG`, "
        "`ar-SA`, `ar-LB`",
    )
    case_endings: CaseEndings = Field(
        CaseEndings.FULL,
        description="Case endings of nouns and adjectives within a phrase: `full`, `cautious` (unsure ones "
        "are not said), `none`",
    )
    keep_glosses: bool = Field(
        False, description="Speak Latin text in parentheses that repeats the Arabic before it"
    )
    say_links: bool = Field(False, description="Speak «رابط» for a URL instead of omitting it")
    site: str | None = Field(
        None, max_length=200, description="Artist in the MP3 tags, site name in the player"
    )
    cover: FilePath | None = Field(None, description="JPEG or PNG cover image for the MP3 and the feed")
    feed_length: int = Field(
        50, ge=1, le=500, description="Maximum number of articles in the podcast feed; the newest are listed"
    )
    public_url: str = Field(
        "",
        pattern=r"^(https?://[^\s/]+(/[^\s]*)?)?$",
        description="Public base URL, such as that of a reverse proxy",
    )
    max_characters: int = Field(100_000, ge=1, description="Maximum article length in characters")
    max_body_bytes: int = Field(2_000_000, ge=1024, description="Maximum size of a request body in bytes")
    max_batch_bytes: int = Field(256_000_000, ge=1024, description="Maximum size of a batch in bytes")
    max_batch_lines: int = Field(100_000, ge=1, description="Maximum number of articles in a batch")
    bitrate: Annotated[
        Literal[32, 40, 48, 56, 64, 80, 96, 112, 128, 160],
        BeforeValidator(lambda value: int(value) if isinstance(value, str) and value.isdecimal() else value),
    ] = Field(64, description="Constant bitrate of the MP3 in kbit/s")
    loudness: float = Field(-16.0, ge=-30, le=-9, description="Programme loudness in LUFS")
    # Below 0.2 s a pause would not cover the MP3 codec's smearing over a seam (service/audio/frames.py).
    # A breath does from 16 kHz on, the lowest rate of the voices here.
    pause_breath: float = Field(
        0.09, ge=0.09, le=5, description="Seconds of silence between phrases where no pause is written"
    )
    pause_voice: float = Field(0.2, ge=0.2, le=5, description="Seconds of silence at a change of voice")
    pause_clause: float = Field(0.3, ge=0.2, le=5, description="Seconds of silence within a long sentence")
    pause_sentence: float = Field(0.55, ge=0.2, le=5, description="Seconds of silence after a sentence")
    pause_paragraph: float = Field(
        0.9, ge=0.2, le=5, description="Seconds of silence after a paragraph or heading"
    )
    pause_title: float = Field(1.2, ge=0.2, le=5, description="Seconds of silence after the title")
    article_ttl: int = Field(90 * _DAY, ge=60, description="Seconds until an article expires")
    audio_ttl: int = Field(30 * _DAY, ge=60, description="Seconds until its audio expires")
    clip_ttl: int = Field(
        2 * _DAY, ge=60, description="Seconds until a synthesised sentence, stored for reuse, expires"
    )
    stuck_seconds: float = Field(
        10_800,
        ge=1,
        le=30 * 86_400,
        description="Seconds without progress after which a requested recording fails",
    )
    open: bool | None = Field(
        None,
        description="Whether the API accepts requests without a key; empty: only on a loopback address, "
        "while no keys exist",
    )
    rate_making: int = Field(
        600, ge=0, description="Synthesis requests per minute for each key (or address); 0: no limit"
    )
    rate_reading: int = Field(
        6000, ge=0, description="Other requests per minute, except for stored recordings; 0: no limit"
    )
    rate_wrong_keys: int = Field(
        120, ge=0, description="Requests with an invalid key per minute for each address; 0: no limit"
    )
    making_at_once: int = Field(
        128, ge=1, le=10_000, description="Concurrent synthesis requests in one web process"
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        ("127.0.0.1", "::1"),
        description="Addresses and networks of proxies whose `X-Forwarded-For` is trusted, comma-separated",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        ("*",), description="Origins that may read articles and audio, comma-separated"
    )
    nginx_cache: Path | None = Field(
        None,
        description="nginx's `proxy_cache_path`, if it is on this machine; takedowns delete from it as well",
    )
    client_seconds: float = Field(
        60, ge=1, le=3600, description="Seconds of inactivity after which a client is disconnected"
    )
    transcoders: int = Field(
        4, ge=1, le=256, description="Concurrent conversions of recordings to other formats"
    )
    fetch_seconds: float = Field(10, gt=0, le=120, description="Timeout for fetching a page, in seconds")
    fetch_bytes: int = Field(
        4_000_000, ge=1024, description="Maximum size of a fetched page in bytes, decompressed"
    )
    fetch_at_once: int = Field(8, ge=1, le=1000, description="Concurrent page fetches in one web process")
    fetch_private_hosts: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(),
        description="Dangerous: hosts (`host` or `host:port`) on a private network whose pages may be "
        "fetched",
    )
    page_refresh: int = Field(
        600, ge=1, description="Seconds after which a page is checked for changes again"
    )
    page_gone_after: float = Field(
        300,
        ge=0,
        le=30 * 86_400,
        description="Minimum seconds between two responses of 404 or 410 before a page's article is "
        "withdrawn",
    )
    page_rate: int = Field(10, ge=1, le=1000, description="New pages per minute that one address may request")
    webhook_seconds: float = Field(
        20, gt=0, le=60, description="Timeout for a request to a webhook, in seconds"
    )
    webhook_retries: Annotated[tuple[_Wait, ...], NoDecode] = Field(
        (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400),
        description="Seconds from each failed attempt to the next, comma-separated",
    )
    webhook_patience: float = Field(
        5, gt=0, le=365, description="Days of continuous failure after which a webhook is disabled"
    )
    webhook_waiting: int = Field(
        10_000,
        ge=1,
        description="Maximum number of pending deliveries for one webhook; further ones fail immediately",
    )
    webhook_kept: int = Field(
        10_000, ge=1, description="Maximum number of completed deliveries that are stored, for thirty days"
    )
    webhook_private_hosts: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(),
        description="Dangerous: hosts (`host` or `host:port`) on a private network that may receive "
        "webhooks, also over HTTP",
    )
    threads: int = Field(1, ge=1, le=256, description="CPU cores for a neural voice in one worker process")
    device: Literal["cpu", "cuda"] = Field("cpu", description="Device that runs neural voices")
    voice_idle: float = Field(
        900, ge=1, le=30 * 86_400, description="Seconds after which an unused neural voice is unloaded"
    )
    worker_memory: int = Field(
        4096, ge=128, description="Memory in MB above which a worker process is replaced"
    )
    worker_sentences: int = Field(
        10_000, ge=1, description="Number of sentences after which a worker process is replaced"
    )
    reading_processes: int | None = Field(
        None,
        ge=1,
        le=1024,
        description="Processes for article text in one web process; empty: the number of cores plus one",
    )
    reading_seconds: float = Field(
        30,
        gt=0,
        le=600,
        description="Maximum processor time for the text of an article, in seconds; longer ones are refused",
    )
    phrase_seconds: float = Field(
        120.0,
        ge=1,
        le=7200,
        description="Maximum seconds for the synthesis of one phrase, including loading the model",
    )
    explain_seconds: float = Field(
        60.0, ge=1, le=600, description="Seconds that `explain` waits for a worker"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Minimum level of log messages"
    )
    log_format: Literal["text", "json"] = Field("text", description="Format of log lines: plain text or JSON")
    metrics_address: str = Field(
        "",
        pattern=r"^((\[[0-9A-Fa-f:]+\]|[^\s:\[\]]+):\d{1,5})?$",
        description="`host:port` where Prometheus reads `/metrics`; must not be public; empty: disabled",
    )

    @field_validator("redis_url", "broker_url")
    @classmethod
    def _well_formed(cls, value: str | None) -> str | None:
        if value:
            check(value)
        return value

    @field_validator(
        "cors_origins",
        "fetch_private_hosts",
        "trusted_proxies",
        "webhook_private_hosts",
        "webhook_retries",
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        """An environment variable is one string; a TOML file has a list."""
        return tuple(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value

    @field_validator("voice_aliases", mode="before")
    @classmethod
    def _pairs(cls, value: object) -> object:
        """Likewise: a TOML file has a table."""
        if not isinstance(value, str):
            return value
        pairs = (pair.partition("=") for pair in value.split(",") if pair.strip())
        return {name.strip(): voice.strip() for name, _, voice in pairs}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # pydantic passes it
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment over the file.

        Raises:
            BadSettings: the file cannot be read.
        """
        try:
            return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
        except (OSError, ValueError) as error:
            raise BadSettings(
                f"istami.toml in {Path.cwd()} cannot be read: {error}.",
                f"تعذّرت قراءة الملف istami.toml في {Path.cwd()}.",
            ) from error


def variable(field: str) -> str:
    """The environment variable of a setting."""
    return "REDIS_URL" if field.lower() == "redis_url" else f"ISTAMI_{field.upper()}"

"""Every setting turns something, the environment goes over the file, and nothing is silently passed over."""

import os
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import service
from service.config.settings import Settings
from service.model.errors import BadSettings

TWO: dict[str, tuple[str, str]] = {
    "data_dir": ("/tmp/one", "/tmp/two"),  # noqa: S108  # only names
    "redis_url": ("redis://one:6379/0", "unix:///two"),
    "broker_url": ("redis://one:6379/0", "sentinel://two:26379/main"),
    "redis_memory": ("64mb", "2gb"),
    "redis_policy": ("volatile-lru", "noeviction"),
    "voice": ("espeak-ar", "other"),
    "voice_aliases": ("alloy=espeak-ar", "alloy=espeak-ar, nova=other"),
    "commercial": ("true", "false"),
    "latin_voice": ("piper-en-joe", "other"),
    "speed": ("0.5", "2"),
    "locale": ("ar-EG", "ar-LB"),
    "case_endings": ("cautious", "none"),
    "keep_glosses": ("true", "false"),
    "say_links": ("true", "false"),
    "site": ("موقع", "آخر"),
    "public_url": ("https://one.example", "https://two.example/path"),
    "feed_length": ("1", "500"),
    "max_characters": ("10", "20000"),
    "max_body_bytes": ("2048", "9000000"),
    "max_batch_bytes": ("2048", "9000000"),
    "max_batch_lines": ("1", "1000000"),
    "bitrate": ("32", "128"),
    "loudness": ("-23", "-14"),
    "pause_breath": ("0.1", "0.5"),
    "pause_voice": ("0.2", "0.5"),
    "pause_clause": ("0.2", "0.5"),
    "pause_sentence": ("0.2", "0.5"),
    "pause_paragraph": ("0.2", "0.5"),
    "pause_title": ("0.2", "0.5"),
    "article_ttl": ("60", "600"),
    "audio_ttl": ("60", "600"),
    "clip_ttl": ("60", "600"),
    "stuck_seconds": ("60", "3600"),
    "rate_making": ("0", "60"),
    "rate_reading": ("0", "60"),
    "rate_wrong_keys": ("0", "10"),
    "making_at_once": ("1", "1000"),
    "reading_processes": ("1", "8"),
    "reading_seconds": ("0.5", "60"),
    "trusted_proxies": ("10.0.0.1", "10.0.0.0/8, 192.168.0.1"),
    "open": ("true", "false"),
    "cors_origins": ("https://one.example", "https://one.example, https://two.example"),
    "client_seconds": ("1", "300"),
    "transcoders": ("1", "8"),
    "fetch_seconds": ("1", "5"),
    "fetch_bytes": ("1024", "9000000"),
    "fetch_at_once": ("1", "9"),
    "fetch_private_hosts": ("cms.internal", "cms.internal, localhost:8080"),
    "page_refresh": ("1", "60"),
    "page_gone_after": ("0", "3600"),
    "page_rate": ("1", "60"),
    "webhook_seconds": ("1", "30"),
    "webhook_retries": ("5", "5, 300"),
    "webhook_patience": ("1", "7"),
    "webhook_kept": ("10", "1000"),
    "webhook_waiting": ("10", "1000"),
    "webhook_private_hosts": ("cms.internal", "cms.internal, localhost:8080"),
    "phrase_seconds": ("1", "600"),
    "nginx_cache": ("/var/cache/nginx/a", "/var/cache/nginx/b"),
    "threads": ("1", "4"),
    "device": ("cpu", "cuda"),
    "voice_idle": ("10", "600"),
    "worker_memory": ("512", "8192"),
    "worker_sentences": ("10", "1000"),
    "explain_seconds": ("1", "60"),
    "log_level": ("debug", "error"),
    "log_format": ("text", "json"),
    "metrics_address": ("127.0.0.1:9464", "[::1]:9464"),
}
NEEDS_A_FILE = {"cover"}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"ISTAMI_{name.upper()}", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


def variable(name: str) -> str:
    return "REDIS_URL" if name == "redis_url" else f"ISTAMI_{name.upper()}"


def test_every_setting_is_tried_here() -> None:
    assert set(TWO) | NEEDS_A_FILE == set(Settings.model_fields)


@pytest.mark.parametrize(("name", "values"), TWO.items())
def test_two_values_are_two_settings(
    name: str, values: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    for value in values:
        monkeypatch.setenv(variable(name), value)
        seen.append(getattr(Settings(), name))
    assert seen[0] != seen[1]


@pytest.mark.parametrize("name", TWO)
def test_set_to_nothing_is_not_set(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    default = getattr(Settings(), name)
    monkeypatch.setenv(variable(name), "")
    assert getattr(Settings(), name) == default


def test_a_file_is_read_and_the_environment_goes_over_it(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("istami.toml").write_text(
        'speed = 1.5\nsite = "من الملف"\nredis_url = "redis://file"\ncors_origins = ["https://a", "https://b"]\n'
    )
    read = Settings()
    assert (read.speed, read.site, read.redis_url) == (1.5, "من الملف", "redis://file")
    assert read.cors_origins == ("https://a", "https://b")
    monkeypatch.setenv("ISTAMI_SPEED", "0.7")
    monkeypatch.setenv("REDIS_URL", "redis://environment")
    assert (Settings().speed, Settings().site, Settings().redis_url) == (
        0.7,
        "من الملف",
        "redis://environment",
    )


def test_a_name_in_the_file_that_is_no_setting_is_refused() -> None:
    Path("istami.toml").write_text("sped = 1.5\n")
    with pytest.raises(ValidationError, match="sped"):
        Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("speed", "3"),
        ("broker_url", "sentinel://no-master"),
        ("bitrate", "65"),
        ("bitrate", "many"),
        ("redis_memory", "much"),
        ("locale", "fr-FR"),
        ("public_url", "example.com"),
        ("cover", "/nowhere/cover.png"),
        ("max_characters", "0"),
        ("loudness", "0"),
        ("pause_clause", "0.1"),
        ("webhook_retries", "5, soon"),
        ("webhook_retries", "5, -1"),
        ("webhook_retries", "5, inf"),
        ("webhook_retries", "nan"),
        ("webhook_retries", "2592001"),
        ("log_level", "loud"),
    ],
)
def test_what_cannot_be_is_refused_by_name(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable(name), value)
    with pytest.raises(ValidationError, match=name):
        Settings()


def test_a_user_without_a_home_is_told_which_setting_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 2**31 - 9)
    with pytest.raises(BadSettings, match="ISTAMI_DATA_DIR"):
        Settings()
    monkeypatch.setenv("ISTAMI_DATA_DIR", "/var/lib/istami")
    assert Settings().data_dir == Path("/var/lib/istami")


def test_every_setting_is_used_somewhere() -> None:
    """A knob that turns nothing is worse than none."""
    files = [file for file in Path(service.__file__).parent.rglob("*.py") if file.name != "settings.py"]
    code = "\n".join(file.read_text(encoding="utf-8") for file in files)
    for name in Settings.model_fields:
        assert f"settings.{name}" in code or f"Settings().{name}" in code, name


def test_a_cover_that_is_there_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "cover.png").write_bytes(b"\x89PNG")
    monkeypatch.setenv("ISTAMI_COVER", str(tmp_path / "cover.png"))
    assert Settings().cover == tmp_path / "cover.png"

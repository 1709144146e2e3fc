"""A setting that is wrong is one line that names it, in two languages, whatever the command."""

from __future__ import annotations

import json
import sys

import pytest

from service.cli.doctor import _writable
from service.cli.main import main
from service.config.settings import Settings, variable
from service.model.errors import Unwritable

WRONG = {
    "redis_url": [
        "http://127.0.0.1:8125",
        "127.0.0.1:6379",
        "redis://host:port",
        "redis://h/0?foo=bar",
        "sentinel://",
        "unix:/x",
    ],
    "broker_url": ["amqp://guest@localhost", "http://x", "redis+cluster://"],
    "redis_memory": ["lots", "512xb", "-1"],
    "redis_policy": ["allkeys-lru"],
    "speed": ["fast", "9"],
    "locale": ["fr"],
    "case_endings": ["some"],
    "keep_glosses": ["perhaps"],
    "say_links": ["perhaps"],
    "site": ["س" * 201],
    "cover": ["/nowhere/cover.png"],
    "public_url": ["listen.example", "ftp://x"],
    "bitrate": ["65", "much"],
    "open": ["perhaps"],
    "device": ["tpu"],
    "log_level": ["loud"],
    "log_format": ["xml"],
    "metrics_address": ["9000", "host:port"],
    "webhook_retries": ["5,soon", "-1"],
}
NUMBERS = [
    name
    for name, field in Settings.model_fields.items()
    if field.annotation in {int, float} and name not in WRONG
]
COMMANDS = [
    ("doctor",),
    ("serve",),
    ("worker",),
    ("speak", "article.txt"),
    ("explain", "article.txt"),
    ("keys", "list"),
    ("keys", "create", "a"),
    ("sites", "list"),
    ("lexicon", "list"),
    ("voices", "list"),
    ("webhooks", "list"),
    ("purge", "x"),
]


@pytest.fixture
def istami(capsys, monkeypatch, tmp_path):
    """Runs a command: its status and what it said on standard error."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "article.txt").write_text("خبر قصير.", encoding="utf-8")
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PYTHONSAFEPATH", "1")  # it is set there, and is this process's own afterwards

    def istami(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["istami", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), capsys.readouterr().err

    return istami


def assert_one_line(status: int, said: str, name: str) -> None:
    assert status in {1, 2}
    assert "Traceback" not in said
    assert name in said
    assert any("\u0621" <= letter <= "\u064a" for letter in said)
    assert len(said.strip().splitlines()) <= 2, said


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, values in WRONG.items() for value in values]
    + [(name, value) for name in NUMBERS for value in ("many", "-5", "1e99", "nan")],
)
def test_any_setting(istami, monkeypatch, name, value) -> None:
    monkeypatch.setenv(variable(name), value)
    assert_one_line(*istami("keys", "list"), variable(name))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_any_command(istami, monkeypatch, words) -> None:
    monkeypatch.setenv("REDIS_URL", "http://127.0.0.1:8125")
    assert_one_line(*istami(*words), "REDIS_URL")


def test_a_password_in_an_address_is_not_told(istami, monkeypatch) -> None:
    monkeypatch.setenv("REDIS_URL", "http://user:secret@127.0.0.1")
    assert "secret" not in istami("keys", "list")[1]


@pytest.mark.parametrize(
    "content", [b"speed = \n", b"[speed", b"\xff\xfe", b'speed = "fast"', b"unknown = 1", b"redis_url = 5"]
)
def test_a_file_that_is_wrong(istami, tmp_path, content) -> None:
    (tmp_path / "istami.toml").write_bytes(content)
    status, said = istami("keys", "list")
    name = "istami.toml" if b"=" not in content or content.endswith(b"= \n") else "setting"
    assert_one_line(status, said, name)


def test_a_folder_that_cannot_be_written_to(tmp_path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Unwritable, match="ISTAMI_DATA_DIR"):
        _writable(tmp_path / "file" / "data")
    with pytest.raises(Unwritable):
        _writable(tmp_path / "file")
    assert _writable(tmp_path / "new") == str(tmp_path / "new")
    assert not list((tmp_path / "new").iterdir())


def test_doctor_says_so_of_the_data_folder(monkeypatch, tmp_path, capsys) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path / "file" / "data"))
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    monkeypatch.setattr(sys, "argv", ["istami", "doctor", "--json"])
    with pytest.raises(SystemExit):
        main()
    found = {each["part"]: each for each in json.loads(capsys.readouterr().out)["findings"]}
    assert not found["data folder"]["fine"]
    assert found["data folder"]["ar"]

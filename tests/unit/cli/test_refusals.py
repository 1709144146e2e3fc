"""What the system refuses is a line in two languages at the command line, whatever the command."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperArgument, TyperGroup

from cache.redis_store import RedisStore
from cache.store import Put
from service.cli.commands import COMMANDS, Commands, load
from service.cli.main import app, main
from service.storage.keys import KEYS, key_name
from service.util.os_errors import refused
from tests.e2e.commands import ISTAMI, environment, istami

ARABIC = range(0x0621, 0x064B)


def commands(group: TyperGroup, *before: str) -> Iterator[tuple[str, ...]]:
    """Every command that can be typed."""
    every = {name: load(name) for name in COMMANDS} if isinstance(group, Commands) else group.commands
    for name, command in sorted(every.items()):
        if isinstance(command, TyperGroup):
            yield from commands(command, *before, name)
        else:
            yield (*before, name)


ALL = list(commands(typer.main.get_command(app)))
ARGUMENTS = {
    ("speak",): ("article.txt",),
    ("explain",): ("article.txt",),
    ("batch",): ("article.txt", "--out", "out"),
    ("purge",): ("a",),
    ("serve",): ("--port", "0"),
    ("keys", "create"): ("newsroom",),
    ("keys", "revoke"): ("0123456789ab",),
    ("lexicon", "add"): ("زنقطور", "زَنْقَطُور"),
    ("lexicon", "remove"): ("زنقطور",),
    ("lexicon", "import"): ("words.tsv",),
    ("sites", "add"): ("news.example",),
    ("sites", "remove"): ("news.example",),
    ("voices", "install"): ("espeak-ar",),
    ("voices", "remove"): ("espeak-ar",),
    ("voices", "sample"): ("espeak-ar",),
    ("voices", "info"): ("espeak-ar",),
}


def missing(words: tuple[str, ...]) -> tuple[str, ...]:
    """Arguments for a command that has none above: a word for each that it needs."""
    name, *rest = words
    command = load(name)
    for word in rest:
        command = command.commands[word]
    return tuple(
        "https://news.example/a"
        for each in command.params
        if isinstance(each, TyperArgument) and each.required
    )


@pytest.fixture
def typed(monkeypatch, capsys, tmp_path: Path) -> Iterator[Callable[..., tuple[int, str]]]:
    """Runs a command in this process: its status and what it said of errors."""
    handlers = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "article.txt").write_text("خبر قصير.", encoding="utf-8")
    (tmp_path / "words.tsv").write_text("زنقطور\tزَنْقَطُور\n", encoding="utf-8")

    def typed(*words: str, **settings: str) -> tuple[int, str]:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["istami", *words])
        try:
            main()
        except SystemExit as ended:
            return int(ended.code or 0), capsys.readouterr().err
        return 0, capsys.readouterr().err

    yield typed
    for number, handler in handlers.items():
        signal.signal(number, handler)


FOLDERS: dict[str, Callable[[Path], str]] = {
    "where nothing can be made": lambda _: "/proc/nothing-here",
    "a file": lambda tmp: _file(tmp / "file"),
    "under a file": lambda tmp: f"{_file(tmp / 'file')}/data",
    "a name that is too long": lambda tmp: str(tmp / ("x" * 300)),
    "a link to itself": lambda tmp: _loop(tmp / "loop"),
}


def _file(path: Path) -> str:
    path.touch()
    return str(path)


def _loop(path: Path) -> str:
    path.symlink_to(path)
    return str(path)


@pytest.mark.parametrize("kind", FOLDERS)
@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_a_data_folder_that_cannot_be_is_no_traceback(typed, tmp_path: Path, words, kind: str) -> None:
    folder = FOLDERS[kind](tmp_path)
    arguments = ARGUMENTS.get(words) or missing(words)
    status, said = typed(*words, *arguments, ISTAMI_DATA_DIR=folder)
    assert "Traceback" not in said
    if status == 1 and said:
        lines = [line for line in said.splitlines() if line.strip()]
        assert any(ord(char) in ARABIC for char in lines[-1]), said


@pytest.mark.parametrize(
    "words",
    [("serve",), ("keys", "create"), ("keys", "list"), ("lexicon", "add"), ("sites", "add"), ("speak",)],
    ids=" ".join,
)
@pytest.mark.parametrize("kind", FOLDERS)
def test_the_line_names_the_path_and_a_cure(typed, tmp_path: Path, words, kind: str) -> None:
    folder = FOLDERS[kind](tmp_path)
    status, said = typed(*words, *ARGUMENTS.get(words, ()), ISTAMI_DATA_DIR=folder)
    assert status == 1
    first, second, *rest = [line for line in said.splitlines() if line.strip()]
    assert not rest, said
    assert folder in first
    assert "ISTAMI_DATA_DIR" in first or "check the path" in first
    assert folder in second


@pytest.mark.parametrize("words", [("lexicon", "add"), ("sites", "add")], ids=" ".join)
def test_a_full_disk_is_a_line_that_says_so(typed, tmp_path: Path, words) -> None:
    """No file may grow, which is what a full disk is to whoever writes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        status, said = typed(*words, *ARGUMENTS[words], ISTAMI_DATA_DIR=str(tmp_path / "data"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert status == 1
    assert "make room" in said or "written" in said, said
    assert "Traceback" not in said


def full(folder: Path) -> list[str]:
    """What runs a command where the disk of a folder is full: not even an empty file can be made there."""
    alone = ["unshare", "--mount", *(["--user", "--map-root-user"] if os.getuid() else []), "sh", "-c"]
    alone += ['mount -t tmpfs -o nr_inodes=1 tmpfs "$0" && exec "$@"', str(folder)]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        if os.environ.get("CI"):
            pytest.fail("CI must let root mount in a namespace")
        pytest.skip("this machine lets nobody mount in a namespace")
    return alone


def line(done: subprocess.CompletedProcess[bytes]) -> str:
    """The one line, in English, of a command that failed; its second is the same in Arabic."""
    said = done.stderr.decode()
    assert done.returncode == 1, said
    first, second = said.splitlines()
    assert any(ord(char) in ARABIC for char in second), said
    return first


def test_serving_from_a_full_disk_is_a_line_that_says_so(tmp_path: Path) -> None:
    done = istami("serve", "--port", "0", wrap=full(tmp_path), ISTAMI_DATA_DIR=str(tmp_path))
    assert f"{tmp_path}/redis: No space left on device" in line(done)
    assert "make room on the disk" in line(done)


def test_a_worker_whose_semaphores_find_no_room_says_so(tmp_path: Path, redis_url: str) -> None:
    memory = full(Path("/dev/shm"))  # noqa: S108  # where the system has them
    done = istami("worker", wrap=memory, ISTAMI_DATA_DIR=str(tmp_path), REDIS_URL=redis_url)
    assert "No space left on device" in line(done)
    assert "must be mounted, writable, and not full" in line(done)


def test_a_worker_does_without_room_in_the_data_folder(tmp_path: Path, redis_url: str) -> None:
    """A worker writes to Redis alone: it starts, and stops on SIGTERM."""
    command = [*full(tmp_path), *ISTAMI, "worker", "--processes", "1"]
    settings = environment(ISTAMI_DATA_DIR=str(tmp_path), REDIS_URL=redis_url)
    with subprocess.Popen(command, env=settings, stderr=subprocess.PIPE, text=True) as worker:
        said = next((line for line in worker.stderr if "ready" in line or "Traceback" in line), "")
        worker.send_signal(signal.SIGTERM)
        assert "ready" in said
        assert "Traceback" not in worker.stderr.read()
    assert worker.returncode == 0


@pytest.mark.parametrize("number", sorted(errno.errorcode))
def test_every_refusal_has_its_reason_and_a_cure_in_both_languages(number: int) -> None:
    for error in (OSError(number, os.strerror(number)), OSError(number, os.strerror(number), "/some/path")):
        said = refused(error)
        assert os.strerror(number) in said.en
        assert "Fix: " in said.en
        assert "الحل: " in said.ar
        assert ("/some/path" in said.en) is (error.filename is not None)


@pytest.mark.parametrize("value", [b"", b"{}", b"no JSON", b'{"id": 5, "newer": true}', b"\xff\xfe"])
def test_a_key_of_an_unknown_form_is_no_wrong_setting(typed, tmp_path: Path, redis_url: str, value) -> None:
    store = RedisStore(redis_url)
    store._redis.flushall()
    store.add(KEYS, "0123456789ab")
    store.put(key_name("0123456789ab"), Put(value))
    for words in (("keys", "list"), ("keys", "revoke", "0123456789ab")):
        status, said = typed(*words, REDIS_URL=redis_url, ISTAMI_DATA_DIR=str(tmp_path))
        assert status in {0, 1}
        assert "setting" not in said
        assert "Traceback" not in said
    store._redis.flushall()


def test_a_wrong_setting_still_is_one(typed, tmp_path: Path) -> None:
    status, said = typed("keys", "list", ISTAMI_DATA_DIR=str(tmp_path), ISTAMI_BITRATE="65")
    assert status == 2
    assert "setting BITRATE" in said.replace("ISTAMI_", "")

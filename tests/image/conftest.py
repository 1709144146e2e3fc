"""The image without Docker: each instruction of the Dockerfile is carried out in a debootstrap chroot.

Needs root, Debian's debootstrap, and packages and wheels from the network, as a build does. The first minutes
go into that; ``ISTAMI_IMAGE_BASE`` names a folder with Debian's base system, if there is one already.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

import pytest
from dockerfile_parse import DockerfileParser

ROOT = Path(__file__).parents[2]
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_IN_CHROOT = """
set -e
root="$1"; shift
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/dev/shm"
eval "$mounts"
exec chroot "$@"
"""


@dataclass
class Stage:
    """What one FROM begins: a root folder, and how things run in it."""

    root: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
    folder: str = "/"
    user: str = "0:0"
    volumes: list[str] = field(default_factory=list)
    entrypoint: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)

    def command(self, words: list[str], *, mounts: str = "", network: bool = True, **more: str) -> list[str]:
        """The words of a command that runs in it: in process and mount namespaces of its own.

        Args:
            words: the command.
            mounts: lines of shell that mount what it has besides, before it changes its root.
            network: whether it has the machine's; else it has none but its own loopback.
            more: variables of its environment besides the stage's.
        """
        environment = [f"{name}={value}" for name, value in (self.environment | more).items()]
        namespaces = ["--mount", "--pid", "--fork", "--kill-child"] + ([] if network else ["--net"])
        script = _IN_CHROOT.replace('eval "$mounts"', mounts + ("" if network else "\nip link set lo up"))
        inside = ["/usr/bin/env", "-i", "-C", self.folder, *environment, *words]
        chroot = [f"--userspec={self.user}", str(self.root), *inside]
        return ["unshare", *namespaces, "/bin/sh", "-c", script, "sh", str(self.root), *chroot]


class Building:
    """Carries a Dockerfile out: a method an instruction, and none for those that it has not."""

    def __init__(self, folder: Path, base: Path) -> None:
        self._folder = folder
        self._base = base
        self._arguments: dict[str, str] = {}
        self._stages: dict[str, Stage] = {}
        self.stage = Stage(folder)

    def build(self) -> Stage:
        for step in DockerfileParser(str(ROOT / "Dockerfile")).structure:
            if step["instruction"] != "COMMENT":
                getattr(self, f"_{step['instruction'].lower()}")(step["value"])
        return self.stage

    def _arg(self, value: str) -> None:
        name, _, default = value.partition("=")
        self._arguments[name] = default

    def _from(self, value: str) -> None:
        image, *named = Template(value).substitute(self._arguments).split()
        assert image.startswith("debian:bookworm"), "another base system needs another debootstrap"
        name = named[1] if named else "last"
        self.stage = self._stages[name] = Stage(self._folder / name)
        subprocess.run(["cp", "-a", self._base, self.stage.root], check=True)

    def _env(self, value: str) -> None:
        pairs = (word.partition("=") for word in shlex.split(value))
        known = self.stage.environment
        known |= {name: Template(told).safe_substitute(known) for name, _, told in pairs}

    def _workdir(self, value: str) -> None:
        self.stage.folder = value
        self._inside(value).mkdir(parents=True, exist_ok=True)

    def _run(self, value: str) -> None:
        shutil.copy("/etc/hosts", self.stage.root / "etc/hosts")  # as Docker does
        shutil.copy(CERTIFICATES, self.stage.root / "run/certificates.pem")
        build = {"PIP_CERT": "/run/certificates.pem", "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(
            self.stage.command(["/bin/sh", "-c", value], **build), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{value}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"

    def _copy(self, value: str) -> None:
        *sources, target = shlex.split(value)
        origin = ROOT
        if sources[0].startswith("--from="):
            origin = self._stages[sources.pop(0).removeprefix("--from=")].root
        to = self._inside(target)
        for source in sources:
            one = origin / source.lstrip("/")
            if one.is_dir():
                # As .dockerignore has it.
                shutil.copytree(one, to, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(one, to / one.name if target.endswith("/") else to)

    def _user(self, value: str) -> None:
        self.stage.user = value

    def _volume(self, value: str) -> None:
        self.stage.volumes.append(value)

    def _expose(self, _value: str) -> None:
        """Only told."""

    def _healthcheck(self, value: str) -> None:
        self.stage.health = json.loads(value[value.index("CMD") + 3 :])

    def _entrypoint(self, value: str) -> None:
        self.stage.entrypoint = json.loads(value)

    def _cmd(self, _value: str) -> None:
        """What compose.yaml runs is tried instead."""

    def _inside(self, path: str) -> Path:
        return self.stage.root / (Path(self.stage.folder) / path).relative_to("/")


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """What comes of the Dockerfile."""
    assert os.geteuid() == 0, "chroot needs root"
    folder = tmp_path_factory.mktemp("image")
    base = Path(os.environ.get("ISTAMI_IMAGE_BASE") or folder / "base")
    began = time.monotonic()
    if not (base / "etc/debian_version").exists():
        subprocess.run(
            ["debootstrap", "--variant=minbase", "bookworm", base], check=True, capture_output=True
        )
    based = time.monotonic()
    built = Building(folder, base).build()
    size = subprocess.run(
        ["du", "-sm", built.root], check=True, capture_output=True, text=True
    ).stdout.split()[0]
    print(f"\nbase {based - began:.0f} s, steps {time.monotonic() - based:.0f} s, image {size} MB")  # noqa: T201
    yield built
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def mounted(tmp_path_factory: pytest.TempPathFactory, image: Stage) -> tuple[Path, Callable[..., str]]:
    """A volume, and what mounts it where the image has one, tmpfs where it is told, all else read-only."""
    volume = tmp_path_factory.mktemp("volume")
    owner, group = map(int, image.user.split(":"))
    os.chown(volume, owner, group)

    def mounts(tmpfs: list[str]) -> str:
        lines = [f'mount --bind {shlex.quote(str(volume))} "$root{place}"' for place in image.volumes]
        lines += [f'mount -t tmpfs -o mode=1777 tmpfs "$root{place}"' for place in tmpfs]
        return "\n".join([*lines, 'mount -o remount,bind,ro "$root"'])

    return volume, mounts

"""Recordings that are there.

wrk asks for ranges of 64 KiB at random places of one recording, over 32 connections, for five seconds. The
machine is not always as fast: those who have one core take turns, three each, and their figures are medians.
Whatever answers (our web process, nginx, uvicorn) has one core and one process, unless it says otherwise;
wrk, and Redis, have the rest of the machine. "nginx alone" is nginx sending a file of the same bytes by
sendfile. "behind our nginx" is `deploy/nginx.conf`, its cache warm. The floor of a Python web process is
uvicorn with uvloop and httptools, as the service runs it, sending 64 KiB that it has at hand: no store,
no routing, no header of ours. redis-benchmark asks Redis for the same ranges over its socket.
"""

from __future__ import annotations

from dataclasses import astuple
from statistics import median

from benchmarks import article, floor, loading, nginx
from benchmarks.figures import Figure, Goal, Measured, Plot
from benchmarks.loading import Answered
from benchmarks.processes import CORES
from benchmarks.serving import Service, serving
from service.model.errors import MissingPart
from service.storage.keys import audio_name

_SENTENCES = 60
_TURNS = 3
_ONE = CORES[:1]
_REST = CORES[1:] or CORES


def measure() -> Measured:
    """Ask our process, two of them, nginx and Redis."""
    notes = [] if len(CORES) > 1 else ["There is one core: who asks and who answers share it."]
    with serving(cores=_ONE, redis_cores=_REST) as service:
        address, size, content = _recorded(service)
        with (
            nginx.alone(content, _ONE) as alone,
            nginx.ours(service.base, _ONE) as front,
            floor.serving(_ONE) as fixed,
        ):
            loading.ranges(f"{front}{address}", size, _REST)
            ours, peer, behind, least = _in_turn(
                size, f"{service.base}{address}", alone, f"{front}{address}", fixed
            )
        gets = _gets(service, address, notes)
    two, wide = _on_all()
    quick = Goal(25, of_value=True)
    figures = [
        Figure("our process", ours.rate, "/s", "nginx alone", peer.rate, Goal(0.2, least=True)),
        Figure("behind our nginx", behind.rate, "/s", "nginx alone", peer.rate, Goal(0.9, least=True)),
        Figure("floor of a Python process", least.rate, "/s", "nginx alone", peer.rate),
        Figure("our process", ours.rate, "/s", "floor of a Python process", least.rate),
        *([Figure("our process", ours.rate, "/s", "redis-benchmark GETRANGE", gets)] if gets else []),
        Figure("our process, p99", ours.p99, "ms", "nginx alone, p99", peer.p99, quick),
        Figure("behind our nginx, p99", behind.p99, "ms", "nginx alone, p99", peer.p99, quick),
        Figure("two web processes, whole machine", two.rate, "/s", "nginx alone, whole machine", wide.rate),
    ]
    bars = {
        "nginx alone": peer.rate,
        "behind our nginx": behind.rate,
        **({"redis-benchmark": gets} if gets else {}),
        "uvicorn's floor": least.rate,
        "our process": ours.rate,
        "two processes": two.rate,
    }
    return Measured(figures, Plot("64 KiB ranges a second", "/s", bars), notes)


def _in_turn(size: int, *addresses: str) -> list[Answered]:
    """What comes of asking at each address, in the middle of several times."""
    turns = [[loading.ranges(address, size, _REST) for address in addresses] for _ in range(_TURNS)]
    return [
        Answered(*(median(figures) for figures in zip(*map(astuple, times), strict=True)))
        for times in zip(*turns, strict=True)
    ]


def _on_all() -> tuple[Answered, Answered]:
    """Two web processes, and nginx with a process a core; both share all cores with wrk and Redis."""
    with serving(web_workers=2) as service:
        address, size, content = _recorded(service)
        two = loading.ranges(f"{service.base}{address}", size, CORES)
        with nginx.alone(content, CORES) as alone:
            return two, loading.ranges(alone, size, CORES)


def _gets(service: Service, address: str, notes: list[str]) -> float | None:
    name = audio_name(address.removeprefix("/audio/").removesuffix(".mp3"))
    try:
        return loading.store(service.redis_url.removeprefix("unix://"), name, _ONE)
    except MissingPart as error:
        notes.append(f"GETRANGE was not asked for: {error.en}.")
        return None


def _recorded(service: Service) -> tuple[str, int, bytes]:
    """The lasting address of a recording, its size and its bytes."""
    path = service.post(article.text(article.fresh(_SENTENCES)))
    address = f"/audio/{service.made(path)['key']}.mp3"
    content = service.client.get(address).raise_for_status().content
    return address, len(content), content

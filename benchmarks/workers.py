"""One, two and four workers.

The same kind of batch (eight articles of 20 sentences, all new) is made by one machine of so many cores:
web process, Redis, the client that posts and waits, and as many speaking processes as there are cores all
share those cores and have no other. So one worker has one core for everything, and gets nothing done for
it elsewhere. Time runs from the first POST till the last recording is whole. The machines take turns, three
batches each; each figure is a median. Where there are fewer cores than workers, they share what there is.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from statistics import median

from benchmarks import article
from benchmarks.figures import Figure, Goal, Measured, Plot
from benchmarks.processes import CORES, pinned
from benchmarks.serving import Service, serving

_ARTICLES, _SENTENCES = 8, 20
_ROUNDS = 3
_WORKERS = (1, 2, 4)
_HOUR = 3600


def measure() -> Measured:
    """How fast batches are made, by workers; machines of each size take turns."""
    with ExitStack() as held:
        machines = {workers: held.enter_context(_machine(workers)) for workers in _WORKERS}
        rounds = [
            {workers: _batch(*machine) for workers, machine in machines.items()} for _ in range(_ROUNDS)
        ]
    taken = {workers: median(each[workers] for each in rounds) for workers in _WORKERS}
    pace = {workers: _HOUR / seconds for workers, seconds in taken.items()}
    figures = [
        Figure("one worker, one core: an hour of audio takes", taken[1], "s", "the hour", _HOUR),
        Figure("two workers", pace[2], "× real time", "one worker", pace[1], Goal(1.8, least=True)),
        Figure("four workers", pace[4], "× real time", "one worker", pace[1]),
    ]
    notes = [f"{workers} workers had {len(CORES)} cores." for workers in _WORKERS if workers > len(CORES)]
    bars = {f"{workers} on {min(workers, len(CORES))} cores": pace[workers] for workers in _WORKERS}
    return Measured(figures, Plot("Speed by workers", "× real time", bars), notes)


@contextmanager
def _machine(workers: int) -> Generator[tuple[Service, Sequence[int]]]:
    """A service with so many workers and cores, warm."""
    cores = CORES[:workers]
    with serving(workers=workers, cores=cores) as service:
        service.hear(article.text(article.fresh(_SENTENCES)))
        yield service, cores


def _batch(service: Service, cores: Sequence[int]) -> float:
    """Seconds that an hour of audio takes."""
    texts = [article.text(article.fresh(_SENTENCES)) for _ in range(_ARTICLES)]
    with pinned(cores):
        begun = time.perf_counter()
        paths = [service.post(text, priority="batch") for text in texts]
        made = [service.made(path) for path in paths]
        taken = time.perf_counter() - begun
    return taken * _HOUR / sum(float(each["duration_seconds"]) for each in made)

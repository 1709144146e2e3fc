"""A worker over 10,000 sentences.

One speaking process makes articles of 100 short sentences, 10,000 in all, each of them new. Its own
memory (unique set size) is read after every article. The slope is that of the straight line through the
readings after the first 2,000 sentences, when everything has been used once; the peer is what the process
held there.
"""

from __future__ import annotations

import numpy as np

from benchmarks import article
from benchmarks.figures import Figure, Goal, Measured, Plot
from benchmarks.serving import serving

_ARTICLES, _SENTENCES = 100, 100
_SETTLED = 2000


def measure() -> Measured:
    """Kilobytes per sentence by which a worker grows."""
    points: list[tuple[float, float]] = []
    with serving(workers=1, ISTAMI_WORKER_SENTENCES="1000000") as service:
        [speaker] = service.speakers()
        for number in range(1, _ARTICLES + 1):
            service.made(service.post(article.text(article.short(_SENTENCES))))
            points.append((number * _SENTENCES, speaker.memory_full_info().uss / 1e6))
        assert service.speakers() == [speaker], "the worker was replaced meanwhile"
    settled = np.array([point for point in points if point[0] > _SETTLED])
    slope, start = map(float, np.polyfit(settled[:, 0], settled[:, 1], 1))
    figures = [
        Figure("growth a sentence", slope * 1e3, "KB", "held before", start * 1e3, Goal(1, of_value=True)),
        Figure(
            "after 10,000 sentences", points[-1][1], "MB", "after 2,000", points[_SETTLED // _SENTENCES][1]
        ),
    ]
    return Measured(figures, Plot("A worker's own memory", "MB", points=points, along="sentences"))

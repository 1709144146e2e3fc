"""Pictures of figures, as SVG that reads on light and on dark pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt  # after it was told what to draw with
from matplotlib.axes import Axes

_COLOUR, _INK = "#2a7f9e", "#808080"
mpl.rcParams |= {
    "svg.fonttype": "none",
    "svg.hashsalt": "istami",  # the same figures are the same file
    "font.size": 10,
    "text.color": _INK,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": _INK,
    "ytick.color": _INK,
}


def draw(plot: dict[str, Any], file: Path) -> None:
    """Draw a ``figures.Plot``, as JSON has it."""
    bars = plot["bars"]
    figure, axes = plt.subplots(figsize=(7, 0.9 + 0.32 * len(bars) if bars else 3), layout="constrained")
    axes.set_title(plot["title"], loc="left")
    if bars:
        _bars(axes, plot)
    else:
        axes.plot(*zip(*plot["points"], strict=True), color=_COLOUR)
        axes.set(xlabel=plot["along"], ylabel=plot["unit"], ylim=(0, None))
    figure.savefig(file, transparent=True, metadata={"Date": None, "Creator": None})
    plt.close(figure)


def _bars(axes: Axes, plot: dict[str, Any]) -> None:
    drawn = axes.barh(list(plot["bars"]), list(plot["bars"].values()), color=_COLOUR)
    axes.bar_label(drawn, fmt="{:.4g}", padding=3)
    axes.set(xlabel=plot["unit"])
    axes.invert_yaxis()
    axes.margins(x=0.12)

"""Whether probabilities and distributions were right: reliability diagram and PIT histogram. Floor 6."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from relsim.plots.style import CENTRE, FAINT, FAN, GRID, INK, LINES, SMALL, SOFT
from relsim.scoring.reliability import Reliability


def reliability(ax: Axes, found: Reliability) -> Axes:
    """What was said against what it is recalibrated to, with the band of right probabilities."""
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    ax.plot([0, 1], [0, 1], color=FAINT, linewidth=0.9, zorder=1)
    ax.fill_between(found.forecast_mean, found.low, found.high, color=FAN[0.95], linewidth=0, zorder=0)
    ax.plot(found.forecast_mean, found.observed, color=LINES[0], linewidth=1.8, zorder=3)
    ax.plot(found.forecast_mean, found.observed, "o", color=LINES[0], markersize=2.5, zorder=3, clip_on=False)
    ax.axhline(found.rate, color=SOFT, linewidth=0.8, linestyle=(0, (2, 2)), zorder=1)
    _percents(ax)
    ax.tick_params(axis="x", labelbottom=False)
    return ax


def said_so_often(ax: Axes, counts: Sequence[int]) -> Axes:
    """Forecasts in bins of a tenth, with their number."""
    width = 1 / len(counts)
    middles = [(i + 0.5) * width for i in range(len(counts))]
    ax.bar(middles, counts, width=0.92 * width, color=FAINT, linewidth=0)
    most = max(counts, default=1)
    for at, count in zip(middles, counts, strict=True):
        if count:
            ax.annotate(f"{count:,}", (at, count), xytext=(0, 1), textcoords="offset points", ha="center",
                        va="bottom", fontsize=SMALL - 1.5, color=SOFT)  # fmt: skip
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1.35 * most)
    ax.set_yticks([])
    ax.set_xlabel("forecast probability")
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100 %"])
    ax.spines[["top", "right", "left"]].set_visible(False)
    return ax


def pit(ax: Axes, bars: Sequence[float]) -> Axes:
    """Where what came lay in the forecasts: level if they were right."""
    width = 1 / len(bars)
    ax.bar([(i + 0.5) * width for i in range(len(bars))], [b / width for b in bars], width=0.95 * width,
           color=FAN[0.8], linewidth=0)  # fmt: skip
    ax.axhline(1, color=CENTRE, linewidth=1.2)
    ax.set_xlim(0, 1)
    ax.set_ylim(0, max(2.0, 1.15 * max(bars) / width))
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    ax.set_xlabel("PIT: share of the forecast below the observed")
    _open(ax)
    return ax


def _percents(ax: Axes) -> None:
    ticks = [0, 0.25, 0.5, 0.75, 1]
    ax.set_yticks(ticks, ["0", "25", "50", "75", "100 %"])
    ax.set_xticks(ticks)
    ax.grid(color=GRID, linewidth=0.6)
    ax.set_axisbelow(True)
    _open(ax)


def _open(ax: Axes) -> None:
    ax.spines[["top", "right"]].set_visible(False)


def note(ax: Axes, text: str) -> None:
    """A line of text above the axes."""
    ax.annotate(text, (0, 1), xycoords="axes fraction", xytext=(0, 6), textcoords="offset points", ha="left",
                va="bottom", fontsize=SMALL, color=INK)  # fmt: skip

"""What an outcome hangs on: shares of its variance, and where it stands at either end of a weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from relsim.plots.style import FAINT, GRID, INK, LINES, SMALL, SOFT, TEXT, inches, line_height, shorten, width_of, wrap
from relsim.result.drivers import TURNING

LOW, HIGH = LINES[0], LINES[1]
"""Colours of a weight's low and high end; the marks differ too."""
ZONE = "#e2e2e2"
LABELS = 3.75
"""Inches left of the shares for what the parameters are."""
VALUE = 1.0
"""Inches that a value may take beside an interval."""
FITS = 40
"""Rounds in which the tornado's axis is fitted to what is written."""
_LINES = 3
_SHARE = "#33414e"


@dataclass(frozen=True)
class Bar:
    """One weight's row. Values are in the figure's unit: percentage points or the quantity's own.

    Attributes
    ----------
    share, share_low, share_high : in percent; None where nothing can be said
    low, high : (value, its interval's ends) of the target where the weight is low, and high
    low_text, high_text : the weight's value there
    inner : the most different of the inner fifths, for a weight of which the target turns
    """

    label: str
    share: float | None
    share_low: float | None
    share_high: float | None
    low: tuple[float, float, float]
    high: tuple[float, float, float]
    low_text: str
    high_text: str
    shape: str
    inner: float


def row_heights(bars: Sequence[Bar]) -> list[float]:
    """Inches that each row needs."""
    return [max(0.5, len(_label(bar)) * line_height(SMALL) + 0.16) for bar in bars]


def _label(bar: Bar) -> list[str]:
    return wrap(bar.label[:1].upper() + bar.label[1:], SMALL, LABELS - 0.2, _LINES)


def _rows(ax: Axes, bars: Sequence[Bar]) -> list[float]:
    """Heights of the rows' middles; the axes count inches downwards from 0."""
    heights = row_heights(bars)
    ax.set_ylim(-sum(heights), 0)
    middles, top = [], 0.0
    for height in heights:
        middles.append(top - height / 2)
        top -= height
        if top > -sum(heights) + 1e-6:
            ax.axhline(top, color=GRID, linewidth=0.5, zorder=0)
    ax.set_yticks([])
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="x", length=0, pad=3)
    return middles


def shares(ax: Axes, bars: Sequence[Bar], zone: float | None) -> Axes:
    """Bars of first-order indices in percent, names left of them; shares inside ``zone`` are not significant."""
    middles = _rows(ax, bars)
    ax.set_xlim(0, 100)
    for place in (25, 50, 75, 100):
        ax.axvline(place, color=GRID, linewidth=0.6, zorder=0)
    if zone is not None:
        ax.axvspan(0, min(100.0, zone), color=ZONE, zorder=0, gid="detection limit")
    for bar, y in zip(bars, middles):
        ax.annotate(
            "\n".join(_label(bar)),
            (0, y),
            xycoords=("axes fraction", "data"),
            xytext=(-8, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=SMALL,
            color=INK,
            linespacing=1.1,
            gid="weight",
        )
        if bar.share is None or bar.share_low is None or bar.share_high is None:
            continue
        ax.barh([y], [max(0.0, min(100.0, bar.share))], height=0.16, color=_SHARE, zorder=2, gid="share")
        ends = [max(0.0, bar.share_low), min(100.0, bar.share_high)]
        ax.plot(ends, [y, y], color=_SHARE, linewidth=1.1, marker="|", zorder=3, clip_on=False)
    ax.set_xticks([0, 50, 100], ["0", "50", "100 %"])
    ax.set_xlabel("share of the variance between draws", color=SOFT, fontsize=SMALL)
    return ax


def tornado(ax: Axes, bars: Sequence[Bar], centre: float, unit: str) -> Axes:
    """The target at either end of each weight, with intervals, about its value over all draws.

    A ring marks the weight's low end, a full dot its high end; a diamond an inner stretch that lies beyond both.
    """
    middles = _rows(ax, bars)
    ax.set_xlim(*_limits(bars, centre, inches(ax)[0]))
    ax.grid(axis="x", color=GRID, linewidth=0.6, zorder=0)
    ax.set_axisbelow(True)
    ax.axvline(centre, color=INK, linewidth=0.9, zorder=1)
    for bar, y in zip(bars, middles):
        ends = ((bar.low, LOW, "white", bar.low_text, "low"), (bar.high, HIGH, HIGH, bar.high_text, "high"))
        ax.plot([bar.low[0], bar.high[0]], [y, y], color=FAINT, linewidth=6, solid_capstyle="butt", zorder=2)
        for (value, least, most), colour, fill, _, gid in ends:
            ax.plot([least, most], [y, y], color=colour, linewidth=1.1, marker="|", zorder=3)
            ax.plot(
                [value], [y], marker="o", markersize=6, color=fill, markeredgecolor=colour, markeredgewidth=1.6,
                zorder=4, gid=gid,
            )  # fmt: skip
        if bar.shape == TURNING:
            ax.plot([bar.inner], [y], marker="D", markersize=5, color=INK, zorder=4, gid="turning")
        left, right = (ends[0], ends[1]) if bar.low[0] <= bar.high[0] else (ends[1], ends[0])
        for (value, least, most), colour, _, said, _ in (left, right):
            before = value == left[0][0]
            ax.annotate(
                shorten(said, SMALL - 1, VALUE),
                (least if before else most, y),
                xytext=(-4 if before else 4, 0),
                textcoords="offset points",
                ha="right" if before else "left",
                va="center",
                fontsize=SMALL - 1,
                color=colour,
                annotation_clip=False,
                gid="value",
            )
    if inches(ax)[0] < 4:
        ax.locator_params(axis="x", nbins=5)
    ax.set_xlabel(unit, color=SOFT, fontsize=SMALL)
    return ax


def _limits(bars: Sequence[Bar], centre: float, room: float) -> tuple[float, float]:
    """Ends of the tornado's axis, `room` inches long, that hold every interval and the values written beside it."""
    sides = []
    for bar in bars:
        ends = sorted(((bar.low, bar.low_text), (bar.high, bar.high_text)), key=lambda end: end[0][0])
        widths = [width_of(shorten(said, SMALL - 1, VALUE), SMALL - 1) + 0.14 for _, said in ends]
        sides.append((min(ends[0][0]), widths[0], max(ends[1][0]), widths[1]))
    low, high = min([centre, *(side[0] for side in sides)]), max([centre, *(side[2] for side in sides)])
    if low == high:
        low, high = low - 0.5, high + 0.5
    for _ in range(FITS):  # the scale moves with the ends
        unit = (high - low) / room
        low = min(low, *(least - width * unit for least, width, _, _ in sides))
        high = max(high, *(most + width * unit for _, _, most, width in sides))
    return low, high


def key(ax: Axes, *, turning: bool) -> Axes:
    """The marks explained."""
    ax.set_axis_off()
    ax.set_xlim(0, 10)
    ax.set_ylim(-1, 1)
    items = [(LOW, "white", "o", "where it is low"), (HIGH, HIGH, "o", "where it is high")]
    if turning:
        items.append((INK, INK, "D", "between, beyond both"))
    for x, (edge, fill, mark, text) in zip((0.15, 3.2, 6.4), items):
        ax.plot([x], [0], marker=mark, markersize=6, color=fill, markeredgecolor=edge, markeredgewidth=1.6)
        ax.text(x + 0.25, 0, text, fontsize=SMALL, color=INK, va="center")
    return ax


@dataclass(frozen=True)
class RemovalBar:
    """One event taken out: the change of the target with its interval."""

    label: str
    kind: str
    value: float
    low: float
    high: float


def change_heights(data: Sequence[RemovalBar]) -> list[float]:
    """Inches that each row needs."""
    return [max(0.34, len(_change_label(c)) * line_height(SMALL) + 0.14) for c in data]


def _change_label(change: RemovalBar) -> list[str]:
    return wrap(change.label, SMALL, LABELS + 0.6, 2)


KIND_COLOURS = {"history": LINES[2], "calendar": LINES[3], "event": LINES[0]}
KIND_NAMES = {"history": "observed, as if it had not been", "calendar": "off the calendar", "event": "never of itself"}


def changes(ax: Axes, data: Sequence[RemovalBar], unit: str) -> Axes:
    """Bars of changes from zero, what was taken out named on the left."""
    heights = change_heights(data)
    ax.set_ylim(-sum(heights), 0)
    reach = [x for c in data for x in (c.low, c.high, 0.0)]
    margin = 0.06 * (max(reach) - min(reach)) or 1.0
    ax.set_xlim(min(reach) - margin, max(reach) + margin)
    ax.grid(axis="x", color=GRID, linewidth=0.6, zorder=0)
    ax.set_axisbelow(True)
    ax.axvline(0, color=INK, linewidth=0.9, zorder=1)
    top = 0.0
    for change, height in zip(data, heights):
        y = top - height / 2
        top -= height
        colour = KIND_COLOURS[change.kind]
        ax.barh([y], [change.value], height=0.17, color=colour, zorder=2, gid="change")
        ax.plot([change.low, change.high], [y, y], color=INK, linewidth=1.1, marker="|", zorder=3)
        ax.annotate(
            "\n".join(_change_label(change)),
            (0, y),
            xycoords=("axes fraction", "data"),
            xytext=(-8, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=SMALL,
            color=INK,
            linespacing=1.1,
            gid="event",
        )
    ax.set_yticks([])
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="x", length=0, pad=3)
    ax.set_xlabel(unit, color=SOFT, fontsize=TEXT)
    return ax


def kinds(ax: Axes, present: Sequence[str]) -> Axes:
    """The colours of the bars explained."""
    ax.set_axis_off()
    ax.set_xlim(0, 10)
    ax.set_ylim(-1, 1)
    for x, kind in zip((0.1, 3.6, 6.4), present):
        ax.plot([x, x + 0.3], [0, 0], color=KIND_COLOURS[kind], linewidth=8, solid_capstyle="butt")
        ax.text(x + 0.42, 0, KIND_NAMES[kind], fontsize=SMALL, color=INK, va="center")
    return ax

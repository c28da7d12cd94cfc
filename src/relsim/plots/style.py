"""The look of all figures: size, type, colours, and text that is measured before it is placed.

Colours stay apart for colour-blind readers (Okabe and Ito's set for lines) and in grey print (fans and
intervals differ in lightness, lines in dashes as well). Sizes are in inches and points, so that a figure
looks the same whatever its resolution: `WIDTH` inches fill a page or a screen of 1200 pixels.
"""

from __future__ import annotations

import io
import math
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, cast

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from relsim.plots.fonts import families, watched
from relsim.result.rounding import MONTHS
from relsim.result.rounding import say as say

WIDTH = 10.0
HEIGHT = WIDTH * 7 / 12
DPI = 160
FEW_DAYS = 130
"""Days below which a time axis counts days or weeks instead of months."""

INK = "#1b1b1b"
SOFT = "#555555"
FAINT = "#bdbdbd"
GRID = "#e4e4e4"
GROUND = ("#ffffff", "#f1f1ee")
"""Background of grade bands, by turns."""
FAN = {0.95: "#d3e4f3", 0.8: "#9dc6e0", 0.5: "#5b9fcd"}
"""Fill of a band by its share of the paths: the narrower, the darker."""
EDGE = "#6f97b5"
CENTRE = "#08306b"
CALENDAR = "#a34a00"
BEFORE = "#3d3d3d"
LINES = ("#0072b2", "#d55e00", "#009e73", "#8a4f7d", "#000000")
DASHES: tuple[tuple[float, tuple[float, ...] | None], ...] = (
    (0, None),
    (0, (6, 2)),
    (0, (2, 1.5)),
    (0, (7, 2, 2, 2)),
    (0, (1, 1)),
)

TITLE = 13.0
TEXT = 10.0
SMALL = 9.0

_RC: dict[Any, Any] = {
    "font.size": TEXT,
    "text.color": INK,
    "text.parse_math": False,
    "text.hinting": "none",
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.labelsize": TEXT,
    "axes.linewidth": 0.7,
    "axes.unicode_minus": True,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "lines.solid_capstyle": "butt",
    "svg.hashsalt": "relsim",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw and save inside this: matplotlib's defaults and ours, whatever the reader's own settings are.

    Warns
    -----
    Notice
        Where no font that is installed has a character of the figures.
    """
    kept = {key: value for key, value in mpl.rcParamsDefault.items() if not key.startswith(("backend", "toolbar"))}
    with watched(), warnings.catch_warnings(), mpl.rc_context():
        warnings.filterwarnings("ignore", category=mpl.MatplotlibDeprecationWarning)
        mpl.rcParams.update(kept)
        mpl.rcParams.update({**_RC, "font.family": families()})
        yield


class Sheet(Figure):
    """A figure that a notebook shows where it is the value of a cell."""

    def _repr_png_(self) -> bytes:
        stream = io.BytesIO()
        with house_style():
            self.savefig(stream, format="png")
        return stream.getvalue()


def sheet(height: float = HEIGHT) -> Figure:
    """An empty figure `WIDTH` by `height` inches, white."""
    figure = Sheet(figsize=(WIDTH, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def panel(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Axes at a place given in inches from the figure's lower left corner."""
    full_width, full_height = figure.get_size_inches()
    return figure.add_axes((left / full_width, bottom / full_height, width / full_width, height / full_height))


def inches(ax: Axes) -> tuple[float, float]:
    """Width and height of the axes in inches."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    box = ax.get_position()
    full_width, full_height = figure.get_size_inches()
    return float(box.width * full_width), float(box.height * full_height)


def over(ax: Axes, lines: Sequence[str], note: str | None = None, *, colour: str = INK, slant: str = "normal") -> None:
    """A title in `lines` above the axes of a small multiple, and a note under it; None keeps no room for one."""
    parts = [("\n".join(lines), 6 if note is None else 5 + SMALL * 1.3, TEXT, colour, "title")]
    if note:
        parts.append((note, 4, SMALL, SOFT, "note"))
    for text, lift, size, ink, gid in parts:
        ax.annotate(
            text,
            (0, 1),
            xycoords="axes fraction",
            xytext=(0, lift),
            textcoords="offset points",
            va="bottom",
            ha="left",
            fontsize=size,
            fontstyle=slant,
            color=ink,
            linespacing=1.1,
            gid=gid,
        )


_RENDERER = cast(Any, RendererAgg)(16, 16, 720)


@lru_cache(maxsize=8192)
def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Width in inches of one line of text of `size` points."""
    font = FontProperties(family=families(), size=size, weight="bold" if bold else "normal")
    with watched(say=False):
        width, _, _ = _RENDERER.get_text_width_height_descent(text, font, False)
    return float(width) / 720


def line_height(size: float) -> float:
    """Height in inches from one line of text of `size` points to the next."""
    return size * 1.25 / 72


def shorten(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """`text`, cut with an ellipsis where it is wider than `room` inches."""
    text = " ".join(text.split())
    if width_of(text, size, bold=bold) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width_of(text[:middle].rstrip(" ,;:.-–") + "…", size, bold=bold) <= room:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip(" ,;:.-–") + "…"


def wrap(text: str, size: float, room: float, lines: int, *, bold: bool = False) -> list[str]:
    """`text` broken into at most `lines` lines no wider than `room` inches; what does not fit ends in an
    ellipsis.
    """
    # A number and its percent sign stay together.
    words = re.split(r"\s+(?!%)", text.strip())
    done: list[str] = []
    line = ""
    for position, word in enumerate(words):
        longer = f"{line} {word}".strip()
        if not line or width_of(longer, size, bold=bold) <= room:
            line = longer
            continue
        if len(done) == lines - 1:
            line = " ".join([line, *words[position:]])
            break
        done.append(line)
        line = word
    return [shorten(part, size, room, bold=bold) for part in [*done, line]]


def at(day: date) -> float:
    """Position of a date on a time axis: days, counted as `date.toordinal` does."""
    return float(day.toordinal())


def date_ticks(first: date, last: date, room: float) -> tuple[list[date], list[str]]:
    """Dates of ticks from `first` to `last` and their labels, for an axis `room` inches long.

    Days, weeks, months, quarters or years, whatever the room allows; the year stands under the first tick and
    the first of each year. Month names are English whatever the locale.
    """
    span = (last - first).days + 1
    most = max(2, int(room / (0.55 if span < FEW_DAYS else 0.38)))
    steps = [n for n in (1, 2, 7, 14) if span <= most * n and span < FEW_DAYS]
    ticks: list[date] = []
    if steps:
        day = first if steps[0] < 7 else first + timedelta((7 - first.weekday()) % 7)
        while day <= last:
            ticks.append(day)
            day += timedelta(steps[0])
        labels = [say(day) for day in ticks]
    else:
        months = span / 30.44
        step = next((n for n in (1, 2, 3, 6, 12, 24, 60, 120) if months / n <= most), 240)
        month = first.year * 12 + first.month - 1
        month += -month % step if first.day == 1 else -(month + 1) % step + 1
        while (day := date(month // 12, month % 12 + 1, 1)) <= last:
            ticks.append(day)
            month += step
        labels = [str(day.year) if step >= 12 else MONTHS[day.month - 1] for day in ticks]
        if step >= 12:
            return ticks, labels
    years = [None, *(day.year for day in ticks)]
    labels = [
        f"{label}\n{day.year}" if day.year != before else label for day, label, before in zip(ticks, labels, years)
    ]
    return ticks, labels


def date_axis(ax: Axes, first: date, last: date, *, room: float) -> None:
    """Ticks of dates at the bottom of the axes."""
    ticks, labels = date_ticks(first, last, room)
    ax.set_xticks([at(day) for day in ticks], labels)
    ax.tick_params(axis="x", length=3, pad=2)


def spread_out(places: Sequence[float], gaps: Sequence[float], low: float, high: float) -> list[float]:
    """Move `places` (rising) apart as little as possible.

    Parameters
    ----------
    places : sequence of float, shape (n,)
        Wished positions, rising.
    gaps : sequence of float, shape (n,)
        Height of each item: neighbours come to stand at least half the sum of theirs apart.
    low, high : float
        Items stay within these bounds where they fit at all.
    """
    groups: list[tuple[float, list[int], float]] = []  # centre, members, total height
    for i, (place, gap) in enumerate(zip(places, gaps)):
        centre, members, height = place, [i], gap
        while True:
            centre = min(max(centre, low + height / 2), max(high - height / 2, low + height / 2))
            if not groups or groups[-1][0] + groups[-1][2] / 2 <= centre - height / 2 + 1e-9:
                break
            _, others, below = groups.pop()
            members, height = others + members, below + height
            wishes = []
            offset = -height / 2
            for member in members:
                wishes.append(places[member] - (offset + gaps[member] / 2))
                offset += gaps[member]
            centre = math.fsum(wishes) / len(wishes)
        groups.append((centre, members, height))
    result = [0.0] * len(places)
    for centre, members, height in groups:
        offset = centre - height / 2
        for member in members:
            result[member] = offset + gaps[member] / 2
            offset += gaps[member]
    return result

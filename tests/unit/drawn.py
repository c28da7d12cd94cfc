"""What texts a figure shows, and whether any covers another or is cut off."""

from __future__ import annotations

import itertools

from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox


def texts(figure: Figure, gid: str | None = None) -> list[Text]:
    """All texts that are drawn: of the ticks those within the axis."""
    ticks: set[Text] = set()
    drawn: set[Text] = set()
    for axis in (axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)):
        low, high = sorted(axis.get_view_interval())
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            ticks |= {tick.label1, tick.label2}
            if axis.axes.axison and low <= tick.get_loc() <= high:
                drawn |= {label for label in (tick.label1, tick.label2) if label.get_visible()}
    found = [text for text in figure.findobj(Text) if text not in ticks or text in drawn]
    return [text for text in found if text.get_visible() and text.get_text().strip() and gid in (None, text.get_gid())]


def words(figure: Figure, gid: str) -> list[str]:
    return [text.get_text() for text in texts(figure, gid)]


def overlaps(figure: Figure) -> list[str]:
    """Pairs of texts whose boxes meet by more than the slack between glyphs and box, and texts cut off."""
    figure.draw_without_rendering()
    boxes = []
    for text in texts(figure):
        box = text.get_window_extent()
        boxes.append((text.get_text(), Bbox.from_extents(box.x0, box.y0 + 0.2 * box.height, box.x1, box.y1)))
    faults = [f"{a!r} on {b!r}" for (a, x), (b, y) in itertools.combinations(boxes, 2) if x.overlaps(y)]
    edge = figure.bbox.padded(1)
    faults += [f"{a!r} cut off" for a, x in boxes if not (edge.contains(x.x0, x.y0) and edge.contains(x.x1, x.y1))]
    return faults

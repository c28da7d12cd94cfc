"""What every figure has around its charts: title and explanation above, the identity below, and its saving."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from relsim.plots.style import INK, SMALL, SOFT, TEXT, TITLE, WIDTH, line_height, shorten, width_of, wrap

Format = Literal["png", "svg", "pdf"]

LEFT = 0.2
FOOT = 0.34
"""Inches at the bottom for the identity."""
_LEAST_TITLE = 2.0
"""Inches of a title that the identity shows however long the rest is."""
COLOURS = 256
_COMPRESSION = 6
"""Of a PNG: the most takes sixteen times as long and saves a fifteenth."""


class Identity(Protocol):
    """What a figure shows, in a line of its own: a run or a comparison."""

    @property
    def title(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def line(self) -> str: ...


def head(figure: Figure, title: str, *explained: str) -> float:
    """Title and paragraphs of explanation, two lines each at most; returns the inches they take from the
    top.
    """
    y = full = float(figure.get_size_inches()[1])
    y -= 0.18
    for text, size, colour in ((title, TITLE, INK), *((text, TEXT, SOFT) for text in explained if text)):
        for line in wrap(text, size, WIDTH - 2 * LEFT, 2, bold=text is title):
            y -= line_height(size)
            write(figure, LEFT, y, line, size, colour, bold=text is title)
        y -= 0.04
    return full - y + 0.1


def foot(figure: Figure, shown: Identity) -> None:
    """The identity at the foot of the sheet; of a long line the title gives way first."""
    room = WIDTH - 2 * LEFT
    rest = shown.line.removeprefix(shown.title)
    title = shorten(shown.title, SMALL, max(_LEAST_TITLE, room - width_of(rest, SMALL)))
    write(figure, LEFT, 0.12, shorten(title + rest, SMALL, room), SMALL, SOFT)


def write(
    figure: Figure, x: float, y: float, text: str, size: float, colour: str, *, bold: bool = False, gid: str = "page"
) -> None:
    """One line of text with its foot at `x`, `y` inches."""
    width, full = figure.get_size_inches()
    weight = "bold" if bold else "normal"
    figure.text(x / width, y / full, text, fontsize=size, color=colour, fontweight=weight, va="baseline", gid=gid)


def save(figure: Figure, stem: Path, format: Format, what: str, shown: Identity) -> Path:
    """Save with the identity in the file's metadata and no time of writing."""
    path = stem.with_name(f"{stem.name}.{format}")
    title, about, maker = f"{what} – {shown.title}", shown.line, f"relsim {shown.version}"
    metadata: dict[str, str | None]
    if format == "png":
        metadata = {"Title": title, "Description": about, "Software": maker}
    elif format == "svg":
        metadata = {"Title": title, "Description": about, "Creator": maker, "Date": None}
    else:
        metadata = {
            "Title": title,
            "Subject": about,
            "Creator": maker,
            "Producer": maker,
            "CreationDate": None,
        }
    if format == "png":
        _save_png(figure, path, metadata)
    else:
        figure.savefig(path, format=format, metadata=metadata)
    return path


def _save_png(figure: Figure, path: Path, metadata: dict[str, str | None]) -> None:
    """Save with a palette of `COLOURS`: a third of the size; no pixel is off by more than some hundredths."""
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    about = PngInfo()
    for key, value in metadata.items():
        about.add_text(key, value or "")
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())[:, :, :3])
    reduced = image.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    reduced.save(path, pnginfo=about, compress_level=_COMPRESSION, dpi=(figure.dpi, figure.dpi))

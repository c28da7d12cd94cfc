"""Whole figures of a comparison: charts put together with title, explanation and identity, and saved."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from matplotlib.figure import Figure

from relsim.plots.compared import (
    CurveSet,
    DumbbellPoint,
    DumbbellRow,
    Gap,
    Overlay,
    ShownComparison,
    Side,
    bells_of,
    compared_of,
    course_sets_of,
    gaps_of,
    in_words,
    indices_of,
    overlay_of,
    sides_of,
)
from relsim.plots.courses import LABELS as COURSE_LABELS
from relsim.plots.courses import courses
from relsim.plots.data import span
from relsim.plots.difference import BRACKETS, above, difference, ends, first_day, limits_of, said, title_height, widest
from relsim.plots.dumbbell import NAMES, NOTES, ROW, TITLES, changed, dumbbell, dumbbells, height
from relsim.plots.frame import FOOT, LEFT, Format, foot, head, save, write
from relsim.plots.overlay import LABELS, beside, overlay, reach
from relsim.plots.pages import MOST_VARIABLES, between
from relsim.plots.sides import MOST, key, key_height
from relsim.plots.style import (
    HEIGHT,
    INK,
    SMALL,
    SOFT,
    TEXT,
    WIDTH,
    house_style,
    line_height,
    panel,
    sheet,
    width_of,
    wrap,
)
from relsim.result.comparison import CLEAR, NOISE, SAME, Comparison
from relsim.scenario import Scenario

TITLE_LINES, NOTE_LINES = 2, 4
AXIS = 0.95
"""Inches left of a chart of an index: numbers, grades and unit."""


def comparison_figures(
    comparison: Comparison, scenarios: Mapping[str, Scenario], folder: Path, format: Format = "png"
) -> list[Path]:
    """Draw and save all figures of a comparison.

    Parameters
    ----------
    comparison : Comparison
    scenarios : mapping of a scenario's name in the comparison to the scenario
        The baseline's is needed: labels and grades are taken from it.
    folder : Path
        Made where it is missing. Gets ``fans-<index>``, ``difference-<index>-<name>`` for each contrast (one
        ``differences-<index>`` past five scenarios), ``outcomes`` and ``cumulative``.
    format : ``png``, ``svg`` or ``pdf``

    Returns
    -------
    list of Path
        The files written. The same comparison gives the same bytes under one release of matplotlib.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shown = compared_of(comparison)
    many = len(sides_of(comparison)) > MOST
    written = []
    with house_style():
        for name in indices_of(comparison.scenarios[comparison.baseline], MOST_VARIABLES):
            data = overlay_of(comparison, scenarios, name)
            if len(data.strands) > 1:
                page = fans_page(data, shown)
                written.append(save(page, folder / f"fans-{_file_name(name)}", format, data.title, shown))
            gaps = gaps_of(comparison, name, data.title + between(data.between))
            for stem, page in _gap_pages(gaps, shown, many):
                written.append(save(page, folder / stem, format, f"Difference, {data.title}", shown))
        rows = bells_of(comparison)
        if many:
            rows = tuple(replace(r, bells=tuple(replace(b, side=_toned(b.side)) for b in r.bells)) for r in rows)
        if rows:
            written.append(save(dumbbell_page(rows, shown), folder / "outcomes", format, "Outcomes", shown))
        sets = course_sets_of(comparison)
        if sets and len(comparison.scenarios) > 1:
            for stem, page in _course_pages(sets, sides_of(comparison), shown):
                written.append(save(page, folder / stem, format, "By when", shown))
    return written


def fans_page(data: Overlay, shown: ShownComparison) -> Figure:
    """An index in all scenarios: laid over each other up to `MOST`, each beside the baseline past that."""
    scenarios = f"{len(data.strands)} scenarios"
    title = f"{data.title}{between(data.between)}, in {scenarios}, {span(shown.start, shown.end)}"
    marked = "▲ first day on which any path differs from the baseline."
    if len(data.strands) <= MOST:
        explained = "Lines: medians. Band: 80 % of the baseline's paths on each day; bars at the end: of each one's."
        nested = "Where lines coincide, the thicker lies beneath. "
        figure = sheet(HEIGHT)
        top = head(figure, title, explained, nested + marked)
        bottom = FOOT + 0.45
        ax = panel(figure, AXIS, bottom, WIDTH - AXIS - LABELS - 0.1, HEIGHT - top - bottom - 0.1)
        overlay(ax, data)
        ax.set_ylabel(data.unit, labelpad=22)
        foot(figure, shown)
        return figure
    columns, gap, deep, below = 3, 0.55, 1.5, 0.5
    width = (WIDTH - AXIS - 0.3 - gap * (columns - 1)) / columns
    strands = [replace(s, side=_toned(s.side)) for s in data.strands]
    room, lines = width + 0.3, 2
    over = lines * line_height(TEXT) + line_height(SMALL) + 0.16
    texts = (
        title,
        "Coloured: median and 80 % of the paths on each day. Black: the baseline's median, in every panel.",
        marked,
    )
    figure, full, headed = _grid_sheet(texts, math.ceil((len(strands) - 1) / columns), over + deep + below)
    toned = replace(data, strands=tuple(strands))
    limits = reach(toned.strands[1:], toned.strands)
    for i, strand in enumerate(strands[1:]):
        row, column = divmod(i, columns)
        y = full - headed - (row + 1) * (over + deep) - row * below
        ax = panel(figure, AXIS + column * (width + gap), y, width, deep)
        beside(ax, toned, strand, limits, room=room, lines=lines, named=column == 0)
        if column == 0:
            ax.set_ylabel("points", labelpad=22)
        else:
            ax.set_yticklabels([])
    foot(figure, shown)
    return figure


def difference_page(data: Gap, shown: ShownComparison) -> Figure:
    """One paired-difference fan."""
    figure = sheet(HEIGHT)
    what = data.side.label if data.side.condition else f"“{data.side.label}” less {data.against}"
    title = f"{data.title}: {what}"
    top = head(figure, title, _explained(data), _largest(data))
    bottom, left = FOOT + 0.45, 0.85
    ax = panel(figure, left, bottom, WIDTH - left - BRACKETS - 0.15 - 0.4, HEIGHT - top - bottom - 0.1)
    difference(ax, data, limits_of([data]))
    first_day(ax, data)
    ends(ax, data)
    ax.set_ylabel("difference, in points")
    foot(figure, shown)
    return figure


def differences_page(data: Sequence[Gap], shown: ShownComparison) -> Figure:
    """The differences of many scenarios as small multiples on one scale."""
    columns, left, gap, deep, below = 3, 0.85, 0.55, 1.4, 0.5
    width = (WIDTH - left - 0.3 - gap * (columns - 1)) / columns
    texts = (
        f"{data[0].title}: differences from the baseline, {span(shown.start, shown.end)}",
        "Mean with its 95 % interval (orange), and bands that hold 50, 80 and 95 % of the paths' differences.",
        "Broken upright line: first day on which any path differs. No bands: a condition, whose paths are not paired.",
    )
    over = title_height()
    figure, full, headed = _grid_sheet(texts, math.ceil(len(data) / columns), over + deep + below)
    limits = limits_of(data)
    for i, item in enumerate(data):
        row, column = divmod(i, columns)
        y = full - headed - (row + 1) * (over + deep) - row * below
        ax = panel(figure, left + column * (width + gap), y, width, deep)
        difference(ax, item, limits)
        above(ax, item, width + 0.3)
        if column == 0:
            ax.set_ylabel("points")
        else:
            ax.set_yticklabels([])
    foot(figure, shown)
    return figure


def dumbbell_page(rows: Sequence[DumbbellRow], shown: ShownComparison) -> Figure:
    """The outcomes' probabilities in all scenarios, with a key to the glyph; what nothing clearly changes in a note."""
    rows, others = changed(rows)
    rest = "; ".join(f"{row.title} ({row.baseline.text})" for row in others)
    note = wrap(f"Without a clear change: {rest}.", SMALL, WIDTH - 2 * LEFT, NOTE_LINES) if rest else []
    left, bottom = LEFT + TITLES + NAMES, FOOT + 0.62 + len(note) * line_height(SMALL)
    deep = height(rows)
    title = f"How likely: {shown.title}"
    dates = span(shown.start, shown.end)
    explained = f"Probability of each outcome, {dates}; difference from the baseline in points, with 95 % interval."
    conditions = any(bell.side.condition for row in rows for bell in row.bells)
    apart = (
        "Hollow marks are conditions: what is found on the paths on which it happened, not what would change if it did."
        if conditions
        else ""
    )
    keyed = head(sheet(), title, explained, apart) + 0.12
    full = keyed + 0.28 + deep + bottom
    figure = sheet(full)
    head(figure, title, explained, apart)
    _dumbbell_key(figure, full - keyed, rows[0])
    for i, line in enumerate(note):
        write(figure, LEFT, bottom - 0.62 - (i + 0.8) * line_height(SMALL), line, SMALL, SOFT, gid="rest")
    ax = panel(figure, left, bottom, WIDTH - left - NOTES - 0.1, deep)
    dumbbells(ax, rows)
    foot(figure, shown)
    return figure


def courses_page(data: Sequence[CurveSet], sides: tuple[Side, ...], shown: ShownComparison) -> Figure:
    """Each outcome's curves in the scenarios given, a panel each, with a key to the lines."""
    columns, left, below = min(3, len(data)), 0.6, 0.5
    gap, end = COURSE_LABELS + 0.45, COURSE_LABELS
    width = (WIDTH - left - end - gap * (columns - 1)) / columns
    room = width + COURSE_LABELS - 0.05
    lines = max(len(wrap(item.title, TEXT, room, TITLE_LINES)) for item in data)
    over = lines * line_height(TEXT) + 0.14
    deep = max(1.0 if columns == 3 else 2.2, len(sides) * line_height(SMALL) * 1.1)
    what = "Probability that each outcome has come true by the date below; each panel has its own scale."
    if any(course.decided_on for item in data for _, course in item.courses):
        what += " Dot: all paths that reach it do so on that date."
    if any(course.weights_low is not None for item in data for _, course in item.courses):
        what += " Bars at the end: parameter range, 5–95 %."
    title = f"By when: {shown.title}"
    keyed = key_height(sides)
    headed = head(sheet(), title, what)
    full = headed + keyed + math.ceil(len(data) / columns) * (over + deep + below) + FOOT + 0.1
    figure = sheet(full)
    head(figure, title, what)
    key(figure, full - headed, sides)
    for i, item in enumerate(data):
        row, column = divmod(i, columns)
        y = full - headed - keyed - (row + 1) * (over + deep) - row * below - 0.05
        ax = panel(figure, left + column * (width + gap), y, width, deep)
        courses(ax, item, shown.start, shown.end, room=room, lines=lines)
    foot(figure, shown)
    return figure


def _gap_pages(gaps: tuple[Gap, ...], shown: ShownComparison, many: bool) -> list[tuple[str, Figure]]:
    if many and gaps:
        return [(f"differences-{_file_name(gaps[0].name)}", differences_page(gaps, shown))]
    return [(f"difference-{_file_name(g.name)}-{_file_name(g.side.name)}", difference_page(g, shown)) for g in gaps]


def _course_pages(
    data: Sequence[CurveSet], sides: tuple[Side, ...], shown: ShownComparison
) -> list[tuple[str, Figure]]:
    """One page up to `MOST` sides; past that one for each side, beside the baseline."""
    have = {side.name for item in data for side, _ in item.courses}
    sides = tuple(side for side in sides if side.name in have)
    if len(sides) <= MOST:
        return [("cumulative", courses_page(data, sides, shown))]
    pages = []
    for side in sides[1:]:
        pair = (sides[0], _toned(side))
        names = {one.name: one for one in pair}
        chosen = [
            replace(item, courses=tuple((names[one.name], c) for one, c in item.courses if one.name in names))
            for item in data
        ]
        pages.append((f"cumulative-{_file_name(side.name)}", courses_page(chosen, pair, shown)))
    return pages


def _grid_sheet(texts: tuple[str, ...], rows: int, deep: float) -> tuple[Figure, float, float]:
    """A sheet for `rows` rows of panels `deep` inches each, its height, and the inches that the head takes."""
    headed = head(sheet(), *texts)
    full = headed + rows * deep + FOOT
    figure = sheet(full)
    head(figure, *texts)
    return figure, full, headed


def _explained(data: Gap) -> str:
    if data.side.condition:
        return (
            f"Mean of the paths on which it happened less mean of all of {data.against}, with its 95 % interval "
            "(orange): what goes with it, not what it would change. The two are not paired, so there are no bands."
        )
    return (
        "Difference on each day between two paths of the same random numbers: mean with its 95 % interval (orange), "
        "and bands that hold 50, 80 and 95 % of the paths' differences."
    )


def _largest(data: Gap) -> str:
    if data.side.paired and data.side.since is None:
        return "No path differs on any day."
    return f"Mean at its largest, {said(data, widest(data))}; at the end, {said(data, len(data.mean) - 1)}."


def _dumbbell_key(figure: Figure, y: float, row: DumbbellRow) -> None:
    """The glyph of a row explained, at `y` inches: the baseline, a clear difference, one within noise."""
    shown = replace(row.bells[0].side, condition=False)
    bells = (row.baseline, *row.bells)
    low, high = (0.5, 1.0) if any(bell.low is not None for bell in bells) else (None, None)
    pale = "; pale: parameter range, 5–95 %" if low else ""
    x = LEFT
    for sample, text in (
        (DumbbellPoint(row.baseline.side, 0.75, 0.75, low, high, SAME, "", ""), f"baseline{pale}"),
        (DumbbellPoint(shown, 0.05, 0.75, low, high, CLEAR, "", ""), "from the baseline to the other"),
        (DumbbellPoint(shown, 0.35, 0.75, low, high, NOISE, "", ""), "within noise, or small"),
    ):
        ax = panel(figure, x, y - 0.1, 0.5, ROW)
        ax.set_axis_off()
        ax.set_xlim(0, 100)
        ax.set_ylim(-1, 1)
        dumbbell(ax, sample, 0.0)
        write(figure, x + 0.58, y - 0.045, text, SMALL, INK)
        x += 0.58 + width_of(text, SMALL) + 0.25


def _toned(side: Side) -> Side:
    """A side as the one beside the baseline."""
    return replace(side, rank=min(side.rank, 1))


def _file_name(name: str) -> str:
    """A name as part of a file's name."""
    return re.sub(r"[^\w.-]+", "-", in_words(name).replace(" ", "_")).strip("-") or "unnamed"

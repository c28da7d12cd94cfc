"""Figures of what a run's outcomes hang on: one page per outcome and quantity, one more where events were taken out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from relsim.plots.data import ShownRun, run_of
from relsim.plots.discovery import discovery_page
from relsim.plots.frame import FOOT, LEFT, Format, foot, head, save
from relsim.plots.style import WIDTH, house_style, panel, sheet
from relsim.plots.tornado import (
    LABELS,
    Bar,
    RemovalBar,
    change_heights,
    changes,
    key,
    kinds,
    row_heights,
    shares,
    tornado,
)
from relsim.result import Forecast
from relsim.result.drivers import TURNING, Driven, Drivers, Removal, Sensitivity, WeightDoubt

MOST = 10
"""Parameters, and events, shown at most."""
NOTHING_LEFT = 0.9
"""Share of its probability that an outcome loses at least without what it consists of."""


def driver_figures(found: Drivers, forecast: Forecast, folder: Path, format: Format = "png") -> list[Path]:
    """Draw and save ``drivers-NAME`` for each target with parameters, ``without-NAME`` where events were taken out.

    Returns
    -------
    list of Path
        The files written.
    """
    run = run_of(forecast)
    written = []
    with house_style():
        for targets, is_outcome in ((found.outcomes, True), (found.quantities, False)):
            for name, driven in targets.items():
                if driven.weights and driven.value is not None:
                    page = driver_page(driven, found.weights, run, is_outcome)
                    written.append(save(page, folder / f"drivers-{name}", format, f"Drivers of {driven.title}", run))
                removed = _removed(found, name, is_outcome)
                if removed and found.events is not None:
                    page = events_page(driven, removed, found.events.paths, run, is_outcome)
                    written.append(save(page, folder / f"without-{name}", format, f"{driven.title} without", run))
        for name, discovery in (found.discovery or {}).items():
            if discovery.boxes:
                page = discovery_page(discovery, found.weights, run)
                written.append(save(page, folder / f"discovery-{name}", format, f"Boxes of {discovery.title}", run))
    return written


def _removed(found: Drivers, name: str, is_outcome: bool) -> list[Removal]:
    if found.events is None:
        return []
    rows = (found.events.outcomes if is_outcome else found.events.quantities).get(name, ())
    return [row for row in rows if row.clear]


def driver_page(driven: Driven, doubts: Mapping[str, WeightDoubt], run: ShownRun, is_outcome: bool) -> Figure:
    """Shares of variance on the left, the tornado on the right, a row for each parameter that chance does not explain;
    where there is none, why.
    """
    scale = 100.0 if is_outcome else 1.0
    bars = [_bar(s, doubts, scale) for s in driven.weights[: min(driven.significant, MOST)]]
    title = f"What it depends on: {driven.title}"
    if not bars:
        return _text_page(title, driven, run)
    more = f", the first {MOST} are shown" if driven.significant > MOST else ""
    explained = (
        f"{driven.significant} of {len(driven.weights)} parameters are significant with {driven.draws:,} draws{more}. "
        "Left: the part of the variance between draws that each explains by itself, with its 95 % interval; shaded: "
        "less than so many draws can detect.",
        "Right: over the lowest and the highest fifth of the draws of each, with 95 % intervals; the line is the value "
        "over all draws.",
    )
    turning = any(bar.shape == TURNING for bar in bars)
    rows = sum(row_heights(bars))
    top = head(sheet(), title, *explained) + 0.3
    bottom = FOOT + 0.5
    figure = sheet(top + rows + bottom)
    full = float(figure.get_size_inches()[1])
    head(figure, title, *explained)
    left, middle, gap = LABELS + LEFT, 2.0, 0.75
    zone = None if driven.detection_limit is None else 100 * driven.detection_limit
    shares(panel(figure, left, bottom, middle, rows), bars, zone)
    right = left + middle + gap
    assert driven.value is not None
    unit = "probability, %" if is_outcome else "mean"
    tornado(panel(figure, right, bottom, WIDTH - right - 0.4, rows), bars, scale * driven.value, unit)
    begin = right - (1.9 if turning else 0.5)
    key(panel(figure, begin, full - top + 0.06, WIDTH - right + 0.4, 0.22), turning=turning)
    foot(figure, run)
    return figure


def _text_page(title: str, driven: Driven, run: ShownRun) -> Figure:
    sentences = (
        f"None of its {len(driven.weights)} parameters is significant with {driven.draws:,} draws.",
        ""
        if driven.detection_limit is None
        else f"One that explains less than {100 * driven.detection_limit:.0f} % of the variance would not "
        "be found by so many.",
    )
    figure = sheet(head(sheet(), title, *sentences) + FOOT + 0.1)
    head(figure, title, *sentences)
    foot(figure, run)
    return figure


def _bar(s: Sensitivity, doubts: Mapping[str, WeightDoubt], scale: float) -> Bar:
    def percent(x: float | None) -> float | None:
        return None if x is None else 100 * x

    ends = (s.at_low.value, s.at_high.value)
    inner = max(s.fifths[1:4], key=lambda x: max(x - max(ends), min(ends) - x))
    return Bar(
        label=doubts[s.weight].label,
        share=percent(s.first_order),
        share_low=percent(s.first_low),
        share_high=percent(s.first_high),
        low=(scale * s.at_low.value, scale * s.at_low.low, scale * s.at_low.high),
        high=(scale * s.at_high.value, scale * s.at_high.low, scale * s.at_high.high),
        low_text=s.at_low.text,
        high_text=s.at_high.text,
        shape=s.shape,
        inner=scale * inner,
    )


def _consists(removed: Removal, driven: Driven) -> bool:
    """Whether an outcome can hardly come true without an event: it is the question itself."""
    if driven.value is None or removed.change is None or removed.low is None:
        return False
    return removed.change <= -NOTHING_LEFT * driven.value and removed.low <= -driven.value


def events_page(driven: Driven, removed: Sequence[Removal], paths: int, run: ShownRun, is_outcome: bool) -> Figure:
    """The change of one target when each event is taken out, the greatest first; not of those that an outcome consists
    of, which are named.
    """
    scale = 100.0 if is_outcome else 1.0
    itself = [r for r in removed if is_outcome and _consists(r, driven)]
    data = [
        RemovalBar(r.label, r.kind, scale * r.change, scale * r.low, scale * r.high)
        for r in removed
        if r not in itself and r.change is not None and r.low is not None and r.high is not None
    ][:MOST]
    named = ", ".join(f"“{r.label}”" for r in itself)
    apart = f"Left out, since it hardly comes true without: {named}." if itself else ""
    present = list(dict.fromkeys(c.kind for c in data))
    explained = (
        f"Change when one event is taken out and all else stays, over {paths:,} paths with the same random numbers; "
        "the greatest that are clear of zero, with 95 % intervals."
    )
    headline = f"Without it: {driven.title}"
    rows = sum(change_heights(data)) or 0.3
    top = head(sheet(), headline, explained, apart) + 0.3
    bottom = FOOT + 0.5
    figure = sheet(top + rows + bottom)
    full = float(figure.get_size_inches()[1])
    head(figure, headline, explained, apart)
    left = LABELS + LEFT + 0.8
    changes(
        panel(figure, left, bottom, WIDTH - left - 0.4, rows), data, "percentage points" if is_outcome else "change"
    )
    kinds(panel(figure, 1.6, full - top + 0.04, WIDTH - 2.0, 0.22), present)
    foot(figure, run)
    return figure

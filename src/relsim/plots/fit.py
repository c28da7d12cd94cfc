"""Figures of a fit: shrinkage of the priors, rates over events, and how well they follow. Floor 6."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from relsim.plots.frame import head
from relsim.plots.style import (
    CENTRE,
    EDGE,
    FAINT,
    GRID,
    INK,
    LINES,
    SMALL,
    SOFT,
    TEXT,
    WIDTH,
    at,
    date_axis,
    house_style,
    panel,
    sheet,
    shorten,
)
from relsim.result.fit import FitReport, FittedWeight, Intensity, Residuals, Uniformity

_MOST_WEIGHTS, _MOST_EVENTS, _MOST_BINS = 40, 8, 160
_LEFT, _RIGHT = 3.2, 2.0
"""Inches beside the weights: names, and values before and after."""
_PRIOR = 1.6448536269514722
_KS95 = 1.358
"""95 % point of the Kolmogorov distribution, from its limit law."""


def fit_figures(report: FitReport, folder: Path) -> None:
    """Write ``weights.png``, ``intensity.png`` and ``checks.png``."""
    with house_style():
        for name, figure in (
            ("weights", weights_page(report)),
            ("intensity", intensity_page(report)),
            ("checks", checks_page(report)),
        ):
            figure.savefig(folder / f"{name}.png")


def weights_page(report: FitReport) -> Figure:
    """Each weight before and after, in standard deviations of its prior; those that moved or narrowed most."""
    shown = sorted(report.weights, key=lambda w: -max(w.shrinkage, abs(w.score.median)))[:_MOST_WEIGHTS]
    shown = [w for w in report.weights if w in shown]
    row = 0.26
    figure = sheet(1.6 + row * len(shown))
    height = row * len(shown)
    ax = panel(figure, _LEFT, 0.75, WIDTH - _LEFT - _RIGHT, height)
    more = "" if len(shown) == len(report.weights) else f" (the {len(shown)} of {len(report.weights)} that moved most)"
    head(
        figure,
        "What the record taught" + more,
        "grey: 5–95 % of the prior; blue: of the posterior, dot its median; right: before → after",
    )
    reach = max([3.0, *(abs(v) for w in shown for v in (w.score.low, w.score.high))]) * 1.05
    ax.set_xlim(-reach, reach)
    ax.set_ylim(-len(shown), 0)
    for i, weight in enumerate(shown):
        _weight_row(ax, -i - 0.5, weight)
    ax.axvline(0, color=FAINT, linewidth=0.8, zorder=0)
    ax.set_yticks([])
    ax.set_xlabel("standard deviations of the prior from its median")
    ax.spines[["left", "right", "top"]].set_visible(False)
    return figure


def _weight_row(ax: Axes, y: float, w: FittedWeight) -> None:
    ax.plot([-_PRIOR, _PRIOR], [y, y], color=GRID, linewidth=9, solid_capstyle="butt", zorder=1)
    ax.plot([w.score.low, w.score.high], [y, y], color=EDGE, linewidth=4, solid_capstyle="butt", zorder=2)
    ax.plot([w.score.median], [y], "o", color=CENTRE, markersize=5, zorder=3)
    name = shorten(w.shown(44), SMALL, _LEFT - 0.2)
    ax.annotate(name, (0, y), xycoords=("axes fraction", "data"), xytext=(-8, 0), textcoords="offset points",
                ha="right", va="center", fontsize=SMALL, color=INK)  # fmt: skip
    said = f"{w.prior.median:.3g} → {w.posterior.median:.3g} {w.unit}".rstrip().replace("-", "−")
    ax.annotate(shorten(said, SMALL, _RIGHT - 0.2), (1, y), xycoords=("axes fraction", "data"), xytext=(8, 0),
                textcoords="offset points", ha="left", va="center", fontsize=SMALL, color=SOFT)  # fmt: skip


def intensity_page(report: FitReport) -> Figure:
    """Observed events and fitted rates over time, the commonest event types."""
    names = sorted(report.intensity, key=lambda name: -sum(report.intensity[name].observed))[:_MOST_EVENTS]
    names = [name for name in report.intensity if name in names]
    height = 1.05
    figure = sheet(1.4 + (height + 0.22) * len(names))
    join = -(-len(report.weeks) // _MOST_BINS)
    whole = max(1, (report.end - report.weeks[0] + timedelta(1)).days // (7 * join))
    per = "week" if join == 1 else f"{join} weeks"
    more = "" if len(names) == len(report.intensity) else f", the {len(names)} commonest of {len(report.intensity)}"
    head(
        figure,
        f"Events and fitted rates{more}",
        f"bars: observed each {per}; line: expected from the state and events before; whole weeks only",
    )
    for i, name in enumerate(names):
        bottom = 0.5 + (height + 0.22) * (len(names) - 1 - i)
        ax = panel(figure, 0.75, bottom, WIDTH - 0.95, height)
        _intensity(ax, name, report.intensity[name], report.weeks, join, whole)
        ax.set_ylabel("events")
        date_axis(ax, report.start, report.end, room=WIDTH - 0.85)
        if i < len(names) - 1:
            ax.tick_params(axis="x", labelbottom=False)
    return figure


def _intensity(ax: Axes, name: str, intensity: Intensity, weeks: tuple[date, ...], join: int, whole: int) -> None:
    """Draw the first ``whole`` bins of ``join`` weeks: a last one of fewer days would plunge."""
    first = np.arange(0, len(weeks), join)[:whole]
    most = join * whole
    observed = np.add.reduceat(np.array(intensity.observed[:most], float), first)
    expected = np.add.reduceat(np.array(intensity.expected[:most]), first)
    starts = np.array([at(weeks[i]) for i in first])
    ax.bar(starts, observed, width=7 * join * 0.92, align="edge", color=FAINT, linewidth=0, gid="observed")
    ax.plot(starts + 3.5 * join, expected, color=LINES[0], linewidth=1.4, gid="expected")
    ax.set_xlim(at(weeks[0]), at(weeks[-1] + timedelta(7)))
    ax.set_ylim(0, max(1.0, observed.max(), expected.max()) * 1.3)
    ax.annotate(name, (0, 1), xycoords="axes fraction", xytext=(5, -4), textcoords="offset points", ha="left",
                va="top", fontsize=TEXT, color=INK, fontweight="bold")  # fmt: skip
    ax.spines[["right", "top"]].set_visible(False)
    ax.locator_params(axis="y", nbins=4, integer=True)


def checks_page(report: FitReport) -> Figure:
    """Uniformity of counts and of gaps, and observed minus expected over the record."""
    figure = sheet(7.1)
    head(
        figure,
        "Do the fitted rates explain the record?",
        "each line an event type, the four furthest out in colour; shaded: where 95 % of right models stay",
    )
    width = (WIDTH - 1.6) / 2
    left = panel(figure, 0.75, 3.8, width, 2.2)
    right = panel(figure, 0.75 + width + 0.6, 3.8, width, 2.2)
    _uniform(left, [(r.event, r.transform) for r in report.residuals], "daily counts (randomised transform)")
    _uniform(right, [(r.event, r.rescaled) for r in report.residuals if r.rescaled], "gaps in rescaled time")
    wide = panel(figure, 0.75, 0.55, WIDTH - 1.0, 2.2)
    _stretches(wide, report.residuals)
    return figure


def _uniform(ax: Axes, found: list[tuple[str, Uniformity]], title: str) -> None:
    """Empirical distribution less the uniform one, scaled by √n so that all share one band."""
    u = np.linspace(0, 1, 101)
    ax.axhspan(-_KS95, _KS95, color=GRID, zorder=0)
    ax.axhline(0, color=SOFT, linewidth=0.6)
    far = [name for name, _ in sorted(found, key=lambda item: item[1].p)][:4]
    for name, check in sorted(found, key=lambda item: -item[1].p):
        y = np.sqrt(check.n) * (np.array(check.shares) - u)
        if name in far:
            ax.plot(u, y, color=LINES[far.index(name)], linewidth=1.3, label=f"{name}, p {check.p:.2f}")
        else:
            ax.plot(u, y, color=FAINT, linewidth=0.8)
    ax.set_title(title, fontsize=TEXT, color=INK, loc="left")
    ax.set_xlim(0, 1)
    ax.set_xlabel("share expected below")
    ax.set_ylabel("√n × difference")
    most = max(2.0, ax.get_ylim()[1], -ax.get_ylim()[0])
    ax.set_ylim(-most, 1.6 * most)
    if found:
        ax.legend(fontsize=SMALL - 1, frameon=False, loc="upper left", ncols=2, columnspacing=1.0)
    else:
        ax.annotate("no type to check", (0.5, 0.5), xycoords="axes fraction", ha="center", color=SOFT)
    ax.spines[["right", "top"]].set_visible(False)


def _stretches(ax: Axes, residuals: tuple[Residuals, ...]) -> None:
    """Observed less expected in standard deviations over equal stretches of the record."""
    ax.axhspan(-2, 2, color=GRID, zorder=0)
    ax.axhline(0, color=SOFT, linewidth=0.6)
    worst = sorted(residuals, key=lambda r: -max(abs(s.z) for s in r.stretches))
    far = [r.event for r in worst[:4]]
    for r in reversed(worst):
        x, y = [at(date.fromisoformat(s.label)) for s in r.stretches], [s.z for s in r.stretches]
        if r.event in far:
            ax.plot(x, y, "o-", color=LINES[far.index(r.event)], linewidth=1.3, markersize=3.5, label=r.event)
        else:
            ax.plot(x, y, color=FAINT, linewidth=0.8)
    days = [date.fromisoformat(s.label) for r in residuals for s in r.stretches]
    date_axis(ax, min(days), max(days), room=WIDTH - 1.0)
    ax.set_title("observed less expected, over twelfths of the record", fontsize=TEXT, color=INK, loc="left")
    ax.set_ylabel("standard deviations")
    most = max(3.0, ax.get_ylim()[1], -ax.get_ylim()[0])
    ax.set_ylim(-most, 1.45 * most)
    ax.legend(fontsize=SMALL - 1, frameon=False, loc="upper left", ncols=4)
    ax.spines[["right", "top"]].set_visible(False)

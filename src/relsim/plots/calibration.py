"""Whether probabilities came true as often as they said: reliability with counts, of forecasts and a reference."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from relsim.errors import InputError
from relsim.files import Writing
from relsim.plots.frame import FOOT, Format, head
from relsim.plots.reliability import note, reliability, said_so_often
from relsim.plots.style import WIDTH, house_style, panel, sheet
from relsim.result.scores import QuestionScore, Scores
from relsim.score.against import said_of
from relsim.scoring.reliability import Reliability, reliability_of

_FORMATS: dict[str, Format] = {".png": "png", ".svg": "svg", ".pdf": "pdf"}
_SIDE = 3.6
_COUNTS = 0.9
_NAMES = {"crowd": "Crowd at opening", "base": "Base rates"}


def calibration_figure(scores: Scores, file: Path) -> None:
    """Draw and save; with a reference beside where the scores are against one, on the same questions.

    Raises
    ------
    InputError
        If no question has resolved, or the file's name tells no format.
    """
    form = _FORMATS.get(file.suffix.lower())
    if form is None:
        raise InputError(f"{file}: a name that ends in {', '.join(_FORMATS)} was expected")
    if not scores.questions:
        raise InputError("--figure: no question has resolved, so that there is nothing to draw")
    with house_style(), Writing(file) as change:
        page = calibration_page(scores)
        page.savefig(change.file(file), format=form, metadata={"Date": None} if form == "svg" else None)


def calibration_page(scores: Scores) -> Figure:
    """A panel for the forecasts, and one for the reference."""
    kept: Sequence[QuestionScore] = scores.questions
    sides = []
    if scores.against is not None:
        reference = scores.against.reference
        kept = [q for q in kept if said_of(q, reference) is not None]
        sides.append((_NAMES[reference], [said_of(q, reference) or 0.0 for q in kept]))
    sides.insert(0, ("Forecasts", [q.probability for q in kept]))
    came = np.array([float(q.came_true) for q in kept])
    text = (
        f"Calibration on {len(kept)} resolved questions",
        "What was said against how often it came true (isotonic regression); grey: where it would lie in 90 of 100 "
        "cases if every probability were right. Bars: questions in tenths of probability.",
    )
    top = head(sheet(), *text)
    figure = sheet(top + 0.3 + _SIDE + _COUNTS + 0.75 + FOOT)
    head(figure, *text)
    gap = (WIDTH - len(sides) * _SIDE) / (len(sides) + 1)
    for i, (name, said) in enumerate(sides):
        found: Reliability = reliability_of(np.array(said), came)
        left = gap + i * (_SIDE + gap)
        ax = panel(figure, left, FOOT + 0.55 + _COUNTS + 0.1, _SIDE, _SIDE)
        reliability(ax, found)
        note(ax, f"{name}: Brier {found.brier:.3f}, of which {found.reliability:.3f} for being off")
        said_so_often(panel(figure, left, FOOT + 0.55, _SIDE, _COUNTS), found.counts)
    return figure

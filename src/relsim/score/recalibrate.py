"""Past calibration as a layer: what former forecasts say of probabilities, kept apart from them. Floor 5."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from relsim.errors import InputError
from relsim.result.scores import ForecastScore, QuestionScore
from relsim.scoring.recalibrating import recalibration_of

LEAST = 30
"""Resolved questions below which nothing is said of calibration."""


def recalibration_layer(questions: Sequence[QuestionScore], forecasts: Sequence[ForecastScore]) -> str:
    """A document that holds the shift and the scale, to be laid over a scenario by ``run --recalibration``.

    Parameters
    ----------
    questions, forecasts : as ``scores`` have them; forecasts that knew the answer count nothing

    Raises
    ------
    InputError
        Of fewer than ``LEAST`` questions.
    """
    n = len(questions)
    if n < LEAST:
        raise InputError(f"--recalibrate: {n} resolved questions say too little; at least {LEAST} were expected")
    counted = [f for f in forecasts if f.share > 0]
    found = recalibration_of(
        np.array([f.probability for f in counted]),
        np.array([float(f.came_true) for f in counted]),
        np.array([f.share for f in counted]),
    )
    last = max(q.due for q in questions)
    episodes = len({q.scenario for q in questions})
    source = f"{n} questions of {episodes} scenarios, due up to {last}; relsim score --recalibrate"
    return (
        "# What past forecasts say of probabilities: `relsim run FILE --recalibration THIS` shows the recalibrated\n"
        "# beside the raw ones. Nothing of it goes into a forecast.\n"
        "relsim: 1\n"
        "recalibration:\n"
        f"  shift: {found.shift:.6g}\n"
        f"  scale: {found.scale:.6g}\n"
        f"  questions: {n}\n"
        f"  source: {json.dumps(source)}\n"
    )

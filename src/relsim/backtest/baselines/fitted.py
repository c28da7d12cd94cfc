"""What the fitted baselines of counts share: each corrects the weighted mean, and is tried before it is used.

A fit to the earlier past origins is tried on the later ones; how far it strayed there is its spread, and whether it or
the weighted mean was nearer decides how much of either is followed. Then it is fitted again to all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from relsim.backtest.baselines.climatology import HALF_LIVES, overlap, weighted_fit
from relsim.backtest.baselines.history import Array
from relsim.backtest.baselines.spread import DISPERSIONS, draw, expectation, weigh
from relsim.backtest.baselines.windows import Ends, Windows, step_of

SMALL = 0.5
"""Added to totals before logarithms are taken."""
LEAST = 8
"""Horizons end to end from which on anything is fitted; the weighted mean before."""
LEARNT = 0.6
"""Share of the past origins that the first fit sees."""


@dataclass(frozen=True)
class Lesson:
    """What a fit learns from.

    Attributes
    ----------
    x : (N, S, P) regressors at N past origins
    came : (N, S) totals that came; NaN where too little was seen
    base : (N, S) what the weighted mean expected
    dispersion : (S,) of the totals around it
    """

    x: Array
    came: Array
    base: Array
    dispersion: Array


Regressors = Callable[[Windows, Ends, Array], Array]
"""From a past, ends of windows and the base there, ``(N, S)``, to ``(N, S, P)``."""
Fit = Callable[[Lesson, Array, Windows], Array]
"""From a lesson and regressors asked about, ``(M, S, P)``, to totals over the base, ``(M, S)``."""


def corrected(past: Windows, regressors: Regressors, fit: Fit, generator: np.random.Generator) -> Array:
    """``(1000, S)`` totals of count series, the weighted mean corrected by a fit."""
    origins = past.origins(step_of(past.horizon))
    weights, base = weighted_fit(past, origins)
    expected_now = past.weighted(HALF_LIVES, past.now)
    if len(origins) < LEAST * overlap(past):
        return draw(weights, expected_now[:, 0], generator)
    base_now = expectation(weights, expected_now)
    dispersion = DISPERSIONS @ weights.sum(axis=(0, 1))
    lesson = Lesson(regressors(past, origins, base), past.outcomes(origins), base, dispersion)
    tried = int(LEARNT * len(origins))
    first = Lesson(lesson.x[:tried], lesson.came[:tried], base[:tried], dispersion)
    held = base[tried:] * fit(first, lesson.x[tried:], past)
    found = base_now * fit(lesson, regressors(past, past.now, base_now), past)
    followed = weigh(_rivals(held, base[tried:]), lesson.came[tried:], overlap(past))
    return draw(followed, _rivals(found, base_now)[:, 0], generator)


def _rivals(fitted: Array, base: Array) -> Array:
    """``(3, N, S)`` what a fit expects, what the weighted mean does, and their geometric mean."""
    return np.stack([fitted, np.sqrt(fitted * base), base])

"""Boxes of parameters in which an outcome is far more, or far less, likely than elsewhere. Floor 5; numpy.

The patient rule induction method (Friedman & Fisher 1999, doi:10.1023/A:1008894516817): from a box that holds all
draws a twentieth of them is peeled off at a time, from whichever end of whichever parameter leaves the rest with the
highest mean for what is given up, until few are left. What is peeled on is the outcome's probability under each draw,
not whether it came true. Of the boxes on the way the one is taken that explains most of the variance between draws,

    R² = s (1 − s) (p_in − p_out)² / Var p,

s being the share of the paths inside; its sides are then moved back, and restrictions dropped, as far as that does not
lower R². A restriction's quasi-p-value (Bryant & Lempert 2010, doi:10.1016/j.techfore.2009.08.002) is the probability
that as many draws, taken at random from the box without that restriction, have as extreme a mean.

Two packages do the peeling, PRIM of Project Platypus and ema_workbench: the one brings pandas and matplotlib with a
cursor library, the other scikit-learn, statsmodels and seaborn, for what is a page of numpy.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]

PATIENCE = 0.05
"""Part of the box that is peeled off at a time."""
_LEAST_SHARE, _LEAST_DRAWS = 0.08, 10
"""Draws that a box holds at least: a share of all, and a number."""
_SURE = 0.05
"""Quasi-p-value above which a restriction is dropped."""
_MOST = 4
"""Parameters that a box restricts at most: more are not read."""


@dataclass(frozen=True)
class ParameterBox:
    """Bounds of W parameters, -inf and inf where there is none, and the R² of the draws inside."""

    low: Array
    high: Array
    explained: float

    def holds(self, theta: Array) -> Bools:
        """(N,) which draws (N, W) lie inside, bounds included."""
        inside: Bools = np.all((theta >= self.low) & (theta <= self.high), axis=1)
        return inside

    @property
    def restricted(self) -> list[int]:
        """Parameters with a bound."""
        return np.flatnonzero(np.isfinite(self.low) | np.isfinite(self.high)).tolist()

    def scored(self, theta: Array, hits: Array, paths: Array, sign: int) -> ParameterBox:
        """The same with the R² that it has."""
        return replace(self, explained=explained(self.holds(theta), hits, paths, sign))

    def without(self, parameter: int) -> ParameterBox:
        """The same without a parameter's bounds; its R² is left as it is."""
        low, high = self.low.copy(), self.high.copy()
        low[parameter], high[parameter] = -np.inf, np.inf
        return ParameterBox(low, high, self.explained)


def best_box(theta: Array, hits: Array, paths: Array, *, sign: int) -> ParameterBox:
    """The box in which hits are most frequent (``sign`` 1) or rarest (-1), by R²; one without bounds if none is.

    Parameters
    ----------
    theta : (N, W) parameters under each draw
    hits, paths : (N,) paths on which the outcome came true, and all paths, under each draw
    """
    return _simplified(_best_peeled(theta, hits, paths, sign), theta, hits, paths, sign)


def greatest(theta: Array, hits: Array, paths: Array) -> float:
    """The greatest R² of either kind of box before it is simplified: what chance is judged by."""
    return max(_best_peeled(theta, hits, paths, sign).explained for sign in (1, -1))


def _best_peeled(theta: Array, hits: Array, paths: Array, sign: int) -> ParameterBox:
    return max(_peeled(theta, hits, paths, sign), key=lambda box: box.explained)


def explained(inside: Bools, hits: Array, paths: Array, sign: int) -> float:
    """R² of a box, 0 where the hits inside are not more frequent (or rarer) than outside."""
    n, k = paths[inside].sum(), hits[inside].sum()
    rest, others = paths.sum() - n, hits.sum() - k
    if n == 0 or rest == 0:
        return 0.0
    p = hits.sum() / paths.sum()
    variance = float((paths * (hits / paths - p) ** 2).sum() / paths.sum())
    gap = sign * (k / n - others / rest)
    share = n / paths.sum()
    return float(share * (1 - share) * gap**2 / variance) if gap > 0 and variance > 0 else 0.0


def quasi_p(box: ParameterBox, parameter: int, theta: Array, hits: Array, paths: Array, sign: int) -> float:
    """Probability that as many draws, taken at random from the box without a restriction, have as extreme a mean."""
    around, inside = box.without(parameter).holds(theta), box.holds(theta)
    number, kept = int(around.sum()), int(inside.sum())
    if kept == 0 or kept >= number or number < 3:
        return 1.0
    means = hits[around] / paths[around]
    gap = sign * ((hits[inside] / paths[inside]).mean() - means.mean())
    error = means.std(ddof=1) * math.sqrt((1 - kept / number) / kept)
    return 0.5 * math.erfc(gap / error / math.sqrt(2)) if error > 0 else 1.0


def _least(draws: int) -> int:
    return max(_LEAST_DRAWS, math.ceil(_LEAST_SHARE * draws))


def _peeled(theta: Array, hits: Array, paths: Array, sign: int) -> Iterator[ParameterBox]:
    """The boxes on the way from all draws to few."""
    number, width = theta.shape
    order = np.argsort(theta, axis=0, kind="stable").T
    low, high = np.full(width, -np.inf), np.full(width, np.inf)
    inside = np.ones(number, bool)
    rows = np.arange(width)
    yield ParameterBox(low, high, 0.0)
    while (left := int(inside.sum())) > _least(number):
        kept = order[inside[order]].reshape(width, left)  # each row in rising order of its parameter
        values = np.take_along_axis(theta.T, kept, axis=1)
        step = max(1, math.ceil(PATIENCE * left))
        best = (0.0, 0, 0.0, False)
        for top in (False, True):
            along = values[:, ::-1] if top else values
            cut = along[:, step]
            gone = (along > cut[:, None]).sum(axis=1) if top else (along < cut[:, None]).sum(axis=1)
            ties = (along == along[:, :1]).sum(axis=1)
            gone = np.where(gone == 0, ties, gone)  # a value that occurs often goes as a whole
            may = left - gone >= _least(number)
            rank = kept[:, ::-1] if top else kept
            k, n = np.cumsum(hits[rank], axis=1), np.cumsum(paths[rank], axis=1)
            at = np.minimum(gone, left - 1)
            rest = (k[:, -1] - k[rows, at - 1]) / np.maximum(n[:, -1] - n[rows, at - 1], 1)
            gain = np.where(may, sign * (rest - k[:, -1] / n[:, -1]) / (gone / left), -np.inf)
            w = int(gain.argmax())
            if gain[w] > best[0]:
                best = (float(gain[w]), w, float(along[w, at[w]]), top)
        if best[0] <= 0:
            return
        _, w, bound, top = best
        low, high = low.copy(), high.copy()
        if top:
            high[w] = bound
        else:
            low[w] = bound
        inside &= (theta[:, w] >= low[w]) & (theta[:, w] <= high[w])
        yield ParameterBox(low, high, explained(inside, hits, paths, sign))


def _simplified(box: ParameterBox, theta: Array, hits: Array, paths: Array, sign: int) -> ParameterBox:
    """Drop the least sure restriction while one is unsure, costs no R² or is one too many, then move sides back while
    that helps.
    """

    while box.restricted:
        doubts = {w: quasi_p(box, w, theta, hits, paths, sign) for w in box.restricted}
        worst = max(doubts, key=lambda w: doubts[w])
        loose = box.without(worst).scored(theta, hits, paths, sign)
        sure = doubts[worst] <= _SURE and loose.explained < box.explained
        if sure and len(box.restricted) <= _MOST:
            break
        box = loose
    improved = True
    while improved:
        improved = False
        for w in box.restricted:
            for low, high in _moved_back(box, w, theta):
                wider = ParameterBox(low, high, 0.0).scored(theta, hits, paths, sign)
                if wider.explained > box.explained:
                    box, improved = wider, True
    return box


def _moved_back(box: ParameterBox, parameter: int, theta: Array) -> Iterator[tuple[Array, Array]]:
    """Bounds with one side of a parameter moved outwards by a step of draws."""
    values = np.unique(theta[box.without(parameter).holds(theta), parameter])
    step = max(1, math.ceil(PATIENCE * len(values)))
    if np.isfinite(box.low[parameter]):
        low = box.low.copy()
        below = values[values < low[parameter]]
        low[parameter] = below[-step] if len(below) >= step else -np.inf
        yield low, box.high
    if np.isfinite(box.high[parameter]):
        high = box.high.copy()
        above = values[values > high[parameter]]
        high[parameter] = above[step - 1] if len(above) >= step else np.inf
        yield box.low, high

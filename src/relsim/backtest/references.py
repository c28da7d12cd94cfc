"""What a model is held against: the best of the references. Floor 5; imports ``target_scores``.

The parts that a forecast is pooled of stand beside it, and are no references of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from relsim.backtest.forecast import PARTS
from relsim.backtest.target_scores import Scored

Array = NDArray[np.float64]


def references(one: Scored) -> list[int]:
    """Forecasters that the model is held against."""
    parts = PARTS if PARTS[0] in one.forecasters else ()
    return [f for f, name in enumerate(one.forecasters) if f and name not in parts]


def best_of(one: Scored) -> int | None:
    """The reference with the least mean score among those with a score wherever the model has one."""
    mine = np.isfinite(one.score[0])
    whole = [f for f in references(one) if mine.any() and np.isfinite(one.score[f])[mine].all()]
    return min(whole, key=lambda f: float(one.score[f][mine].mean()), default=None)


def best_in_all(scored: Sequence[Scored]) -> dict[str, int | None]:
    """For each target the reference with the least score over all tables, each table's in shares of its mean."""
    out: dict[str, int | None] = {}
    rivals = references(scored[0])
    for target in dict.fromkeys(one.target for one in scored):
        tables = [one for one in scored if one.target == target and np.isfinite(one.score[0]).any()]
        means = np.array([[_mean_on_own(one, f) for f in rivals] for one in tables])
        if not means.size or np.isnan(means).all(axis=1).any():
            out[target] = None
            continue
        level = np.nanmean(means, axis=1, keepdims=True)
        shares = np.divide(means, level, out=np.ones_like(means), where=level > 0).mean(axis=0)
        out[target] = None if np.isnan(shares).all() else rivals[int(np.nanargmin(shares))]
    return out


def _mean_on_own(one: Scored, f: int) -> float:
    """A reference's mean score where the model has one; NaN where it lacks any of these."""
    return float(one.score[f][np.isfinite(one.score[0])].mean())


def scores_of_best(scored: Sequence[Scored]) -> tuple[Array, Array]:
    """(targets, O) scores of each target's best reference, and of its best in all tables; NaN without one."""
    in_all = best_in_all(scored)
    nothing = np.full(scored[0].score.shape[1], np.nan)

    def of(one: Scored, reference: int | None) -> Array:
        return nothing if reference is None else one.score[reference]

    return (
        np.stack([of(one, best_of(one)) for one in scored]),
        np.stack([of(one, in_all[one.target]) for one in scored]),
    )

"""What a target is where a weight is low and where it is high, and which way it goes between. Floor 5; numpy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.estimates import student
from relsim.result.drivers import FALLING, RISING, TURNING

Array = NDArray[np.float64]

_TURNS = 2.638
"""Two-sided 5 % point of a normal, shared over six comparisons: three inner fifths, above both ends or below both."""


@dataclass(frozen=True)
class Fifths:
    """W weights' draws by their values in five parts, lowest first.

    Attributes
    ----------
    member : (W, 5, N) 1 for the draws of each part, else 0
    middle : (W, 5) median of the weight in each
    """

    member: Array
    middle: Array

    @classmethod
    def of(cls, theta: Array) -> Fifths:
        """Parts of the draws of weights (N, W); values that occur often are not torn apart."""
        member = np.zeros((theta.shape[1], 5, len(theta)), bool)
        cuts = np.quantile(theta, [0.2, 0.4, 0.6, 0.8], axis=0, method="inverted_cdf").T
        for own, weight, cut in zip(member, theta.T, cuts):
            own[np.searchsorted(cut, weight, side="left"), np.arange(len(weight))] = True
            for k in range(1, 5):
                if not own[k].any():  # a value that occurs often fills more than one part
                    own[k] = weight == (cut[k] if k < 4 else weight.max())
        middle = [[float(np.median(w[part])) for part in own] for own, w in zip(member, theta.T)]
        return cls(member.astype(float), np.array(middle).reshape(-1, 5))

    @property
    def draws(self) -> Array:
        """(W, 5) how many."""
        return np.asarray(self.member.sum(axis=2))

    def means(self, y: Array) -> tuple[Array, Array]:
        """(W, 5) means of targets (W, N) in each part, and their standard errors."""
        draws = self.draws
        mean = np.einsum("wkn,wn->wk", self.member, y) / draws
        squares = np.einsum("wkn,wkn->wk", self.member, (y[:, None] - mean[..., None]) ** 2)
        with np.errstate(divide="ignore", invalid="ignore"):
            return mean, np.where(draws > 1, np.sqrt(squares / (draws - 1) / draws), np.inf)


def interval_of_mean(value: float, error: float, draws: float) -> tuple[float, float]:
    """95 % interval of a target's mean over so many draws."""
    half = student(max(1, int(draws) - 1)) * error
    return value - half, value + half


def shape(value: Sequence[float], error: Sequence[float]) -> str:
    """Rising or falling between the ends of five parts, or turning: an inner one clearly above both, or below both."""
    ends = [e for e in (0, 4) if error[e] > 0]
    for k in (1, 2, 3):
        gaps = [(value[k] - value[e]) / math.hypot(error[k], error[e]) for e in ends]
        if len(gaps) == 2 and (min(gaps) > _TURNS or max(gaps) < -_TURNS):
            return TURNING
    return RISING if value[4] >= value[0] else FALLING

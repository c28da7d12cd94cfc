"""From step to step to the least change that meets the targets. Floor 5.

A step estimates the targets' probabilities and slopes at the moves found so far, from paths under draws around them,
and solves the linearised problem anew. Steps share one seed, so that what is seen to change has changed; the last one
takes another, so that the noise of the first is not fitted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from relsim.errors import DocumentError
from relsim.quantity import Quantity, moved
from relsim.tune.slopes import Slopes, seen_weights, slopes
from relsim.tune.solve import least_change, length, needed
from relsim.tune.target_model import Sample, TargetModel
from relsim.tune.targets import Target

Array = NDArray[np.float64]

FARTHEST = 6.0
"""Standard deviations beyond which a change of weights is no judgement any more."""
_STEPS = 8
_LONGEST_STEP = 2.0
_STILL = 0.04
"""A step shorter than this, in standard deviations, is the last."""
_HALVINGS = 3
_PAIRED_BLOCKS = 64
_PAIRED_MOVE = 2.0


@dataclass(frozen=True)
class SearchResult:
    """Where the search ended.

    Attributes
    ----------
    delta : (W,) moves in standard deviations
    invalid : what is wrong with the model where the weights could not be moved further; empty where they could
    """

    delta: Array
    invalid: str


@dataclass
class Search:
    """One search; remembers which weights were seen to bear on what."""

    asked: TargetModel
    movable: NDArray[np.bool_]
    blocks: int
    seed: int
    done: Callable[[int], None]
    """Called with the number of blocks simulated."""
    start: Sample = field(init=False)
    _bears: dict[int, NDArray[np.bool_]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.start = self.sample(np.zeros(len(self.asked.model.weights)))

    @property
    def correlation(self) -> Array:
        """(W, W) of the weights' doubts."""
        return self.asked.model.weight_correlation

    def quantities(self, delta: Array) -> Mapping[str, Quantity]:
        """The numbers that a move changes."""
        pairs = zip(self.asked.model.weights, delta.tolist(), strict=True)
        return {w.path: moved(w.quantity, by) for w, by in pairs if by}

    def sample(self, delta: Array, blocks: int | None = None, seed: int | None = None) -> Sample:
        """Paths at a move; the search's own number and seed unless told.

        Raises
        ------
        DocumentError
            If the moved weights make an unstable model.
        """
        blocks = blocks or self.blocks
        out = self.asked.sample(self.quantities(delta), blocks=blocks, seed=self.seed if seed is None else seed)
        self.done(blocks)
        return out

    def find(self, targets: Sequence[Target]) -> SearchResult:
        """Least change that meets the targets, as far as it can be found."""
        correlation, prior = self.correlation, self._prior()
        columns = [self.asked.targets.index(t.name) for t in targets]
        relations = [t.relation for t in targets]
        aim, sigma = np.array([t.aim for t in targets]), np.array([t.sigma for t in targets])
        delta = np.zeros(len(self.movable))
        jacobian, level = self._linear(self.start, columns)
        sample, invalid = self.start, ""
        for _ in range(_STEPS):
            if sample is not self.start:
                jacobian, level = self._linear(sample, columns)
            wanted = least_change(jacobian, prior, delta, level, aim, sigma, relations)
            wanted = _held(wanted, FARTHEST, correlation)
            step = _held(wanted - delta, _LONGEST_STEP, correlation)
            small = length(step, correlation) < _STILL
            if small:
                break
            try:
                delta, sample = self._valid(delta, step)
            except DocumentError as error:
                invalid = str(error)
                break
        if delta.any():
            try:
                sample = self.sample(delta, seed=self.seed + 1)
            except DocumentError as error:
                return SearchResult(delta, str(error))
            jacobian, level = self._linear(sample, columns)
            last = least_change(jacobian, prior, delta, level, aim, sigma, relations)
            if length(last - delta, correlation) < 1 and length(last, correlation) <= FARTHEST:
                # Halfway between two seeds that are equally good.
                delta = (delta + last) / 2
        return SearchResult(delta, invalid)

    def alone(self, targets: Sequence[Target]) -> Array:
        """(T,) distance that each target alone would take, by the slopes at the start; infinite without slopes."""
        jacobian, level = self._linear(self.start, [self.asked.targets.index(t.name) for t in targets])
        return needed(jacobian, self._prior(), level, np.array([t.aim for t in targets]))

    def together(self, targets: Sequence[Target]) -> Array:
        """(T, T) by how much the log-odds of one target move with the other's, along the weights that bear on either;
        by the slopes at the start."""
        jacobian, _ = self._linear(self.start, [self.asked.targets.index(t.name) for t in targets])
        return np.asarray(jacobian @ self._prior() @ jacobian.T)

    def _prior(self) -> Array:
        """(W, W) covariance of the moves: of the weights that may move, those held being where they are."""
        free = np.flatnonzero(self.movable)
        precision = np.linalg.inv(self.correlation)
        out = np.zeros_like(precision)
        out[np.ix_(free, free)] = np.linalg.inv(precision[np.ix_(free, free)])
        return out

    def _valid(self, delta: Array, step: Array) -> tuple[Array, Sample]:
        """The move made by a step, shortened until the model is valid, with its sample.

        Raises
        ------
        DocumentError
            If even a short step makes an unstable model.
        """
        for _ in range(_HALVINGS):
            try:
                return delta + step, self.sample(delta + step)
            except DocumentError:
                step = step / 2
        return delta + step, self.sample(delta + step)

    def _linear(self, sample: Sample, columns: Sequence[int]) -> tuple[Array, Array]:
        """Slopes (T, W) of the log-odds in the weights that may move, and the log-odds (T,)."""
        means = sample.means
        jacobian, level = np.zeros((len(columns), len(self.movable))), np.zeros(len(columns))
        least = 0.5 / (means.shape[0] * sample.hits.shape[1])
        for row, column in enumerate(columns):
            found = slopes_of(means[:, column], sample)
            p = min(max(found.probability, least), 1 - least)
            level[row] = np.log(p / (1 - p))
            bears = [i for i in found.seen if self.movable[i] and self._bears_on(int(i))[column]]
            jacobian[row, bears] = found.slope[bears] / (p * (1 - p))
        return jacobian, level

    def _bears_on(self, weight: int) -> NDArray[np.bool_]:
        """(T,) whether moving one weight changes anything for a target on any path; no change is none at all."""
        if weight not in self._bears:
            delta = np.zeros(len(self.movable))
            for by in (_PAIRED_MOVE, -_PAIRED_MOVE, _PAIRED_MOVE / 4):
                delta[weight] = by
                blocks = min(_PAIRED_BLOCKS, self.blocks)
                try:
                    other = self.sample(delta, blocks)
                except DocumentError:
                    continue
                same = (other.attempts == 0) & (self.start.attempts[:blocks] == 0)
                changed = other.hits[same] != self.start.hits[:blocks][same]
                self._bears[weight] = changed.any(axis=(0, 1))
                break
            else:
                self._bears[weight] = np.zeros(len(self.asked.targets), bool)
        return self._bears[weight]


def slopes_of(means: Array, sample: Sample) -> Slopes:
    """Slopes of one target in all weights seen to bear on it."""
    return slopes(means, sample.normals, seen_weights(means, sample.normals))


def _held(delta: Array, longest: float, correlation: Array) -> Array:
    """A move, no longer than so many standard deviations."""
    size = length(delta, correlation)
    return delta if size <= longest else delta * (longest / size)

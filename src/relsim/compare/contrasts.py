"""A scenario against the baseline, path by path. Floor 5; imports ``engine``, ``estimates``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from relsim.compare.comparable import Comparable
from relsim.compare.sentences import outcome_sentence, quantity_sentence
from relsim.engine import Paired, Simulation
from relsim.estimates import student
from relsim.estimates.paired import (
    Contrasted,
    clustered_means,
    mean_difference,
    paths_needed,
    probability_difference,
)
from relsim.outcomes import NEVER
from relsim.result.comparison import (
    CLEAR,
    NOISE,
    SAME,
    SMALL,
    Contrast,
    Difference,
    IndexContrast,
    OutcomeContrast,
    QuantityContrast,
)
from relsim.result.forecast import QUANTILES, Daily, Forecast
from relsim.scenario import Scenario
from relsim.summary import BLOCK, Answered

Array = NDArray[np.float64]


class ComparedScenario:
    """One scenario: what it says, what its paths came to, and its forecast."""

    def __init__(self, name: str, title: str, scenario: Scenario, simulation: Simulation, forecast: Forecast) -> None:
        self.name, self.title = name, title
        self.scenario, self.simulation, self.forecast = scenario, simulation, forecast

    def true(self, outcome: str) -> NDArray[np.bool_]:
        """(P,) whether an outcome came true."""
        return np.asarray(self.simulation.days[:, list(self.scenario.outcomes).index(outcome)] != NEVER)

    def values(self, quantity: str) -> Array:
        """(P,) a quantity, NaN where undefined."""
        return self.simulation.values[:, list(self.scenario.quantities).index(quantity)]


class Clusters:
    """The draw of every path, for sums by draw."""

    def __init__(self, paths: int, draws: int, uncertain: bool) -> None:
        self.draws, self.uncertain, self.paths = draws, uncertain, paths
        self._of_path = np.arange(paths) // BLOCK % draws

    @classmethod
    def of(cls, simulations: Sequence[Answered]) -> Clusters:
        """The clusters of simulations on the same paths."""
        uncertain = any(s.weight_names for s in simulations)
        return cls(simulations[0].paths, max(s.draws for s in simulations), uncertain)

    def count(self, where: NDArray[np.bool_]) -> NDArray[np.int64]:
        """(M,) paths of each draw that satisfy something."""
        return np.bincount(self._of_path[where], minlength=self.draws)

    def sum(self, values: Array, where: NDArray[np.bool_]) -> Array:
        """(M,) sums of values over such paths."""
        return np.bincount(self._of_path[where], values[where], self.draws).astype(np.float64)


def scenario_contrast(
    baseline: ComparedScenario, other: ComparedScenario, common: Comparable, paired: Paired | None, ignore: float
) -> Contrast:
    """Everything that both ask, on the same paths in two worlds; ``ignore`` as of ``reported``."""
    outcomes: dict[str, OutcomeContrast] = {}
    quantities: dict[str, QuantityContrast] = {}
    indices: Mapping[str, IndexContrast] = {}
    first = None
    if paired is not None:
        draws = max(baseline.simulation.draws, other.simulation.draws)
        clusters = Clusters(baseline.simulation.paths, draws, paired.uncertain)
        same = paired.first_difference is None
        outcomes = {name: _outcome(name, baseline, other, clusters, same, ignore) for name in common.outcomes}
        quantities = {name: _quantity(name, baseline, other, clusters, same) for name in common.quantities}
        indices = _indices(common.indices, baseline, paired)
        if paired.first_difference is not None:
            first = baseline.forecast.dates[paired.first_difference - 1]
    return Contrast(
        name=other.name,
        against=baseline.name,
        title=other.title,
        kind="scenario",
        first_difference=first,
        outcomes=outcomes,
        quantities=quantities,
        indices=indices,
        not_compared=common.not_compared,
    )


def reported(found: Contrasted, paths: int, *, same: bool = False, ignore: float = 0.0) -> Difference:
    """A difference with its verdict.

    Parameters
    ----------
    ignore : what is clear and smaller than this is small; of outcomes only
    """
    if same:
        return Difference(0.0, 0.0, 0.0, 0.0, SAME, None)
    verdict = NOISE
    if found.clear:
        verdict = SMALL if found.value is not None and abs(found.value) < ignore else CLEAR
    needed = None if found.clear else paths_needed(found, paths)
    return Difference(found.value, found.standard_error, found.low, found.high, verdict, needed)


def daily(values: Array) -> Daily:
    """Levels to a millionth of a point, the precision of the state."""
    return tuple((np.round(values, 6) + 0.0).tolist())


def _outcome(
    name: str, baseline: ComparedScenario, other: ComparedScenario, clusters: Clusters, same: bool, ignore: float
) -> OutcomeContrast:
    before, after = baseline.true(name), other.true(name)
    gained, lost = after & ~before, before & ~after
    every = np.ones_like(before)
    counts = (clusters.count(gained), clusters.count(lost), clusters.count(every))
    found = probability_difference(*counts, uncertain=clusters.uncertain)
    difference = reported(found, clusters.paths, same=same, ignore=ignore)
    title = baseline.scenario.outcomes[name].title
    one, two = float(before.mean()), float(after.mean())
    return OutcomeContrast(
        title=title,
        baseline=one,
        other=two,
        difference=difference,
        gained=float(gained.mean()),
        lost=float(lost.mean()),
        sentence=outcome_sentence(other.title, title, one, two, difference),
    )


def _quantity(
    name: str, baseline: ComparedScenario, other: ComparedScenario, clusters: Clusters, same: bool
) -> QuantityContrast:
    before, after = baseline.values(name), other.values(name)
    both = ~np.isnan(before) & ~np.isnan(after)
    away = np.where(both, after - before, 0.0)
    found = mean_difference(
        clusters.sum(away, both),
        float((away**2).sum()),
        clusters.count(both),
        clusters.count(away != 0),
        uncertain=clusters.uncertain,
    )
    share = float(both.mean())
    difference = reported(found, clusters.paths, same=same)
    means = [float(x[both].mean()) if both.any() else None for x in (before, after)]
    title = baseline.scenario.quantities[name].title
    return QuantityContrast(
        title=title,
        baseline=means[0],
        other=means[1],
        difference=difference,
        share=share,
        sentence=quantity_sentence(other.title, title, means[0], means[1], difference, share),
    )


def _indices(names: tuple[str, ...], baseline: ComparedScenario, paired: Paired) -> Mapping[str, IndexContrast]:
    sums = paired.differences
    mean, error = clustered_means(sums.sums, sums.squares, sums.paths, uncertain=paired.uncertain)
    clusters = len(sums.paths) if paired.uncertain else int(sums.paths.sum())
    half = None if error is None else student(clusters - 1) * error
    out = {}
    for name in names:
        at = paired.indices.index(name)
        out[name] = IndexContrast(
            label=baseline.scenario.indices[name].label,
            mean=daily(mean[at]),
            low=() if half is None else daily(mean[at] - half[at]),
            high=() if half is None else daily(mean[at] + half[at]),
            quantiles={repr(q): daily(paired.quantiles[at, :, i]) for i, q in enumerate(QUANTILES)},
        )
    return out

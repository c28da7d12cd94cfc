"""What is found where an outcome came true, against all paths of the same scenario. Floor 5.

Conditioning is not intervening: paths on which something happened differ from the others in what brought it on too.
Where a scenario of the comparison makes the same thing happen, the sentences lay that beside it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from relsim.compare.contrasts import Clusters, ComparedScenario, daily, reported
from relsim.compare.sentences import found_outcome_sentence, found_quantity_sentence, made_sentence
from relsim.engine.sums import Sums
from relsim.estimates import student
from relsim.estimates.paired import (
    NOTHING,
    conditional_mean_difference,
    conditional_probability_difference,
    with_t,
)
from relsim.result.comparison import Contrast, IndexContrast, OutcomeContrast, QuantityContrast
from relsim.result.differences import POINTS
from relsim.scenario import Scenario


def condition_name(outcome: str) -> str:
    """Name of the condition among the contrasts."""
    return f"given {outcome}"


def made_by(
    outcome: str, baseline: Scenario, others: Mapping[str, Scenario], contrasts: Mapping[str, Contrast]
) -> str | None:
    """The first scenario that forces an entry that the baseline does not, and where the outcome then always is."""
    forced = {i.force for i in baseline.interventions.values()} | {None}
    for name, scenario in others.items():
        found = contrasts[name].outcomes.get(outcome)
        if found is not None and found.other == 1 and {i.force for i in scenario.interventions.values()} - forced:
            return name
    return None


def condition_contrast(
    outcome: str, baseline: ComparedScenario, levels: tuple[Sums, Sums], made: Contrast | None, ignore: float
) -> Contrast:
    """Paths of the baseline on which an outcome came true, against all of them.

    Parameters
    ----------
    levels : Sums
        Daily levels of the indices over all paths, and over those on which it came true.
    made : Contrast, optional
        Of a scenario of the comparison in which the outcome is made to happen.
    ignore : float
        As of ``contrasts.reported``.
    """
    simulation = baseline.simulation
    clusters = Clusters(simulation.paths, simulation.draws, bool(simulation.weight_names))
    where = baseline.true(outcome)
    title = baseline.scenario.outcomes[outcome].title
    said = [f"outcome '{outcome}' is the condition itself"] if where.any() else [f"“{title}” came true on no path"]
    others = [name for name in baseline.scenario.outcomes if name != outcome] if where.any() else []
    quantities = list(baseline.scenario.quantities) if where.any() else []
    return Contrast(
        name=condition_name(outcome),
        against=baseline.name,
        title=f"Where “{title}” came true",
        kind="condition",
        first_difference=None,
        outcomes={name: _outcome(name, title, where, baseline, clusters, made, ignore) for name in others},
        quantities={name: _quantity(name, title, where, baseline, clusters, made) for name in quantities},
        indices=_indices(baseline, levels, clusters.uncertain) if where.any() else {},
        not_compared=tuple(said),
    )


def _outcome(
    name: str,
    condition: str,
    where: NDArray[np.bool_],
    baseline: ComparedScenario,
    clusters: Clusters,
    made: Contrast | None,
    ignore: float,
) -> OutcomeContrast:
    hits = baseline.true(name)
    found = conditional_probability_difference(
        clusters.count(hits & where),
        clusters.count(where),
        clusters.count(hits),
        clusters.count(np.ones_like(hits)),
        uncertain=clusters.uncertain,
    )
    difference = reported(found, clusters.paths, ignore=ignore)
    title = baseline.scenario.outcomes[name].title
    overall, inside = float(hits.mean()), float(hits[where].mean())
    contrast = made.outcomes.get(name) if made else None
    beside = made_sentence(made.title, contrast.difference, POINTS) if made and contrast else ""
    return OutcomeContrast(
        title=title,
        baseline=overall,
        other=inside,
        difference=difference,
        gained=None,
        lost=None,
        sentence=found_outcome_sentence(condition, title, inside, overall, difference, beside),
    )


def _quantity(
    name: str,
    condition: str,
    where: NDArray[np.bool_],
    baseline: ComparedScenario,
    clusters: Clusters,
    made: Contrast | None,
) -> QuantityContrast:
    values = baseline.values(name)
    defined = ~np.isnan(values)
    both = defined & where
    title = baseline.scenario.quantities[name].title
    squares = np.where(defined, values, 0.0) ** 2
    means = [float(values[kept].mean()) if kept.any() else None for kept in (defined, both)]
    if both.any():
        difference, error, freedom = conditional_mean_difference(
            (clusters.sum(values, both), np.asarray(squares[both].sum()), clusters.count(both)),
            (clusters.sum(values, defined), np.asarray(squares.sum()), clusters.count(defined)),
            uncertain=clusters.uncertain,
        )
        found = with_t(float(difference), None if error is None else float(error), freedom)
    else:
        found = NOTHING
    reported_difference = reported(found, clusters.paths)
    contrast = made.quantities.get(name) if made else None
    beside = made_sentence(made.title, contrast.difference, 1.0) if made and contrast else ""
    return QuantityContrast(
        title=title,
        baseline=means[0],
        other=means[1],
        difference=reported_difference,
        share=float(both.sum() / where.sum()),
        sentence=found_quantity_sentence(condition, title, means[1], means[0], reported_difference, beside),
    )


def _indices(baseline: ComparedScenario, levels: tuple[Sums, Sums], uncertain: bool) -> Mapping[str, IndexContrast]:
    overall, given = ((sums.sums, sums.squares, sums.paths) for sums in levels)
    difference, error, freedom = conditional_mean_difference(given, overall, uncertain=uncertain)
    half = None if error is None or freedom < 1 else student(freedom) * error
    return {
        name: IndexContrast(
            label=index.label,
            mean=daily(difference[i]),
            low=() if half is None else daily(difference[i] - half[i]),
            high=() if half is None else daily(difference[i] + half[i]),
            quantiles={},
        )
        for i, (name, index) in enumerate(baseline.scenario.indices.items())
    }

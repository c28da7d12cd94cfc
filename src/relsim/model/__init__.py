"""Scenario → frozen arrays with named axes, checked. Floor 3.

``build`` makes the model; ``Model.draw`` its parameter vectors. Rooms: ``axes`` (names), ``weights`` (uncertain
numbers), ``copula`` (doubts that belong together), ``numbers`` (slots), ``record`` (histories), ``structure`` (who
reads whom), ``parameters`` (formulas), ``stability`` (does it settle), ``verdict`` (the same in words),
``scaled`` (sources that would overfill a rate), ``start`` (the state at start).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from relsim.errors import DocumentError, Problem
from relsim.kernels.layout import Structure, Weights
from relsim.model import stability, verdict
from relsim.model.axes import Axes
from relsim.model.copula import Copula, copula_of, standard_normals
from relsim.model.numbers import Numbers, collect
from relsim.model.parameters import Excitations, Parameters, excitations, kernel_weights, usual_rates
from relsim.model.record import ObservedRecord, observe, still_holds
from relsim.model.scaled import Scaled, scaled_sources
from relsim.model.start import start_state
from relsim.model.structure import structure
from relsim.model.weights import (
    Array,
    Index,
    Weight,
    central,
    draw_weights,
    drawn_uniforms,
    mass_faults,
    smaller_effect,
    values,
)
from relsim.quantity import Quantity
from relsim.scenario import Number, Scenario

__all__ = ["Axes", "Model", "Parameters", "build"]

JUDGED_DRAWS = 1000
"""A model is judged on as many, under the file's own seed, so that the verdict does not depend on the run's size."""
MOST_FAILING = 0.01
_MOST_ATTEMPTS = 1000
_LEAST_REACHING = 0.01
"""Least part of a condition's durations that must reach from its stated beginning to the window."""
_MOST_NAMED = 8


@dataclass(frozen=True)
class Model:
    """A scenario as arrays."""

    scenario: Scenario
    axes: Axes
    numbers: Numbers
    observed: ObservedRecord
    structure: Structure
    copula: Copula
    medians: Array
    """(1, weights)."""
    warnings: tuple[Problem, ...]
    scaled: tuple[Scaled, ...]
    """Events whose usual sources would overfill their rate, and were scaled."""

    @property
    def weights(self) -> tuple[Weight, ...]:
        """The uncertain numbers, in file order."""
        return self.numbers.weights

    @property
    def told_entries(self) -> frozenset[str]:
        """Calendar entries of which the record inside the window tells what came."""
        told = (self.observed.recorded > 0) | self.observed.known.any(axis=0)
        return frozenset(name for name, e in self.axes.entries.items() if told[e])

    def at_medians(self) -> Parameters:
        """One parameter vector: every weight at its median."""
        return self._at_medians

    @cached_property
    def _at_medians(self) -> Parameters:
        return self.parameters(self.medians)

    def draw(self, seed: int, draws: int) -> Parameters:
        """Parameter vectors 0 … draws − 1; a draw that is an unstable model is drawn anew, all its weights."""
        return self.parameters(self.valid_draws(seed, draws)[0])

    def unopposed(self) -> list[Problem]:
        """Warnings of variables that events move with nothing to take it back."""
        return verdict.unopposed_warnings(self.scenario, self.structure, self.numbers, self.medians)

    def weights_at(self, quantiles: Array) -> Array:
        """Weights (n, weights) at quantiles (n, weights) of their families, truncated, each for itself."""
        n = self.numbers
        return values(n.weights, n.baseline, n.low, n.high, quantiles)

    def invalid(self, theta: Array) -> Index:
        """Numbers of the rows of ``theta`` (n, weights) that are unstable models."""
        return self._failing(theta)

    def parameters(self, theta: Array) -> Parameters:
        """Everything that follows from weights (draws, weights)."""
        weights = kernel_weights(self.numbers, self.structure, theta)
        rate, usual = self.numbers.rate.of(theta), usual_rates(self.numbers, theta)
        baseline = self.numbers.baseline.of(theta)
        start, factor, traces = start_state(self.structure, weights, self.observed, usual, baseline)
        return Parameters(theta, weights, rate, usual, baseline, start, factor, traces)

    def _draw(self, seed: int, draws: Index, attempts: Index) -> Array:
        n = self.numbers
        return draw_weights(n.weights, n.baseline, n.low, n.high, seed, draws, attempts, self.copula)

    def failing(self, theta: Array) -> NDArray[np.bool_]:
        """(draws,) which weights (draws, weights) are unstable models: loops that grow, shares of more than all."""
        return _judged(self.numbers, self.structure, theta)[2].any

    def _failing(self, theta: Array) -> Index:
        return np.flatnonzero(self.failing(theta))

    def normals(self, seed: int, attempts: Index) -> Array:
        """Standard normals (draws, weights) that draws 0 … were made from, each at its attempt."""
        return standard_normals(drawn_uniforms(self.weights, seed, np.arange(len(attempts)), attempts, self.copula))

    @property
    def weight_correlation(self) -> Array:
        """(weights, weights) correlation of the normals behind the weights."""
        out = np.eye(len(self.weights))
        for group in self.copula.groups:
            out[np.ix_(group.members, group.members)] = group.factor @ group.factor.T
        return out

    def with_weights(self, quantities: Mapping[str, Quantity]) -> Model:
        """The model with other doubts about some of its weights, by their paths in the file.

        Raises
        ------
        DocumentError
            If a family has less than half of its mass inside its domain.
        """
        n = self.numbers
        weights = tuple(replace(w, quantity=quantities.get(w.path, w.quantity)) for w in n.weights)
        faults = mass_faults(weights, n.baseline, n.low, n.high)
        if faults:
            raise DocumentError(tuple(faults))
        medians = central(weights, n.baseline, n.low, n.high)
        return replace(self, numbers=replace(n, weights=weights), medians=medians)

    def valid_draws(self, seed: int, draws: int) -> tuple[Array, Index]:
        """Weights (draws, weights) of draws that are valid models, and at which attempt (draws,) each is one.

        Raises
        ------
        DocumentError
            If hardly any draw is a valid model.
        """
        numbers = np.arange(draws)
        attempts = np.zeros(draws, np.int64)
        theta = self._draw(seed, numbers, attempts)
        failing = self._failing(theta)
        while failing.size:
            attempts[failing] += 1
            if attempts.max() > _MOST_ATTEMPTS:
                raise DocumentError(_verdict(self.scenario, self.numbers, self.structure, theta[failing]))
            theta[failing] = self._draw(seed, numbers[failing], attempts[failing])
            failing = failing[self._failing(theta[failing])]
        return theta, attempts


def _judged(n: Numbers, s: Structure, theta: Array) -> tuple[Excitations, Weights, stability.Failing]:
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows fails
        x, w = excitations(n, s.rates, theta), kernel_weights(n, s, theta)
        return x, w, stability.failing(s, n, x, w, theta)


def _verdict(scenario: Scenario, n: Numbers, s: Structure, theta: Array) -> list[Problem]:
    x, w, bad = _judged(n, s, theta)
    return verdict.problems(scenario, s, n.rate.of(theta), x, w, bad)


def build(scenario: Scenario, judge: bool = True) -> Model:
    """Arrays of a scenario.

    Parameters
    ----------
    judge : whether it is judged on many draws of the weights; a finished run has been, and what a command makes of a
        judged scenario needs no judgement of its own

    Raises
    ------
    DocumentError
        Baselines outside their range, effects past a bound, a family with less than half of its mass inside its
        domain, doubts that cannot be correlated as stated, a condition that cannot have lasted since it began; at the
        medians of the weights, or in more than one draw in a hundred, loops of events or pulls that grow, shares of
        more than all, events of rate 0 that others bring on.
    """
    axes = Axes.of(scenario)
    numbers = collect(scenario, axes)
    faults = _range_faults(scenario)
    faults += _share_faults(scenario)
    faults += _duration_faults(scenario, axes)
    uncertain = [w.path for w in numbers.weights]
    copula, copula_faults = copula_of(scenario.correlation_of_weights, uncertain, numbers.paths)
    faults += copula_faults
    if not faults:
        faults = _effect_faults(scenario)
        faults += mass_faults(numbers.weights, numbers.baseline, numbers.low, numbers.high)
    if faults:
        raise DocumentError(tuple(faults))
    observed = observe(scenario, axes)
    arrays = structure(scenario, axes, numbers, observed)
    medians = central(numbers.weights, numbers.baseline, numbers.low, numbers.high)
    made = Model(scenario, axes, numbers, observed, arrays, copula, medians, (), ())
    judged = [medians]
    if judge and numbers.weights:
        judged.append(made._draw(scenario.own_seed, np.arange(JUDGED_DRAWS), np.zeros(JUDGED_DRAWS, np.int64)))
    theta = np.concatenate(judged)
    x, w, bad = _judged(numbers, arrays, theta)
    if bad.any[0] or (len(theta) > 1 and bad.any[1:].mean() > MOST_FAILING):
        raise DocumentError(verdict.problems(scenario, arrays, numbers.rate.of(theta), x, w, bad))
    at_medians = excitations(numbers, arrays.rates, medians)
    weights = kernel_weights(numbers, arrays, medians)
    odd = verdict.warnings(scenario, axes, arrays, numbers, medians, at_medians, weights)
    odd += _untold_warnings(scenario, axes, observed)
    if scenario.experts > 0 and not (observed.covered.any() or observed.window_covered.any()):
        message = "no history is complete on any day, so that the experts know nothing: all paths are the model's"
        odd.append(Problem("pool", message))
    scaled = scaled_sources(scenario, x.scale[len(theta) > 1 :])
    return replace(made, warnings=tuple(odd), scaled=scaled)


def _untold_warnings(scenario: Scenario, axes: Axes, observed: ObservedRecord) -> list[Problem]:
    """Event types of which the record inside the window does not tell all."""
    if scenario.as_of is None:
        return []
    gaps = (~observed.window_covered).sum(axis=0)
    untold = [name for name, k in axes.events.items() if gaps[k]]
    if not untold:
        return []
    shown = ", ".join(untold[:_MOST_NAMED]) + (f" and {len(untold) - _MOST_NAMED} more" * (len(untold) > _MOST_NAMED))
    message = (
        f"up to {scenario.as_of} no history is complete for {shown}: on those days their usual number acts on the "
        "state, and outcomes count only what is listed"
    )
    return [Problem("window/as_of", message)]


def _range_faults(scenario: Scenario) -> list[Problem]:
    faults = {}
    for v in scenario.variables.values():
        q = v.baseline.quantity
        if q.certain and not v.low < q.central() < v.high:
            faults[v.baseline.path] = Problem(
                v.baseline.path,
                f"the baseline {q.central():g} of {v.name} must lie strictly inside its range {v.low:g} … {v.high:g}",
            )
        if v.initial is not None and v.initial.quantity.certain and not v.low <= v.initial.quantity.central() <= v.high:
            faults[v.initial.path] = Problem(
                v.initial.path,
                f"the initial value {v.initial.quantity.central():g} of {v.name} lies outside its range "
                f"{v.low:g} … {v.high:g}",
            )
    return list(faults.values())


def _share_faults(scenario: Scenario) -> list[Problem]:
    """Shares that events without a rate would have to bring on."""
    faults: dict[str, Problem] = {}
    for event in scenario.events.values():
        for x in event.excited_by:
            rates = [scenario.events[name].rate.quantity for name in x.among or ()]
            if rates and all(rate.certain and rate.central() == 0 for rate in rates):
                message = (
                    f"no share of {event.name} can be triggered by {', '.join(x.among or ())}, whose rate is 0; "
                    "'events', the number triggered by each, was expected"
                )
                faults.setdefault(x.amount.path, Problem(x.amount.path, message))
    return list(faults.values())


def _duration_faults(scenario: Scenario, axes: Axes) -> list[Problem]:
    """Conditions in force since a day from which hardly any of their durations reaches the window."""
    faults = {}
    for c in scenario.conditions.values():
        if c.since is None or c.lasts is None:
            continue
        share = still_holds(c, axes.day(c.since), 1, known=False)
        if share < _LEAST_REACHING:
            message = (
                f"{100 * share:.2g} % of such durations reach from {c.since}, since when {c.name} is in force, to "
                f"{scenario.start}; at least {100 * _LEAST_REACHING:.0f} % was expected: a later 'since' or a longer "
                "duration"
            )
            faults[c.lasts.path] = Problem(c.lasts.path, message)
    return list(faults.values())


def _effect_faults(scenario: Scenario) -> list[Problem]:
    """Certain effects that lead past the bound they head for, from the baseline (its median where uncertain)."""
    faults: dict[str, Problem] = {}
    owned: list[tuple[str, Number]] = []
    for event in scenario.events.values():
        owned += event.effects.items()
    for entry in scenario.calendar.values():
        owned += [*entry.effects.items(), *entry.otherwise_effects.items()]
    for name, number in owned:
        v = scenario.variables[name]
        if not number.quantity.certain:
            continue
        value, mu = number.quantity.central(), v.baseline.quantity.central(v.low, v.high)
        most = v.high - mu if value > 0 else mu - v.low
        if abs(value) > most * (1 + 1e-12):
            bound = v.high if value > 0 else v.low
            faults.setdefault(
                number.path,
                Problem(
                    number.path,
                    f"an effect of {value:g} on {name} leads past its bound {bound:g}: from the baseline {mu:g} at "
                    f"most {most:g} is left",
                    hint=smaller_effect(number.path, number.quantity, v.low - mu, v.high - mu),
                ),
            )
    return list(faults.values())

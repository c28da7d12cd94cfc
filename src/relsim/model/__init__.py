"""Scenario → frozen arrays with named axes, checked. Floor 3.

``build`` makes the model; ``Model.draw`` its parameter vectors. Rooms: ``axes`` (names), ``weights`` (uncertain
numbers), ``copula`` (doubts that belong together), ``numbers`` (slots), ``record`` (histories), ``structure`` (who
reads whom), ``parameters`` (formulas), ``stability`` (does it settle), ``start`` (the state at start).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from relsim.errors import Fault, Faulty
from relsim.kernels.layout import Structure
from relsim.model import stability
from relsim.model.axes import Axes
from relsim.model.copula import Copula, copula_of, correlated, standard_normals
from relsim.model.numbers import Numbers, collect
from relsim.model.parameters import Parameters, kernel_weights
from relsim.model.record import ObservedRecord, observe
from relsim.model.start import start_state
from relsim.model.structure import structure
from relsim.model.weights import Array, Index, Weight, central, draw_weights, mass_faults, values
from relsim.quantity import Quantity
from relsim.scenario import Number, Scenario
from relsim.streams import Purpose, stream_keys, weight_uniforms

__all__ = ["Axes", "Model", "Parameters", "build"]

_JUDGED_DRAWS = 1000
"""The share of failing draws is judged on as many, so that it does not depend on the run's size."""
_MOST_FAILING = 0.01
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
    warnings: tuple[Fault, ...]

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
        return self.parameters(self.medians)

    def draw(self, seed: int, draws: int) -> Parameters:
        """Parameter vectors 0 … draws − 1; a draw that is no valid model is drawn anew, all its weights."""
        return self.parameters(self.valid_draws(seed, draws)[0])

    def weights_at(self, quantiles: Array) -> Array:
        """Weights (n, weights) at quantiles (n, weights) of their families, truncated, each for itself."""
        n = self.numbers
        return values(n.weights, n.baseline, n.low, n.high, quantiles)

    def invalid(self, theta: Array) -> Index:
        """Numbers of the rows of ``theta`` (n, weights) that are no valid model."""
        return self._failing(theta)

    def parameters(self, theta: Array) -> Parameters:
        """Everything that follows from weights (draws, weights)."""
        weights = kernel_weights(self.numbers, self.structure, theta)
        usual = self.numbers.rate.of(theta)
        baseline = self.numbers.baseline.of(theta)
        start, factor, traces = start_state(self.structure, weights, self.observed, usual, baseline)
        return Parameters(theta, weights, usual, baseline, start, factor, traces)

    def _draw(self, seed: int, draws: Index, attempts: Index) -> Array:
        n = self.numbers
        return draw_weights(n.weights, n.baseline, n.low, n.high, seed, draws, attempts, self.copula)

    def failing(self, theta: Array) -> NDArray[np.bool_]:
        """(draws,) which weights (draws, weights) are no valid model: loops that grow, rates overfilled."""
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows fails
            weights = kernel_weights(self.numbers, self.structure, theta)
        return stability.failing_draws(self.structure, self.numbers, theta, weights)

    def _failing(self, theta: Array) -> Index:
        return np.flatnonzero(self.failing(theta))

    def normals(self, seed: int, attempts: Index) -> Array:
        """Standard normals (draws, weights) that draws 0 … were made from, each at its attempt."""
        streams = stream_keys(Purpose.WEIGHT, (w.path for w in self.weights))
        u = weight_uniforms(seed, streams, np.arange(len(attempts)), attempts)
        return standard_normals(correlated(u, self.copula))

    @property
    def weight_correlation(self) -> Array:
        """(weights, weights) correlation of the normals behind the weights."""
        out = np.eye(len(self.weights))
        for group in self.copula:
            out[np.ix_(group.members, group.members)] = group.factor @ group.factor.T
        return out

    def with_weights(self, quantities: Mapping[str, Quantity]) -> Model:
        """The model with other doubts about some of its weights, by their paths in the file.

        Raises
        ------
        Faulty
            If a family has less than half of its mass inside its domain.
        """
        n = self.numbers
        weights = tuple(replace(w, quantity=quantities.get(w.path, w.quantity)) for w in n.weights)
        faults = mass_faults(weights, n.baseline, n.low, n.high)
        if faults:
            raise Faulty(tuple(faults))
        medians = central(weights, n.baseline, n.low, n.high)
        return replace(self, numbers=replace(n, weights=weights), medians=medians)

    def valid_draws(self, seed: int, draws: int) -> tuple[Array, Index]:
        """Weights (draws, weights) of draws that are valid models, and at which attempt (draws,) each is one."""
        judged = max(draws, _JUDGED_DRAWS) if self.weights else draws
        numbers = np.arange(judged)
        attempts = np.zeros(judged, np.int64)
        theta = self._draw(seed, numbers, attempts)
        failing = self._failing(theta)
        if failing.size > _MOST_FAILING * judged:
            raise Faulty((self._failing_fault(theta[failing], judged),))
        failing = failing[failing < draws]
        while failing.size:
            attempts[failing] += 1
            theta[failing] = self._draw(seed, numbers[failing], attempts[failing])
            failing = failing[self._failing(theta[failing])]
        return theta[:draws], attempts[:draws]

    def _failing_fault(self, theta: Array, judged: int) -> Fault:
        share = f"{100 * len(theta) / judged:.1f} % of the draws of the weights are no valid model (at most 1 % may be)"
        faults = stability.unprompted_faults(self.scenario, self.structure, self.numbers, theta[:1])
        weights = kernel_weights(self.numbers, self.structure, theta[:1])
        faults += stability.excitation_faults(self.scenario, self.axes, self.structure, weights)[0]
        faults += stability.pull_faults(self.scenario, self.structure, weights)
        shares = np.where(weights.event_effects.share[0] > 1)[0]
        if not faults and shares.size:
            paths = [n.path for e in self.scenario.events.values() for n in e.effects.values()]
            faults.append(Fault(paths[shares[0]], "the effect leads past the bound from an uncertain baseline"))
        first = faults[0] if faults else Fault("events", "rate multipliers make events bring on ever more events")
        return Fault(first.path, f"{share}; in one, {first.message}", also=first.also)


def build(scenario: Scenario) -> Model:
    """Arrays of a scenario.

    Raises
    ------
    Faulty
        Baselines outside their range, effects past a bound, a family with less than half of its mass inside its
        domain, doubts that cannot be correlated as stated, loops of events or pulls that grow, rates that others
        overfill.
    """
    axes = Axes.of(scenario)
    numbers = collect(scenario, axes)
    faults = _range_faults(scenario)
    faults += _share_faults(scenario)
    paths = [w.path for w in numbers.weights]
    copula, copula_faults = copula_of(scenario.correlation_of_weights, paths, numbers.certain)
    faults += copula_faults
    if not faults:
        faults = _effect_faults(scenario)
        faults += mass_faults(numbers.weights, numbers.baseline, numbers.low, numbers.high)
    if faults:
        raise Faulty(tuple(faults))
    observed = observe(scenario, axes)
    arrays = structure(scenario, axes, numbers, observed)
    medians = central(numbers.weights, numbers.baseline, numbers.low, numbers.high)
    weights = kernel_weights(numbers, arrays, medians)
    faults, warnings = stability.excitation_faults(scenario, axes, arrays, weights)
    if not faults or not _grows_without_multipliers(arrays, weights.rates.excite[0]):
        faults += stability.unprompted_faults(scenario, arrays, numbers, medians)
    faults += stability.pull_faults(scenario, arrays, weights)
    if faults:
        raise Faulty(tuple(faults))
    warnings += stability.whole_warnings(scenario, axes, arrays, numbers, medians, weights)
    warnings += _untold_warnings(scenario, axes, observed)
    return Model(scenario, axes, numbers, observed, arrays, copula, medians, tuple(warnings))


def _grows_without_multipliers(arrays: Structure, excite: Array) -> bool:
    return stability.radius(stability.branching(arrays.rates, excite)) >= 1


def _untold_warnings(scenario: Scenario, axes: Axes, observed: ObservedRecord) -> list[Fault]:
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
    return [Fault("window/as_of", message)]


def _range_faults(scenario: Scenario) -> list[Fault]:
    faults = {}
    for v in scenario.variables.values():
        q = v.baseline.quantity
        if q.certain and not v.low < q.central() < v.high:
            faults[v.baseline.path] = Fault(
                v.baseline.path,
                f"the baseline {q.central():g} of {v.name} must lie strictly inside its range {v.low:g} … {v.high:g}",
            )
        if v.initial is not None and v.initial.quantity.certain and not v.low <= v.initial.quantity.central() <= v.high:
            faults[v.initial.path] = Fault(
                v.initial.path,
                f"the initial value {v.initial.quantity.central():g} of {v.name} lies outside its range "
                f"{v.low:g} … {v.high:g}",
            )
    return list(faults.values())


def _share_faults(scenario: Scenario) -> list[Fault]:
    """Shares that events without a rate would have to bring on."""
    faults: dict[str, Fault] = {}
    for event in scenario.events.values():
        for x in event.excited_by:
            rates = [scenario.events[name].rate.quantity for name in x.among or ()]
            if rates and all(rate.certain and rate.central() == 0 for rate in rates):
                message = (
                    f"no share of {event.name} can be brought on by {', '.join(x.among or ())}, whose rate is 0; "
                    "'events', the number brought on by each, was expected"
                )
                faults.setdefault(x.amount.path, Fault(x.amount.path, message))
    return list(faults.values())


def _effect_faults(scenario: Scenario) -> list[Fault]:
    """Certain effects that lead past the bound they head for, from the baseline (its median where uncertain)."""
    faults: dict[str, Fault] = {}
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
                Fault(
                    number.path,
                    f"an effect of {value:g} on {name} leads past its bound {bound:g}: from the baseline {mu:g} at "
                    f"most {most:g} is left",
                ),
            )
    return list(faults.values())

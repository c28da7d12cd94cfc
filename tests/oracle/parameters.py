"""What one draw of the weights means: the arrays of the model, in file order.

``read`` is a function Number -> float (the value under the draw, share included).

Readings chosen where the model says little: a group of correlated noises is what the name pairs make it,
whatever the spreads; a draw under which a certain effect reaches past its bound is an unstable model too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass
class Kernel:
    """``a`` extra ``k``-events in all per ``j``-event, through a trace that keeps ``q`` a day."""

    k: int
    j: int
    a: float
    q: float


class Parameters:
    """Arrays over D variables and K event types; names give the order."""

    def __init__(self, scenario, read) -> None:
        self.read = read
        variables, events = list(scenario.variables.values()), list(scenario.events.values())
        self.variables = {v.name: d for d, v in enumerate(variables)}
        self.events = {e.name: k for k, e in enumerate(events)}
        D, K = len(variables), len(events)

        self.low = np.array([v.low for v in variables])
        self.high = np.array([v.high for v in variables])
        self.baseline = np.array([read(v.baseline) for v in variables])
        self.half_life = np.array([read(v.half_life) for v in variables])
        self.rho = 2.0 ** (-1 / self.half_life)
        self.noise = np.array([read(v.spread) for v in variables]) * np.sqrt(1 - self.rho**2)
        self.pull = np.zeros((D, D))
        for d, v in enumerate(variables):
            for name, number in v.pull.items():
                self.pull[d, self.variables[name]] = read(number)
        self.correlation = np.eye(D)
        for (a, b), value in scenario.correlation.items():
            i, j = self.variables[a], self.variables[b]
            self.correlation[i, j] = self.correlation[j, i] = value
        self.mix = np.linalg.cholesky(self.correlation)

        self.rate = np.array([read(e.rate) for e in events])
        # An event that is held back now and then is no part of the usual, unless the file says so.
        self.is_usual = np.array([e.usual for e in events])
        self.usual = np.where(self.is_usual, self.rate, 0.0)
        self.kernels = [
            Kernel(k, self.events[x.source], self._brought_on(k, x), 2.0 ** (-1 / read(x.half_life)))
            for k, e in enumerate(events)
            for x in e.excited_by
        ]
        self.A = np.zeros((K, K))
        for kernel in self.kernels:
            self.A[kernel.k, kernel.j] += kernel.a
        self.stated = self.A.copy()
        self.brought = self.A @ self.usual
        self.shared = np.zeros(K)
        for k, e in enumerate(events):
            for x in e.excited_by:
                if x.among is not None:
                    self.shared[k] += self._brought_on(k, x) * self.usual[self.events[x.source]]
        for k in range(K):
            if self.brought[k] > 0.9 * self.rate[k] * (1 + 1e-12):
                scale = 0.9 * self.rate[k] / self.brought[k]
                for kernel in self.kernels:
                    if kernel.k == k and self.is_usual[kernel.j]:
                        kernel.a *= scale
                self.A[k, self.is_usual] *= scale
        self.unprompted = self.rate - self.A @ self.usual
        self.log_ratio = np.zeros((K, D))
        self.W = np.zeros((D, K))
        self.overdispersion = np.array([read(e.overdispersion) for e in events])
        self.weekday = np.ones((7, K))
        for k, e in enumerate(events):
            for name, number in e.rate_ratio.items():
                self.log_ratio[k, self.variables[name]] = np.log(read(number))
            for name, number in e.effects.items():
                self.W[self.variables[name], k] = read(number)
            if e.weekdays is not None:
                profile = np.array([read(n) for n in e.weekdays])
                self.weekday[:, k] = profile / profile.mean()
        entries = scenario.calendar.values()
        self.all_effects = [
            (self.variables[name], read(number))
            for effects in (
                *(e.effects for e in events),
                *(m.effects for m in entries),
                *(m.otherwise_effects for m in entries),
            )
            for name, number in effects.items()
        ]
        self.cap = scenario.max_per_day
        self.drifts = np.array([float(v.drift) for v in variables])
        self.drift = -(self.W @ self.usual) * self.drifts

        self.index = np.zeros((len(scenario.indices), D))
        for i, index in enumerate(scenario.indices.values()):
            for name, number in index.weights.items():
                self.index[i, self.variables[name]] = read(number)

        self.shift = np.zeros((len(scenario.conditions), D))
        self.multiplier = np.ones((len(scenario.conditions), K))
        for c, condition in enumerate(scenario.conditions.values()):
            for name, number in condition.baseline.items():
                self.shift[c, self.variables[name]] = read(number)
            for name, number in condition.rates.items():
                self.multiplier[c, self.events[name]] = read(number)

        # m_k(t) of the scenario's own multipliers; row t is day t, row 0 unused.
        self.scenario_multiplier = np.ones((scenario.days + 1, K))
        for intervention in scenario.interventions.values():
            for name, number in intervention.rates.items():
                first = max(1, (intervention.first - scenario.start).days + 1)
                last = min(scenario.days, (intervention.last - scenario.start).days + 1)
                self.scenario_multiplier[first : last + 1, self.events[name]] *= read(number)

    def _brought_on(self, k: int, x) -> float:
        """Extra k-events per source event: as stated, or so that all sources bring on the stated share of R_k."""
        if x.among is None:
            return self.read(x.amount)
        together = sum(self.rate[self.events[name]] for name in x.among)
        return self.read(x.amount) * self.rate[k] / together

    def reach(self, d: int, W: float) -> float:
        """Distance from the baseline to the bound that ``W`` heads for."""
        return self.high[d] - self.baseline[d] if W > 0 else self.baseline[d] - self.low[d]

    def faults(self) -> list[str]:
        """Why this draw cannot be simulated: "Stability", shares of more than all, effects past bounds."""
        found = []
        if any(abs(W) > self.reach(d, W) * (1 + 1e-9) for d, W in self.all_effects):
            found.append("effect past its bound")
        if radius(self.stated) >= 1:
            found.append("excitation")
        elif max(radius(m[:, None] * self.A) for m in self.scenario_multiplier[1:]) >= 1:
            found.append("excitation under multipliers")
        if (self.shared > self.rate * (1 + 1e-12)).any():
            found.append("shares of more than all")
        if ((self.rate == 0) & (self.brought > 0)).any():
            found.append("brought on though its rate is 0")
        if radius(np.diag(self.rho) + self.pull) >= 1:
            found.append("pull")
        return found

    # The unforced day and the effects, shared by the window's days and by the replay; x is (n, D).

    def unforced(self, x: np.ndarray, shift, noise) -> np.ndarray:
        """Reversion to the (shifted) baseline, pull, noise, drift, reflection."""
        centre = self.baseline + shift
        moved = centre + self.rho * (x - centre) + (x - self.baseline) @ self.pull.T + noise + self.drift
        return reflect(moved, self.low, self.high)

    def effect(self, x: np.ndarray, d: int, W: float, n: np.ndarray | float = 1.0) -> None:
        """Move variable d by n events of effect W at baseline; the move costs more near the bound."""
        if W > 0:
            x[:, d] = self.high[d] - (self.high[d] - x[:, d]) * (1 - W / self.reach(d, W)) ** n
        elif W < 0:
            x[:, d] = self.low[d] + (x[:, d] - self.low[d]) * (1 + W / self.reach(d, W)) ** n

    def event_effects(self, x: np.ndarray, k: int, n: np.ndarray | float = 1.0) -> None:
        for d in range(len(self.low)):
            self.effect(x, d, self.W[d, k], n)

    def levels(self, x: np.ndarray) -> np.ndarray:
        """Variables and then indices, (n, D + I)."""
        return np.concatenate([x, x @ self.index.T], axis=1)


def reflect(x: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Reflect what is past a bound; where that leads past the other bound, hold at the bound first passed."""
    above, below = x > high, x < low
    back = np.where(above, 2 * high - x, np.where(below, 2 * low - x, x))
    back = np.where(above & (back < low), high, back)
    return np.where(below & (back > high), low, back)


def radius(matrix: np.ndarray) -> float:
    return float(np.abs(np.linalg.eigvals(matrix)).max()) if matrix.size else 0.0

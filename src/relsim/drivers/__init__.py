"""What moves each outcome of a finished run. Floor 5.

``weights_of`` reads it off the run's own draws; nothing is simulated. Rooms: ``targets`` (the run draw by draw),
``indices`` (first order), ``moments`` (delta), ``ends`` (low and high), ``threshold_crossing`` (what turns the
verdict), ``labels`` and ``words``.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from relsim import __version__
from relsim.drivers import moments
from relsim.drivers.ends import Fifths, interval_of_mean, shape
from relsim.drivers.indices import Draw, FirstOrder, first_order
from relsim.drivers.labels import in_words, weight_label
from relsim.drivers.targets import DriverTarget, spread, targets
from relsim.drivers.threshold_crossing import Crossing, bends, crossing, interval, scores, value_at
from relsim.drivers.words import amount, sentences
from relsim.model import Model
from relsim.result.drivers import TURNING, Driven, Drivers, End, Flip, Sensitivity, WeightDoubt
from relsim.result.saved import Draws, FinishedRun

__all__ = ["FEWEST_DRAWS", "weights_of"]

Array = NDArray[np.float64]

FEWEST_DRAWS = 20
"""Draws below which nothing is said about weights."""
_AT_ONCE = 0.05
"""Standard deviations below which a crossing is no change worth a number."""
_WITH_INTERVAL = 5
"""Weights per target whose delta gets an interval, beside the significant ones."""


def weights_of(
    saved: FinishedRun,
    model: Model,
    *,
    only: Sequence[str] = (),
    threshold: float = 0.5,
    progress: Callable[[int], None] | None = None,
) -> Drivers:
    """What each outcome and quantity hangs on, from the draws of a run.

    Parameters
    ----------
    only : names of outcomes and quantities; all unless given
    threshold : probability across which a single weight is asked to take each outcome
    progress : called with the number of targets done

    Raises
    ------
    InputError
        If ``only`` names none.
    """
    forecast, draws = saved.forecast, saved.draws()
    seed = forecast.seed
    titles = {name: measure.title for name, measure in model.scenario.quantities.items()}
    wanted = targets(saved, titles, only)
    usable = bool(draws.names) and not saved.median_weights and forecast.draws >= FEWEST_DRAWS
    doubts = _doubts(draws, model) if usable else {}
    outcomes: dict[str, Driven] = {}
    quantities: dict[str, Driven] = {}
    reader = _Reader(draws, model, doubts, threshold, seed) if usable else None
    for k, (target, driven) in enumerate(zip(wanted, _side_by_side(reader.driven if reader else _nothing, wanted))):
        (outcomes if target.is_outcome else quantities)[target.name] = driven
        if progress:
            progress(k + 1)
    return Drivers(
        relsim=__version__,
        scenario=forecast.scenario,
        variant=forecast.variant,
        paths=forecast.paths,
        draws=forecast.draws,
        seed=seed,
        threshold=threshold,
        weights=doubts,
        outcomes=outcomes,
        quantities=quantities,
        design=None,
        events=None,
        warnings=() if usable else (_unusable(saved, draws),),
    )


def _unusable(saved: FinishedRun, draws: Draws) -> str:
    if not draws.names:
        return "no number of the scenario is uncertain, so that no parameter can matter more than another"
    if saved.median_weights:
        return "the run held all parameters at their medians; run it again without --median-weights"
    paths = 128 * FEWEST_DRAWS
    return (
        f"{saved.forecast.draws} draws of the parameters are too few to rank them; "
        f"at least {FEWEST_DRAWS} are needed ({paths:,} paths)"
    )


def _doubts(draws: Draws, model: Model) -> dict[str, WeightDoubt]:
    quantity = {w.path: w.quantity for w in model.weights}
    found = {}
    for i, path in enumerate(draws.names):
        low, middle, high = np.quantile(draws.theta[:, i], [0.05, 0.5, 0.95]).tolist()
        found[path] = WeightDoubt(weight_label(path, model.scenario), quantity[path].text, low, middle, high)
    return found


def _nothing(target: DriverTarget) -> Driven:
    return Driven(target.title, target.mean, None, None, len(target.rows), 0, None, None, (), None, ())


def _side_by_side(read: Callable[[DriverTarget], Driven], wanted: Sequence[DriverTarget]) -> Iterator[Driven]:
    """Read targets in as many threads as there are cores: most of the time passes outside the interpreter's lock."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(read, wanted)


class _Reader:
    """The draws of a run, ready for any number of targets.

    Parameters
    ----------
    doubts : of each weight, in words
    """

    def __init__(self, draws: Draws, model: Model, doubts: dict[str, WeightDoubt], threshold: float, seed: int) -> None:
        self.draws, self.model, self.doubts, self.threshold, self.seed = draws, model, doubts, threshold, seed
        self.groups = np.full(len(draws.names), -1)
        for number, correlated in enumerate(model.copula.groups):
            self.groups[correlated.members] = number
        self.shared: dict[bytes, tuple[Draw, Fifths]] = {}
        self.lock = Lock()

    def along(self, target: DriverTarget) -> tuple[Draw, Fifths]:
        """What the draws of a target share with those of any other that is defined on the same."""
        with self.lock:
            key = target.rows.tobytes()
            if key not in self.shared:
                theta = self.draws.theta[target.rows]
                self.shared[key] = Draw.of(theta, self.groups, self.seed), Fifths.of(theta)
            return self.shared[key]

    def driven(self, target: DriverTarget) -> Driven:
        """What one target hangs on."""
        if len(target.rows) < FEWEST_DRAWS:
            return _nothing(target)
        draw, parts = self.along(target)
        apart = spread(target)
        first = first_order(draw, target, apart) if apart.clear else None
        index = np.zeros(len(draw.weights)) if first is None else first.index
        significant = np.zeros(len(draw.weights), bool) if first is None else first.significant
        order = np.lexsort((-index, ~significant))
        number = int(significant.sum())
        rows = self._sensitivities(target, draw, parts, first, order, order[: max(number, _WITH_INTERVAL)])
        made = Driven(
            title=target.title,
            value=target.mean,
            spread=float(np.sqrt(apart.between)) if apart.clear else None,
            share=apart.share,
            draws=len(target.rows),
            significant=number,
            sum_significant=float(index[significant].sum()) if number else None,
            detection_limit=None if first is None else first.detection_limit,
            weights=tuple(rows),
            flip=self._flip(target, rows[:number], first) if target.is_outcome else None,
            sentences=(),
        )
        related = {self.draws.names[i] for group in self.model.copula.groups for i in group.members.tolist()}
        return replace(made, sentences=sentences(made, self.doubts, related, is_outcome=target.is_outcome))

    def _flip(self, target: DriverTarget, significant: list[Sensitivity], first: FirstOrder | None) -> Flip:
        return _flip(target, self.draws, self.model, self.doubts, significant, first, self.threshold, self.seed)

    def _sensitivities(
        self,
        target: DriverTarget,
        draw: Draw,
        parts: Fifths,
        first: FirstOrder | None,
        order: NDArray[np.int64],
        with_interval: NDArray[np.int64],
    ) -> list[Sensitivity]:
        """One for each weight in ``order``; the deltas of some get an interval."""
        y = target.means
        by_chance = moments.by_chance(y, self.seed)
        highest_by_chance = float(moments.freed(np.asarray(np.quantile(by_chance, 0.95)), by_chance))
        deltas = moments.freed(moments.raw_deltas(y, np.array([w.order for w in draw.weights])), by_chance)
        halves = np.full(len(deltas), np.nan)
        ranks = np.array([draw.weights[i].rank for i in with_interval])
        halves[with_interval] = 1.96 * moments.errors(y, ranks, by_chance, self.seed)
        value, error = parts.means(np.broadcast_to(y, (len(deltas), len(y))) if first is None else first.freed)
        rows = []
        for i in order.tolist():
            delta, half = float(deltas[i]), None if np.isnan(halves[i]) else float(halves[i])
            significant = first is not None and bool(first.significant[i])
            rows.append(
                Sensitivity(
                    weight=self.draws.names[i],
                    significant=significant,
                    p_value=None if first is None else float(first.p_value[i]),
                    first_order=None if first is None else float(first.index[i]),
                    first_low=None if first is None else max(0.0, float(first.index[i] - 1.96 * first.error[i])),
                    first_high=None if first is None else min(1.0, float(first.index[i] + 1.96 * first.error[i])),
                    draws_needed=None if first is None or significant else _needed(first, i, len(target.rows)),
                    delta=delta,
                    delta_low=None if half is None else max(0.0, delta - half),
                    delta_high=None if half is None else min(1.0, delta + half),
                    delta_by_chance=highest_by_chance,
                    shape=shape(value[i].tolist(), error[i].tolist()),
                    at_low=self._end(target, parts, i, 0, float(value[i, 0]), float(error[i, 0])),
                    at_high=self._end(target, parts, i, 4, float(value[i, 4]), float(error[i, 4])),
                    fifths=tuple(value[i].tolist()),
                )
            )
        return rows

    def _end(self, target: DriverTarget, parts: Fifths, i: int, k: int, value: float, error: float) -> End:
        """A target where a weight is lowest or highest."""
        weight = float(parts.middle[i, k])
        found = np.array([value, *interval_of_mean(value, error, float(parts.draws[i, k]))])
        if target.is_outcome:
            found = np.clip(found, 0.0, 1.0)
        return End(weight, in_words(weight, self.model.weights[i].quantity), *found.tolist())


def _needed(first: FirstOrder, i: int, draws: int) -> int | None:
    """Draws by which an index as great as estimated is significant four times of five, to two digits.

    The bar sinks with the number of draws, the error with its root; 0.84 is the 80 % point of a normal.
    """
    index, error = float(first.index[i]), 0.84 * float(first.error[i])
    if index <= 0:
        return None
    root = (error + math.sqrt(error**2 + 4 * first.detection_limit * index)) / (2 * index)
    needed = draws * max(1.0, root**2)
    step = 10 ** max(0, math.floor(math.log10(needed)) - 1)
    return int(math.ceil(needed / step) * step)


def _flip(
    target: DriverTarget,
    draws: Draws,
    model: Model,
    doubts: dict[str, WeightDoubt],
    significant: list[Sensitivity],
    first: FirstOrder | None,
    threshold: float,
    seed: int,
) -> Flip:
    """The nearest crossing among the significant weights; others' slopes are noise."""
    mean = target.mean
    assert mean is not None
    found: list[tuple[str, int, Array, Array, Crossing, bool]] = []
    for s in significant:
        assert first is not None
        i = draws.names.index(s.weight)
        z, means = scores(draws.theta[target.rows, i]), np.clip(first.freed[i], 1e-3, 1 - 1e-3)
        bent = s.shape == TURNING or bends(z, means, target.paths)
        at = crossing(z, means, target.paths, threshold, bent=bent)
        found.append((s.weight, i, z, means, at, bent))
    across = sorted(
        (item for item in found if item[4].deviations is not None), key=lambda item: abs(item[4].deviations or 0)
    )
    bar = f"{100 * threshold:g} %"
    if across:
        path, i, z, means, at, bent = across[0]
        assert at.deviations is not None
        low, high = interval(z, means, target.paths, threshold, bent=bent, seed=seed)
        to = value_at(z, draws.theta[target.rows, i], at.deviations)
        said = in_words(to, model.weights[i].quantity)
        side = "below" if mean >= threshold else "above"
        spoken = _deviations(at.deviations)
        if abs(at.deviations) < _AT_ONCE:
            sentence = f"It stands at {bar} as it is: {doubts[path].label} takes it {side} with hardly a change."
            return Flip(
                threshold, path, at.deviations, low, high, to, said, None, threshold, None, None, None, sentence
            )
        sentence = (
            f"What takes it {side} {bar} soonest is {doubts[path].label}: from "
            f"{in_words(doubts[path].median, model.weights[i].quantity)} to {said}, {spoken}{_between(low, high)}."
        )
        return Flip(threshold, path, at.deviations, low, high, to, said, None, threshold, None, None, None, sentence)
    if not found:
        return Flip(
            threshold, None, None, None, None, None, "", None, None, None, None, None,
            f"Whether a single parameter takes it across {bar} cannot be said from these draws.",
        )  # fmt: skip
    path, i, z, _, at, _ = min(found, key=lambda item: abs(item[4].reached - threshold))
    to = value_at(z, draws.theta[target.rows, i], at.at)
    said = in_words(to, model.weights[i].quantity)
    sentence = (
        f"No single parameter takes it across {bar} within its drawn range; the nearest it gets is "
        f"{_short_of(at.reached, threshold)}, with {doubts[path].label} at {said} ({_deviations(at.at)})."
    )
    return Flip(threshold, None, None, None, None, None, said, path, at.reached, None, None, None, sentence)


def _short_of(reached: float, threshold: float) -> str:
    """A probability with the decimals that keep it apart from the threshold it does not reach."""
    said = amount(reached, True)
    return said if abs(reached - threshold) >= 0.01 else f"{100 * reached:.1f} %"


def _deviations(z: float) -> str:
    return f"{abs(z):.1f} of its standard deviations {'up' if z >= 0 else 'down'}"


def _between(low: float | None, high: float | None) -> str:
    if low is None:
        return ", though that is far from sure"
    if high is None:
        return f" (at least {low:.1f}; perhaps not within its range)"
    return f" ({low:.1f} to {high:.1f})"

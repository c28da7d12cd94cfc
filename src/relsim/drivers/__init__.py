"""What moves each outcome of a finished run. Floor 5.

``weights_of`` reads it off the run's own draws; nothing is simulated. Rooms: ``targets`` (the run draw by draw),
``indices`` (first order), ``moments`` (delta), ``ends`` (low and high), ``flip`` (what turns the verdict), ``labels``
and ``words``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from relsim import __version__
from relsim.drivers import moments
from relsim.drivers.ends import fifths, shape
from relsim.drivers.flip import Crossing, bends, crossing, interval, scores, value_at
from relsim.drivers.indices import Along, Draw, FirstOrder, first_order
from relsim.drivers.labels import in_words, weight_label
from relsim.drivers.targets import Target, spread, targets
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
    shared: dict[bytes, Draw] = {}
    for k, target in enumerate(wanted):
        driven = _driven(target, draws, doubts, model, shared, threshold, seed) if usable else _nothing(target)
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
        return "no number of the scenario is in doubt, so that no weight can matter more than another"
    if saved.median_weights:
        return "the run held all weights at their medians; run it again without --median-weights"
    paths = 128 * FEWEST_DRAWS
    return (
        f"{saved.forecast.draws} draws of the weights are too few to rank the weights; "
        f"at least {FEWEST_DRAWS} are needed ({paths:,} paths)"
    )


def _doubts(draws: Draws, model: Model) -> dict[str, WeightDoubt]:
    quantity = {w.path: w.quantity for w in model.weights}
    found = {}
    for i, path in enumerate(draws.names):
        low, middle, high = np.quantile(draws.theta[:, i], [0.05, 0.5, 0.95]).tolist()
        found[path] = WeightDoubt(weight_label(path, model.scenario), quantity[path].text, low, middle, high)
    return found


def _nothing(target: Target) -> Driven:
    return Driven(target.title, target.mean, None, None, len(target.rows), 0, None, None, (), None, ())


def _driven(
    target: Target,
    draws: Draws,
    doubts: dict[str, WeightDoubt],
    model: Model,
    shared: dict[bytes, Draw],
    threshold: float,
    seed: int,
) -> Driven:
    if len(target.rows) < FEWEST_DRAWS:
        return _nothing(target)
    theta = draws.theta[target.rows]
    key = target.rows.tobytes()
    if key not in shared:
        groups = np.full(theta.shape[1], -1)
        for number, correlated in enumerate(model.copula.groups):
            groups[correlated.members] = number
        shared[key] = Draw.of(theta, groups, seed)
    ways = shared[key].weights
    apart = spread(target)
    first = first_order(shared[key], target, apart, seed) if apart.clear else None
    index = np.zeros(len(ways)) if first is None else first.index
    significant = np.zeros(len(ways), bool) if first is None else first.significant
    order = np.lexsort((-index, ~significant))
    by_chance = moments.by_chance(target.means, seed)
    rows = []
    for place, i in enumerate(order):
        with_interval = bool(significant[i]) or place < _WITH_INTERVAL
        rows.append(_sensitivity(target, draws, model, ways[i], int(i), first, by_chance, with_interval, seed))
    number = int(significant.sum())
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
        flip=_flip(target, draws, model, doubts, rows[:number], first, threshold, seed) if target.is_outcome else None,
        sentences=(),
    )
    related = {draws.names[i] for group in model.copula.groups for i in group.members.tolist()}
    return replace(made, sentences=sentences(made, doubts, related, is_outcome=target.is_outcome))


def _sensitivity(
    target: Target,
    draws: Draws,
    model: Model,
    way: Along,
    i: int,
    first: FirstOrder | None,
    by_chance: Array,
    with_interval: bool,
    seed: int,
) -> Sensitivity:
    quantity = model.weights[i].quantity
    parts = fifths(draws.theta[target.rows, i], target.means if first is None else first.freed[i])
    ends = [
        End(parts.weight[k], in_words(parts.weight[k], quantity), parts.value[k], *parts.interval(k)) for k in (0, 4)
    ]
    if target.is_outcome:
        ends = [End(e.weight, e.text, *np.clip([e.value, e.low, e.high], 0.0, 1.0).tolist()) for e in ends]
    delta = moments.freed(moments.raw_delta(target.means, way.order), by_chance)
    half = 1.96 * moments.error(target.means, way.rank, by_chance, seed) if with_interval else None
    significant = first is not None and bool(first.significant[i])
    index = None if first is None else float(first.index[i])
    return Sensitivity(
        weight=draws.names[i],
        significant=significant,
        p_value=None if first is None else float(first.p_value[i]),
        first_order=index,
        first_low=None if first is None else max(0.0, float(first.index[i] - 1.96 * first.error[i])),
        first_high=None if first is None else min(1.0, float(first.index[i] + 1.96 * first.error[i])),
        draws_needed=None if first is None or significant else _needed(first, i, len(target.rows)),
        delta=delta,
        delta_low=None if half is None else max(0.0, delta - half),
        delta_high=None if half is None else min(1.0, delta + half),
        delta_by_chance=moments.freed(float(np.quantile(by_chance, 0.95)), by_chance),
        shape=shape(parts),
        at_low=ends[0],
        at_high=ends[1],
        fifths=parts.value,
    )


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
    target: Target,
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
            f"Whether a single weight takes it across {bar} cannot be said from these draws.",
        )  # fmt: skip
    path, i, z, _, at, _ = min(found, key=lambda item: abs(item[4].reached - threshold))
    to = value_at(z, draws.theta[target.rows, i], at.at)
    said = in_words(to, model.weights[i].quantity)
    sentence = (
        f"No single weight takes it across {bar} within its drawn range; the nearest it gets is "
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

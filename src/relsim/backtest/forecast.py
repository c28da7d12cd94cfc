"""One fit, and one origin's forecasts by the model and by the baselines: from the record before it and nothing else.

Floor 5; imports ``fit``, ``engine``, ``model``, the baselines.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from relsim.backtest.base import count_name, from_origin
from relsim.backtest.baselines import Baseline, PastSeries
from relsim.backtest.resolve import past_windows, upper_quartiles
from relsim.backtest.resolved_outcomes import came_true, shifted
from relsim.backtest.targets import VALUE_DIGITS, Targets, opposite
from relsim.engine.pool import of_experts
from relsim.errors import RunError
from relsim.fit.daily_record import DailyRecord
from relsim.model import Model, build
from relsim.outcomes import NEVER
from relsim.scenario import Outcome, Scenario
from relsim.scoring.count_scores import MEMBERS, members_of

Array = NDArray[np.float64]

MODEL = "relsim"
BASE_RATE = "base rate"
PARTS = ("paths", "experts")
"""Forecasters beside a pooled one: the model's own paths alone, and the experts' alone."""


@dataclass(frozen=True)
class TableTargets:
    """What is asked of one table.

    Attributes
    ----------
    base : the scenario's mechanisms
    file : the scenario as written, whose window the questions' dates belong to
    questions : outcomes of the file that a table settles
    """

    base: Scenario
    file: Scenario
    targets: Targets
    questions: Mapping[str, Outcome]
    horizons: tuple[int, ...]


@dataclass(frozen=True)
class Forecasts:
    """Everything said at one origin; NaN where a forecaster has nothing to say.

    Attributes
    ----------
    members : (F, H, S + V, MEMBERS) sorted, in the order of ``forecasters_of``
    questions : (…, Q) probabilities by the model, by its parts where it is pooled, and by the base rate, over the
        longest horizon
    thresholds : (H, S) upper quartiles of past windows
    """

    members: Array
    questions: Array
    thresholds: Array


def fitted_weights(base: Scenario, known: DailyRecord, draws: int, seed: int) -> Array:
    """(draws, W) weights under the posterior that a record leaves, as ``relsim fit`` would write them.

    Raises
    ------
    RunError
        Where the record is impossible under the scenario, or too few draws are valid models.
    """
    from relsim.fit.even import evenly_corrected
    from relsim.fit.likelihood import Likelihood
    from relsim.fit.noise import noise_factor, rate_corrections
    from relsim.fit.normal_scores import scores_of
    from relsim.fit.posterior import posterior_of

    origin = known.first + timedelta(days=len(known.counts))
    model = build(_starting(base, origin), judge=False)
    likelihood = Likelihood(model, known, 1)
    posterior = posterior_of(likelihood, scores_of(model), seed=seed)
    scores = posterior.scores
    factor = evenly_corrected(noise_factor(model, scores.theta(posterior.mode.z[None])), likelihood, posterior)
    theta = scores.theta(posterior.sample(4 * draws, seed))
    for weight, divisor in rate_corrections(model, factor).items():
        if weight in scores.free:
            theta[:, weight] /= divisor
    valid = theta[~model.failing(theta)]
    if len(valid) < draws:
        raise RunError(f"fitted to the days before {origin}, most draws of the parameters make an unstable model")
    return np.asarray(valid[:draws])


def stated_weights(base: Scenario, draws: int, seed: int) -> Array:
    """(draws, W) weights as the file states them."""
    return build(base, judge=False).valid_draws(seed, draws)[0]


def forecast(
    asked: TableTargets, known: DailyRecord, theta: Array, baselines: Mapping[str, Baseline], paths: int, seed: int
) -> Forecasts:
    """Forecasts from the day after the last that is known.

    Parameters
    ----------
    known : the record up to the day before the origin
    theta : (draws, W) weights
    """
    targets, horizons = asked.targets, asked.horizons
    origin = known.first + timedelta(days=len(known.counts))
    questions = shifted(asked.file, dict(asked.questions), origin, horizons[-1])
    scenario = from_origin(asked.base, known, targets.types, horizons, questions)
    own, chances = _by_model(build(scenario, judge=False), asked, theta, paths, seed)
    members = np.concatenate([own, np.full((len(baselines), *own.shape[1:]), np.nan)])
    history = _history(asked, known)
    for f, (name, baseline) in enumerate(baselines.items(), len(own)):
        for h, horizon in enumerate(horizons):
            rng = np.random.default_rng([seed, zlib.crc32(name.encode()), origin.toordinal(), horizon])
            sample = np.asarray(baseline(history, horizon, rng), float).T.copy()
            sample[len(targets.series) :] = np.round(sample[len(targets.series) :], VALUE_DIGITS)
            members[f, h] = members_of(sample)
    thresholds = np.array([upper_quartiles(known, targets, horizon) for horizon in horizons])
    return Forecasts(members, np.vstack([chances, _base_rates(scenario, known, horizons[-1])]), thresholds)


def _starting(base: Scenario, origin: date) -> Scenario:
    return replace(base, start=origin, end=origin)


def _by_model(model: Model, asked: TableTargets, theta: Array, paths: int, seed: int) -> tuple[Array, Array]:
    """(P, H, S + V, MEMBERS) and the questions' probabilities (P, Q): of all paths, then of each part's alone."""
    from relsim.engine import in_threads, simulate

    found = simulate(
        model,
        paths=paths,
        seed=seed,
        parameters=model.parameters(theta),
        run_blocks=in_threads(1),
        fans=False,
    )
    place = {name: i for i, name in enumerate(model.scenario.quantities)}
    events = list(model.scenario.events)
    counts = np.zeros((len(asked.horizons), paths, len(events)))
    for h, horizon in enumerate(asked.horizons):
        for name in asked.targets.types:
            counts[h, :, events.index(name)] = found.values[:, place[count_name(horizon, name)]]
    true = found.days != NEVER
    parts = _parts(model.scenario, paths)
    return (
        np.stack([_members(asked.targets, counts[:, part]) for part in parts]),
        np.stack([true[part].mean(axis=0) if part.any() else np.full(true.shape[1], np.nan) for part in parts]),
    )


def _parts(scenario: Scenario, paths: int) -> list[NDArray[np.bool_]]:
    """All paths; and of a pooled forecast the model's own, and the experts'."""
    everyone = np.ones(paths, bool)
    if not is_pooled(scenario):
        return [everyone]
    theirs = of_experts(np.arange(paths), scenario.experts)
    return [everyone, ~theirs, theirs]


def _members(targets: Targets, counts: Array) -> Array:
    """(H, S + V, MEMBERS) of counts (H, n, K); NaN where there is no path."""
    out = np.full((len(counts), len(targets.series) + len(targets.values), MEMBERS), np.nan)
    for h, sample in enumerate(counts):
        if len(sample):
            out[h, : len(targets.series)] = members_of(targets.totals(sample).T)
        for v, values in enumerate(targets.means(sample).T, len(targets.series)):
            said = values[np.isfinite(values)]
            if said.size:
                out[h, v] = members_of(said)
    return out


def _history(asked: TableTargets, known: DailyRecord) -> PastSeries:
    """The series' daily counts, then the daily mean values, as baselines take them."""
    targets = asked.targets
    counts = known.counts.astype(float)
    missing = ~known.covered.any(axis=1)
    totals = targets.totals(counts)
    means, weights = targets.means(counts), targets.known(counts)
    daily = np.hstack([totals, means])
    daily[missing] = np.nan
    names = (*(one.name for one in targets.series), *(one.name for one in targets.values))
    return PastSeries(
        counts=daily,
        names=names,
        first=known.first,
        real=(False,) * len(targets.series) + (True,) * len(targets.values),
        weights=np.hstack([np.ones_like(totals), weights]),
        reverse=tuple(names.index(opposite(asked.base, name, names)) for name in names),
    )


def _base_rates(scenario: Scenario, known: DailyRecord, horizon: int) -> Array:
    """(Q,) share of past windows in which each question came true, half a window added on either side."""
    starts = past_windows(known, horizon)
    if not scenario.outcomes or not starts.size:
        return np.full(len(scenario.outcomes), np.nan)
    windows = known.counts[starts[:, None] + np.arange(horizon)]
    true = came_true(scenario, windows).sum(axis=1)
    return np.asarray((true + 0.5) / (starts.size + 1))


def is_pooled(scenario: Scenario) -> bool:
    """Whether a forecast is pooled of paths and experts."""
    return scenario.experts > 0


def forecasters_of(scenario: Scenario, baselines: Sequence[str]) -> tuple[str, ...]:
    """Names in the order of ``Forecasts.members``."""
    return (MODEL, *(PARTS if is_pooled(scenario) else ()), *baselines)

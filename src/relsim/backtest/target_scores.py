"""Forecasts of all origins beside what came, target by target, with their scores. Floor 5; imports ``scoring``."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from relsim.backtest.forecast import BASE_RATE, Forecasts, TableTargets, forecasters_of
from relsim.backtest.resolve import NO_EVENT, Truth
from relsim.backtest.resolved_outcomes import came_true, shifted
from relsim.scenario import Scenario
from relsim.scoring.count_scores import (
    LEVELS,
    below_and_up_to,
    count_log_score,
    crps,
    event_log_score,
    quantiles_of,
    randomised_pit,
)

Array = NDArray[np.float64]

COUNT, VALUE, ANY, HIGH, QUESTION = "count", "value", "any", "high", "question"
KINDS = (COUNT, VALUE, ANY, HIGH, QUESTION)
"""How many; the mean value; whether any; whether more than the upper quartile of the past; an outcome of the file."""


@dataclass(frozen=True)
class Scored:
    """One target in one horizon: F forecasters at O origins.

    Attributes
    ----------
    truth : (O,) what came, 1 or 0 where that is a yes or no; NaN where void
    void : (O) why not resolved, or None
    threshold : (O,) what a count must exceed, for ``high``; else NaN
    said : (F, O) mean, or probability
    quantiles : (F, O, 7) at ``scoring.counts.LEVELS``; NaN for yes or no
    members : (F, O, MEMBERS), or None where left aside
    score : (F, O) CRPS of a number, Brier score of a yes or no; NaN where void or nothing was said
    log : (F, O) log score; NaN also for mean values
    low, high : (F, O) F(y−) and F(y) of a number
    pit : (F, O) randomised
    """

    table: str
    horizon: int
    target: str
    label: str
    kind: str
    group: bool
    origins: tuple[date, ...]
    forecasters: tuple[str, ...]
    truth: Array
    void: tuple[str | None, ...]
    threshold: Array
    said: Array
    quantiles: Array
    members: Array | None
    score: Array
    log: Array
    low: Array
    high: Array
    pit: Array

    @property
    def number(self) -> bool:
        """Whether a number is forecast, not a yes or no."""
        return self.kind in (COUNT, VALUE)

    def summed_up(self) -> Scored:
        """The same with every score, but of distributions no members, and of the model's alone the rest."""
        own = {name: getattr(self, name)[:1] for name in ("quantiles", "low", "high", "pit")}
        return replace(self, members=None, **own)


def scored_targets(
    table: str,
    asked: TableTargets,
    origins: Sequence[date],
    forecasters: tuple[str, ...],
    said: Sequence[Forecasts],
    truths: Sequence[Sequence[Truth]],
    seed: int,
) -> Iterator[Scored]:
    """Every target of one table, horizon by horizon.

    Parameters
    ----------
    said : one for each origin
    truths : for each horizon, one for each origin
    """
    targets = asked.targets
    for h, horizon in enumerate(asked.horizons):
        head = _Head(table, horizon, tuple(origins), forecasters, seed)
        void = tuple(truth.void for truth in truths[h])
        for s, series in enumerate(targets.series):
            members = np.stack([one.members[:, h, s] for one in said], axis=1)
            came = np.array([truth.totals[s] for truth in truths[h]])
            quartile = np.array([one.thresholds[h, s] for one in said])
            group = series.kind == "group"
            yield _number(head, series.name, series.label, COUNT, group, members, came, void)
            none = np.zeros(len(origins))
            yield _event(head, series.name, series.label, ANY, group, _above(members, none), came > 0, void)
            high = _event(
                head, series.name, series.label, HIGH, group, _above(members, quartile), came > quartile, void
            )
            yield replace(high, threshold=quartile)
        for v, value in enumerate(targets.values):
            members = np.stack([one.members[:, h, len(targets.series) + v] for one in said], axis=1)
            came = np.array([truth.values[v] for truth in truths[h]])
            why = tuple(w or (NO_EVENT if np.isnan(c) else None) for w, c in zip(void, came, strict=True))
            yield _number(head, value.name, value.label, VALUE, "." in value.name, members, came, why)
    yield from _questions(table, asked, tuple(origins), said, truths[-1], seed)


@dataclass(frozen=True)
class _Head:
    table: str
    horizon: int
    origins: tuple[date, ...]
    forecasters: tuple[str, ...]
    seed: int


def _questions(
    table: str,
    asked: TableTargets,
    origins: tuple[date, ...],
    said: Sequence[Forecasts],
    truths: Sequence[Truth],
    seed: int,
) -> Iterator[Scored]:
    horizon = asked.horizons[-1]
    head = _Head(table, horizon, origins, (*forecasters_of(asked.base, ()), BASE_RATE), seed)
    void = tuple(truth.void for truth in truths)
    came = np.zeros((len(asked.questions), len(origins)), bool)
    for o, (origin, truth) in enumerate(zip(origins, truths, strict=True)):
        if truth.void is None and asked.questions:
            came[:, o] = came_true(over(asked, origin), truth.counts[None])[:, 0]
    for q, (name, outcome) in enumerate(asked.questions.items()):
        probability = np.stack([one.questions[:, q] for one in said], axis=1)
        yield _event(head, name, outcome.title or name, QUESTION, False, probability, came[q], void)


def over(asked: TableTargets, origin: date) -> Scenario:
    """The scenario over the longest horizon from an origin with the file's questions."""
    horizon = asked.horizons[-1]
    questions = shifted(asked.file, dict(asked.questions), origin, horizon)
    return replace(asked.base, start=origin, end=origin + timedelta(days=horizon - 1), outcomes=questions)


def _above(members: Array, threshold: Array) -> Array:
    """(F, O) share of members above a threshold (O,); NaN without members or threshold."""
    share = (members > threshold[None, :, None]).mean(axis=-1)
    return np.where(np.isnan(members[..., 0]) | np.isnan(threshold), np.nan, share)


def _number(
    head: _Head,
    name: str,
    label: str,
    kind: str,
    group: bool,
    members: Array,
    came: Array,
    void: tuple[str | None, ...],
) -> Scored:
    open_ = np.isnan(members[..., 0]) | np.isnan(came)
    truth = np.broadcast_to(came, open_.shape)

    def known(values: Array) -> Array:
        return np.where(open_, np.nan, values)

    low, high = below_and_up_to(members, truth)
    rng = np.random.default_rng([head.seed, zlib.crc32(f"{head.table}|{head.horizon}|{name}".encode())])
    return replace(
        _unscored(head, name, label, kind, group, members.mean(axis=-1), came, void),
        quantiles=quantiles_of(members),
        members=members,
        score=known(crps(members, truth)),
        log=known(count_log_score(members, truth)) if kind == COUNT else np.full(open_.shape, np.nan),
        low=known(low),
        high=known(high),
        pit=known(randomised_pit(low, high, rng.random(len(came))[None])),
    )


def _event(
    head: _Head,
    name: str,
    label: str,
    kind: str,
    group: bool,
    probability: Array,
    came: NDArray[np.bool_],
    void: tuple[str | None, ...],
) -> Scored:
    settled = np.array([why is None for why in void])
    truth = np.where(settled, came.astype(float), np.nan)
    return replace(
        _unscored(head, name, label, kind, group, probability, truth, void),
        score=(probability - truth) ** 2,
        log=np.where(np.isnan(probability + truth), np.nan, event_log_score(probability, np.nan_to_num(truth))),
    )


def _unscored(
    head: _Head,
    name: str,
    label: str,
    kind: str,
    group: bool,
    said: Array,
    truth: Array,
    void: tuple[str | None, ...],
) -> Scored:
    """What was said (F, O) and what came (O,), without distribution and scores."""
    empty = np.full(said.shape, np.nan)
    return Scored(
        table=head.table,
        horizon=head.horizon,
        target=name,
        label=label,
        kind=kind,
        group=group,
        origins=head.origins,
        forecasters=head.forecasters,
        truth=truth,
        void=void,
        threshold=np.full(len(truth), np.nan),
        said=said,
        quantiles=np.full((*said.shape, len(LEVELS)), np.nan),
        members=None,
        score=empty,
        log=empty,
        low=empty,
        high=empty,
        pit=empty,
    )

"""Scored targets → what there is to say. Floor 5; imports ``scoring``, ``result.backtest``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from relsim.backtest.references import best_of, scores_of_best
from relsim.backtest.resolve import NO_EVENT
from relsim.backtest.study import BacktestStudy
from relsim.backtest.target_scores import ANY, COUNT, KINDS, VALUE, Scored
from relsim.backtest.volume import Judged, by_volume, coverage_of
from relsim.result.backtest import MANY, Backtest, ForecastCourse, TargetGroup, TargetScore, Volume
from relsim.scoring.count_scores import LEVELS, pit_histogram, pit_test
from relsim.scoring.reliability import reliability_of
from relsim.scoring.skill import mean_skill, pooled_skill, skill

Array = NDArray[np.float64]

_SHOWN = 3
"""Tables that a warning names."""


def backtest_of(
    study: BacktestStudy, scored: Sequence[Scored], targets: Sequence[TargetScore], version: str, title: str
) -> Backtest:
    """Sum up all targets.

    Parameters
    ----------
    scored : table by table, each ``summed_up``; read again and again, so that they need not be in memory together
    targets : each one's ``target_of``
    """
    plan = study.plan
    places: dict[tuple[int, str], list[int]] = {}
    voids: dict[str, dict[str, int]] = {}
    for table, mine in groupby(enumerate(scored), lambda numbered: numbered[1].table):
        here = []
        for i, one in mine:
            here.append(one)
            places.setdefault((one.horizon, one.kind), []).append(i)
        voids[table] = _voids(here)
    together = []
    for horizon, kind in ((horizon, kind) for horizon in plan.horizons for kind in KINDS):
        if chosen := places.get((horizon, kind)):
            ours = (targets[i] for i in chosen)
            together.append(_together(kind, horizon, [scored[i] for i in chosen], ours))
    return Backtest(
        relsim=version,
        scenario=title,
        seed=plan.seed,
        paths=plan.paths,
        draws=plan.draws,
        every=plan.every,
        horizons=plan.horizons,
        refit=plan.refit,
        learn=plan.learn,
        origins=plan.origins,
        fitted=tuple(dict.fromkeys(plan.fitted.values())) if plan.refit else (),
        forecasters=next((one.forecasters for one in scored if one.kind == COUNT), ()),
        tables={one.name: one.days for one in study.listed},
        voids=voids,
        not_asked={one.name: one.not_asked for one in study.listed if one.not_asked},
        together=tuple(together),
        by_volume=tuple(v for horizon in plan.horizons for v in _by_volume(horizon, scored)),
        targets=targets,
        courses=tuple(_course(one) for one in scored if one.kind in (COUNT, VALUE)) if len(voids) <= MANY else (),
        warnings=_warnings(study),
    )


def _by_volume(horizon: int, scored: Sequence[Scored]) -> tuple[Volume, ...]:
    counts = [one for one in scored if one.kind == COUNT and one.horizon == horizon]
    if not counts:
        return ()
    several = len({one.table for one in counts}) > 1
    rivals = zip(counts, *scores_of_best(counts), strict=True)
    return by_volume([Judged(one, best, single if several else None) for one, best, single in rivals])


def _warnings(study: BacktestStudy) -> tuple[str, ...]:
    """Each said once, with the tables that it is about."""
    about: dict[str, list[str]] = {}
    for one in study.listed:
        for text in one.warnings:
            about.setdefault(text, []).append(one.name)
    if len(study.listed) == 1:
        return tuple(about)
    shown = ((", ".join(names[:_SHOWN]), len(names) - _SHOWN, text) for text, names in about.items())
    return tuple(f"{names}{f' and {more} more' if more > 0 else ''}: {text}" for names, more, text in shown)


def _voids(scored: Sequence[Scored]) -> dict[str, int]:
    """Origins times horizons by reason; windows without a valued event by themselves."""
    out: dict[str, int] = {}
    seen = set()
    for one in scored:
        if one.kind == ANY and one.horizon not in seen:
            seen.add(one.horizon)
            for why in one.void:
                if why is not None:
                    out[why] = out.get(why, 0) + 1
        if one.kind == VALUE and (quiet := one.void.count(NO_EVENT)):
            out[f"{NO_EVENT} ({one.label})"] = out.get(f"{NO_EVENT} ({one.label})", 0) + quiet
    return out


def target_of(one: Scored) -> TargetScore:
    """One target's scores."""
    matched = _matched(one)
    names = one.forecasters
    skills = {name: skill(one.score[0], one.score[f]) for f, name in enumerate(names) if f}
    best = best_of(one)
    return TargetScore(
        table=one.table,
        horizon=one.horizon,
        target=one.target,
        kind=one.kind,
        label=one.label,
        group=one.group,
        n=int(np.isfinite(one.score[0]).sum()),
        void=sum(why is not None for why in one.void),
        observed=_mean(one.truth),
        forecast_mean=_mean(one.said[0]),
        score=_means(names, np.where(matched, one.score, np.nan)),
        log=_means(names, np.where(matched, one.log, np.nan)),
        skill=dict(skills),
        best=names[best] if best is not None else None,
        skill_vs_best=skills[names[best]] if best is not None else None,
        coverage=coverage_of([one]),
        pit=pit_test(one.low[:1], one.high[:1]) if one.number and matched.any() else None,
    )


def _together(kind: str, horizon: int, scored: Sequence[Scored], targets: Iterable[TargetScore]) -> TargetGroup:
    names = scored[0].forecasters
    own = np.stack([one.score[0] for one in scored])
    best, one_for_all = scores_of_best(scored)
    each = [(t.n, t.void, t.skill_vs_best.value if t.skill_vs_best is not None else None) for t in targets]
    skills = [value for _, _, value in each if value is not None]
    skills_vs_single = [v for one, its in zip(scored, one_for_all) if (v := skill(one.score[0], its).value) is not None]
    several = len({one.table for one in scored}) > 1
    low, high = (np.stack([values[0] for values in side]) for side in zip(*((o.low, o.high) for o in scored)))
    known = np.isfinite(low)
    said, came = np.concatenate([one.said[0] for one in scored]), np.concatenate([one.truth for one in scored])
    settled = np.isfinite(said) & np.isfinite(came)
    number = scored[0].number
    # Counts of different events have no common scale, Brier scores have.
    of_all = mean_skill if number else pooled_skill
    return TargetGroup(
        kind=kind,
        horizon=horizon,
        targets=len(scored),
        n=sum(n for n, _, _ in each),
        void=sum(void for _, void, _ in each),
        skill={name: of_all(own, np.stack([one.score[f] for one in scored])) for f, name in enumerate(names) if f},
        skill_vs_best=of_all(own, best),
        positive=_positive(skills),
        skill_vs_single=of_all(own, one_for_all) if several else None,
        positive_vs_single=_positive(skills_vs_single) if several else None,
        coverage=coverage_of(scored),
        pit_histogram=tuple(pit_histogram(low[known], high[known]).tolist()) if number and known.any() else (),
        pit=pit_test(low, high) if number and known.any() else None,
        reliability=reliability_of(said[settled], came[settled]) if not number and settled.any() else None,
    )


def _matched(one: Scored) -> NDArray[np.bool_]:
    """(O,) origins at which every forecaster that ever says anything has a score."""
    speaks = np.isfinite(one.score).any(axis=1)
    if not speaks.any():
        return np.zeros(len(one.origins), bool)
    return np.asarray(np.isfinite(one.score[speaks]).all(axis=0))


def _positive(skills: Sequence[float]) -> float | None:
    return sum(value > 0 for value in skills) / len(skills) if skills else None


def _means(names: Sequence[str], values: Array) -> dict[str, float]:
    return {name: found for name, row in zip(names, values, strict=True) if (found := _mean(row)) is not None}


def _mean(values: Array) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else None


def _course(one: Scored) -> ForecastCourse:
    q: Mapping[float, Array] = dict(zip(LEVELS, one.quantiles[0].T, strict=True))
    bands = {"50": (0.25, 0.75), "80": (0.1, 0.9), "95": (0.025, 0.975)}
    return ForecastCourse(
        one.table,
        one.horizon,
        one.target,
        one.label,
        tuple(one.truth.tolist()),
        tuple(q[0.5].tolist()),
        {name: (tuple(q[a].tolist()), tuple(q[b].tolist())) for name, (a, b) in bands.items()},
    )

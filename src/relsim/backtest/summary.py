"""Scored targets → what there is to say. Floor 5; imports ``scoring``, ``result.backtest``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from relsim.backtest.resolve import NO_EVENT
from relsim.backtest.scored import ANY, COUNT, KINDS, VALUE, Scored
from relsim.backtest.study import Study
from relsim.result.backtest import Backtest, Course, Coverage, ReliabilityOf, SkillOver, TargetScore, Together
from relsim.scoring.counts import CENTRAL, LEVELS, inside_central, pit_histogram, pit_test
from relsim.scoring.reliability import reliability_of
from relsim.scoring.skill import Skill, mean_skill, pooled_skill, skill

Array = NDArray[np.float64]


def backtest_of(study: Study, scored: Sequence[Scored], version: str, title: str) -> Backtest:
    """Sum up all targets."""
    plan = study.plan
    kinds = [(kind, horizon) for horizon in plan.horizons for kind in KINDS]
    targets = tuple(_target(one) for one in scored)
    together = []
    for kind, horizon in kinds:
        chosen = [i for i, one in enumerate(scored) if one.kind == kind and one.horizon == horizon]
        if chosen:
            together.append(_together(kind, horizon, [scored[i] for i in chosen], [targets[i] for i in chosen]))
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
        tables={s.name: _days(s.record.covered, s.record.first, s.record.last) for s in study.subjects},
        voids={s.name: _voids([one for one in scored if one.table == s.name]) for s in study.subjects},
        not_asked={s.name: s.not_asked for s in study.subjects if s.not_asked},
        together=tuple(together),
        targets=targets,
        courses=tuple(_course(one) for one in scored if one.kind in (COUNT, VALUE)),
        warnings=tuple(
            f"{s.name}: {text}" if len(study.subjects) > 1 else text for s in study.subjects for text in s.warnings
        ),
    )


def _days(covered: NDArray[np.bool_], first: date, last: date) -> tuple[date, date, int]:
    return first, last, int((~covered.any(axis=1)).sum())


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


def _target(one: Scored) -> TargetScore:
    matched = _matched(one)
    names = one.forecasters
    references = {name: skill(one.score[0], one.score[f]) for f, name in enumerate(names) if f}
    best = _best(one)
    return TargetScore(
        table=one.table,
        horizon=one.horizon,
        target=one.target,
        kind=one.kind,
        label=one.label,
        group=one.group,
        n=int(np.isfinite(one.score[0]).sum()),
        void=sum(why is not None for why in one.void),
        came=_mean(one.truth),
        said=_mean(one.said[0]),
        score=_means(names, np.where(matched, one.score, np.nan)),
        log=_means(names, np.where(matched, one.log, np.nan)),
        skill={name: _over(found) for name, found in references.items()},
        best=names[best] if best is not None else None,
        over_best=_over(references[names[best]]) if best is not None else None,
        coverage=_coverage([one]),
        pit=pit_test(one.low[:1], one.high[:1]) if one.number and matched.any() else None,
    )


def _together(kind: str, horizon: int, scored: Sequence[Scored], targets: Sequence[TargetScore]) -> Together:
    names = scored[0].forecasters
    own = np.stack([one.score[0] for one in scored])
    nothing = np.full(own.shape[1], np.nan)
    best = np.stack([nothing if (found := _best(one)) is None else one.score[found] for one in scored])
    skills = [t.over_best.value for t in targets if t.over_best is not None and t.over_best.value is not None]
    chosen = _best_in_all(scored)
    one_for_all = np.stack(
        [nothing if (found := chosen[one.target]) is None else one.score[found] for one in scored]
    )
    skills_over_one = [v for one, its in zip(scored, one_for_all) if (v := skill(one.score[0], its).value) is not None]
    several = len({one.table for one in scored}) > 1
    low, high = (np.stack([values[0] for values in side]) for side in zip(*((o.low, o.high) for o in scored)))
    known = np.isfinite(low)
    said, came = np.concatenate([one.said[0] for one in scored]), np.concatenate([one.truth for one in scored])
    settled = np.isfinite(said) & np.isfinite(came)
    number = scored[0].number
    # Counts of different events have no common scale, Brier scores have.
    over = mean_skill if number else pooled_skill
    return Together(
        kind=kind,
        horizon=horizon,
        targets=len(scored),
        n=sum(t.n for t in targets),
        void=sum(t.void for t in targets),
        skill={
            name: _over(over(own, np.stack([one.score[f] for one in scored])))
            for f, name in enumerate(names)
            if f
        },
        over_best=_over(over(own, best)),
        positive=_positive(skills),
        over_one=_over(over(own, one_for_all)) if several else None,
        positive_over_one=_positive(skills_over_one) if several else None,
        coverage=_coverage(scored),
        pit_histogram=tuple(pit_histogram(low[known], high[known]).tolist()) if number and known.any() else (),
        pit=pit_test(low, high) if number and known.any() else None,
        reliability=_reliability(said[settled], came[settled]) if not number and settled.any() else None,
    )


def _matched(one: Scored) -> NDArray[np.bool_]:
    """(O,) origins at which every forecaster that ever says anything has a score."""
    speaks = np.isfinite(one.score).any(axis=1)
    if not speaks.any():
        return np.zeros(len(one.origins), bool)
    return np.asarray(np.isfinite(one.score[speaks]).all(axis=0))


def _best(one: Scored) -> int | None:
    """The reference with the least mean score among those with a score wherever the model has one."""
    mine = np.isfinite(one.score[0])
    whole = [f for f in range(1, len(one.score)) if mine.any() and np.isfinite(one.score[f])[mine].all()]
    return min(whole, key=lambda f: float(one.score[f][mine].mean()), default=None)


def _best_in_all(scored: Sequence[Scored]) -> dict[str, int | None]:
    """For each target the reference with the least score over all tables, each table's in shares of its mean."""
    out: dict[str, int | None] = {}
    for target in dict.fromkeys(one.target for one in scored):
        tables = [one for one in scored if one.target == target and np.isfinite(one.score[0]).any()]
        means = np.array([[_mean_on_own(one, f) for f in range(1, len(one.score))] for one in tables])
        if not tables or np.isnan(means).all(axis=1).any():
            out[target] = None
            continue
        level = np.nanmean(means, axis=1, keepdims=True)
        shares = np.divide(means, level, out=np.ones_like(means), where=level > 0).mean(axis=0)
        out[target] = None if np.isnan(shares).all() else 1 + int(np.nanargmin(shares))
    return out


def _mean_on_own(one: Scored, f: int) -> float:
    """A reference's mean score where the model has one; NaN where it lacks any of these."""
    return float(one.score[f][np.isfinite(one.score[0])].mean())


def _positive(skills: Sequence[float]) -> float | None:
    return sum(value > 0 for value in skills) / len(skills) if skills else None


def _means(names: Sequence[str], values: Array) -> dict[str, float]:
    return {name: found for name, row in zip(names, values, strict=True) if (found := _mean(row)) is not None}


def _mean(values: Array) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else None


def _over(found: Skill) -> SkillOver:
    return SkillOver(found.value, found.low, found.high, found.n)


def _coverage(scored: Sequence[Scored]) -> tuple[Coverage, ...]:
    """Of the model's forecasts of numbers."""
    if not scored[0].number:
        return ()
    low, high = np.concatenate([one.low[0] for one in scored]), np.concatenate([one.high[0] for one in scored])
    quantiles = np.concatenate([one.quantiles[0] for one in scored])
    came = np.concatenate([one.truth for one in scored])
    known = np.isfinite(low)
    if not known.any():
        return ()
    out = []
    for level in CENTRAL:
        below, above = (quantiles[known, LEVELS.index(round(p, 3))] for p in ((1 - level) / 2, (1 + level) / 2))
        inside = (came[known] >= below) & (came[known] <= above)
        out.append(Coverage(level, float(inside.mean()), float(inside_central(low[known], high[known], level).mean())))
    return tuple(out)


def _reliability(said: Array, came: Array) -> ReliabilityOf:
    found = reliability_of(said, came)
    return ReliabilityOf(**{name: getattr(found, name) for name in ReliabilityOf.__dataclass_fields__})


def _course(one: Scored) -> Course:
    q: Mapping[float, Array] = dict(zip(LEVELS, one.quantiles[0].T, strict=True))
    bands = {"50": (0.25, 0.75), "80": (0.1, 0.9), "95": (0.025, 0.975)}
    return Course(
        one.table,
        one.horizon,
        one.target,
        one.label,
        tuple(one.truth.tolist()),
        tuple(q[0.5].tolist()),
        {name: (tuple(q[a].tolist()), tuple(q[b].tolist())) for name, (a, b) in bands.items()},
    )

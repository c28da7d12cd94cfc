"""Scores by rows a month: a class that is off is seen, however well all of them together look."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from relsim.backtest.target_scores import COUNT, Scored
from relsim.backtest.volume import MONTH, Judged, by_volume
from relsim.result.backtest import Volume
from relsim.scoring.count_scores import (
    MEMBERS,
    below_and_up_to,
    count_log_score,
    crps,
    members_of,
    pit_test,
    quantiles_of,
    randomised_pit,
)

ORIGINS = tuple(date(2018, 1, 1) + timedelta(days=30 * n) for n in range(60))
RATES = {"rare": 0.25, "few": 3.0, "some": 25.0, "busy": 200.0}
TARGETS = 8


def target(name: str, rate: float, factor: float, dispersion: float, seed: int) -> Scored:
    """Negative binomial counts of dispersion 0.1; forecast with a mean so many times theirs, and another dispersion."""
    rng = np.random.default_rng(seed)
    level = rate * rng.gamma(10, 0.1, len(ORIGINS))
    truth = rng.poisson(level).astype(float)
    levels = factor * rate * rng.gamma(1 / dispersion, dispersion, (len(ORIGINS), 4 * MEMBERS))
    sample = rng.poisson(levels).astype(float)
    members = members_of(sample)[None]
    came = truth[None]
    low, high = below_and_up_to(members, came)
    return Scored(
        table=f"t{seed}",
        horizon=30,
        target=name,
        label=name,
        kind=COUNT,
        group=False,
        origins=ORIGINS,
        forecasters=("relsim",),
        truth=truth,
        void=(None,) * len(ORIGINS),
        threshold=np.full(len(ORIGINS), np.nan),
        said=members.mean(axis=-1),
        quantiles=quantiles_of(members),
        members=members,
        score=crps(members, came),
        log=count_log_score(members, came),
        low=low,
        high=high,
        pit=randomised_pit(low, high, rng.random(len(ORIGINS))[None]),
    )


def judged(said: dict[str, tuple[float, float]]) -> list[Judged]:
    """Several targets of each rate; the reference's scores are twice as large, in other tables' best four times."""
    found = []
    for name, rate in RATES.items():
        for i in range(TARGETS):
            one = target(name, rate, *said.get(name, (1.0, 0.1)), i)
            found.append(Judged(one, 2 * one.score[0], 4 * one.score[0]))
    return found


def classes(found: tuple[Volume, ...]) -> dict[tuple[float, float | None], Volume]:
    return {(one.rows_from, one.rows_to): one for one in found}


def test_each_target_is_in_the_class_of_what_was_observed() -> None:
    found = classes(by_volume(judged({})))
    assert list(found) == [(0, 0.5), (0.5, 6), (6, 60), (60, None), (0.5, None), (0, None)]
    assert [one.targets for one in found.values()] == [8, 8, 8, 8, 24, 32]
    assert [one.n for one in found.values()] == [480, 480, 480, 480, 1440, 1920]
    assert pytest.approx(30.4375) == MONTH


def test_right_forecasts_hold_in_every_class() -> None:
    for one in by_volume(judged({})):
        low, high = one.forecast_over_observed.low, one.forecast_over_observed.high
        assert low is not None
        assert high is not None
        assert low < 1 < high
        for part in one.coverage:
            assert abs(part.pit - part.level) < 5 * np.sqrt(part.level * (1 - part.level) / one.n)


def test_skill_is_summed_up_three_ways() -> None:
    for one in by_volume(judged({})):
        assert one.skill_vs_best.mean.value == pytest.approx(0.5)
        assert one.skill_vs_single is not None
        for skill, value in ((one.skill_vs_best, 0.5), (one.skill_vs_single, 0.75)):
            assert skill.median == pytest.approx(value)
            assert skill.geometric_mean == pytest.approx(value)
            assert skill.positive == 1


def test_a_class_of_wrong_means_is_seen() -> None:
    found = classes(by_volume(judged({"busy": (0.7, 0.1)})))
    for bounds, one in found.items():
        ratio = one.forecast_over_observed
        assert ratio.value is not None
        assert ratio.low is not None
        assert ratio.high is not None
        assert one.pit is not None
        if bounds == (60, None):
            assert ratio.value == pytest.approx(0.7, abs=0.05)
            assert ratio.high < 1
            assert one.pit < 0.001
        elif bounds[1] is not None:
            assert ratio.low < 1 < ratio.high


def test_a_class_of_wrong_widths_is_seen_where_another_hides_it() -> None:
    """Busy targets are foretold too surely, frequent ones too wide: of all together as much lies inside as should."""
    found = classes(by_volume(judged({"busy": (1.0, 0.04), "some": (1.0, 0.22)})))
    for whole, narrow, wide in zip(found[0, None].coverage, found[60, None].coverage, found[6, 60].coverage):
        assert abs(whole.pit - whole.level) < 0.04
        assert narrow.pit < narrow.level - 0.04
        assert wide.pit > wide.level + 0.02
    assert all(one.pit is not None and one.pit < 0.01 for one in (found[60, None], found[6, 60]))


def test_the_whole_is_all_origins_together() -> None:
    made = judged({})
    whole = classes(by_volume(made))[0, None]
    low, high = (np.stack([getattr(one.scored, side)[0] for one in made]) for side in ("low", "high"))
    assert whole.pit == pit_test(low, high)
    assert sum(whole.pit_histogram) == pytest.approx(1)

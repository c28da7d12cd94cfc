"""Tuning against what can be worked out beforehand: the least change, its limits, and what is said of them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from oracle.five import mean_agrees
from oracle.scenes import scene
from scipy import optimize, special

from relsim.errors import InputError
from relsim.model import build
from relsim.quantity import Kind, Quantity, moved, parse
from relsim.tune import read_targets, tune
from relsim.tune.slopes import seen_weights, slopes
from relsim.tune.solve import least_change
from relsim.tune.target_model import TargetModel

HEAD = "window: {start: 2019-01-01, end: 2019-01-04}\nvariables: {x: {half_life: 9 days}}\n"
TWO = (
    HEAD
    + """
calendar:
  a: {on: 2019-01-01, probability: 0.3 to 0.7}
  b: {on: 2019-01-02, probability: 0.5 to 0.8}
  sure: {on: 2019-01-03, probability: 0.4}
  idle: {on: 2019-01-03, probability: 0.1 to 0.9}
outcomes: {both: {all: [{happens: a}, {happens: b}]}, a: {happens: a}, sure: {happens: sure}, b: {happens: b}}
"""
)


def tuned(text, *targets, seed=4, paths=25_600, movable=None):
    scenario = scene(text)
    paths_of = [w.path for w in build(scenario).weights] if movable is None else movable
    return tune(
        scenario,
        read_targets(targets, scenario),
        movable=paths_of,
        paths=paths,
        seed=seed,
        progress=lambda _: None,
    ).report


def moves(report):
    return {m.path: m.shift_sd for m in report.moves}


def mean_of(low, high, by):
    """E of a logit-normal probability, given by its 5th and 95th percentile, moved by so many sd: Gauss–Hermite."""
    lows, highs = special.logit(low), special.logit(high)
    sigma = (highs - lows) / (2 * special.ndtri(0.95))
    z, w = np.polynomial.hermite_e.hermegauss(80)
    return float((w * special.expit((lows + highs) / 2 + sigma * (z + by))).sum() / w.sum())


def test_one_number_moves_as_far_as_the_integral_says():
    """P(a) = E expit(μ + σ(z + δ)) = 0.65; δ by bisection; mean over ten seeds."""
    truth = optimize.brentq(lambda by: mean_of(0.3, 0.7, by) - 0.65, -5, 5)
    found = [moves(tuned(TWO, "a=0.65", seed=seed))["calendar/a/probability"] for seed in range(10, 110, 10)]
    mean_agrees(np.array(found), truth)


def test_two_numbers_share_the_change_as_the_least_squares_of_their_doubts_say():
    """min ½|δ|² with P(a) P(b) = 0.5, by sequential quadratic programming on the integrals; mean over ten seeds."""

    def gap(d):
        return special.logit(mean_of(0.3, 0.7, d[0]) * mean_of(0.5, 0.8, d[1])) - special.logit(0.5)

    truth = optimize.minimize(
        lambda d: d @ d / 2, [0.5, 0.5], method="SLSQP", constraints={"type": "eq", "fun": gap}, tol=1e-10
    ).x
    found = []
    for seed in range(10, 110, 10):
        by = moves(tuned(TWO, "both=0.5", seed=seed))
        assert set(by) == {"calendar/a/probability", "calendar/b/probability"}
        found.append([by["calendar/a/probability"], by["calendar/b/probability"]])
    mean_agrees(np.array(found), truth)


def test_a_soft_target_is_a_compromise():
    """One number, target 0.7 ± 0.1: the mode of ½δ² + ½((logit p(δ) − logit 0.7)/σ)², σ = 0.1/0.21."""

    def objective(by):
        miss = special.logit(mean_of(0.3, 0.7, by)) - special.logit(0.7)
        return by**2 / 2 + (miss / (0.1 / 0.21)) ** 2 / 2

    truth = optimize.minimize_scalar(objective, bounds=(0, 3), method="bounded", options={"xatol": 1e-8}).x
    found = [moves(tuned(TWO, "a=0.7±0.1", seed=seed))["calendar/a/probability"] for seed in range(10, 110, 10)]
    mean_agrees(np.array(found), truth)


def test_a_calendar_entry_is_a_target_over_all_paths():
    report = tuned(TWO, "idle=0.3")
    assert report.met
    assert set(moves(report)) == {"calendar/idle/probability"}


def test_a_bound_that_holds_moves_nothing():
    report = tuned(TWO, "a<0.7", "b>0.5")
    assert report.met
    assert not report.moves
    assert report.distance == 0


def test_a_bound_that_is_passed_is_met_from_inside():
    report = tuned(TWO, "a<0.4")
    assert report.met
    assert abs(report.targets["a"].after.value - 0.4) < 5 * report.targets["a"].after.standard_error
    assert moves(report)["calendar/a/probability"] < 0


@pytest.mark.parametrize("seed", range(1, 7))
def test_a_bound_is_met_by_the_estimate_or_not_at_all(seed: int) -> None:
    """What no number moves passes its bound by chance, on one seed and not another; what can be moved is brought in."""
    report = tuned(TWO, "sure<0.4", "a<0.4", "b>0.7", seed=seed, paths=8192)
    for target in report.targets.values():
        value = target.after.value
        assert target.met == (value < 0.4 if "<" in target.target else value > 0.7), target
    assert report.targets["a"].met
    assert report.targets["b"].met
    assert report.targets["a"].after.value > 0.4 - 6 * report.targets["a"].after.standard_error


def test_correlated_doubts_move_together():
    """Of two doubts correlated at 0.6, the one that bears on nothing moves by 0.6 of the other."""
    pair = "correlation_of_weights: [{between: [calendar/a/probability, calendar/idle/probability], value: 0.6}]"
    by = moves(tuned(TWO + pair, "a=0.6"))
    assert set(by) == {"calendar/a/probability", "calendar/idle/probability"}
    assert by["calendar/idle/probability"] == pytest.approx(0.6 * by["calendar/a/probability"], rel=1e-6)
    held = moves(tuned(TWO + pair, "a=0.6", movable=["calendar/a/probability"]))
    assert set(held) == {"calendar/a/probability"}


def test_what_nothing_bears_on_is_said():
    report = tuned(TWO, "sure=0.6")
    assert not report.met
    assert not report.moves
    assert report.targets["sure"].cost_alone_sd is None
    assert report.targets["sure"].reason == "no parameter that may move has a detectable effect on it"


def test_what_never_happens_is_said():
    never = TWO.replace("outcomes: {", "outcomes: {never: {happens: a, by: 2018-12-31}, ").replace(
        "by: 2018-12-31", "at_least: 2"
    )
    report = tuned(never, "never=0.2")
    assert report.targets["never"].reason == "it comes true on no path, whatever the parameters"


def test_a_part_cannot_be_likelier_than_the_whole():
    report = tuned(TWO, "a=0.4", "both=0.6")
    assert report.targets["a"].met
    assert not report.targets["both"].met
    assert "a comes true too" in report.targets["both"].reason
    assert "'a=0.4' was stated first and is kept" in report.targets["both"].reason


def test_what_excludes_itself_cannot_sum_to_more_than_one():
    text = TWO.replace("outcomes: {", "outcomes: {not_a: {none: [{happens: a}]}, ")
    report = tuned(text, "a=0.6", "not_a=0.7")
    assert "cannot sum to more than 1" in report.targets["not_a"].reason


def test_targets_that_pull_one_weight_both_ways_are_said_to():
    """No rate has one strike on fewer than half of the paths and two on more than 45 %."""
    text = """
window: {start: 2019-01-01, end: 2019-12-31}
variables: {x: {half_life: 9 days}}
events: {strike: {rate: 0.5 to 2 per year}}
outcomes: {struck: {happens: strike}, twice: {happens: strike, at_least: 2}}
"""
    report = tuned(text, "struck<0.5", "twice>0.45")
    assert report.targets["struck"].reason == "not together with twice>0.45: what brings the one takes the other away"
    assert report.targets["twice"].reason == "not together with struck<0.5: what brings the one takes the other away"
    assert tuned(text, "struck<0.5").met
    assert tuned(text, "twice>0.45").met


def test_what_is_too_far_is_said():
    report = tuned(TWO.replace("0.3 to 0.7", "0.45 to 0.55"), "a=0.9")
    assert not report.met
    assert not report.moves
    assert report.targets["a"].reason.startswith("out of reach: the parameters that affect it would have to move about")


def test_what_would_make_the_model_invalid_is_said():
    """Twelve in the window come seldom, unless one brings on more than one; such a loop has no end."""
    text = """
window: {start: 2019-01-01, end: 2019-01-31}
variables: {x: {half_life: 9 days}}
events:
  a: {rate: 5 per month, excited_by: {a: {events: 0.2 to 0.7, half_life: 3 days}}}
outcomes: {many: {happens: a, at_least: 12}}
"""
    report = tuned(text, "many=0.4", paths=8192)
    assert not report.met
    why = report.targets["many"].reason
    assert why.startswith("before it is met the shifted parameters make an unstable model (")
    assert "branching ratio" in why


def test_the_cut_model_has_the_same_paths():
    """Fewer days and no other questions change no path of what is asked."""
    from relsim.engine import simulate
    from relsim.result.paths import NEVER

    text = (
        TWO.replace("2019-01-04", "2019-03-31")
        .replace(
            "variables: {x: {half_life: 9 days}}",
            "variables: {x: {half_life: 9 days, spread: 0.5 to 1}}\n"
            "events: {e: {rate: 1 to 3 per month, effects: {x: -1 ± 0.3}}}",
        )
        .replace(
            "on: 2019-01-02, probability: 0.5 to 0.8",
            "between: [2019-01-02, 2019-01-09], probability: 0.5 to 0.8, odds_if: {e: {odds_ratio: 3}}",
        )
    )
    scenario = scene(text)
    targets = read_targets(["both=0.5", "idle=0.5"], scenario)
    asked = TargetModel.of(scenario, targets)
    assert asked.model.scenario.days == 9
    sample = asked.sample({}, blocks=20, seed=6)
    whole = simulate(build(scenario), paths=2_560, seed=6)
    assert np.array_equal(sample.hits[:, :, 0].ravel(), whole.days[:, 0] != NEVER)


def test_slopes_of_a_linear_response():
    """y = 0.4 + 0.1 z₀ − 0.05 z₃ + noise: those two are seen among 100, within five standard errors."""
    rng = np.random.default_rng(2)
    z = rng.standard_normal((800, 100))
    y = 0.4 + 0.1 * z[:, 0] - 0.05 * z[:, 3] + 0.05 * rng.standard_normal(800)
    seen = seen_weights(y, z)
    assert {0, 3} <= set(seen)
    assert len(seen) <= 3
    found = slopes(y, z, seen)
    error = 5 * 0.05 / math.sqrt(800)
    assert abs(found.slope[0] - 0.1) < error
    assert abs(found.slope[3] + 0.05) < error
    assert abs(found.probability - 0.4) < error


def test_noise_alone_is_seldom_seen():
    """On 400 targets on which nothing bears a slope is seen with probability 0.05 at most; five standard errors."""
    rng = np.random.default_rng(3)
    z = rng.standard_normal((200, 60))
    false = sum(bool(seen_weights(rng.standard_normal(200), z)) for _ in range(400))
    assert false <= 400 * 0.05 + 5 * math.sqrt(400 * 0.05 * 0.95)


@pytest.mark.parametrize("seed", range(5))
def test_the_least_change_is_the_minimum(seed):
    """Against a general optimiser, bounds included."""
    rng = np.random.default_rng(seed)
    jacobian = rng.normal(0, 0.4, (3, 6))
    mixing = np.tril(rng.normal(0, 0.3, (6, 6)), -1) + np.eye(6)
    correlation = mixing @ mixing.T
    correlation /= np.sqrt(np.outer(np.diag(correlation), np.diag(correlation)))
    level, aim, sigma = rng.normal(0, 1, 3), rng.normal(0, 1, 3), np.array([0.05, 0.3, 0.1])
    relations = ("=", "<", ">")

    def objective(d):
        miss = level + jacobian @ d - aim
        miss[1], miss[2] = max(miss[1], 0), min(miss[2], 0)
        return d @ np.linalg.solve(correlation, d) / 2 + ((miss / sigma) ** 2).sum() / 2

    found = least_change(jacobian, correlation, np.zeros(6), level, aim, sigma, relations)
    best = optimize.minimize(objective, found + 0.1, tol=1e-12)
    assert objective(found) <= best.fun * (1 + 1e-6)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("-0.5 ± 0.2", Kind.REAL),
        ("3 to 6 per month", Kind.RATE),
        ("0.3 to 0.6", Kind.PROBABILITY),
        ("0.4 ± 0.1", Kind.PROBABILITY),
        ({"choice": [{"value": 1, "weight": 2}, {"value": 3, "weight": 1}, {"value": 5, "weight": 1}]}, Kind.REAL),
    ],
)
@pytest.mark.parametrize("by", [-1.3, 0.4])
def test_a_moved_number_is_the_number_of_a_moved_normal(text: object, kind: Kind, by: float) -> None:
    """Mean and standard deviation of F⁻¹(Φ(z + by)) over a fine grid of z."""
    q = parse(text, kind)
    u = (np.arange(200_000) + 0.5) / 200_000
    wanted = q.ppf(special.ndtr(special.ndtri(u) + by))
    found = moved(q, by).ppf(u)
    assert found.mean() == pytest.approx(wanted.mean(), rel=1e-3)
    assert found.std() == pytest.approx(wanted.std(), rel=2e-3)


@pytest.mark.parametrize("family", [("uniform", (1.0, 3.0)), ("triangular", (0.0, 1.0, 5.0))])
def test_a_bounded_number_moves_as_a_whole(family: tuple[str, tuple[float, ...]]) -> None:
    q = Quantity(*family, Kind.REAL, "")
    u = (np.arange(200_000) + 0.5) / 200_000
    assert (moved(q, 0.7).ppf(u) - q.ppf(u)).std() < 1e-9
    assert moved(q, 0.7).mean() - q.mean() == pytest.approx(0.7 * q.ppf(u).std(), rel=1e-4)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("aa=0.5", "--target: 'aa' is no outcome and no calendar entry; did you mean 'a'?"),
        ("a=60", "--target: 'a=60': a probability strictly between 0 and 1 was expected, 0.6 and not 60"),
        ("a", "--target: cannot read 'a'; NAME=PROBABILITY was expected, such as osaka=0.6±0.05 or 'reset<0.05'"),
        ("a=0.5±0", "--target: 'a=0.5±0': a doubt above 0 and below 0.5 was expected behind the ±"),
        ("a<0.5±0.1", "--target: 'a<0.5±0.1': a bound has no ±; it is meant as it stands"),
    ],
)
def test_targets_that_cannot_be_read(text: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        read_targets([text], scene(TWO))
    assert str(error.value).startswith(said)


def test_a_target_is_stated_once() -> None:
    with pytest.raises(InputError, match="'a' is stated twice"):
        read_targets(["a=0.5", "a<0.6"], scene(TWO))

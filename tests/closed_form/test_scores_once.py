"""Scores count a question once: against a plain recomputation from the ledger's CSV, and against closed forms."""

from __future__ import annotations

import csv
import math
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from relsim.ledger import read, standing
from relsim.result.scores import Total
from relsim.score.totals import by_question, forecast_score, total_of
from relsim.scoring.question_scores import calibration, mean_score

COLUMNS = ("run", "scenario", "outcome", "title", "known_to", "due", "added", "late", "probability", "paths")
COLUMNS += ("base_rate", "resolved", "on")
WEEK = timedelta(days=7)


def written(file: Path, scenarios: int, seed: int) -> None:
    """A record of weekly forecasts, some twice a week, two questions a scenario, some late, some void, some open."""
    rng = np.random.default_rng(seed)
    rows = []
    for s in range(scenarios):
        for outcome in ("met", "deal"):
            due = date(2021, 3, 31) + timedelta(days=int(rng.integers(0, 90)))
            true = rng.random() < 0.4
            answer = ("yes" if true else "no") if rng.random() < 0.85 else rng.choice(["void", ""])
            on = due - timedelta(days=int(rng.integers(0, 40))) if answer == "yes" and rng.random() < 0.7 else None
            for week in range(int(rng.integers(1, 9))):
                for twin in range(1 + (rng.random() < 0.3)):
                    known = date(2021, 2, 1) + week * WEEK
                    late = rng.random() < 0.1
                    added = due + timedelta(days=5) if late else known + timedelta(days=1)
                    base = f"{rng.uniform(0.2, 0.6):.3f}" if outcome == "met" else ""
                    row = [f"r{s}-{week}-{twin}", f"S{s}", outcome, "", known, due, added, ""]
                    rows.append([*row, f"{rng.beta(2, 3):.4f}", 500, base, answer, on or ""])
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([COLUMNS, *rows])


def recomputed(file: Path, late: bool) -> dict[tuple[str, str, str], dict[str, float]]:
    """Scores of each question from the rows of the file, day by day."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    out: dict[tuple[str, str, str], dict[str, float]] = {}
    for key in dict.fromkeys((r["scenario"], r["outcome"], r["due"]) for r in rows):
        mine = [r for r in rows if (r["scenario"], r["outcome"], r["due"]) == key]
        mine = [r for r in mine if r["resolved"] in ("yes", "no") and (late or r["added"] <= r["due"])]
        if not mine:
            continue
        y = float(mine[0]["resolved"] == "yes")
        end = min(date.fromisoformat(mine[0]["on"] or key[2]), date.fromisoformat(key[2]))
        day, daily = min(date.fromisoformat(r["known_to"]) for r in mine) + timedelta(days=1), []
        while day <= end:
            standing_now = [r for r in mine if date.fromisoformat(r["known_to"]) < day]
            p = [float(r["probability"]) for r in standing_now]
            log = [-math.log((500 * q + 0.5) / 501 if y else 1 - (500 * q + 0.5) / 501) for q in p]
            daily.append((sum((q - y) ** 2 for q in p) / len(p), sum(log) / len(p), sum(p) / len(p)))
            day += timedelta(days=1)
        if daily:
            brier, log_score, said = (sum(x[i] for x in daily) / len(daily) for i in range(3))
            out[key] = {"brier": brier, "log": log_score, "probability": said, "days": len(daily)}
    return out


@pytest.mark.parametrize("late", [False, True])
def test_scores_are_those_of_a_plain_recomputation(tmp_path: Path, late: bool) -> None:
    file = tmp_path / "ledger.csv"
    written(file, 9, seed=11)
    state = standing(read(file), date(2022, 1, 1), late)
    by_hand = recomputed(file, late)
    assert {(q.scenario, q.name, q.due.isoformat()) for q in state.questions} == set(by_hand)
    for question in state.questions:
        mine = by_hand[question.scenario, question.name, question.due.isoformat()]
        for name, value in mine.items():
            assert getattr(question, name) == pytest.approx(value, rel=1e-9), (question, name)
    assert state.total is not None
    assert state.total.n == len(by_hand)
    assert state.total.brier.mean == pytest.approx(np.mean([one["brier"] for one in by_hand.values()]))
    assert state.total.resampled == "questions"
    assert (state.late == 0) == late


def total(rows: list[tuple[str, str, float, bool]]) -> Total:
    """The whole of forecasts (scenario, outcome, probability, came true) that were all made on one day."""
    day = date(2021, 1, 1)
    made = [
        forecast_score(str(i), (scenario, name, day + WEEK), name, day, p, 1000, None, true, None)
        for i, (scenario, name, p, true) in enumerate(rows)
    ]
    return total_of(*by_question(made))


def test_an_answer_given_often_is_one_answer() -> None:
    """Every figure of eight equal askings is that of one; counted as eight, z would be √8 times as large."""
    rng = np.random.default_rng(12)
    once = [("S", f"q{i}", float(rng.uniform(0.1, 0.9)), bool(rng.random() < 0.5)) for i in range(12)]
    single, eight = total(once), total(once * 8)
    assert eight.runs == 8 * single.runs
    for name in ("n", "true", "episodes", "resampled", "expected_brier", "z"):
        assert getattr(eight, name) == pytest.approx(getattr(single, name)), name
    for name in ("brier", "log"):
        a, b = getattr(single, name), getattr(eight, name)
        assert (a.mean, a.low, a.high) == pytest.approx((b.mean, b.low, b.high))
    assert (single.coin.low, single.coin.high) == pytest.approx((eight.coin.low, eight.coin.high))


def test_z_is_standard_normal_whatever_was_asked_again() -> None:
    """1,500 sets of 30 right questions of which each is asked one to nine times alike: mean 0, variance 1 (five
    standard errors); a z of all forecasts as if independent would have a variance of E m²/E m = 6.3.
    """
    rng = np.random.default_rng(13)
    z = []
    for _ in range(1500):
        p = rng.uniform(0.05, 0.95, 30)
        y = rng.random(30) < p
        times = rng.integers(1, 10, 30)
        question = np.repeat(np.arange(30), times)
        found = calibration(
            p[question].tolist(),
            y[question].tolist(),
            share=(1 / times)[question].tolist(),
            question=question.tolist(),
        )
        assert found.z is not None
        assert found.expected == pytest.approx((p * (1 - p)).mean())
        z.append(found.z)
    assert abs(np.mean(z)) < 5 / math.sqrt(1500)
    assert abs(np.var(z) - 1) < 5 * math.sqrt(2 / 1500)


def test_z_of_forecasts_that_learn_is_not_too_sure() -> None:
    """A question is learned over eight weeks: p follows a fair random walk of information, so that every forecast
    is right when it is made. The variance of z is at most 1 (five standard errors), though weeks hang together.
    """
    rng = np.random.default_rng(14)
    z = []
    from scipy.special import ndtr

    weeks, sets, n = 8, 1500, 30
    for _ in range(sets):
        steps = rng.standard_normal((n, weeks + 4))
        walk = np.cumsum(steps, axis=1)
        left = np.arange(weeks + 3, 3, -1)
        p = ndtr(walk[:, :weeks] / np.sqrt(left))
        y = walk[:, -1] > 0
        found = calibration(
            p.ravel().tolist(),
            np.repeat(y, weeks).tolist(),
            share=[1 / weeks] * (n * weeks),
            question=np.repeat(np.arange(n), weeks).tolist(),
        )
        assert found.z is not None
        z.append(found.z)
    assert abs(np.mean(z)) < 5 / math.sqrt(sets)
    assert np.var(z) - 1 < 5 * math.sqrt(2 / sets)


def test_the_standard_error_is_that_of_questions() -> None:
    """Of N right questions with p = 0.3, each asked k times, the Brier score has the variance (1 − 2p)² p (1 − p)/N,
    whatever k. The half-width of the interval over 150 sets has this closed form, up to 1.96 and the bootstrap's
    (N − 1)/N, within five standard errors; and 95 % of intervals hold the truth.
    """
    rng = np.random.default_rng(15)
    n, p, sets = 60, 0.3, 150
    error = math.sqrt((1 - 2 * p) ** 2 * p * (1 - p) / n)
    widths, held = [], 0
    for _ in range(sets):
        y = rng.random(n) < p
        rows = [("S", f"q{i}", p, bool(y[i])) for i in range(n) for _ in range(1 + i % 4)]
        brier = total(rows).brier
        assert brier.low is not None
        assert brier.high is not None
        widths.append((brier.high - brier.low) / 2)
        held += brier.low <= p * (1 - p) <= brier.high
    assert abs(held / sets - 0.94) < 5 * math.sqrt(0.94 * 0.06 / sets)
    scatter = np.std(widths) / math.sqrt(sets)
    assert abs(np.mean(widths) / (1.96 * math.sqrt((n - 1) / n)) - error) < 5 * scatter + 0.02 * error


def test_intervals_over_few_questions_hold_what_they_say() -> None:
    """Of 12 questions with normal scores 95 % of intervals hold the mean, within five standard errors over 1,000 sets;
    the plain percentiles of a bootstrap held it in 905 of these sets.
    """
    rng, sets, n = np.random.default_rng(17), 1000, 12
    held = 0
    for seed in range(sets):
        found = mean_score(rng.normal(0.2, 0.1, n).tolist(), list(range(n)), seed)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0.2 <= found.high
    assert abs(held / sets - 0.95) < 5 * math.sqrt(0.95 * 0.05 / sets)


def test_ten_scenarios_are_resampled_whole() -> None:
    """Ten scenarios whose five questions share one answer have the interval of ten numbers, nine that of 45."""
    rows = [(f"S{s}", f"q{i}", 0.2, s % 2 == 0) for s in range(10) for i in range(5)]
    ten, nine = total(rows), total(rows[:-5])
    assert (ten.resampled, ten.episodes, ten.n) == ("episodes", 10, 50)
    assert (nine.resampled, nine.episodes, nine.n) == ("questions", 9, 45)
    single = total([(f"S{s}", "q", 0.2, s % 2 == 0) for s in range(10)])
    assert (ten.brier.low, ten.brier.high) == pytest.approx((single.brier.low, single.brier.high))
    # An episode's excess is 5 × 0.48 or −5 × 0.12; variance 50 × 0.6² × 0.16 + (25 − 5)(5 × 0.48² + 5 × 0.12²) = 27.36.
    assert ten.z == pytest.approx(9 / math.sqrt(27.36))
    assert nine.brier.high is not None
    assert ten.brier.high is not None
    assert nine.brier.high < ten.brier.high


def test_z_allows_for_what_an_episode_has_in_common() -> None:
    """200 episodes of three right questions with one shared answer: variance 1 (five standard errors, over 1,000
    sets); without episodes it would be 3.
    """
    rng = np.random.default_rng(16)
    sets, episodes = 1000, 200
    z, naive = [], []
    for _ in range(sets):
        p = np.repeat(rng.uniform(0.05, 0.95, episodes), 3)
        y = np.repeat(rng.random(episodes), 3) < p
        label = np.repeat(np.arange(episodes), 3).tolist()
        z.append(calibration(p.tolist(), y.tolist(), episode=label).z)
        naive.append(calibration(p.tolist(), y.tolist()).z)
    assert abs(np.var(z) - 1) < 5 * math.sqrt(2 / sets)
    assert np.var(naive) > 3 * (1 - 5 * math.sqrt(2 / sets))

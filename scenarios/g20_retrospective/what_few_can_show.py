"""What a handful of questions can show: ``python what_few_can_show.py [SCORES.json]``.

Skill is 1 − Brier score / Brier score of the base rates. A perfect forecaster knows the probability of every question;
the questions' answers are still chance, and so is the skill that comes out. SCORES.json is what ``relsim score RUN…
--json`` prints; without it only the general table is printed.
"""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from relsim.scoring.question_scores import skill_score

Array = NDArray[np.float64]

MEAN = 0.45
"""Share of formal meetings in the general table: about what the G20 summits had."""
SPREADS = (0.1, 0.2, 0.3)
"""Standard deviation of the true probabilities from summit to summit: how much there is to know."""
NUMBERS = (9, 12, 25, 50, 100)
SETS = 20_000
SETS_WITH_INTERVAL = 500


def skills(probability: Array, reference: Array, came_true: Array) -> Array:
    """(…) skill of the forecasts over the reference.

    Parameters
    ----------
    probability, reference, came_true : (…, n), the last 1 or 0
    """
    own = ((probability - came_true) ** 2).sum(axis=-1)
    return np.asarray(1 - own / ((reference - came_true) ** 2).sum(axis=-1))


def all_answers(probability: Array, reference: Array) -> tuple[Array, Array]:
    """Skill under each of the 2ⁿ ways in which the answers could have come, and the chance of each if right.

    Parameters
    ----------
    probability, reference : (n,), n at most 20
    """
    came = np.array(list(itertools.product((0.0, 1.0), repeat=len(probability))))
    chance = np.where(came == 1, probability, 1 - probability).prod(axis=1)
    return skills(probability, reference, came), chance


def running_base_rate(came_true: Array) -> Array:
    """(…, n) (k + ½)/(j + 1), k being how many of the j questions before came true; ½ for the first."""
    before = np.cumsum(came_true, axis=-1) - came_true
    return np.asarray((before + 0.5) / (np.arange(came_true.shape[-1]) + 1))


def answered(n: int, mean: float, spread: float, sets: int = SETS, seed: int = 1) -> tuple[Array, Array]:
    """(sets, n) probabilities of questions and their answers.

    The probabilities are drawn from the beta distribution with this mean and standard deviation.
    """
    rng = np.random.default_rng(seed)
    size = mean * (1 - mean) / spread**2 - 1
    probability = rng.beta(mean * size, (1 - mean) * size, (sets, n))
    return probability, (rng.random((sets, n)) < probability).astype(float)


def clear(probability: Array, reference: Array, came_true: Array) -> float:
    """Share of sets of which the interval of `relsim score` lies above 0."""
    lows = []
    for p, q, y in zip(probability, reference, came_true):
        found = skill_score(((p - y) ** 2).tolist(), ((q - y) ** 2).tolist(), range(len(p)))
        lows.append(found.low is not None and found.low > 0)
    return float(np.mean(lows))


def coverage(n: int, spread: float) -> float:
    """Share of intervals of ``relsim score`` that hold the true skill, v/(m (1 − m)), of a perfect forecaster over the
    base rate m, which is known here, v being the variance of the probabilities.
    """
    probability, came = answered(n, MEAN, spread, SETS_WITH_INTERVAL)
    truth = spread**2 / (MEAN * (1 - MEAN))
    hits = []
    for p, y in zip(probability, came):
        found = skill_score(((p - y) ** 2).tolist(), ((MEAN - y) ** 2).tolist(), range(n))
        hits.append(found.low is not None and found.high is not None and found.low <= truth <= found.high)
    return float(np.mean(hits))


def _print_general() -> None:
    print("A perfect forecaster against the running base rate, by how much the probabilities differ (sd)")
    print("      sd    n   skill below 0   skill, 5 to 95 %   interval above 0")
    for spread in SPREADS:
        for n in NUMBERS:
            probability, came = answered(n, MEAN, spread)
            base = running_base_rate(came)
            found = skills(probability, base, came)
            low, high = 100 * np.quantile(found, [0.05, 0.95])
            sure = clear(*(x[:SETS_WITH_INTERVAL] for x in (probability, base, came)))
            below = f"{100 * (found < 0).mean():.0f} %"
            print(f"{spread:8.1f} {n:4} {below:>15} {low:+8.0f} to {high:+3.0f} % {100 * sure:15.0f} %")
    held = ", ".join(f"{100 * coverage(n, SPREADS[1]):.0f} % with n={n}" for n in (9, 12, 50))
    print(f"The 95 % interval of the skill holds the true one: {held} (sd {SPREADS[1]})")


def _print_these(file: str) -> None:
    scores = json.loads(Path(file).read_text(encoding="utf-8"))
    questions = [q for q in scores["questions"] if q["base_rate"] is not None]
    p = np.array([q["probability"] for q in questions])
    q = np.array([q["base_rate"] for q in questions])
    came = np.array([float(q["came_true"]) for q in questions])
    found, actual = float(skills(p, q, came)), ((p - came) ** 2).mean()
    skill, right = all_answers(p, q)
    brier = np.array([((p - y) ** 2).mean() for y in itertools.product((0.0, 1.0), repeat=len(p))])
    high, low = brier >= actual - 1e-12, skill <= found + 1e-12
    print(f"{len(p)} questions, Brier {actual:.3f}, skill over the base rates {100 * found:+.0f} %.")
    print("Of all ways to come out, if the forecasts were right:")
    print(f"  skill below 0: {100 * right[skill < 0].sum():.0f} %, this low or lower: {100 * right[low].sum():.0f} %;")
    print(f"  Brier score this high or higher: {100 * right[high].sum():.1f} %.")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        _print_these(name)
        print()
    _print_general()

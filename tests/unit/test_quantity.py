"""Numbers with units and doubt, against closed forms."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from relsim.quantity import Kind, Quantity, QuantityError, exactly, parse

Z95 = NormalDist().inv_cdf(0.95)


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (0.6, Kind.PROBABILITY, 0.6),
        (0, Kind.RATE, 0.0),
        ("3 per day", Kind.RATE, 3.0),
        ("3 per week", Kind.RATE, 3 / 7),
        ("3 per month", Kind.RATE, 36 / 365.25),
        ("3 per year", Kind.RATE, 3 / 365.25),
        ("10 days", Kind.DURATION, 10.0),
        ("1 day", Kind.DURATION, 1.0),
        ("3 weeks", Kind.DURATION, 21.0),
        ("2 months", Kind.DURATION, 365.25 / 6),
        ("1 year", Kind.DURATION, 365.25),
        (".5 years", Kind.DURATION, 182.625),
        ("1e1 days", Kind.DURATION, 10.0),
        (-2, Kind.REAL, -2.0),
        ({"value": "3 per week", "source": "s", "note": "n"}, Kind.RATE, 3 / 7),
        ({"value": 3, "unit": "per week"}, Kind.RATE, 3 / 7),
    ],
)
def test_certain_numbers(value: object, kind: Kind, expected: float) -> None:
    q = parse(value, kind)
    assert q.certain
    assert q.central() == pytest.approx(expected, rel=1e-14)
    assert q.mean() == q.central()
    assert (q.ppf([0.1, 0.9]) == q.central()).all()


@pytest.mark.parametrize(
    ("value", "kind", "low", "high"),
    [
        ("-1 to 2", Kind.REAL, -1, 2),
        ("3 to 6 per week", Kind.RATE, 3 / 7, 6 / 7),
        ("2 to 3 weeks", Kind.DURATION, 14, 21),
        ("5 days to 3 weeks", Kind.DURATION, 5, 21),
        ("0.5 to 0.9", Kind.PROBABILITY, 0.5, 0.9),
        ("0.8 to 1.3", Kind.POSITIVE, 0.8, 1.3),
        ("0.2 to 0.5", Kind.NONNEGATIVE, 0.2, 0.5),
    ],
)
def test_a_range_is_the_5th_and_95th_percentile(value: str, kind: Kind, low: float, high: float) -> None:
    q = parse(value, kind)
    np.testing.assert_allclose(q.ppf([0.05, 0.95]), [low, high], rtol=1e-9)
    assert q.family == {Kind.REAL: "normal", Kind.PROBABILITY: "logit_normal"}.get(kind, "lognormal")
    assert q.sf(np.array([low])) == pytest.approx(0.95)


@pytest.mark.parametrize("sign", ["±", "+/-"])
@pytest.mark.parametrize(
    ("kind", "family"),
    [(Kind.REAL, "normal"), (Kind.POSITIVE, "lognormal"), (Kind.PROBABILITY, "beta")],
)
def test_mean_and_standard_deviation(sign: str, kind: Kind, family: str) -> None:
    q = parse(f"0.4 {sign} 0.1", kind)
    assert q.family == family
    x = q.ppf((np.arange(100_000) + 0.5) / 100_000)
    assert x.mean() == pytest.approx(0.4, abs=1e-4)
    assert x.std() == pytest.approx(0.1, abs=1e-4)
    assert q.mean() == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("value", "kind", "median"),
    [
        ({"normal": {"mean": 3, "sd": 0.1}, "unit": "per week"}, Kind.RATE, 3 / 7),
        ({"lognormal": {"median": 3, "sigma": 0.4}, "unit": "weeks"}, Kind.DURATION, 21),
        ({"beta": {"alpha": 2, "beta": 2}}, Kind.PROBABILITY, 0.5),
        ({"uniform": {"low": -1, "high": 3}}, Kind.REAL, 1.0),
        ({"triangular": {"low": 0, "mode": 1, "high": 2}}, Kind.REAL, 1.0),
        ({"choice": [{"value": 5, "weight": 1}, {"value": 1, "weight": 3}]}, Kind.REAL, 1.0),
        (
            {"choice": [{"value": "1 week", "weight": 3}, {"value": "1 year", "weight": 1}]},
            Kind.DURATION,
            7.0,
        ),
    ],
)
def test_families_in_full(value: object, kind: Kind, median: float) -> None:
    q = parse(value, kind)
    assert not q.certain
    assert q.central() == pytest.approx(median, rel=1e-6)


def test_choice_takes_each_value_by_its_weight() -> None:
    q = parse({"choice": [{"value": 5, "weight": 1}, {"value": 1, "weight": 3}]}, Kind.REAL)
    assert q.ppf([0.1, 0.74, 0.76, 0.99]).tolist() == [1, 1, 5, 5]
    assert q.ppf([0.1, 0.99], low=2).tolist() == [5, 5]
    assert q.mean() == pytest.approx(2)
    assert q.mass(2, 6) == pytest.approx(0.25)
    assert q.sf(np.array([0.0, 1.0, 5.0])).tolist() == pytest.approx([1, 0.25, 0])


def test_truncation_is_not_clipping() -> None:
    q = parse("1 ± 1", Kind.REAL)
    u = (np.arange(200_000) + 0.5) / 200_000
    x = q.ppf(u, low=0)
    assert x.min() > 0
    standard = NormalDist()
    # Mean of a normal truncated from below at a = -1 standard deviations.
    assert x.mean() == pytest.approx(1 + standard.pdf(-1) / standard.cdf(1), abs=1e-4)
    assert (x == 0).sum() == 0
    assert q.mass(0, math.inf) == pytest.approx(standard.cdf(1))
    assert q.central(0, math.inf) == pytest.approx(float(np.median(x)), abs=1e-4)


def test_truncation_bounds_may_differ_by_draw() -> None:
    q = parse("0 ± 1", Kind.REAL)
    low, high = np.array([-1.0, 0.0, 1.0]), np.array([0.0, 1.0, 2.0])
    x = q.ppf([0.5, 0.5, 0.5], low, high)
    assert ((x > low) & (x < high)).all()
    np.testing.assert_allclose(x, [q.central(a, b) for a, b in zip(low, high, strict=True)])


def test_a_family_beyond_its_domain_is_truncated_to_it() -> None:
    q = parse({"normal": {"mean": 0.5, "sd": 0.5}}, Kind.NONNEGATIVE)
    assert q.ppf(1e-9) >= 0
    assert q.sf(np.array([0.0])) == pytest.approx(1.0)
    assert q.mean() > 0.5


def test_uniform_draws_follow_the_family() -> None:
    u = np.random.default_rng(1).random(200_000)
    x = parse("3 to 6 per month", Kind.RATE).ppf(u)
    sigma = math.log(2) / (2 * Z95)
    mean = math.sqrt(18) * 12 / 365.25 * math.exp(sigma**2 / 2)
    sd = mean * math.sqrt(math.expm1(sigma**2))
    assert abs(x.mean() - mean) < 5 * sd / math.sqrt(u.size)


def test_in_all_is_marked() -> None:
    assert parse({"in_all": "1 per year"}, Kind.RATE, in_all=True).in_all
    assert parse({"in_all": {"value": 0.2, "source": "s"}}, Kind.NONNEGATIVE, in_all=True).source == "s"
    assert not parse("1 per year", Kind.RATE, in_all=True).in_all


def test_text_source_and_note_are_kept() -> None:
    q = parse({"value": "3 to 6 per month", "source": "counts", "note": "rough"}, Kind.RATE)
    assert (q.text, q.unit, q.source, q.note) == ("3 to 6 per month", "per month", "counts", "rough")


def test_exactly() -> None:
    assert exactly(2, Kind.REAL) == Quantity("certain", (2.0,), Kind.REAL, "2")


@pytest.mark.parametrize(
    ("value", "kind", "at"),
    [
        (3, Kind.RATE, ()),
        (0, Kind.DURATION, ()),
        ("0 days", Kind.DURATION, ()),
        ("3 days", Kind.RATE, ()),
        ("3 per day", Kind.DURATION, ()),
        ("3 per fortnight", Kind.RATE, ()),
        ("-1 per day", Kind.RATE, ()),
        ("6 to 3 per day", Kind.RATE, ()),
        ("0 to 3 per day", Kind.RATE, ()),
        ("3 per day to 4", Kind.RATE, ()),
        (1.01, Kind.PROBABILITY, ()),
        ("0.5 to 1", Kind.PROBABILITY, ()),
        ("0.5 ± 0.5", Kind.PROBABILITY, ()),
        ("1 ± 0", Kind.REAL, ()),
        ("1 to 1", Kind.REAL, ()),
        ("0.5", Kind.REAL, ()),
        ("1.5 points", Kind.REAL, ()),
        ("60 %", Kind.PROBABILITY, ()),
        ("", Kind.REAL, ()),
        ("nan", Kind.REAL, ()),
        (math.inf, Kind.REAL, ()),
        (True, Kind.REAL, ()),
        (None, Kind.REAL, ()),
        ([1], Kind.REAL, ()),
        (0, Kind.POSITIVE, ()),
        (-1, Kind.NONNEGATIVE, ()),
        ({}, Kind.REAL, ()),
        ({"value": "x"}, Kind.REAL, ("value",)),
        ({"value": 1, "sorce": "s"}, Kind.REAL, ("sorce",)),
        ({"value": 1, "source": 3}, Kind.REAL, ("source",)),
        ({"value": 1, "normal": {"mean": 1, "sd": 1}}, Kind.REAL, ()),
        ({"normal": {"mean": 1, "sd": 0}}, Kind.REAL, ("normal", "sd")),
        ({"normal": {"mean": 1}}, Kind.REAL, ("normal",)),
        ({"normal": {"mean": "1", "sd": 1}}, Kind.REAL, ("normal", "mean")),
        ({"normal": {"mean": 1, "sd": 1}}, Kind.RATE, ()),
        ({"normal": {"mean": 1, "sd": 1}, "unit": "per dog"}, Kind.RATE, ("unit",)),
        ({"normal": {"mean": 1, "sd": 1}, "unit": "days"}, Kind.REAL, ("unit",)),
        ({"normal": {"mean": -1, "sd": 1}, "unit": "days"}, Kind.DURATION, ("normal",)),
        ({"uniform": {"low": 2, "high": 1}}, Kind.REAL, ("uniform", "high")),
        ({"choice": []}, Kind.REAL, ("choice",)),
        ({"choice": [{"value": "1 to 2", "weight": 1}]}, Kind.REAL, ("choice", 0, "value")),
        ({"choice": [{"value": 1, "weight": 0}]}, Kind.REAL, ("choice", 0, "weight")),
        ({"in_all": 1}, Kind.REAL, ("in_all",)),
        ({"value": {"value": 1}}, Kind.REAL, ("value", "value")),
    ],
)
def test_faults_name_the_innermost_value(value: object, kind: Kind, at: tuple[str | int, ...]) -> None:
    with pytest.raises(QuantityError) as error:
        parse(value, kind)
    assert error.value.at == at
    assert error.value.message


def test_reading_a_number_needs_no_numpy() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from relsim.quantity import *; q = parse('3 to 6 per month', Kind.RATE); q.central(); q.mass();"
        "print([m for m in ('numpy', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

"""What ``relsim compare`` prints of a difference: signs, digits, and what is within noise."""

from __future__ import annotations

from dataclasses import replace

import pytest
from comparison_case import difference_of, make_comparison

from relsim.result.comparison import NOISE, Difference, IndexContrast, QuantityContrast
from relsim.result.differences import value_text
from relsim.show.comparison_tables import comparison_blocks
from relsim.show.console import console_text

UNSURE = Difference(-0.4, None, None, None, NOISE, None)
NONE_SEEN = Difference(0.0, 0.0, None, None, NOISE, None)
NOT_SAID = Difference(None, None, None, None, NOISE, None)


def printed(**changes: object) -> str:
    """The tables of one scenario against the baseline, parts of the contrast replaced."""
    comparison, scenarios = make_comparison(("meeting",))
    contrast = replace(comparison.contrasts["meeting"], **changes)
    return console_text(comparison_blocks(replace(comparison, contrasts={"meeting": contrast}), scenarios), 100)


@pytest.mark.parametrize(
    ("difference", "text"),
    [
        (difference_of(-0.4, 0.55), "−0.4"),
        (difference_of(-0.04, 0.55), "0.0"),
        (difference_of(4.4, 0.55), "+4"),
        (UNSURE, "−0.40"),
        (difference_of(0.7188743, 1e-9), "+0.7189"),
        (NOT_SAID, "-"),
    ],
)
def test_a_difference_reads_zero_only_where_its_bounds_would(difference: Difference, text: str) -> None:
    assert value_text(difference) == text


@pytest.mark.parametrize(
    ("difference", "text", "legend"), [(UNSURE, "−0.40 (?)", True), (NONE_SEEN, "~ none seen", False)]
)
def test_a_quantity_without_an_interval_says_why(difference: Difference, text: str, legend: bool) -> None:
    out = printed(quantities={"n": QuantityContrast("Number", 3.4, 3.0, difference, 1.0, "")})
    assert text in next(line for line in out.splitlines() if line.startswith("Number"))
    assert ("(?) too few draws" in out) == legend


def test_the_greatest_of_many_days_is_told_only_beyond_what_many_days_show_by_chance() -> None:
    days = len(make_comparison(("meeting",))[0].dates)

    def row(peak: float) -> str:
        mean = (0.0,) * (days - 1) + (peak,)
        low, high = (tuple(m + side for m in mean) for side in (-0.1, 0.1))
        out = printed(indices={"x": IndexContrast("Relations", mean, low, high, {})})
        return next(line for line in out.splitlines() if line.startswith("Relations  "))

    # 1.1 and 2.2 half-widths: two-sided tails of 3 % and of two in a hundred thousand, for 231 days.
    assert row(0.11).count("~") == 1
    assert row(0.22).count("~") == 0
    same = printed(indices={"x": IndexContrast("Relations", (0.0,) * days, (0.0,) * days, (0.0,) * days, {})})
    assert next(line for line in same.splitlines() if line.startswith("Relations  ")).split() == [
        "Relations",
        "same",
        "-",
        "same",
    ]

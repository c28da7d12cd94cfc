"""Normal quantiles are those of scipy to the last bit, beta quantiles to rounding."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.special import betaincinv, ndtri

from relsim.quantiles import beta_quantiles, normal_scores


def test_scores_are_scipy_s_bit_for_bit() -> None:
    rng = np.random.default_rng(1)
    far = 10.0 ** -(300 * rng.random(20_000))
    edges = [0, 1, 0.5, np.exp(-2), 1 - np.exp(-2), 5e-324, 1 - 2**-53, np.nan, -0.1, 1.1]
    u = np.concatenate([rng.random(200_000), far, 1 - far, edges])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = normal_scores(u)
    assert np.array_equal(found, ndtri(u), equal_nan=True)


def test_any_shape_goes_in_and_comes_out() -> None:
    assert normal_scores(0.975).shape == ()
    assert abs(float(normal_scores(0.975)) - 1.959963984540054) < 1e-15
    assert normal_scores(np.full((3, 2), 0.1)).shape == (3, 2)
    assert normal_scores([]).shape == (0,)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (25.9, 31.7),
        (69.6, 2.15),
        (5.06, 5.06),
        (1, 1),
        (0.5, 0.5),
        (0.11, 3),
        (30, 0.5),
        (0.05, 2),
        (1e5, 2e5),
        (0.5, 195),
        (0.5, 3906),
        (300, 0.5),
        (0.2, 1e4),
    ],
)
def test_beta_quantiles_are_scipy_s_to_rounding(a: float, b: float) -> None:
    """To a few units of the 53 bits that 0 to 1 are known to; 0 and 1 themselves are kept."""
    u = np.concatenate([np.random.default_rng(2).random(5_000), [0, 1e-15, 1e-9, 0.5, 1 - 1e-9, 1 - 2**-53, 1]])
    assert np.allclose(beta_quantiles(a, b, u), betaincinv(a, b, u), rtol=1e-12, atol=2e-14)
    assert beta_quantiles(a, b, 0.3).shape == ()
    assert beta_quantiles(a, b, u[:6].reshape(3, 2)).shape == (3, 2)

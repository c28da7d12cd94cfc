"""The oracle's own parts against closed forms, so that it can be trusted.

Whole runs of the oracle are held to the closed forms of ``tests/closed_form``, which run on both. Seeds
fixed, five standard errors (``oracle.five``).
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from oracle import words
from oracle.families import inverse, survival
from oracle.five import mean_agrees, share_agrees
from oracle.parameters import reflect
from oracle.replay import factor
from oracle.simulate import count
from relsim.quantity import Kind, parse
from relsim.streams import Purpose, philox


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ((0, 0, 0, 0), 0, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 4, 0xFFFFFFFFFFFFFFFF, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            0x299F31D0A4093822,
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_against_the_published_answers(counter, key, expected):
    """Known answers of Random123 (Salmon et al. 2011) for Philox 4x32-10."""
    assert tuple(int(w) for w in philox(*(np.uint32(c) for c in counter), key)) == expected


def test_uniforms_and_normals_of_the_streams():
    """Uniform, normal, and independent of the day before, of another name, of another path."""
    paths = np.arange(50_000)
    u = words.daily_uniforms(Purpose.COUNT, "a", 1, paths, 7)
    z = words.daily_normals("a", 1, paths, 7)
    assert u.shape == z.shape == (50_000, 7)
    for v in (0.01, 0.5, 0.9):
        for day in range(7):
            share_agrees((u[:, day] < v).sum(), 50_000, v)
            share_agrees((z[:, day] < stats.norm.ppf(v)).sum(), 50_000, v)
    other = words.daily_normals("b", 1, paths, 7)
    mean_agrees(z[:, 1:] * z[:, :-1], 0)
    mean_agrees(z * other, 0)
    mean_agrees(z[1:] * z[:-1], 0)
    part = words.daily_uniforms(Purpose.COUNT, "a", 1, paths[700:720], 5)
    assert np.array_equal(part, u[700:720, :5])


@pytest.mark.parametrize("phi", [0.0, 0.5])
@pytest.mark.parametrize("lam", [1e-7, 1e-3, 0.7, 6.0, 30.0])
def test_counts_invert_the_upper_tail(phi, lam):
    """u just below and just above P(N ≥ n) gives n and n − 1."""
    law = stats.nbinom(1 / phi, 1 / (1 + phi * lam)) if phi else stats.poisson(lam)
    world = SimpleNamespace(flag=lambda distance: None)
    for n in range(1, int(law.isf(1e-8)) + 2):
        tail = law.sf(n - 1)
        u = np.array([tail * (1 - 1e-7), min(tail * (1 + 1e-7), 1)])
        if tail < 1 - 1e-6 and tail > 1e-300:
            assert count(u, np.full(2, lam), phi, world).tolist() == [n, n - 1]


def test_reflection():
    low, high = np.array([0.0]), np.array([9.0])
    x = np.array([[-1.0], [0.0], [4.0], [9.5], [18.0], [18.5], [-9.5]])
    assert reflect(x, low, high).ravel().tolist() == [1, 0, 4, 8.5, 0, 9, 0]


def test_a_singular_covariance_is_factored():
    a = np.array([[1.0, 0, 2], [0, 0, 0], [2, 0, 4]])
    L = factor(a)
    assert np.allclose(L @ L.T, a)
    assert np.allclose(np.triu(L, 1), 0)
    b = np.array([[2.0, 0.5], [0.5, 1]])
    assert np.allclose(factor(b), np.linalg.cholesky(b))


@pytest.mark.parametrize(
    ("text", "kind", "low", "high"),
    [
        ("3 to 6 per month", Kind.RATE, 0.05, 0.18),
        ("-0.5 ± 0.2", Kind.REAL, -0.6, -0.1),
        ("0.2 to 0.6", Kind.PROBABILITY, 0.1, 0.5),
        ("0.3 ± 0.1", Kind.PROBABILITY, 0.1, 0.5),
        ("10 ± 3 days", Kind.DURATION, 5, 12),
    ],
)
def test_truncated_families_spread_the_mass_inside(text, kind, low, high):
    """The share below a point at evenly spread uniforms is the truncated family's;
    the file's own reading agrees.
    """
    quantity = parse(text, kind)
    u = (np.arange(20_000) + 0.5) / 20_000
    x = inverse(quantity, u, low, high)
    assert low <= x.min()
    assert x.max() <= high
    inside = survival(quantity, low) - survival(quantity, high) if quantity.family != "logit_normal" else None
    if inside is not None:
        for v in np.linspace(low, high, 7)[1:-1]:
            above = (survival(quantity, v) - survival(quantity, high)) / inside
            assert (x > v).mean() == pytest.approx(above, abs=1e-4)
    assert np.allclose(x, quantity.ppf(u, low, high), rtol=1e-9)


def test_ranges_and_moments_are_what_they_say():
    """``a to b`` is the 5th and 95th percentile, ``m ± s`` mean and standard deviation."""
    u = (np.arange(200_000) + 0.5) / 200_000
    for text, kind, a, b in (
        ("3 to 6 per day", Kind.RATE, 3, 6),
        ("-1 to 2", Kind.REAL, -1, 2),
        ("0.2 to 0.6", Kind.PROBABILITY, 0.2, 0.6),
    ):
        assert np.allclose(inverse(parse(text, kind), np.array([0.05, 0.95])), [a, b])
    for text, kind, m, s in (
        ("3 ± 1 days", Kind.DURATION, 3, 1),
        ("-1 ± 2", Kind.REAL, -1, 2),
        ("0.3 ± 0.1", Kind.PROBABILITY, 0.3, 0.1),
    ):
        x = inverse(parse(text, kind), u)
        assert x.mean() == pytest.approx(m, rel=1e-3)
        assert x.std() == pytest.approx(s, rel=3e-3)

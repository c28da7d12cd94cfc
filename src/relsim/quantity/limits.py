"""What a number may be, in words, and from which size on it is taken for a slip. Floor 1."""

from __future__ import annotations

from collections.abc import Mapping

from relsim.quantity.family import Kind

WHAT = {
    Kind.RATE: "a rate",
    Kind.DURATION: "a duration",
    Kind.PROBABILITY: "a probability",
    Kind.POSITIVE: "a ratio above 0",
    Kind.NONNEGATIVE: "a number, 0 or more",
    Kind.REAL: "a number",
}
EXAMPLE = {
    Kind.RATE: "a rate was expected, such as '3 per month' or '3 to 6 per month'",
    Kind.DURATION: "a duration was expected, such as '10 days' or '2 to 3 weeks'",
    Kind.PROBABILITY: "a probability was expected, such as 0.6 or '0.5 to 0.7'",
    Kind.POSITIVE: "a ratio above 0 was expected, such as 1.2 or '1.1 to 1.4'",
    Kind.NONNEGATIVE: "a number of 0 or more was expected, such as 0.5 or '0.3 to 0.8'",
    Kind.REAL: "a number was expected, such as -0.5 or '-0.5 ± 0.2'",
}


MOST_POINTS = 1e6
"""Greatest size of a number without a unit."""
_REACH = {
    Kind.RATE: (1e-12, MOST_POINTS, "a million per day"),
    Kind.DURATION: (1e-7, MOST_POINTS, "a million days"),
    Kind.PROBABILITY: (1e-12, 1.0, "1"),
    Kind.POSITIVE: (1e-7, MOST_POINTS, "a million"),
    Kind.NONNEGATIVE: (0.0, MOST_POINTS, "a million"),
    Kind.REAL: (0.0, MOST_POINTS, "a million"),
}
"""Least size above 0 and greatest of a number, in base units; beyond the greatest, in words, it is a slip."""
_WIDEST_SIGMA = 100.0


class QuantityError(ValueError):
    """A value that is no such number.

    Attributes
    ----------
    at : keys, within the value, of the innermost part at fault
    hint : what may have been meant
    key : whether the last of ``at`` is itself the fault (an unknown key)
    """

    def __init__(self, message: str, at: tuple[str | int, ...] = (), hint: str = "", key: bool = False) -> None:
        super().__init__(message)
        self.message, self.at, self.hint, self.key = message, at, hint, key

    def inside(self, *keys: str | int) -> QuantityError:
        """The same error, of a value that stands under ``keys``."""
        return QuantityError(self.message, (*keys, *self.at), self.hint, self.key)


def judged(value: float, kind: Kind, text: str) -> float:
    """A number in base units, where it is of a size that means something."""
    least, most, words = _REACH[kind]
    if abs(value) > most * (1 + 1e-9):  # units turn a written million into a little more
        raise QuantityError(f"{shown(text)} is out of range; {EXAMPLE[kind]}, of at most {words}")
    if 0 < abs(value) < least:
        raise QuantityError(f"{shown(text)} is out of range: next to nothing; {EXAMPLE[kind]}")
    return value


def shown(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


def judged_parameters(form: str, p: Mapping[str, float], factor: float, kind: Kind) -> None:
    """Refuse parameters of a family that are out of range; ``factor`` turns them into base units."""
    for name, number in p.items():
        if name == "sigma" and number > _WIDEST_SIGMA:
            message = f"{number:g} is out of range; 'sigma', of logarithms, is at most {_WIDEST_SIGMA:g}"
            raise QuantityError(message, (form, name))
        if name == "sd" and number * factor > _REACH[kind][1]:
            raise QuantityError(f"{number:g} is out of range; at most {_REACH[kind][2]} was expected", (form, name))
        if name in ("alpha", "beta") and not 1e-3 <= number <= 1e12:
            raise QuantityError(f"{number:g} is out of range; from 0.001 to 1e12 was expected", (form, name))
        if name not in ("sd", "sigma", "alpha", "beta"):
            try:
                judged(number * factor, kind, f"{number:g}")
            except QuantityError as error:
                raise error.inside(form, name) from None

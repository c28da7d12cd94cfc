"""One plain sentence for each difference. Floor 5; imports ``result``."""

from __future__ import annotations

from relsim.result.comparison import NOISE, SAME, SMALL, Difference
from relsim.result.differences import POINTS, decimals, number, percent, range_text, value_text

NOT_BECAUSE = "this does not say that it is because of it"
_ONE_DRAW = "one draw of the parameters does not show how sure that is"
_TOO_FEW = "too few paths differ to say how sure that is"
_MOST_PATHS = 10**9
"""More paths than these are not worth naming."""


def outcome_sentence(world: str, title: str, before: float, after: float, d: Difference) -> str:
    """What becomes of an outcome in another world, said of the scenario's title and the outcome's."""
    if d.verdict == SAME:
        return f"With “{world}”, “{title}” is the same on every path: {percent(before, 0)}."
    if d.value is None:
        return f"With “{world}”, nothing can be said of “{title}”."
    if d.low is None:
        return f"With “{world}”, “{title}” goes from {_both(before, after, d)}; {_ONE_DRAW}."
    if not d.value and not d.standard_error:
        return (
            f"With “{world}”, “{title}” flips on no path and stays at {percent(before, 0)}; so many paths could have "
            f"missed a difference within {range_text(d, POINTS)} points."
        )
    both = f"from {_both(before, after, d)}: {_points(d, _matching(before, after, d))}"
    if d.verdict == NOISE:
        return f"With “{world}”, no detectable difference for “{title}”: {both}{_needed(d)}."
    if d.verdict == SMALL:
        return f"With “{world}”, “{title}” hardly {_goes(d)}, {both}; clear of noise, and small."
    return f"With “{world}”, “{title}” {_goes(d)} {both}."


def quantity_sentence(
    world: str, title: str, before: float | None, after: float | None, d: Difference, share: float
) -> str:
    """What becomes of a quantity's mean in another world, over the ``share`` of paths that have it in both."""
    if d.verdict == SAME:
        return f"With “{world}”, “{title}” is the same on every path."
    if d.value is None or before is None or after is None:
        return f"With “{world}”, nothing can be said of “{title}”: no path has it in both."
    where = "" if share == 1 else f" (over the {percent(share, 0)} of the paths that have it in both)"
    if not d.value and not d.standard_error:
        return f"With “{world}”, “{title}” differs on no path{where}."
    digits = max(1, decimals(d))
    both = f"from {number(before, digits)} to {number(after, digits)} on average{where}"
    if d.low is None:
        return f"With “{world}”, “{title}” goes {both}; {_TOO_FEW}."
    change = f"{value_text(d)} ({range_text(d)})"
    if d.verdict == NOISE:
        return f"With “{world}”, no detectable difference for “{title}”: {both}: {change}{_needed(d)}."
    return f"With “{world}”, “{title}” {_goes(d)} {both}: {change}."


def found_outcome_sentence(condition: str, title: str, inside: float, overall: float, d: Difference, made: str) -> str:
    """What is found of an outcome on the paths where a condition came true, against all paths.

    Parameters
    ----------
    condition : title of the condition
    inside, overall : the outcome's probability on such paths and on all
    made : what happens where it is made to happen, as a sentence; empty where no scenario makes it
    """
    digits = _matching(overall, inside, d)
    both = f"“{title}” came true on {percent(inside, digits)} of the paths, against {percent(overall, digits)} of all"
    return f"Where “{condition}” came true, {both}: {_found(d, _points(d, digits))}{made}"


def found_quantity_sentence(
    condition: str, title: str, inside: float | None, overall: float | None, d: Difference, made: str
) -> str:
    """The same of a quantity's mean; None where no path has it."""
    if inside is None or overall is None:
        return f"No path on which “{condition}” came true has “{title}”.{made}"
    digits = max(1, decimals(d))
    both = f"“{title}” is {number(inside, digits)} on average, against {number(overall, digits)} over all paths"
    return f"Where “{condition}” came true, {both}: {_found(d, f'{value_text(d)} ({range_text(d)})')}{made}"


def made_sentence(world: str, d: Difference, scale: float) -> str:
    """What changes where the same thing is made to happen; follows a sentence of what is found."""
    if d.value is None:
        return ""
    if d.verdict == SAME or (not d.value and not d.standard_error):
        return f" Made to happen, as in “{world}”, it changes nothing that so many paths would show."
    change = _points(d, decimals(d, scale)) if scale == POINTS else f"{value_text(d)} ({range_text(d)})"
    noise = ", which is within noise" if d.verdict == NOISE else ""
    return f" Made to happen, as in “{world}”, it changes by {change}{noise}."


def _found(d: Difference, change: str) -> str:
    if d.low is None:
        return f"{change}; {_TOO_FEW}."
    return f"{change}, within noise." if d.verdict == NOISE else f"{change}; {NOT_BECAUSE}."


def _points(d: Difference, digits: int) -> str:
    """A difference of probabilities: ``−7 points (−7.6 to −6.4)``."""
    value = value_text(d, POINTS, digits)
    return f"{value} {'point' if value[1:] == '1' else 'points'} ({range_text(d, POINTS, digits)})"


def _goes(d: Difference) -> str:
    return "rises" if d.value is not None and d.value > 0 else "falls"


def _both(before: float, after: float, d: Difference) -> str:
    digits = _matching(before, after, d)
    return f"{percent(before, digits)} to {percent(after, digits)}"


def _matching(before: float, after: float, d: Difference) -> int:
    """Decimals of two probabilities and their difference: one more where rounded they would not seem to add up."""
    digits = decimals(d, POINTS)
    if d.value is None:
        return digits
    seen = round(100 * after, digits) - round(100 * before, digits)
    return digits if abs(seen - round(100 * d.value, digits)) < 1e-6 else digits + 1


def _needed(d: Difference) -> str:
    if d.paths_needed is None:
        return ""
    if d.paths_needed > _MOST_PATHS:
        return "; no run of a practical size would detect so small a difference"
    return f"; about {d.paths_needed:,} paths would detect a difference of this size"

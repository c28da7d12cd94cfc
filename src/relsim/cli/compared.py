"""A comparison as plain-text tables and sentences for the terminal. Floor 7; imports ``compare``, ``result``."""

from __future__ import annotations

from collections.abc import Mapping

from relsim.cli.columns import WIDTH, aligned, counted, wrapped
from relsim.compare import condition_name, made_by
from relsim.result.comparison import (
    CLEAR,
    NOISE,
    SAME,
    Comparison,
    Contrast,
    Difference,
    IndexContrast,
    OutcomeContrast,
)
from relsim.result.differences import POINTS, decimals, number, percent, range_text, signed, value_text
from relsim.scenario import Scenario

_NAME = 22
"""Columns that a title is given at the least."""
_MOST_TOLD = 5
"""Sentences on clear differences that are printed, the largest first."""
_LEGEND = "~ within noise: chance alone makes differences of that size. Differences of outcomes are in points."
_FLIPS = "flips: share of the paths on which it came true here alone (+), and in the baseline alone (−)."
_FOUND = (
    "Found, not made: paths on which it happened differ from the others in what brought it on, too. What is found "
    "there need not follow where it is made to happen."
)


def comparison_tables(comparison: Comparison, scenarios: Mapping[str, Scenario]) -> str:
    """One block of tables and sentences for each contrast, within 100 columns; ends with a newline."""
    blocks = [_head(comparison)]
    baseline = scenarios[comparison.baseline]
    others = {name: s for name, s in scenarios.items() if name != comparison.baseline}
    makers = {
        condition_name(outcome): made_by(outcome, baseline, others, comparison.contrasts)
        for outcome in baseline.outcomes
    }
    for contrast in comparison.contrasts.values():
        maker = makers.get(contrast.name) if contrast.kind == "condition" else None
        blocks += _contrast(contrast, comparison, comparison.contrasts[maker] if maker else None)
    return "\n\n".join(blocks) + "\n"


def _head(comparison: Comparison) -> str:
    forecast = comparison.scenarios[comparison.baseline]
    weights = f", {counted(comparison.draws, 'draw')} of the weights" if comparison.draws > 1 else ""
    return (
        f"{forecast.scenario}\n{forecast.start} to {forecast.end}: {counted(comparison.paths, 'path')}{weights}, "
        f"seed {comparison.seed}\nBaseline: {comparison.baseline}"
    )


def _contrast(contrast: Contrast, comparison: Comparison, made: Contrast | None) -> list[str]:
    blocks = [_title(contrast, made)]
    if contrast.outcomes:
        blocks.append(_outcomes(contrast, made))
    if contrast.quantities:
        blocks.append(_quantities(contrast, made))
    if contrast.indices:
        head = ("INDICES", "greatest mean difference", "on", "on the last day")
        rows = [_index(index, comparison) for index in contrast.indices.values()]
        blocks.append(aligned([head, *rows], name=_NAME))
    if contrast.not_compared:
        blocks.append("\n".join(["NOT COMPARED", *(line for text in contrast.not_compared for line in _item(text))]))
    if told := _told(contrast):
        blocks.append("\n".join(line for text in told for line in _item(text)))
    return blocks


def _title(contrast: Contrast, made: Contrast | None) -> str:
    if contrast.kind == "condition":
        beside = f" The last column is “{made.title}”, where it is made to happen." if made else ""
        return "\n".join([_ruled(contrast.title), *wrapped(_FOUND + beside, WIDTH)])
    title = contrast.title if contrast.name in contrast.title else f"{contrast.title} ({contrast.name})"
    if contrast.first_difference is not None:
        return f"{_ruled(title)}\nThe first day on which any path differs is {contrast.first_difference}."
    paired = contrast.outcomes or contrast.quantities or contrast.indices
    return f"{_ruled(title)}\n{'No path differs in anything.' if paired else 'Nothing can be compared.'}"


def _ruled(title: str) -> str:
    return f"── {title} {'─' * max(2, WIDTH - 4 - len(title))}"


def _outcomes(contrast: Contrast, made: Contrast | None) -> str:
    paired = contrast.kind != "condition"
    head = ["OUTCOMES", "baseline", "here", "difference, 95 % interval"] if paired else _found_head("OUTCOMES", made)
    rows = [[*head, "flips"] if paired else head]
    for name, outcome in contrast.outcomes.items():
        row = [outcome.title, *_probabilities(outcome), _difference(outcome.difference, POINTS)]
        if paired:
            row.append(_flips(outcome))
        elif made is not None:
            beside = made.outcomes.get(name)
            row.append(_difference(beside.difference, POINTS) if beside else "-")
        rows.append(row)
    lines = [aligned(rows, name=_NAME)]
    if any(outcome.difference.verdict == NOISE for outcome in contrast.outcomes.values()):
        lines.append(_LEGEND)
    return "\n".join([*lines, _FLIPS] if paired else lines)


def _found_head(first: str, made: Contrast | None) -> list[str]:
    return [first, "all paths", "there", "found, 95 % interval", *(["made to happen"] if made else [])]


def _quantities(contrast: Contrast, made: Contrast | None) -> str:
    paired = contrast.kind != "condition"
    head = ["QUANTITIES", "baseline", "here", "difference, 95 % interval"]
    rows = [[*head, "on"] if paired else _found_head("QUANTITIES", made)]
    for name, quantity in contrast.quantities.items():
        digits = max(1, decimals(quantity.difference))
        means = ["-" if x is None else number(x, digits) for x in (quantity.baseline, quantity.other)]
        row = [quantity.title, *means, _difference(quantity.difference, 1.0)]
        if paired:
            row.append("" if quantity.share == 1 else percent(quantity.share, 0))
        elif made is not None:
            beside = made.quantities.get(name)
            row.append(_difference(beside.difference, 1.0) if beside else "-")
        rows.append(row)
    return aligned(rows, name=_NAME)


def _probabilities(outcome: OutcomeContrast) -> list[str]:
    digits = decimals(outcome.difference, POINTS)
    return ["-" if p is None else percent(p, digits) for p in (outcome.baseline, outcome.other)]


def _difference(difference: Difference, scale: float) -> str:
    if difference.verdict == SAME:
        return "same"
    if difference.low is None:
        return f"{value_text(difference, scale)} (?)"
    if not difference.value and not difference.standard_error:
        return "~ none seen"
    noise = "~ " if difference.verdict == NOISE else ""
    return f"{noise}{value_text(difference, scale)} ({range_text(difference, scale)})"


def _flips(outcome: OutcomeContrast) -> str:
    if outcome.gained is None or outcome.lost is None:
        return "-"
    shares = (f"{sign}{_share(x)}" for sign, x in (("+", outcome.gained), ("−", outcome.lost)) if x)
    return " ".join(shares) or "none"


def _share(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.095 else f"{100 * share:.2g} %"


def _index(index: IndexContrast, comparison: Comparison) -> tuple[str, ...]:
    day = max(range(len(index.mean)), key=lambda i: (abs(index.mean[i]), -i))
    return index.label, _on(index, day), comparison.dates[day].isoformat(), _on(index, len(index.mean) - 1)


def _on(index: IndexContrast, day: int) -> str:
    """Mean difference on one day, with its interval."""
    low, high = (index.low[day], index.high[day]) if index.low else (None, None)
    value = index.mean[day]
    if low is None or high is None:
        return signed(value, 2)
    verdict = CLEAR if low > 0 or high < 0 else NOISE if low < high else SAME
    return _difference(Difference(value, (high - low) / 4, low, high, verdict, None), 1.0)


def _told(contrast: Contrast) -> list[str]:
    """Sentences of the largest clear differences of outcomes."""
    clear = [o for o in contrast.outcomes.values() if o.difference.verdict == CLEAR]
    clear.sort(key=lambda o: -abs(o.difference.value or 0.0))
    return [o.sentence for o in clear[:_MOST_TOLD]]


def _item(text: str) -> list[str]:
    first, *more = wrapped(text, WIDTH - 2)
    return [f"- {first}", *(f"  {line}" for line in more)]

"""A comparison as plain-text tables and sentences for the terminal. Floor 8; imports ``compare``, ``result``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import NormalDist

from relsim.cli.columns import WIDTH, aligned, counted, heading, wrapped
from relsim.cli.news_text import news_table
from relsim.compare import condition_name, made_by
from relsim.result.comparison import (
    CLEAR,
    NOISE,
    SAME,
    SMALL,
    Comparison,
    Contrast,
    Difference,
    IndexContrast,
    OutcomeContrast,
)
from relsim.result.differences import POINTS, decimals, number, percent, range_text, signed, value_text
from relsim.result.forecast import marked
from relsim.scenario import Scenario

_NAME = 22
"""Columns that a title is given at the least."""
_MOST_TOLD = 5
"""Sentences on clear differences that are printed, the largest first."""
_LEGEND = "~ within noise: chance alone makes differences of that size. Differences of outcomes are in points."
_UNSURE = "(?) too few draws of the weights, or paths, to tell how sure that is."
_FLIPS = "flips: share of the paths on which it came true here alone (+), and in the baseline alone (−)."
_PIECES = "The pieces of the record; what they did adds up to the difference:"
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
        f"{heading(forecast.scenario)}\n"
        f"{forecast.start} to {forecast.end}: {counted(comparison.paths, 'path')}{weights}, seed {comparison.seed}\n"
        f"Baseline: {comparison.baseline}"
    )


def _contrast(contrast: Contrast, comparison: Comparison, made: Contrast | None) -> list[str]:
    blocks = [_title(contrast, comparison, made)]
    if contrast.outcomes:
        blocks.append(_outcomes(contrast, comparison, made))
    if contrast.quantities:
        blocks.append(_quantities(contrast, comparison, made))
    if contrast.indices:
        head = ("INDICES", "greatest mean difference", "on", "on the last day")
        rows = [_index(index, comparison) for index in contrast.indices.values()]
        blocks.append(aligned([head, *rows], name=_NAME))
    if contrast.news:
        blocks += [news_table(contrast, _difference), "\n".join([_PIECES, *_items(p.sentence for p in contrast.news)])]
    if contrast.not_compared:
        blocks.append("\n".join(["NOT COMPARED", *_items(contrast.not_compared)]))
    if told := _told(contrast):
        blocks.append("\n".join(_items(told)))
    return blocks


def _title(contrast: Contrast, comparison: Comparison, made: Contrast | None) -> str:
    if contrast.kind == "condition":
        beside = f" The last column is “{made.title}”, where it is made to happen." if made else ""
        return "\n".join([_ruled(contrast.title), *wrapped(_FOUND + beside, WIDTH)])
    title = contrast.title if contrast.name in contrast.title else f"{contrast.title} ({contrast.name})"
    here, there = (comparison.scenarios[name] for name in (contrast.name, contrast.against))
    lines = [_ruled(title)]
    if here.as_of != there.as_of:
        lines.append(f"Known up to {here.known_to}, the baseline up to {there.known_to}.")
    if contrast.first_difference is not None:
        return "\n".join([*lines, f"The first day on which any path differs is {contrast.first_difference}."])
    paired = contrast.outcomes or contrast.quantities or contrast.indices
    same = "No path differs in anything that both ask." if contrast.not_compared else "No path differs in anything."
    return "\n".join([*lines, same if paired else "Nothing can be compared."])


def _ruled(title: str) -> str:
    *lines, last = wrapped(title, WIDTH - 3, first="── ", then="   ")
    return "\n".join([*lines, f"{last} {'─' * max(2, WIDTH - 1 - len(last))}"])


def _outcomes(contrast: Contrast, comparison: Comparison, made: Contrast | None) -> str:
    paired = contrast.kind != "condition"
    head = ["OUTCOMES", "baseline", "here", "difference, 95 % interval"] if paired else _found_head("OUTCOMES", made)
    rows = [[*head, "flips"] if paired else head]
    for name, outcome in contrast.outcomes.items():
        listed = marked(outcome.title, comparison.scenarios[contrast.against].outcomes.get(name))
        row = [listed, *_probabilities(outcome), _difference(outcome.difference, POINTS)]
        if paired:
            row.append(_flips(outcome))
        elif made is not None:
            beside = made.outcomes.get(name)
            row.append(_difference(beside.difference, POINTS) if beside else "-")
        rows.append(row)
    lines = [aligned(rows, name=_NAME)]
    if any(_unsure(outcome.difference) for outcome in contrast.outcomes.values()):
        lines.append(_UNSURE)
    verdicts = {o.difference.verdict for o in contrast.outcomes.values() if not _unsure(o.difference)}
    if NOISE in verdicts:
        lines.append(_LEGEND)
    if SMALL in verdicts:
        lines.append(f"≈ small: clear of noise, and less than {comparison.ignore:g} points (--ignore).")
    return "\n".join([*lines, _FLIPS] if paired else lines)


def _found_head(first: str, made: Contrast | None) -> list[str]:
    return [first, "all paths", "there", "found, 95 % interval", *(["made to happen"] if made else [])]


def _quantities(contrast: Contrast, comparison: Comparison, made: Contrast | None) -> str:
    paired = contrast.kind != "condition"
    head = ["QUANTITIES", "baseline", "here", "difference, 95 % interval"]
    rows = [[*head, "on"] if paired else _found_head("QUANTITIES", made)]
    for name, quantity in contrast.quantities.items():
        digits = max(1, decimals(quantity.difference))
        means = ["-" if x is None else number(x, digits) for x in (quantity.baseline, quantity.other)]
        listed = marked(quantity.title, comparison.scenarios[contrast.against].quantities.get(name))
        row = [listed, *means, _difference(quantity.difference, 1.0)]
        if paired:
            row.append("" if quantity.share == 1 else percent(quantity.share, 0))
        elif made is not None:
            beside = made.quantities.get(name)
            row.append(_difference(beside.difference, 1.0) if beside else "-")
        rows.append(row)
    unsure = any(_unsure(quantity.difference) for quantity in contrast.quantities.values())
    return "\n".join([aligned(rows, name=_NAME), *([_UNSURE] if unsure else [])])


def _probabilities(outcome: OutcomeContrast) -> list[str]:
    digits = decimals(outcome.difference, POINTS)
    return ["-" if p is None else percent(p, digits) for p in (outcome.baseline, outcome.other)]


def _difference(difference: Difference, scale: float) -> str:
    if difference.verdict == SAME:
        return "same"
    if difference.value is None:
        return "-"
    if not difference.value and not difference.standard_error:
        return "~ none seen"
    if _unsure(difference):
        return f"{value_text(difference, scale)} (?)"
    noise = {NOISE: "~ ", SMALL: "≈ "}.get(difference.verdict, "")
    return f"{noise}{value_text(difference, scale)} ({range_text(difference, scale)})"


def _unsure(difference: Difference) -> bool:
    """Whether a difference that some path shows has no interval."""
    seen = bool(difference.value or difference.standard_error)
    return seen and difference.low is None


def _flips(outcome: OutcomeContrast) -> str:
    if outcome.gained is None or outcome.lost is None:
        return "-"
    shares = (f"{sign}{_share(x)}" for sign, x in (("+", outcome.gained), ("−", outcome.lost)) if x)
    return " ".join(shares) or "none"


def _share(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.095 else f"{100 * share:.2g} %"


def _index(index: IndexContrast, comparison: Comparison) -> tuple[str, ...]:
    day = max(range(len(index.mean)), key=lambda i: (abs(index.mean[i]), -i))
    on = comparison.dates[day].isoformat() if index.mean[day] else "-"
    return index.label, _on(index, day, looked_at=len(index.mean)), on, _on(index, len(index.mean) - 1)


def _on(index: IndexContrast, day: int, *, looked_at: int = 1) -> str:
    """Mean difference on one day, with its interval.

    The greatest of many days is within noise unless an interval made wider for all of them (Bonferroni) leaves out
    zero; of days without any difference one in twenty would else be told.
    """
    low, high = (index.low[day], index.high[day]) if index.low else (None, None)
    value = index.mean[day]
    if low is None or high is None:
        return signed(value, 2)
    wider = NormalDist().inv_cdf(1 - 0.025 / looked_at) / NormalDist().inv_cdf(0.975)
    clear = abs(value) > wider * (high - low) / 2
    verdict = SAME if low == high == 0 else CLEAR if clear else NOISE
    return _difference(Difference(value, (high - low) / 4, low, high, verdict, None), 1.0)


def _told(contrast: Contrast) -> list[str]:
    """Sentences of the largest clear differences of outcomes."""
    clear = [o for o in contrast.outcomes.values() if o.difference.verdict == CLEAR]
    clear.sort(key=lambda o: -abs(o.difference.value or 0.0))
    return [o.sentence for o in clear[:_MOST_TOLD]]


def _items(texts: Iterable[str]) -> list[str]:
    lines = []
    for text in texts:
        first, *more = wrapped(text, WIDTH - 2)
        lines += [f"- {first}", *(f"  {line}" for line in more)]
    return lines

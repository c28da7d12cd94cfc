"""A comparison: what changes between scenarios, and how surely. Floor 6; imports ``compare``, ``result``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import NormalDist

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
    QuantityContrast,
)
from relsim.result.differences import POINTS, decimals, number, percent, range_text, signed, value_text
from relsim.result.forecast import marked
from relsim.result.news import Moved, moved_by_news
from relsim.result.rounding import is_wide
from relsim.scenario import Scenario
from relsim.show.values import (
    NONE,
    Between,
    Block,
    Cell,
    Column,
    Heading,
    Items,
    Prose,
    Shown,
    Table,
    counted,
    on,
    table,
    text_of,
)
from relsim.show.values import number as numbers
from relsim.show.values import share as shares

_MOST_TOLD = 5
"""Sentences on clear differences that are printed, the largest first."""
_LEGEND = "~ within noise: chance alone makes differences of that size. Differences of outcomes are in points."
_UNSURE = "(?) too few draws of the parameters, or paths, to say how sure that is."
_FLIPS = "flips: share of the paths on which it came true here alone (+), and in the baseline alone (−)."
_PIECES = "The pieces of the record; what they did adds up to the difference:"
_FOUND = (
    "Found, not made: paths on which it happened differ from the others in what led to it, too. What is found "
    "there need not follow where it is made to happen."
)
_VALUE, _RANGE = "difference", "95 % interval"


def comparison_blocks(
    comparison: Comparison, scenarios: Mapping[str, Scenario], digits: int | None = None
) -> list[Block]:
    """What ``relsim compare`` prints: tables and sentences for each contrast."""
    blocks: list[Block] = [comparison_head(comparison)]
    for contrast, parts in contrasts(comparison, scenarios, digits):
        blocks += [Heading(contrast_title(contrast)), *parts]
    return blocks


def contrasts(
    comparison: Comparison, scenarios: Mapping[str, Scenario], digits: int | None = None
) -> Iterator[tuple[Contrast, Iterator[Block]]]:
    """Each contrast and what is shown of it; beside a condition the scenario in which it is made to happen."""
    makers = _makers(comparison, scenarios)
    for contrast in comparison.contrasts.values():
        made = makers.get(contrast.name) if contrast.kind == "condition" else None
        yield contrast, _contrast(contrast, comparison, made, digits)


def _makers(comparison: Comparison, scenarios: Mapping[str, Scenario]) -> dict[str, Contrast]:
    """Of each condition the contrast in which it is made to happen, where there is one."""
    baseline = scenarios[comparison.baseline]
    others = {name: s for name, s in scenarios.items() if name != comparison.baseline}
    made = {condition_name(o): made_by(o, baseline, others, comparison.contrasts) for o in baseline.outcomes}
    return {name: comparison.contrasts[maker] for name, maker in made.items() if maker is not None}


def comparison_head(comparison: Comparison) -> Prose:
    """Days, paths, draws and seed, and what all are compared with."""
    forecast = comparison.scenarios[comparison.baseline]
    draws = f", {counted(comparison.draws, 'draw')} of the parameters" if comparison.draws > 1 else ""
    paths = counted(comparison.paths, "path")
    return Prose(
        f"{forecast.start} to {forecast.end}: {paths}{draws}, seed {comparison.seed}\nBaseline: {comparison.baseline}",
        forecast.scenario,
    )


def _contrast(contrast: Contrast, comparison: Comparison, made: Contrast | None, digits: int | None) -> Iterator[Block]:
    yield Prose(_about(contrast, comparison, made))
    if contrast.outcomes:
        yield outcome_differences(contrast, comparison, made, digits)
    if contrast.quantities:
        yield quantity_differences(contrast, comparison, made)
    if contrast.indices:
        columns = [Column("Index"), numbers("greatest mean difference"), Column("on", "date"), numbers("on last day")]
        yield table("Indices", columns, [_index(index, comparison) for index in contrast.indices.values()])
    if contrast.news:
        yield news_table(contrast)
        yield Items(_PIECES, tuple(piece.sentence for piece in contrast.news))
    if contrast.not_compared:
        yield Items("NOT COMPARED", contrast.not_compared)
    if told := _told(contrast):
        yield Items("", told)


def contrast_title(contrast: Contrast) -> str:
    """The scenario's title, with its name where the title does not hold it."""
    if contrast.kind == "condition" or contrast.name in contrast.title:
        return contrast.title
    return f"{contrast.title} ({contrast.name})"


def _about(contrast: Contrast, comparison: Comparison, made: Contrast | None) -> str:
    if contrast.kind == "condition":
        return _FOUND + (f" The last column is “{made.title}”, where it is made to happen." if made else "")
    here, there = (comparison.scenarios[name] for name in (contrast.name, contrast.against))
    known = f"Known up to {here.known_to}, the baseline up to {there.known_to}.\n" if here.as_of != there.as_of else ""
    if contrast.first_difference is not None:
        return f"{known}The first day on which any path differs is {contrast.first_difference}."
    if not (contrast.outcomes or contrast.quantities or contrast.indices):
        return f"{known}Nothing can be compared."
    return f"{known}No path differs in anything{' that both ask' if contrast.not_compared else ''}."


def _columns(contrast: Contrast, made: Contrast | None, value: Column, unit: str, last: Column) -> list[Column]:
    """Columns of one kind of question: what it was and is, and the difference."""
    paired = contrast.kind != "condition"
    before, after, found = ("baseline", "here", "difference") if paired else ("all paths", "there", "found")
    columns = [
        Column("Outcome" if value.kind == "share" else "Quantity"),
        Column(before, value.kind),
        Column(after, value.kind),
        numbers(found, unit),
        numbers(_RANGE, unit, ranges=True),
    ]
    return [*columns, *([last] if paired else [numbers("made to happen", unit)] if made else [])]


def outcome_differences(
    contrast: Contrast, comparison: Comparison, made: Contrast | None = None, digits: int | None = None
) -> Table:
    """Each outcome in both, and the difference in points."""
    rows = []
    for name, outcome in contrast.outcomes.items():
        forecast = comparison.scenarios[contrast.against].outcomes.get(name)
        listed = marked(outcome.title, forecast)
        fitting = 0 if forecast is not None and is_wide(forecast) else decimals(outcome.difference, POINTS)
        both = [_probability(p, digits, fitting) for p in (outcome.baseline, outcome.other)]
        beside = made.outcomes.get(name) if made else None
        rows.append((listed, *both, *_last(contrast, outcome.difference, POINTS, made, beside, _flips(outcome))))
    unsure = any(_unsure(outcome.difference) for outcome in contrast.outcomes.values())
    verdicts = {o.difference.verdict for o in contrast.outcomes.values() if not _unsure(o.difference)}
    notes = [
        _UNSURE if unsure else "",
        _LEGEND if NOISE in verdicts else "",
        f"≈ small: clear of noise, and less than {comparison.ignore:g} points (--ignore)." if SMALL in verdicts else "",
        _FLIPS if contrast.kind != "condition" else "",
    ]
    return table("Outcomes", _columns(contrast, made, shares(""), "points", Column("flips", "share")), rows, notes)


def _probability(p: float | None, digits: int | None, fitting: int) -> Shown:
    """A probability with the decimals asked for, or those that fit its doubt."""
    if p is None:
        return Shown(p, NONE)
    return Shown(p, percent(p, fitting) if digits is None else f"{100 * p:.{digits}f} %")


def quantity_differences(contrast: Contrast, comparison: Comparison, made: Contrast | None = None) -> Table:
    """Each quantity's mean in both, and the difference over the paths that have both."""
    rows = []
    for name, quantity in contrast.quantities.items():
        digits = max(1, decimals(quantity.difference))
        means = [Shown(x, NONE if x is None else number(x, digits)) for x in (quantity.baseline, quantity.other)]
        listed = marked(quantity.title, comparison.scenarios[contrast.against].quantities.get(name))
        defined = "" if quantity.share == 1 else Shown(quantity.share, percent(quantity.share, 0))
        beside = made.quantities.get(name) if made else None
        rows.append((listed, *means, *_last(contrast, quantity.difference, 1.0, made, beside, defined)))
    unsure = any(_unsure(quantity.difference) for quantity in contrast.quantities.values())
    columns = _columns(contrast, made, numbers(""), "", shares("defined on"))
    return table("Quantities", columns, rows, [_UNSURE if unsure else ""]).without_empty()


def _last(
    contrast: Contrast,
    difference: Difference,
    scale: float,
    made: Contrast | None,
    beside: OutcomeContrast | QuantityContrast | None,
    paired: Cell,
) -> list[Cell]:
    cells = difference_cells(difference, scale)
    if contrast.kind != "condition":
        return [*cells, paired]
    if made is None:
        return cells
    return [*cells, difference_cells(beside.difference, scale)[0] if beside else NONE]


def difference_cells(difference: Difference, scale: float = POINTS) -> list[Cell]:
    """A difference with a mark where it is not clear, and its 95 % interval."""
    value = None if difference.value is None else scale * difference.value
    low, high = (None if x is None else scale * x for x in (difference.low, difference.high))
    if difference.verdict == SAME:
        return [Shown(value, "same"), Between(low, high, "")]
    if difference.value is None:
        return [NONE, ""]
    if not difference.value and not difference.standard_error:
        return [Shown(value, "~ none seen"), Between(low, high, "")]
    if _unsure(difference):
        return [Shown(value, f"{value_text(difference, scale)} (?)"), ""]
    mark = {NOISE: "~ ", SMALL: "≈ "}.get(difference.verdict, "")
    return [Shown(value, f"{mark}{value_text(difference, scale)}"), Between(low, high, range_text(difference, scale))]


def _unsure(difference: Difference) -> bool:
    """Whether a difference that some path shows has no interval."""
    seen = bool(difference.value or difference.standard_error)
    return seen and difference.low is None


def _flips(outcome: OutcomeContrast) -> str:
    if outcome.gained is None or outcome.lost is None:
        return NONE
    parts = (f"{sign}{_share(x)}" for sign, x in (("+", outcome.gained), ("−", outcome.lost)) if x)
    return " ".join(parts) or "none"


def _share(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.095 else f"{100 * share:.2g} %"


def _index(index: IndexContrast, comparison: Comparison) -> list[Cell]:
    greatest = max(range(len(index.mean)), key=lambda i: (abs(index.mean[i]), -i))
    when = comparison.dates[greatest] if index.mean[greatest] else None
    return [index.label, _on(index, greatest, len(index.mean)), on(when), _on(index, len(index.mean) - 1, 1)]


def _on(index: IndexContrast, place: int, looked_at: int) -> Cell:
    """Mean difference on one day, with its interval.

    The greatest of many days is within noise unless an interval made wider for all of them (Bonferroni) leaves out
    zero; of days without any difference one in twenty would else be told.
    """
    low, high = (index.low[place], index.high[place]) if index.low else (None, None)
    value = index.mean[place]
    if low is None or high is None:
        return Shown(value, signed(value, 2))
    wider = NormalDist().inv_cdf(1 - 0.025 / looked_at) / NormalDist().inv_cdf(0.975)
    clear = abs(value) > wider * (high - low) / 2
    verdict = SAME if low == high == 0 else CLEAR if clear else NOISE
    said, interval = difference_cells(Difference(value, (high - low) / 4, low, high, verdict, None), 1.0)
    return Shown(value, f"{text_of(said)} ({text_of(interval)})" if text_of(interval) else text_of(said))


def _told(contrast: Contrast) -> tuple[str, ...]:
    """Sentences of the largest clear differences of outcomes."""
    clear = [o for o in contrast.outcomes.values() if o.difference.verdict == CLEAR]
    clear.sort(key=lambda o: -abs(o.difference.value or 0.0))
    return tuple(o.sentence for o in clear[:_MOST_TOLD])


def news_table(contrast: Contrast) -> Table:
    """What each piece of the record did to the outcomes that moved clearly, the largest first."""
    rows: list[list[Cell]] = []
    for moved in moved_by_news(contrast):
        rows.append([moved.outcome.title, *difference_cells(moved.outcome.difference)])
        rows += [[f"  {piece.sentence}", *difference_cells(difference)] for piece, difference in moved.told]
        if moved.others:
            rows.append([f"  the other {counted(len(moved.others), 'piece')}", _together(moved), ""])
    if not rows:
        return table("Which news moved it", [Column("Outcome")], [["No outcome moved clearly."]])
    columns = [Column("Outcome"), numbers(_VALUE, "points"), numbers(_RANGE, "points", ranges=True)]
    return table("Which news moved it", columns, rows)


def _together(moved: Moved) -> Cell:
    if moved.together is None:
        return "same"
    points = POINTS * moved.together
    return Shown(points, signed(points, max(1, decimals(moved.outcome.difference, POINTS))))

"""What outcomes hang on: parameters, a designed study, events taken out. Floor 6; imports ``drivers``, ``result``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from relsim.drivers.words import amount, points
from relsim.result.drivers import Attribution, Design, DesignIndex, Driven, Drivers, Removal, WeightDoubt
from relsim.show.discovery_tables import discovery_blocks
from relsim.show.forecast_tables import titled
from relsim.show.values import Between, Block, Cell, Column, Prose, Table, counted, number, share, table

_SHOWN = 3
_EVENTS = 6
"""Rows of each target of a design or an attribution."""
_DESIGN_SAYS = {
    "sobol": "Left: the share of the variance that would remain if all others were known, with its 95 % interval.",
    "morris": "Left: the mean size of the change from the parameter's 5 % to its 95 % point, with its 95 % interval.",
}
_KINDS = {"history": "", "calendar": " (off the calendar)", "event": " (never of itself)"}
_EXPLAINED = (
    "Left: the share of the variance between draws that knowing the parameter would remove, with its 95 % interval. "
    "Low and high are the lowest and highest fifth of the draws."
)


def driver_blocks(found: Drivers) -> Iterator[Block]:
    """What ``relsim drivers`` prints."""
    draws = f", {found.draws:,} draws of {counted(len(found.weights), 'uncertain parameter')}" if found.weights else ""
    yield Prose(f"{counted(found.paths, 'path')}{draws}", titled(found.scenario, found.variant))
    if found.weights:
        yield Prose(_EXPLAINED)
        yield from (driven_table(driven, True) for driven in found.outcomes.values())
        yield from (driven_table(driven, False) for driven in found.quantities.values())
    titles = {name: driven.title for name, driven in {**found.outcomes, **found.quantities}.items()}
    if found.design is not None:
        yield from _design(found.design, titles, found.weights)
    if found.events is not None:
        yield from _events(found.events, titles)
    for discovery in (found.discovery or {}).values():
        yield from discovery_blocks(discovery)


def _unheaded(lead: str, first: Column, rows: list[tuple[Cell, Cell]], notes: list[str]) -> Table:
    return replace(table("", [first, Column("")], rows, notes, lead), headed=False)


def driven_table(driven: Driven, is_outcome: bool) -> Table:
    """The parameters that move one target most, and what would take it across the threshold."""
    lead = f"{driven.title}: {'undefined' if driven.value is None else amount(driven.value, is_outcome)}"
    if driven.spread is not None:
        width = f"{100 * driven.spread:.1f} points" if is_outcome else f"{driven.spread:.2g}"
        lead += f", standard deviation across parameter draws {width}"
    shown = min(driven.significant, _SHOWN)
    rows: list[tuple[Cell, Cell]] = [
        (_share(s.first_order, s.first_low, s.first_high), sentence)
        for s, sentence in zip(driven.weights[:shown], driven.sentences)
    ]
    more = (
        f"{driven.significant - shown} more are significant; drivers.json has them."
        if driven.significant > shown
        else ""
    )
    flip = driven.flip.sentence if driven.flip is not None else ""
    first = share("share of the variance", ranges=True)
    return _unheaded(lead, first, rows, [*driven.sentences[shown:], more, flip])


def _share(value: float | None, low: float | None, high: float | None) -> Cell:
    if value is None or low is None or high is None:
        return ""
    bounds = [100 * min(max(x, 0.0), 1.0) for x in (value, low, high)]
    return Between(low, high, f"{bounds[0]:.0f} % ({bounds[1]:.0f} to {bounds[2]:.0f})")


def _design(design: Design, titles: Mapping[str, str], weights: Mapping[str, WeightDoubt]) -> Iterator[Block]:
    left_out = f" {design.left_out} base samples left out: a point in them makes an unstable model."
    yield Prose(
        f"{design.points:,} points of {design.paths:,} paths; {len(design.weights)} parameters varied, others at "
        f"medians. "
        f"{_DESIGN_SAYS[design.method]}{left_out * bool(design.left_out)}",
        f"DESIGN: {design.method}",
    )
    for name, indices in {**design.outcomes, **design.quantities}.items():
        if name in titles:
            named = [(row, weights[row.weight].label if row.weight in weights else row.weight) for row in indices]
            rows = [_design_row(row, name in design.outcomes, label) for row, label in named[:_EVENTS]]
            yield _unheaded(titles[name], number("index", ranges=True), rows, [])


def _design_row(row: DesignIndex, is_outcome: bool, label: str) -> tuple[Cell, Cell]:
    if row.effect is not None:
        value, low, high = (
            points(x or 0.0, is_outcome, bare=True).lstrip("+") for x in (row.effect, row.effect_low, row.effect_high)
        )
        text = f"{value}{' points' * is_outcome} ({low} to {high})"
        return Between(row.effect_low, row.effect_high, text), label
    alone = _share(row.first_order, row.first_low, row.first_high)
    said = alone.text if isinstance(alone, Between) else ""
    return _share(row.total, row.total_low, row.total_high), f"{label}; alone {said}"


def _events(events: Attribution, titles: Mapping[str, str]) -> Iterator[Block]:
    yield Prose(f"The change when one event is taken out, over {events.paths:,} paired paths.", "WITHOUT")
    for name, rows in {**events.outcomes, **events.quantities}.items():
        if name in titles:
            yield _removals(titles[name], rows, name in events.outcomes)


def _removals(title: str, rows: tuple[Removal, ...], is_outcome: bool) -> Table:
    """Events without which a target clearly changes, and what is said of the others."""
    change = number("change", "points" if is_outcome else "", ranges=True)
    gone = [row for row in rows if row.change is None]
    if len(gone) == len(rows):
        return _unheaded(title, change, [], ["No path has it."])
    clear = [row for row in rows if row.clear]
    shown: list[tuple[Cell, Cell]] = []
    for row in clear[:_EVENTS]:
        said, low, high = (points(x or 0.0, is_outcome, bare=True) for x in (row.change, row.low, row.high))
        shown.append((Between(row.low, row.high, f"{said} ({low} to {high})"), f"{row.label}{_KINDS[row.kind]}"))
    shown += [("no path has it", f"{row.label}{_KINDS[row.kind]}") for row in gone[:_EVENTS]]
    others = len(rows) - len(clear) - len(gone)
    return _unheaded(title, change, shown, [_rest(len(clear) + len(gone), others, len(clear))])


def _rest(shown: int, others: int, clear: int) -> str:
    """What is said of the events that have no row."""
    if not shown:
        return f"Of {counted(others, 'event')} none makes a difference beyond noise."
    more = clear - _EVENTS
    hidden = f"{more} more {'makes' if more == 1 else 'make'} a smaller difference" if more > 0 else ""
    none = f"of {counted(others, 'other')} none makes a difference beyond noise" if others else ""
    said = "; ".join(part for part in (hidden, none) if part)
    return f"{said[:1].upper()}{said[1:]}." if said else "There are no others."

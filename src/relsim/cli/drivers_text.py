"""What moves each outcome, as plain text for the terminal. Floor 8; imports ``result``, ``drivers.words``."""

from __future__ import annotations

from collections.abc import Mapping

from relsim.cli.columns import counted, heading, wrapped
from relsim.drivers.words import amount, points
from relsim.result.drivers import Attribution, Design, DesignIndex, Driven, Drivers, WeightDoubt

_MARGIN = 19
"""Columns of the shares that stand before each weight."""
_SHOWN = 3
_EVENTS = 6
"""Rows of each target of an attribution."""
_EVENT_MARGIN = 26
_DESIGN_MARGIN = 26
_DESIGN_SAYS = {
    "sobol": "\nLeft: the share of the variance that would remain if all others were known, with its 95 % interval.",
    "morris": "\nLeft: the mean size of the change from the weight's 5 % to its 95 % point, with its 95 % interval.",
}
_KINDS = {"history": "", "calendar": " (off the calendar)", "event": " (never of itself)"}


def drivers_text(found: Drivers) -> str:
    """Everything found, within 100 columns; ends with a newline."""
    name = heading(found.scenario, found.variant)
    draws = f", {found.draws:,} draws of {counted(len(found.weights), 'uncertain weight')}" if found.weights else ""
    blocks = [f"{name}\n{counted(found.paths, 'path')}{draws}"]
    if found.weights:
        blocks.append("\n".join(_wrapped(_EXPLAINED, 0)))
        blocks += [_driven(driven, True) for driven in found.outcomes.values()]
        blocks += [_driven(driven, False) for driven in found.quantities.values()]
    titles = {name: driven.title for name, driven in {**found.outcomes, **found.quantities}.items()}
    if found.design is not None:
        blocks += _design(found.design, titles, found.weights)
    if found.events is not None:
        blocks += _events(found.events, titles)
    return "\n\n".join(blocks) + "\n"


_EXPLAINED = (
    "Left: the share of the variance between draws that knowing the weight would remove, with its 95 % interval. "
    "Low and high are the lowest and highest fifth of the draws."
)


def _driven(driven: Driven, is_outcome: bool) -> str:
    value = "undefined" if driven.value is None else amount(driven.value, is_outcome)
    lines = [f"{driven.title}: {value}"]
    if driven.spread is not None:
        width = f"{100 * driven.spread:.1f} points" if is_outcome else f"{driven.spread:.2g}"
        lines[0] += f", standard deviation across parameter draws {width}"
    lines = _wrapped(lines[0], 0)
    shown = min(driven.significant, _SHOWN)
    for sensitivity, sentence in zip(driven.weights[:shown], driven.sentences):
        share = _share(sensitivity.first_order, sensitivity.first_low, sensitivity.first_high)
        lines += _row(share, sentence)
    for sentence in driven.sentences[shown:]:
        lines += _wrapped(sentence, _MARGIN if shown else 2)
    if driven.significant > shown:
        more = driven.significant - shown
        lines += _wrapped(f"{more} more are significant; drivers.json has them.", _MARGIN)
    if driven.flip is not None:
        lines += _wrapped(driven.flip.sentence, _MARGIN if shown else 2)
    return "\n".join(lines)


def _share(value: float | None, low: float | None, high: float | None) -> str:
    if value is None or low is None or high is None:
        return ""
    bounds = [100 * min(max(x, 0.0), 1.0) for x in (value, low, high)]
    return f"{bounds[0]:.0f} % ({bounds[1]:.0f} to {bounds[2]:.0f})"


def _row(left: str, text: str, margin: int = _MARGIN) -> list[str]:
    lines = _wrapped(text, margin)
    return [left.rjust(margin - 2) + "  " + lines[0].lstrip(), *lines[1:]]


def _wrapped(text: str, margin: int) -> list[str]:
    """Lines from ``margin`` on."""
    return wrapped(text, first=" " * margin, then=" " * margin)


def _design(design: Design, titles: dict[str, str], weights: Mapping[str, WeightDoubt]) -> list[str]:
    size = f"{design.points:,} points of {design.paths:,} paths"
    blocks = [f"DESIGN: {design.method}, {size}; {len(design.weights)} weights varied, others at medians"]
    blocks[0] += _DESIGN_SAYS[design.method]
    if design.left_out:
        blocks[0] += f"\n{design.left_out} base samples left out: a point in them makes an unstable model"
    for name, rows in {**design.outcomes, **design.quantities}.items():
        if name not in titles:
            continue
        lines = _wrapped(titles[name], 0)
        for row in rows[:_EVENTS]:
            label = weights[row.weight].label if row.weight in weights else row.weight
            lines += _row(*_design_row(row, name in design.outcomes, label), _DESIGN_MARGIN)
        blocks.append("\n".join(lines))
    return blocks


def _design_row(row: DesignIndex, is_outcome: bool, label: str) -> tuple[str, str]:
    if row.effect is not None:
        value, low, high = (
            points(x or 0.0, is_outcome, bare=True).lstrip("+") for x in (row.effect, row.effect_low, row.effect_high)
        )
        return f"{value}{' points' * is_outcome} ({low} to {high})", label
    total = _share(row.total, row.total_low, row.total_high)
    alone = _share(row.first_order, row.first_low, row.first_high)
    return total, f"{label}; alone {alone}"


def _events(events: Attribution, titles: dict[str, str]) -> list[str]:
    blocks = [f"WITHOUT: the change when one event is taken out, over {events.paths:,} paired paths"]
    for name, rows in {**events.outcomes, **events.quantities}.items():
        if name not in titles:
            continue
        is_outcome = name in events.outcomes
        clear = [row for row in rows if row.clear]
        lines = _wrapped(titles[name], 0)
        for row in clear[:_EVENTS]:
            change, low, high = (points(x or 0.0, is_outcome, bare=True) for x in (row.change, row.low, row.high))
            lines += _row(f"{change} ({low} to {high})", f"{row.label}{_KINDS[row.kind]}", _EVENT_MARGIN)
        gone = [row for row in rows if row.change is None]
        if len(gone) == len(rows):
            blocks.append("\n".join([*lines, "  No path has it."]))
            continue
        for row in gone[:_EVENTS]:
            lines += _row("no path has it", f"{row.label}{_KINDS[row.kind]}", _EVENT_MARGIN)
        others = len(rows) - len(clear) - len(gone)
        lines += _wrapped(_rest(len(clear) + len(gone), others, len(clear)), _EVENT_MARGIN if clear or gone else 2)
        blocks.append("\n".join(lines))
    return blocks


def _rest(shown: int, others: int, clear: int) -> str:
    """What is said of the events that have no row."""
    if not shown:
        return f"Of {counted(others, 'event')} none makes a difference beyond noise."
    more = clear - _EVENTS
    hidden = f"{more} more {'makes' if more == 1 else 'make'} a smaller difference" if more > 0 else ""
    none = f"of {counted(others, 'other')} none makes a difference beyond noise" if others else ""
    said = "; ".join(part for part in (hidden, none) if part)
    return f"{said[:1].upper()}{said[1:]}." if said else "There are no others."

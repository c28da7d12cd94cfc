"""``relsim validate``. Floor 8."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from relsim.cli.options import build_model, scenario_options, warn
from relsim.errors import InputError, Problem

if TYPE_CHECKING:
    from relsim.compose import LoadedScenario
    from relsim.model import Model
    from relsim.scenario import Scenario

_YEAR = 365.25


@click.command(epilog="Example:  relsim validate scenarios/osaka_2019/scenario.yaml")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@scenario_options
@click.option("--settle", "with_settle", is_flag=True, help="Simulate where all settles without history.")
def validate(
    files: tuple[str, ...],
    variant: str | None,
    weights: tuple[str, ...],
    settings: tuple[str, ...],
    with_settle: bool,
) -> None:
    """Check scenario files: every error and warning, what each rate implies, and the state at start."""
    from relsim.compose import load

    faults: list[Problem] = []
    for file in files:
        try:
            loaded = load(file, variant=variant, weights=weights, settings=settings)
            model = build_model(loaded) if loaded.scenario is not None else None
        except InputError as error:
            faults += error.problems
            continue
        warn(loaded.warnings)
        if model is not None:
            warn(loaded.locate([*model.warnings, *model.unopposed()], "warning"))
        click.echo(_report(file, loaded, model))
        if with_settle and model is not None:
            click.echo(_settled(model.scenario))
    if faults:
        raise InputError(faults)


def _report(file: str, loaded: LoadedScenario, model: Model | None) -> str:
    if model is None:
        return f"{file}: valid layer (no window, so it cannot be run by itself)\n"
    parts = [f"{file}: valid", _rates(model), _scaled(model), _start(model)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _rates(model: Model) -> str:
    """The implied yearly count of each event: usual, unprompted, brought on, and the calendar's on top."""
    parameters = model.at_medians()
    scenario = model.scenario
    by_calendar = dict.fromkeys(scenario.events, 0.0)
    for entry in scenario.calendar.values():
        if entry.event is not None:
            by_calendar[entry.event] += entry.probability.quantity.central()
    rows = [("EVENT", "a year", "unprompted", "brought on", "calendar, in the window", "")]
    silent = 0
    for k, (name, event) in enumerate(scenario.events.items()):
        rate, own = parameters.rate[0, k] * _YEAR, parameters.weights.rates.unprompted[0, k] * _YEAR
        if rate == 0 and not by_calendar[name]:
            silent += 1
            continue
        calendar = f"{by_calendar[name]:.2f}" if by_calendar[name] else "-"
        note = "" if event.usual else "while it may happen"
        brought_on = f"{rate - own:.2f}" if rate - own >= 0.005 else "-"
        rows.append((name, f"{rate:.2f}", f"{own:.2f}", brought_on, calendar, note))
    left_out = f"\n{silent} more with a rate of 0 and no entry in the calendar" if silent else ""
    return columns_of(rows, trailing=1) + left_out


def _scaled(model: Model) -> str:
    """Events whose sources would overfill their rate, and what to write where that is not meant."""
    from relsim.model.scaled import as_shares

    if not model.scaled:
        return ""
    rows = [("SOURCES SCALED", "in draws", "to (median)")]
    rows += [(s.event, f"{100 * s.share:.3g} %", f"x {s.factor:.2f}") for s in model.scaled]
    event = model.scenario.events[max(model.scaled, key=lambda s: s.share).event]
    shares = as_shares(model.scenario, event)
    mends = ["a higher rate", f"shares in place of numbers of events:\n    {shares}"] if shares else ["a higher rate"]
    item = next(x.amount.path for x in event.excited_by).split("/")[1]
    return "\n".join(
        [
            columns_of(rows),
            "What usually brings these on would by itself bring more than nine tenths of the rate stated; its numbers",
            f"are scaled to that, so that the rate stands. If it is not meant, as for {event.name}, write",
            *(f"  {mend}" for mend in mends),
            f"  or that nothing brings it on:\n    events: {{{item}: {{excited_by: null}}}}",
        ]
    )


def _start(model: Model) -> str:
    """Variables and indices at the end of the day before the window; grades read as such for indices only."""
    from relsim.model.parameters import effective_half_lives

    parameters = model.at_medians()
    scenario = model.scenario
    levels = dict(zip(scenario.variables, parameters.start[0].tolist()))
    for name, v in scenario.variables.items():
        if v.initial is not None:
            levels[name] = v.initial.quantity.central(v.low, v.high)
    effective = effective_half_lives(model.structure, parameters.weights, parameters.usual)[0]
    rows = [("AT START", "value", "baseline", "half-life, days", "with usual events", "grade")]
    for d, name in enumerate(scenario.variables):
        stated = model.numbers.half_life.of(model.medians)[0, d]
        level, baseline = f"{levels[name]:z.2f}", f"{parameters.baseline[0, d]:z.2f}"
        shortened = f"{effective[d]:.1f}"
        rows.append((name, level, baseline, f"{stated:.1f}", "-" if shortened == f"{stated:.1f}" else shortened, "-"))
    for name, index in scenario.indices.items():
        value = sum(w.quantity.central() * w.share * levels[v] for v, w in index.weights.items())
        rows.append((name, f"{value:z.2f}", "-", "-", "-", _grade(scenario, value)))
    return columns_of(rows)


def _grade(scenario: Scenario, value: float) -> str:
    names = list(scenario.grades)
    return next((name for name, bound in scenario.grades.items() if value <= bound), names[-1] if names else "-")


def _settled(scenario: Scenario) -> str:
    from relsim.settle import settle

    rows = [("SETTLES AT", "stated", "settles", "± (s.e.)", "")]
    for s in settle(scenario, scenario.seed):
        unit = " a year" if s.is_rate else ""
        note = "far from what the file says" if s.far else ""
        rows.append((s.name, f"{s.stated:.2f}{unit}", f"{s.settles:.2f}{unit}", f"{s.standard_error:.2f}", note))
        if s.far:
            what = f"{s.stated:.2f} a year" if s.is_rate else f"baseline {s.stated:.2f}"
            click.echo(f"warning: {s.name} settles at {s.settles:.2f}, the file says {what}", err=True)
    return columns_of(rows) + "\n"


def columns_of(rows: Sequence[tuple[str, ...]], left: int = 1, trailing: int = 0) -> str:
    """The first columns and the last ``trailing`` to the left, the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    last = len(rows[0]) - trailing
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:left], widths)]
        cells += [cell.rjust(width) for cell, width in zip(row[left:last], widths[left:last])]
        cells += [cell.ljust(width) for cell, width in zip(row[last:], widths[last:])]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)

"""What numbers imply: rates of a pair, and of a valid scenario. Floor 6; imports ``model``, ``rates``, ``settle``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from relsim.model import Model
from relsim.model.parameters import effective_half_lives
from relsim.model.scaled import as_shares
from relsim.scenario import Scenario
from relsim.show.values import (
    NONE,
    Block,
    Cell,
    Column,
    Prose,
    Shown,
    Table,
    Verbatim,
    number,
    share,
    table,
    whole,
    written,
)

if TYPE_CHECKING:
    from relsim.rates import PairRates
    from relsim.steady_state import Settled

_YEAR = 365.25
_SEEN = 0.005
"""Events a year that two decimals show."""


def rates_blocks(found: PairRates) -> list[Block]:
    """What ``relsim rates`` prints beside the layer that it writes."""
    columns = [Column("event"), *map(number, ("acts", "a year", "5 %", "95 %", "the model's"))]
    rows: list[tuple[Cell, ...]] = [
        (
            f"{rate.event}{' (all issues)' * rate.in_all}",
            whole(rate.count),
            *(written(x, ".3g") for x in (rate.median, rate.low, rate.high, rate.prior)),
        )
        for rate in found.rates
    ]
    return [Prose(f"{found.record}: {found.covered()}"), table("Event", columns, rows)]


def model_blocks(file: str, model: Model | None) -> Iterator[Block]:
    """What ``relsim validate`` prints of a valid file."""
    if model is None:
        yield Prose(f"{file}: valid layer (no window, so it cannot be run by itself)")
        return
    yield Prose(f"{file}: valid")
    yield _rates(model)
    yield from _scaled(model)
    yield _start(model)


def _rates(model: Model) -> Table:
    """The implied yearly count of each event: usual, unprompted, triggered, and the calendar's on top."""
    parameters = model.at_medians()
    scenario = model.scenario
    by_calendar = dict.fromkeys(scenario.events, 0.0)
    for entry in scenario.calendar.values():
        if entry.event is not None:
            by_calendar[entry.event] += entry.probability.quantity.central()
    rows: list[list[Cell]] = []
    for k, (name, event) in enumerate(scenario.events.items()):
        rate, own = parameters.rate[0, k] * _YEAR, parameters.weights.rates.unprompted[0, k] * _YEAR
        if rate or by_calendar[name]:
            triggered = written(rate - own if rate - own >= _SEEN else None, ".2f")
            calendar = written(by_calendar[name] or None, ".2f")
            note = "" if event.usual else "while it may happen"
            rows.append([name, written(rate, ".2f"), written(own, ".2f"), triggered, calendar, note])
    silent = len(scenario.events) - len(rows)
    note = f"{silent} more with a rate of 0 and no entry in the calendar" * (silent > 0)
    columns = [
        Column("event"),
        *map(number, ("a year", "unprompted", "triggered", "calendar, in the window")),
        Column(""),
    ]
    return table("Event", columns, rows, [note]).without_empty()


def _scaled(model: Model) -> Iterator[Block]:
    """Events whose sources would overfill their rate, and what to write where that is not meant."""
    if not model.scaled:
        return
    rows = [
        (s.event, Shown(s.share, f"{100 * s.share:.3g} %"), Shown(s.factor, f"x {s.factor:.2f}")) for s in model.scaled
    ]
    event = model.scenario.events[max(model.scaled, key=lambda s: s.share).event]
    shares = as_shares(model.scenario, event)
    mends = ["a higher rate", *([f"shares in place of numbers of events:\n    {shares}"] if shares else [])]
    item = next(x.amount.path for x in event.excited_by).split("/")[1]
    note = (
        "What usually triggers these would by itself bring more than nine tenths of the rate stated; its numbers are "
        f"scaled to that, so that the rate stands. If it is not meant, as for {event.name}, write"
    )
    yield table("Sources scaled", [Column("event"), share("in draws"), number("to (median)")], rows, [note])
    lines = [*mends, f"or that nothing triggers it:\n    events: {{{item}: {{excited_by: null}}}}"]
    yield Verbatim("\n".join(f"  {line}" for line in lines))


def _start(model: Model) -> Table:
    """Variables and indices at the end of the day before the window; grades read as such for indices only."""
    parameters = model.at_medians()
    scenario = model.scenario
    levels = dict(zip(scenario.variables, parameters.start[0].tolist()))
    for name, v in scenario.variables.items():
        if v.initial is not None:
            levels[name] = v.initial.quantity.central(v.low, v.high)
    effective = effective_half_lives(model.structure, parameters.weights, parameters.usual)[0]
    rows: list[list[Cell]] = []
    for d, name in enumerate(scenario.variables):
        stated = written(model.numbers.half_life.of(model.medians)[0, d], ".1f")
        shortened = written(effective[d], ".1f")
        usual: Cell = NONE if shortened.text == stated.text else shortened
        rows.append(
            [name, written(levels[name], ".2f"), written(parameters.baseline[0, d], ".2f"), stated, usual, NONE]
        )
    for name, index in scenario.indices.items():
        value = sum(w.quantity.central() * w.share * levels[v] for v, w in index.weights.items())
        rows.append([name, written(value, ".2f"), NONE, NONE, NONE, _grade(scenario, value)])
    columns = [
        Column("variable"),
        *map(number, ("value", "baseline", "half-life, days", "with usual events")),
        Column("grade"),
    ]
    return table("At start", columns, rows)


def _grade(scenario: Scenario, value: float) -> str:
    names = list(scenario.grades)
    return next((name for name, bound in scenario.grades.items() if value <= bound), names[-1] if names else NONE)


def settled_table(found: Sequence[Settled]) -> Table:
    """Where variables and rates go without history, against what the file states."""
    rows = [
        (
            s.name,
            _yearly(s.stated, s.is_rate),
            _yearly(s.settles, s.is_rate),
            written(s.standard_error, ".2f"),
            "far from what the file says" if s.far else "",
        )
        for s in found
    ]
    columns = [Column("name"), *map(number, ("stated", "settles", "± (s.e.)")), Column("")]
    return table("Settles at", columns, rows).without_empty()


def _yearly(value: float, is_rate: bool) -> Shown:
    return Shown(value, f"{written(value, '.2f').text}{' a year' * is_rate}")

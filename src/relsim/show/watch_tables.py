"""What would move a forecast, as tables. Floor 6; imports ``result``, ``scenario``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from relsim.result import rounded
from relsim.result.watchlist import CONDITION, ENTRY, EVENT, DatedMovement, Observation, WatchedOutcome, Watchlist
from relsim.scenario import Scenario
from relsim.show.forecast_tables import titled
from relsim.show.values import (
    NONE,
    Between,
    Block,
    Cell,
    Column,
    Prose,
    Shown,
    Table,
    counted,
    number,
    on,
    share,
    table,
    written,
)

_LEAST = 0.01
"""Expected movement from which on a date of the calendar is shown, unless noise alone may be as great."""
_NAMED = 3
"""Outcomes that are named with a date."""


def watch_blocks(
    found: Watchlist, scenario: Scenario, *, within: int, top: int, made_paths: int, only: Sequence[str] = ()
) -> Iterator[Block]:
    """What ``relsim watch`` prints: a table for each outcome, and the calendar.

    Parameters
    ----------
    within : days of the observations that are shown
    top : rows of each table at most
    made_paths : on how many paths each thing was made to happen
    only : outcomes shown, all unless given
    """
    outcomes = {name: found.outcomes[name] for name in only or found.outcomes}
    yield Prose(_explained(scenario, within, made_paths), titled(scenario.title, scenario.variant))
    for outcome in outcomes.values():
        yield outcome_table(outcome, scenario, within=within, top=top)
    if dates := dates_table(found.calendar, outcomes, scenario, top=top):
        yield dates


def shown_to(scenario: Scenario, within: int) -> date:
    """The last of so many days after those that are known; none past the window."""
    return min(scenario.known_to + timedelta(days=within), scenario.end)


def _explained(scenario: Scenario, within: int, made_paths: int) -> str:
    last = shown_to(scenario, within)
    cut = ", the window's end" if last < scenario.known_to + timedelta(days=within) else ""
    return (
        f"Known up to {scenario.known_to}. What can be seen within {counted(within, 'day')}, up to {last}{cut}, and "
        f"where each outcome would stand then; {counted(scenario.paths, 'path')}, {counted(made_paths, 'path')} for "
        "what is made to happen. What is seen tells, whatever its cause; only what changes when it is made to happen "
        "moves the outcome itself."
    )


def labels(found: Watchlist, scenario: Scenario) -> dict[tuple[str, str], str]:
    """What can be seen in words, by kind and name."""
    observations = (seen for outcome in found.outcomes.values() for seen in outcome.observations)
    return {(seen.kind, seen.name): label_of(seen, scenario) for seen in observations}


def label_of(seen: Observation, scenario: Scenario) -> str:
    """What is seen, in words."""
    kinds: Mapping[str, Mapping[str, object]] = {
        EVENT: scenario.events,
        ENTRY: scenario.calendar,
        CONDITION: scenario.conditions,
    }
    if seen.kind in kinds:
        label = str(getattr(kinds[seen.kind][seen.name], "label", "")) or seen.name
        return f"{label}, begun" if seen.kind == CONDITION else label
    series, way, value = seen.name.rsplit(" ", 2)
    index = scenario.indices.get(series)
    known = index.label if index else scenario.short_name(series)
    return f"{known or series} {way} {value.replace('-', '−')}"


def outcome_table(outcome: WatchedOutcome, scenario: Scenario, *, within: int, top: int) -> Table:
    """What moves one outcome most when it is seen, or is not."""
    columns = [
        Column("Seen"),
        share("likely"),
        share("if seen", strong=True),
        share("if not", strong=True),
        number("moves", "points"),
        share("Brier score"),
        number("if made", "points", ranges=True),
    ]
    told = outcome.telling(within)
    p = outcome.probability
    others = sum(1 for seen in outcome.observations if seen.within_days == within) - len(told)
    notes = [
        f"{len(told) - top} more: --top {len(told)} shows them." if len(told) > top else "",
        f"Nothing of {counted(others, 'thing')} that can be seen moves it beyond noise." if not told else "",
    ]
    rows = [_row(seen, scenario, p) for seen in told[:top]]
    return table("Seen", columns, rows, notes, f"{outcome.title}: {rounded(p)}")


def _row(seen: Observation, scenario: Scenario, p: float) -> list[Cell]:
    fall = -(seen.expected_brier_fall or 0.0) / (p * (1 - p))
    return [
        label_of(seen, scenario),
        Shown(seen.probability_seen, rounded(seen.probability_seen)),
        _given(seen.if_seen),
        _given(seen.if_not_seen),
        written(100 * (seen.expected_movement or 0.0), ".1f"),
        Shown(fall, f"−{100 * abs(fall):.2g} %"),
        made_cell(seen),
    ]


def _given(found: object) -> Cell:
    value = getattr(found, "value", None)
    if value is None:
        return Shown(None, NONE)
    return Shown(value, rounded(value))


def made_cell(seen: Observation) -> Cell:
    """The change when it is made to happen, in points; ``tells`` of what cannot be made."""
    made = seen.if_made
    if made is None:
        return "tells"
    value, low, high = (None if x is None else 100 * x for x in (made.difference, made.low, made.high))
    assert value is not None
    text = f"{value:+.0f}"
    if low is not None and high is not None:
        text += f" ({low:+.0f} to {high:+.0f})"
    return Between(made.low, made.high, text.replace("-", "−").replace("+0", "0").replace("−0", "0"))


def dates_table(
    calendar: Sequence[DatedMovement], outcomes: Mapping[str, WatchedOutcome], scenario: Scenario, *, top: int
) -> Table | None:
    """The days on which what falls due is expected to move an outcome most; None where none does beyond noise."""
    least = {name: max(_LEAST, o.movement_noise(scenario.paths)) for name, o in outcomes.items()}
    moved = [(dated, _most(dated, least)) for dated in calendar]
    most = sorted((item for item in moved if item[1]), key=lambda item: -item[1][0][1])[:top]
    if not most:
        return None
    rows = [
        (
            on(dated.date),
            "; ".join(_due(scenario, dated.date)),
            "; ".join(f"{outcomes[name].title} {100 * by:.0f}" for name, by in names[:_NAMED]),
        )
        for dated, names in sorted(most, key=lambda item: item[0].date)
    ]
    return table("Calendar", [Column("Calendar"), Column("falls due"), Column("expected movement, points")], rows)


def _most(dated: DatedMovement, least: Mapping[str, float]) -> list[tuple[str, float]]:
    """Outcomes that move by at least so much, the most first."""
    found = [(name, dated.expected_movement[name] or 0.0) for name in least]
    return sorted(((name, by) for name, by in found if by >= least[name]), key=lambda item: -item[1])


def _due(scenario: Scenario, day: date) -> list[str]:
    """Entries of a day; where it has none of its own, those that may fall on it."""
    entries = scenario.calendar.values()
    own = [entry.label or entry.name for entry in entries if entry.first == entry.last == day]
    return own or [
        entry.label or entry.name
        for entry in entries
        if entry.after or (entry.first and entry.last and entry.first <= day <= entry.last)
    ]

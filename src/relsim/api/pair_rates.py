"""How often a pair does what, counted from a record: ``rates``. Floor 7."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsim.api.event_table import EventTable, Names, day_of, names_of, place_of_table
from relsim.api.inputs import Inputs
from relsim.api.mechanisms import mechanisms_of
from relsim.api.progress import Progress, progress_of
from relsim.api.weights_file import WeightsFile
from relsim.errors import InputError

if TYPE_CHECKING:
    from relsim.events import Coverage
    from relsim.ingest.acts import ReportedEvent
    from relsim.ingest.countries import PairSide
    from relsim.rates import PairRates


def rates(
    record: EventTable | str | os.PathLike[str],
    *,
    parties: Names,
    model: str = "bilateral",
    first: date | str | None = None,
    last: date | str | None = None,
    covers_all: bool = False,
    progress: bool | Progress = True,
) -> WeightsFile[PairRates]:
    """Count how often a pair of states does what: a layer of rates, each with its doubt, its count and its source.

    Parameters
    ----------
    record : EventTable or path
        An event table, of codes or of a model's events, or a chronicle.
    parties : str or sequence of str
        The pair, by name or code: ``("us", "ru")``, ``("Iran", "sa")``, ``("eu=DEU+FRA", "ru")``.
    model : str
        The model, built in or a file, whose events and rates these are.
    first, last : date or str, optional
        Days taken; those covered unless given.
    covers_all : bool
        What the record does not tell of did not happen, of any event.
    progress : bool
        Name what is waited for.

    Returns
    -------
    WeightsFile
        To be laid over a scenario of the model. Its ``table`` has a row for each event (index ``name``): ``count`` and
        ``low``, ``median``, ``high`` and ``prior`` rates a year.

    Raises
    ------
    relsim.InputError
        If the record cannot be read, or a name is no party.

    Examples
    --------
    >>> table = relsim.import_events("docs/examples/icews.tab", form="icews", parties=("us", "ru"))
    >>> found = relsim.rates(table, parties=("us", "ru"))
    >>> int(found.table.loc["accusation.us", "count"]) > 0
    True
    """
    from relsim.ingest.countries import two_sides
    from relsim.rates import layer_text

    shown, place = progress_of(progress), place_of_table(record)
    with shown.wait(f"Counting what {place} tells"):
        inputs, found = pair_rates_of(
            place, two_sides(",".join(names_of(parties))), model, day_of(first), day_of(last), covers_all
        )
    for note in notes_of(found):
        shown.say(note)
    return WeightsFile(
        found, lambda: _rate_rows(found), lambda: _rate_blocks(found), text=layer_text(found, inputs.loaded)
    )


def _rate_rows(found: PairRates) -> Iterator[dict[str, Any]]:
    for rate in found.rates:
        yield {
            "name": rate.event,
            "count": rate.count,
            "low": rate.low,
            "median": rate.median,
            "high": rate.high,
            "prior": rate.prior,
        }


def _rate_blocks(found: PairRates) -> Any:
    from relsim.show.rate_tables import rates_blocks

    return rates_blocks(found)


def pair_rates_of(
    record: Path,
    sides: tuple[PairSide, PairSide],
    model: str,
    first: date | None = None,
    last: date | None = None,
    covers_all: bool = False,
) -> tuple[Inputs, PairRates]:
    """The model, and the rates of a pair that a record gives for it.

    Raises
    ------
    InputError
    """
    from relsim.ingest.acts import acts_of
    from relsim.rates import pair_rates

    inputs = mechanisms_of(model, {side.name: side.label for side in sides})
    for side in sides:
        if side.name not in inputs.scenario.parties:
            named = ",".join(f"{name}={other.name}" for name, other in zip(inputs.scenario.parties, sides))
            raise InputError(
                f"--parties: '{side.name}' is no party of {inputs.loaded.name}; name its own, such as {named}"
            )
    told, labels, coverage, scheme = _record(record)
    acts = acts_of(
        told,
        inputs.scenario,
        sides,
        labels=labels,
        coverage=coverage,
        scheme=scheme,
        first=first,
        last=last,
        covers_all=covers_all,
    )
    return inputs, pair_rates(record.name, acts, inputs.loaded, sides)


def _record(file: Path) -> tuple[Iterable[ReportedEvent], Mapping[str, str], Coverage | None, str | None]:
    """What a table or chronicle tells, its parties' labels, what it covers, the scheme of its codes."""
    from relsim.ingest.acts import told_by
    from relsim.ingest.event_table import read_events
    from relsim.rates import told_by_chronicle

    if file.suffix in (".yaml", ".yml"):
        return *told_by_chronicle(file), None, None
    table = read_events(file)
    return told_by(table), {}, table.coverage, table.scheme


def notes_of(found: PairRates) -> Iterator[str]:
    """What a reader should know of the counting."""
    from relsim.rates import silent_by_reason

    acts = found.acts
    if acts.assumed:
        yield (
            f"warning: {found.record} does not say which days it covers; its first and last event's are taken, "
            f"{acts.first} to {acts.last}: say better with --from and --to"
        )
    for reason, events in silent_by_reason(found).items():
        yield f"left as the model has them, {reason}: {', '.join(events)}"
    for reason, rows in acts.left_out.items():
        yield f"not counted: {rows:,} row{'s' if rows != 1 else ''}: {reason}"

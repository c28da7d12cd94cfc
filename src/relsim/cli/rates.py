"""``relsim rates``: how often a pair does what, counted from a record. Floor 8."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from relsim.cli.options import mechanisms_of
from relsim.cli.progress import waiting
from relsim.cli.terminal import print_blocks
from relsim.errors import InputError
from relsim.files import write

if TYPE_CHECKING:
    from relsim.compose import LoadedScenario
    from relsim.events import Coverage
    from relsim.ingest.acts import ReportedEvent
    from relsim.ingest.countries import PairSide
    from relsim.rates import PairRates


@click.command(
    epilog="Example:\n\n\b\n  relsim import docs/examples/icews.tab --as icews --parties us,ru --out us_ru.parquet\n"
    "  relsim rates us_ru.parquet --parties us,ru > rates.yaml\n"
    "  relsim rates seeds/osw_2019_pompeo_in_russia.yaml --parties us,ru --from 2019-04-17 --to 2019-05-14"
)
@click.argument("record", metavar="TABLE|CHRONICLE", type=click.Path(path_type=Path))
@click.option("--parties", required=True, metavar="A,B", help="The pair, by name or code: Iran,sa or eu=DEU+FRA,ru.")
@click.option("--for", "model", default="bilateral", show_default=True, metavar="FILE", help="Whose events and rates.")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="First day taken; the first covered.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="Last day taken; the last covered.")
@click.option("--covers-all", is_flag=True, help="What the record does not tell of did not happen: of any event.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the layer to a file, and print a table.")
@click.option("--force", is_flag=True, help="Replace the file given with --out.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the layer or table.")
def rates(
    record: Path,
    parties: str,
    model: str,
    first: datetime | None,
    last: datetime | None,
    covers_all: bool,
    out: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Count how often a pair does what: a layer of rates, each with its doubt, its count and its source.

    RECORD is an event table as 'relsim import' writes it, of codes or of a model's events, or a chronicle. The layer
    goes over the model: extends: [bilateral, rates.yaml], or --weights rates.yaml.
    """
    from relsim.ingest.countries import two_sides
    from relsim.rates import layer_text
    from relsim.result.json_text import dump
    from relsim.show.rate_tables import rates_blocks
    from relsim.show.values import Prose

    if out is not None and out.exists() and not force:
        raise InputError(f"{out}: exists already; --force replaces it")
    with waiting(f"Counting what {record} tells"):
        loaded, found = counted(record, two_sides(parties), model, _day(first), _day(last), covers_all)
    text = layer_text(found, loaded)
    for note in notes_of(found):
        click.echo(note, err=True)
    if out is not None:
        write(out, text, replace=force)
    if as_json:
        click.echo(dump(_content(found)))
    elif out is None:
        click.echo(text, nl=False)
    else:
        print_blocks(*rates_blocks(found), Prose(f"written to {out}"))


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


def counted(
    record: Path,
    sides: tuple[PairSide, PairSide],
    model: str,
    first: date | None = None,
    last: date | None = None,
    covers_all: bool = False,
) -> tuple[LoadedScenario, PairRates]:
    """The model, and the rates of a pair that a record gives for it.

    Raises
    ------
    InputError
    """
    from relsim.ingest.acts import acts_of
    from relsim.rates import pair_rates

    loaded = mechanisms_of(model, {side.name: side.label for side in sides})
    scenario = loaded.scenario
    assert scenario is not None
    for side in sides:
        if side.name not in scenario.parties:
            named = ",".join(f"{name}={other.name}" for name, other in zip(scenario.parties, sides))
            raise InputError(f"--parties: '{side.name}' is no party of {loaded.name}; name its own, such as {named}")
    told, labels, coverage, scheme = _record(record)
    acts = acts_of(
        told,
        scenario,
        sides,
        labels=labels,
        coverage=coverage,
        scheme=scheme,
        first=first,
        last=last,
        covers_all=covers_all,
    )
    return loaded, pair_rates(record.name, acts, loaded, sides)


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


def _content(found: PairRates) -> dict[str, Any]:
    """The rates for machines; numbers per year."""
    acts = found.acts
    return {
        "record": found.record,
        "parties": {side.name: side.label for side in found.sides},
        "from": acts.first.isoformat(),
        "to": acts.last.isoformat(),
        "days": acts.days,
        "missing": acts.missing,
        "coverage_declared": not acts.assumed,
        "rates": {
            rate.event: {
                "count": rate.count,
                "low": rate.low,
                "median": rate.median,
                "high": rate.high,
                "prior_mean": rate.prior,
                "in_all": rate.in_all,
            }
            for rate in found.rates
        },
        "silent": dict(found.silent),
        "left_out": dict(acts.left_out),
    }

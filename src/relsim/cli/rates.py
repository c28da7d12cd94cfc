"""``relsim rates``: how often a pair does what, counted from a record. Floor 8."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

import relsim
from relsim.cli.progress import ON_TERMINAL
from relsim.cli.terminal import print_result
from relsim.errors import InputError
from relsim.files import write
from relsim.show.rate_tables import rates_blocks
from relsim.show.values import Prose


@click.command(
    epilog="Example:\n\n\b\n  relsim import docs/examples/icews.tab --as icews --parties us,ru --out us_ru.parquet\n"
    "  relsim rates us_ru.parquet --parties us,ru > rates.yaml\n"
    "  relsim rates seeds/osw_2019_pompeo_in_russia.yaml --parties us,ru --from 2019-04-17 --to 2019-05-14"
)
@click.argument("record", metavar="TABLE|CHRONICLE", type=click.Path(path_type=Path))
@click.option("--parties", required=True, metavar="A,B", help="The pair, by name or code: Iran,sa or eu=DEU+FRA,ru.")
@click.option(
    "--for",
    "model",
    default="bilateral",
    show_default=True,
    metavar="FILE",
    help="Model whose events the rates are for.",
)
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="First day taken; the first covered.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="Last day taken; the last covered.")
@click.option("--covers-all", is_flag=True, help="The record covers every event: what it does not list did not happen.")
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
    """Estimate how often a pair does what: a layer of rates, each with its uncertainty, count and source.

    RECORD is an event table as 'relsim import' writes it, of codes or of a model's events, or a chronicle. The layer
    goes over the model: extends: [bilateral, rates.yaml], or --weights rates.yaml.
    """
    if out is not None and out.exists() and not force:
        raise InputError(f"{out}: exists already; --force replaces it")
    found = relsim.rates(
        record,
        parties=parties,
        model=model,
        first=first,
        last=last,
        covers_all=covers_all,
        progress=ON_TERMINAL,
    )
    if out is not None:
        write(out, found.text, replace=force)
    if out is None and not as_json:
        click.echo(found.text, nl=False)
    else:
        print_result(found.result, as_json, lambda: [*rates_blocks(found.result), Prose(f"written to {out}")])

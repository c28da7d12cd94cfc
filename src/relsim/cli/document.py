"""``show``, ``schema`` and ``new``: the document itself. Floor 8."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsim.api.scenario import load
from relsim.cli.options import scenario_options, warn
from relsim.errors import InputError
from relsim.files import write

if TYPE_CHECKING:
    from relsim.diagram.picture import Form


@click.command()
@click.argument("file")
@click.option("--origins", is_flag=True, help="Show behind each value the file and line that set it.")
@click.option(
    "--diagram",
    type=click.Choice(["svg", "mermaid", "dot"]),
    help="The model as a picture in place of the document: parts, arrows, loops. SVG needs Graphviz.",
)
@click.option("--outcome", metavar="NAME", help="In the picture, only what this outcome depends on.")
@scenario_options
def show(
    file: str,
    origins: bool,
    diagram: Form | None,
    outcome: str | None,
    variant: str | None,
    weights: tuple[str, ...],
    settings: tuple[str, ...],
) -> None:
    """Print the resolved document: layers merged, sets not expanded, histories in place.

    \b
    Example:
      relsim show scenarios/osaka_2019/scenario.yaml --origins
      relsim show scenario.yaml --set events/accusation/rate="5 per month"
      relsim show scenarios/osaka_2019/scenario.yaml --diagram mermaid --outcome osaka
    """
    if outcome is not None and diagram is None:
        raise click.UsageError("--outcome goes with --diagram")
    if diagram is not None and origins:
        raise click.UsageError("--origins goes with the document, not with --diagram")
    scenario = load(file, variant=variant, weights=weights, settings=settings)
    loaded = scenario.inputs.loaded
    if diagram is not None:
        warn(loaded.warnings)
        click.echo(scenario.diagram(diagram, outcome), nl=False)
        return
    warn(loaded.warnings)
    click.echo(loaded.shown_yaml(origins), nl=False)


@click.command()
def schema() -> None:
    """Print the JSON Schema of the document, for completion and checks in an editor.

    \b
    Example:
      relsim schema > relsim.schema.json
    """
    from relsim.compose.schema import document_schema

    click.echo(json.dumps(document_schema(), indent=2, ensure_ascii=False))


@click.command()
@click.argument("file")
@click.option(
    "--parties", default="us,ru", show_default=True, metavar="A,B", help="By name or code: Iran,sa or NAME=LABEL,sa."
)
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="First day of the window; today.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="Last day; half a year after the first.")
@click.option("--events", type=click.Path(path_type=Path), help="Count rates from an event table or chronicle.")
def new(file: str, parties: str, first: datetime | None, last: datetime | None, events: Path | None) -> None:
    """Write a commented starting scenario on the built-in model; it validates and runs as it is.

    \b
    Example:
      relsim new scenario.yaml --parties India,pk --from 2027-01-01 --to 2027-06-30
      relsim run scenario.yaml
    """
    from relsim.api.template import starting_scenario
    from relsim.cli.progress import ON_TERMINAL
    from relsim.ingest.countries import two_sides

    if os.path.lexists(file):
        raise InputError(f"{file} exists and is not overwritten; choose another name")
    if not Path(file).parent.is_dir():
        raise InputError(f"{file}: cannot be written: the folder {Path(file).parent} does not exist")
    text = starting_scenario(parties, first and first.date(), last and last.date(), events, ON_TERMINAL)
    write(Path(file), text, replace=False)
    for side in two_sides(parties):
        if not side.countries:
            click.echo(f"'{side.name}' is no country that relsim knows; it is called '{side.label}'", err=True)
    click.echo(f"wrote {file}")
    click.echo(f"next: relsim validate {file}; relsim run {file}", err=True)

"""``show``, ``schema`` and ``new``: the document itself. Floor 7."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from relsim.cli.options import scenario_options, warn
from relsim.errors import InputError
from relsim.files import write


@click.command()
@click.argument("file")
@click.option("--origins", is_flag=True, help="Behind each value, the file and line that set it.")
@scenario_options
def show(file: str, origins: bool, variant: str | None, weights: tuple[str, ...], settings: tuple[str, ...]) -> None:
    """Print the resolved document: layers merged, sets not expanded, histories in place.

    \b
    Example:
      relsim show scenarios/osaka_2019/scenario.yaml --origins
      relsim show scenario.yaml --set events/accusation/rate="5 per month"
    """
    from relsim.compose import load

    loaded = load(file, variant=variant, weights=weights, settings=settings)
    warn(loaded.warnings)
    click.echo(loaded.shown_yaml(origins), nl=False)


@click.command()
def schema() -> None:
    """Print the JSON Schema of the document, for completion and checks in an editor.

    \b
    Example:
      relsim schema > relsim.schema.json
    """
    from relsim.spec import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@click.command()
@click.argument("file")
@click.option("--parties", default="us,ru", show_default=True, metavar="A,B", help="Names of the two parties.")
def new(file: str, parties: str) -> None:
    """Write a commented starting scenario on the built-in model; it validates and runs as it is.

    \b
    Example:
      relsim new scenario.yaml --parties in,pk
      relsim run scenario.yaml
    """
    from relsim.cli.starting import starting_scenario

    text = starting_scenario(parties)
    if os.path.lexists(file):
        raise InputError(f"{file} exists and is not overwritten; choose another name")
    if not Path(file).parent.is_dir():
        raise InputError(f"{file}: cannot be written: the folder {Path(file).parent} does not exist")
    write(Path(file), text, replace=False)
    click.echo(f"wrote {file}")
    click.echo(f"next: relsim validate {file}; relsim run {file}", err=True)

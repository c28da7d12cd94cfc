"""``relsim tune``: the least change of weights that meets stated probabilities. Floor 8."""

from __future__ import annotations

from pathlib import Path

import click

import relsim
from relsim.cli.options import scenario_options
from relsim.cli.progress import ON_TERMINAL
from relsim.cli.terminal import print_result
from relsim.errors import InputError
from relsim.files import write
from relsim.show.parameter_tables import tuning_blocks


@click.command()
@click.argument("file")
@click.option(
    "--target",
    "texts",
    multiple=True,
    required=True,
    metavar="NAME=P",
    help="An outcome or calendar entry and its probability: osaka=0.6±0.05, osaka=0.6, 'reset<0.05'.",
)
@click.option("--only", multiple=True, metavar="PATH", help="Move only parameters under this path: events/accusation.")
@click.option("--keep", multiple=True, metavar="PATH", help="Do not move parameters under this path.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Weights file to write.")
@click.option("--force", is_flag=True, help="Replace the file given with --out.")
@click.option(
    "--paths",
    type=click.IntRange(min=8192),
    default=32768,
    show_default=True,
    help="Number of simulated paths in each step.",
)
@click.option("--seed", type=click.IntRange(min=0, max=2**63), help="Seed; the same seed gives the same weights.")
@scenario_options
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_context
def tune(
    context: click.Context,
    file: str,
    texts: tuple[str, ...],
    only: tuple[str, ...],
    keep: tuple[str, ...],
    out: Path,
    force: bool,
    paths: int,
    seed: int | None,
    variant: str | None,
    weights: tuple[str, ...],
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Find the smallest change of the parameters, in their own standard deviations, that meets stated probabilities.

    A target is a probability of the forecast as 'relsim run' makes it, parameter uncertainty included; of a calendar
    entry, over all paths. A bound (< or >) counts only where it would be passed. Every parameter keeps its spread: its
    centre moves. Numbers without doubt, and those set by --variant or --set, stay. Exit status 0 if all targets are
    met, 1 if one is not; the file is written with what could be met, without a number where all are met as it is.

    \b
    Example:
      relsim tune scenario.yaml --target summit=0.6 --paths 8192 --out tuned.yaml
      relsim run scenario.yaml --weights tuned.yaml
    """
    if out.is_dir():
        raise InputError(f"{out} is a folder; the name of a weights file was expected")
    if out.exists() and not force:
        raise InputError(f"{out} exists; choose another name or give --force")
    if not out.parent.is_dir():
        raise InputError(f"{out} cannot be written: the folder {out.parent} does not exist")
    scenario = relsim.load(file, variant=variant, weights=weights, settings=settings)
    tuned = relsim.tune(
        scenario, texts, only=only, keep=keep, paths=paths, seed=seed, progress=ON_TERMINAL, name=str(out)
    )
    if tuned.text:
        write(out, tuned.text, replace=force)
    print_result(tuned.result, as_json, lambda: tuning_blocks(tuned.result))
    if not as_json:
        click.echo(f"\nWritten to {out}; lay it over with --weights." if tuned.text else "\nNothing written.")
    if not tuned.result.met:
        context.exit(1)

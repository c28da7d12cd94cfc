"""``relsim validate``. Floor 8."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from relsim.api.scenario import load
from relsim.cli.options import scenario_options, warn
from relsim.cli.progress import waiting
from relsim.cli.terminal import print_blocks
from relsim.errors import InputError, Problem

if TYPE_CHECKING:
    from relsim.scenario import Scenario
    from relsim.show.values import Table


@click.command(epilog="Example:  relsim validate scenarios/osaka_2019/scenario.yaml")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@scenario_options
@click.option("--settle", "with_settle", is_flag=True, help="Simulate the steady state without history.")
def validate(
    files: tuple[str, ...],
    variant: str | None,
    weights: tuple[str, ...],
    settings: tuple[str, ...],
    with_settle: bool,
) -> None:
    """Check scenario files: every error and warning, what each rate implies, and the state at start."""
    from relsim.show.rate_tables import model_blocks
    from relsim.show.values import Prose

    faults: list[Problem] = []
    for file in files:
        try:
            scenario = load(file, variant=variant, weights=weights, settings=settings)
            warn(scenario.validate())
        except InputError as error:
            faults += error.problems
            continue
        model = scenario.inputs.model if scenario.inputs.loaded.scenario is not None else None
        print_blocks(*model_blocks(file, model), Prose(""))
        if with_settle and model is not None:
            print_blocks(_settled(model.scenario), Prose(""))
    if faults:
        raise InputError(faults)


def _settled(scenario: Scenario) -> Table:
    from relsim.show.rate_tables import settled_table
    from relsim.steady_state import settle

    with waiting("Simulating where it settles"):
        found = settle(scenario, scenario.seed)
    for s in found:
        if s.far:
            what = f"{s.stated:.2f} a year" if s.is_rate else f"baseline {s.stated:.2f}"
            click.echo(f"warning: {s.name} settles at {s.settles:.2f}, the file says {what}", err=True)
    return settled_table(found)

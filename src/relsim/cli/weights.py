"""``relsim weights``: the numbers of a file, their differences, and what a critic would ask. Floor 8."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsim.cli.terminal import print_blocks

if TYPE_CHECKING:
    from relsim.compose import LoadedScenario
    from relsim.compose.changes import NumberChange
    from relsim.compose.number_rows import NumberRow


@click.group()
def weights() -> None:
    """Look at the numbers of a scenario, a layer or a run: table, differences, gaps.

    \b
    Example:
      relsim weights table scenario.yaml --format csv > weights.csv
      relsim weights diff scenarios/osaka_2019/scenario.yaml scenario.yaml
      relsim weights check scenarios/osaka_2019/scenario.yaml
    """


@weights.command()
@click.argument("file")
@click.option(
    "--format", "form", type=click.Choice(["text", "csv", "markdown"]), default="text", help="How the table is written."
)
@click.option("--variant", metavar="NAME", help="One of the scenario's variants.")
@click.option("--weights", "layers", multiple=True, metavar="FILE", help="Overlay a weights file.")
def table(file: str, form: str, variant: str | None, layers: tuple[str, ...]) -> None:
    """Print every weight: value, 90 % range, unit, source, and who or what set it.

    FILE is a scenario, a layer or a run's folder. A weight is 'fitted' or 'tuned' if its note says so, 'default' if the
    built-in model set it, else 'elicited'.

    \b
    Example:
      relsim weights table scenarios/osaka_2019/scenario.yaml
      relsim weights table scenarios/osaka_2019/scenario.yaml --format markdown > appendix.md
    """
    from relsim.show.markdown import markdown_text
    from relsim.show.parameter_tables import parameters_at_a_glance, parameters_table
    from relsim.show.separated import csv_text

    rows = [row for row in _rows(_load(file, variant, layers)) if row.kind != "chance"]
    if form == "text":
        print_blocks(parameters_at_a_glance(rows))
    elif form == "csv":
        click.echo(csv_text(parameters_table(rows)), nl=False)
    else:
        click.echo(markdown_text([parameters_table(rows)]), nl=False)


@weights.command()
@click.argument("old")
@click.argument("new")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the table.")
def diff(old: str, new: str, as_json: bool) -> None:
    """Print which numbers differ: added, gone, or changed, in standard deviations of the old doubt.

    A NEW file without a window is a layer: it is laid over OLD, as --weights would, if OLD is a scenario.

    \b
    Example:
      relsim weights diff scenario.yaml tuned.yaml
    """
    from relsim.compose.changes import changes
    from relsim.show.parameter_tables import changes_table

    before = _load(old)
    after = _load(new) if before.scenario is None else _laid_over(old, new)
    found = changes(_rows(before), _rows(after))
    if as_json:
        click.echo(json.dumps([_change(c) for c in found], ensure_ascii=False, indent=1))
    elif not found:
        click.echo("No number differs.")
    else:
        print_blocks(changes_table(found))


@weights.command()
@click.argument("file")
@click.option("--variant", metavar="NAME", help="One of the scenario's variants.")
@click.option("--weights", "layers", multiple=True, metavar="FILE", help="Overlay a weights file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of lines.")
def check(file: str, variant: str | None, layers: tuple[str, ...], as_json: bool) -> None:
    """List what a critic would ask: numbers without doubt, without source, or with a doubt wider than the effect.

    Each line begins with the file and line to mend. Definitions, thresholds and what the scenario decides are left out.

    \b
    Example:
      relsim weights check scenarios/osaka_2019/scenario.yaml
    """
    rows = [row for row in _rows(_load(file, variant, layers)) if row.kind != "chance"]
    found = [(row, fault) for row in rows for fault in row.problems]
    if as_json:
        body = [
            {"path": row.path, "fault": fault, "file": row.place.source.name, "line": row.place.line}
            for row, fault in found
        ]
        click.echo(json.dumps(body, ensure_ascii=False, indent=1))
        return
    for row in rows:
        if row.problems:
            click.echo(f"{row.where}: {row.path}: {'; '.join(row.problems)}")
    judged = sum(row.judged for row in rows)
    kinds: dict[str, int] = {}
    for _, fault in found:
        kinds[fault.split(":")[0]] = kinds.get(fault.split(":")[0], 0) + 1
    said = ", ".join(f"{count} with {kind}" for kind, count in kinds.items())
    click.echo(f"{judged} numbers are judgements; {said or 'nothing to ask about any of them'}.")


def _load(file: str, variant: str | None = None, layers: Sequence[str] = ()) -> LoadedScenario:
    """A document, or that of a run's folder."""
    from relsim.compose import load
    from relsim.result.saved import SavedRun

    if Path(file).is_dir():
        file = str(SavedRun.read(Path(file)).scenario_file)
    return load(file, variant=variant, weights=layers)


def _laid_over(old: str, new: str) -> LoadedScenario:
    """A document; if it is a layer, as it lies over a scenario."""
    from relsim.errors import InputError

    try:
        alone = _load(new)
    except InputError:  # a layer that removes what only the scenario has
        return _load(old, None, (new,))
    return alone if alone.scenario is not None else _load(old, None, (new,))


def _rows(loaded: LoadedScenario) -> list[NumberRow]:
    from relsim.compose.number_rows import number_rows

    return number_rows(loaded)


def _change(c: NumberChange) -> dict[str, object]:
    old, new = c.said
    return {"path": c.path, "what": c.what, "old": old, "new": new, "by": c.by}

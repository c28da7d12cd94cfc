"""``relsim tune``: the least change of weights that meets stated probabilities. Floor 8."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsim.cli.options import build_model, load_model, scenario_options
from relsim.cli.progress import progress_bar
from relsim.cli.terminal import print_blocks
from relsim.errors import DocumentError, InputError, named, nearest
from relsim.files import Writing

if TYPE_CHECKING:
    from relsim.compose import LoadedScenario
    from relsim.model import Model
    from relsim.quantity import Quantity

_TICKS = 1000


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
@click.option("--only", multiple=True, metavar="PATH", help="Move only numbers under this path: events/accusation.")
@click.option("--keep", multiple=True, metavar="PATH", help="Do not move numbers under this path.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Weights file to write.")
@click.option("--force", is_flag=True, help="Replace the file given with --out.")
@click.option("--paths", type=click.IntRange(min=8192), default=32768, show_default=True, help="Futures in each step.")
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
    """Find the least change of weights, in units of their own doubt, that meets stated probabilities.

    A target is a probability of the forecast as 'relsim run' makes it, the weights' doubt included; of a calendar
    entry, over all paths. A bound (< or >) counts only where it would be passed. Every number keeps its doubt: its
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
    loaded, model = load_model(file, variant=variant, weights=weights, settings=settings)
    assert loaded.scenario is not None

    from relsim.show.parameter_tables import tuning_blocks
    from relsim.tune import read_targets
    from relsim.tune import tune as find

    targets = read_targets(texts, loaded.scenario)
    movable = _movable(model, only, keep, _fixed(file, loaded, model, weights) if variant or settings else ())
    with progress_bar(_TICKS, "Tuning") as progress:
        try:
            tuned = find(
                loaded.scenario,
                targets,
                movable=movable,
                paths=paths,
                seed=loaded.scenario.seed if seed is None else seed,
                progress=lambda share: progress(int(_TICKS * share)),
            )
        except DocumentError as error:
            raise InputError(loaded.locate(error.problems)) from None
    stands = bool(tuned.numbers) or tuned.report.met
    if stands:
        _write(out, loaded, tuned.numbers, file, texts, variant=variant, weights=weights, settings=settings)
    if as_json:
        click.echo(tuned.report.to_json(), nl=False)
    else:
        print_blocks(*tuning_blocks(tuned.report))
        click.echo(f"\nWritten to {out}; lay it over with --weights." if stands else "\nNothing written.")
    if not tuned.report.met:
        context.exit(1)


def _fixed(file: str, loaded: LoadedScenario, model: Model, weights: Sequence[str]) -> set[str]:
    """Numbers that a weights file cannot set, since the variant or a setting lies over it."""
    from relsim.compose import load

    below = load(file, weights=weights)
    out = set()
    for w in model.weights:
        path = tuple(w.path.split("/"))
        node, found = below.root.find(path)
        if found != path or node.place != loaded.root.find(path)[0].place:
            out.add(w.path)
    return out


def _movable(model: Model, only: Sequence[str], keep: Sequence[str], fixed: Collection[str]) -> list[str]:
    """Paths of the numbers that may be moved.

    Raises
    ------
    InputError
        If --only or --keep names no number in doubt, or nothing is left that could move.
    """
    known = [w.path for w in model.weights]
    if not known:
        raise InputError(
            "no number of the scenario is in doubt, so none can be moved; give some a range: 3 to 6 per month"
        )
    for option, given in (("--only", only), ("--keep", keep)):
        for path in given:
            if any(_under(k, path) for k in known):
                continue
            if any(_under(c, path) for c in model.numbers.paths):
                raise InputError(f"{option} {path}: no number under it is in doubt, so none moves; give one a range")
            items = ["/".join(k.split("/")[: path.strip("/").count("/") + 1]) for k in known]
            near = nearest(path, items)
            hint = f"; did you mean '{near}'?" if near else ""
            raise InputError(f"{option} {path}: no number has this path{hint}")
    free = [k for k in known if not only or any(_under(k, p) for p in only)]
    free = [k for k in free if not any(_under(k, p) for p in keep) and k not in fixed]
    if not free:
        raise InputError("nothing is left that could move: the options hold every number in doubt")
    return free


def _under(path: str, prefix: str) -> bool:
    """Whether a path lies under another; an item's own path holds those of its members."""
    prefix = prefix.strip("/")
    return path == prefix or path.startswith((f"{prefix}/", f"{prefix}."))


def _write(
    out: Path,
    loaded: LoadedScenario,
    numbers: Mapping[str, Quantity],
    file: str,
    texts: Sequence[str],
    *,
    variant: str | None,
    weights: Sequence[str],
    settings: Sequence[str],
) -> None:
    """Write the weights file; nothing is left where the scenario is not valid with it."""
    from relsim.compose import load
    from relsim.compose.weights import weights_text
    from relsim.tune.report import DIGITS

    layers = "".join(f", with {name} below this file" for name in weights)
    heading = f"Weights of {file}{layers}, tuned so that\n" + "\n".join(f"  {text}" for text in texts)
    text = weights_text(loaded.root, numbers, heading=heading, digits=DIGITS)
    with Writing(out) as writing:
        part = writing.file(out)
        part.write_text(text, encoding="utf-8", newline="\n")
        with named(part, out):
            build_model(load(file, variant=variant, weights=[*weights, part], settings=settings, whole=True))

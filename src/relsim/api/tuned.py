"""The least change of parameters that meets stated probabilities: ``tune``. Floor 7."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from relsim.api.answers import flat
from relsim.api.inputs import Inputs, scaled_note
from relsim.api.progress import Progress, progress_of
from relsim.api.saving import place_named
from relsim.api.scenario import Scenario, runnable
from relsim.api.weights_file import NAME, WeightsFile, laid_over
from relsim.errors import DocumentError, InputError, nearest
from relsim.result.tuning import Tuning

if TYPE_CHECKING:
    from relsim.model import Model
    from relsim.quantity import Quantity

_TICKS = 1000


def tune(
    scenario: Scenario,
    targets: Mapping[str, str | float] | Sequence[str],
    *,
    only: Sequence[str] = (),
    keep: Sequence[str] = (),
    paths: int = 32768,
    seed: int | None = None,
    progress: bool | Progress = True,
    name: str = NAME,
) -> WeightsFile[Tuning]:
    """Find the least change of parameters, in units of their own doubt, that meets stated probabilities.

    Parameters
    ----------
    scenario : Scenario
        Its numbers without doubt, and those that its variant or settings state, stay.
    targets : mapping, or sequence of str
        Outcomes and calendar entries: ``{"osaka": 0.6}``, ``{"osaka": "0.6±0.05"}``, ``{"reset": "<0.05"}``, or
        ``NAME=PROBABILITY`` each.
    only, keep : sequence of str
        Move only numbers under these paths; do not move those under these.
    paths : int
        Futures in each step, at least 8,192.
    seed : int, optional
        The document's unless given.
    progress : bool
        Show a bar if it takes a while.
    name : str
        What messages call the weights file.

    Returns
    -------
    WeightsFile
        ``result.met`` says whether all targets are met. Its ``table`` has a row for each number moved (index ``name``,
        its path): ``shift_sd``, in its own standard deviations, ``old`` and ``new``.

    Raises
    ------
    relsim.InputError
        If a target cannot be read, or nothing is left that could move.

    Examples
    --------
    >>> tuned = relsim.tune(relsim.load("docs/examples/osaka.yaml"), {"summit": "0.6±0.05"}, paths=8192)
    >>> tuned.result.met
    True
    """
    from relsim.tune import read_targets
    from relsim.tune import tune as find

    if paths < 8192:
        raise InputError(f"paths: found {paths}; 8192 or more were expected")
    shown, inputs = progress_of(progress), runnable(scenario.inputs, {})
    texts = [_written(*item) for item in targets.items()] if isinstance(targets, Mapping) else list(targets)
    model = inputs.model
    inputs.say_warnings(shown)
    if note := scaled_note(model):
        shown.say(note)
    stated = read_targets(texts, inputs.scenario)
    movable = _movable(model, only, keep, _fixed(inputs))
    with shown.bar(_TICKS, "Tuning") as update:
        try:
            tuned = find(
                inputs.scenario,
                stated,
                movable=movable,
                paths=paths,
                seed=inputs.scenario.seed if seed is None else seed,
                progress=lambda share: update(int(_TICKS * share)),
            )
        except DocumentError as error:
            raise DocumentError(inputs.loaded.locate(error.problems)) from None
    report, text = tuned.report, ""
    if tuned.numbers or report.met:
        text = _text(inputs, tuned.numbers, texts)
        laid_over(inputs, text, name).model  # noqa: B018  nothing is found where the scenario is not valid with it
    return WeightsFile(report, lambda: _rows(report), lambda: _blocks(report), text=text, _below=lambda: inputs)


def _written(name: str, stated: str | float) -> str:
    text = f"{stated}".strip()
    return f"{name}{text}" if text[:1] in ("<", ">", "=") else f"{name}={text}"


def _text(inputs: Inputs, numbers: Mapping[str, Quantity], texts: Sequence[str]) -> str:
    from relsim.compose.weights import weights_text
    from relsim.tune.report import DIGITS

    layers = "".join(f", with {place_named(file)} below this file" for file in inputs.layers.weights)
    of = f"Weights of {place_named(inputs.layers.main)}{layers}, tuned so that\n"
    return weights_text(
        inputs.loaded.root, numbers, heading=of + "\n".join(f"  {text}" for text in texts), digits=DIGITS
    )


def _rows(report: Tuning) -> Iterator[dict[str, Any]]:
    for move in report.moves:
        row = flat(move)
        yield {"name": row.pop("path"), **row}


def _blocks(report: Tuning) -> Any:
    from relsim.show.parameter_tables import tuning_blocks

    return tuning_blocks(report)


def _fixed(inputs: Inputs) -> set[str]:
    """Numbers that a weights file cannot set, since the variant or a setting lies over it."""
    layers = inputs.layers
    if layers.variant is None and not layers.settings:
        return set()
    below = inputs.again(replace(layers, variant=None, settings=())).loaded.root
    out = set()
    for w in inputs.model.weights:
        path = tuple(w.path.split("/"))
        node, found = below.find(path)
        if found != path or node.place != inputs.loaded.root.find(path)[0].place:
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
            "no number of the scenario is uncertain, so none can be moved; give some a range: 3 to 6 per month"
        )
    for option, given in (("--only", only), ("--keep", keep)):
        for path in given:
            if any(_under(k, path) for k in known):
                continue
            if any(_under(c, path) for c in model.numbers.paths):
                raise InputError(f"{option} {path}: no number under it is uncertain, so none moves; give one a range")
            items = ["/".join(k.split("/")[: path.strip("/").count("/") + 1]) for k in known]
            near = nearest(path, items)
            hint = f"; did you mean '{near}'?" if near else ""
            raise InputError(f"{option} {path}: no number has this path{hint}")
    free = [k for k in known if not only or any(_under(k, p) for p in only)]
    free = [k for k in free if not any(_under(k, p) for p in keep) and k not in fixed]
    if not free:
        raise InputError("nothing is left that could move: the options hold every uncertain number")
    return free


def _under(path: str, prefix: str) -> bool:
    """Whether a path lies under another; an item's own path holds those of its members."""
    prefix = prefix.strip("/")
    return path == prefix or path.startswith((f"{prefix}/", f"{prefix}."))
